"""How incidents are stored and changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import orjson
from sqlalchemy import (
    Executable,
    Integer,
    String,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from lagesbild.audit.rules import Entry
from lagesbild.audit.store import values as audit_values
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Base, Session
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.geo import SHAPELESS_CELL, WGS84, cell
from lagesbild.incidents.rules import Facts, GeoJson, Incident, Part, Request
from lagesbild.incidents.store.tables import CounterRow, IdempotencyRow, IncidentRow, PartRow


@dataclass(frozen=True)
class Written:
    """An incident to store, with who does it. `incident.reference` is given by the database."""

    municipality_id: UUID
    incident: Incident
    part: Part
    entry: Entry


def cell_of(place: GeoJson | None) -> int | None:
    """Return the cell of a point; one common cell for every line and area."""
    if place is None:
        return None
    geometry = orjson.loads(place)
    if geometry["type"] != "Point":
        return SHAPELESS_CELL
    return cell(*geometry["coordinates"][:2])


def _fact_values(facts: Facts) -> dict[str, object]:
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
    }


def _incident_values(written: Written) -> dict[str, object]:
    incident = written.incident
    return {
        "municipality_id": written.municipality_id,
        "id": incident.id,
        "organisation_id": incident.organisation_id,
        "registered_at": incident.registered_at,
        "source": incident.source,
        "source_ref": incident.source_ref,
        "visibility": written.part.visibility,
        "created_by": written.entry.person_id,
        "updated_by": written.entry.person_id,
        "updated_at": incident.registered_at,
        **_fact_values(incident.facts),
    }


def _part_values(written: Written) -> dict[str, object]:
    part = written.part
    return {
        "municipality_id": written.municipality_id,
        "incident_id": written.incident.id,
        "organisation_id": part.organisation_id,
        "summary": part.summary,
        "details": part.details,
        "visibility": part.visibility,
        "secrecy_basis": part.secrecy_basis,
        "reporter_role": part.reporter_role,
    }


_PLACE = func.ST_Force2D(func.ST_SetSRID(func.ST_GeomFromGeoJSON(bindparam("geojson")), WGS84))
_TABLES = Base.metadata.tables  # plain tables: the mapper would look at every value again
_INSERT = insert(_TABLES[IncidentRow.__tablename__]).values(place=_PLACE)


def add_all(session: Session, batch: Sequence[Written]) -> dict[UUID, str]:
    """Store incidents with parts and audit rows, and return id → reference number.

    The numbers come last: their counter is a lock on all writers of the municipality, and is
    held only from the last statement to the commit, however long the batch was.
    """
    if not batch:
        return {}
    rows = [_incident_values(w) | {"geojson": w.incident.facts.place} for w in batch]
    try:
        session.execute(_INSERT, rows)
    except IntegrityError as error:
        raise _taken(str(error.orig)) from error
    session.execute(insert(_TABLES["incident_parts"]), [_part_values(w) for w in batch])
    entries = [audit_values(w.municipality_id, w.entry) for w in batch]
    session.execute(insert(_TABLES["audit"]), entries)
    return _number(session, batch)


def _taken(message: str) -> ConflictError | InvalidError:
    """Return what a person can do about a row that is there already."""
    if "uq_incidents_source" in message:
        return InvalidError("source_ref", "Referensen är redan använd av en annan händelse.")
    if "pk_incidents" in message:
        return ConflictError("Det finns redan en händelse med samma id.")
    raise AssertionError(message)


def _number(session: Session, batch: Sequence[Written]) -> dict[UUID, str]:
    """Give each incident of a batch its reference, in the order of the batch; return them."""
    first = batch[0]
    year = first.incident.registered_at.astimezone(STOCKHOLM).year
    rows = session.execute(
        _numbering(),
        {
            "municipality": first.municipality_id,
            "year": year,
            "count": len(batch),
            "begins": f"L-{year}-",
            "ids": [w.incident.id for w in batch],
        },
    )
    return {id_: reference for id_, reference in rows}  # noqa: C416 – a Row is not a pair


@cache
def _numbering() -> Executable:
    counter = upsert(CounterRow).values(
        municipality_id=bindparam("municipality", type_=Uuid),
        year=bindparam("year", type_=Integer),
        last=bindparam("count", type_=Integer),
    )
    counted = (
        counter.on_conflict_do_update(
            index_elements=["municipality_id", "year"],
            set_={"last": CounterRow.last + counter.excluded.last},
        )
        .returning(CounterRow.last)
        .cte("counted")
    )
    ordered = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
        .table_valued(column("id", Uuid), with_ordinality="n")
        .render_derived("ordered")
    )
    before = select(counted.c.last - bindparam("count", type_=Integer)).scalar_subquery()
    number = cast(before + ordered.c.n, String)
    padded = func.lpad(number, func.greatest(6, func.length(number)), "0")
    return (
        update(_TABLES["incidents"])
        .where(
            _TABLES["incidents"].c.municipality_id == bindparam("municipality", type_=Uuid),
            _TABLES["incidents"].c.id == ordered.c.id,
        )
        .values(reference=func.concat(bindparam("begins", type_=String), padded))
        .returning(_TABLES["incidents"].c.id, _TABLES["incidents"].c.reference)
    )


def change(
    session: Session,
    municipality_id: UUID,
    incident: Incident,
    *,
    person_id: UUID | None,
    at: datetime,
) -> bool:
    """Store changed facts; return whether the version was still the expected one."""
    values = _fact_values(incident.facts) | {
        "withdrawn_at": incident.withdrawn_at,
        "withdrawn_reason": incident.withdrawn_reason,
        "version": incident.version + 1,
        "updated_by": person_id,
        "updated_at": at,
    }
    owner = next((p for p in incident.parts if p.organisation_id == incident.organisation_id), None)
    if owner is not None:
        values["visibility"] = owner.visibility
    result = session.execute(
        update(IncidentRow)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.id == incident.id,
            IncidentRow.version == incident.version,
        )
        .values(**values, place=_PLACE)
        .returning(IncidentRow.id),
        {"geojson": incident.facts.place},
    )
    return result.first() is not None


def put_part(session: Session, municipality_id: UUID, incident_id: UUID, part: Part) -> None:
    """Store an organisation's part, new or changed."""
    values: Mapping[str, object] = {
        "summary": part.summary,
        "details": part.details,
        "visibility": part.visibility,
        "secrecy_basis": part.secrecy_basis,
        "reporter_role": part.reporter_role,
    }
    put = upsert(PartRow).values(
        municipality_id=municipality_id,
        incident_id=incident_id,
        organisation_id=part.organisation_id,
        **values,
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=["municipality_id", "incident_id", "organisation_id"],
            set_={**values, "version": PartRow.version + 1},
        )
    )


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
