"""Place. Stored as WGS 84 (EPSG:4326); distances are measured in SWEREF 99 TM (EPSG:3006)."""

import math
from dataclasses import dataclass

WGS84 = 4326
SWEREF99TM = 3006
METRES_PER_DEGREE = 111_195  # of a great circle; a circle of 6,371,009 m
CELL_ZOOM = 15  # a cell is a map tile of this zoom, about 600 m wide in Sweden
SHAPELESS_CELL = 0  # lines and areas: looked at in every box
MAX_CELLS = 1024  # a box of more cells than this is found by time instead


@dataclass(frozen=True)
class Point:
    """A position in WGS 84 degrees."""

    longitude: float
    latitude: float


@dataclass(frozen=True)
class Box:
    """West, south, east, north in WGS 84 degrees (RFC 7946 section 5)."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> Point:
        """The position halfway between its sides."""
        return Point((self.west + self.east) / 2, (self.south + self.north) / 2)

    def grown(self, metres: float) -> "Box":
        """Return the box with at least so many metres more on each side, within the world."""
        high = metres / METRES_PER_DEGREE
        furthest = min(max(abs(self.south), abs(self.north)) + high, 89.0)
        wide = high / math.cos(math.radians(furthest))
        return Box(
            max(self.west - wide, -180.0),
            max(self.south - high, -90.0),
            min(self.east + wide, 180.0),
            min(self.north + high, 90.0),
        )

    def common(self, other: "Box") -> "Box | None":
        """Return what both cover, or None where they lie apart."""
        west, east = max(self.west, other.west), min(self.east, other.east)
        south, north = max(self.south, other.south), min(self.north, other.north)
        return Box(west, south, east, north) if west <= east and south <= north else None


def _tile(longitude: float, latitude: float) -> tuple[int, int]:
    """Return the Web Mercator tile column and row at `CELL_ZOOM` (OGC 17-083r2)."""
    size = 1 << CELL_ZOOM
    x = int((longitude + 180) / 360 * size)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * size)
    return min(max(x, 0), size - 1), min(max(y, 0), size - 1)


def cell(longitude: float, latitude: float) -> int:
    """Return the number of the cell that holds a position."""
    x, y = _tile(longitude, latitude)
    return (x << CELL_ZOOM) | y


def cells(box: Box) -> list[int] | None:
    """Return the cells that touch a box, in order; None when there are more than `MAX_CELLS`."""
    left, top = _tile(box.west, box.north)
    right, bottom = _tile(box.east, box.south)
    if (right - left + 1) * (bottom - top + 1) > MAX_CELLS:
        return None
    return [(x << CELL_ZOOM) | y for x in range(left, right + 1) for y in range(top, bottom + 1)]


@dataclass(frozen=True)
class Tile:
    """A tile of the web's maps: zoom, column from the west, row from the north (OGC 17-083r2)."""

    zoom: int
    column: int
    row: int

    @property
    def exists(self) -> bool:
        """Whether there is such a tile at its zoom."""
        size = 1 << self.zoom
        return 0 <= self.column < size and 0 <= self.row < size

    @property
    def box(self) -> Box:
        """What it covers, in WGS 84 degrees."""
        west, north = self._corner(self.column, self.row)
        east, south = self._corner(self.column + 1, self.row + 1)
        return Box(west, south, east, north)

    def _corner(self, column: int, row: int) -> tuple[float, float]:
        size = 1 << self.zoom
        latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / size))))
        return column / size * 360 - 180, latitude
