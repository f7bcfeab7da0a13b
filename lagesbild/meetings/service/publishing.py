"""Publishing what readers get of a week, and correcting it."""

from datetime import datetime
from uuid import UUID

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id
from lagesbild.incidents.store import read as incidents
from lagesbild.meetings.rules import Reported
from lagesbild.meetings.rules.publication import Publication, reduced, tables
from lagesbild.meetings.service.week import counted_outside, counts_of, log
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
    whole = counts_of(session, actor, period, known_at=known_at, open_only=True)
    content = reduced(whole, tables(told))
    if corrects is None:
        everything = counts_of(session, actor, period, known_at=known_at, open_only=False)
        # Not whether there was something to report: that would tell of incidents left out.
        content["coverage"] = [
            {"name": c.organisation.name, "answered": c.state is not Reported.SILENT}
            for c in everything.coverage
        ]
    else:
        content["coverage"] = corrects.content["coverage"]
    made = Publication(
        id=new_id(),
        week=period.name,
        made_at=now,
        content=content,
        version=corrects.version + 1 if corrects else 1,
        known_at=known_at,
    )
    counted = counted_outside(session, actor, period, known_at=known_at)
    store.add(session, group, period, made, counted)
    log(session, actor, "publication.made", f"publication:{made.id}", at=now)
    return made.id
