"""Putting the weekly picture together, and who had nothing to add to it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import Count, Window
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts.store import read as districts
from lagesbild.incidents.store import parts
from lagesbild.incidents.store import read as incidents
from lagesbild.meetings import rules
from lagesbild.meetings.rules import Picture, Reported, series
from lagesbild.meetings.store import meetings
from lagesbild.meetings.store import weeks as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Organisation, Permission, require


def shown_first(session: Session, actor: Actor, *, now: datetime) -> Period:
    """Return the week that the group looks at now."""
    require(actor, Permission.READ_WEEK)
    closed = Period.of(now, weekday=actor.group.meeting_weekday).previous()
    return series.shown_first(now, meetings.named(session, actor.group, closed))


def picture(session: Session, actor: Actor, period: Period, *, now: datetime) -> Picture:
    """Return the picture of a week from what is known now."""
    require(actor, Permission.READ_WEEK)
    return counts_of(session, actor, period, known_at=now)


def counts_of(session: Session, actor: Actor, period: Period, *, known_at: datetime) -> Picture:
    """Return the picture of all incidents."""
    require(actor, Permission.READ_WEEK)
    counts, made_of = _counted(session, actor, period, known_at=known_at)
    return made_of(counts)


def both_of(
    session: Session, actor: Actor, period: Period, *, known_at: datetime
) -> tuple[Picture, Picture]:
    """Return the picture of all incidents, and that of what may be counted outside the group."""
    require(actor, Permission.READ_WEEK)
    counts, made_of = _counted(session, actor, period, known_at=known_at)
    return made_of(counts), made_of([c for c in counts if c.open])


def _counted(
    session: Session, actor: Actor, period: Period, *, known_at: datetime
) -> tuple[list[Count], Callable[[Sequence[Count]], Picture]]:
    """Return the counts of a week and of those beside it, and how a picture is made of counts."""
    group = actor.group
    counts = analysis.counts(
        session,
        group.municipality_id,
        windows_of(session, actor, rules.windows(period), known_at=known_at),
        open_codes=incidents.open_codes(session),
        known_at=known_at,
    )
    return counts, partial(
        rules.picture,
        period,
        districts=districts.main(session, group.municipality_id),
        organisations=people.organisations(session, group),
        said=_said(session, group, period, known_at=known_at),
        known_at=known_at,
    )


def _said(
    session: Session, group: Group, period: Period, *, known_at: datetime
) -> dict[UUID, Reported]:
    """Return what organisations have said of a week besides incidents of their own."""
    start, end, municipality_id = period.start, period.end, group.municipality_id
    beside = parts.sayers(session, municipality_id, start, end, known_at=known_at)
    nothing = dict.fromkeys(store.nothing(session, group, period), Reported.NOTHING)
    return nothing | dict.fromkeys(beside, Reported.YES)


def counted_outside(
    session: Session, actor: Actor, period: Period, *, known_at: datetime
) -> dict[UUID, int]:
    """Return which incidents of a week are counted outside the group, and as how many."""
    require(actor, Permission.READ_WEEK)
    [window] = windows_of(session, actor, [period], known_at=known_at)
    return analysis.open_numbers(
        session,
        actor.group.municipality_id,
        window,
        open_codes=incidents.open_codes(session),
        known_at=known_at,
    )


def windows_of(
    session: Session, actor: Actor, periods: Sequence[Period], *, known_at: datetime
) -> list[Window]:
    """Return what to count; a report is late by what happened to the meeting of its own week."""
    require(actor, Permission.READ_WEEK)
    return [
        Window(m.period.start, m.period.end, series.late_from(m, known_at))
        for m in meetings.during(session, actor.group, periods)
    ]


def silent(session: Session, actor: Actor, period: Period, *, now: datetime) -> list[Organisation]:
    """Return the organisations that have neither reported anything of a week nor said so."""
    require(actor, Permission.READ_WEEK)
    group = actor.group
    counts = analysis.counts(
        session,
        group.municipality_id,
        windows_of(session, actor, [period], known_at=now),
        open_codes=(),
        known_at=now,
    )
    heard = {c.organisation_id for c in counts} | store.nothing(session, group, period)
    return [o for o in people.organisations(session, group) if o.id not in heard]


def report_nothing(session: Session, actor: Actor, period: Period, *, now: datetime) -> None:
    """Note that the actor's organisation has nothing to report for a week. Twice is once."""
    require(actor, Permission.REPORT_NOTHING)
    if period.start > now:
        raise InvalidError("week", "Veckan har inte börjat än.")
    if actor.organisation_id is None:
        raise InvalidError("organisation", "Välj vilken organisation det gäller.")
    group = actor.group
    week = store.week_id(session, group, period)
    news = store.put_nothing(
        session, group, week, actor.organisation_id, person_id=actor.person_id, at=now
    )
    if news:
        log(session, actor, "week.nothing", f"week:{period.name}", at=now)


def log(session: Session, actor: Actor, verb: str, subject: str, *, at: datetime) -> None:
    """Write down what an actor did with a week."""
    require(actor, Permission.READ_NAMES)
    entry = Entry(
        at,
        verb,
        subject,
        {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
