"""The plain text of a letter: lines of about seventy signs, and its table."""

import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from lagesbild.analysis.rules.marks import Mark
from lagesbild.base import lines
from lagesbild.base.clock import DAYS, MONTHS
from lagesbild.base.lines import NO_BREAK
from lagesbild.digests.draw.words import WORD

COLUMNS = 70
INDENT = "  "
# What stands together on a line: `tors 19 nov`, `kl. 15.00`, `v. 47`, `14 dagar sen`.
TOGETHER = re.compile(
    rf"\b(?:(?:{'|'.join(DAYS)}) )?\d+ (?:{'|'.join(MONTHS)})\b"
    r"|\b(?:kl\.|v\.|version|Nr) (?=\d)|\b\d+ dag(?:ar)? sen\b"
)
OPENING = re.compile(r"(?<=[.!?] )(\w{1,2}) ")  # a short word that begins a sentence ends no line


class Line(NamedTuple):
    """A row of the table as readers see it."""

    name: str
    numbers: Sequence[str]
    mark: Mark | None


class Widths(NamedTuple):
    """How wide the columns are."""

    name: int
    numbers: tuple[int, int, int, int]
    gap: int


ROOMY, TIGHT = Widths(21, (7, 8, 7, 10), 3), Widths(21, (6, 6, 6, 9), 2)


def together(text: str) -> str:
    """Return a text whose dates and times are not broken over two lines."""
    return TOGETHER.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return a text in lines."""
    whole = OPENING.sub(rf"\1{NO_BREAK}", together(text))
    return lines.wrapped(whole, COLUMNS, first, rest)


def table(heading: str, rows: Sequence[Line], year: int) -> str:
    """Return the table, its heading in the first line; where a mark is long the rest moves up."""
    tight = any(row.mark is Mark.FEW for row in rows)
    widths = TIGHT if tight else ROOMY
    is_marked = any(row.mark for row in rows)
    heads = (
        (heading, ("denna", "förra", "snitt", "samma v."), "läge" if is_marked else ""),
        ("", ("vecka", "vecka", "4 v.", str(year)), ""),
    )
    top = [_lined(name, numbers, word, widths) for name, numbers, word in heads]
    return "\n".join([*top, *(_row(row, widths) for row in rows)])


def _row(row: Line, widths: Widths) -> str:
    """Return a row; a long name takes lines of its own."""
    room = widths.name - len(INDENT) - 1
    names = textwrap.wrap(row.name, room) or [""]
    word = WORD.get(row.mark, "") if row.mark else ""
    shown = word.upper() if row.mark is Mark.HIGH else word
    last = _lined(INDENT + names[-1], row.numbers, shown, widths)
    return "\n".join([*(INDENT + line for line in names[:-1]), last])


def _lined(name: str, numbers: Sequence[str], word: str, widths: Widths) -> str:
    cells = "".join(n.rjust(w) for n, w in zip(numbers, widths.numbers, strict=True))
    return f"{name.ljust(widths.name)}{cells}{' ' * widths.gap}{word}".rstrip()
