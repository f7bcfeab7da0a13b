"""What readers outside the group get of counts, so that no small one can be worked out.

The attacker keeps every letter, knows these rules, and even knows which of the hidden counts are
small. Still 1, 2 and 3 remain possible for each of those, mostly 4 too, and a larger number that
is hidden for their sake could be at least three numbers. What it rests on:

- A week's table is told once. Other columns and later letters only repeat what was told
  (`meetings.rules.publication`), so that nothing can be learnt by comparing them.
- Weeks share no incident, so that each table holds by itself.
- Which larger number is hidden does not depend on how large it is, only on earlier letters.

It does not stand against somebody who knows some of the incidents otherwise, nor against bounds
from elsewhere ("never more than thirty there"). Counts are of A and B; nothing of C or D comes
here. Areas with few inhabitants are not known as such: the product does not store population.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 5  # a count of 1–4 may point at somebody [SSB withholds four or fewer]
ROOM = 3  # from 1 to 4
NO_DISTRICT = ""  # the row of the incidents without one; the other rows are named by slugs
# Two totals that must never stand beside each other outside: their difference is what is secret.
OF_THE_GROUP = "alla händelser"
OF_THE_LETTER = "händelser i brevet"


@dataclass(frozen=True)
class Table:
    """The counts of one week as readers get them, by row: None where one is hidden."""

    cells: Mapping[str, int | None]
    total: int | None


NOTHING_TOLD = Table({}, None)


def suppress(counts: Mapping[str, int], earlier: Table = NOTHING_TOLD) -> Table:
    """Return a week's table that is told for the first time; `earlier` is that of the week before.

    Small counts are hidden, zero is not. Then larger ones, until the sum of what is hidden, which
    follows from the total, leaves room; where it never does, the total goes and they stay hidden.
    """
    hidden = {row for row, n in counts.items() if 0 < n < SMALLEST_SHOWN}
    larger = [row for row in _turns(counts, earlier) if counts[row] >= SMALLEST_SHOWN]
    while hidden and not _has_room([counts[row] for row in hidden]):
        if not larger:
            return Table(_without(counts, hidden), None)
        hidden.add(larger.pop(0))
    return Table(_without(counts, hidden), sum(counts.values()))


def _turns(rows: Collection[str], earlier: Table) -> Sequence[str]:
    """Return in which order rows are hidden for others' sake: what readers miss least comes first.

    That is the row without a district, then what was hidden or smallest the week before. Sizes of
    this week must not decide: the smallest of them is at most as large as those that are shown.
    """
    return sorted(rows, key=lambda row: (row != NO_DISTRICT, earlier.cells.get(row) or 0))


def _has_room(hidden: Collection[int]) -> bool:
    """Whether each small count could be any from 1 to 4, for all that their sum tells."""
    small = sum(n < SMALLEST_SHOWN for n in hidden)
    larger = len(hidden) - small
    least = small + SMALLEST_SHOWN * larger
    most = math.inf if larger else small * (SMALLEST_SHOWN - 1)
    return least + ROOM <= sum(hidden) <= most - ROOM


def _without(counts: Mapping[str, int], hidden: Collection[str]) -> Mapping[str, int | None]:
    return {row: None if row in hidden else n for row, n in counts.items()}


def correct(counts: Mapping[str, int], told: Table) -> Table:
    """Return the table that takes the place of one that is told already.

    What was hidden stays hidden. What was shown is hidden if it is small now, and else changes by
    five or more or not at all: a difference is a count, too. The total follows the rows that are
    shown; it goes when one more is hidden, or when the hidden ones together have changed so much.
    Where the rows are others, as after a new border, the table stays as it was told.
    """
    if counts.keys() != told.cells.keys():
        return told
    cells = {row: _corrected(n, told.cells[row]) for row, n in counts.items()}
    hidden = [row for row, n in cells.items() if n is None]
    if told.total is None or any(told.cells[row] is not None for row in hidden):
        return Table(cells, None)
    rest = told.total - _shown(told.cells)
    if abs(sum(counts[row] for row in hidden) - rest) >= SMALLEST_SHOWN:
        return Table(cells, None)
    return Table(cells, rest + _shown(cells))


def _corrected(now: int, told: int | None) -> int | None:
    if told is None or 0 < now < SMALLEST_SHOWN:
        return None
    return told if abs(now - told) < SMALLEST_SHOWN else now


def _shown(cells: Mapping[str, int | None]) -> int:
    return sum(n for n in cells.values() if n is not None)


def mean(told: Sequence[int | None]) -> int | None:
    """Return the mean of numbers that are told, whole (half up); none where one is hidden."""
    known = [n for n in told if n is not None]
    if len(known) < len(told):
        return None
    return (2 * sum(known) + len(known)) // (2 * len(known))


def alone(number: int) -> int | None:
    """Return a number that stands for itself as readers get it."""
    return None if 0 < number < SMALLEST_SHOWN else number


def part(number: int, whole: int) -> int | None:
    """Return a part of a number that is told; none where it is small, or leaves a small rest."""
    rest = whole - number
    if number and (rest < 0 or alone(rest) is None):
        return None
    return alone(number)


def number_text(number: int | None) -> str:
    """Return a number as readers see it: `‹5` where it is hidden."""
    return f"‹{SMALLEST_SHOWN}" if number is None else str(number)
