"""The letters on the command line."""

from collections.abc import Iterator

import click

from lagesbild.access import service as access
from lagesbild.base import clock, mail
from lagesbild.base.clock import Period, moment_text
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import NotFoundError
from lagesbild.base.finding import Finding
from lagesbild.base.outbox import STATE_TEXT
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import RUN_TEXT, Delivery, Form, Kind, Run
from lagesbild.digests.service import approving, composing, delivering, drafting, looking, settling
from lagesbild.people.rules import Actor, Group, system


@click.group()
def digest() -> None:
    """Skriv, granska, godkänn och skicka veckobrev."""


_week = click.argument("week", metavar="VECKA")
_group = click.option("--group", "slug", metavar="GRUPP", help="Behövs när det finns flera.")
_extra = click.option("--extra", is_flag=True, help="Veckans extra brev i stället för det vanliga.")


@digest.command()
@_week
@_group
def draft(week: str, slug: str | None) -> None:
    """Skriv utkastet till en veckas brev. Bilden ska vara fastställd."""
    actor, period = _asked(slug, week)
    with transaction(actor.gate) as session:
        drafting.draft(session, actor, period, now=clock.now())
    with reading(actor.gate) as session:
        found = looking.newest(session, actor, period.name)
    click.echo(_head(found))


@digest.command()
@_week
@_group
@_extra
@click.pass_obj
def preview(settings: Settings, week: str, slug: str | None, *, extra: bool) -> None:
    """Visa brevet som det skulle gå nu, och vad kontrollerna säger. Inget sparas."""
    actor, period = _asked(slug, week)
    run = _run(actor, period, extra=extra)
    found = composing.composed(actor, run.id, base_url=settings.base_url, now=clock.now())
    letter = found.letters[Form.FULL]
    click.echo(f"Ämne: {letter.subject}\n\n{letter.text}", nl=False)
    for check in found.checks:
        if not check.is_well:
            click.echo(f"{'Stopp' if check.stops else 'Obs'}: {check.text}", err=True)


@digest.command()
@_week
@_group
@_extra
@click.option("--user", "who", required=True, metavar="MEJL", help="Vem som godkänner.")
@click.pass_obj
def approve(settings: Settings, week: str, slug: str | None, who: str, *, extra: bool) -> None:
    """Godkänn brevet som det står nu, i en medlems namn."""
    _, period = _asked(slug, week)
    actor = access.actor_named(access.group_named(slug), who)
    run = _run(actor, period, extra=extra)
    now = clock.now()
    found = composing.composed(actor, run.id, base_url=settings.base_url, now=now)
    approving.approve(actor, run.id, found.seen, base_url=settings.base_url, now=now)
    click.echo(_head(_run(actor, period, extra=extra)))


@digest.command()
@_week
@_group
@_extra
@click.pass_obj
def send(settings: Settings, week: str, slug: str | None, *, extra: bool) -> None:
    """Skicka ett godkänt brev som hålls inne, eller beskedet om att det inte blir något."""
    actor, period = _asked(slug, week)
    post = delivering.post(settings)
    run, now = _held(actor, period, extra=extra), clock.now()
    with transaction(actor.gate) as session:
        delivering.send(session, actor, run.id, domain=mail.domain(post.sender), now=now)
    delivering.send_all(actor, post, now=now, stop=lambda: False)
    _show(actor, run)


@digest.command()
@_week
@_group
def status(week: str, slug: str | None) -> None:
    """Visa allt som har skickats om en vecka, och hur långt det har kommit."""
    actor, period = _asked(slug, week)
    with reading(actor.gate) as session:
        found = looking.of_week(session, actor, period.name)
    if not found:
        raise NotFoundError(drafting.NO_LETTER)
    for run in found:
        _show(actor, run)


def findings() -> Iterator[Finding]:
    """Say of the groups that have too few to approve their letters, or that none has."""
    known = access.groups()
    missing = [sentence for group in known if (sentence := _approvers_missing(group))]
    yield from (Finding(good=False, text=sentence) for sentence in missing)
    if known and not missing:
        yield Finding(good=True, text="Minst två kan godkänna brevet i varje grupp.")


def _approvers_missing(group: Group) -> str:
    actor = system(group)
    with reading(actor.gate) as session:
        return settling.approvers_missing(session, actor)


def _show(actor: Actor, run: Run) -> None:
    with reading(actor.gate) as session:
        whole = looking.run(session, actor, run.id)
    click.echo(_head(whole.run))
    if letter := whole.letters.get(Form.FULL):
        click.echo(f"  Ämne: {letter.subject}")
    for delivery in whole.deliveries:
        click.echo(_line(delivery))


def _asked(slug: str | None, week: str) -> tuple[Actor, Period]:
    group = access.group_named(slug)
    return system(group), Period.named(week, weekday=group.meeting_weekday)


def _run(actor: Actor, period: Period, *, extra: bool) -> Run:
    kind = Kind.EXTRA if extra else Kind.LETTER
    with reading(actor.gate) as session:
        return looking.newest(session, actor, period.name, kind)


def _held(actor: Actor, period: Period, *, extra: bool) -> Run:
    """Return the letter of a week; where there is none, the notice that says so."""
    with reading(actor.gate) as session:
        kinds = {run.kind for run in looking.of_week(session, actor, period.name)}
        if Kind.NONE in kinds and not extra and Kind.LETTER not in kinds:
            return looking.newest(session, actor, period.name, Kind.NONE)
    return _run(actor, period, extra=extra)


def _head(run: Run) -> str:
    """Return what a mailing is and how far it has come."""
    version = f", version {run.version}" if run.version > 1 else ""
    late = ", försenat" if run.late else ""
    due = f"Skulle gå {moment_text(run.due_at)}."
    return f"{run.kind.text.capitalize()} {run.week}{version}: {RUN_TEXT[run.state]}{late}. {due}"


def _line(delivery: Delivery) -> str:
    """Return how far a delivery has come: who, state, when, and what the server said."""
    parts = [STATE_TEXT[delivery.state]]
    if delivery.at is not None:
        parts.append(moment_text(delivery.at))
    if delivery.answer:
        parts.append(delivery.answer)
    return f"  {delivery.recipient}: {', '.join(parts)}"
