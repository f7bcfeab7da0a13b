"""What tells the rows of a list from each other, the same in every run."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lagesbild.exchange.rules.lists.columns import Column, Row

_NOT_CONTENT = (Column.NUMBER, Column.REFERENCE)
_POSITION = (Column.LATITUDE, Column.LONGITUDE, Column.POSITION)
_CLOCK = (Column.TIME, Column.MOMENT, Column.UNTIL)
_LAST_ZEROS = re.compile(r"(\.[0-9]*?)0+(?![0-9])")
_WHOLE_MINUTE = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]00)?(?![0-9])")
# A fingerprint has letters only: the identity guard reads references too, and looks for digits.
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@dataclass(frozen=True)
class Numbered:
    """A row with its reference.

    `own` says that the reference is the sender's. `twin` is the line of the first row with the
    same reference or content, and `same` says that this row has its content.
    """

    row: Row
    reference: str
    own: bool
    twin: int | None
    same: bool


@dataclass(slots=True)
class _First:
    """What is remembered of the first row with a reference or content."""

    line: int
    content: bytes
    rows: int = 0


def numbered(rows: Iterable[Row]) -> Iterator[Numbered]:
    """Return each row with what tells it from all others of its sender, the same in every run.

    The sender's own reference, or a SHA-256 of the content: neither the running number nor the
    order of columns is part of it. Rows with the same content are counted.
    """
    seen: dict[str | bytes, _First] = {}
    for row in rows:
        own = row.text(Column.REFERENCE)
        digest = _digest(row)
        known = seen.get(own or digest)
        first = known or seen.setdefault(own or digest, _First(row.line, digest))
        first.rows += 1
        reference = own or f"{digest.hex().translate(_LETTERS)}-{first.rows}"
        twin = known.line if known else None
        same = known is not None and known.content == digest
        yield Numbered(row, reference, bool(own), twin, same)


def content(row: Row) -> tuple[tuple[Column, str], ...]:
    """Return what a row says, without its numbers, however the file writes it.

    Case does not count, nor do seconds that are none, decimal comma and the last zeros of a place.
    """
    return tuple(
        (column, _as_compared(column, text))
        for column, text in sorted(row.cells.items())
        if text and column not in _NOT_CONTENT
    )


def _as_compared(column: Column, text: str) -> str:
    if column in _POSITION:
        return _LAST_ZEROS.sub(r"\1", text.replace(",", ".")).casefold()
    if column in _CLOCK:
        text = _WHOLE_MINUTE.sub(r"\1:\2", text)
    return text.casefold()


def _digest(row: Row) -> bytes:
    said = "\x1e".join(f"{column}\x1f{text}" for column, text in content(row))
    return hashlib.sha256(said.encode()).digest()
