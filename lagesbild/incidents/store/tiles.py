"""Incidents as vector tiles: counted in the squares of a grid, and exactly where one stands alone.

However many there are, a tile holds no more than one feature a square. Every incident is counted
in just one of them, where the scope sees its place; lines and areas in the square of their middle.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Float,
    Integer,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)

from lagesbild.base.db import Base, Session
from lagesbild.base.geo import CELL_ZOOM, SHAPELESS_CELL, WGS84, Tile
from lagesbild.incidents.rules import UNCERTAIN_M, Filter, Shown
from lagesbild.incidents.store import filtering, seen, tables, unsure
from lagesbild.people.rules import Group, Scope
from lagesbild.people.store import tables as people

LAYER = "handelser"
EXTENT = 4096  # steps along a side of a tile
SQUARES = 16  # along a side, as many as a power of two
DEEPER = SQUARES.bit_length() - 1  # zooms between a tile and its squares
WEB_MERCATOR = 3857
EDGE_M = 1  # what the rounding of a tile's edges may cost

_incident = Base.metadata.tables[tables.IncidentRow.__tablename__].c
_organisation = Base.metadata.tables[people.OrganisationRow.__tablename__].c
_LEVEL = bindparam("level", type_=Integer)


def tile(session: Session, group: Group, wanted: Filter, *, scope: Scope, of: Tile) -> bytes:
    """Return a tile of what a filter finds (Mapbox Vector Tile 2.1), in the layer `handelser`.

    Properties: `n`, how many incidents; where a row stands alone also `reference`, `group` (of its
    type), `kind` (of its organisation), `precision_m`, where that is a circle one can see, and
    `unsure_time`, where nobody knows the hour.
    """
    shape, values = filtering.asked(group, wanted, scope, near=of.box.grown(EDGE_M))
    level = of.zoom + DEEPER
    where = {
        "zoom": of.zoom,
        "column": of.column,
        "row": of.row,
        "level": level,
        "left": of.column * SQUARES,
        "top": of.row * SQUARES,
    }
    query = _tile(shape, is_coarse=level <= CELL_ZOOM)
    return bytes(session.execute(query, values | where).scalar_one())


@lru_cache
def _tile(shape: frozenset[str], *, is_coarse: bool) -> Executable:
    features = _features(_squares(_placed(_spots(shape), is_coarse=is_coarse)))
    return select(func.ST_AsMVT(features.table_valued(), LAYER, EXTENT, "geom"))


def _spots(shape: frozenset[str]) -> CTE:
    """Return where the scope sees each incident, and the cell of those that it sees exactly."""
    kept = ("reference", "number", "cell", "place", "place_precision_m", "place_text", "place_kind")
    found = (
        filtering.matching(shape, *kept, filtering.SEEN["shown"].label("shown"))
        .cte("found")
        .prefix_with("MATERIALIZED")  # else it is worked out again wherever it is used
    )
    row = found.c
    places = seen.places(found, row.shown)
    is_point = (row.shown == Shown.EXACT) & (row.cell != SHAPELESS_CELL)
    return (
        select(
            row.reference,
            row.number,
            places["place_precision_m"].label("precision_m"),
            case((is_point, row.cell)).label("cell"),
            case((is_point, row.place), else_=func.ST_Centroid(places["place"])).label("spot"),
        )
        .cte("spots")
        .prefix_with("MATERIALIZED")  # likewise
    )


def _placed(spots: CTE, *, is_coarse: bool) -> CTE:
    """Return each spot with its degrees and the square that holds it."""
    spot = spots.c
    longitude, latitude = func.ST_X(spot.spot), func.ST_Y(spot.spot)
    column, line = _square(longitude, latitude)
    if is_coarse:  # a cell is a tile of `CELL_ZOOM`, and lies in one square
        up = literal(CELL_ZOOM) - _LEVEL
        stored = spot.cell.op(">>")(literal(CELL_ZOOM)), spot.cell.op("&")((1 << CELL_ZOOM) - 1)
        column, line = (
            func.coalesce(number.op(">>")(up), worked_out)
            for number, worked_out in zip(stored, (column, line), strict=True)
        )
    return (
        select(
            spot.reference,
            spot.number,
            spot.precision_m,
            longitude.label("longitude"),
            latitude.label("latitude"),
            column.label("column"),
            line.label("line"),
        )
        .where(spot.spot.is_not(None))
        .cte("placed")
    )


def _square(
    longitude: ColumnElement[Any], latitude: ColumnElement[Any]
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the column and the row of the square at `level` that holds a position."""
    size = func.pow(literal(2.0, Float), _LEVEL)
    x = (longitude + 180.0) / 360.0
    y = (1.0 - func.asinh(func.tan(func.radians(latitude))) / func.pi()) / 2.0
    return cast(func.floor(x * size), Integer), cast(func.floor(y * size), Integer)


def _squares(spots: CTE) -> CTE:
    """Return what each square of the tile holds: each edge belongs to one square alone."""
    spot = spots.c
    left, top = bindparam("left", type_=Integer), bindparam("top", type_=Integer)
    return (
        select(
            func.count().label("rows"),
            func.sum(spot.number).label("number"),
            func.avg(spot.longitude).label("longitude"),
            func.avg(spot.latitude).label("latitude"),
            func.min(spot.precision_m).label("precision_m"),
            func.min(spot.reference.collate("C")).label("reference"),
        )
        .where(spot.column >= left, spot.column < left + SQUARES)
        .where(spot.line >= top, spot.line < top + SQUARES)
        .group_by(spot.column, spot.line)
        .cte("squares")
    )


def _features(squares: CTE) -> Subquery:
    square = squares.c
    is_alone = square.rows == 1
    position = func.ST_SetSRID(func.ST_MakePoint(square.longitude, square.latitude), WGS84)
    tile_number = (bindparam(n, type_=Integer) for n in ("zoom", "column", "row"))
    drawn = func.ST_AsMVTGeom(
        func.ST_Transform(position, WEB_MERCATOR),
        func.ST_TileEnvelope(*tile_number),
        EXTENT,
        0,
        False,  # noqa: FBT003 – SQL takes it by its place: nothing is cut off at an edge
    )
    return (
        select(
            drawn.label("geom"),
            square.number.label("n"),
            case((is_alone, square.reference)).label("reference"),
            func.left(_incident.category_code, 3).label("group"),
            case((unsure.IS_UNSURE, True)).label("unsure_time"),
            _organisation.kind,
            case((is_alone & (square.precision_m >= UNCERTAIN_M), square.precision_m)).label(
                "precision_m"
            ),
        )
        .outerjoin(
            _incident.reference.table,
            is_alone
            & (_incident.municipality_id == bindparam("municipality"))
            & (_incident.reference == square.reference.collate("default")),
        )
        .outerjoin(_organisation.id.table, _organisation.id == _incident.organisation_id)
        .subquery("features")
    )
