"""The rows of a sheet of a workbook, in flat memory."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import markup
from lagesbild.exchange.rules.lists.columns import clean
from lagesbild.exchange.rules.lists.lines import LAST_ROW, LONGEST_CELL, MAX_COLUMNS, Line, too_long
from lagesbild.exchange.rules.lists.markup import Attributes, Handlers
from lagesbild.exchange.rules.lists.natives import Cell, Form, Native
from lagesbild.exchange.rules.lists.packages import DAMAGED

_LAST_COLUMN = 16_384  # Excel's
LONGEST_ESCAPED = 7 * LONGEST_CELL  # _x000D_ is one sign
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True)
class Texts:
    """What cells of a sheet point at: shared texts by number, forms by style."""

    shared: Sequence[str]
    forms: Mapping[str, Form]


def rows(
    chunks: Iterable[bytes], texts: Texts, *, most_chunks: int | None = None
) -> Iterator[Line]:
    """Return the rows of a sheet, or of its first chunks, that hold something."""
    sheet = _Sheet(texts)
    handlers = Handlers(sheet.start, sheet.end, sheet.text)
    for number, _ in enumerate(markup.parsed(chunks, handlers), start=1):
        yield from sheet.ready
        sheet.ready.clear()
        if sheet.done or number == most_chunks:
            return


def told(text: str, where: str) -> str:
    """Return what a text of a workbook says: `_x000D_` is the sign that it stands for."""
    if "_x" in text:
        text = _ESCAPE.sub(_sign, text)
    if len(text) > LONGEST_CELL:
        raise too_long(where)
    return clean(text)


def _sign(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if code in _SURROGATES else chr(code)


class _Sheet:
    """Follows the elements of a sheet; whole rows collect in `ready`."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.ready: list[Line] = []
        self.done = False
        self.hidden_columns: set[int] = set()
        self.frozen: frozenset[int] = frozenset()
        self.number = 0
        self.hidden = self.unvalued = self.wide = False
        self.cells: dict[int, Cell] = {}
        self.place = -1
        self.kind = self.style = ""
        self.formula = self.inside = self.listening = self.phonetic = False
        self.said: list[str] = []
        self.length = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element; the names are those of ECMA-376 part 1, 18.3."""
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self.listening = True
        elif name == "row":
            self._start_row(attributes)
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self.listening = not self.phonetic
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.phonetic = True
        elif name == "sheetData":
            self.inside = True
            self.frozen = frozenset(self.hidden_columns)
        elif name == "col" and not self.inside and _is_on(attributes.get("hidden")):
            first, last = (_whole(attributes.get(each, ""), 5) for each in ("min", "max"))
            self.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self.place = _place(reference.rstrip(string.digits)) if reference else self.place + 1
        if self.place >= _LAST_COLUMN:
            raise InvalidError("file", DAMAGED)
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
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

    def text(self, text: str) -> None:
        """Take the text of a value; that of formulas, notes and spaces between is left."""
        if not self.listening:
            return
        self.length += len(text)
        if self.length > LONGEST_ESCAPED:
            raise too_long(f"på rad {self.number}")
        self.said.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self.listening = False
        elif name == "row":
            if self.cells and self.inside:
                self.ready.append(self._line())
        elif name == "rPh":
            self.phonetic = False
        elif name == "sheetData":
            self.inside = False
            self.done = True

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
        if self.kind == "s":
            return self._shared(text)
        if self.kind in ("n", "d") and len(text) <= LONGEST_CELL:
            return Native(text.strip(), self.texts.forms.get(self.style, Form.PLAIN))
        if self.kind == "b":
            return {"1": "ja", "true": "ja", "0": "nej", "false": "nej"}.get(text.strip(), text)
        return told(text, f"på rad {self.number}")

    def _shared(self, text: str) -> str:
        try:
            return self.texts.shared[_whole(text.strip(), 9)]
        except IndexError:
            raise InvalidError("file", DAMAGED) from None

    def _line(self) -> Line:
        return Line(self.number, self.cells, self.hidden, self.unvalued, self.wide, self.frozen)


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
