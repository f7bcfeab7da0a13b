"""The processes of an installation: the web server, the clock, and both with the database."""

import functools
import importlib
import os
import sys
from collections.abc import Callable
from types import ModuleType
from wsgiref.types import WSGIApplication

import click

from lagesbild.base import basemap, clock, db, postgres, supervisor
from lagesbild.base.errors import LagesbildError, SetupError
from lagesbild.base.settings import Settings
from lagesbild.base.supervisor import Child, WebServer

DEMO, OWN = "demo", "egen"  # what an empty database becomes
ANSWERS = {"1": DEMO, "2": OWN}


def part(name: str) -> ModuleType:
    """Import a part of the program when it is needed, for the reason that `cli.LazyGroup` gives."""
    return importlib.import_module(f"lagesbild.{name}")


def everything(settings: Settings, host: str, start: str = "") -> None:
    """Bring the database up to date, then run the web server and the scheduler.

    `start` says what an empty database becomes, for whom nobody is to be asked.
    """
    with postgres.alone(settings):
        click.echo("Uppdaterar databasen …")
        part("schema").upgrade(settings)
        db.connect(settings.database_url, settings.reader_url)
        part("instance.service").claim(settings)
    chosen = _chosen(settings, start)
    with postgres.alone(settings):
        welcome = f"\nLägesbild körs på {settings.base_url}\n" + _begun(settings, chosen)
    _tell_of_basemap(settings)
    click.echo("Startar webben och schemat …")
    jobs = part("jobs")
    part("app")  # loaded before the fork: a later restart runs the same version
    db.forget_connections(close=True)
    address = f"{host}:{settings.port}"
    web = functools.partial(
        serve, settings, address=address, workers=2, ready=lambda: click.echo(welcome)
    )
    children = [
        Child("webben", web, vital=True),
        Child("schemat", lambda: _run_jobs(jobs, settings)),
    ]
    supervisor.supervise(children, lambda: _look_after_database(settings))
    click.echo("\nStoppar databasen …")


def _chosen(settings: Settings, start: str) -> str:
    """Return what an empty database is to become: as said beforehand, else as somebody answers.

    Nothing where nobody can answer: it becomes the demo then, but for production.
    """
    if settings.in_production:
        if start == DEMO:
            raise SetupError("Exempelkommunen får inte finnas i drift.")
        return OWN
    if start or settings.demo_password.get_secret_value() or not _can_answer():
        return start
    return _asked() if part("start.service").is_waiting() else ""


def _can_answer() -> bool:
    """Whether a person sits at the terminal: what runs behind it would be stopped by a question."""
    if os.environ.get("CI") or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:  # a terminal, but not ours
        return False


def _asked() -> str:
    click.echo("\nDatabasen är tom. Vad vill du börja med?")
    click.echo("  1  Prova med en exempelkommun, med påhittade händelser")
    click.echo("  2  Börja med din egen kommun")
    answer = ""
    try:
        while answer not in ANSWERS:
            answer = click.prompt("Svara 1 eller 2", default="1").strip()
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return ANSWERS[answer]


def _begun(settings: Settings, chosen: str) -> str:
    """Fill an empty database unless one's own is chosen; return how to sign in, or to begin."""
    known = {group.slug for group in part("access.service").groups()}
    if chosen == OWN and not known:
        return f"\n{part('start.service').invitation(settings)}\n"
    demo = part("demo.service")
    if chosen == OWN and demo.SLUG in known:
        raise SetupError(
            "Databasen har exempelkommunen, och den blandas aldrig med en egen eller med drift."
            " Börja med en tom datamapp: LAGESBILD_DATA_DIR."
        )
    if chosen == DEMO and known and demo.SLUG not in known:
        raise SetupError("Databasen har redan en kommun. Exempelkommunen fylls bara i en tom.")
    return _demo(settings, demo)


def _demo(settings: Settings, demo: ModuleType) -> str:
    if not settings.in_production and demo.is_empty():
        click.echo("Fyller databasen med en exempelkommun …")
        demo.fill(settings, clock.now())
    if demo.SLUG not in {group.slug for group in part("access.service").groups()}:
        return "\nLogga in med din e-post och ditt lösenord.\n"
    rows = "\n".join(f"  {person.mail:28}{person.role_text}" for person in demo.sign_ins())
    return f"\nLogga in som någon av dem här:\n{rows}\nLösenord: {demo.password(settings)}\n"


def listening(settings: Settings, address: str) -> None:
    """Say where the web server listens, and how an empty installation begins."""
    _tell_of_basemap(settings)
    click.echo(f"Lyssnar på {address}.")
    start = part("start.service")
    if start.is_waiting():
        click.echo(start.invitation(settings))
    db.forget_connections()  # the workers that are forked now have their own


def _tell_of_basemap(settings: Settings) -> None:
    """Say what is wrong with the maps' archive; they are drawn without it."""
    for finding in basemap.findings(settings.pmtiles):
        if not finding.good:
            click.echo(finding.text, err=True)


def serve(settings: Settings, *, address: str, workers: int, ready: Callable[[], None]) -> None:
    """Run the web server until it is told to stop."""

    def load() -> WSGIApplication:
        program: WSGIApplication = part("app").create_app(settings)
        return program

    WebServer(
        load,
        address=address,
        workers=workers,
        ready=ready,
        forked=lambda: db.forget_connections(close=False),
    ).run()


def _run_jobs(jobs: ModuleType, settings: Settings) -> None:
    db.connect(settings.database_url, settings.reader_url)
    jobs.run(settings)


def _look_after_database(settings: Settings) -> None:
    try:
        if postgres.restart_if_upgraded(settings):
            click.echo("Databasen startades om: PostgreSQL hade uppgraderats.")
    except LagesbildError as error:
        click.echo(str(error), err=True)  # an upgrade may be half done: tried again in a minute
