"""The table of meetings, what a group has settled about them, and their queries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.clock import Period
from lagesbild.base.db import Base, Session
from lagesbild.meetings.rules import series
from lagesbild.meetings.rules.series import Meeting, Settings
from lagesbild.meetings.store.publications import PublicationRow
from lagesbild.meetings.store.weeks import WeekRow, week_id
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import GroupRow


class MeetingRow(Base):
    """The meeting that closes a week of a group: one, or none."""

    __tablename__ = "meetings"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "week_id"], ["weeks.municipality_id", "weeks.id"]),
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(server_default="")
    skipped_reason: Mapped[str | None]
    moved_reason: Mapped[str | None]
    kept: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


_OF_WEEK = and_(
    MeetingRow.municipality_id == WeekRow.municipality_id, MeetingRow.week_id == WeekRow.id
)
_MEETING = (
    WeekRow.week,
    MeetingRow.starts_at,
    MeetingRow.place,
    MeetingRow.skipped_reason,
    MeetingRow.moved_reason,
    MeetingRow.kept,
    WeekRow.fixed_at,
    MeetingRow.version,
)


def named(session: Session, group: Group, period: Period) -> Meeting:
    """Return the meeting of a period, as the calendar would make it where there is none."""
    return during(session, group, [period])[0]


def during(session: Session, group: Group, periods: Sequence[Period]) -> list[Meeting]:
    """Return the meetings of periods in their order, each likewise."""
    query = (
        select(*_MEETING)
        .outerjoin(MeetingRow, _OF_WEEK)
        .where(
            WeekRow.municipality_id == group.municipality_id,
            WeekRow.group_id == group.id,
            WeekRow.week.in_([period.name for period in periods]),
        )
        .order_by(WeekRow.week)
    )
    found = {row[0]: row for row in session.execute(query)}
    return [_meeting(found.get(period.name), period, group) for period in periods]


def all_(session: Session, group: Group) -> list[Meeting]:
    """Return every meeting of a group, the oldest first."""
    query = (
        select(*_MEETING)
        .join(MeetingRow, _OF_WEEK)
        .where(WeekRow.municipality_id == group.municipality_id, WeekRow.group_id == group.id)
        .order_by(WeekRow.first_day, WeekRow.id)
    )
    return [_meeting(row, _period(row[0], group), group) for row in session.execute(query)]


def _period(week: str, group: Group) -> Period:
    return Period.named(week, weekday=group.meeting_weekday)


def _meeting(row: Sequence[Any] | None, period: Period, group: Group) -> Meeting:
    if row is None:
        return series.planned(period, group)
    if row[1] is None:
        return replace(series.planned(period, group), fixed_at=row[6])
    return Meeting(period, *row[1:])


def known(session: Session, group: Group) -> Mapping[Period, bool]:
    """Return the weeks that a group has met over, or was told of; whether each has a meeting."""
    has_meeting = exists().where(_OF_WEEK)
    query = (
        select(WeekRow.week, has_meeting)
        .where(
            WeekRow.municipality_id == group.municipality_id,
            WeekRow.group_id == group.id,
            or_(has_meeting, _is_told()),
        )
        .order_by(WeekRow.week)
    )
    return {_period(week, group): made for week, made in session.execute(query)}


def has_told(session: Session, group: Group) -> bool:
    """Whether a week of a group has been fixed, or told to readers: it may not be cut anew."""
    query = select(WeekRow.id).where(
        WeekRow.municipality_id == group.municipality_id, WeekRow.group_id == group.id, _is_told()
    )
    return session.execute(query.limit(1)).first() is not None


def _is_told() -> Any:  # noqa: ANN401 – a condition
    published = exists().where(
        PublicationRow.municipality_id == WeekRow.municipality_id,
        PublicationRow.week_id == WeekRow.id,
    )
    return or_(WeekRow.fixed_at.is_not(None), published)


def add(session: Session, group: Group, meeting: Meeting) -> bool:
    """Store a meeting unless its week has one; return whether it was news."""
    made = upsert(MeetingRow).values(
        municipality_id=group.municipality_id,
        week_id=week_id(session, group, meeting.period),
        group_id=group.id,
        starts_at=meeting.starts_at,
        place=meeting.place,
        skipped_reason=meeting.skipped_reason,
    )
    done = session.execute(made.on_conflict_do_nothing().returning(MeetingRow.week_id))
    return done.first() is not None


def change(session: Session, group: Group, meeting: Meeting) -> bool:
    """Store a meeting as it is now; return whether nobody else had changed it first."""
    its_week = select(WeekRow.id).where(
        WeekRow.municipality_id == group.municipality_id,
        WeekRow.group_id == group.id,
        WeekRow.week == meeting.period.name,
    )
    done = session.execute(
        update(MeetingRow)
        .where(
            MeetingRow.municipality_id == group.municipality_id,
            MeetingRow.week_id == its_week.scalar_subquery(),
            MeetingRow.version == meeting.version,
        )
        .values(
            starts_at=meeting.starts_at,
            place=meeting.place,
            skipped_reason=meeting.skipped_reason,
            moved_reason=meeting.moved_reason,
            kept=meeting.kept,
            version=meeting.version + 1,
        )
        .returning(MeetingRow.week_id)
    )
    return done.first() is not None


def settle(session: Session, group: Group, wanted: Settings, *, version: int) -> bool:
    """Store when and where a group meets; return whether nobody else had changed it first."""
    done = session.execute(
        update(GroupRow)
        .where(
            GroupRow.municipality_id == group.municipality_id,
            GroupRow.id == group.id,
            GroupRow.version == version,
        )
        .values(
            meeting_weekday=wanted.weekday,
            meeting_time=wanted.at,
            meeting_place=wanted.place,
            break_from=wanted.break_from,
            break_to=wanted.break_to,
            reminder_time=wanted.reminder,
            near_metres=wanted.near_metres,
            near_hours=wanted.near_hours,
            letter_to=wanted.letter_to,
            version=version + 1,
        )
        .returning(GroupRow.id)
    )
    return done.first() is not None


def cut_anew(session: Session, group: Group, *, days: int, now: datetime) -> None:
    """Let every week of a group begin so many days later; what was due before now is not sent.

    Their names stay: a week is named by the ISO week of its meeting. Only where nothing is told.
    """
    session.execute(
        update(WeekRow)
        .where(WeekRow.municipality_id == group.municipality_id, WeekRow.group_id == group.id)
        .values(first_day=WeekRow.first_day + days)
    )
    session.execute(
        update(GroupRow)
        .where(GroupRow.municipality_id == group.municipality_id, GroupRow.id == group.id)
        .values(schedule_since=now)
    )
