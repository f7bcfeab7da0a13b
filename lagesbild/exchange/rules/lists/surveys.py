"""What the rows of a list are, all of them once: which are sums, hidden or without a heading."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists.columns import Column
from lagesbild.exchange.rules.lists.heads import Head, Text
from lagesbild.exchange.rules.lists.lines import Line

MAX_ROWS = 50_000
_MOST_SUMS = 5  # more rows of sums than this at the end are no sums
_SUM = re.compile(
    r"(?:summa|summering|total|totalt|totalsumma|antal)(?: antal| summa)?"
    r"(?: händelser| rader| ärenden)?[ .:=]{0,3}\d{0,9}(?: st\.?)?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[-+]?\d{1,3}(?: ?\d{3}){0,4}(?:[.,]\d{1,15})?|\d{1,15}", re.ASCII)


@dataclass
class Survey:
    """What was seen."""

    rows: int = 0
    sums: frozenset[int] = frozenset()
    hidden: list[int] = field(default_factory=list)
    only_numbers: int = 0
    without_heading: Counter[int] = field(default_factory=Counter)
    unvalued: int = 0
    is_wide: bool = False


def survey(lines: Iterable[Line], head: Head, text: Text) -> Survey:
    """Return what the rows under the headings are, or raise `InvalidError`."""
    seen = Survey()
    waiting: list[Line] = []  # sums, if nothing else follows
    for line in lines:
        seen.is_wide = seen.is_wide or line.wide
        if line.number <= head.line:
            continue
        if is_only_number(line, head):
            seen.only_numbers += 1
            continue
        waiting.append(line)
        if len(waiting) > _MOST_SUMS or not _is_sum(line, text):
            for each in waiting:
                _count(seen, each, head)
            waiting.clear()
    seen.sums = frozenset(line.number for line in waiting)
    if not seen.rows:
        raise InvalidError("file", "Listan har inga rader under rubrikraden.")
    return seen


def is_only_number(line: Line, head: Head) -> bool:
    """Tell whether a row holds nothing but its running number, as rows yet to be filled do."""
    return len(line.cells) == 1 and all(
        head.match.found.get(place) is Column.NUMBER for place in line.cells
    )


def _count(seen: Survey, line: Line, head: Head) -> None:
    seen.rows += 1
    if seen.rows > MAX_ROWS:
        number = f"{MAX_ROWS:,}".replace(",", "\N{NO-BREAK SPACE}")
        raise InvalidError("file", f"Listan har fler än {number} rader. Dela den.")
    if line.hidden:
        seen.hidden.append(line.number)
    seen.unvalued += line.unvalued
    seen.without_heading.update(place for place in line.cells if place not in head.headings)


def _is_sum(line: Line, text: Text) -> bool:
    """Tell whether a row is one figure, or a word for a sum with or without figures."""
    words = []
    for cell in line.cells.values():
        said = text(cell, None)
        if not _FIGURE.fullmatch(said):
            words.append(said)
        if len(words) > 1:
            return False
    return bool(_SUM.fullmatch(words[0])) if words else len(line.cells) == 1
