"""The tables of weeks, and their queries."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.clock import Period
from lagesbild.base.db import Base, Session, new_id
from lagesbild.people.rules import Group


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
    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "week_id"], ["weeks.municipality_id", "weeks.id"]),
    )

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
