"""What is asked about single incidents. Every question takes a scope, which has no default."""

from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Executable,
    String,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from lagesbild.base.db import Base, Session
from lagesbild.base.errors import NotFoundError
from lagesbild.incidents.rules import (
    Category,
    Facts,
    Incident,
    KnownBy,
    Part,
    PlaceKind,
    Shown,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)
from lagesbild.incidents.rules.audiences import OPEN_SENSITIVITIES
from lagesbild.incidents.store import seen
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


def versions(session: Session) -> dict[str, int]:
    """Return the newest version of each code."""
    query = select(CategoryRow.code, func.max(CategoryRow.version)).group_by(CategoryRow.code)
    return {row[0]: row[1] for row in session.execute(query.order_by(CategoryRow.code))}


def open_codes(session: Session) -> list[str]:
    """Return the codes that may be counted outside the group."""
    known = categories(session).values()
    return [c.code for c in known if c.sensitivity in OPEN_SENSITIVITIES]


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
    IncidentRow.registered_at,
    IncidentRow.version,
    IncidentRow.withdrawn_at,
    IncidentRow.withdrawn_reason,
    IncidentRow.historical,
    IncidentRow.entered_by,
    IncidentRow.marked,
)
# The fields of `Facts` and the columns they are stored in.
_FACTS: dict[str, Any] = {
    field.name: getattr(IncidentRow, field.name)
    for field in fields(Facts)
    if field.name != "category"
} | {"category": IncidentRow.category_code}


class Look(StrEnum):
    """What of an incident is asked for."""

    SEEN = "as the scope sees it"
    PLACE = "the same with the exact place"
    STORED = "as it is stored"


def one(
    session: Session,
    municipality_id: UUID,
    name: UUID | str,
    *,
    scope: Scope,
    look: Look = Look.SEEN,
) -> Incident:
    """Return an incident by id or reference, withdrawn or not, or raise `NotFoundError`."""
    is_it = IncidentRow.id == name if isinstance(name, UUID) else IncidentRow.reference == name
    columns = _columns(look)
    row = session.execute(
        select(*_IDENTITY, *columns.values()).where(
            IncidentRow.municipality_id == municipality_id, is_it, *scoped(scope)
        ),
        {"looks": scope.organisation_id},
    ).one_or_none()
    if row is None:
        raise NotFoundError("Det finns ingen sådan händelse.")
    stored: dict[str, Any] = dict(zip(columns, row[len(_IDENTITY) :], strict=True))
    return Incident(
        id=row[0],
        reference=row[1] or "",  # only within the transaction that makes it is there none
        organisation_id=row[2],
        source=Source(row[3]),
        registered_at=row[4],
        version=row[5],
        withdrawn_at=row[6],
        withdrawn_reason=row[7],
        historical=row[8],
        entered_by=row[9],
        marked=row[10],
        source_ref=stored.pop("source_ref"),
        shown=Shown(stored.pop("shown")),
        facts=_facts(stored),
        parts=parts_of(session, municipality_id, [row[0]], scope=scope).get(row[0], ()),
    )


@cache
def _columns(look: Look) -> dict[str, Any]:
    """Return the columns of the facts and those that depend on who looks."""
    table = Base.metadata.tables[IncidentRow.__tablename__]
    stored: dict[str, Any] = _FACTS | {"source_ref": IncidentRow.source_ref}
    stored |= {"shown": literal(Shown.EXACT.value)}
    found = stored | seen.columns(table, bindparam("looks", type_=Uuid))
    if look is Look.STORED:
        found = stored
    elif look is Look.PLACE:
        found |= {name: stored[name] for name in (*seen.PLACE, "shown")}
    return found | {"place": func.ST_AsGeoJSON(found["place"], 6)}


def _facts(stored: dict[str, Any]) -> Facts:
    kind, known_by = stored["place_kind"], stored["known_by"]
    return Facts(
        **stored
        | {
            "time_precision": TimePrecision(stored["time_precision"]),
            "place_kind": PlaceKind(kind) if kind else None,
            "verification": Verification(stored["verification"]),
            "known_by": KnownBy(known_by) if known_by else None,
            "tags": tuple(stored["tags"]),
        }
    )


def parts_of(
    session: Session, municipality_id: UUID, ids: Sequence[UUID], *, scope: Scope
) -> dict[UUID, tuple[Part, ...]]:
    """Return what organisations say of incidents, as far as the scope sees it, by incident."""
    query = (
        select(
            PartRow.incident_id,
            PartRow.organisation_id,
            PartRow.summary,
            PartRow.details,
            PartRow.visibility,
            PartRow.secrecy_basis,
            PartRow.reporter_role,
            PartRow.verification,
            PartRow.version,
        )
        .where(
            PartRow.municipality_id == municipality_id,
            PartRow.incident_id == any_(literal(list(ids), ARRAY(Uuid))),
            PartRow.withdrawn_at.is_(None),
            or_(
                PartRow.visibility != Visibility.OWN,
                PartRow.organisation_id == scope.organisation_id,
            ),
        )
        .order_by(PartRow.incident_id, PartRow.organisation_id)
    )
    found: dict[UUID, tuple[Part, ...]] = {}
    for row in session.execute(query):
        found[row[0]] = (*found.get(row[0], ()), _part(*row[1:]))
    return found


def _part(organisation_id: UUID, *said: Any) -> Part:  # noqa: ANN401 – the columns above
    summary, details, visibility, basis, role, judged, version = said
    return Part(
        organisation_id,
        summary,
        details,
        Visibility(visibility),
        basis,
        role,
        verification=Verification(judged) if judged else None,
        version=version,
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
