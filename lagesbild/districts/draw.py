"""Outlines as shapes in a drawing, for pages and letters: paths, and where names stand."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from lagesbild.districts.rules import District, Outline

WIDTH = 1000  # pixels
MAX_HEIGHT = 1000
MARGIN = 24
NAME_SIZE = 24
LINE = 1.16  # of a size, to the next line
WIDE = 0.7  # of a size: the mean sign of DejaVu Sans Bold
LONG_NAME = 13  # signs; a longer one is broken after a hyphen or a space
NARROW = 1.5  # how much larger names are written where the drawing is narrow
FINEST = 0.8  # pixels: what lies closer to the last position is not drawn
NUDGES = tuple(step * sign for step in range(0, 161, 16) for sign in (1, -1))

Ring = Sequence[tuple[float, float]]  # longitude, latitude (WGS 84)


@dataclass(frozen=True)
class Shape:
    """A district: its path, its name in lines, and the middle and top of what is written on it.

    A crowded name would lie on one before it where the drawing is narrow.
    """

    district: District
    path: str
    lines: tuple[str, ...]
    x: float
    top: float
    is_crowded: bool


@dataclass(frozen=True)
class Drawing:
    """The districts of a municipality in a drawing of `WIDTH` × height pixels."""

    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Box:
    """Where a label stands, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether two labels would lie on each other."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def grown(self, times: float) -> "Box":
        """Return the label in another size about the same middle."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        half, tall = (self.right - self.left) * times / 2, (self.bottom - self.top) * times / 2
        return Box(x - half, y - tall, x + half, y + tall)


@dataclass(frozen=True)
class Projection:
    """Degrees to pixels: equirectangular, true at the middle latitude."""

    west: float
    north: float
    stretch: float  # how much shorter a degree of longitude is
    scale: float  # pixels per degree of latitude
    left: float
    height: float

    @classmethod
    def of(cls, points: Ring) -> "Projection":
        """Return the projection that fits positions into the drawing."""
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        stretch = math.cos(math.radians((south + north) / 2))
        inner = WIDTH - 2 * MARGIN
        scale = min(inner / ((east - west) * stretch), (MAX_HEIGHT - 2 * MARGIN) / (north - south))
        left = (WIDTH - (east - west) * stretch * scale) / 2
        return cls(west, north, stretch, scale, left, (north - south) * scale + 2 * MARGIN)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a position stands, in pixels from the upper left corner."""
        x = (longitude - self.west) * self.stretch * self.scale + self.left
        return x, (self.north - latitude) * self.scale + MARGIN


def drawing(outlines: Sequence[Outline], *, below: float) -> Drawing:
    """Return the drawing of at least one outline; `below` is the height of what follows a name."""
    polygons = [rings_of(outline) for outline in outlines]
    to = Projection.of([point for rings in polygons for ring in rings for point in ring])
    taken: list[Box] = []
    seen: list[Box] = []  # where the drawing is narrow
    shapes = []
    for outline, rings in zip(outlines, polygons, strict=True):
        lines = _broken(outline.district.name)
        box = _free(outline, lines, below, to, taken)
        taken.append(box)
        middle = (box.left + box.right) / 2
        large = box.grown(NARROW)
        is_crowded = any(large.meets(other) for other in seen)
        if not is_crowded:
            seen.append(large)
        path = _path(rings, to)
        shapes.append(Shape(outline.district, path, lines, middle, box.top, is_crowded))
    return Drawing(round(to.height), tuple(shapes))


def rings_of(outline: Outline) -> list[list[tuple[float, float]]]:
    """Return the rings of an outline."""
    shape = json.loads(outline.geojson)
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[(p[0], p[1]) for p in ring] for polygon in polygons for ring in polygon]


def path_of(outline: Outline, to: Projection) -> str:
    """Return the path of an outline in a drawing that may be of something else."""
    return _path(rings_of(outline), to)


def _path(rings: Sequence[Ring], to: Projection) -> str:
    """Return the path of an outline, in tenths of a pixel, without what cannot be seen."""
    drawn = []
    for ring in rings:
        kept: list[tuple[float, float]] = []
        for x, y in (to.place(*point) for point in ring[:-1]):
            if not kept or math.dist(kept[-1], (x, y)) >= FINEST:
                kept.append((x, y))
        drawn.append("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in kept) + "Z")
    return " ".join(drawn)


def _free(
    outline: Outline, lines: Sequence[str], below: float, to: Projection, taken: Sequence[Box]
) -> Box:
    """Return a place near the label point where nothing else is written."""
    x, middle = to.place(outline.label_longitude, outline.label_latitude)
    half = max(len(line) for line in lines) * NAME_SIZE * WIDE / 2
    x = min(max(x, half + 4), WIDTH - half - 4)
    tall = len(lines) * NAME_SIZE * LINE + below
    boxes = [
        Box(x - half, middle - tall / 2 + nudge, x + half, middle + tall / 2 + nudge)
        for nudge in NUDGES
    ]
    return next((b for b in boxes if not any(b.meets(other) for other in taken)), boxes[0])


def _broken(name: str) -> tuple[str, ...]:
    """Return a name in one line, or in two when it is long and has somewhere to break."""
    if len(name) <= LONG_NAME:
        return (name,)
    breaks = [i + 1 for i, sign in enumerate(name) if sign in "- "]
    if not breaks:
        return (name,)
    at = min(breaks, key=lambda i: abs(i - len(name) / 2))
    return name[:at].strip(), name[at:].strip()
