"""The queries for the outline that holds a place; parts of larger queries."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    bindparam,
    case,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.districts.rules import NEAR_M
from lagesbild.districts.store.tables import DistrictRow, OutlineRow
from lagesbild.districts.store.versions import MAIN, version_on

SEARCH_DEGREES = 0.002  # a little more than `NEAR_M` everywhere in Sweden
MANY_DIMENSIONS = 2  # an area

Id = ColumnElement[UUID] | UUID


class Asked(NamedTuple):
    """Places that a query looks for: their rows, numbered from 1, and what belongs to each.

    `version` is the main division's on its day, beside its row; `place` its geometry.
    """

    municipality_id: ColumnElement[UUID]
    rows: TableValuedAlias
    version: FromClause
    place: ColumnElement[object]


def asked() -> Asked:
    """Return what `parameters` gives values to."""
    municipality_id = bindparam("municipality", type_=Uuid)
    rows = (
        func.unnest(bindparam("places", type_=ARRAY(String)), bindparam("days", type_=ARRAY(Date)))
        .table_valued(column("geojson", String), column("day", Date), with_ordinality="n")
        .render_derived("asked")
    )
    version = version_on(municipality_id, rows.c.day, MAIN).lateral("version")
    place = func.ST_SetSRID(func.ST_GeomFromGeoJSON(rows.c.geojson), WGS84)
    return Asked(municipality_id, rows, version, place)


def parameters(municipality_id: UUID, places: Sequence[tuple[str, date]]) -> dict[str, object]:
    """Return the values for places (GeoJSON text), each with its day."""
    geojson, days = zip(*places, strict=True)
    return {"municipality": municipality_id, "places": list(geojson), "days": list(days)}


def inside(municipality_id: Id, version: Id, place: ColumnElement[object]) -> Select[UUID]:
    """Return the query for the district of a version that has most of a place."""
    common = func.ST_Intersection(OutlineRow.outline, place)
    share = case(
        (func.ST_Dimension(place) == 1, func.ST_Length(common)),
        (func.ST_Dimension(place) == MANY_DIMENSIONS, func.ST_Area(common)),
        else_=0,
    )
    return (
        _outlines_of(municipality_id, version)
        .where(OutlineRow.outline.op("&&")(place), func.ST_Intersects(OutlineRow.outline, place))
        .order_by(share.desc(), DistrictRow.key)
        .limit(1)
    )


def nearest(municipality_id: Id, version: Id, place: ColumnElement[object]) -> Select[UUID]:
    """Return the query for the nearest district within `NEAR_M` of a place in none."""
    away = func.ST_Distance(
        func.ST_Transform(OutlineRow.outline, SWEREF99TM), func.ST_Transform(place, SWEREF99TM)
    )
    return (
        _outlines_of(municipality_id, version)
        .where(OutlineRow.outline.op("&&")(func.ST_Expand(place, SEARCH_DEGREES)), away <= NEAR_M)
        .order_by(away, DistrictRow.key)
        .limit(1)
    )


def _outlines_of(municipality_id: Id, version: Id) -> Select[UUID]:
    return (
        select(OutlineRow.district_id)
        .join(
            DistrictRow,
            (DistrictRow.municipality_id == OutlineRow.municipality_id)
            & (DistrictRow.id == OutlineRow.district_id),
        )
        .where(OutlineRow.municipality_id == municipality_id, OutlineRow.version_id == version)
    )
