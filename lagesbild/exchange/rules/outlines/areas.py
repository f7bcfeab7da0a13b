"""What the area of a district must be: whole, in Sweden, and in WGS 84 whatever the file has."""

from functools import cache

import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import SWEREF99TM, WGS84, Box

SWEDEN = Box(10.03, 54.96, 24.17, 69.07)  # area of use of EPSG:3006
RT90_DEGREES = 4124  # its degrees lie about 200 m from those of WGS 84
REPAIR_CHANGES = 0.001  # a repair may change this share of an area, not more


def whole(wkb: bytes | None, crs: str | None, *, subject: str) -> tuple[MultiPolygon, bool]:
    """Return an area in WGS 84, longitude first, and whether it had to be repaired.

    Raises `InvalidError` with a sentence about the subject.
    """
    read = shapely.from_wkb(wkb, on_invalid="ignore")
    area = _surface(read)
    if area is None:
        raise InvalidError("geometry", f"{subject} är inte en hel yta. Rita om den.")
    area = _from_crs(shapely.force_2d(area), crs)
    _check_in_sweden(area, subject)
    found, mended = _repaired(area, subject)
    return found, mended or isinstance(read, GeometryCollection)


def in_metres(area: BaseGeometry) -> BaseGeometry:
    """Return an area of WGS 84 in SWEREF 99 TM."""
    return shapely.make_valid(_projected(area), method="structure", keep_collapsed=False)


def in_degrees(area: BaseGeometry) -> BaseGeometry:
    """Return an area of SWEREF 99 TM in WGS 84, longitude first."""
    change = _transformer(SWEREF99TM, WGS84)
    return shapely.transform(area, change.transform, interleaved=False)


def as_if_rt90(metres: BaseGeometry) -> BaseGeometry:
    """Return where a place (SWEREF 99 TM) lies if its degrees were those of RT90 all along."""
    change = _transformer(RT90_DEGREES, WGS84)
    degrees = shapely.transform(in_degrees(metres), change.transform, interleaved=False)
    return _projected(degrees)


def _surface(area: BaseGeometry | None) -> BaseGeometry | None:
    """Return the area itself, or the areas of a collection, where tools leave stray lines."""
    if isinstance(area, GeometryCollection):
        parts = [part for part in area.geoms if isinstance(part, Polygon | MultiPolygon)]
        area = MultiPolygon([polygon for part in parts for polygon in shapely.get_parts(part)])
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        return None
    return area


def _from_crs(area: BaseGeometry, crs: str | None) -> BaseGeometry:
    if crs is None:
        return area
    try:
        change = _transformer(crs, WGS84)
    except CRSError as error:
        raise InvalidError(
            "crs", f"Koordinatsystemet {crs[:40]} är okänt. Spara filen i WGS 84 (EPSG:4326)."
        ) from error
    return shapely.transform(area, change.transform, interleaved=False)


@cache
def _transformer(source: str | int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _projected(area: BaseGeometry) -> BaseGeometry:
    change = _transformer(WGS84, SWEREF99TM)
    return shapely.transform(area, change.transform, interleaved=False)


def _check_in_sweden(area: BaseGeometry, subject: str) -> None:
    west, south, east, north = area.bounds
    if _inside(west, south, east, north):
        return
    reason = "ligger utanför Sverige. Kontrollera filens koordinatsystem."
    if _inside(south, west, north, east):
        reason = "har latitud och longitud i fel ordning. Longitud ska stå först."
    elif not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 – degrees
        reason = (
            "har koordinater som inte är grader, fast filen inte anger något annat"
            " koordinatsystem än WGS 84."
        )
    raise InvalidError("geometry", f"{subject} {reason}")


def _inside(west: float, south: float, east: float, north: float) -> bool:
    return (
        SWEDEN.west <= west <= east <= SWEDEN.east
        and SWEDEN.south <= south <= north <= SWEDEN.north
    )


def _repaired(area: BaseGeometry, subject: str) -> tuple[MultiPolygon, bool]:
    if area.is_valid:
        return _multi(area), False
    mended = shapely.make_valid(area, method="structure", keep_collapsed=False)
    before, after = _projected(area).area, _projected(mended).area
    if mended.is_empty or abs(after - before) > REPAIR_CHANGES * after:
        raise InvalidError(
            "geometry",
            f"{subject} har en gräns som korsar sig själv, och går inte att laga utan att"
            " ytan ändras. Rita om den.",
        )
    return _multi(mended), True


def _multi(area: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(shapely.get_parts(area).tolist())
