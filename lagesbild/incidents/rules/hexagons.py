"""Incidents counted in hexagons of a fixed grid: the same place is always in the same one."""

from typing import NamedTuple
from uuid import UUID

WIDTH_M = 250  # between opposite sides; what is less certain than that belongs in none


class Hexagon(NamedTuple):
    """A hexagon in which something happened. `geojson` is its Polygon in WGS 84."""

    number: int
    geojson: str
    place_text: str  # that most of its incidents say; empty where none says any
    district_id: UUID | None  # of most of them


class Hexagons(NamedTuple):
    """What was counted: the hexagons, the fullest first, and how many incidents are in none."""

    cells: tuple[Hexagon, ...]
    uncertain: int  # their place may be wider than a hexagon
