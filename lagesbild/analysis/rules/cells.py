"""Which kinds of events stand out in a district: few, and seldom wrongly.

The rule and how often it cries wolf are those of domain.md 10.2: with 7 districts and 46 codes,
about once in two weeks at the screen of the group, and once in seven at the letter's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from lagesbild.analysis.rules.marks import BASELINE, LEAST, START_DISPERSION, tail

LEAST_COUNT, LEAST_EXCESS = 5, 3.0
GROUP_SCREEN, LETTER_SCREEN = 0.005, 0.001
LEAST_EXPECTED = 0.25
MOST = 3  # more than these nobody talks about


@dataclass(frozen=True)
class CellCount:
    """How many events of a kind in a district in a window, without those that came late.

    Window 0 is the week itself, 1 the one before.
    """

    window: int
    district_id: UUID | None
    category: str
    number: int


@dataclass(frozen=True)
class Cell:
    """A kind of event that stands out in a district, and what was expected."""

    district_id: UUID | None
    category: str
    number: int
    expected: float
    chance: float  # of so many, if the week were as usual

    @property
    def excess(self) -> float:
        """How many more than expected."""
        return self.number - self.expected


def standing_out(
    counts: Iterable[CellCount], *, weeks: int, screen: float = GROUP_SCREEN
) -> list[Cell]:
    """Return what stands out, the greatest excess first.

    `weeks` is how many weeks before there are figures of; with fewer than eight nobody can tell.
    """
    usual = min(weeks, BASELINE)
    if usual < LEAST:
        return []
    now, before = {}, dict[tuple[UUID | None, str], int]()
    for count in counts:
        key = (count.district_id, count.category)
        if count.window == 0:
            now[key] = count.number
        elif count.window <= usual:
            before[key] = before.get(key, 0) + count.number
    return _ranked(now, before, usual, screen)


def is_unusual(number: int, expected: float, *, screen: float) -> bool:
    """Whether so many events of a kind stand out where so many are expected."""
    if number < LEAST_COUNT or number - expected < LEAST_EXCESS:
        return False
    return tail(number, expected, START_DISPERSION) < screen


def _ranked(
    now: Mapping[tuple[UUID | None, str], int],
    before: Mapping[tuple[UUID | None, str], int],
    usual: int,
    screen: float,
) -> list[Cell]:
    found = []
    for (district, category), number in now.items():
        expected = max(before.get((district, category), 0) / usual, LEAST_EXPECTED)
        if is_unusual(number, expected, screen=screen):
            chance = tail(number, expected, START_DISPERSION)
            found.append(Cell(district, category, number, expected, chance))
    return sorted(found, key=lambda cell: (-cell.excess, cell.category, str(cell.district_id)))
