"""Publishing what readers get of a week, and correcting it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules.reduction import Table, alone
from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, turn
from lagesbild.incidents.store import read as incidents
from lagesbild.meetings.rules import Picture, Reported
from lagesbild.meetings.rules.publication import (
    Publication,
    Told,
    newcomers,
    reduced,
    tables,
    uncertain,
    weeks_between,
    with_news,
)
from lagesbild.meetings.rules.told_cells import Known, named, named_again
from lagesbild.meetings.service import viewing
from lagesbild.meetings.service.week import both_of, counted_outside, log, windows_of
from lagesbild.meetings.store import inward as staying
from lagesbild.meetings.store import publications as store
from lagesbild.people.rules import Actor, Permission, require


def publish(session: Session, actor: Actor, period: Period, *, now: datetime) -> UUID:
    """Freeze what readers get of a week: counts of A and B, reduced. Once per week."""
    require(actor, Permission.FIX_PICTURE)
    existing = store.newest_id(session, actor.group, period)
    if existing is not None:
        return existing
    return _publish(session, actor, period, known_at=now, now=now)


def correct(session: Session, actor: Actor, *, now: datetime) -> list[UUID]:
    """Publish again the weeks in which something was counted that no longer may be.

    What was marked, withdrawn or held back since is left out; what came in since is not counted
    either: a correction is no late report. Twice is once. Returns the new publications.
    """
    require(actor, Permission.WRITE_DIGEST)
    made = []
    for wrong in store.wrong(session, actor.group, open_codes=incidents.open_codes(session)):
        period = Period.named(wrong.week, weekday=actor.group.meeting_weekday)
        made.append(
            _publish(session, actor, period, known_at=wrong.known_at, now=now, corrects=wrong)
        )
        log(session, actor, "publication.corrected", f"publication:{wrong.id}", at=now)
    return made


def published(session: Session, actor: Actor, id_: UUID) -> Publication:
    """Return a publication; the session may be that of the reader login."""
    require(actor, Permission.READ_PUBLICATION)
    return store.one(session, actor.group, id_)


def editions(session: Session, actor: Actor) -> list[Publication]:
    """Return the newest publication of each week, the newest week first, by the reader login."""
    require(actor, Permission.READ_PUBLICATION)
    return store.newest(session, actor.group)


def totals_between(
    session: Session, actor: Actor, last: Period, this: Period
) -> list[tuple[Period, int | None]]:
    """Return the totals that are told of the weeks between two letters, the oldest first.

    None where one is hidden, or nothing is told. The session may be that of the reader login.
    """
    require(actor, Permission.READ_PUBLICATION)
    known = tables(store.after(session, actor.group, last.name, until=this.name))
    between = weeks_between(last, this)
    return [(week, known[week].total if week in known else None) for week in between]


def inward(session: Session, actor: Actor) -> frozenset[str]:
    """Return the numbers of problems and actions that must not be named outside the group.

    They rest on an incident that may not go out, or are about types of which none may. Each owner
    is asked for: who keeps an incident to itself hides from others what is linked to it. The
    session has to be one that writes.
    """
    require(actor, Permission.READ_PROBLEMS)
    known = incidents.categories(session).values()
    open_codes = incidents.open_codes(session)
    outward = {code[:3] for code in open_codes}
    closed = {category.group for category in known} - outward
    found: set[str] = set()
    for owner in staying.owners(session, actor.group.municipality_id):
        turn(session, replace(actor.gate, organisation_id=owner))
        found |= staying.references(session, actor.group, open_codes, closed)
    turn(session, actor.gate)
    return frozenset(found)


def _publish(
    session: Session,
    actor: Actor,
    period: Period,
    *,
    known_at: datetime,
    now: datetime,
    corrects: Publication | None = None,
) -> UUID:
    group = actor.group
    told = store.told(session, group.municipality_id, since=period.a_year_earlier().first_day)
    everything, whole = both_of(session, actor, period, known_at=known_at)
    earlier = tables(each.publication for each in told)
    own = [each.period for each in told if each.group_id == group.id and each.period < period]
    since = max(own, default=None)
    known = with_news(whole, earlier, since=since)
    made = Publication(
        id=new_id(),
        week=period.name,
        made_at=now,
        content=reduced(whole, earlier, known, since=since)
        | _of_the_municipality(session, actor, whole, known, told)
        | _of_the_group(everything, whole, told, corrects),
        version=corrects.version + 1 if corrects else 1,
        known_at=known_at,
    )
    counted = counted_outside(session, actor, period, known_at=known_at)
    store.add(session, group, period, made, counted)
    log(session, actor, "publication.made", f"publication:{made.id}", at=now)
    return made.id


def _of_the_municipality(
    session: Session,
    actor: Actor,
    whole: Picture,
    known: Mapping[Period, Table],
    told: Sequence[Told],
) -> dict[str, object]:
    """Return what is said of a week's incidents once, whichever group is first, and repeated."""
    open_codes = set(incidents.open_codes(session))
    letters = [each.publication.content for each in told if each.period == whole.period]
    said: Mapping[str, object] = letters[-1] if letters else {}
    kinds = Known(
        whole,
        viewing.counts_outside(session, actor, whole),
        {c.code: c.name for c in incidents.categories(session).values() if c.code in open_codes},
        known,
        told,
    )
    again = named_again(kinds, said["cells"]) if "cells" in said else named(kinds)
    news = {
        "late": alone(whole.late_from_last),
        "uncertain": uncertain(_uncertain(session, actor, whole), known[whole.period]),
    }
    return (
        news
        | {key: said[key] for key in news.keys() & said.keys()}
        | {"cells": [cell.as_json() for cell in again]}
    )


def _uncertain(session: Session, actor: Actor, whole: Picture) -> int:
    """Return how many of a week are known to be in a district, but not where in it."""
    [window] = windows_of(session, actor, [whole.period], known_at=whole.known_at)
    found = analysis.uncertain(
        session,
        actor.group.municipality_id,
        window,
        open_codes=incidents.open_codes(session),
        known_at=whole.known_at,
    )
    return sum(found.get(district.id, 0) for district, _ in whole.districts)


def _of_the_group(
    everything: Picture, whole: Picture, told: Sequence[Told], corrects: Publication | None
) -> dict[str, object]:
    """Return what is said of a group's organisations; a correction repeats it."""
    said = corrects.content if corrects else {}
    # Not whether there was something to report: that would tell of incidents left out.
    coverage = [
        {"name": c.organisation.name, "answered": c.state is not Reported.SILENT}
        for c in everything.coverage
    ]
    new = {"coverage": coverage, "newcomers": newcomers(whole, told)}
    return new | {key: said[key] for key in new.keys() & said.keys()}
