"""What is asked about single incidents. Every question takes a scope, which has no default."""

from dataclasses import fields
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, String, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.incidents.rules import (
    Category,
    Facts,
    Incident,
    KnownBy,
    Part,
    PlaceKind,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)
from lagesbild.incidents.store.tables import CategoryRow, IncidentRow, PartRow
from lagesbild.people.rules import Scope


@cache
def _categories() -> Executable:
    return (
        select(CategoryRow.code, CategoryRow.name, CategoryRow.severity, CategoryRow.sensitivity)
        .ext(distinct_on(CategoryRow.code))
        .order_by(CategoryRow.code, CategoryRow.version.desc())
    )


def categories(session: Session) -> dict[str, Category]:
    """Return every code in its newest version, in the order of the codes."""
    return {row[0]: Category(*row) for row in session.execute(_categories())}


def scoped(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions of a scope; every query of incidents carries them."""
    if scope.own_only:
        return [IncidentRow.organisation_id == scope.organisation_id]
    return [
        or_(
            IncidentRow.visibility != Visibility.OWN,
            IncidentRow.organisation_id == scope.organisation_id,
        )
    ]


_IDENTITY = (
    IncidentRow.id,
    IncidentRow.reference,
    IncidentRow.organisation_id,
    IncidentRow.source,
    IncidentRow.source_ref,
    IncidentRow.registered_at,
    IncidentRow.version,
    IncidentRow.withdrawn_at,
    IncidentRow.withdrawn_reason,
    IncidentRow.historical,
)
# The fields of `Facts` and the columns they are stored in.
_FACTS = {
    field.name: getattr(IncidentRow, field.name)
    for field in fields(Facts)
    if field.name not in ("category", "place")
} | {
    "category": IncidentRow.category_code,
    "place": func.ST_AsGeoJSON(IncidentRow.place, 6),
}


def one(session: Session, municipality_id: UUID, name: UUID | str, *, scope: Scope) -> Incident:
    """Return an incident by id or reference, withdrawn or not, or raise `NotFoundError`."""
    is_it = IncidentRow.id == name if isinstance(name, UUID) else IncidentRow.reference == name
    row = session.execute(
        select(*_IDENTITY, *_FACTS.values()).where(
            IncidentRow.municipality_id == municipality_id, is_it, *scoped(scope)
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("Det finns ingen sådan händelse.")
    stored = dict(zip(_FACTS, row[len(_IDENTITY) :], strict=True))
    facts = Facts(
        **stored
        | {
            "time_precision": TimePrecision(stored["time_precision"]),
            "place_kind": stored["place_kind"] and PlaceKind(stored["place_kind"]),
            "verification": Verification(stored["verification"]),
            "known_by": stored["known_by"] and KnownBy(stored["known_by"]),
            "tags": tuple(stored["tags"]),
        }
    )
    return Incident(
        id=row[0],
        reference=row[1] or "",  # only within the transaction that makes it is there none
        facts=facts,
        organisation_id=row[2],
        source=Source(row[3]),
        source_ref=row[4],
        registered_at=row[5],
        version=row[6],
        withdrawn_at=row[7],
        withdrawn_reason=row[8],
        historical=row[9],
        parts=_parts(session, municipality_id, row[0]),
    )


def _parts(session: Session, municipality_id: UUID, incident_id: UUID) -> tuple[Part, ...]:
    query = (
        select(
            PartRow.organisation_id,
            PartRow.summary,
            PartRow.details,
            PartRow.visibility,
            PartRow.secrecy_basis,
            PartRow.reporter_role,
            PartRow.version,
        )
        .where(
            PartRow.municipality_id == municipality_id,
            PartRow.incident_id == incident_id,
            PartRow.withdrawn_at.is_(None),
        )
        .order_by(PartRow.organisation_id)
    )
    return tuple(
        Part(row[0], row[1], row[2], Visibility(row[3]), *row[4:]) for row in session.execute(query)
    )


def known_sources(
    session: Session, municipality_id: UUID, organisation_id: UUID, refs: list[str]
) -> set[str]:
    """Return which of a sender's own references are stored already."""
    query = select(IncidentRow.source_ref).where(
        IncidentRow.municipality_id == municipality_id,
        IncidentRow.organisation_id == organisation_id,
        IncidentRow.source_ref == any_(literal(refs, ARRAY(String))),
    )
    return {ref for ref in session.execute(query).scalars() if ref is not None}


def exists(session: Session, municipality_id: UUID, incident_id: UUID) -> bool:
    """Whether an incident is stored, whoever may see it."""
    query = select(IncidentRow.id).where(
        IncidentRow.municipality_id == municipality_id, IncidentRow.id == incident_id
    )
    return session.execute(query).first() is not None
