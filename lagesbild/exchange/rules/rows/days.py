"""The day at the beginning of a cell, in the ways that Swedish lists write it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lagesbild.base.errors import InvalidError

EARLIEST, LATEST = date(1900, 1, 2), date(2200, 1, 1)
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
WEEKDAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
CENTURY_2000, CENTURY_1900 = 49, 70  # 00–49 and 70–99; between them a year has no sure century
SHORTEST_MONTH = 3  # letters of an abbreviation

_PREFIX = re.compile(
    rf"(?:({'|'.join(WEEKDAYS)})(?:dag(?:en)?)?\.?,?\s+)?(?:den\s+)?", re.IGNORECASE
)
_END = r"(?=$|[\sT,])"  # a day is never the beginning of a longer number


@dataclass(frozen=True)
class Day:
    """A day, and what follows it in the same cell: nothing, or a time, `T08:00` with its T."""

    day: date
    rest: str = ""
    notes: tuple[str, ...] = ()


def read(text: str) -> Day:
    """Return the day that a text begins with, or raise `InvalidError` for the field `date`."""
    if not text:
        raise _wrong("Datumet saknas.")
    prefix = _PREFIX.match(text)
    body = text[prefix.end() :] if prefix else text
    for pattern, reading in _FORMS:
        found = pattern.match(body)
        if found:
            day, notes = reading(found)
            said = prefix[1] if prefix else None
            if said and WEEKDAYS[day.weekday()] != said.lower():
                notes = (*notes, "Veckodagen stämmer inte med datumet; datumet används.")
            rest = body[found.end() :].strip(" ,")
            return Day(day, rest, notes)
    raise _wrong("Datumet går inte att läsa. Skriv det som 2026-01-31.")


def _wrong(sentence: str) -> InvalidError:
    return InvalidError("date", sentence)


_Reading = tuple[date, tuple[str, ...]]


def _plain(found: re.Match[str]) -> _Reading:
    return _day(_year(found["y"]), int(found["m"]), int(found["d"])), ()


def _named_month(found: re.Match[str]) -> _Reading:
    return _day(_year(found["y"]), _month(found["month"]), int(found["d"])), ()


def _day_first(found: re.Match[str]) -> _Reading:
    """Read 03/04/2026, which other countries write with the month first."""
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    if day <= len(MONTHS) < month and found["sep"] != ".":
        raise _wrong(
            "Datumet verkar stå med månaden först. Skriv det som 2026-01-31: år, månad, dag."
        )
    read_as = _day(year, month, day)
    doubtful = day != month and day <= len(MONTHS) and found["sep"] != "."
    return read_as, (f"Läst som {day} {MONTHS[month - 1]} {year}.",) if doubtful else ()


def _three_pairs(found: re.Match[str]) -> _Reading:
    """Read 31.1.26 when only one order makes a day of it."""
    first, middle, last = found["a"], found["b"], found["c"]
    orders = [(last, middle, first)]
    if len(first) == len("26"):
        orders.append((first, middle, last))
    if found["sep"] == "/":
        orders.append((last, first, middle))
    days = {day for order in orders if (day := _possible(*order))}
    if len(days) == 1:
        return days.pop(), ()
    raise _wrong("Datumet går att läsa på flera sätt. Skriv det som 2026-01-31, med fyra siffror.")


def _no_year(found: re.Match[str]) -> _Reading:
    if "month" in found.groupdict():
        _month(found["month"])
    raise _wrong("Årtalet saknas. Skriv datumet som 2026-01-31.")


def _possible(year: str, month: str, day: str) -> date | None:
    try:
        return _day(_year(year), int(month), int(day))
    except InvalidError:
        return None


def _month(word: str) -> int:
    found = [n for n, name in enumerate(MONTHS, start=1) if name.startswith(word.lower())]
    if len(found) != 1 or len(word) < SHORTEST_MONTH:
        raise _wrong("Månaden går inte att läsa. Skriv datumet som 2026-01-31.")
    return found[0]


def _year(text: str) -> int:
    year = int(text)
    if len(text) > len("26"):
        return year
    if CENTURY_2000 < year < CENTURY_1900:
        raise _wrong("Årtalet har bara två siffror och kan tydas olika. Skriv fyra siffror.")
    return year + (2000 if year <= CENTURY_2000 else 1900)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise _wrong("Datumet finns inte i kalendern.") from error
    if not EARLIEST <= found < LATEST:
        raise _wrong("Året är inte rimligt.")
    return found


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + _END, re.ASCII)


# A year of two digits after a blank could be an hour: it must have a dash or an apostrophe.
_APART = r"(?:\s*-\s*|,\s*|\s+)"
_SURE_YEAR = r"'?(?P<y>\d{4}|(?<=[-'])\d{2}|(?<=-\s)\d{2})"
_MONTH = r"(?P<d>\d{1,2})(?:\.|:?[ae])?\s*(?P<month>[a-zA-ZåäöÅÄÖ]+)\.?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Reading]], ...] = (
    (_form(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"), _plain),
    (_form(r"(?P<y>\d{4}|\d{2})(?P<m>\d{2})(?P<d>\d{2})"), _plain),
    (_form(r"(?P<d>\d{1,2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})"), _day_first),
    (_form(r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{2})"), _three_pairs),
    (_form(rf"(?P<d>\d{{1,2}})\s*/\s*(?P<m>\d{{1,2}}){_APART}{_SURE_YEAR}"), _plain),
    (_form(rf"{_MONTH}{_APART}?{_SURE_YEAR}"), _named_month),
    (_form(_MONTH), _no_year),
    (_form(r"\d{1,2}\s*/\s*\d{1,2}"), _no_year),
)
