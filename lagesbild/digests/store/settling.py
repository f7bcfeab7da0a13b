"""The tables of how a group sends its letters and to whom, and of what is said around them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base

OF_A_GROUP = ["municipality_id", "group_id"]
GROUP = ["groups.municipality_id", "groups.id"]


class ScheduleRow(Base):
    """How a group's letter is approved and sent. When: see the group itself."""

    __tablename__ = "digest_schedules"
    __table_args__ = (ForeignKeyConstraint(OF_A_GROUP, GROUP),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(server_default="annan")
    sender: Mapped[str] = mapped_column(server_default="")
    role: Mapped[str] = mapped_column(server_default="säkerhetssamordnaren")
    contact: Mapped[str] = mapped_column(server_default="")
    reply_to: Mapped[str] = mapped_column(server_default="")
    record: Mapped[str] = mapped_column(server_default="")
    attach_pdf: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(server_default="1")


class SignerRow(Base):
    """Somebody who writes or approves the group's letters, or stands in for who does."""

    __tablename__ = "digest_signers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id", "person_id"],
            ["memberships.municipality_id", "memberships.group_id", "memberships.person_id"],
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(primary_key=True)


class ListRow(Base):
    """How much of the letter those on a list get."""

    __tablename__ = "digest_lists"
    __table_args__ = (ForeignKeyConstraint(OF_A_GROUP, GROUP),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]


class RecipientRow(Base):
    """An address on a list, from one day to another, both with it."""

    __tablename__ = "digest_recipients"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_GROUP, GROUP),
        Index(None, "municipality_id", "group_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    list: Mapped[str]
    mail: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")


class QuestionRow(Base):
    """What somebody who reads the letter has asked, and what the group has answered."""

    __tablename__ = "chair_questions"
    __table_args__ = (ForeignKeyConstraint(OF_A_GROUP, GROUP),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    asked_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    text: Mapped[str]
    answer: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    told_week: Mapped[str] = mapped_column(server_default="")  # whose letter carries the answer
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class KnownRow(Base):
    """An event that its owner has published already, and may be named for that."""

    __tablename__ = "known_events"
    __table_args__ = (ForeignKeyConstraint(OF_A_GROUP, GROUP),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    text: Mapped[str]
    link: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
