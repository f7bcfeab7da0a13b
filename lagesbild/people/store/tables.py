"""Tables of people and groups."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base


class MunicipalityRow(Base):
    """A tenant: everything else about it carries its id first."""

    __tablename__ = "municipalities"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GroupRow(Base):
    """A group that meets once a week. Times are Swedish wall-clock times."""

    __tablename__ = "groups"
    __table_args__ = (
        CheckConstraint("meeting_weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "num_nulls(break_from, break_to) IN (0, 2) AND break_from >= 1"
            " AND break_from <= break_to AND break_to <= 53",
            name="break",
        ),
        CheckConstraint("near_metres BETWEEN 1 AND 1000", name="near_metres"),
        CheckConstraint("near_hours BETWEEN 1 AND 48", name="near_hours"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    meeting_weekday: Mapped[int] = mapped_column(server_default="3")
    meeting_time: Mapped[time] = mapped_column(server_default="09:00")
    letter_time: Mapped[time] = mapped_column(server_default="15:00")
    schedule_since: Mapped[datetime]
    meeting_place: Mapped[str] = mapped_column(server_default="")
    break_from: Mapped[int | None]
    break_to: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")
    near_metres: Mapped[int] = mapped_column(server_default="150")
    near_hours: Mapped[int] = mapped_column(server_default="3")
    reminder_time: Mapped[time | None] = mapped_column(server_default="15:00")
    letter_to: Mapped[str] = mapped_column(server_default="ordföranden")


class OrganisationRow(Base):
    """An organisation, or a department of one. One fire brigade may serve ten municipalities."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))


class ParticipantRow(Base):
    """An organisation that takes part in a group, under the short name that the group uses."""

    __tablename__ = "group_organisations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        UniqueConstraint("municipality_id", "group_id", "slug"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    slug: Mapped[str]
    joined_on: Mapped[date]


class PersonRow(Base):
    """Somebody who can sign in. `mail` is stored in lower case."""

    __tablename__ = "persons"
    __table_args__ = (CheckConstraint("mail = lower(mail)", name="mail_lower"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mail: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MembershipRow(Base):
    """What a person is in one group, and for whom."""

    __tablename__ = "memberships"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id", "organisation_id"],
            [
                "group_organisations.municipality_id",
                "group_organisations.group_id",
                "group_organisations.organisation_id",
            ],
        ),
        UniqueConstraint("municipality_id", "group_id", "person_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str]
    ended_at: Mapped[datetime | None]
