"""Incidents counted in hexagons of 250 m in SWEREF 99 TM.

The index of the hexagon is worked out for each incident, so that no grid has to be made or joined:
the middles of hexagons are two lattices of rectangles, and each place belongs to the nearest.
"""

from functools import lru_cache
from math import sqrt
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Float,
    Integer,
    case,
    cast,
    func,
    literal,
    select,
)

from lagesbild.base.db import Session
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.hexagons import WIDTH_M, Hexagon, Hexagons
from lagesbild.incidents.store import filtering
from lagesbild.people.rules import Group, Scope

EDGE_M = WIDTH_M / sqrt(3)
PAIR_M = 3 * EDGE_M  # between every second column; the others stand half a hexagon higher
WIDE = 3.0  # (PAIR_M / WIDTH_M) ** 2
DECIMALS = 5  # of a degree: a metre


def hexagons(session: Session, group: Group, wanted: Filter, *, scope: Scope) -> Hexagons:
    """Return how many of the counted incidents of a filter lie in each hexagon.

    Their places as the scope sees them; those that show none are left out.
    """
    shape, values = filtering.asked(group, wanted, scope)
    rows = session.execute(_hexagons(shape), values).all()
    return Hexagons(
        tuple(Hexagon._make(row[:-1]) for row in rows if not row.is_uncertain),
        sum(row.number for row in rows if row.is_uncertain),
    )


@lru_cache
def _hexagons(shape: frozenset[str]) -> Executable:
    spot = _spots(shape).c
    column, line = _index(spot.east, spot.north)
    indexed = (
        select(
            spot.is_uncertain,
            # What is uncertain has one row together, whatever hexagon its middle lies in.
            case((~spot.is_uncertain, column)).label("column"),
            case((~spot.is_uncertain, line)).label("line"),
            spot.number,
            func.nullif(spot.place_text, "").collate("C").label("place_text"),
            spot.district_id,
        )
        .cte("indexed")
        .prefix_with("MATERIALIZED")
    )
    row = indexed.c
    number = func.sum(row.number).label("number")
    drawn = func.ST_SetSRID(func.ST_Hexagon(EDGE_M, row.column, row.line), SWEREF99TM)
    return (
        select(
            number,
            func.ST_AsGeoJSON(func.ST_Transform(drawn, WGS84), DECIMALS),
            func.coalesce(func.mode().within_group(row.place_text), ""),
            func.mode().within_group(row.district_id),
            row.is_uncertain,
        )
        .group_by(row.is_uncertain, row.column, row.line)
        .order_by(number.desc(), row.column, row.line)
    )


def _spots(shape: frozenset[str]) -> CTE:
    """Return where each incident lies, in metres, and whether that may be wider than a hexagon.

    Materialized, here and above, so that no place is transformed twice.
    """
    found = filtering.counted(
        shape,
        "number",
        "district_id",
        *(filtering.SEEN[n].label(n) for n in ("place", "place_precision_m", "place_text")),
    ).cte("found")
    metres = func.ST_Transform(found.c.place, SWEREF99TM)
    seen = (
        select(
            found.c.number,
            found.c.district_id,
            found.c.place_precision_m,
            found.c.place_text,
            metres.label("place"),
        )
        .where(found.c.place.is_not(None))
        .cte("seen")
        .prefix_with("MATERIALIZED")
    )
    place = seen.c.place
    is_point = func.ST_GeometryType(place) == "ST_Point"
    extent = case((is_point, 0.0), else_=func.ST_Length(func.ST_BoundingDiagonal(place)))
    middle = case((is_point, place), else_=func.ST_Centroid(place))
    across = func.greatest(2 * func.coalesce(seen.c.place_precision_m, 0), extent)
    spots = select(
        (across > WIDTH_M).label("is_uncertain"),
        func.ST_X(middle).label("east"),
        func.ST_Y(middle).label("north"),
        seen.c.number,
        seen.c.district_id,
        seen.c.place_text,
    ).cte("spots")
    return spots.prefix_with("MATERIALIZED")


def _index(
    east: ColumnElement[Any], north: ColumnElement[Any]
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the column and line of the hexagon that holds a place, as `ST_Hexagon` counts them."""
    x, y = east / literal(PAIR_M, Float), north / literal(WIDTH_M, Float)
    even, odd = (func.round(x), func.round(y)), (func.floor(x) + 0.5, func.floor(y) + 0.5)
    to_even, to_odd = (
        # In steps of the lattice, which are wider than they are high.
        (x - column) * (x - column) * literal(WIDE, Float) + (y - line) * (y - line)
        for column, line in (even, odd)
    )
    is_even = to_even <= to_odd
    column, line = (case((is_even, one), else_=other) for one, other in zip(even, odd, strict=True))
    return cast(2 * column, Integer), cast(func.floor(line), Integer)
