"""The tables of problems and their incidents, and their queries."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Row,
    Select,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.districts.rules import District
from lagesbild.districts.store.tables import DistrictRow
from lagesbild.incidents.store import numbers
from lagesbild.incidents.store.read import scoped
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Group, Scope
from lagesbild.problems.rules import Direction, Problem

SERIES = "P"


class ProblemRow(Base):
    """A problem of a group. The number runs in the municipality."""

    __tablename__ = "problems"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
        UniqueConstraint("municipality_id", "number"),
        CheckConstraint("closed_at IS NULL OR closed_reason <> ''", name="closed"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    description: Mapped[str]
    since: Mapped[date]
    district_id: Mapped[UUID | None]
    place_text: Mapped[str]
    direction: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(server_default="")
    reopened_reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")


class ProblemIncidentRow(Base):
    """An incident that is part of a problem. Seen by who sees the incident."""

    __tablename__ = "problem_incidents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "problem_id"], ["problems.municipality_id", "problems.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
        Index(None, "municipality_id", "incident_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    problem_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]


_PLAIN = (
    "id", "number", "title", "description", "since", "place_text", "direction", "closed_at",
    "closed_reason", "reopened_reason", "version",
)  # fmt: skip


def add(session: Session, group: Group, problem: Problem) -> bool:
    """Store a new problem under the next number; return whether its id was new."""
    new = upsert(ProblemRow).values(
        municipality_id=group.municipality_id,
        group_id=group.id,
        id=problem.id,
        number=numbers.take(session, group.municipality_id, SERIES),
        **_values(problem),
    )
    done = session.execute(
        new.on_conflict_do_nothing(index_elements=["municipality_id", "id"]).returning(
            ProblemRow.id
        )
    )
    return done.first() is not None


def change(session: Session, group: Group, problem: Problem) -> bool:
    """Store a changed problem; return whether it was still the version that was read."""
    done = session.execute(
        update(ProblemRow)
        .where(
            ProblemRow.municipality_id == group.municipality_id,
            ProblemRow.group_id == group.id,
            ProblemRow.id == problem.id,
            ProblemRow.version == problem.version,
        )
        .values(version=problem.version + 1, **_values(problem))
        .returning(ProblemRow.version)
    )
    return done.first() is not None


def _values(problem: Problem) -> dict[str, object]:
    return {
        "title": problem.title,
        "description": problem.description,
        "since": problem.since,
        "district_id": problem.district.id if problem.district else None,
        "place_text": problem.place_text,
        "direction": problem.direction,
        "closed_at": problem.closed_at,
        "closed_reason": problem.closed_reason,
        "reopened_reason": problem.reopened_reason,
    }


def all_of(session: Session, group: Group, *, scope: Scope) -> list[Problem]:
    """Return the problems of a group, the open ones first, then by number, the newest first."""
    return _found(session, group, scope)


def one(session: Session, group: Group, name: UUID | int, *, scope: Scope) -> Problem | None:
    """Return one problem by id or number, or None."""
    return next(iter(_found(session, group, scope, name=name)), None)


def of_incident(
    session: Session, group: Group, incident_id: UUID, *, scope: Scope
) -> list[Problem]:
    """Return the problems that an incident is part of, the open ones first."""
    return _found(session, group, scope, incident_id=incident_id)


def _found(
    session: Session,
    group: Group,
    scope: Scope,
    *,
    name: UUID | int | None = None,
    incident_id: UUID | None = None,
) -> list[Problem]:
    query = (
        select(
            *(getattr(ProblemRow, name) for name in _PLAIN),
            _linked(scope).with_only_columns(func.count()).scalar_subquery(),
            DistrictRow.id,
            DistrictRow.key,
            DistrictRow.slug,
            DistrictRow.name,
        )
        .outerjoin(
            DistrictRow,
            (DistrictRow.municipality_id == ProblemRow.municipality_id)
            & (DistrictRow.id == ProblemRow.district_id),
        )
        .where(ProblemRow.municipality_id == group.municipality_id, ProblemRow.group_id == group.id)
        .order_by(ProblemRow.closed_at.is_not(None), ProblemRow.number.desc())
    )
    if name is not None:
        is_it = ProblemRow.id == name if isinstance(name, UUID) else ProblemRow.number == name
        query = query.where(is_it)
    if incident_id is not None:
        linked = _linked(scope).where(ProblemIncidentRow.incident_id == incident_id)
        query = query.where(linked.exists())
    return [_problem(row) for row in session.execute(query)]


def _problem(row: Row[*tuple[Any, ...]]) -> Problem:
    values: list[Any] = list(row)
    stored = dict(zip(_PLAIN, values, strict=False))
    incidents, *district = values[len(_PLAIN) :]
    return Problem(
        **stored | {"direction": Direction(stored["direction"])},
        incidents=incidents,
        district=District(*district) if district[0] else None,
    )


def _linked(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Return the query for the incidents of problems that a scope sees."""
    return (
        select(ProblemIncidentRow.incident_id)
        .join(
            IncidentRow,
            (IncidentRow.municipality_id == ProblemIncidentRow.municipality_id)
            & (IncidentRow.id == ProblemIncidentRow.incident_id),
        )
        .where(
            ProblemIncidentRow.municipality_id == ProblemRow.municipality_id,
            ProblemIncidentRow.problem_id == ProblemRow.id,
            IncidentRow.withdrawn_at.is_(None),
            *scoped(scope),
        )
        .correlate(ProblemRow)
    )


def incident_ids(session: Session, group: Group, problem_id: UUID) -> tuple[UUID, ...]:
    """Return the incidents that are part of a problem; whoever shows them asks for a scope."""
    query = (
        select(ProblemIncidentRow.incident_id)
        .where(
            ProblemIncidentRow.municipality_id == group.municipality_id,
            ProblemIncidentRow.problem_id == problem_id,
        )
        .order_by(ProblemIncidentRow.incident_id)
    )
    return tuple(session.execute(query).scalars())


def links(
    session: Session, group: Group, problem_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Return which incidents are part of which problems; whoever shows them asks for a scope."""
    query = select(ProblemIncidentRow.problem_id, ProblemIncidentRow.incident_id).where(
        ProblemIncidentRow.municipality_id == group.municipality_id,
        ProblemIncidentRow.problem_id.in_(problem_ids),
    )
    return frozenset((row[0], row[1]) for row in session.execute(query))


def link(session: Session, group: Group, problem_id: UUID, incident_id: UUID) -> bool:
    """Make an incident part of a problem; return whether that was news."""
    new = upsert(ProblemIncidentRow).values(
        municipality_id=group.municipality_id,
        problem_id=problem_id,
        incident_id=incident_id,
        group_id=group.id,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(ProblemIncidentRow.incident_id))
    return done.first() is not None


def unlink(session: Session, group: Group, problem_id: UUID, incident_id: UUID) -> bool:
    """Take an incident out of a problem; return whether it was in it."""
    done = session.execute(
        delete(ProblemIncidentRow)
        .where(
            ProblemIncidentRow.municipality_id == group.municipality_id,
            ProblemIncidentRow.problem_id == problem_id,
            ProblemIncidentRow.incident_id == incident_id,
        )
        .returning(ProblemIncidentRow.incident_id)
    )
    return done.first() is not None
