"""The map of a letter: our own SVG from the districts' outlines, and the PNG of it."""

import math
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import cairosvg
from cairosvg.surface import cairo

from lagesbild.analysis.rules.marks import Mark
from lagesbild.districts.draw import LINE, MARGIN, NAME_SIZE, WIDTH, Drawing, Shape, drawing
from lagesbild.districts.rules import Outline

NUMBER_SIZE, WORD_SIZE, NOTE_SIZE = 32, 24, 22  # pixels; a letter shows about half of them
SIGN = 22  # pixels of the symbol beside the number
LARGEST = 1_000_000  # bytes; a letter has room for three times as many in all
LEAST_INK = 0.002  # of a picture's bytes: a blank one has next to none
FEWEST = 3  # positions of an outline that can be seen

# The values of static/tokens.css, light: letters have no dark pictures.
GROUND, BORDER, EDGE, SELECTED = "#f3f4f0", "#ffffff", "#58645f", "#16201e"
INK, ON_HIGH = "#16201e", "#ffffff"
FONT = "DejaVu Sans"
FILL = {
    Mark.LOW: "#b4cdea",
    Mark.NORMAL: "#e3e7e0",
    Mark.RAISED: "#f0c878",
    Mark.HIGH: "#a93315",
    Mark.FEW: "#f4f5f2",
}
WORD = {
    Mark.LOW: "färre",
    Mark.NORMAL: "som vanligt",
    Mark.RAISED: "fler",
    Mark.HIGH: "tydligt fler",
    Mark.FEW: "för få",
}
# The symbols of static/symbols.svg, 16 × 16: they differ in direction, number and fill.
PATH = {
    Mark.LOW: "M1.8 3.5h12.4L8 13.6z",
    Mark.NORMAL: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zm0 2.2a3.6 3.6 0 1 0 0 7.2"
    " 3.6 3.6 0 0 0 0-7.2z",
    Mark.RAISED: "M8 1.9 14.9 13.7H1.1zM8 6.1 4.7 11.7h6.6z",
    Mark.HIGH: "M8 .6l6.2 7.1H1.8z M8 8.3l6.2 7.1H1.8z",
    Mark.FEW: "M1.1 8a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0z"
    "M6.3 8a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0z"
    "M11.5 8a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0z",
}

# What can go wrong in reading an outline and in drawing it, here and in Cairo.
FAULTS = (
    ArithmeticError, AttributeError, LookupError, OSError, ParseError, TypeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip


class Shown(NamedTuple):
    """What stands on a district: its number as readers see it, and its mark where it has one."""

    number: str
    mark: Mark | None = None


class PictureError(Exception):
    """There is no picture of these outlines; a letter goes without."""


def png(outlines: Sequence[Outline], shown: Mapping[str, Shown], *, note: str) -> bytes:
    """Return the map as PNG, or raise `PictureError`. `shown` is by the district's slug."""
    try:
        drawn: bytes = cairosvg.svg2png(svg(outlines, shown, note=note).encode())
        check(drawn)
    except (*FAULTS, cairo.CairoError) as error:
        raise PictureError(type(error).__name__) from error
    return drawn


def svg(outlines: Sequence[Outline], shown: Mapping[str, Shown], *, note: str) -> str:
    """Return the map as SVG: each district coloured by its mark, which stands there in words too.

    It never says anything by colour alone, and holds in print.
    """
    if not outlines:
        raise PictureError("there are no outlines")
    if {o.district.slug for o in outlines} != set(shown):
        raise PictureError("the outlines and the numbers are not of the same districts")
    is_marked = any(each.mark for each in shown.values())
    below = NUMBER_SIZE * LINE + (WORD_SIZE * LINE if is_marked else 0)
    drawn = drawing(outlines, below=below)
    if any(shape.path.count(",") < FEWEST for shape in drawn.shapes):
        raise PictureError("an outline is too small to be seen")
    # What is written may stand above or below all outlines.
    top = math.floor(min(0, *(shape.top for shape in drawn.shapes)))
    feet = (shape.top + len(shape.lines) * NAME_SIZE * LINE + below for shape in drawn.shapes)
    bottom = math.ceil(max(drawn.height, *feet)) + (NOTE_SIZE * 2 if note else 0)
    height = bottom - top
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 {top} {WIDTH} {height}")
    root.set("width", str(WIDTH))
    root.set("height", str(height))
    SubElement(root, "rect", y=str(top), width=str(WIDTH), height=str(height), fill=GROUND)
    _areas(root, drawn, shown)
    for shape in drawn.shapes:
        _label(root, shape, shown[shape.district.slug])
    if note:
        where = (WIDTH - MARGIN, bottom - NOTE_SIZE * 0.8)
        _text(root, note, where, NOTE_SIZE, {"text-anchor": "end"})
    return tostring(root, encoding="unicode")


def _areas(root: Element, drawn: Drawing, shown: Mapping[str, Shown]) -> None:
    """Draw first all edges, then all districts: the edge is seen outside only.

    Those with clearly more come last, with a dark edge of their own.
    """
    marks = {shape: shown[shape.district.slug].mark for shape in drawn.shapes}
    for shape in drawn.shapes:
        _area(root, shape, {"fill": EDGE, "stroke": EDGE, "stroke-width": "7"})
    for shape, mark in sorted(marks.items(), key=lambda each: each[1] is Mark.HIGH):
        fill = FILL.get(mark or Mark.NORMAL, GROUND)
        high = mark is Mark.HIGH
        line = {"stroke": SELECTED if high else BORDER, "stroke-width": "7" if high else "4"}
        _area(root, shape, {"fill": fill, "stroke-linejoin": "round"} | line)
        if mark is Mark.FEW:
            dashes = {"stroke": EDGE, "stroke-width": "2", "stroke-dasharray": "8 6"}
            _area(root, shape, {"fill": "none"} | dashes)


def _area(root: Element, shape: Shape, look: Mapping[str, str]) -> None:
    SubElement(root, "path", {"d": shape.path} | dict(look))


def _label(root: Element, shape: Shape, shown: Shown) -> None:
    """Write a district's name, under it its number with the symbol, and the word of its mark."""
    mark = shown.mark
    look = {"font-weight": "bold", "halo": BORDER}
    if mark:
        look["halo"] = FILL.get(mark, GROUND)
        look["fill"] = ON_HIGH if mark is Mark.HIGH else INK
    y = shape.top
    for line in shape.lines:
        y += NAME_SIZE * LINE
        _text(root, line, (shape.x, y - NAME_SIZE * 0.28), NAME_SIZE, look)
    y += NUMBER_SIZE * LINE
    aside = (SIGN + 8) / 2 if mark in PATH else 0
    _text(root, shown.number, (shape.x + aside, y - NUMBER_SIZE * 0.28), NUMBER_SIZE, look)
    if mark in PATH:
        half = len(shown.number) * NUMBER_SIZE * 0.35
        left, top = shape.x + aside - half - SIGN - 8, y - NUMBER_SIZE * 0.28 - SIGN
        place = f"translate({left:.1f} {top:.1f}) scale({SIGN / 16:.3f})"
        SubElement(root, "path", d=PATH[mark], transform=place, fill=look["fill"])
        word = look | {"font-weight": "normal"}
        where = (shape.x, y + WORD_SIZE * (LINE - 0.4))
        _text(root, WORD[mark], where, WORD_SIZE, word)


def _text(
    root: Element, text: str, where: tuple[float, float], size: int, look: Mapping[str, str]
) -> None:
    """Write a text twice: its halo, then itself. The library escapes what people have named."""
    halo = look.get("halo", BORDER)
    rest = {name: value for name, value in look.items() if name != "halo"}
    for ink in ({"fill": halo, "stroke": halo, "stroke-width": "6"}, {}):
        usual = {"fill": INK, "text-anchor": "middle", "stroke-linejoin": "round"}
        written = SubElement(
            root,
            "text",
            {"x": f"{where[0]:.1f}", "y": f"{where[1]:.1f}"}
            | {"font-family": FONT, "font-size": str(size)}
            | usual
            | rest
            | ink,
        )
        written.text = text


def check(drawn: bytes) -> None:
    """Raise `PictureError` for what is no picture, too large a one, or one with nothing on it."""
    if not drawn.startswith(b"\x89PNG\r\n\x1a\n"):
        raise PictureError("no picture")
    if len(drawn) > LARGEST:
        raise PictureError("too large")
    chunks = list(_chunks(drawn))
    if chunks[0][0] != b"IHDR" or struct.unpack(">I", chunks[0][1][:4])[0] != WIDTH:
        raise PictureError("of another size")
    rows = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    if len(rows) - rows.count(0) < len(rows) * LEAST_INK:  # what is flat is stored as zeros
        raise PictureError("blank")


def _chunks(drawn: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(drawn):
        [length] = struct.unpack(">I", drawn[at : at + 4])
        yield drawn[at + 4 : at + 8], drawn[at + 8 : at + 8 + length]
        at += length + 12
