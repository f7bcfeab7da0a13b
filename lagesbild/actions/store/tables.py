"""The tables of actions and of the incidents that they point at."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base


class ActionRow(Base):
    """An action of a group. The number runs in the municipality, from 1 each year."""

    __tablename__ = "actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id", "owner_id"],
            [
                "group_organisations.municipality_id",
                "group_organisations.group_id",
                "group_organisations.organisation_id",
            ],
        ),
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "problem_id"], ["problems.municipality_id", "problems.id"]
        ),
        UniqueConstraint("municipality_id", "year", "number"),
        CheckConstraint(
            "state IN ('foreslagen', 'avbruten') OR (decided_on IS NOT NULL AND due IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("due >= decided_on", name="due"),
        CheckConstraint(
            "(state = 'klar') = (result IS NOT NULL AND effect IS NOT NULL)", name="outcome"
        ),
        CheckConstraint("(state = 'avbruten') = (reason <> '')", name="reason"),
        CheckConstraint("(closed_at IS NOT NULL) = (state IN ('klar', 'avbruten'))", name="closed"),
        Index(None, "municipality_id", "problem_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    year: Mapped[int]
    number: Mapped[int]
    what: Mapped[str]
    district_id: Mapped[UUID | None]
    place_text: Mapped[str]
    owner_id: Mapped[UUID]
    owner_role: Mapped[str]
    decided_by: Mapped[str]
    decided_on: Mapped[date | None]
    due: Mapped[date | None]
    kind: Mapped[str]
    focus: Mapped[str]
    problem_id: Mapped[UUID | None]
    category_group: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[str]
    result: Mapped[str | None]
    effect: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ActionIncidentRow(Base):
    """An incident that has led to an action. Seen by who sees the incident."""

    __tablename__ = "action_incidents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "action_id"], ["actions.municipality_id", "actions.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
        Index(None, "municipality_id", "incident_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
