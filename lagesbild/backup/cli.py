"""Backup, restore and resume on the command line."""

from datetime import datetime
from pathlib import Path

import click

from lagesbild.backup import rules, service
from lagesbild.base import clock, installation, postgres, supervisor
from lagesbild.base.clock import moment_text
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Kind
from lagesbild.digests.rules.silence import named

_file = click.argument("file", metavar="FIL", type=click.Path(path_type=Path, dir_okay=False))
AFTER_BACKUP = (
    "Allt som står i databasen finns i filen: förvara den som databasen. Nyckeln"
    " LAGESBILD_SECRET_KEY och andra inställningar finns inte i den."
)
AFTER_RESTORE = (
    "Det som gjordes efter säkerhetskopian finns inte här: personer och nycklar som stängts av"
    " sedan dess gäller igen.\nAlla behöver logga in på nytt. Inga brev skickas förrän du kör"
    " lagesbild resume."
)


@click.command()
@_file
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Spara allt i en fil, medan servern körs eller inte."""
    file = file.absolute()
    supervisor.interruptible()
    with postgres.available(settings) as ready:
        installation.refuse_silent_database(ready.owner_url)
        made = service.back_up(ready, file, now=clock.now(), say=click.echo)
    size = rules.size_text(file.stat().st_size)
    click.echo(f"Klart: {file}, {size}, {len(made.contents.tables)} tabeller.")
    for name in made.contents.unlocked:
        click.echo(f"Obs: radskyddet är av för tabellen {name}.", err=True)
    click.echo(AFTER_BACKUP)


@click.command()
@_file
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Lägg tillbaka en säkerhetskopia i en tom databas."""
    file = file.absolute()
    supervisor.interruptible()
    with postgres.available(settings) as ready, postgres.alone(ready):
        installation.refuse_silent_database(ready.owner_url)
        made = service.restore(ready, file, say=click.echo)
    moment = datetime.fromisoformat(made.made_at)
    click.echo(f"Klart: allt är som det var {moment_text(moment)}.")
    click.echo(AFTER_RESTORE)


@click.command()
@click.pass_obj
def resume(settings: Settings) -> None:
    """Låt en återställd eller flyttad installation skicka brev igen."""
    held = service.resume(settings, now=clock.now())
    if held is None:
        click.echo("Brev skickas redan härifrån. Inget är ändrat.")
        return
    click.echo("Från och med nu skickas brev härifrån.")
    for letter in held:
        run, extra = letter.run, " --extra" if letter.run.kind is Kind.EXTRA else ""
        click.echo(
            f"{named(run.kind, run.week, run.version)} i gruppen {letter.group.name} skulle ha gått"
            f" {moment_text(run.due_at)} och har kanske gått. Hålls inne tills någon kör:"
            f" lagesbild digest send {run.week}{extra} --group {letter.group.slug}"
        )
    click.echo(
        "Körs originalet fortfarande mot sin egen databas skickar också det: stäng av ett av dem."
    )
