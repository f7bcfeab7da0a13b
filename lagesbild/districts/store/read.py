"""What is asked about districts."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Executable,
    String,
    Uuid,
    bindparam,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.base.geo import SWEREF99TM, WGS84, Box
from lagesbild.districts.rules import NEAR_M, District, Outline, Placed
from lagesbild.districts.store import locating
from lagesbild.districts.store.tables import DistrictRow, DivisionRow, OutlineRow, VersionRow
from lagesbild.districts.store.versions import (
    MAIN,
    lock_key,
    may_place,
    version_on,
    wait_for_correction,
)

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
        .where(
            DistrictRow.municipality_id == bindparam("municipality"),
            DivisionRow.is_main,
            ~DistrictRow.withdrawn,
        )
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


def holding(
    session: Session, municipality_id: UUID, places: Sequence[tuple[str, date]]
) -> list[Placed]:
    """Return the district that holds each place (GeoJSON text) on its day, in the same order.

    A point by the outline that covers it, a line or area by its largest share, a place in a sliver
    by the nearest outline within `NEAR_M` metres; ties go to the lower key.
    """
    if not places:
        return []
    asked = locating.parameters(municipality_id, places) | {"lock": lock_key(municipality_id)}
    rows = session.execute(_holding(), asked).all()
    if not all(free for *_, free in rows):
        wait_for_correction(session, municipality_id)
        rows = session.execute(_holding(), asked).all()
    lost = [(n, places[n - 1][0], v) for n, v, d, *_ in rows if v is not None and d is None]
    near = _near(session, municipality_id, lost)
    return [
        Placed(
            d or near.get(n),
            v if d or n in near else None,
            has_outlines=v is not None,
            is_broken=not valid,
        )
        for n, v, d, valid, _ in rows
    ]


@cache
def _holding() -> Executable:
    """Return the query for n, version, district, validity and lock of each asked place."""
    municipality_id, asked, version, given = locating.asked()
    place = func.ST_MakeValid(given)  # a broken one must not stop the others
    inside = locating.inside(municipality_id, version.c.id, place).lateral("inside")
    return (
        select(
            asked.c.n,
            version.c.id,
            inside.c.district_id,
            func.ST_IsValid(given),
            may_place(bindparam("lock", type_=BigInteger)),
        )
        .select_from(asked)
        .outerjoin(version, true())
        .outerjoin(inside, true())
        .order_by(asked.c.n)
    )


def _near(
    session: Session, municipality_id: UUID, lost: Sequence[tuple[int, str, UUID]]
) -> dict[int, UUID]:
    """Return the nearest district of those few places that lie in none: number → district."""
    if not lost:
        return {}
    numbers, places, versions = zip(*lost, strict=True)
    rows = session.execute(
        _nearest(),
        {
            "municipality": municipality_id,
            "numbers": list(numbers),
            "places": list(places),
            "versions": list(versions),
        },
    )
    return {number: district for number, district in rows}  # noqa: C416 – a Row is not a pair


@cache
def _nearest() -> Executable:
    """Return the query for number and district of each asked place in its version."""
    asked = (
        func.unnest(
            bindparam("numbers", type_=ARRAY(BigInteger)),
            bindparam("places", type_=ARRAY(String)),
            bindparam("versions", type_=ARRAY(Uuid)),
        )
        .table_valued(
            column("number", BigInteger), column("geojson", String), column("version", Uuid)
        )
        .render_derived("asked")
    )
    place = func.ST_MakeValid(func.ST_SetSRID(func.ST_GeomFromGeoJSON(asked.c.geojson), WGS84))
    municipality_id = bindparam("municipality", type_=Uuid)
    near = locating.nearest(municipality_id, asked.c.version, place).lateral("near")
    return select(asked.c.number, near.c.district_id).select_from(asked).join(near, true())


def outlines(
    session: Session,
    municipality_id: UUID,
    *,
    on: date,
    tolerance: float = 0.0,
    division: str | None = None,
) -> list[Outline]:
    """Return the outlines of a division (slug), or of the main one, on a day, by district name.

    `tolerance` in degrees thins the lines for drawing; neighbours are thinned alike.
    """
    is_it = MAIN if division is None else DivisionRow.slug == division
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
            OutlineRow.version_id
            == version_on(municipality_id, literal(on), is_it).scalar_subquery(),
        )
        .order_by(DistrictRow.name, DistrictRow.key)
    )
    return [Outline(District(*row[:4]), *row[4:]) for row in session.execute(query)]


def box(session: Session, municipality_id: UUID, *, on: date) -> Box | None:
    """Return the box around the districts of a day, None where there are no outlines."""
    around = func.ST_Extent(OutlineRow.outline)
    query = select(
        func.ST_XMin(around), func.ST_YMin(around), func.ST_XMax(around), func.ST_YMax(around)
    ).where(
        OutlineRow.municipality_id == municipality_id,
        OutlineRow.version_id == version_on(municipality_id, literal(on), MAIN).scalar_subquery(),
    )
    west, south, east, north = session.execute(query).one()
    return None if west is None else Box(west, south, east, north)


def is_schematic(session: Session, municipality_id: UUID, *, on: date) -> bool:
    """Whether the outlines of a day are only a sketch."""
    query = select(VersionRow.schematic).where(
        VersionRow.municipality_id == municipality_id,
        VersionRow.id == version_on(municipality_id, literal(on), MAIN).scalar_subquery(),
    )
    return bool(session.execute(query).scalar_one_or_none())


def neighbours(
    session: Session, municipality_id: UUID, district_id: UUID, *, on: date
) -> list[District]:
    """Return the districts whose outlines touch another's on a day, or nearly, by name."""
    own, other = aliased(OutlineRow), aliased(OutlineRow)
    query = (
        select(*_DISTRICT)
        .join(
            other,
            (other.municipality_id == DistrictRow.municipality_id)
            & (other.district_id == DistrictRow.id),
        )
        .join(
            own,
            (own.municipality_id == other.municipality_id)
            & (own.version_id == other.version_id)
            & (own.district_id != other.district_id),
        )
        .where(
            DistrictRow.municipality_id == municipality_id,
            own.district_id == district_id,
            own.version_id == version_on(municipality_id, literal(on), MAIN).scalar_subquery(),
            func.ST_DWithin(
                func.ST_Transform(own.outline, SWEREF99TM),
                func.ST_Transform(other.outline, SWEREF99TM),
                NEAR_M,
            ),
        )
        .order_by(DistrictRow.name, DistrictRow.key)
    )
    return [District(*row) for row in session.execute(query)]
