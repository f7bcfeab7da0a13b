"""What a column of a list may hold, and a row of it."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lagesbild.base import privacy

LONGEST_SHOWN = 100
_MOST_LOOKED_AT = 10 * LONGEST_SHOWN  # what is taken out of a text never leaves a tenth of it
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Marks above and below one letter, as Unicode's stream-safe format allows them. [UAX 15, 13]
_MOST_MARKS = 30
_MAYBE_MARKS = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")


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
        text = unicodedata.normalize("NFC", _safe(text))
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())


def _safe(text: str) -> str:
    """Return a text without more marks on a letter than its composition can sort quickly."""
    return _MAYBE_MARKS.sub(_few_marks, text) if len(text) > _MOST_MARKS else text


def _few_marks(found: re.Match[str]) -> str:
    run = found[0]
    return run[:_MOST_MARKS] if any(map(unicodedata.combining, set(run))) else run


def shown(text: str) -> str:
    """Return a text from a file as it may be repeated: one short line, no personal number."""
    return privacy.shown(text[:_MOST_LOOKED_AT], LONGEST_SHOWN)


def plain(heading: str) -> str:
    """Return a heading as it is remembered: neither case, spaces nor a last full stop count."""
    return _compared(shown(heading))


def plain_among(heading: str, names: Collection[str]) -> str:
    """Return the same for a heading that is looked up among names like it.

    Personal numbers are looked for only where a name had one: that takes most of the time.
    """
    if any(privacy.REMOVED in name for name in names):
        return plain(heading)
    if not heading.isprintable():
        heading = "".join(sign if sign.isprintable() else " " for sign in heading)
    line = " ".join(heading.split())
    return _compared(line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…")


def _compared(line: str) -> str:
    return clean(line).casefold().rstrip(" .:")
