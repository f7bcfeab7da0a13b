"""Which divisions there are, and what lies around the districts."""

from datetime import date
from uuid import UUID

from sqlalchemy import CTE, case, func, literal, select, true

from lagesbild.base.db import Session
from lagesbild.districts.rules import AROUND, NEIGHBOURS, Division, Ground
from lagesbild.districts.store.tables import DistrictRow, DivisionRow, OutlineRow, VersionRow
from lagesbild.districts.store.versions import MAIN, OF_DIVISION, version_on

POLYGONS = 3  # PostGIS' number for them
DECIMALS = 5  # of a degree, about 1 m
ONCE = "MATERIALIZED"  # else every use of a column cuts the areas anew


def divisions(session: Session, municipality_id: UUID) -> list[Division]:
    """Return the divisions that have outlines, the main one first, then by name."""
    query = (
        select(DivisionRow.slug, DivisionRow.name, DivisionRow.is_main)
        .where(
            DivisionRow.municipality_id == municipality_id,
            select(VersionRow.id).where(OF_DIVISION, VersionRow.replaced_by.is_(None)).exists(),
        )
        .order_by(DivisionRow.is_main.desc(), DivisionRow.name)
    )
    return [Division(*row) for row in session.execute(query)]


def around(session: Session, municipality_id: UUID, *, on: date, tolerance: float) -> list[Ground]:
    """Return neighbours and built-up areas on a day, in the order in which they are drawn.

    They are cut to a box as far around the districts as those are wide and high, and thinned by
    `tolerance` in degrees. Without districts there is nothing to lie around.
    """
    area = _cut(municipality_id, on)
    inside = func.ST_Intersection(area.c.cut, area.c.own)
    with_inside = select(area, inside.label("inside")).cte("with_inside").prefix_with(ONCE)
    seen = with_inside.c
    is_inside = func.ST_Area(seen.inside) * 2 > func.ST_Area(seen.cut)
    named = case((is_inside, seen.inside), else_=func.ST_Difference(seen.cut, seen.own))
    label = func.ST_PointOnSurface(named)
    labelled = select(seen.slug, seen.name, seen.cut, label.label("at")).cte("labelled")
    found = labelled.prefix_with(ONCE).c
    drawn = func.ST_SimplifyPreserveTopology(found.cut, tolerance)
    query = (
        select(
            found.slug,
            found.name,
            func.ST_AsGeoJSON(drawn, DECIMALS),
            func.ST_X(found.at),
            func.ST_Y(found.at),
        )
        .where(~func.ST_IsEmpty(found.at))
        .order_by(found.slug != NEIGHBOURS, func.ST_Area(found.cut).desc(), found.name)
    )
    return [Ground(*row) for row in session.execute(query)]


def _cut(municipality_id: UUID, on: date) -> CTE:
    """Return what lies around: division (slug), name, the piece that is seen, and the own area."""
    own = _own(municipality_id, on)
    wide = func.ST_XMax(own.c.area) - func.ST_XMin(own.c.area)
    high = func.ST_YMax(own.c.area) - func.ST_YMin(own.c.area)
    seen = func.ST_Expand(func.ST_Envelope(own.c.area), wide, high)
    cut = func.ST_CollectionExtract(func.ST_Intersection(OutlineRow.outline, seen), POLYGONS)
    versions = [
        version_on(municipality_id, literal(on), DivisionRow.slug == slug).scalar_subquery()
        for slug in sorted(AROUND)
    ]
    return (
        select(DivisionRow.slug, DistrictRow.name, cut.label("cut"), own.c.area.label("own"))
        .select_from(OutlineRow)
        .join(own, true())
        .join(
            DistrictRow,
            (DistrictRow.municipality_id == OutlineRow.municipality_id)
            & (DistrictRow.id == OutlineRow.district_id),
        )
        .join(
            DivisionRow,
            (DivisionRow.municipality_id == DistrictRow.municipality_id)
            & (DivisionRow.id == DistrictRow.division_id),
        )
        .where(OutlineRow.municipality_id == municipality_id, OutlineRow.version_id.in_(versions))
        .cte("area")
        .prefix_with(ONCE)
    )


def _own(municipality_id: UUID, on: date) -> CTE:
    """Return the districts of the main division on a day as one area."""
    version = version_on(municipality_id, literal(on), MAIN)
    return (
        select(func.ST_Union(OutlineRow.outline).label("area"))
        .where(
            OutlineRow.municipality_id == municipality_id,
            OutlineRow.version_id == version.scalar_subquery(),
        )
        .cte("own")
    )
