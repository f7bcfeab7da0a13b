"""Putting together all that a meeting has agreed on, for fixing and for printing before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Action
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session
from lagesbild.districts.rules import version_on
from lagesbild.districts.store import read as districts
from lagesbild.districts.store import versions as outlines
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter, Listed, TimePrecision
from lagesbild.incidents.rules.moments import when_text
from lagesbild.incidents.store import read as incidents
from lagesbild.meetings.rules import Picture, assessing
from lagesbild.meetings.rules import contents as said
from lagesbild.meetings.rules.contents import NOBODY, Basis, Met
from lagesbild.meetings.rules.minutes import Minutes
from lagesbild.meetings.rules.sentences import by_deviation
from lagesbild.meetings.rules.sitting import PURPOSE
from lagesbild.meetings.service import series
from lagesbild.meetings.service.sitting import Written, expected, written
from lagesbild.meetings.service.week import counts_of
from lagesbild.meetings.store import fixed as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Problem

NOT_PRINTED = frozenset("CD")  # a paper can be read by others
MOST_PRINTED = 1000
REMEMBERED = 26  # pictures back in which something can be found again


def figures(session: Session, actor: Actor, period: Period, *, known_at: datetime) -> Picture:
    """Return the figures of a week as they were known at a moment."""
    require(actor, Permission.READ_WEEK)
    return counts_of(session, actor, period, known_at=known_at)


def contents(session: Session, actor: Actor, period: Period, *, now: datetime) -> dict[str, object]:
    """Return what a picture that is fixed now would say, part by part."""
    require(actor, Permission.READ_WEEK)
    whole = figures(session, actor, period, known_at=now)
    notes = written(session, actor, period)
    found = assessing.assessed(by_deviation(whole), notes.said)
    met = _met(session, actor, period, notes)
    names = {o.id: o.name for o, _ in met.present}
    work = work_of(session, actor, period, now=now)
    followed = said.followed(found, work.problems, work.actions)
    return {
        said.PICTURE: said.picture(whole),
        said.MEETING: said.meeting(met, actor.group, period),
        said.ATTENDANCE: said.attendance(met),
        said.PROBLEMS: said.problems(work.problems),
        said.ACTIONS: said.actions(work.actions, work.today),
        said.COMING: said.coming(expected(session, actor, period)),
        said.BASIS: said.basis(_basis(session, actor, period)),
        said.FOLLOWED: followed,
        said.CHANGES: _changes(session, actor, period, followed),
        **{f"{said.DISTRICT}{a.district.slug}": said.district(a, names) for a in found},
        **said.notes(notes.notes.values()),
    }


@dataclass(frozen=True)
class Work:
    """What the group works with: problems and actions that are open, or were ended in the week."""

    problems: list[Problem]
    actions: list[Action]
    today: date


def work_of(session: Session, actor: Actor, period: Period, *, now: datetime) -> Work:
    """Return what a meeting takes up of problems and actions, the late actions first."""
    require(actor, Permission.READ_WEEK)
    today = now.astimezone(STOCKHOLM).date()
    all_ = problems.all_of(session, actor)
    return Work(
        [p for p in all_ if p.is_open or (p.closed_at and p.closed_at >= period.start)],
        [
            *actions.open_at(session, actor, today=today),
            *actions.closed_since(session, actor, period.start),
        ],
        today,
    )


def basis_for(session: Session, actor: Actor, period: Period, *, now: datetime) -> Minutes:
    """Return all that is known before a meeting, with the week's incidents but types C and D."""
    require(actor, Permission.READ_WEEK)
    known = service.categories(session, actor)
    wanted = Filter(start=period.start, end=period.end)
    rows = service.listing(session, actor, wanted, limit=MOST_PRINTED)
    printed = [row for row in rows if known[row.category].sensitivity not in NOT_PRINTED]
    names = {o.id: o.name for o in people.organisations(session, actor.group)}
    names |= {d.id: d.name for d in districts.main(session, actor.group.municipality_id)}
    return Minutes(
        actor.group.name,
        period,
        contents(session, actor, period, now=now),
        now,
        happened=[_printed(row, known[row.category].name, names) for row in printed],
        left_out=len(rows) - len(printed),
    )


def _printed(row: Listed, category: str, names: Mapping[UUID, str]) -> dict[str, object]:
    precision = TimePrecision(row.time_precision)
    where = (row.place_text, names.get(row.district_id or NOBODY))
    return {
        "reference": row.reference,
        "category": category,
        "when": when_text(row.occurred_from, row.occurred_to, precision),
        "where": ", ".join(filter(None, where)),
        "organisation": names.get(row.organisation_id, "–"),
    }


def _met(session: Session, actor: Actor, period: Period, notes: Written) -> Met:
    organisations = people.organisations(session, actor.group)
    meeting = series.meeting(session, actor, period)
    return Met(
        meeting.starts_at,
        meeting.place,
        notes.sitting.opened_at if notes.sitting else None,
        notes.sitting.purpose if notes.sitting else PURPOSE,
        [(o, notes.attendance.get(o.id)) for o in organisations],
    )


def _basis(session: Session, actor: Actor, period: Period) -> Basis:
    known = outlines.versions(session, actor.group.municipality_id)
    version = version_on(known, period.last_day)
    return Basis(version.valid_from if version else None, incidents.versions(session))


def _changes(
    session: Session, actor: Actor, period: Period, followed: dict[str, str]
) -> list[dict[str, str]]:
    """Return how what is followed stands against the last fixed picture."""
    before = store.before(session, actor.group, period.name, said.FOLLOWED, limit=REMEMBERED)
    return said.changes(followed, before)
