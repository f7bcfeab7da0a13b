"""Where everything stands on a map sheet: the texts above, the frame, the legend and notes below.

All lengths are points, a 72nd of an inch.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lagesbild.districts.draw import Box
from lagesbild.maps.draw.sheet_text import LINE, width, wrapped
from lagesbild.maps.rules.ongoing import ACTION, PROBLEM
from lagesbild.maps.rules.sheet import Ground, Paper, Told, fitted
from lagesbild.people.rules import Kind

POINTS_PER_MM = 72 / 25.4
MARGIN = 34.0
GAP = 10.0
RECORD_ROOM = 168.0
LEAST_FRAME = 170.0  # the map keeps so much, whatever is written
SMALL, USUAL, LARGE, TITLE = 7.5, 8.5, 10.5, 20.0
MARK = 15.0  # of the legend
LARGER = {Paper.A4: 1.0, Paper.A3: 1.25}  # an A3 is read from farther away
KIND_TEXT = {
    Kind.MUNICIPALITY: "Kommun",
    Kind.POLICE: "Polis",
    Kind.FIRE: "Brandförsvar",
    Kind.OTHER: "Övriga",
}

SIGN_TEXT = {PROBLEM: "pågående problem", ACTION: "åtgärd"}


@dataclass(frozen=True)
class Line:
    """A line of text with its base at a point."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True)
class Item:
    """A mark of the legend with its middle at a point.

    `mark` is a symbol, `disc`, `unsure`, `clock`, or the sort of what goes on.
    """

    mark: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """A sheet of paper, its frame, and what stands about it. `larger` is how much larger marks are.

    `rule` is where a record number is written by hand: from, to and the height; None where it is
    printed.
    """

    width: float
    height: float
    larger: float
    frame: Box
    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    rule: tuple[float, float, float] | None
    ground: Ground
    scale: int


def layout(told: Told, shown: Ground, paper: Paper) -> Layout:
    """Return the layout in which the ground is largest: the paper upright, or on its side."""
    short, long = paper.sides_mm
    both = [_laid(told, shown, sides, paper) for sides in ((short, long), (long, short))]
    return min(both, key=lambda each: each.scale)


def _laid(told: Told, shown: Ground, sides_mm: tuple[int, int], paper: Paper) -> Layout:
    larger = LARGER[paper]
    wide, high = (side * POINTS_PER_MM for side in sides_mm)
    inner = Box(MARGIN, MARGIN, wide - MARGIN, high - MARGIN)
    head, rule, top = _head(told, inner, larger)
    items, notes, tall = _foot(told, inner, larger)
    bottom = max(inner.bottom - tall - GAP, top + LEAST_FRAME)
    frame = Box(inner.left, top, inner.right, bottom)
    down = bottom + GAP
    ground, scale = fitted(
        shown,
        (frame.right - frame.left) / POINTS_PER_MM,
        (frame.bottom - frame.top) / POINTS_PER_MM,
    )
    return Layout(
        wide,
        high,
        larger,
        frame,
        (*head, *(Line(n.text, n.x, n.y + down, n.size, n.bold) for n in notes)),
        tuple(Item(i.mark, i.text, i.x, i.y + down) for i in items),
        rule,
        ground,
        scale,
    )


def _head(
    told: Told, inner: Box, larger: float
) -> tuple[list[Line], tuple[float, float, float] | None, float]:
    """Return the lines above the frame, where the record number is written, and the frame's top."""
    room = RECORD_ROOM * larger
    left = inner.right - room
    record = [
        Line(told.group, inner.left, 0, SMALL * larger),
        *_title(told.title, inner.left, TITLE * larger, left - inner.left - GAP),
        *_broken(told.when, inner.left, LARGE * larger, left - inner.left - GAP, bold=True),
        *(
            line
            for text in told.lines
            for line in _broken(text, inner.left, USUAL * larger, inner.right - inner.left)
        ),
    ]
    lines, bottom = _stacked(record, inner.top)
    label = Line("Diarienummer", left, 0, SMALL * larger)
    beside, _ = _stacked(
        [label, *_broken(told.record, left, LARGE * larger, room, bold=True)], inner.top
    )
    rule = None if told.record else (left, inner.right, inner.top + 26 * larger)
    return [*lines, *beside], rule, bottom + GAP


def _foot(told: Told, inner: Box, larger: float) -> tuple[list[Item], list[Line], float]:
    """Return the legend and the notes, down from 0, and how tall they are."""
    items, legend = _legend(told, inner, larger)
    size, gap = SMALL * larger, 2 * GAP
    room = (inner.right - inner.left - gap * (len(told.notes) - 1)) / len(told.notes)
    lines: list[Line] = []
    tall = 0.0
    for column, (heading, text) in enumerate(told.notes):
        x = inner.left + column * (room + gap)
        parts = [Line(heading, x, 0, size, bold=True), *_broken(text, x, size, room)]
        stacked, bottom = _stacked(parts, legend)
        lines += stacked
        tall = max(tall, bottom)
    return items, lines, tall


def _legend(told: Told, inner: Box, larger: float) -> tuple[list[Item], float]:
    said = list(_said(told))
    size = USUAL * larger
    beside = MARK * larger * 1.35
    column = max(width(text, size) for _, text in said) + beside + GAP
    across = max(1, int((inner.right - inner.left) // column))
    step = MARK * larger * 1.25
    spread = (inner.right - inner.left) / across
    items = []
    for n, (mark, text) in enumerate(said):
        row, place = divmod(n, across)
        x = inner.left + place * spread + MARK * larger / 2
        items.append(Item(mark, text, x, step * (row + 0.5)))
    return items, step * math.ceil(len(said) / across) + GAP * 0.8


def _said(told: Told) -> Iterator[tuple[str, str]]:
    yield from ((f"o-{kind}", KIND_TEXT[kind]) for kind in told.kinds)
    yield "disc", "flera händelser"
    yield "unsure", "osäker plats"
    yield "clock", "osäker tid"
    yield from ((sort, SIGN_TEXT[sort]) for sort in told.signs)
    yield from ((f"c-{code}", name) for code, name in told.groups)


def _broken(text: str, x: float, size: float, room: float, *, bold: bool = False) -> list[Line]:
    return [Line(line, x, 0, size, bold) for line in wrapped(text, size, room, bold=bold)]


def _title(text: str, x: float, size: float, room: float) -> list[Line]:
    """Return the lines of a title, smaller when it is long."""
    one = _broken(text, x, size, room, bold=True)
    return one if len(one) == 1 else _broken(text, x, size * 0.7, room, bold=True)


def _stacked(lines: Sequence[Line], top: float) -> tuple[list[Line], float]:
    """Return lines one under the other, and where the last one ends."""
    stacked = []
    for line in lines:
        stacked.append(Line(line.text, line.x, top + line.size, line.size, line.bold))
        top += line.size * LINE
    return stacked, top
