"""Putting the weekly picture together, and publishing what readers get of it."""

from datetime import datetime
from uuid import UUID

from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import OPEN_SENSITIVITIES, Window
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts.store import read as districts
from lagesbild.incidents.store import read as incidents
from lagesbild.meetings import rules, store
from lagesbild.meetings.rules import Picture, Reported
from lagesbild.meetings.rules.publication import Publication, reduced, tables
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require


def shown_first(session: Session, actor: Actor, *, now: datetime) -> Period:
    """Return the week that the group looks at now."""
    require(actor, Permission.READ_WEEK)
    closed = Period.of(now, weekday=actor.group.meeting_weekday).previous()
    return rules.shown_first(now, actor.group, fixed=store.is_fixed(session, actor.group, closed))


def picture(session: Session, actor: Actor, period: Period, *, now: datetime) -> Picture:
    """Return the picture of a week from what is known now."""
    require(actor, Permission.READ_WEEK)
    return _picture(session, actor, period, known_at=now, open_only=False)


def _picture(
    session: Session, actor: Actor, period: Period, *, known_at: datetime, open_only: bool
) -> Picture:
    group = actor.group
    codes = incidents.categories(session).values()
    counts = analysis.counts(
        session,
        group.municipality_id,
        [Window(p.start, p.end, rules.meeting_start(p, group)) for p in rules.windows(period)],
        open_codes=[c.code for c in codes if c.sensitivity in OPEN_SENSITIVITIES],
        known_at=known_at,
    )
    return rules.picture(
        period,
        [c for c in counts if c.open or not open_only],
        districts=districts.main(session, group.municipality_id),
        organisations=people.organisations(session, group),
        nothing=store.nothing(session, group, period),
        known_at=known_at,
    )


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
        _log(session, actor, "week.nothing", f"week:{period.name}", at=now)


def publish(session: Session, actor: Actor, period: Period, *, now: datetime) -> UUID:
    """Freeze what readers get of a week: counts of A and B, reduced. Once per week."""
    require(actor, Permission.WRITE_DIGEST)
    existing = store.published_id(session, actor.group, period)
    if existing is not None:
        return existing
    whole = _picture(session, actor, period, known_at=now, open_only=True)
    all_of_it = _picture(session, actor, period, known_at=now, open_only=False)
    told = store.publications(
        session, actor.group.municipality_id, since=period.a_year_earlier().first_day
    )
    content = reduced(whole, tables(told)) | {
        # Not whether there was something to report: that would tell of incidents left out.
        "coverage": [
            {"name": c.organisation.name, "answered": c.state is not Reported.SILENT}
            for c in all_of_it.coverage
        ],
    }
    id_ = store.publish(session, actor.group, period, content, at=now)
    _log(session, actor, "publication.made", f"publication:{id_}", at=now)
    return id_


def published(session: Session, actor: Actor, id_: UUID) -> Publication:
    """Return a publication; the session may be that of the reader login."""
    require(actor, Permission.READ_DIGEST)
    return store.publication(session, actor.group.municipality_id, id_)


def _log(session: Session, actor: Actor, verb: str, subject: str, *, at: datetime) -> None:
    entry = Entry(
        at,
        verb,
        subject,
        {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
