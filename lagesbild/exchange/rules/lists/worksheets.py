"""The rows of a sheet of a workbook, in flat memory."""

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup
from lagesbild.exchange.rules.lists.budgets import Budget
from lagesbild.exchange.rules.lists.celltexts import LONGEST_ESCAPED, told
from lagesbild.exchange.rules.lists.lines import (
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_CELL,
    MAX_COLUMNS,
    Line,
    too_long,
)
from lagesbild.exchange.rules.lists.markup import RICH, Attributes, Handlers
from lagesbild.exchange.rules.lists.natives import Cell, Form, Native
from lagesbild.exchange.rules.lists.packages import DAMAGED, TOO_BIG
from lagesbild.exchange.rules.lists.sharedtexts import SharedTexts

MOST_BEFORE = 20_000  # elements before the rows: one for each of Excel's columns, and some more
# In the beginning of a sheet: 50 rows of 200 cells with ten elements each, as rich text has.
MOST_IN_BEGINNING = 100_000
# What a sheet has before its rows, and a cell in it. [ECMA-376 part 1, 18.3]
_USUAL = (
    *("worksheet", "sheetPr", "tabColor", "outlinePr", "pageSetUpPr", "dimension", "sheetViews"),
    *("sheetView", "pane", "selection", "sheetFormatPr", "cols", "is", *RICH),
)


@dataclass(frozen=True)
class Texts:
    """What cells of a sheet point at: shared texts by number, forms by style."""

    shared: SharedTexts
    forms: Mapping[str, Form]


def rows(
    chunks: Iterable[bytes], texts: Texts, budget: Budget, *, beginning: bool = False
) -> Iterator[Line]:
    """Return the rows of a sheet, or of its beginning, that hold something."""
    sheet = _Sheet(texts)
    for elements in markup.parsed(chunks, sheet.handlers(), budget):
        yield from sheet.ready
        sheet.is_blank = sheet.is_blank and not sheet.ready
        sheet.ready.clear()
        if sheet.done:
            return
        if elements > MOST_BEFORE and not sheet.begun:
            raise InvalidError("file", TOO_BIG)
        if beginning and elements > MOST_IN_BEGINNING:
            budget.is_cut = budget.is_cut or sheet.is_blank
            return


class _Sheet:
    """Follows the elements of a sheet; whole rows collect in `ready`."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.ready: list[Line] = []
        self.done = False
        self.is_blank = True  # so far
        self.hidden_mask = 0  # a bit for each column
        self.hidden_columns: frozenset[int] = frozenset()
        self.number = 0
        self.hidden = self.unvalued = self.wide = False
        self.cells: dict[int, Cell] = {}
        self.place = -1
        self.attributes: Attributes = {}  # of the cell
        self.formula = self.begun = self.inside = self.listening = self.phonetic = False
        self.said: list[str] = []
        self.length = 0

    def handlers(self) -> Handlers:
        """Return what is called, by the names of ECMA-376 part 1, 18.3."""
        starts = {
            "sheetData": self._start_rows,
            "col": self._column,
            "row": self._start_row,
            "c": self._start_cell,
            "v": self._start_value,
            "t": self._start_text,
            "f": self._start_formula,
            "rPh": self._start_phonetic,
        }
        ends = {
            "c": self._end_cell,
            "v": self._end_value,
            "t": self._end_value,
            "row": self._end_row,
            "rPh": self._end_phonetic,
            "sheetData": self._end_rows,
        }
        return Handlers(dict.fromkeys(_USUAL, markup.passed) | starts, ends, self.text)

    def _start_rows(self, _: Attributes) -> None:
        if self.begun:
            raise InvalidError("file", DAMAGED)
        self.begun = self.inside = True
        self.hidden_columns = frozenset(
            place for place in range(MAX_COLUMNS) if self.hidden_mask >> place & 1
        )

    def _end_rows(self) -> None:
        self.inside = False
        self.done = True

    def _column(self, attributes: Attributes) -> None:
        if not self.begun and _is_on(attributes.get("hidden")):
            first, last = (_whole(attributes.get(each, ""), 5) for each in ("min", "max"))
            if 1 <= first <= min(last, MAX_COLUMNS):
                self.hidden_mask |= (1 << min(last, MAX_COLUMNS)) - (1 << first - 1)

    def _start_value(self, _: Attributes) -> None:
        self.listening = True

    def _start_text(self, _: Attributes) -> None:
        self.listening = not self.phonetic

    def _end_value(self) -> None:
        self.listening = False

    def _start_formula(self, _: Attributes) -> None:
        self.formula = True

    def _start_phonetic(self, _: Attributes) -> None:
        self.phonetic = True

    def _end_phonetic(self) -> None:
        self.phonetic = False

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self.place = _place(reference.rstrip(string.digits)) if reference else self.place + 1
        if self.place >= LAST_COLUMN:
            raise InvalidError("file", DAMAGED)
        self.attributes = attributes
        self.formula = False
        self.length = 0
        self.said = []

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        after = self.number
        self.number = _whole(number, 7) if number else after + 1
        if not after < self.number <= LAST_ROW:
            raise InvalidError("file", DAMAGED)
        self.hidden = _is_on(attributes.get("hidden")) or attributes.get("ht") == "0"
        self.unvalued = self.wide = False
        self.place = -1
        self.cells = {}

    def _end_row(self) -> None:
        if self.cells and self.inside:
            self.ready.append(self._line())

    def text(self, text: str) -> None:
        """Take the text of a value; that of formulas, notes and spaces between is left."""
        if not self.listening:
            return
        self.length += len(text)
        if self.length > LONGEST_ESCAPED:
            raise too_long(f"på rad {self.number}")
        self.said.append(text)

    def _end_cell(self) -> None:
        if not self.said:
            self.unvalued = self.unvalued or self.formula
            return
        if self.place >= MAX_COLUMNS:
            self.wide = True
            return
        cell = self._cell("".join(self.said))
        if cell:
            self.cells[self.place] = cell

    def _cell(self, text: str) -> Cell:
        kind = self.attributes.get("t", "n")
        if kind == "s":
            return self.texts.shared.text(_whole(text.strip(), 9))
        if kind in ("n", "d") and len(text) <= LONGEST_CELL:
            style = self.attributes.get("s", "0")
            return Native(text.strip(), self.texts.forms.get(style, Form.PLAIN))
        if kind == "b":
            return {"1": "ja", "true": "ja", "0": "nej", "false": "nej"}.get(text.strip(), text)
        return told(text, f"på rad {self.number}")

    def _line(self) -> Line:
        return Line(
            self.number, self.cells, self.hidden, self.unvalued, self.wide, self.hidden_columns
        )


def _is_on(flag: str | None) -> bool:
    return flag in ("1", "true")


def _whole(text: str, digits: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        raise InvalidError("file", DAMAGED)
    return int(text)


@lru_cache(20_000)
def _place(letters: str) -> int:
    """Return the place of a column from its letters: A is 0, AA is 26."""
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha()):  # noqa: PLR2004 – XFD is the last
        raise InvalidError("file", DAMAGED)
    place = 0
    for letter in letters.upper():
        place = place * 26 + string.ascii_uppercase.index(letter) + 1
    return place - 1
