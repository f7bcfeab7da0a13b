"""A map sheet as SVG of our own: what paper and picture show alike, drawn without a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from lagesbild.base.lines import grouped
from lagesbild.districts.draw import Box
from lagesbild.maps.draw import sheet_areas as areas
from lagesbild.maps.draw import sheet_marks as marks
from lagesbild.maps.draw.sheet_areas import Area, Look, Onto
from lagesbild.maps.draw.sheet_layout import (
    MARK,
    POINTS_PER_MM,
    SMALL,
    USUAL,
    Item,
    Layout,
)
from lagesbild.maps.draw.sheet_text import HALO, INK, LINE, QUIET, width, write
from lagesbild.maps.rules.sheet import Sign, Spot, bar_m, length_text
from lagesbild.people.rules import Kind

# The values of static/tokens.css: light, and the ground as it is on paper.
GROUND, NEAR, AREA, EDGE, FAINT = "#ffffff", "#f3f4f0", "#e3e7e0", "#58645f", "#737d78"
STEM = 17.0  # points from the place of a sign up to its middle
UPS = (0.0, 9.0, 18.0, 27.0)  # points more, to lie on nothing
NEAR_SPOTS = 29.0  # points between the middles of two marks that would lie on each other
BAR_ROOM_MM = 45.0
BUILT = "#dfe2da"
LEAST_SHARE = 0.6  # of a neighbour's name, on the neighbour itself


@dataclass(frozen=True)
class Sheet:
    """What is drawn. `chosen` is the district that the sheet is about; None: all alike."""

    layout: Layout
    areas: Sequence[Area]
    chosen: Area | None
    spots: Sequence[Spot]
    outside: int  # incidents that lie beside the frame
    signs: Sequence[Sign] = ()


def near_m(layout: Layout) -> float:
    """Return how far apart two marks must lie on the ground not to lie on each other."""
    return NEAR_SPOTS * layout.larger / POINTS_PER_MM * layout.scale / 1000


def svg(sheet: Sheet, *, ratio: str) -> str:
    """Return the sheet as SVG; `ratio` is said beside the scale bar, on paper of its size."""
    page = sheet.layout
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", lang="sv")
    root.set("viewBox", f"0 0 {page.width:.2f} {page.height:.2f}")
    root.set("width", f"{page.width / POINTS_PER_MM:.1f}mm")
    root.set("height", f"{page.height / POINTS_PER_MM:.1f}mm")
    _rectangle(root, Box(0, 0, page.width, page.height), fill="#ffffff")
    _map(root, sheet)
    _bar(root, page, ratio)
    _outside(root, sheet)
    _rectangle(root, page.frame, fill="none", stroke=FAINT, stroke_width="0.8")
    for line in page.lines:
        look = {"font_weight": "bold"} if line.bold else {}
        ink = QUIET if line.size < USUAL * page.larger and not line.bold else INK
        write(root, line.text, (line.x, line.y), line.size, fill=ink, **look)
    if page.rule:
        left, right, y = page.rule
        ends = {"x1": f"{left:.1f}", "x2": f"{right:.1f}", "y1": f"{y:.1f}", "y2": f"{y:.1f}"}
        SubElement(root, "line", {**ends, "stroke": FAINT, "stroke-width": "0.6"})
    for item in page.items:
        _legend(root, item, page.larger)
    return tostring(root, encoding="unicode")


def _map(root: Element, sheet: Sheet) -> None:
    page = sheet.layout
    clip = SubElement(SubElement(root, "defs"), "clipPath", id="frame")
    _rectangle(clip, page.frame)
    _rectangle(root, page.frame, fill=GROUND)
    inside = SubElement(root, "g", {"clip-path": "url(#frame)"})
    metre = POINTS_PER_MM * 1000 / page.scale
    onto = Onto(page.ground, page.frame.left, page.frame.top, metre)
    _areas(inside, sheet, onto)
    placed = [(spot, onto.place(spot.east, spot.north)) for spot in sheet.spots]
    for spot, at in placed:
        _reach(inside, spot, at, onto)
    taken = [_square(at, _side(spot) * page.larger) for spot, at in placed]
    signs = _raised(sheet, onto, taken)
    _names(inside, sheet, onto, taken)
    for sign, foot, at in signs:
        if sign.has_stem:
            marks.stem(inside, foot, at[1])
    for spot, at in reversed(placed):  # the largest last
        side = _side(spot) * page.larger
        if spot.rows > 1:
            marks.disc(inside, at, grouped(spot.rows), side)
        else:
            marks.pin(inside, at, spot.kind, spot.group, side)
            if spot.unsure_time:
                marks.dial(inside, (at[0] + side * 0.4, at[1] - side * 0.4), side * 0.4)
    for sign, _, at in signs:
        marks.sign(inside, at, sign.sorts, marks.SIGN * page.larger)


def _raised(
    sheet: Sheet, onto: Onto, taken: list[Box]
) -> list[tuple[Sign, tuple[float, float], tuple[float, float]]]:
    """Return each sign with its foot and its middle, so high that it lies on nothing taken.

    What they take is added.
    """
    larger = sheet.layout.larger
    side = marks.SIGN * larger
    found = []
    for sign in sheet.signs:
        x, y = foot = onto.place(sign.east, sign.north)
        ups = [y - (STEM + up) * larger for up in (UPS if sign.has_stem else UPS[:1])]
        free = (up for up in ups if not any(_square((x, up), side).meets(box) for box in taken))
        at = x, next(free, ups[0])
        taken.append(_square(at, side))
        found.append((sign, foot, at))
    return found


def _side(spot: Spot) -> float:
    return marks.side_of_disc(spot.rows) if spot.rows > 1 else marks.PIN


def _square(at: tuple[float, float], side: float) -> Box:
    x, y = at
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _names(inside: Element, sheet: Sheet, onto: Onto, taken: Sequence[Box]) -> None:
    """Write the names of the districts, but for the one in the title, and of what lies around."""
    size = USUAL * sheet.layout.larger
    districts = [a for a in sheet.areas if a.look is Look.DISTRICT and a is not sheet.chosen]
    around = [a for a in sheet.areas if a.look is not Look.DISTRICT]
    least = LEAST_SHARE if sheet.chosen else 0.0
    found = areas.names(districts, onto, size, taken, least=least)
    small = SMALL * sheet.layout.larger
    kept = [*taken, *(name.box(size) for name in found)]
    beside = areas.names(around, onto, small, kept, least=LEAST_SHARE, clear=True)
    for names, height, ink in ((beside, small, EDGE), (found, size, QUIET)):
        for name in names:
            for n, line in enumerate(name.lines):
                base = name.x, name.top + height * (0.95 + n * LINE)
                write(inside, line, base, height, fill=ink, halo=HALO, text_anchor="middle")


def _areas(inside: Element, sheet: Sheet, onto: Onto) -> None:
    """Draw the ground and the outlines, the chosen one last, so that its edge lies on top."""
    is_drawn = any(area.look is not Look.DISTRICT for area in sheet.areas)
    for area in sorted(sheet.areas, key=lambda each: each is sheet.chosen):
        drawn = areas.path(area.shape, onto)
        if drawn:
            look = _look(area, sheet.chosen)
            if is_drawn and area.look is Look.DISTRICT:
                look["fill-opacity"] = "0.55"  # what is built stays visible below
            SubElement(inside, "path", {"d": drawn, "fill-rule": "evenodd", **look})


def _look(area: Area, chosen: Area | None) -> dict[str, str]:
    """Return how an area is filled and edged."""
    if area.look is Look.BUILT:
        return {"fill": BUILT}
    fill, stroke, wide = NEAR, FAINT, "0.6"
    if area.look is Look.DISTRICT and (chosen is None or area is chosen):
        fill, stroke, wide = AREA, EDGE, "1.8" if chosen else "1.1"
    return {"fill": fill, "stroke": stroke, "stroke-width": wide, "stroke-linejoin": "round"}


def _reach(inside: Element, spot: Spot, at: tuple[float, float], onto: Onto) -> None:
    """Draw how far a spot reaches: the circle of an uncertain place, a line, an area."""
    if spot.precision_m:
        marks.circle(inside, at, spot.precision_m * onto.points_per_metre)
    if spot.shape and (drawn := areas.traced(spot.shape, onto)):
        fill = {"fill": INK, "fill-opacity": "0.08"} if "Z" in drawn else {"fill": "none"}
        line = {"stroke": INK, "stroke-opacity": "0.8", "stroke-width": "1.9"}
        SubElement(inside, "path", {"d": drawn, **fill, **line, "fill-rule": "evenodd"})


def _bar(root: Element, page: Layout, ratio: str) -> None:
    """Draw the scale bar in the lower left corner: true metres, and the ratio on paper."""
    metres = bar_m(page.scale, BAR_ROOM_MM)
    long = metres * POINTS_PER_MM * 1000 / page.scale
    size, text = SMALL * page.larger, length_text(metres)
    words = [text, *([ratio] if ratio else [])]
    beside = sum(width(word, size) + 8 for word in words)
    left, bottom = page.frame.left, page.frame.bottom
    plate = Box(left, bottom - size - 12, left + long + beside + 16, bottom)
    _rectangle(root, plate, fill="#ffffff", fill_opacity="0.88")
    y = bottom - 7
    x = left + 8
    shape = f"M{x:.1f},{y - 5:.1f}V{y:.1f}H{x + long:.1f}V{y - 5:.1f}"
    SubElement(root, "path", {"d": shape, "fill": "none", "stroke": INK, "stroke-width": "1.2"})
    x += long
    for word in words:
        write(root, word, (x + 6, y), size)
        x += width(word, size) + 8


def _outside(root: Element, sheet: Sheet) -> None:
    """Say in the lower right corner how many incidents lie beside the frame."""
    if not sheet.outside:
        return
    frame, size = sheet.layout.frame, SMALL * sheet.layout.larger
    text = f"{grouped(sheet.outside)} utanför bilden"
    plate = Box(
        frame.right - width(text, size) - 16, frame.bottom - size - 12, frame.right, frame.bottom
    )
    _rectangle(root, plate, fill="#ffffff", fill_opacity="0.88")
    write(root, text, (plate.left + 8, frame.bottom - 7), size)


def _legend(root: Element, item: Item, larger: float) -> None:
    at, side = (item.x, item.y), MARK * larger
    if item.mark == "disc":
        marks.disc(root, at, "", side)
    elif item.mark == "unsure":
        marks.circle(root, at, side / 2)
    elif item.mark == "clock":
        marks.dial(root, at, side * 0.9)
    elif item.mark in marks.SIGN_SYMBOL:
        marks.sign(root, at, (item.mark,), side)
    elif item.mark.startswith("o-"):
        marks.shape(root, at, Kind(item.mark.removeprefix("o-")), side)
    else:
        marks.glyph(root, at, item.mark.removeprefix("c-"), side * 0.95)
    size = USUAL * larger
    write(root, item.text, (item.x + side * 0.85, item.y + size * 0.36), size)


def _rectangle(parent: Element, box: Box, **look: str) -> None:
    place = {
        "x": f"{box.left:.2f}",
        "y": f"{box.top:.2f}",
        "width": f"{box.right - box.left:.2f}",
        "height": f"{box.bottom - box.top:.2f}",
    }
    named = {name.replace("_", "-"): value for name, value in look.items()}
    SubElement(parent, "rect", {**place, **named})
