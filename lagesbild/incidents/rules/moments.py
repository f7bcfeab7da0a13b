"""How the time of an incident is told, and what "last night" means."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from lagesbild.base.clock import STOCKHOLM, day_text
from lagesbild.incidents.rules import TimePrecision

NO_BREAK = "\N{NO-BREAK SPACE}"
EVENING, DAYS_END = time(18), time(23, 59)
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)
SURE = timedelta(hours=1)  # a time known within this is no uncertain one
VAGUE = (TimePrecision.DAY, TimePrecision.UNKNOWN)


class When(StrEnum):
    """What one says of the time when something is logged; only the last needs two times."""

    NOW = "nu"
    TODAY = "i-dag"
    NIGHT = "i-natt"
    EVENING = "i-gar-kvall"
    BETWEEN = "mellan"


class Span(NamedTuple):
    """When something happened, as it is stored (UTC)."""

    start: datetime
    end: datetime | None
    precision: TimePrecision


def span(when: When, at: datetime) -> Span:
    """Return what a quick choice means to somebody who makes it at a moment; never the future.

    The night is the last one that has begun: 22 to 6. Raises `ValueError` for "between".
    """
    local = at.astimezone(STOCKHOLM).replace(second=0, microsecond=0)
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    if when is When.NOW:
        return Span(local.astimezone(UTC), None, TimePrecision.EXACT)
    if when is When.TODAY:
        return Span(_utc(today, time.min), local.astimezone(UTC), TimePrecision.DAY)
    if when is When.EVENING:
        return Span(_utc(yesterday, EVENING), _utc(yesterday, DAYS_END), TimePrecision.WINDOW)
    if when is When.NIGHT:
        begins = today if local.time() >= NIGHT_BEGINS else yesterday
        ends = _utc(begins + timedelta(days=1), NIGHT_ENDS)
        return Span(
            _utc(begins, NIGHT_BEGINS), min(ends, local.astimezone(UTC)), TimePrecision.WINDOW
        )
    raise ValueError("two times are needed")


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, STOCKHOLM).astimezone(UTC)


def when_text(
    start: datetime,
    end: datetime | None,
    precision: TimePrecision,
    *,
    seen: datetime | None = None,
) -> str:
    """Return when something happened, no finer than it is known: `ons 18 nov kl. 20–21`.

    With the year, when it is seen in another.
    """
    first = start.astimezone(STOCKHOLM)
    last = end.astimezone(STOCKHOLM) if end else None
    day = day_text(first.date(), seen=seen)
    days = f"{day} – {day_text(last.date(), seen=seen)}" if last and _later(first, last) else day
    if precision is TimePrecision.UNKNOWN:
        text = f"{days}, osäker tid"
    elif precision is TimePrecision.DAY:
        text = days
    elif last and _later(first, last):
        text = f"{day} kl. {_hour(first)} – {day_text(last.date(), seen=seen)} kl. {_hour(last)}"
    elif last:
        text = f"{day} kl. {_hour(first)}–{_hour(last)}"
    elif precision is TimePrecision.HOUR:
        text = f"{day} kl. {first.hour}–{first.hour + 1}"
    else:
        text = f"{day} kl. {_hour(first)}"
    return text.replace(" ", NO_BREAK).replace(f"{NO_BREAK}–{NO_BREAK}", f"{NO_BREAK}– ")


def _later(first: datetime, last: datetime) -> bool:
    return last.date() > first.date()


def _hour(local: datetime) -> str:
    return f"{local.hour}.{local.minute:02d}"


def is_unsure(start: datetime, end: datetime | None, precision: TimePrecision) -> bool:
    """Whether a time is too wide to say at what hour something happened."""
    if end is None:
        return precision in (*VAGUE, TimePrecision.WINDOW)  # of a window one time is not enough
    return precision in VAGUE or end - start > SURE
