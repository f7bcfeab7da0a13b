"""The queries for the outline that holds a place; parts of larger queries."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from lagesbild.base.geo import SWEREF99TM
from lagesbild.districts.rules import NEAR_M
from lagesbild.districts.store.tables import DistrictRow, OutlineRow

SEARCH_DEGREES = 0.002  # a little more than `NEAR_M` everywhere in Sweden
MANY_DIMENSIONS = 2  # an area

Id = ColumnElement[UUID] | UUID


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
