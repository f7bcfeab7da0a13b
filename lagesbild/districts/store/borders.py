"""Which districts lie within a few metres of a point: the query for what is near a border."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Executable, func, select, true

from lagesbild.base.db import Session
from lagesbild.base.geo import SWEREF99TM
from lagesbild.districts.rules import NEAR_M, District
from lagesbild.districts.store import locating
from lagesbild.districts.store.tables import DistrictRow, OutlineRow


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
    rows = session.execute(_around(), locating.parameters(municipality_id, places))
    for n, *fields in rows:
        found[n - 1].append(District(*fields))
    return found


@cache
def _around() -> Executable:
    """Return the query for number and district of each asked point, the nearest first."""
    municipality_id, asked, version, place = locating.asked()
    square = func.ST_Expand(place, locating.SEARCH_DEGREES)
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
