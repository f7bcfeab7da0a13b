"""Numbers of a workbook as text: dates and clocks as a person sees them, decimals with a point."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto

from lagesbild.exchange.rules.lists.columns import Column, clean


class Form(Enum):
    """What a number format shows."""

    PLAIN = auto()
    DATE = auto()
    TIME = auto()
    MOMENT = auto()


@dataclass(frozen=True, slots=True)
class Native:
    """A number, or a date in ISO form, and how it is shown."""

    text: str
    form: Form


Cell = str | Native

# Formats that every workbook has without writing them down. [ECMA-376 part 1, 18.8.30]
BUILT_IN: Mapping[str, Form] = {
    **{str(number): Form.DATE for number in (*range(14, 18), *range(27, 37), *range(50, 59))},
    **{str(number): Form.TIME for number in (*range(18, 22), *range(45, 48))},
    "22": Form.MOMENT,
}
_LITERAL = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\[\]]*\]', re.DOTALL | re.IGNORECASE
)
_CLOCK = re.compile(r"h|s|\[m|am/pm|a/p")
_NUMBER = re.compile(r"[-+]?\d{1,400}(?:\.\d{0,400})?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_ISO = re.compile(r"(?:(\d{4}-\d\d-\d\d)T?)?(?:(\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?Z?)?", re.ASCII)
_SAYS_WHEN = (Column.DATE, Column.MOMENT, Column.UNTIL)
_SAYS_CLOCK = (Column.TIME, Column.UNTIL)
_LONGEST_CODE = 255  # Excel's limit
_DAY_SECONDS = 86_400
_LAST_MINUTE = 1_439
_DIGITS = 15  # what a float holds for certain, and what Excel shows
_LEAP = 60  # the serial of 29 February 1900, a day that only Excel knows
_LATEST = 2_958_465  # 31 December 9999
_BETWEEN_EPOCHS = 1_462  # days from Excel's epoch to the Macintosh's, 1 January 1904
_YEARS = range(2000, 2050)  # a number without a date's format is a day only in these


def form_of(code: str) -> Form:
    """Return what a number format shows."""
    shown = _LITERAL.sub("", code[:_LONGEST_CODE]).partition(";")[0].casefold()
    if "general" in shown or "standard" in shown:
        return Form.PLAIN
    has_clock = bool(_CLOCK.search(shown))
    has_date = "y" in shown or "d" in shown or ("m" in shown and not has_clock)
    if has_date:
        return Form.MOMENT if has_clock else Form.DATE
    return Form.TIME if has_clock else Form.PLAIN


def written(cell: Cell, column: Column | None, *, from_1904: bool) -> str:
    """Return a cell as text: 2026-01-18, 19:20 or both, a whole number without decimals."""
    if isinstance(cell, str):
        return cell
    text = cell.text
    if not _NUMBER.fullmatch(text):
        return _iso(text, cell.form)
    value = float(text)
    if cell.form is Form.PLAIN:
        return _unformatted(value, column, from_1904=from_1904) or _number(text)
    return _moment(value, cell.form, column, from_1904=from_1904) or _number(text)


def _unformatted(value: float, column: Column | None, *, from_1904: bool) -> str:
    """Return the day or clock that a bare number is in a column of such, or nothing."""
    if column in _SAYS_CLOCK and 0 < value < 1:
        return _moment(value, Form.TIME, column, from_1904=from_1904)
    if column not in _SAYS_WHEN or not 1 < value < _LATEST:
        return ""
    day = _day(int(value), from_1904=from_1904)
    if day is None or day.year not in _YEARS:
        return ""
    return _moment(value, Form.DATE, column, from_1904=from_1904)


def _moment(value: float, form: Form, column: Column | None, *, from_1904: bool) -> str:
    """Return a serial number of days as text; nothing where it is no day that exists."""
    if not 0 <= value < _LATEST + 1:
        return ""
    days, seconds = divmod(round(value * _DAY_SECONDS), _DAY_SECONDS)
    # To the nearest minute, but never into the next day.
    minutes = min((seconds + 30) // 60, _LAST_MINUTE)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    if form is Form.TIME and column is Column.TIME and value == 1:
        return "24:00"
    if days == 0 or (form is Form.TIME and column is Column.TIME):
        return clock if form is not Form.DATE or minutes else ""
    day = _day(days, from_1904=from_1904)
    shown = day.isoformat() if day else ""
    # Many programs write each day as a moment at midnight; a column of days means the day.
    is_day = not minutes and (form is Form.DATE or column is Column.DATE)
    return shown if is_day or not day else f"{shown} {clock}"


def _day(days: int, *, from_1904: bool) -> date | None:
    if from_1904:
        days += _BETWEEN_EPOCHS
    if days == _LEAP or days > _LATEST:
        return None
    return date(1899, 12, 30) + timedelta(days=days if days > _LEAP else days + 1)


def _number(text: str) -> str:
    """Return a number without exponent and without digits that only the float has."""
    if text.isdigit() and len(text) <= _DIGITS:
        return text
    value = float(text)
    if math.isinf(value):
        return text
    short = format(value, f".{_DIGITS}g")
    if "e" in short:
        short = format(Decimal(short), "f")
    return "0" if short == "-0" else short


def _iso(text: str, form: Form) -> str:
    """Return a date in ISO form without seconds; anything else as it is."""
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()):
        return clean(text)
    day, clock = found.groups()
    if day and (clock is None or (clock == "00:00" and form in (Form.DATE, Form.PLAIN))):
        return str(day)
    return " ".join(filter(None, [day, clock]))
