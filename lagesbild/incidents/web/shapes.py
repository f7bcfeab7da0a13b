"""Places as programs and forms send them: geometries (RFC 7946), and points in two fields."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import METRES_PER_DEGREE
from lagesbild.base.web import invalid
from lagesbild.incidents.rules import GeoJson

MAX_POSITIONS = 1000
MAX_DRAWN_M = 50_000  # from corner to corner of what a form draws; a longer one is a slip
LEAST = {"LineString": 2, "Polygon": 3, "MultiPolygon": 3}
CLOSED = ("Polygon", "MultiPolygon")
TOO_FEW = {"LineString": "En linje behöver minst två hörn."}
FEW_CORNERS = "En yta behöver minst tre hörn."
DECIMALS = 6
DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}


class Geometry(BaseModel):
    """A GeoJSON geometry (RFC 7946): a point, a line or an area."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["Point", "LineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]

    @model_validator(mode="after")
    def _shaped(self) -> "Geometry":
        found: list[object] = []
        self.coordinates = _positions(self.coordinates, DEPTH[self.type], found)
        if not 1 <= len(found) <= MAX_POSITIONS:
            raise ValueError(f"Platsen ska ha 1–{MAX_POSITIONS} punkter.")
        return self


def _positions(value: object, depth: int, found: list[object]) -> list[Any]:
    """Return coordinates nested to a depth as they are kept: two numbers each, to the decimetre.

    Raises `ValueError` where a position is not one; each one is added to `found`.
    """
    if not isinstance(value, list):
        raise ValueError("Platsen är inte en punkt, linje eller yta i GeoJSON.")  # noqa: TRY004 – pydantic's way
    if depth:
        return [_positions(part, depth - 1, found) for part in value]
    numbers = [v for v in value if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) != len(value) or len(numbers) not in (2, 3):
        raise ValueError("En punkt ska vara två tal: longitud och latitud.")
    if not (-180 <= numbers[0] <= 180 and -90 <= numbers[1] <= 90):  # noqa: PLR2004 – degrees
        raise ValueError("Platsen ska vara i grader, longitud först: [17.98, 59.23].")
    found.append(numbers)
    return [round(number, DECIMALS) for number in numbers[:2]]


def nothing(value: object) -> object:
    """Return None for the empty text that a form sends where nothing was chosen."""
    return None if value == "" else value


Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Placing(BaseModel):
    """The place of a form: a point in two fields, or a line or area that was drawn."""

    longitude: Annotated[Longitude | None, BeforeValidator(nothing)] = None
    latitude: Annotated[Latitude | None, BeforeValidator(nothing)] = None
    shape: str | None = None  # None where the form has no such field

    def place(self) -> GeoJson | None:
        """Return what was clicked, drawn or typed, or None for an unknown place.

        A point that is typed holds before a line or area: without a script it is the later word.
        """
        if self.longitude is None and self.latitude is None:
            return drawn(self.shape) if self.shape else None
        if self.longitude is None or self.latitude is None:
            raise InvalidError("place", "Ange både longitud och latitud, eller ingen av dem.")
        return point(self.longitude, self.latitude)


def point(longitude: float, latitude: float) -> GeoJson:
    """Return a GeoJSON Point."""
    at = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
    return GeoJson(orjson.dumps({"type": "Point", "coordinates": at}).decode())


def drawn(text: str) -> GeoJson:
    """Return a line or area as it is kept, or raise `InvalidError` with what is wrong with it."""
    try:
        shape = Geometry.model_validate(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise InvalidError("place", "Linjen eller ytan går inte att läsa. Rita om den.") from error
    except ValidationError as error:
        raise InvalidError("place", str(invalid(error))) from error
    rings = list(_rings(shape.coordinates, DEPTH[shape.type]))
    for ring in rings:
        if len({tuple(corner) for corner in ring}) < LEAST.get(shape.type, 1):
            raise InvalidError("place", TOO_FEW.get(shape.type, FEW_CORNERS))
        if shape.type in CLOSED and ring[0] != ring[-1]:
            ring.append(ring[0])
    corners = [corner for ring in rings for corner in ring]
    if _across(corners) > MAX_DRAWN_M:
        raise InvalidError(
            "place", "Platsen är större än 50 km. Rita en mindre, eller välj område."
        )
    return GeoJson(orjson.dumps(shape.model_dump()).decode())


def readable(text: str | None) -> str:
    """Return a line or area as every door writes it, to be compared and shown; else nothing."""
    try:
        return drawn(text) if text else ""
    except InvalidError:
        return ""


def place_words(place: GeoJson | None) -> str:
    """Return a place in a few words, latitude first as people write it."""
    if not place:
        return "ingen plats"
    geometry = orjson.loads(place)
    kind, coordinates = geometry["type"], geometry["coordinates"]
    rings = list(_rings(coordinates, DEPTH[kind]))
    corners = [corner for ring in rings for corner in ring]
    west, east = (f(c[0] for c in corners) for f in (min, max))
    south, north = (f(c[1] for c in corners) for f in (min, max))
    middle = f"{(south + north) / 2:.5f}, {(west + east) / 2:.5f}"
    if kind == "Point":
        return middle
    number = len(corners) - (len(rings) if kind != "LineString" else 0)
    return f"{'linje' if kind == 'LineString' else 'yta'} med {number} hörn, kring {middle}"


def _rings(coordinates: list[Any], depth: int) -> Iterator[list[Any]]:
    """Return each row of corners of coordinates that are nested to a depth."""
    if depth == 0:
        yield [coordinates]
    elif depth == 1:
        yield coordinates
    else:
        for part in coordinates:
            yield from _rings(part, depth - 1)


def _across(corners: list[Any]) -> float:
    """Return about how many metres there are from corner to corner of the box around corners."""
    longitudes, latitudes = zip(*corners, strict=True)
    north = max(latitudes) - min(latitudes)
    narrowing = math.cos(math.radians((max(latitudes) + min(latitudes)) / 2))
    return METRES_PER_DEGREE * math.hypot(north, (max(longitudes) - min(longitudes)) * narrowing)
