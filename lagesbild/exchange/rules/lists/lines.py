"""A row of a file before anybody knows what its columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists.natives import Cell

MAX_COLUMNS = 200
LAST_COLUMN = 16_384  # Excel's, for every kind of file
LAST_ROW = 1_048_576  # Excel's, for every kind of file: blank rows are counted too
LONGEST_CELL = 32_767  # Excel's own limit, and the reader's for every kind of file


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its number and the cells that are not empty, by place from 0."""

    number: int
    cells: Mapping[int, Cell]
    hidden: bool = False
    unvalued: bool = False  # has a formula whose value was never saved
    wide: bool = False  # has cells beyond the columns that are read
    hidden_columns: frozenset[int] = frozenset()


def too_long(where: str) -> InvalidError:
    """Return the refusal of a cell that is longer than Excel allows."""
    return InvalidError(
        "file", f"En cell {where} är längre än 32 767 tecken. Korta den, eller ta bort den."
    )
