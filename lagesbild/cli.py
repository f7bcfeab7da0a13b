"""The command line. What goes wrong is one Swedish sentence on stderr and exit status 1."""

import copy
import functools
import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import IO, Any

import click
from pydantic import ValidationError

from lagesbild import running
from lagesbild.base import clock, db, installation, mail, postgres, privacy, secret, supervisor
from lagesbild.base.errors import LagesbildError, SetupError
from lagesbild.base.settings import Settings

Opening = Callable[[], AbstractContextManager[Settings]]
LOCAL = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 – in production a proxy on another machine may stand before
LAZY = {
    "backup": ("lagesbild.backup.cli:backup", "Spara allt i en fil."),
    "demo": ("lagesbild.demo.cli:demo", "Fyll en exempelkommun."),
    "digest": ("lagesbild.digests.cli:digest", "Skriv, granska och skicka veckobrev."),
    "districts": ("lagesbild.exchange.cli.outlines:districts", "Läs in områden."),
    "incidents": ("lagesbild.exchange.cli.lists:incidents", "Läs in händelser."),
    "municipality": ("lagesbild.access.cli:municipality", "Lägg till kommuner."),
    "places": ("lagesbild.exchange.cli.places:places", "Läs in platser och deras namn."),
    "police": ("lagesbild.police.cli:police", "Läs in och hämta polisens öppna händelser."),
    "restore": ("lagesbild.backup.cli:restore", "Lägg tillbaka en säkerhetskopia."),
    "resume": ("lagesbild.backup.cli:resume", "Låt en återställd kopia skicka brev."),
    "start-code": (
        "lagesbild.start.cli:start_code",
        "Visa koden som lägger upp den första kommunen.",
    ),
    "organisation": (
        "lagesbild.access.cli:organisation",
        "Låt organisationer vara med i en grupp.",
    ),
    "token": ("lagesbild.access.cli:token", "Ge program nycklar till API:et."),
    "user": ("lagesbild.access.cli:user", "Lägg till och stäng av personer, byt lösenord."),
    "week": ("lagesbild.meetings.cli:week", "Visa veckans lägesbild."),
}
UNOPENED = {"backup", "restore"}  # they meet a database as it is, or none


class SentenceError(click.ClickException):
    """A sentence for the person at the machine, without click's own word before it."""

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence."""
        click.echo(self.format_message(), file=file, err=True)


class LazyGroup(click.Group):
    """A group that imports a topic's commands only when one of them is run.

    Heavy libraries (geography, pictures, maps) stay out of processes that do not need them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in alphabetical order."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which opens the database when it is run but not for its help."""
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, name = LAZY[cmd_name][0].split(":")
        opening = _given if cmd_name in UNOPENED else _ready
        return _inside(opening, getattr(importlib.import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        own = {name: command.get_short_help_str(90) for name, command in self.commands.items()}
        rows = own | {name: text for name, (_, text) in LAZY.items()}
        with formatter.section("Kommandon"):
            formatter.write_dl([(name, rows[name]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what a person can mend becomes a sentence."""
        os.umask(0o077)  # letters, copies and keys in the data folder are for its owner
        try:
            return super().invoke(ctx)
        except LagesbildError as error:
            raise SentenceError(privacy.redacted(str(error))) from error
        except KeyboardInterrupt:
            ctx.exit(130)


@click.group(cls=LazyGroup)
def main() -> None:
    """Lägesbild: kommunens, polisens och brandförsvarets gemensamma vecka."""


@main.command()
@click.option(
    "--start",
    type=click.Choice([running.DEMO, running.OWN]),
    envvar="LAGESBILD_START",
    show_envvar=True,
    help="Vad en tom databas blir: exempelkommunen eller din egen.",
)
def up(start: str | None) -> None:
    """Starta allt på den här datorn: databas, webb och schema."""
    settings = _settings()
    supervisor.refuse_taken(LOCAL, settings.port)
    mail.mailers(settings)  # a wrong address is told now, not on Thursday
    supervisor.interruptible()
    try:
        click.echo("Startar databasen …")
        with postgres.available(settings) as found:
            running.everything(secret.ready(found), LOCAL, start or "")
    except KeyboardInterrupt:
        pass  # before everything ran; what did run has been stopped
    click.echo("Stoppat.")


@main.command()
@click.option("--bind", help="Adress och port att lyssna på, som 0.0.0.0:8000.")
@click.option("--workers", default=2, show_default=True, help="Antal processer.")
def web(bind: str | None, workers: int) -> None:
    """Kör bara webbservern."""
    with _ready() as settings:
        host = EVERYWHERE if settings.in_production else LOCAL
        address = bind or f"{host}:{settings.port}"
        ready = functools.partial(running.listening, settings, address)
        running.serve(settings, address=address, workers=workers, ready=ready)


@main.command()
def scheduler() -> None:
    """Kör bara schemat: det som ska hända på en viss tid."""
    with _ready() as settings:
        running.part("instance.service").claim(settings)
        running.part("jobs").run(settings)


@main.command()
@click.option("--now", "moment", help="Låtsas att klockan är så mycket, som 2026-11-19T09:00.")
def tick(moment: str | None) -> None:
    """Gör en gång det som ska vara gjort vid den här tiden."""
    if moment and _settings().in_production:
        raise SetupError("I drift går klockan som den går: --now finns bara vid utveckling.")
    now = _moment(moment) if moment else clock.now()
    with _ready() as settings:
        running.part("instance.service").claim(settings)
        running.part("jobs").tick(settings, now)


@main.command()
def migrate() -> None:
    """Gör databasens roller och tabeller, eller för dem till den här versionen."""
    with postgres.available(_settings()) as settings, postgres.alone(settings):
        installation.refuse_silent_database(settings.owner_url)
        running.part("schema").upgrade(settings)
    click.echo("Databasen är uppdaterad.")


@main.command()
def check() -> None:
    """Visa vad som saknas eller är fel i den här installationen."""
    with postgres.available(_settings()) as settings:
        found = [*installation.findings(settings)]
        if all(finding.good for finding in found):
            stored, head = running.part("schema").revisions(settings.owner_url)
            text = "Databasen är uppdaterad." if stored == head else "Kör: lagesbild migrate"
            found.append(installation.Finding(good=stored == head, text=text))
        if all(finding.good for finding in found):
            db.connect(settings.database_url, settings.reader_url)
            found.append(running.part("instance.service").finding(settings))
            found += running.part("digests.cli").findings()
    for finding in found:
        click.echo(f"{'✓' if finding.good else '✗'} {finding.text}")
    if not all(finding.good for finding in found):
        raise SetupError("Något saknas eller är fel, se ovan.")


def _settings() -> Settings:
    """Read the settings; a wrong one becomes a sentence. The address follows the port."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        why = first.get("ctx", {}).get("error", "")
        raise SetupError(_wrong(str(first["loc"][0]), str(why))) from error
    if "base_url" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"base_url": f"http://localhost:{settings.port}"})


def _wrong(field: str, why: str) -> str:
    """Say which setting is wrong; some are as good as passwords, and one says itself why."""
    name = f"LAGESBILD_{field.upper()}"
    if field == "map_layers":
        return f"Inställningen {name} är fel. {why}"
    if not Settings.model_fields[field].repr:
        return f"Inställningen {name} är fel. Värdet är hemligt och skrivs inte ut."
    return f"Inställningen {name} är fel: {os.environ.get(name)!r}"


@contextmanager
def _ready() -> Iterator[Settings]:
    """Open the database for one command; a cluster of our own is brought up to date first."""
    supervisor.interruptible()
    given = _settings()
    with postgres.available(given) as found:
        settings = secret.ready(found)
        if given.database_url:
            installation.refuse_silent_database(given.database_url)
        else:
            with postgres.alone(settings):
                running.part("schema").upgrade(settings)
        db.connect(settings.database_url, settings.reader_url)
        privacy.know(settings.contact, settings.mail_from)
        yield settings


@contextmanager
def _given() -> Iterator[Settings]:
    yield _settings()


def _inside(opening: Opening, command: click.Command) -> click.Command:
    """Return the command with what opens the database around it, and the settings as its object."""
    found = copy.copy(command)
    if isinstance(found, click.Group):
        found.commands = {name: _inside(opening, sub) for name, sub in found.commands.items()}
    elif found.callback is not None:
        found.callback = _opened(opening, found.callback)
    return found


def _opened(opening: Opening, callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def opened(*arguments: object, **options: object) -> object:
        with opening() as settings:
            click.get_current_context().obj = settings
            return callback(*arguments, **options)

    return opened


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("skriv tiden som 2026-11-19T09:00", param_hint="--now") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.STOCKHOLM)
