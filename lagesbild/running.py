"""The processes of an installation: the web server, the clock, and both with the database."""

import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from wsgiref.types import WSGIApplication

import click

from lagesbild.base import clock, db, postgres, supervisor
from lagesbild.base.errors import LagesbildError
from lagesbild.base.settings import Settings
from lagesbild.base.supervisor import Child, WebServer


def part(name: str) -> ModuleType:
    """Import a part of the program when it is needed, for the reason that `cli.LazyGroup` gives."""
    return importlib.import_module(f"lagesbild.{name}")


def everything(settings: Settings, host: str) -> None:
    """Bring the database up to date, then run the web server and the scheduler."""
    with postgres.alone(settings):
        click.echo("Uppdaterar databasen …")
        part("schema").upgrade(settings)
        db.connect(settings.database_url, settings.reader_url)
        part("instance.service").claim(settings)
        welcome = f"\nLägesbild körs på {settings.base_url}\n" + _demo(settings)
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


def _demo(settings: Settings) -> str:
    """Fill an empty database of a developer; return how to sign in, where there is a demo."""
    if settings.in_production:
        return ""
    demo = part("demo.service")
    if demo.is_empty():
        click.echo("Fyller databasen med en exempelkommun …")
        demo.fill(settings, clock.now())
    if demo.SLUG not in {group.slug for group in part("access.service").groups()}:
        return "\nLogga in som någon du har lagt till: script/lagesbild user add --help\n"
    rows = "\n".join(f"  {person.mail:28}{person.role_text}" for person in demo.sign_ins())
    return f"\nLogga in som någon av dem här:\n{rows}\nLösenord: {demo.password(settings)}\n"


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
