"""Lists as text: which letters, which separator, and the rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import heads
from lagesbild.exchange.rules.lists.columns import Column, clean
from lagesbild.exchange.rules.lists.lines import (
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_CELL,
    MAX_COLUMNS,
    Line,
    too_long,
)
from lagesbild.exchange.rules.lists.natives import Cell

SEPARATORS = (";", "\t", "|", ",")  # the comma last: it may be a decimal's
LONGEST_RECORD = 1_000_000  # signs
_PIECE = 256_000
_SAMPLE = 64_000  # signs that are looked at for the separator
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w"\r\n])"?\r?\n?', re.IGNORECASE)
# Signs outside ASCII that a Swedish list may well hold; others tell of letters read wrongly.
_USUAL = re.compile(r"[\x00-\x7fåäöÅÄÖéÉèÈáÁàÀüÜôêëçæøÆØñ°§´½¼²³µ×·£€–—‘’“”…•«»\xa0\xad\ufeff]*")
_DOUBLY = re.compile("Ã[\u00a4\u00a5\u00b6\u0084\u0085\u0096\u2013\u2026\u201e©]|\ufffd")


@dataclass(frozen=True)
class TextFile:
    """A text file that could be read. `sheets` and `names` are empty: it has none."""

    content: bytes
    encoding: str
    separator: str
    told: bool  # the first line only tells the separator
    note: str
    blank = "Filen är tom."  # said where no row holds anything

    @property
    def names(self) -> tuple[str, ...]:
        """One nameless sheet."""
        return ("",)

    def lines(self, _: str) -> Iterator[Line]:
        """Return the rows that hold something; all are counted."""
        with _reader(self.content, self.encoding) as text:
            if self.told:
                text.readline()
            for number, cells in enumerate(_records(text, self.separator), start=1):
                if number > LAST_ROW:
                    raise InvalidError("file", "Filen har fler än en miljon rader. Dela den.")
                if not any(cells) or not any(map(str.strip, cells)):
                    continue
                if len(cells) > LAST_COLUMN:
                    raise _long_row(number)
                if max(map(len, cells)) > LONGEST_CELL:
                    raise too_long(f"på rad {number}")
                line = _line(number, cells)
                if line.cells:
                    yield line

    def first_lines(self, name: str) -> Iterator[Line]:
        """Return the same rows: a heap of blank ones is passed over quickly."""
        return self.lines(name)

    def text(self, cell: Cell, _: Column | None) -> str:
        """Return a cell as text, which it is."""
        assert isinstance(cell, str), "a text file has no numbers"
        return cell


def opened(content: bytes, chosen: Mapping[str, Column | None]) -> TextFile:
    """Return a text file with its letters and separator, or raise `InvalidError`."""
    encoding, note = _encoding(content)
    with _reader(content, encoding) as text:
        sample = text.read(_SAMPLE)
    first = _SEPARATOR_LINE.match(sample)
    if first:
        return TextFile(content, encoding, first[1], told=True, note=note)
    return TextFile(content, encoding, _separator(sample, chosen), told=False, note=note)


def _reader(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _encoding(content: bytes) -> tuple[str, str]:
    """Return the encoding of all of a file, and what is to be said about its letters."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return encoding, _looked_through(content, encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError("file", "Filen går inte att läsa som text. Spara listan som CSV UTF-8.")


def _looked_through(content: bytes, encoding: str) -> str:
    """Return a note where letters look wrong; raise `InvalidError` for what is no text."""
    wrong = False
    with _reader(content, encoding) as text:
        while piece := text.read(_PIECE):
            if _CONTROL.search(piece):
                raise InvalidError(
                    "file",
                    "Filen innehåller tecken som inte hör hemma i en text. Spara listan som"
                    " Excel-arbetsbok (.xlsx) eller som CSV UTF-8.",
                )
            if not wrong and not piece.isascii():
                guessed = encoding in ("cp1252", "latin-1") and not _USUAL.fullmatch(piece)
                wrong = guessed or bool(_DOUBLY.search(piece))
    if not wrong:
        return ""
    return (
        "En del bokstäver kan ha blivit fel. Kontrollera å, ä och ö, eller spara listan som"
        " CSV UTF-8 och läs in den igen."
    )


def _separator(sample: str, chosen: Mapping[str, Column | None]) -> str:
    """Return the separator under which the headings are known best.

    Where none is known it is the first one that divides the first row.
    """

    def weight(separator: str) -> tuple[int, bool]:
        lines = list(_first_lines(sample, separator))
        head = heads.Search(lambda cell, _: str(cell), chosen).found(lines)
        known = len(head.match.columns) if head else 0
        return known, bool(lines) and len(lines[0].cells) > 1

    return max(SEPARATORS, key=weight)


def _first_lines(sample: str, separator: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            line = _line(number, cells[:MAX_COLUMNS])
            if line.cells:
                yield line
            if number >= heads.SEARCHED:
                return
    except csv.Error:
        return


def _records(text: io.TextIOWrapper, separator: str) -> Iterator[list[str]]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield cells
            lines.begin(number + 1)
    except csv.Error as error:
        if "field limit" in str(error):
            raise InvalidError(
                "file",
                f"Rad {number + 1} går inte att läsa: en cell är längre än 32 767 tecken, eller"
                " så saknas ett citattecken.",
            ) from error
        raise InvalidError(
            "file",
            f"Rad {number + 1} går inte att läsa: ett citattecken saknas, eller står fel.",
        ) from error


class _Lines:
    """Lines of a text for the reader of records, which alone would keep any amount of them."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.begin(1)

    def begin(self, number: int) -> None:
        self.number = number
        self.signs = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST_RECORD)
        self.signs += len(line)
        if not line:
            raise StopIteration
        if self.signs >= LONGEST_RECORD:
            raise _long_row(self.number)
        return line


def _long_row(number: int) -> InvalidError:
    return InvalidError("file", f"Rad {number} är för lång. Ett citattecken kan saknas på den.")


def _line(number: int, cells: list[str]) -> Line:
    """Return a row. The first cell beyond the columns that are read stands for all there."""
    texts = {
        place: plain for place, cell in enumerate(cells[:MAX_COLUMNS]) if (plain := clean(cell))
    }
    beyond = next(filter(str.strip, cells[MAX_COLUMNS:]), "")
    if beyond:
        texts[MAX_COLUMNS] = clean(beyond)
    return Line(number, texts, wide=bool(beyond))
