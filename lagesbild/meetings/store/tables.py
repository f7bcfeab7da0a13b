"""The tables of fixed pictures. Rows are added; only a part can be removed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base
from lagesbild.meetings.store.weeks import OF_A_WEEK, WEEK

OF_A_PICTURE = ["municipality_id", "picture_id"]
PICTURE = ["fixed_pictures.municipality_id", "fixed_pictures.id"]


class FixedRow(Base):
    """A picture that was fixed. One is ordinary in a week, whoever presses and how often."""

    __tablename__ = "fixed_pictures"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_WEEK, WEEK),
        UniqueConstraint("municipality_id", "group_id", "number"),
        Index(
            "uq_fixed_pictures_ordinary",
            "municipality_id",
            "week_id",
            unique=True,
            postgresql_where=text("kind = 'ordinarie'"),
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week_id: Mapped[UUID]
    week: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    fixed_at: Mapped[datetime]
    known_at: Mapped[datetime]
    corrects: Mapped[int | None]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None]


class FixedPartRow(Base):
    """A part of a fixed picture. Its digest stays when the law orders the rest away."""

    __tablename__ = "fixed_parts"
    __table_args__ = (ForeignKeyConstraint(OF_A_PICTURE, PICTURE),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    picture_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    text: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str] = mapped_column(server_default="")


class FixedIncidentRow(Base):
    """An incident that a fixed picture counts, and where."""

    __tablename__ = "fixed_incidents"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_PICTURE, PICTURE),
        Index(None, "municipality_id", "incident_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    picture_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    district_id: Mapped[UUID | None]
    number: Mapped[int] = mapped_column(SmallInteger, server_default="1")
