"""When something happened, from what the police write: `18 november 21.05`."""

import re
from datetime import UTC, datetime, timedelta, timezone

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import TimePrecision

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
EARLIEST_YEAR, LAST_YEAR = 2000, 2200
MIDNIGHT = 24  # the hour that some write for the end of a day
_PUBLISHED = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[T ]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?"
    r"(?:[.,][0-9]+)?\s*(Z|([+-])([0-9]{1,2}):?([0-9]{2}))?"
)
_SAID = re.compile(r"([0-9]{1,2}) +([a-zåäö]+)(?: +(?:kl\.? *)?([0-9]{1,2})[.:]([0-9]{2}))?")


def published(text: object) -> datetime:
    """Return when an event was published, in UTC; the hour may lack its zero, the time its zone."""
    found = _PUBLISHED.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise InvalidError(
            "datetime", "Händelsen saknar tid eller har en tid som inte går att läsa."
        )
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    try:
        wall = datetime(year, month, day, hour, minute, int(found[6] or 0), tzinfo=STOCKHOLM)
        moment = wall.replace(tzinfo=_zone(found)).astimezone(UTC) if found[7] else wall
    except (ValueError, OverflowError) as error:
        raise InvalidError("datetime", "Händelsens tid finns inte.") from error
    if not EARLIEST_YEAR <= year <= LAST_YEAR:
        raise InvalidError("datetime", "Händelsens år är inte rimligt.")
    return moment.astimezone(UTC)


def _zone(found: re.Match[str]) -> timezone:
    if found[7] == "Z":
        return UTC
    ahead = timedelta(hours=int(found[9]), minutes=int(found[10]))
    return timezone(-ahead if found[8] == "-" else ahead)


def occurred(text: str, *, published_at: datetime) -> tuple[datetime, TimePrecision]:
    """Return when something happened, in UTC, and how well that is known.

    The year is not said: it is the one that lies nearest to the publishing. Without a clock time
    it is the beginning of the day; what cannot be read happened when it was published.
    """
    found = _SAID.fullmatch(" ".join(text.split()).casefold())
    if found is None or found[2] not in MONTHS:
        return published_at, TimePrecision.UNKNOWN
    day, month = int(found[1]), MONTHS.index(found[2]) + 1
    hour, minute = int(found[3] or 0), int(found[4] or 0)
    near = published_at.astimezone(STOCKHOLM).year
    candidates = [
        moment
        for year in (near - 1, near, near + 1)
        for fold in (1, 0)
        if (moment := _moment((year, month, day), hour, minute, fold=fold)) is not None
    ]
    if not candidates:
        return published_at, TimePrecision.UNKNOWN
    # Something is published after it happened: of an hour that exists twice, the one before.
    chosen = min(candidates, key=lambda m: (m > published_at, abs(m - published_at)))
    nearest = min(candidates, key=lambda m: abs(m - published_at))
    if abs(chosen - nearest) > timedelta(days=1):
        chosen = nearest  # told for tomorrow, not for a year ago
    if found[3] is None:
        return chosen, TimePrecision.DAY
    wall = chosen.astimezone(STOCKHOLM)
    exists = (wall.hour, wall.minute) == (hour % MIDNIGHT, minute)
    return chosen, TimePrecision.EXACT if exists else TimePrecision.HOUR


def _moment(date: tuple[int, int, int], hour: int, minute: int, *, fold: int) -> datetime | None:
    """Return a Swedish wall-clock time in UTC, or None for a day or time that there is not."""
    is_end = hour == MIDNIGHT and minute == 0
    try:
        wall = datetime(*date, 0 if is_end else hour, minute, tzinfo=STOCKHOLM, fold=fold)
    except ValueError:
        return None
    return (wall + timedelta(days=1) if is_end else wall).astimezone(UTC)
