"""Text in a drawing: how wide it is, where it breaks, and how it is written."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement

from cairosvg.surface import cairo

FONT = "DejaVu Sans"
LINE = 1.32  # of a size, to the next line
INK, QUIET, HALO = "#16201e", "#3f4b47", "#ffffff"  # static/tokens.css, light
_MEASURED = 100  # pixels; widths are proportional


@lru_cache(maxsize=8192)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in the unit of its size."""
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 1, 1))
    weight = cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL
    context.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, weight)
    context.set_font_size(_MEASURED)
    advance: float = context.text_extents(text)[4]
    return advance * size / _MEASURED


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that are no wider than `room`; a word that is wider is broken."""
    lines: list[str] = []
    line = ""
    for word in _words(text, size, room, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, bold=bold) > room:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _words(text: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and width(rest, size, bold=bold) > room:
            fits = range(len(rest) - 1, 0, -1)
            cut = next((n for n in fits if width(rest[:n], size, bold=bold) <= room), 1)
            cut = rest.rfind("-", 1, cut) + 1 or cut  # at a hyphen, where there is one
            yield rest[:cut]
            rest = rest[cut:]
        if rest:
            yield rest


def write(parent: Element, text: str, at: tuple[float, float], size: float, **look: str) -> None:
    """Write a line with its base at a point. The library escapes what people have written.

    With `halo`, a colour, it stands on an edge of that.
    """
    halo = look.pop("halo", "")
    usual = {"font-family": FONT, "font-size": f"{size:.2f}", "fill": INK}
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}"}
    named: Mapping[str, str] = {name.replace("_", "-"): value for name, value in look.items()}
    if halo:
        edge = {"fill": halo, "stroke": halo, "stroke-width": f"{size * 0.32:.2f}"}
        joined = {"stroke-linejoin": "round"}
        SubElement(parent, "text", {**usual, **place, **named, **edge, **joined}).text = text
    SubElement(parent, "text", {**usual, **place, **named}).text = text
