"""Geometries as programs send them (RFC 7946)."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

MAX_POSITIONS = 1000
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
