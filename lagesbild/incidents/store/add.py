"""How new incidents are stored: one in one trip to the database, many in one batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
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
from lagesbild.incidents.rules import Incident, Part
from lagesbild.incidents.store.parts import part_values
from lagesbild.incidents.store.tables import CounterRow, IncidentRow
from lagesbild.incidents.store.write import PLACE, fact_values


@dataclass(frozen=True)
class Written:
    """An incident to store, with who does it. `incident.reference` is given by the database."""

    municipality_id: UUID
    incident: Incident
    entry: Entry

    @property
    def part(self) -> Part:
        """What its owner says, the only part that a new incident has."""
        [part] = self.incident.parts
        return part


def _incident_values(written: Written) -> dict[str, object]:
    incident = written.incident
    return {
        "municipality_id": written.municipality_id,
        "id": incident.id,
        "organisation_id": incident.organisation_id,
        "registered_at": incident.registered_at,
        "source": incident.source,
        "source_ref": incident.source_ref,
        "historical": incident.historical,
        "visibility": written.part.visibility,
        "marked": incident.marked,
        "entered_by": incident.entered_by,
        "created_by": written.entry.person_id,
        "updated_by": written.entry.person_id,
        "updated_at": incident.registered_at,
        **fact_values(incident.facts),
    }


def _part_values(written: Written) -> dict[str, object]:
    return {
        "municipality_id": written.municipality_id,
        "incident_id": written.incident.id,
        "organisation_id": written.part.organisation_id,
        "entered_by": written.incident.entered_by,
        **part_values(written.part),
    }


_TABLES = Base.metadata.tables  # plain tables: the mapper would look at every value again
_INSERT = insert(_TABLES[IncidentRow.__tablename__]).values(place=PLACE)


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the database refuses into what a person can do about it."""
    try:
        yield
    except IntegrityError as error:
        taken = _taken(str(error.orig))
        if taken is None:
            raise
        raise taken from error


def add(session: Session, written: Written) -> str:
    """Store an incident with part and audit row, and return its reference number."""
    with _telling():
        return _add_one(session, written)


def add_many(session: Session, batch: Sequence[Written]) -> None:
    """Store incidents with parts and audit rows; `number` gives them their references."""
    if not batch:
        return
    rows = [_incident_values(w) | {"geojson": w.incident.facts.place} for w in batch]
    with _telling():
        session.execute(_INSERT, rows)
        session.execute(insert(_TABLES["incident_parts"]), [_part_values(w) for w in batch])
    entries = [audit_values(w.municipality_id, w.entry) for w in batch]
    session.execute(insert(_TABLES["audit"]), entries)


def _add_one(session: Session, written: Written) -> str:
    """Store a single incident in one trip to the database: the common case, and the quick one."""
    year = written.incident.registered_at.astimezone(STOCKHOLM).year
    values = {f"i_{name}": value for name, value in _incident_values(written).items()}
    values |= {f"p_{name}": value for name, value in _part_values(written).items()}
    entry = audit_values(written.municipality_id, written.entry)
    values |= {f"a_{name}": value for name, value in entry.items()}
    values |= {
        "geojson": written.incident.facts.place,
        "municipality": written.municipality_id,
        "year": year,
        "count": 1,
        "begins": f"L-{year}-",
    }
    names = tuple(
        frozenset(part) for part in (_incident_values(written), _part_values(written), entry)
    )
    return str(session.execute(_adding(*names), values).scalar_one())


@cache
def _adding(incident: frozenset[str], part: frozenset[str], entry: frozenset[str]) -> Executable:
    """Return the statement that takes a number and stores incident, part and audit row."""
    counted = _counted()
    reference = _reference(counted.c.last)
    stored = _inserted("incidents", "i_", incident, place=PLACE, reference=reference, of=counted)
    said = _inserted("incident_parts", "p_", part)
    noted = _inserted("audit", "a_", entry)
    return select(reference).select_from(counted).add_cte(stored, said, noted)


def _inserted(
    table: str, prefix: str, names: frozenset[str], *, of: CTE | None = None, **computed: object
) -> CTE:
    """Return the insertion of one row as a part of a larger statement."""
    columns = _TABLES[table].c
    plain = {n: bindparam(f"{prefix}{n}", type_=columns[n].type) for n in sorted(names)}
    row = select(*plain.values(), *computed.values())
    if of is not None:
        row = row.select_from(of)
    return insert(_TABLES[table]).from_select([*plain, *computed], row).cte(f"new_{table}")


def _taken(message: str) -> ConflictError | InvalidError | None:
    """Return what a person can do about a row that is there already; None for another fault."""
    if "uq_incidents_source" in message:
        return InvalidError("source_ref", "Referensen är redan använd av en annan händelse.")
    if "uq_incidents_police" in message:
        return InvalidError(
            "source_ref", "Någon i gruppen har redan loggat den här händelsen från polisen."
        )
    if "pk_incident" in message:  # of the incident or of its part, whichever is tried first
        return ConflictError("Det finns redan en händelse med samma id.")
    return None


def number(session: Session, municipality_id: UUID, ids: Sequence[UUID], *, year: int) -> None:
    """Give incidents their references of a year, in order, in one statement."""
    session.execute(
        _numbering(),
        {
            "municipality": municipality_id,
            "year": year,
            "count": len(ids),
            "begins": f"L-{year}-",
            "ids": list(ids),
        },
    )


@cache
def _numbering() -> Executable:
    counted = _counted()
    ordered = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
        .table_valued(column("id", Uuid), with_ordinality="n")
        .render_derived("ordered")
    )
    before = select(counted.c.last - bindparam("count", type_=Integer)).scalar_subquery()
    return (
        update(_TABLES["incidents"])
        .where(
            _TABLES["incidents"].c.municipality_id == bindparam("municipality", type_=Uuid),
            _TABLES["incidents"].c.id == ordered.c.id,
        )
        .values(reference=_reference(before + ordered.c.n))
    )


def _counted() -> CTE:
    """Return the raising of a year's counter by `count`; its `last` is the new value."""
    counter = upsert(CounterRow).values(
        municipality_id=bindparam("municipality", type_=Uuid),
        year=bindparam("year", type_=Integer),
        last=bindparam("count", type_=Integer),
    )
    return (
        counter.on_conflict_do_update(
            index_elements=["municipality_id", "series", "year"],
            set_={"last": CounterRow.last + counter.excluded.last},
        )
        .returning(CounterRow.last)
        .cte("counted")
    )


def _reference(number: ColumnElement[int]) -> ColumnElement[str]:
    """Return a number as people see it: `L-2026-004711`."""
    text = cast(number, String)
    padded = func.lpad(text, func.greatest(6, func.length(text)), "0")
    return func.concat(bindparam("begins", type_=String), padded)
