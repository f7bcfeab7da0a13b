"""Swedish days on which a meeting may not suit: holidays, their eves, and the days between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays
from holidays.constants import BANK, DE_FACTO, OPTIONAL, PUBLIC

HALF_DAY = " (från kl. 14.00)"  # how the library ends the names of eves
SQUEEZED = "Klämdag"
WORKING_DAYS = 5


@dataclass(frozen=True)
class Day:
    """What a day is called, and whether a group would rather not meet on it."""

    name: str
    is_off: bool


def day_of(day: date) -> Day | None:
    """Return what the calendar says of a day, or None for an ordinary one.

    Holidays and the eves that are treated like them are off, and so are the other eves; days
    before an eve and squeezed ones are only worth knowing.
    """
    return _days(day.year).get(day)


def suggested(day: date, *, earliest: date) -> date | None:
    """Return the nearest working day of the same ISO week, or None: then skip the meeting.

    Of two as near it is the later one, when the week is over, unless that one is squeezed.
    """
    monday = day - timedelta(days=day.weekday())
    week = (monday + timedelta(days=n) for n in range(WORKING_DAYS))
    fit = [each for each in week if each >= earliest and each != day and not _is_off(each)]
    return min(
        fit, key=lambda each: (abs(each - day), _is_squeezed(each), day - each), default=None
    )


def _is_off(day: date) -> bool:
    found = day_of(day)
    return found is not None and found.is_off


def _is_squeezed(day: date) -> bool:
    found = day_of(day)
    return found is not None and found.name == SQUEEZED


@cache
def _days(year: int) -> Mapping[date, Day]:
    """Return the days of a year that have a name; what is off hides what is only known."""
    found: dict[date, Day] = {}
    for categories in ((BANK,), (OPTIONAL,), (PUBLIC, DE_FACTO)):
        is_off = BANK not in categories
        for day, name in _named(year, categories).items():
            said = name.replace(HALF_DAY, "").replace("; ", " och ")
            found[day] = Day(said, is_off and said != SQUEEZED)
    return found


def _named(year: int, categories: tuple[str, ...]) -> Mapping[date, str]:
    return country_holidays("SE", years=year, categories=categories, language="sv")
