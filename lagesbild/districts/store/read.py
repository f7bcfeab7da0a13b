"""What is asked about districts."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.districts.rules import NEAR_M, District, Outline, Placed
from lagesbild.districts.store.tables import DistrictRow, DivisionRow, OutlineRow, VersionRow

SEARCH_DEGREES = 0.002  # a little more than `NEAR_M` everywhere in Sweden
MANY_DIMENSIONS = 2  # an area

_DISTRICT = (DistrictRow.id, DistrictRow.key, DistrictRow.slug, DistrictRow.name)


@cache
def _main() -> Executable:
    return (
        select(*_DISTRICT)
        .join(
            DivisionRow,
            (DivisionRow.municipality_id == DistrictRow.municipality_id)
            & (DivisionRow.id == DistrictRow.division_id),
        )
        .where(DistrictRow.municipality_id == bindparam("municipality"), DivisionRow.is_main)
        .order_by(DistrictRow.name, DistrictRow.key)
    )


def main(session: Session, municipality_id: UUID) -> list[District]:
    """Return the districts of the main division, in alphabetical order."""
    rows = session.execute(_main(), {"municipality": municipality_id})
    return [District(*row) for row in rows]


def named(session: Session, municipality_id: UUID, slug: str) -> District:
    """Return one district of the main division, or raise `NotFoundError`."""
    found = next((d for d in main(session, municipality_id) if d.slug == slug), None)
    if found is None:
        raise NotFoundError("Det finns inget sådant område.")
    return found


def _version_on(
    municipality_id: ColumnElement[UUID] | UUID, day: ColumnElement[date]
) -> Select[UUID]:
    """Return the query for the main version of a day; the oldest for days before all."""
    return (
        select(VersionRow.id)
        .join(
            DivisionRow,
            (DivisionRow.municipality_id == VersionRow.municipality_id)
            & (DivisionRow.id == VersionRow.division_id),
        )
        .where(VersionRow.municipality_id == municipality_id, DivisionRow.is_main)
        .order_by(
            (VersionRow.valid_from <= day).desc(),
            case((VersionRow.valid_from <= day, VersionRow.valid_from)).desc(),
            VersionRow.valid_from,
        )
        .limit(1)
    )


def holding(
    session: Session, municipality_id: UUID, places: Sequence[tuple[str, date]]
) -> list[Placed]:
    """Return the district that holds each place (GeoJSON text) on its day, in the same order.

    A point by the outline that covers it, a line or area by its largest share, a place in a sliver
    by the nearest outline within `NEAR_M` metres; ties go to the lower key.
    """
    if not places:
        return []
    rows = session.execute(
        _holding(),
        {
            "municipality": municipality_id,
            "places": [geojson for geojson, _ in places],
            "days": [day for _, day in places],
        },
    )
    return [
        Placed(
            *_or_nearest(session, municipality_id, places[n - 1][0], v, d),
            has_outlines=v is not None,
            is_broken=not valid,
        )
        for n, v, d, valid in rows.all()
    ]


@cache
def _holding() -> Executable:
    """Return the query for n, version, district and validity of each asked place."""
    municipality_id = bindparam("municipality", type_=Uuid)
    asked = (
        func.unnest(bindparam("places", type_=ARRAY(String)), bindparam("days", type_=ARRAY(Date)))
        .table_valued(column("geojson", String), column("day", Date), with_ordinality="n")
        .render_derived("asked")
    )
    version = _version_on(municipality_id, asked.c.day).lateral("version")
    given = func.ST_SetSRID(func.ST_GeomFromGeoJSON(asked.c.geojson), WGS84)
    place = func.ST_MakeValid(given)  # a broken one must not stop the others
    inside = _inside(municipality_id, version.c.id, place).lateral("inside")
    return (
        select(asked.c.n, version.c.id, inside.c.district_id, func.ST_IsValid(given))
        .select_from(asked)
        .outerjoin(version, true())
        .outerjoin(inside, true())
        .order_by(asked.c.n)
    )


def _inside(
    municipality_id: ColumnElement[UUID], version: ColumnElement[UUID], place: ColumnElement[object]
) -> Select[UUID]:
    """Return the query for the outline of a version that has most of a place."""
    inside = func.ST_Intersection(OutlineRow.outline, place)
    share = case(
        (func.ST_Dimension(place) == 1, func.ST_Length(inside)),
        (func.ST_Dimension(place) == MANY_DIMENSIONS, func.ST_Area(inside)),
        else_=0,
    )
    return (
        _outlines_of(municipality_id, version)
        .where(OutlineRow.outline.op("&&")(place), func.ST_Intersects(OutlineRow.outline, place))
        .order_by(share.desc(), DistrictRow.key)
        .limit(1)
    )


def _outlines_of(
    municipality_id: ColumnElement[UUID] | UUID, version: ColumnElement[UUID] | UUID
) -> Select[UUID]:
    return (
        select(OutlineRow.district_id)
        .join(
            DistrictRow,
            (DistrictRow.municipality_id == OutlineRow.municipality_id)
            & (DistrictRow.id == OutlineRow.district_id),
        )
        .where(OutlineRow.municipality_id == municipality_id, OutlineRow.version_id == version)
    )


def _or_nearest(
    session: Session, municipality_id: UUID, geojson: str, version: UUID | None, found: UUID | None
) -> tuple[UUID | None, UUID | None]:
    """Return district and version; for the few places in no outline, ask for the nearest."""
    if version is None or found is not None:
        return found, version
    place = func.ST_SetSRID(func.ST_GeomFromGeoJSON(geojson), WGS84)
    away = func.ST_Distance(
        func.ST_Transform(OutlineRow.outline, SWEREF99TM), func.ST_Transform(place, SWEREF99TM)
    )
    nearest = session.execute(
        _outlines_of(municipality_id, version)
        .where(OutlineRow.outline.op("&&")(func.ST_Expand(place, SEARCH_DEGREES)), away <= NEAR_M)
        .order_by(away, DistrictRow.key)
        .limit(1)
    ).scalar_one_or_none()
    return nearest, version if nearest else None


def outlines(
    session: Session, municipality_id: UUID, *, on: date, tolerance: float = 0.0
) -> list[Outline]:
    """Return the outlines of the main division on a day, by district name.

    `tolerance` in degrees thins the lines for drawing; neighbours are thinned alike.
    """
    drawn = func.ST_SimplifyPreserveTopology(OutlineRow.outline, tolerance)
    label = func.ST_PointOnSurface(OutlineRow.outline)
    query = (
        select(*_DISTRICT, func.ST_AsGeoJSON(drawn, 5), func.ST_X(label), func.ST_Y(label))
        .join(
            OutlineRow,
            (OutlineRow.municipality_id == DistrictRow.municipality_id)
            & (OutlineRow.district_id == DistrictRow.id),
        )
        .where(
            DistrictRow.municipality_id == municipality_id,
            OutlineRow.version_id == _version_on(municipality_id, literal(on)).scalar_subquery(),
        )
        .order_by(DistrictRow.name, DistrictRow.key)
    )
    return [Outline(District(*row[:4]), *row[4:]) for row in session.execute(query)]


def is_schematic(session: Session, municipality_id: UUID, *, on: date) -> bool:
    """Whether the outlines of a day are only a sketch."""
    query = select(VersionRow.schematic).where(
        VersionRow.municipality_id == municipality_id,
        VersionRow.id == _version_on(municipality_id, literal(on)).scalar_subquery(),
    )
    return bool(session.execute(query).scalar_one_or_none())
