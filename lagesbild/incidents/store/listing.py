"""Pages of incidents, newest first. Every question takes a scope, which has no default.

A query is put together once for each combination of filters and then only asked again: putting
it together costs a short request more than asking it.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    Subquery,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base.db import Base, Session
from lagesbild.base.geo import SHAPELESS_CELL, WGS84, cells
from lagesbild.districts.store import tables as districts
from lagesbild.incidents.rules import Cursor, Filter, Found, Listed, Order, Visibility
from lagesbild.incidents.rules.audiences import GRID_M
from lagesbild.incidents.store import seen, tables
from lagesbild.people.rules import Group, Scope
from lagesbild.people.store import tables as people

# Plain tables: the mapper would look at every value again.
_TABLES = Base.metadata.tables
_incidents = _TABLES[tables.IncidentRow.__tablename__]
_incident = _incidents.c
_part = _TABLES[tables.PartRow.__tablename__]
_district = _TABLES[districts.DistrictRow.__tablename__]
_participant = _TABLES[people.ParticipantRow.__tablename__]
_review = _TABLES[tables.ReviewRow.__tablename__].c

SEEN = seen.columns(_incidents, bindparam("actors", type_=Uuid))
_COLUMNS = (
    "id", "reference", "category_code", "severity", "occurred_from", "occurred_to",
    "time_precision", "place", "place_precision_m", "place_text", "district_id",
    "organisation_id", "verification", "source", "registered_at", "version", "number",
)  # fmt: skip
_SIDES = ("west", "south", "east", "north")
_ENVELOPE = func.ST_MakeEnvelope(*(bindparam(side) for side in _SIDES), WGS84)
_AROUND = func.ST_MakeEnvelope(*(bindparam(f"around_{side}") for side in _SIDES), WGS84)


def _touches(place: ColumnElement[Any], box: ColumnElement[Any]) -> ColumnElement[bool]:
    return place.op("&&", is_comparison=True)(box)


_OWNERS_PART = and_(
    _part.c.municipality_id == _incident.municipality_id,
    _part.c.incident_id == _incident.id,
    _part.c.organisation_id == _incident.organisation_id,
)
# Somebody in the group has gone through it, as long as that has not been taken back.
REVIEWED = exists().where(
    _review.municipality_id == _incident.municipality_id,
    _review.group_id == bindparam("group"),
    _review.incident_id == _incident.id,
)
_CONDITIONS = {
    "own": _incident.organisation_id == bindparam("actors"),
    "shared": or_(
        _incident.visibility != Visibility.OWN, _incident.organisation_id == bindparam("actors")
    ),
    # Asks nothing that the box does not, and is cheap: it spares most rows that.
    "around": _touches(_incident.place, _AROUND),
    "box": _touches(SEEN["place"], _ENVELOPE),
    "cells": _incident.cell == any_(bindparam("cells", type_=ARRAY(Integer))),
    "start": _incident.occurred_from >= bindparam("start"),
    "end": _incident.occurred_from < bindparam("end"),
    "district_id": _incident.district_id == bindparam("district_id"),
    "organisation_id": _incident.organisation_id == bindparam("organisation_id"),
    "verification": _incident.verification == bindparam("verification"),
    "category": func.starts_with(_incident.category_code, bindparam("category")),
    "ids": _incident.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    # What an organisation keeps to itself is not the group's, and what is merged was looked at.
    "new_since": and_(
        _incident.registered_at >= bindparam("new_since"),
        ~_incident.historical,
        _incident.visibility != Visibility.OWN,
        _incident.duplicate_of.is_(None),
        ~REVIEWED,
    ),
    "words": or_(
        SEEN["place_text"].ilike(bindparam("pattern"), escape="/"),
        _part.c.summary.ilike(bindparam("pattern"), escape="/"),
        _incident.reference == bindparam("words"),
    ),
}
# Each order's columns, all of them falling. An id tells when a row was made.
_ORDER = {
    Order.HAPPENED: ("occurred_from", "id"),
    Order.LOGGED: ("id",),
    Order.SEVERE: ("severity", "id"),
}


class Asked(NamedTuple):
    """A filter as queries take it: the names of its conditions, and a value for each parameter."""

    shape: frozenset[str]
    values: dict[str, object]


def asked(group: Group, wanted: Filter, scope: Scope) -> Asked:
    """Return what a filter and a scope ask for; queries of `matching` take it."""
    values = _values(wanted, scope)
    shape = frozenset(values.keys() & _CONDITIONS.keys())
    return Asked(shape, {"municipality": group.municipality_id, "group": group.id} | values)


def matching(shape: frozenset[str], *columns: str | ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the query of the incidents that meet conditions; withdrawn ones are left out.

    Names stand for columns as stored, a place too, which only its owner may see: what is shown
    of it is in `SEEN`.
    """
    query = select(*(_incident[c] if isinstance(c, str) else c for c in columns)).where(
        _incident.municipality_id == bindparam("municipality"),
        _incident.withdrawn_at.is_(None),
        *(_CONDITIONS[name] for name in sorted(shape)),
    )
    return query.outerjoin(_part, _OWNERS_PART) if "words" in shape else query


def counted(shape: frozenset[str], *columns: str | ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the same of those that the figures of a week count."""
    return matching(shape, *columns).where(_incident.counted)


def page(
    session: Session,
    group: Group,
    wanted: Filter,
    *,
    scope: Scope,
    limit: int,
    after: Cursor | None = None,
) -> list[Listed]:
    """Return a page of incidents in the wanted order; withdrawn ones are left out.

    Places in WGS 84, as the scope sees them.
    """
    shape, values = asked(group, wanted, scope)
    given = values | {"limit": limit}
    if after is not None:
        shape |= {"after"}
        given |= {"after_key": after.key, "after_id": after.id}
    return [Listed._make(row) for row in session.execute(_page(shape, wanted.order), given).all()]


def count(session: Session, group: Group, wanted: Filter, *, scope: Scope) -> Found:
    """Return how much a filter finds."""
    shape, values = asked(group, wanted, scope)
    found = matching(shape, "number", "counted", SEEN["place"].is_(None).label("unplaced"))
    return Found._make(session.execute(_numbers(found.subquery()), values).one())


def _numbers(found: Subquery) -> Select[*tuple[int, ...]]:
    row, number = found.c, func.sum(found.c.number)
    parts = (number, number.filter(row.counted), number.filter(row.unplaced))
    return select(func.count(), *(func.coalesce(part, 0) for part in parts))


def _values(wanted: Filter, scope: Scope) -> dict[str, object]:
    """Return a value for each condition that holds, and what else these need."""
    values: dict[str, object] = {"actors": scope.organisation_id}
    values["own" if scope.own_only else "shared"] = True
    plain = (
        "start", "end", "district_id", "organisation_id", "verification", "category", "new_since",
    )  # fmt: skip
    values |= {name: value for name in plain if (value := getattr(wanted, name)) is not None}
    if wanted.ids is not None:
        values["ids"] = list(wanted.ids)
    if wanted.words:
        escaped = wanted.words.replace("/", "//").replace("%", "/%").replace("_", "/_")
        values |= {"words": wanted.words.strip(), "pattern": f"%{escaped}%"}
    if wanted.box is not None:
        around = wanted.box.grown(GRID_M)  # what is shown in a box may lie beside it
        values |= {"around": True, "box": True, **vars(wanted.box)}
        values |= {f"around_{side}": degrees for side, degrees in vars(around).items()}
        touched = cells(around)
        if touched is not None:
            values["cells"] = [SHAPELESS_CELL, *touched]
    return values


def _found(shape: frozenset[str], order: Order, *columns: str) -> Select[*tuple[Any, ...]]:
    chosen = (SEEN["shown"].label(n) if n == "shown" else n for n in columns)
    query = matching(shape - {"after"}, *chosen)
    return query.where(_after(order)) if "after" in shape else query


def _after(order: Order) -> ColumnElement[bool]:
    """Return the condition of the rows behind a cursor."""
    names = _ORDER[order]
    last = {"id": bindparam("after_id", type_=Uuid)}
    keys = [last.get(n, bindparam("after_key", type_=_incident[n].type)) for n in names]
    return tuple_(*(_incident[n] for n in names)) < tuple_(*keys)


def _falling(rows: FromClause, order: Order) -> list[ColumnElement[Any]]:
    return [rows.c[name].desc() for name in _ORDER[order]]


def _candidates(shape: frozenset[str], order: Order) -> Subquery:
    """Return the rows of a page without text and names, their places as stored, and `shown`.

    In a box the newest of each cell are read from the index in order, so that a crowded cell
    costs no more than a page of it; then the newest of all these are taken.
    """
    columns = (*_COLUMNS, "shown", "place_kind", "municipality_id")
    limit = bindparam("limit", type_=Integer)
    falling = _falling(_incidents, order)
    if "cells" not in shape:
        return _found(shape, order, *columns).order_by(*falling).limit(limit).subquery()
    cell = (
        func.unnest(bindparam("cells", type_=ARRAY(Integer)))
        .table_valued(column("cell", Integer))
        .render_derived("touched")
    )
    newest = (
        _found(shape - {"cells"}, order, *columns)
        .where(_incident.cell == cell.c.cell)
        .order_by(*falling)
        .limit(limit)
        .lateral("newest")
    )
    return (
        select(newest)
        .select_from(cell)
        .join(newest, true())
        .order_by(*_falling(newest, order))
        .limit(limit)
        .subquery()
    )


@lru_cache
def _page(shape: frozenset[str], order: Order) -> Executable:
    """Return the query of a page: rows are found first; places, text and names come after."""
    found = _candidates(shape, order)
    row = found.c
    places = seen.places(found, row.shown)
    places["place"] = func.ST_AsGeoJSON(places["place"], 6)
    listed = [places.get(name, row[name]) for name in _COLUMNS]
    return (
        select(*listed, _part.c.summary, _district.c.slug, _participant.c.slug, row.shown)
        .outerjoin(
            _part,
            (_part.c.municipality_id == row.municipality_id)
            & (_part.c.incident_id == row.id)
            & (_part.c.organisation_id == row.organisation_id),
        )
        .outerjoin(
            _district,
            (_district.c.municipality_id == row.municipality_id)
            & (_district.c.id == row.district_id),
        )
        .outerjoin(
            _participant,
            (_participant.c.municipality_id == row.municipality_id)
            & (_participant.c.group_id == bindparam("group"))
            & (_participant.c.organisation_id == row.organisation_id),
        )
        .order_by(*_falling(found, order))
    )
