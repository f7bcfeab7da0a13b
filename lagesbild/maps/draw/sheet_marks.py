"""The marks of a sheet, from the symbols of the pages: one file says how they look."""

from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, parse

from lagesbild.maps.draw.sheet_text import HALO, INK, width, write
from lagesbild.maps.rules.ongoing import ACTION, PROBLEM
from lagesbild.people.rules import Kind

SYMBOLS = Path(__file__).parents[3] / "static" / "symbols.svg"
PIN = 19.0  # points; the pages' 32 pixels
SIGN = 15.5
DISCS = ((5, 20.0), (10, 24.0), (10**9, 29.0))  # up to so many, points
UNSURE = "#58645f"
ACCENT = "#0b5563"  # as in static/tokens.css
SIGN_SYMBOL = {PROBLEM: "i-alert", ACTION: "i-flag"}
LETTER = {Kind.MUNICIPALITY: "K", Kind.POLICE: "P", Kind.FIRE: "B", Kind.OTHER: "Ö"}
_SVG = "{http://www.w3.org/2000/svg}"


@cache
def _symbols() -> dict[str, Element]:
    found = parse(SYMBOLS).getroot().iter(f"{_SVG}symbol")  # noqa: S314 – a file of our own
    return {symbol.attrib["id"]: symbol for symbol in found}


def symbol(parent: Element, name: str, at: tuple[float, float], side: float, **look: str) -> None:
    """Draw a symbol in a square whose upper left corner is given; an unknown one not at all."""
    found = _symbols().get(name)
    if found is None:
        return
    size = float(found.attrib["viewBox"].split()[2])
    place = f"translate({at[0]:.2f} {at[1]:.2f}) scale({side / size:.4f})"
    named = {key.replace("_", "-"): value for key, value in look.items()}
    group = SubElement(parent, "g", {"transform": place, **named})
    for child in found:
        group.append(_plain(child, look.get("stroke", INK)))


def _plain(element: Element, ink: str) -> Element:
    """Return a copy without the namespace, in which the current colour is a certain one."""
    copy = deepcopy(element)
    for each in copy.iter():
        each.tag = each.tag.removeprefix(_SVG)
        if each.get("fill") == "currentColor":
            each.set("fill", ink)
    return copy


def pin(parent: Element, at: tuple[float, float], kind: Kind, group: str, side: float) -> None:
    """Draw the organisation's shape with the type's glyph in it, about a point."""
    left, top = at[0] - side / 2, at[1] - side / 2
    symbol(parent, f"o-{kind}", (left, top), side, fill=INK, stroke=HALO, stroke_width="1.2")
    low = side * 0.1 if kind is Kind.FIRE else 0  # a drop is widest below its middle
    inner = side * 0.54
    place = at[0] - inner / 2, at[1] - inner / 2 + low
    symbol(parent, f"c-{group}", place, inner, **_LINES, stroke=HALO, stroke_width="2.2")


def dial(parent: Element, at: tuple[float, float], side: float) -> None:
    """Draw the clock of a time that is not known well, about a point."""
    middle = {"cx": f"{at[0]:.2f}", "cy": f"{at[1]:.2f}", "r": f"{side * 0.58:.2f}"}
    SubElement(parent, "circle", {**middle, "fill": HALO})
    corner = at[0] - side / 2, at[1] - side / 2
    symbol(parent, "i-clock", corner, side, **_LINES, stroke=INK, stroke_width="2.4")


def stem(parent: Element, foot: tuple[float, float], top: float) -> None:
    """Draw what a sign stands on, from its place up."""
    line = {"x1": f"{foot[0]:.2f}", "x2": f"{foot[0]:.2f}", "y1": f"{foot[1]:.2f}"}
    SubElement(
        parent, "line", {**line, "y2": f"{top:.2f}", "stroke": ACCENT, "stroke-width": "1.8"}
    )


def sign(parent: Element, at: tuple[float, float], sorts: Sequence[str], side: float) -> None:
    """Draw the sign of what goes on about a point: its symbol, of several their number."""
    place = {"x": f"{at[0] - side / 2:.2f}", "y": f"{at[1] - side / 2:.2f}"}
    face = {"width": f"{side:.2f}", "height": f"{side:.2f}", "rx": f"{side * 0.2:.2f}"}
    look = {"fill": ACCENT, "stroke": HALO, "stroke-width": "1.2"}
    SubElement(parent, "rect", {**place, **face, **look})
    if len(sorts) > 1:
        size = side * 0.55
        write(
            parent, str(len(sorts)), (at[0], at[1] + size * 0.36), size, fill=HALO, **_MIDDLE_BOLD
        )
        return
    inner = side * 0.6
    corner = at[0] - inner / 2, at[1] - inner / 2
    symbol(parent, SIGN_SYMBOL[sorts[0]], corner, inner, **_LINES, stroke=HALO, stroke_width="2.4")


def shape(parent: Element, at: tuple[float, float], kind: Kind, side: float) -> None:
    """Draw an organisation's shape with its letter, about a point."""
    symbol(parent, f"o-{kind}", (at[0] - side / 2, at[1] - side / 2), side, fill=INK)
    size = side * 0.56
    base = at[0], at[1] + side * (0.26 if kind is Kind.FIRE else 0.2)
    write(parent, LETTER[kind], base, size, fill=HALO, **_MIDDLE_BOLD)


def glyph(parent: Element, at: tuple[float, float], group: str, side: float) -> None:
    """Draw a type's glyph alone, about a point."""
    place = at[0] - side / 2, at[1] - side / 2
    symbol(parent, f"c-{group}", place, side, **_LINES, stroke=INK, stroke_width="1.9")


def disc(parent: Element, at: tuple[float, float], number: str, side: float) -> None:
    """Draw the disc of several incidents about a point, with their number."""
    middle = {"cx": f"{at[0]:.2f}", "cy": f"{at[1]:.2f}"}
    radius = side / 2
    ring = {"fill": "none", "stroke": INK, "stroke-opacity": "0.45", "stroke-width": "1.1"}
    SubElement(parent, "circle", {**middle, "r": f"{radius:.2f}", "fill": HALO, "stroke": "none"})
    SubElement(parent, "circle", {**middle, "r": f"{radius:.2f}", **ring})
    SubElement(parent, "circle", {**middle, "r": f"{radius - 1.8:.2f}", "fill": INK})
    if number:
        size = min(side * 0.4, side * 0.4 * (side * 0.72) / width(number, side * 0.4, bold=True))
        write(parent, number, (at[0], at[1] + size * 0.36), size, fill=HALO, **_MIDDLE_BOLD)


def circle(parent: Element, at: tuple[float, float], radius: float) -> None:
    """Draw the dashed circle of an uncertain place."""
    look = {"fill": INK, "fill-opacity": "0.08", "stroke": UNSURE, "stroke-width": "1.1"}
    middle = {"cx": f"{at[0]:.2f}", "cy": f"{at[1]:.2f}", "r": f"{radius:.2f}"}
    SubElement(parent, "circle", {**middle, **look, "stroke-dasharray": "3.6 2.6"})


def side_of_disc(rows: int) -> float:
    """Return how wide the disc of so many incidents is, in points."""
    return next(side for most, side in DISCS if rows <= most)


_LINES = {"fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
_MIDDLE_BOLD = {"text_anchor": "middle", "font_weight": "bold"}
