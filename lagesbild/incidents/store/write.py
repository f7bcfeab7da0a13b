"""How incidents are stored and changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Uuid, any_, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.base.geo import SHAPELESS_CELL, WGS84, cell
from lagesbild.incidents.rules import Facts, GeoJson, Incident, Request
from lagesbild.incidents.store.tables import IdempotencyRow, IncidentRow, PartRow


def cell_of(place: GeoJson | None) -> int | None:
    """Return the cell of a point; one common cell for every line and area."""
    if place is None:
        return None
    geometry = orjson.loads(place)
    if geometry["type"] != "Point":
        return SHAPELESS_CELL
    return cell(*geometry["coordinates"][:2])


def fact_values(facts: Facts) -> dict[str, object]:
    """Return the columns of the facts, but for the place itself."""
    return {
        "category_code": facts.category,
        "severity": facts.severity,
        "severity_reason": facts.severity_reason,
        "occurred_from": facts.occurred_from,
        "occurred_to": facts.occurred_to,
        "time_precision": facts.time_precision,
        "reported_at": facts.reported_at,
        "cell": cell_of(facts.place),
        "place_precision_m": facts.place_precision_m,
        "place_kind": facts.place_kind,
        "place_text": facts.place_text,
        "district_id": facts.district_id,
        "version_id": facts.version_id,
        "district_chosen": facts.district_chosen,
        "verification": facts.verification,
        "known_by": facts.known_by,
        "crime_code": facts.crime_code,
        "tags": list(facts.tags),
        "duplicate_of": facts.duplicate_of,
        "number": facts.number,
    }


PLACE = func.ST_Force2D(func.ST_SetSRID(func.ST_GeomFromGeoJSON(bindparam("geojson")), WGS84))


def change(
    session: Session,
    municipality_id: UUID,
    incident: Incident,
    *,
    person_id: UUID | None,
    at: datetime,
) -> bool:
    """Store changed facts; return whether the version was still the expected one."""
    values = fact_values(incident.facts) | {
        "withdrawn_at": incident.withdrawn_at,
        "withdrawn_reason": incident.withdrawn_reason,
        "marked": incident.marked,
        "entered_by": incident.entered_by,
        "version": incident.version + 1,
        "updated_by": person_id,
        "updated_at": at,
    }
    if incident.part_of(incident.organisation_id) is not None:
        values["visibility"] = incident.visibility
    result = session.execute(
        update(IncidentRow)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.id == incident.id,
            IncidentRow.version == incident.version,
        )
        .values(**values, place=PLACE)
        .returning(IncidentRow.id),
        {"geojson": incident.facts.place},
    )
    return result.first() is not None


def remember(
    session: Session, municipality_id: UUID, person_id: UUID, request: Request, *, at: datetime
) -> Request:
    """Keep what a request's key stands for; return what it stood for first.

    A second request with the same key waits here until the first has ended.
    """
    put = upsert(IdempotencyRow).values(
        municipality_id=municipality_id,
        person_id=person_id,
        key=request.key,
        body=request.body,
        incident_id=request.incident_id,
        created_at=at,
    )
    session.execute(put.on_conflict_do_nothing())
    row = session.execute(
        select(IdempotencyRow.body, IdempotencyRow.incident_id).where(
            IdempotencyRow.municipality_id == municipality_id,
            IdempotencyRow.person_id == person_id,
            IdempotencyRow.key == request.key,
        )
    ).one()
    return Request(request.key, row[0], row[1])


def withdraw_untouched(  # noqa: PLR0913 – who, what, why, when
    session: Session,
    municipality_id: UUID,
    ids: Sequence[UUID],
    *,
    owner: UUID | None,
    reason: str,
    person_id: UUID | None,
    at: datetime,
) -> list[UUID]:
    """Take back an organisation's incidents that are as they came in; return their ids."""
    others = select(PartRow.incident_id).where(
        PartRow.municipality_id == municipality_id,
        PartRow.incident_id == IncidentRow.id,
        PartRow.organisation_id != owner,
    )
    result = session.execute(
        update(IncidentRow)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.organisation_id == owner,
            IncidentRow.id == any_(literal(list(ids), ARRAY(Uuid))),
            IncidentRow.version == 1,
            IncidentRow.withdrawn_at.is_(None),
            ~others.exists(),
        )
        .values(
            withdrawn_at=at,
            withdrawn_reason=reason,
            source_ref=None,
            version=2,
            updated_by=person_id,
            updated_at=at,
        )
        .returning(IncidentRow.id)
    )
    return list(result.scalars())
