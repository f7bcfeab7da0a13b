"""The tables of weeks, and their queries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Select, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.clock import Period
from lagesbild.base.db import Base, Session, new_id
from lagesbild.people.rules import Group

OF_A_WEEK = ["municipality_id", "week_id"]
WEEK = ["weeks.municipality_id", "weeks.id"]  # what those two point at


class WeekRow(Base):
    """A week of a group. There is a row once something is said about the week."""

    __tablename__ = "weeks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        UniqueConstraint("municipality_id", "group_id", "week"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    first_day: Mapped[date]
    fixed_at: Mapped[datetime | None]


class NothingRow(Base):
    """An organisation's word that it has nothing to report for a week."""

    __tablename__ = "nothing_reports"
    __table_args__ = (ForeignKeyConstraint(OF_A_WEEK, WEEK),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]


def week_id(session: Session, group: Group, period: Period) -> UUID:
    """Return the id of a group's week; the row is made if it is missing."""
    made = upsert(WeekRow).values(
        municipality_id=group.municipality_id,
        id=new_id(),
        group_id=group.id,
        week=period.name,
        first_day=period.first_day,
    )
    session.execute(made.on_conflict_do_nothing())
    query = select(WeekRow.id).where(
        WeekRow.municipality_id == group.municipality_id,
        WeekRow.group_id == group.id,
        WeekRow.week == period.name,
    )
    return session.execute(query).scalar_one()


def found_id(session: Session, group: Group, period: Period) -> UUID | None:
    """Return the id of a group's week, None where nothing is said about it yet."""
    query = select(WeekRow.id).where(
        WeekRow.municipality_id == group.municipality_id,
        WeekRow.group_id == group.id,
        WeekRow.week == period.name,
    )
    return session.execute(query).scalar_one_or_none()


def fix(session: Session, group: Group, week: UUID, *, at: datetime) -> bool:
    """Note that a week's picture is fixed; return whether it was not yet. One of two waits."""
    done = session.execute(
        update(WeekRow)
        .where(
            WeekRow.municipality_id == group.municipality_id,
            WeekRow.id == week,
            WeekRow.fixed_at.is_(None),
        )
        .values(fixed_at=at)
        .returning(WeekRow.id)
    )
    return done.first() is not None


def fixed_at(session: Session, group: Group, week: UUID) -> datetime | None:
    """Return when a week's picture was fixed, None if it is not."""
    found: datetime | None = session.execute(_fixed_at(group, week)).scalar_one()
    return found


def held_open(session: Session, group: Group, week: UUID) -> datetime | None:
    """Return when a week's picture was fixed; if it is not, nobody fixes it before we are done."""
    query = _fixed_at(group, week).with_for_update(read=True)
    found: datetime | None = session.execute(query).scalar_one()
    return found


def _fixed_at(group: Group, week: UUID) -> Select[*tuple[Any, ...]]:
    return select(WeekRow.fixed_at).where(
        WeekRow.municipality_id == group.municipality_id, WeekRow.id == week
    )


def nothing(session: Session, group: Group, period: Period) -> frozenset[UUID]:
    """Return the organisations that had nothing to report for a week."""
    query = (
        select(NothingRow.organisation_id)
        .join(
            WeekRow,
            (WeekRow.municipality_id == NothingRow.municipality_id)
            & (WeekRow.id == NothingRow.week_id),
        )
        .where(
            WeekRow.municipality_id == group.municipality_id,
            WeekRow.group_id == group.id,
            WeekRow.week == period.name,
        )
    )
    return frozenset(session.execute(query).scalars())


def put_nothing(
    session: Session,
    group: Group,
    week: UUID,
    organisation_id: UUID,
    *,
    person_id: UUID | None,
    at: datetime,
) -> bool:
    """Note that an organisation has nothing to report; return whether it was news."""
    put = upsert(NothingRow).values(
        municipality_id=group.municipality_id,
        week_id=week,
        organisation_id=organisation_id,
        at=at,
        person_id=person_id,
    )
    done = session.execute(put.on_conflict_do_nothing().returning(NothingRow.week_id))
    return done.first() is not None
