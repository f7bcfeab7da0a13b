"""The map of a letter: our own SVG from the districts' outlines, and the PNG of it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import cairosvg
from cairosvg.surface import cairo

from lagesbild.districts.rules import Outline

WIDTH = 1000  # pixels; the letter shows it at about half of that
MAX_HEIGHT = 1000
MARGIN = 24
NAME_SIZE, NUMBER_SIZE, NOTE_SIZE = 24, 32, 22
LINE = 1.16  # of a size, to the next line
WIDE = 0.7  # of a size: the mean sign of DejaVu Sans Bold
LONG_NAME = 13  # signs; a longer one is broken after a hyphen or a space
NUDGES = tuple(step * sign for step in range(0, 161, 16) for sign in (1, -1))

# The values of static/tokens.css, light: letters have no dark pictures.
GROUND, FILL, BORDER, EDGE = "#f3f4f0", "#e3e7e0", "#ffffff", "#58645f"
INK, HALO = "#16201e", "#ffffff"
FONT = "DejaVu Sans"

# What can go wrong in reading an outline and in drawing it, here and in Cairo.
FAULTS = (ArithmeticError, LookupError, OSError, ParseError, TypeError, ValueError)


class PictureError(Exception):
    """There is no picture of these outlines; a letter goes without."""


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
    def of(cls, points: Sequence[tuple[float, float]]) -> "Projection":
        """Return the projection that fits positions into the picture."""
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


def png(outlines: Sequence[Outline], numbers: Mapping[str, str], *, note: str) -> bytes:
    """Return the map as PNG, or raise `PictureError`. `numbers` are by the district's slug."""
    try:
        drawn = cairosvg.svg2png(svg(outlines, numbers, note=note).encode())
    except (*FAULTS, cairo.CairoError) as error:
        raise PictureError(type(error).__name__) from error
    if not isinstance(drawn, bytes) or not drawn.startswith(b"\x89PNG"):
        raise PictureError("empty")
    return drawn


def svg(outlines: Sequence[Outline], numbers: Mapping[str, str], *, note: str) -> str:
    """Return the map as SVG: districts alike in colour, each with its name and number."""
    if not outlines:
        raise PictureError("there are no outlines")
    if {o.district.slug for o in outlines} != set(numbers):
        raise PictureError("the outlines and the numbers are not of the same districts")
    shapes = [(outline, _polygons(outline)) for outline in outlines]
    to = Projection.of(
        [p for _, polygons in shapes for rings in polygons for r in rings for p in r]
    )
    height = round(to.height + (NOTE_SIZE * 2 if note else 0))
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}")
    root.set("width", str(WIDTH))
    root.set("height", str(height))
    SubElement(root, "rect", width=str(WIDTH), height=str(height), fill=GROUND)
    paths = [_path(polygons, to) for _, polygons in shapes]
    for stroke, width, fill in ((EDGE, "7", EDGE), (BORDER, "4", FILL)):
        for path in paths:  # first all edges, then all districts: outside only the edge remains
            SubElement(root, "path", d=path, fill=fill, stroke=stroke).set("stroke-width", width)
    taken: list[Box] = []
    for outline, _ in shapes:
        _label(root, outline, numbers[outline.district.slug], to, taken)
    if note:
        _text(root, note, WIDTH - MARGIN, height - NOTE_SIZE * 0.8, NOTE_SIZE, anchor="end")
    return tostring(root, encoding="unicode")


def _polygons(outline: Outline) -> list[list[list[tuple[float, float]]]]:
    """Return the polygons of an outline, each as rings of longitude and latitude."""
    shape = json.loads(outline.geojson)
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[[(p[0], p[1]) for p in ring] for ring in polygon] for polygon in polygons]


def _path(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]], to: Projection) -> str:
    """Return the path of an outline, in whole tenths of a pixel."""
    rings = [
        " ".join(f"{x:.1f},{y:.1f}" for x, y in (to.place(*point) for point in ring[:-1]))
        for polygon in polygons
        for ring in polygon
    ]
    return " ".join(f"M{ring}Z" for ring in rings)


def _label(root: Element, outline: Outline, number: str, to: Projection, taken: list[Box]) -> None:
    """Write a district's name and number near its label point, where nothing else stands."""
    lines = _broken(outline.district.name)
    x, middle = to.place(outline.label_longitude, outline.label_latitude)
    half = max(len(line) for line in lines) * NAME_SIZE * WIDE / 2
    x = min(max(x, half + 4), WIDTH - half - 4)
    tall = len(lines) * NAME_SIZE * LINE + NUMBER_SIZE * LINE
    boxes = [
        Box(x - half, middle - tall / 2 + nudge, x + half, middle + tall / 2 + nudge)
        for nudge in NUDGES
    ]
    free = [b for b in boxes if not any(b.meets(other) for other in taken)]
    box = (free or boxes)[0]
    taken.append(box)
    y = box.top
    for line in lines:
        y += NAME_SIZE * LINE
        _text(root, line, x, y - NAME_SIZE * 0.28, NAME_SIZE)
    _text(root, number, x, y + NUMBER_SIZE * (LINE - 0.28), NUMBER_SIZE)


def _broken(name: str) -> list[str]:
    """Return a name in one line, or in two when it is long and has somewhere to break."""
    if len(name) <= LONG_NAME:
        return [name]
    breaks = [i + 1 for i, sign in enumerate(name) if sign in "- "]
    if not breaks:
        return [name]
    at = min(breaks, key=lambda i: abs(i - len(name) / 2))
    return [name[:at].strip(), name[at:].strip()]


def _text(
    root: Element, text: str, x: float, y: float, size: int, *, anchor: str = "middle"
) -> None:
    """Write a text twice: its halo, then itself. The library escapes what people have named."""
    weight = "bold" if anchor == "middle" else "normal"
    for look in ({"fill": HALO, "stroke": HALO, "stroke-width": "6"}, {"fill": INK}):
        written = SubElement(
            root,
            "text",
            {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-family": FONT, "font-size": str(size)},
        )
        written.attrib.update(look)
        written.set("font-weight", weight)
        written.set("text-anchor", anchor)
        written.set("stroke-linejoin", "round")
        written.text = text
