"""The tables of notices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base

MEMBER = ["municipality_id", "group_id", "person_id"]
MEMBERSHIP = ["memberships.municipality_id", "memberships.group_id", "memberships.person_id"]


class NoticeRow(Base):
    """One thing that one person is told of. The unique row is what makes it one."""

    __tablename__ = "notices"
    __table_args__ = (
        ForeignKeyConstraint(MEMBER, MEMBERSHIP),
        UniqueConstraint("municipality_id", "group_id", "kind", "key", "person_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[str]
    person_id: Mapped[UUID]
    made_at: Mapped[datetime]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime]
    first_attempt_at: Mapped[datetime | None]
    message_id: Mapped[str | None]  # of the mail that it went in; several may share one
    answer: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]


class OffRow(Base):
    """What a member of a group does not want to be told of."""

    __tablename__ = "notices_off"
    __table_args__ = (ForeignKeyConstraint(MEMBER, MEMBERSHIP),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
