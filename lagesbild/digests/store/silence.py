"""What has left and what has stayed away: of one group, and of all of them at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.base.outbox import State
from lagesbild.digests.rules import GONE, SILENCE, TO_READERS, Kind, RunState
from lagesbild.digests.rules.silence import Heard, Met, OfGroup, Reach, Sent, Unsent
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.meetings.store.meetings import MeetingRow
from lagesbild.meetings.store.weeks import WeekRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import GroupRow

LETTERS = (Kind.LETTER, Kind.EXTRA)
OPEN = (RunState.DRAFT, RunState.APPROVED, RunState.HELD)


def of_all(session: Session, *, now: datetime) -> list[OfGroup]:
    """Return how the letters of every group stand, by slug. For the door only.

    Of each group only its newest weeks are read: this is asked every few seconds.
    """
    week = _last_week(GroupRow.municipality_id, GroupRow.id).lateral()
    last = func.coalesce(week.c.week, "")
    stayed = _has_stayed(last, now)
    has_left = and_(RunRow.state == RunState.RELEASED, RunRow.kind.in_(LETTERS))
    figures = (
        select(
            func.max(RunRow.released_at).filter(has_left).label("sent_at"),
            func.min(RunRow.due_at).filter(stayed).label("oldest"),
            func.count().filter(stayed, RunRow.due_at <= now - SILENCE).label("overdue"),
        )
        .where(_same(RunRow, GroupRow.municipality_id, GroupRow.id), RunRow.week >= last)
        .lateral()
    )
    query = (
        select(GroupRow.slug, figures.c.sent_at, figures.c.oldest, figures.c.overdue)
        .select_from(GroupRow)
        .outerjoin(week, true())
        .join(figures, true())
        .order_by(GroupRow.slug)
    )
    return [OfGroup(*row) for row in session.execute(query)]


def heard(session: Session, group: Group, *, now: datetime) -> Heard:
    """Return what one question tells of a group."""
    rows = {row[0]: row[1:] for row in session.execute(_heard(group, now))}
    sent, unsent, met = (rows.get(name) for name in ("sent", "unsent", "met"))
    return Heard(
        Sent(sent[0], Kind(sent[1]), sent[3]) if sent else None,
        Unsent(unsent[0], Kind(unsent[1]), unsent[2], unsent[3]) if unsent else None,
        Met(met[0], met[3], is_told=bool(met[2])) if met else None,
    )


def _heard(group: Group, now: datetime) -> CompoundSelect[Any]:
    left = (
        select(literal("sent"), RunRow.week, RunRow.kind, RunRow.version, RunRow.released_at)
        .where(_of(RunRow, group), RunRow.state == RunState.RELEASED, RunRow.kind.in_(LETTERS))
        .order_by(RunRow.released_at.desc())
        .limit(1)
    )
    parts = (left, _stayed(group, now), _met(group, now))
    return union_all(*(select(each.subquery()) for each in parts))


def _stayed(group: Group, now: datetime) -> Select[str, str, str, int, datetime]:
    """Return the mailing that should have left first, and has not."""
    week = _last_week(group.municipality_id, group.id).scalar_subquery()
    is_notice = RunRow.kind == Kind.DELAYED
    return (
        select(
            literal("unsent"),
            RunRow.week,
            case((is_notice, Kind.LETTER.value), else_=RunRow.kind),
            case((is_notice, 0), else_=RunRow.version),
            RunRow.due_at,
        )
        .where(_of(RunRow, group), _has_stayed(func.coalesce(week, ""), now))
        .order_by(RunRow.due_at, RunRow.id)
        .limit(1)
    )


def _met(group: Group, now: datetime) -> Select[str, str, str, int, datetime]:
    """Return the meeting that began last, and 1 where there is something of its letter."""
    is_told = exists(RunRow.week).where(
        _of(RunRow, group),
        RunRow.week == WeekRow.week,
        RunRow.kind.in_([Kind.LETTER, Kind.DELAYED]),
    )
    return (
        select(
            literal("met"),
            WeekRow.week,
            literal(Kind.LETTER.value),
            cast(is_told, Integer),
            MeetingRow.starts_at,
        )
        .join(
            MeetingRow,
            (MeetingRow.municipality_id == WeekRow.municipality_id)
            & (MeetingRow.week_id == WeekRow.id),
        )
        .where(
            _of(WeekRow, group), MeetingRow.skipped_reason.is_(None), MeetingRow.starts_at <= now
        )
        .order_by(MeetingRow.starts_at.desc())
        .limit(1)
    )


def _last_week(municipality_id: Any, group_id: Any) -> Select[str]:  # noqa: ANN401 – columns or ids
    """Return the newest week whose letter has left: it covers those before it."""
    last = aliased(RunRow)
    return (
        select(last.week)
        .where(
            _same(last, municipality_id, group_id),
            last.kind == Kind.LETTER,
            last.state == RunState.RELEASED,
        )
        .order_by(last.week.desc())
        .limit(1)
    )


def _has_stayed(last: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    """Whether a mailing to readers was due and has not left; `last` is the week that is covered.

    What waits for a person without a set time is none: a draft of a correction or of an extra
    letter. A notice that the letter is delayed stands for a letter of which there is no draft.
    """
    letter = aliased(RunRow)
    is_drafted = exists(letter.week).where(  # a column: the door may not read them all
        letter.municipality_id == RunRow.municipality_id,
        letter.group_id == RunRow.group_id,
        letter.week == RunRow.week,
        letter.kind == Kind.LETTER,
    )
    is_first = and_(RunRow.kind == Kind.LETTER, RunRow.version == 1)
    is_timed = or_(is_first, RunRow.kind == Kind.NONE)
    is_held = and_(RunRow.kind.in_(LETTERS), RunRow.state == RunState.HELD)
    return and_(
        RunRow.due_at <= now,
        or_(
            and_(is_timed, RunRow.state.in_(OPEN), RunRow.week > last),
            and_(~is_timed, is_held, RunRow.week >= last),
            and_(RunRow.kind == Kind.DELAYED, ~is_drafted, RunRow.week > last),
        ),
    )


def reaches(session: Session, group: Group, *, since: datetime, now: datetime) -> list[Reach]:
    """Return which mailings that left since a moment have not reached everybody, the first first.

    A delivery that was made once more counts by the new one; who was taken off a list is no loss.
    """
    again = aliased(DeliveryRow)
    is_resent = exists().where(
        again.municipality_id == DeliveryRow.municipality_id, again.resend_of == DeliveryRow.id
    )
    refused = (DeliveryRow.state == State.REFUSED) & (DeliveryRow.answer != GONE)
    unknown = DeliveryRow.state == State.UNKNOWN
    waiting = DeliveryRow.state.in_([State.PENDING, State.SENDING]) & (
        RunRow.released_at <= now - SILENCE
    )
    numbers = [func.count().filter(each) for each in (refused, unknown, waiting)]
    query = (
        select(RunRow.week, RunRow.kind, RunRow.version, *numbers)
        .join(
            DeliveryRow,
            (DeliveryRow.municipality_id == RunRow.municipality_id)
            & (DeliveryRow.run_id == RunRow.id),
        )
        .where(
            _of(RunRow, group),
            RunRow.kind.in_(TO_READERS),
            RunRow.released_at >= since,
            ~is_resent,
            or_(refused, unknown, waiting),
        )
        .group_by(RunRow.id, RunRow.week, RunRow.kind, RunRow.version)
        .order_by(RunRow.id)
    )
    found: list[Any] = [*session.execute(query)]
    return [Reach(row[0], Kind(row[1]), *row[2:]) for row in found]


def _of(table: Any, group: Group) -> ColumnElement[bool]:  # noqa: ANN401 – a table of a group
    return _same(table, group.municipality_id, group.id)


def _same(table: Any, municipality_id: Any, group_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 – columns or ids
    return and_(table.municipality_id == municipality_id, table.group_id == group_id)
