"""What a column of a list may hold, and a row of it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lagesbild.base import privacy

LONGEST_SHOWN = 100
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Column(StrEnum):
    """What a column of a list may hold.

    `LATITUDE` and `LONGITUDE` may be metres too; the values tell which of the two is which.
    """

    NUMBER = "running number"
    REFERENCE = "source_ref"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"  # date and time in one cell
    UNTIL = "until"
    CATEGORY = "category"
    PLACE = "place_text"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    POSITION = "position"  # both in one cell
    DISTRICT = "district"
    MUNICIPALITY = "municipality"
    SUMMARY = "summary"
    REPORTER = "reporter_role"


# What a person calls each one, on a form and in `--column "Rubrik=typ"`.
NAMES: Mapping[Column, str] = {
    Column.NUMBER: "löpnummer",
    Column.REFERENCE: "referens",
    Column.DATE: "datum",
    Column.TIME: "klockslag",
    Column.MOMENT: "tidpunkt",
    Column.UNTIL: "till",
    Column.CATEGORY: "typ",
    Column.PLACE: "plats",
    Column.LATITUDE: "nord",
    Column.LONGITUDE: "öst",
    Column.POSITION: "läge",
    Column.DISTRICT: "kommundel",
    Column.MUNICIPALITY: "kommun",
    Column.SUMMARY: "beskrivning",
    Column.REPORTER: "rapportör",
}


@dataclass(frozen=True)
class Row:
    """A row of a list. `line` is the number that a person sees beside it."""

    line: int
    cells: Mapping[Column, str]
    surplus: bool = False  # has more cells than there are headings
    hidden: bool = False

    def text(self, column: Column) -> str:
        """Return a cell, empty where there is no such column."""
        return self.cells.get(column, "")


def clean(text: str) -> str:
    """Return a cell as one line of composed letters, without signs that control a machine."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())


def shown(text: str) -> str:
    """Return a text from a file as it may be repeated: one short line, no personal number."""
    return privacy.shown(text, LONGEST_SHOWN)


def plain(heading: str) -> str:
    """Return a heading as it is remembered: neither case, spaces nor a last full stop count."""
    return clean(shown(heading)).casefold().rstrip(" .:")
