"""The tables of categories, incidents, the organisations' parts, and what keeps them single."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    desc,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base
from lagesbild.base.geo import WGS84


class CategoryRow(Base):
    """A version of a code. A code is never reused or deleted; the newest version holds."""

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("severity BETWEEN 0 AND 5", name="severity"),
        CheckConstraint("sensitivity IN ('A', 'B', 'C', 'D')", name="sensitivity"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    sensitivity: Mapped[str]
    valid_from: Mapped[date]


class CounterRow(Base):
    """The last number of a series and a year. Taken last in a transaction, since it is a lock.

    Series: `L` for incidents; what has no year counts in year 0.
    """

    __tablename__ = "reference_counters"

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True, server_default="L")
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class IncidentRow(Base):
    """An incident: the facts that everybody who may see it shares."""

    __tablename__ = "incidents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "version_id"],
            ["division_versions.municipality_id", "division_versions.id"],
        ),
        ForeignKeyConstraint(
            ["municipality_id", "duplicate_of"], ["incidents.municipality_id", "incidents.id"]
        ),
        UniqueConstraint("municipality_id", "reference"),
        CheckConstraint("severity BETWEEN 0 AND 5", name="severity"),
        CheckConstraint("occurred_to >= occurred_from", name="window"),
        CheckConstraint("(place IS NULL) = (cell IS NULL)", name="cell"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_reason <> ''", name="withdrawn"),
        CheckConstraint("number BETWEEN 1 AND 500", name="number"),
        CheckConstraint("number = 1 OR place IS NULL AND place_text = ''", name="several"),
        CheckConstraint("duplicate_of <> id", name="merged"),
        # The week of a municipality is read from this index alone.
        Index(
            "ix_incidents_week",
            "municipality_id",
            "occurred_from",
            postgresql_include=[
                "district_id",
                "category_code",
                "registered_at",
                "historical",
                "organisation_id",
                "visibility",
                "marked",
                "number",
            ],
            postgresql_where=text("counted"),
        ),
        # Boxes: under row-level security `&&` is not leakproof, integers are.
        Index("ix_incidents_cell", "municipality_id", "cell", desc("occurred_from"), desc("id")),
        Index("ix_incidents_newest", "municipality_id", desc("occurred_from"), desc("id")),
        Index(
            "uq_incidents_source",
            "municipality_id",
            "organisation_id",
            "source_ref",
            unique=True,
            postgresql_where=text("source_ref IS NOT NULL"),
        ),
        # What is new since a meeting, and what was merged into an incident.
        Index(
            "ix_incidents_registered",
            "municipality_id",
            "registered_at",
            postgresql_where=text("NOT historical"),
        ),
        Index(
            "ix_incidents_merged",
            "municipality_id",
            "duplicate_of",
            postgresql_where=text("duplicate_of IS NOT NULL"),
        ),
        # An event of the police becomes one incident, whichever organisation is first.
        Index(
            "uq_incidents_police",
            "municipality_id",
            "source_ref",
            unique=True,
            postgresql_where=text("source_ref LIKE 'polisen:%'"),
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str | None]
    category_code: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    severity_reason: Mapped[str] = mapped_column(server_default="")
    occurred_from: Mapped[datetime]
    occurred_to: Mapped[datetime | None]
    time_precision: Mapped[str]
    reported_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    historical: Mapped[bool] = mapped_column(server_default="false")
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    place: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=WGS84, spatial_index=False)
    )
    cell: Mapped[int | None]
    place_precision_m: Mapped[int | None]
    place_kind: Mapped[str | None]
    place_text: Mapped[str] = mapped_column(server_default="")
    district_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    district_chosen: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[str]
    source_ref: Mapped[str | None]
    verification: Mapped[str]
    known_by: Mapped[str | None]
    crime_code: Mapped[str | None] = mapped_column(String(4))
    number: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # more: told at once
    tags: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    duplicate_of: Mapped[UUID | None]
    visibility: Mapped[str]  # that of the owner's part: `egen` hides the whole incident
    marked: Mapped[bool] = mapped_column(server_default="false")  # of any part
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    created_by: Mapped[UUID | None]
    updated_by: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(server_default="")
    counted: Mapped[bool] = mapped_column(
        Computed(
            "severity > 0 AND verification <> 'avfardad' AND duplicate_of IS NULL"
            " AND withdrawn_at IS NULL AND visibility <> 'egen'",
            persisted=True,
        )
    )


class PartRow(Base):
    """What one organisation says about one incident, and how far it may go."""

    __tablename__ = "incident_parts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    summary: Mapped[str]
    details: Mapped[str] = mapped_column(server_default="")
    visibility: Mapped[str]
    secrecy_basis: Mapped[str | None]
    reporter_role: Mapped[str] = mapped_column(server_default="")
    verification: Mapped[str | None]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    withdrawn_at: Mapped[datetime | None]


class CommentRow(Base):
    """A remark on an incident, for those who can see the incident."""

    __tablename__ = "incident_comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
        Index(None, "municipality_id", "incident_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # UUIDv7: also the order
    incident_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None]
    at: Mapped[datetime]
    text: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class ReviewRow(Base):
    """An incident that somebody in a group has gone through, the first time."""

    __tablename__ = "incident_reviews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))


class IdempotencyRow(Base):
    """A request that was answered: the same key again gets the same incident."""

    __tablename__ = "idempotency_keys"

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256
    incident_id: Mapped[UUID]
    created_at: Mapped[datetime]
