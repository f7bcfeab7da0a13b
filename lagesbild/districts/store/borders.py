"""Which districts lie within a few metres of a point: the query for what is near a border."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Date, Executable, String, Uuid, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base.db import Session
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.districts.rules import NEAR_M, District
from lagesbild.districts.store.locating import SEARCH_DEGREES
from lagesbild.districts.store.read import MAIN
from lagesbild.districts.store.tables import DistrictRow, OutlineRow
from lagesbild.districts.store.versions import version_on


def around(
    session: Session, municipality_id: UUID, places: Sequence[tuple[str, date]]
) -> list[list[District]]:
    """Return the districts within `NEAR_M` metres of each point (GeoJSON text) on its day.

    The nearest first, of which the one that holds the point is at no distance. In the same order
    as the points, in one trip to the database.
    """
    found: list[list[District]] = [[] for _ in places]
    if not places:
        return found
    rows = session.execute(
        _around(),
        {
            "municipality": municipality_id,
            "places": [geojson for geojson, _ in places],
            "days": [day for _, day in places],
        },
    )
    for n, *fields in rows:
        found[n - 1].append(District(*fields))
    return found


@cache
def _around() -> Executable:
    """Return the query for number and district of each asked point, the nearest first."""
    municipality_id = bindparam("municipality", type_=Uuid)
    asked = (
        func.unnest(bindparam("places", type_=ARRAY(String)), bindparam("days", type_=ARRAY(Date)))
        .table_valued(column("geojson", String), column("day", Date), with_ordinality="n")
        .render_derived("asked")
    )
    version = version_on(municipality_id, asked.c.day, MAIN).lateral("version")
    place = func.ST_SetSRID(func.ST_GeomFromGeoJSON(asked.c.geojson), WGS84)
    square = func.ST_Expand(place, SEARCH_DEGREES)
    # Only the piece of an outline around the point is worth the transforming.
    piece = func.ST_ClipByBox2D(OutlineRow.outline, square)
    away = func.ST_Distance(
        func.ST_Transform(piece, SWEREF99TM), func.ST_Transform(place, SWEREF99TM)
    )
    near = (
        select(OutlineRow.district_id, away.label("away"))
        .where(
            OutlineRow.municipality_id == municipality_id,
            OutlineRow.version_id == version.c.id,
            OutlineRow.outline.op("&&")(square),
            away <= NEAR_M,
        )
        .lateral("near")
    )
    return (
        select(asked.c.n, DistrictRow.id, DistrictRow.key, DistrictRow.slug, DistrictRow.name)
        .select_from(asked)
        .join(version, true())
        .join(near, true())
        .join(
            DistrictRow,
            (DistrictRow.municipality_id == municipality_id)
            & (DistrictRow.id == near.c.district_id),
        )
        .order_by(asked.c.n, near.c.away, DistrictRow.key)
    )
