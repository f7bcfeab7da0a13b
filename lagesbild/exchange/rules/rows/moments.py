"""When a row of a list happened. Lists tell Swedish local time; the answer is UTC."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.rows import days, times
from lagesbild.exchange.rules.rows.days import Day
from lagesbild.exchange.rules.rows.times import HOUR, WHOLE_DAY, Times
from lagesbild.incidents.rules import TimePrecision

UNREADABLE = "Klockslaget går inte att läsa. Skriv det som 21:05."
ABOUT = "Klockslaget är ungefärligt."
TWO_TIMES = "Raden har två klockslag; det i kolumnen för tid används."
UNTIL_IN_WORDS = "Sluttiden står i ord och räknas inte."

# ISO 8601 with an offset from UTC. West of Greenwich is not read: 22:30-23:15 is a stretch of time.
_EXACT = re.compile(
    r"T?(\d{2}):?(\d{2})(?::?\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|\+(\d{2}):?(\d{2})?)", re.ASCII
)


@dataclass(frozen=True)
class Moment:
    """When it happened, how well that is known, and what was decided where it was not clear."""

    occurred_from: datetime
    occurred_to: datetime | None
    precision: TimePrecision
    notes: tuple[str, ...] = ()


def moment(date: str, time: str = "", *, until: str = "") -> Moment:
    """Return when a row happened; `date` may hold the whole moment in one cell.

    Raises `InvalidError` for the field `date`, `time` or `until`.
    """
    date, time, until = _plain(date), _plain(time), _plain(until)
    if not date and times.read(time) is None:
        date, time = time, ""  # the column for time holds the whole moment
    begun = _begun(days.read(date), time)
    return _ended(begun, until) if until else begun


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _begun(day: Day, text: str) -> Moment:
    outer, exact = _times(text, "time"), _exact(day)
    if exact is not None and outer.start is None:
        return Moment(exact, None, TimePrecision.EXACT, (*day.notes, *outer.notes))
    if exact is not None:
        day = _swedish(exact, day.notes)
    if day.rest.startswith("T") and "-" in day.rest:
        raise InvalidError("date", UNREADABLE)
    inner = _times(day.rest.removeprefix("T"), "date")
    told = inner if outer.start is None else outer
    notes = (*day.notes, *inner.notes, *outer.notes)
    if outer.start is not None and inner.start not in (None, 0, outer.start):
        notes = (*notes, TWO_TIMES)
    if told.about:
        notes = (*notes, ABOUT)
    return _local(day.day, told, notes)


def _exact(day: Day) -> datetime | None:
    """Return the moment of a cell that tells its own offset from UTC."""
    found = _EXACT.fullmatch(day.rest)
    if not found:
        return None
    hour, minute, hours, minutes = map(int, found.groups(default="0"))
    try:
        clock = time(hour, minute, tzinfo=timezone(timedelta(hours=hours, minutes=minutes)))
    except ValueError as error:
        raise InvalidError("date", UNREADABLE) from error
    return datetime.combine(day.day, clock).astimezone(UTC)


def _swedish(exact: datetime, notes: tuple[str, ...]) -> Day:
    """Return the day of a moment; programs write a day alone as its midnight, or as UTC's."""
    local = exact.astimezone(STOCKHOLM)
    return Day(local.date(), f"{local:%H:%M}" if exact.time() != time.min else "", notes)


def _times(text: str, field: str) -> Times:
    found = times.read(text)
    if found is None:
        raise InvalidError(field, UNREADABLE)
    return found


def _local(day: date, told: Times, notes: tuple[str, ...]) -> Moment:
    """Return a moment of a day. A time that does not exist leaves the day."""
    precision = TimePrecision.DAY
    if told.start is not None:
        precision = TimePrecision.HOUR if told.about else TimePrecision.EXACT
    if told.end is not None:
        precision = TimePrecision.WINDOW
    start, note = _at(day, told.start or 0)
    end, end_note = (None, "") if told.end is None else _at(day, told.end)
    if start is None or (told.end is not None and end is None):
        missing = f"{end_note if start else note}; bara dagen används."
        midnight = _utc(datetime.combine(day, time.min))
        return Moment(midnight, None, TimePrecision.DAY, _notes(notes, missing))
    return Moment(start, end, precision, _notes(notes, note, end_note))


def _at(day: date, minutes: int) -> tuple[datetime | None, str]:
    """Return a moment of Swedish local time, the first of two; None when there is none."""
    clock = time(minutes % WHOLE_DAY // HOUR, minutes % HOUR)
    local = datetime.combine(day + timedelta(days=minutes // WHOLE_DAY), clock)
    found = _utc(local)
    if found.astimezone(STOCKHOLM).replace(tzinfo=None) != local:
        return None, f"Klockslaget {local:%H:%M} finns inte den dagen, då klockan ställdes fram"
    if found != _utc(local.replace(fold=1)):
        return found, f"Klockslaget {local:%H:%M} finns två gånger den dagen; det första används."
    return found, ""


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def _ended(begun: Moment, text: str) -> Moment:
    """Return a moment that goes on until the time or the moment that a text says."""
    if not any(sign.isdigit() for sign in text):
        unsaid = times.read(text) == Times()
        return replace(begun, notes=_notes(begun.notes, "" if unsaid else UNTIL_IN_WORDS))
    end, note = _end(begun, text)
    notes = _notes(begun.notes, f"{note}; sluttiden räknas inte." if note and not end else note)
    if end is None or end == begun.occurred_from:
        return replace(begun, notes=notes)
    if end < begun.occurred_from:
        raise InvalidError("until", "Sluttiden ligger före starttiden. Byt plats på dem.")
    return Moment(begun.occurred_from, end, TimePrecision.WINDOW, notes)


def _end(begun: Moment, text: str) -> tuple[datetime | None, str]:
    start = begun.occurred_from.astimezone(STOCKHOLM)
    clock = times.read(text)
    if clock is not None and clock.start is not None:
        end = clock.start if clock.end is None else clock.end
        is_next_day = end < start.hour * HOUR + start.minute
        return _at(start.date(), end + WHOLE_DAY if is_next_day else end)
    try:
        last = days.read(text)
        exact, clock = _exact(last), times.read(last.rest.removeprefix("T"))
    except InvalidError as error:
        raise InvalidError("until", f"Sluttiden: {error}") from error
    if exact is None and clock is None:
        raise InvalidError("until", "Sluttiden går inte att läsa. Skriv den som 21:05.")
    if clock is None:
        return exact, ""
    if clock.start is None and last.day == start.date():
        return None, ""  # the day itself, told twice
    found, note = _at(last.day, WHOLE_DAY - 1 if clock.start is None else clock.start)
    return found, " ".join(filter(None, [*last.notes, note]))


def _notes(notes: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*notes, *filter(None, more)]))
