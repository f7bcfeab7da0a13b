"""The map of a letter: our own SVG from the districts' outlines, and the PNG of it."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import cairosvg
from cairosvg.surface import cairo

from lagesbild.districts.draw import LINE, MARGIN, NAME_SIZE, WIDTH, Shape, drawing
from lagesbild.districts.rules import Outline

NUMBER_SIZE, NOTE_SIZE = 32, 22  # pixels; the letter shows the picture at about half its width

# The values of static/tokens.css, light: letters have no dark pictures.
GROUND, FILL, BORDER, EDGE = "#f3f4f0", "#e3e7e0", "#ffffff", "#58645f"
INK, HALO = "#16201e", "#ffffff"
FONT = "DejaVu Sans"

# What can go wrong in reading an outline and in drawing it, here and in Cairo.
FAULTS = (ArithmeticError, LookupError, OSError, ParseError, TypeError, ValueError)


class PictureError(Exception):
    """There is no picture of these outlines; a letter goes without."""


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
    drawn = drawing(outlines, below=NUMBER_SIZE * LINE)
    height = drawn.height + (NOTE_SIZE * 2 if note else 0)
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}")
    root.set("width", str(WIDTH))
    root.set("height", str(height))
    SubElement(root, "rect", width=str(WIDTH), height=str(height), fill=GROUND)
    for stroke, width, fill in ((EDGE, "7", EDGE), (BORDER, "4", FILL)):
        for shape in drawn.shapes:  # first all edges, then all districts: outside only the edge
            SubElement(root, "path", d=shape.path, fill=fill, stroke=stroke).set(
                "stroke-width", width
            )
    for shape in drawn.shapes:
        _label(root, shape, numbers[shape.district.slug])
    if note:
        _text(root, note, WIDTH - MARGIN, height - NOTE_SIZE * 0.8, NOTE_SIZE, anchor="end")
    return tostring(root, encoding="unicode")


def _label(root: Element, shape: Shape, number: str) -> None:
    """Write a district's name and its number under it."""
    y = shape.top
    for line in shape.lines:
        y += NAME_SIZE * LINE
        _text(root, line, shape.x, y - NAME_SIZE * 0.28, NAME_SIZE)
    _text(root, number, shape.x, y + NUMBER_SIZE * (LINE - 0.28), NUMBER_SIZE)


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
