"""Time. Stored in UTC, counted in periods of seven Swedish days."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lagesbild.base.errors import InvalidError, SetupError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = 12
NOONS = ("2026-03-28T11:00", "2026-03-29T10:00", "2026-10-25T11:00")  # on the wall, as UTC has them
THURSDAY = 3  # the default of a group, 0 = Monday
WEEK_NAME = re.compile(r"((?:19|20|21)[0-9]{2})-W([0-9]{2})")
DAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
MONTHS = ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def check_zone() -> None:
    """Raise `SetupError` where the machine's zone data is wrong: all would go at a wrong hour."""
    for noon in NOONS:
        if datetime.fromisoformat(f"{noon}Z").astimezone(STOCKHOLM).hour != NOON:
            raise SetupError(
                "Datorns data om tidszoner är fel eller gamla: sommartiden stämmer inte."
                " Uppdatera dem (paketet tzdata) och starta om."
            )


@dataclass(frozen=True, order=True)
class Period:
    """Seven days of Swedish local time, named by the ISO week of the meeting that closes them."""

    first_day: date

    @classmethod
    def of(cls, moment: datetime, *, weekday: int = THURSDAY) -> "Period":
        """Return the period that holds an aware moment and begins on a weekday, 0 = Monday."""
        day = moment.astimezone(STOCKHOLM).date()
        return cls(day - timedelta(days=(day.weekday() - weekday) % 7))

    @classmethod
    def named(cls, name: str, *, weekday: int = THURSDAY) -> "Period":
        """Return the period called `2026-W47`, or raise `InvalidError`."""
        match = WEEK_NAME.fullmatch(name)
        year, week = (int(match[1]), int(match[2])) if match else (0, 0)  # there is no year 0
        try:
            meeting = date.fromisocalendar(year, week, weekday + 1)
            return cls(meeting - timedelta(days=7))
        except (ValueError, OverflowError) as error:
            raise InvalidError(
                "week", "Veckan finns inte. Skriv den som 2026-W47: år, W och veckans nummer."
            ) from error

    @property
    def name(self) -> str:
        """The ISO week of the closing meeting: `2026-W47`."""
        year, week, _ = self.meeting_day.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def week(self) -> int:
        """The number of the ISO week, as people say it."""
        return self.meeting_day.isocalendar().week

    @property
    def meeting_day(self) -> date:
        """The day after the last one, when the group meets."""
        return self.first_day + timedelta(days=7)

    @property
    def last_day(self) -> date:
        """The seventh day."""
        return self.first_day + timedelta(days=6)

    @property
    def start(self) -> datetime:
        """Midnight before the first day, Swedish time."""
        return datetime.combine(self.first_day, time.min, STOCKHOLM)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer in the period."""
        return datetime.combine(self.meeting_day, time.min, STOCKHOLM)

    def previous(self, count: int = 1) -> "Period":
        """Return the period `count` periods earlier."""
        return Period(self.first_day - timedelta(days=7 * count))

    def a_year_earlier(self) -> "Period":
        """Return the period 364 days back, so that weekdays match."""
        return self.previous(52)


def day_text(day: date, *, seen: datetime | None = None) -> str:
    """Return a day as people write it: `tors 19 nov`, with the year when seen in another."""
    year = f" {day.year}" if seen and day.year != seen.astimezone(STOCKHOLM).year else ""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def moment_text(moment: datetime, *, seen: datetime | None = None) -> str:
    """Return a moment in Swedish local time: `tors 19 nov kl. 15.04`, likewise."""
    local = moment.astimezone(STOCKHOLM)
    return f"{day_text(local.date(), seen=seen)} kl. {local.hour}.{local.minute:02d}"


def period_text(period: Period) -> str:
    """Return the days of a period: `tors 12 nov – ons 18 nov 2026`."""
    first, last = period.first_day, period.last_day
    year = f" {first.year}" if first.year != last.year else ""
    return f"{day_text(first)}{year} – {day_text(last)} {last.year}"
