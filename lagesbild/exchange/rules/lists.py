"""A list of incidents as another organisation keeps it: CSV, semicolons, UTF-8."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError

MAX_BYTES = 20_000_000
MAX_ROWS = 10_000
LONGEST_SHOWN = 100


class Column(StrEnum):
    """What a column of a list may hold."""

    NUMBER = "running number"
    REFERENCE = "source_ref"
    DATE = "date"
    TIME = "time"
    CATEGORY = "category"
    PLACE = "place_text"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    SUMMARY = "summary"
    REPORTER = "reporter_role"


# A column called plain "id" is not taken for a reference: in many lists it is a running number,
# which begins at 1 again in the next list.
HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.NUMBER: ("löpnr", "löpnummer", "nr", "nummer"),
    Column.REFERENCE: (
        *("referens", "ref", "diarienr", "diarienummer", "dnr"),
        *("ärendenr", "ärendenummer", "händelsenummer"),
    ),
    Column.DATE: ("datum", "händelsedatum"),
    Column.TIME: ("klockslag", "tid", "kl"),
    Column.CATEGORY: ("händelsetyp", "typ", "händelse", "kategori"),
    Column.PLACE: ("plats", "platsbeskrivning"),
    Column.LATITUDE: ("latitud", "lat", "latitude", "n"),
    Column.LONGITUDE: ("longitud", "long", "lon", "lng", "longitude", "e"),
    Column.SUMMARY: ("beskrivning", "fritext", "kommentar"),
    Column.REPORTER: ("rapportör", "uppgiftslämnare"),
}
REQUIRED = (Column.DATE, Column.CATEGORY, Column.LATITUDE, Column.LONGITUDE)
_NOT_CONTENT = (Column.NUMBER, Column.REFERENCE)
# A fingerprint has letters only: the identity guard reads references too, and looks for digits.
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@dataclass(frozen=True)
class Row:
    """A row of a list. `line` counts all rows of the file from 1, the headings included."""

    line: int
    cells: Mapping[Column, str]
    surplus: bool = False  # has more cells than there are headings

    def text(self, column: Column) -> str:
        """Return a cell, empty where there is no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Numbered:
    """A row with its reference. `twin` is an earlier row with the same reference or content."""

    row: Row
    reference: str
    twin: Row | None
    own: bool  # the reference is the sender's own


@dataclass(frozen=True)
class Table:
    """A list that could be read: what its columns are called, which are left out, its rows."""

    headings: Mapping[Column, str]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]


def table(content: bytes) -> Table:
    """Return the rows of a file, or raise `InvalidError` when it is another kind of list."""
    rows = list(_rows(_decoded(content)))
    if not rows:
        raise InvalidError("file", "Filen är tom.")
    headings = rows[0]
    if len(headings) == 1:
        raise InvalidError(
            "file",
            "Rubrikraden har ingen kolumn som skiljs av med semikolon. Spara listan som CSV med"
            " semikolon mellan kolumnerna.",
        )
    found = _columns(headings)
    records = [
        _row(line, cells, found, width=len(headings))
        for line, cells in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not records:
        raise InvalidError("file", "Listan har inga rader under rubrikraden.")
    return Table(
        {column: shown(headings[place]) for place, column in found.items()},
        tuple(shown(h) for place, h in enumerate(headings) if h.strip() and place not in found),
        tuple(records),
    )


def numbered(rows: Sequence[Row]) -> list[Numbered]:
    """Return each row with what tells it from all others of its sender, the same in every run.

    The sender's own reference, or a SHA-256 of the content: neither the running number nor the
    order of columns is part of it. Rows with the same content are counted.
    """
    seen: dict[str, list[Row]] = {}
    found = []
    for row in rows:
        own = row.text(Column.REFERENCE)
        name = own or _fingerprint(row)
        twins = seen.setdefault(name, [])
        twin = twins[0] if twins else None
        twins.append(row)
        found.append(Numbered(row, own or f"{name}-{len(twins)}", twin, own=bool(own)))
    return found


def content(row: Row) -> tuple[tuple[Column, str], ...]:
    """Return what a row says, without its numbers; decimal point and comma are the same."""
    return tuple(
        (column, text.replace(",", ".") if column in _POSITION else text)
        for column, text in sorted(row.cells.items())
        if text and column not in _NOT_CONTENT
    )


_POSITION = (Column.LATITUDE, Column.LONGITUDE)


def shown(text: str) -> str:
    """Return a text from a file as it may be repeated: one short line, no personal number."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    safe = privacy.redacted(line)
    return safe if len(safe) <= LONGEST_SHOWN else safe[: LONGEST_SHOWN - 1] + "…"


def _fingerprint(row: Row) -> str:
    said = "\x1e".join(f"{column}\x1f{text}" for column, text in content(row))
    return hashlib.sha256(said.encode()).hexdigest().translate(_LETTERS)


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidError("file", "Filen är större än 20 MB. Dela listan i flera.")
    if content.startswith(b"PK\x03\x04"):
        raise InvalidError(
            "file", "Filen är ett Excelark. Spara listan som CSV UTF-8 (semikolonavgränsad)."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(
            "file",
            "Filen är inte sparad som UTF-8. Spara listan som CSV UTF-8 (semikolonavgränsad).",
        ) from error


def _rows(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 0
    try:
        for line, cells in enumerate(reader, start=1):
            if line > MAX_ROWS + 1:
                raise InvalidError("file", f"Listan har fler än {MAX_ROWS} rader. Dela den.")
            yield cells
    except csv.Error as error:
        raise InvalidError(
            "file",
            f"Rad {line + 1} går inte att läsa: ett citattecken saknas, eller står fel.",
        ) from error


def _columns(headings: Sequence[str]) -> dict[int, Column]:
    """Return place → column for the headings that are known, or raise `InvalidError`."""
    meaning = {word: column for column, words in HEADINGS.items() for word in words}
    found: dict[int, Column] = {}
    for place, heading in enumerate(headings):
        column = meaning.get(_plain(heading))
        if column is None:
            continue
        if column in found.values():
            other = next(headings[p] for p, c in found.items() if c == column)
            raise InvalidError(
                column,
                f"Två kolumner betyder samma sak: ”{shown(other)}” och ”{shown(heading)}”."
                " Ta bort den ena, eller ge den en annan rubrik.",
            )
        found[place] = column
    for column in REQUIRED:
        if column not in found.values():
            wanted = " eller ".join(word.capitalize() for word in HEADINGS[column])
            raise InvalidError(
                column,
                f"Listan saknar en kolumn. Rubriken ska vara {wanted}. Rubrikerna i filen är:"
                f" {', '.join(shown(heading) for heading in headings)}.",
            )
    return found


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFC", heading)
    return " ".join(text.split()).casefold().rstrip(" .:")


def _row(line: int, cells: Sequence[str], found: Mapping[int, Column], *, width: int) -> Row:
    texts = [" ".join(unicodedata.normalize("NFC", cell).split()) for cell in cells]
    return Row(
        line,
        {column: texts[place] if place < len(texts) else "" for place, column in found.items()},
        surplus=any(texts[width:]),
    )
