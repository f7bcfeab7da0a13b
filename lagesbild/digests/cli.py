"""The letters on the command line."""

import click

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.clock import Period, moment_text
from lagesbild.base.db import reading
from lagesbild.base.outbox import STATE_TEXT
from lagesbild.base.settings import Settings
from lagesbild.digests import service
from lagesbild.digests.rules import RUN_TEXT, Delivery
from lagesbild.people.rules import Actor, system


@click.group()
def digest() -> None:
    """Skriv, granska och skicka veckobrev."""


_week = click.argument("week", metavar="VECKA")
_group = click.option("--group", "slug", metavar="GRUPP", help="Behövs när det finns flera.")


@digest.command()
@_week
@_group
@click.pass_obj
def preview(settings: Settings, week: str, slug: str | None) -> None:
    """Visa brevet som det skulle skrivas nu, till exempel för 2026-W47. Inget sparas."""
    actor, period = _asked(slug, week)
    letter = service.preview(actor, period, base_url=settings.base_url, now=clock.now())
    click.echo(f"Ämne: {letter.subject}\n\n{letter.text}", nl=False)


@digest.command()
@_week
@_group
@click.pass_obj
def send(settings: Settings, week: str, slug: str | None) -> None:
    """Skicka ett brev som hålls inne eller inte är skrivet, till samordnarna."""
    actor, period = _asked(slug, week)
    post = service.post(settings)
    for delivery in service.send(actor, period, post, now=clock.now()):
        click.echo(_line(delivery))


@digest.command()
@_week
@_group
def status(week: str, slug: str | None) -> None:
    """Visa hur långt en veckas brev har kommit."""
    actor, period = _asked(slug, week)
    with reading(actor.gate) as session:
        run, letter, deliveries = service.run(session, actor, period.name)
    late = ", försenat" if run.late else ""
    click.echo(f"Brevet för {run.week}: {RUN_TEXT[run.state]}{late}.")
    if run.written_at is not None:
        click.echo(f"Skrevs {moment_text(run.written_at)}.")
    click.echo(f"Skulle gå {moment_text(run.due_at)}.")
    if letter.subject:
        click.echo(f"Ämne: {letter.subject}")
    for delivery in deliveries:
        click.echo(_line(delivery))
    if not deliveries:
        click.echo("Inget är skickat.")


def _asked(slug: str | None, week: str) -> tuple[Actor, Period]:
    group = access.group_named(slug)
    return system(group), Period.named(week, weekday=group.meeting_weekday)


def _line(delivery: Delivery) -> str:
    """Return how far a delivery has come: who, state, when, and what the server said."""
    parts = [STATE_TEXT[delivery.state]]
    if delivery.at is not None:
        parts.append(moment_text(delivery.at))
    if delivery.answer:
        parts.append(delivery.answer)
    return f"  {delivery.recipient}: {', '.join(parts)}"
