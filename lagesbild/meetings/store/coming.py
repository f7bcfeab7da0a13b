"""The table of what is going to happen, and its queries."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.meetings.rules.sitting import Coming
from lagesbild.people.rules import Group


class ComingRow(Base):
    """Something that is going to happen, such as a match or a school break."""

    __tablename__ = "coming_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        Index(None, "municipality_id", "group_id", "last_day"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date]
    text: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def between(session: Session, group: Group, first: date, last: date) -> list[Coming]:
    """Return what is going to happen between two days, both of them with it, the first first."""
    query = (
        select(ComingRow.id, ComingRow.first_day, ComingRow.last_day, ComingRow.text)
        .where(
            ComingRow.municipality_id == group.municipality_id,
            ComingRow.group_id == group.id,
            ComingRow.last_day >= first,
            ComingRow.first_day <= last,
            ComingRow.withdrawn_at.is_(None),
        )
        .order_by(ComingRow.first_day, ComingRow.id)
    )
    return [Coming(*row) for row in session.execute(query)]


def put(
    session: Session, group: Group, said: Coming, *, organisation_id: UUID | None, at: datetime
) -> bool:
    """Note something that is going to happen; return whether it was news. The same id is once."""
    new = upsert(ComingRow).values(
        municipality_id=group.municipality_id,
        id=said.id,
        group_id=group.id,
        first_day=said.first_day,
        last_day=said.last_day,
        text=said.text,
        organisation_id=organisation_id,
        at=at,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(ComingRow.id))
    return done.first() is not None


def drop(session: Session, group: Group, id_: UUID, *, at: datetime) -> bool:
    """Take back something that is not going to happen; return whether it was there."""
    done = session.execute(
        update(ComingRow)
        .where(
            ComingRow.municipality_id == group.municipality_id,
            ComingRow.group_id == group.id,
            ComingRow.id == id_,
            ComingRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .returning(ComingRow.id)
    )
    return done.first() is not None
