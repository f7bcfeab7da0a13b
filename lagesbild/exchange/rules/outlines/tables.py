"""A table that says which district each small area belongs to, as a text file with columns."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError

SEPARATORS = ";\t,"
MAX_BYTES = 5_000_000  # all of Sweden's DeSO with their RegSO are 0.5 MB


@dataclass(frozen=True)
class Table:
    """The columns of a table, and its rows as column → text."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def values(self, column: str) -> set[str]:
        """Return what stands in a column."""
        return {row[column] for row in self.rows} - {""}


def table(content: bytes, *, field: str = "group_by_file") -> Table:
    """Read a table: the first line that has two columns or more names them.

    `field` is what an `InvalidError` blames.
    """
    if len(content) > MAX_BYTES:
        raise InvalidError(field, "Tabellen är större än 5 MB. Ta med bara kommunens.")
    lines = [line for line in _text(content).splitlines() if line.strip()]
    separator = max(SEPARATORS, key=lambda sign: max((x.count(sign) for x in lines), default=0))
    try:
        cells = [[_clean(cell) for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise InvalidError(field, "Tabellen går inte att läsa som CSV.") from error
    filled = [row for row in cells if any(row)]
    start = next((n for n, row in enumerate(filled) if sum(map(bool, row)) > 1), None)
    if start is None:
        raise InvalidError(
            field,
            "Tabellen har ingen rubrikrad med minst två kolumner. Spara den som CSV.",
        )
    columns = filled[start]
    named = {name: place for place, name in reversed(list(enumerate(columns))) if name}
    return Table(
        tuple(name for name in columns if name),
        tuple(
            {name: _at(row, place) for name, place in named.items()} for row in filled[start + 1 :]
        ),
    )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").replace("\0", "")


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
