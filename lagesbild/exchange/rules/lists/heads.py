"""Where the headings of a sheet stand, and what is missing among them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from lagesbild.exchange.rules.lists.columns import NAMES, Column
from lagesbild.exchange.rules.lists.headings import PAIR, WHERE, Match, matched
from lagesbild.exchange.rules.lists.lines import MAX_COLUMNS, Line
from lagesbild.exchange.rules.lists.natives import Cell

SEARCHED = 50  # rows that hold something
# Each cell is looked up in many spellings. 50 rows of 20 cells in a sheet, and five such sheets;
# what stands above headings is narrower than the list.
MOST_IN_SHEET = 1_000
MOST_CELLS = 5_000

Text = Callable[[Cell, Column | None], str]
Chosen = Mapping[str, Column | None]


@dataclass(frozen=True)
class Head:
    """The row of headings: its number, what stands in it by place, and what that means."""

    line: int
    headings: Mapping[int, str]
    match: Match
    hidden_columns: frozenset[int]

    @property
    def missing(self) -> tuple[tuple[Column, str], ...]:
        """What a list must have and this one has not, with its Swedish name."""
        columns = self.match.columns
        wanted = []
        if Column.CATEGORY not in columns:
            wanted.append((Column.CATEGORY, NAMES[Column.CATEGORY]))
        if not columns & {Column.DATE, Column.MOMENT}:
            wanted.append((Column.DATE, "datum eller tidpunkt"))
        if not columns & (WHERE | PAIR):
            wanted.append((Column.PLACE, "plats, läge eller kommundel"))
        elif not columns & WHERE:
            wanted += [(c, NAMES[c]) for c in sorted(PAIR - columns, reverse=True)]
        return tuple(wanted)


class Search:
    """Looks for headings, sheet by sheet, at so many cells in all."""

    def __init__(self, text: Text, chosen: Chosen) -> None:
        """Begin with nothing looked at."""
        self.text = text
        self.chosen = chosen
        self.left = MOST_CELLS

    def found(self, lines: Iterable[Line]) -> Head | None:
        """Return the row among the first ones with the most known headings, if there is a row."""
        heads = list(self._first(lines))
        best = max(heads, key=lambda head: len(head.match.columns), default=None)
        if best is None or best.match.columns:
            return best
        return next((head for head in heads if len(head.headings) > 1), best)

    def _first(self, lines: Iterable[Line]) -> Iterator[Head]:
        left = min(self.left, MOST_IN_SHEET)
        for line in islice(lines, SEARCHED):
            yield _head(line, self.text, self.chosen)
            left -= len(line.cells)
            self.left -= len(line.cells)
            if left <= 0:
                return


def _head(line: Line, text: Text, chosen: Chosen) -> Head:
    headings = {
        place: text(cell, None) for place, cell in sorted(line.cells.items()) if place < MAX_COLUMNS
    }
    return Head(line.number, headings, matched(headings, chosen), line.hidden_columns)
