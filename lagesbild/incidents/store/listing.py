"""Pages of incidents, newest first. Every question takes a scope, which has no default.

A query is put together once for each combination of filters and then only asked again: putting
it together costs a short request more than asking it.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Executable,
    FromClause,
    Integer,
    Select,
    Subquery,
    Uuid,
    bindparam,
    column,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base import clock
from lagesbild.base.db import Base, Session
from lagesbild.districts.store import tables as districts
from lagesbild.incidents.rules import Cursor, Filter, Found, Listed, Order
from lagesbild.incidents.store import filtering, seen, tables
from lagesbild.people.rules import Group, Scope
from lagesbild.people.store import tables as people

# Plain tables: the mapper would look at every value again.
_TABLES = Base.metadata.tables
_incidents = _TABLES[tables.IncidentRow.__tablename__]
_incident = _incidents.c
_part = _TABLES[tables.PartRow.__tablename__]
_district = _TABLES[districts.DistrictRow.__tablename__]
_participant = _TABLES[people.ParticipantRow.__tablename__]

_COLUMNS = (
    "id", "reference", "category_code", "severity", "occurred_from", "occurred_to",
    "time_precision", "place", "place_precision_m", "place_text", "district_id",
    "organisation_id", "verification", "source", "registered_at", "version", "number",
)  # fmt: skip
# Each order's columns, all of them falling. An id tells when a row was made.
_ORDER = {
    Order.HAPPENED: ("occurred_from", "id"),
    Order.LOGGED: ("id",),
    Order.SEVERE: ("severity", "id"),
}
_LIMIT = bindparam("limit", type_=Integer)
# The spans in which the newest of a box are looked for: this far back, then all the rest.
_BACK = [timedelta(weeks=weeks) for weeks in (2, 8, 32, 128)]
_SPAN = ("begins", "ends")
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
    shape, values = filtering.asked(group, wanted, scope)
    given = values | {"limit": limit}
    if "cells" in shape and wanted.order is Order.HAPPENED:
        given |= _spans(wanted, after)
    if after is not None:
        shape |= {"after"}
        given |= {"after_key": after.key, "after_id": after.id}
    return [Listed._make(row) for row in session.execute(_page(shape, wanted.order), given).all()]


def count(session: Session, group: Group, wanted: Filter, *, scope: Scope) -> Found:
    """Return how much a filter finds."""
    shape, values = filtering.asked(group, wanted, scope)
    found = filtering.matching(
        shape, "number", "counted", filtering.SEEN["place"].is_(None).label("unplaced")
    )
    return Found._make(session.execute(_numbers(found.subquery()), values).one())


def _numbers(found: Subquery) -> Select[*tuple[int, ...]]:
    row, number = found.c, func.sum(found.c.number)
    parts = (number, number.filter(row.counted), number.filter(row.unplaced))
    return select(func.count(), *(func.coalesce(part, 0) for part in parts))


def _found(shape: frozenset[str], order: Order, *columns: str) -> Select[*tuple[Any, ...]]:
    chosen = (filtering.SEEN["shown"].label(n) if n == "shown" else n for n in columns)
    query = filtering.matching(shape - {"after"}, *chosen)
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
    costs no more than a page of it; then the newest of all these are taken. What happened last is
    looked for in one span of time after the other, and no further than a page needs.
    """
    found = _found(shape - {"cells"}, order, *_COLUMNS, "shown", "place_kind", "municipality_id")
    if "cells" not in shape:
        return found.order_by(*_falling(_incidents, order)).limit(_LIMIT).subquery()
    if order is not Order.HAPPENED:
        return _newest(found, order).subquery()
    span = (
        func.unnest(*(bindparam(name, type_=ARRAY(DateTime(timezone=True))) for name in _SPAN))
        .table_valued(*(column(name, DateTime(timezone=True)) for name in _SPAN))
        .render_derived("span")
    )
    happened = _incident.occurred_from
    inside = found.where(happened >= span.c.begins, happened < span.c.ends)
    newest = _newest(inside, order, span).correlate(span).lateral("newest_of_span")
    # The spans come in their order, and after the last row of a page none is looked through.
    return select(newest).select_from(span).join(newest, true()).limit(_LIMIT).subquery()


def _newest(found: Select[Any], order: Order, *around: FromClause) -> Select[Any]:
    """Return a page of what is found in the cells. `around` is what encloses the query."""
    cell = (
        func.unnest(bindparam("cells", type_=ARRAY(Integer)))
        .table_valued(column("cell", Integer))
        .render_derived("touched")
    )
    newest = (
        found.where(_incident.cell == cell.c.cell)
        .order_by(*_falling(_incidents, order))
        .limit(_LIMIT)
        .correlate(cell, *around)
        .lateral("newest_of_cell")
    )
    return (
        select(newest)
        .select_from(cell)
        .join(newest, true())
        .order_by(*_falling(newest, order))
        .limit(_LIMIT)
    )


def _spans(wanted: Filter, after: Cursor | None) -> dict[str, list[datetime]]:
    """Return spans of time, the last first, that together hold all that a filter asks for.

    They are given as moments: behind the policies an index is not asked for reckoned ones.
    """
    last = after.key if after is not None else wanted.end
    last = last if isinstance(last, datetime) else clock.now()
    first = wanted.start or _EARLIEST
    begins = [last - back for back in _BACK if last - first > back]
    return {"begins": [*begins, first], "ends": [_LATEST, *begins]}


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
