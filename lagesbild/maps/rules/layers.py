"""Which layers a map shows, and what may be drawn of where incidents are close together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District
from lagesbild.incidents.rules.hexagons import Hexagon, Hexagons

MIN_NUMBER, MIN_MEAN = 30, 1  # incidents, and of them in each hexagon (domain.md 10.1)
TOO_FEW = f"Visas från {MIN_NUMBER} händelser med känd plats."
TOO_THIN = "Visas när varje ruta har minst en händelse i snitt."
ONGOING = "pagaende"  # the layer of problems and actions, as addresses name it
COLOURS, SERIES = 5, (1, 2, 5)
DENSEST = 10
CHOSEN = re.compile(r"(?=.{0,200}$)[a-z0-9-]{1,30}(,[a-z0-9-]{1,30})*")


@dataclass(frozen=True)
class Step:
    """A class of the legend: from how many, to how many, and which of the five colours."""

    first: int
    last: int
    colour: int


@dataclass(frozen=True)
class Density:
    """The hexagons of a view with their legend; `why` says why there are none."""

    cells: tuple[Hexagon, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]  # what is left out, as sentences
    why: str = ""


def layers(text: str) -> str:
    """Return the layers that an address names, with commas between; empty for the usual ones."""
    if text and not CHOSEN.fullmatch(text):
        raise InvalidError("lager", "Lagren i adressen går inte att läsa. Välj dem på kartan.")
    return text


def why_not(number: int, hexagons: int) -> str:
    """Return why so many incidents in so many hexagons are not drawn; empty if they are."""
    if number < MIN_NUMBER:
        return TOO_FEW
    return TOO_THIN if number < MIN_MEAN * hexagons else ""


def density(found: Hexagons) -> Density:
    """Return what may be drawn of what was counted, none of it where there is too little."""
    number = sum(cell.number for cell in found.cells)
    why = why_not(number, len(found.cells))
    if why:
        return Density((), (), (), why)
    notes = []
    if found.uncertain:
        are = "händelse är" if found.uncertain == 1 else "händelser är"
        notes.append(f"{found.uncertain} {are} inte med: platsen är osäkrare än en ruta.")
    return Density(found.cells, steps(found.cells[0].number), tuple(notes))


def steps(most: int) -> tuple[Step, ...]:
    """Return the classes for numbers up to `most`: at most five, of round numbers."""
    scale = (n * 10**power for power in range(len(str(most))) for n in SERIES)
    _, *others = [n for n in scale if n <= most][-COLOURS:]
    firsts = (1, *others)
    spread = (COLOURS - 1) / max(len(firsts) - 1, 1)
    colours = [1 + round(n * spread) for n in range(len(firsts))] if others else [COLOURS // 2 + 1]
    lasts = (*(n - 1 for n in firsts[1:]), most)
    return tuple(map(Step, firsts, lasts, colours))


def colour_of(number: int, classes: Sequence[Step]) -> int:
    """Return the colour of the class that a number is in."""
    return next(step.colour for step in classes if step.first <= number <= step.last)


def densest(cells: Sequence[Hexagon], districts: Mapping[UUID, District]) -> list[str]:
    """Return where the fullest hexagons are: the place that most incidents name, the district."""
    return [
        ", ".join(filter(None, (cell.place_text, _name(cell, districts)))) or "utan känt område"
        for cell in cells[:DENSEST]
    ]


def _name(cell: Hexagon, districts: Mapping[UUID, District]) -> str:
    known = districts.get(cell.district_id) if cell.district_id else None
    return known.name if known else ""
