"""What one row of a list says: when, where, what."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import orjson

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import Column, Row
from lagesbild.incidents.rules import Draft, Facts, GeoJson, Part, Source, TimePrecision

EARLIEST, LATEST = date(1900, 1, 2), date(2200, 1, 1)
SOUTH_NORTH, WEST_EAST = (54, 70), (10, 25)  # Sweden: a latitude is never a longitude

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_DEGREES = re.compile(r"[-−]?\d{1,3}(?:[.,]\d{1,15})?", re.ASCII)
_METRES = re.compile(r"\d{4,8}(?:[.,]\d{1,15})?", re.ASCII)


@dataclass(frozen=True)
class Told:
    """A row in the program's words, and what was decided where the row was not clear."""

    draft: Draft
    note: str = ""


def told(row: Row, code: str, *, id_: UUID, part: Part, source_ref: str) -> Told:
    """Return what a row says, or raise `InvalidError` that names a column."""
    if row.surplus:
        raise InvalidError("", "Raden har fler celler än rubrikraden.")
    occurred_from, precision, time_note = _moment(row)
    place, place_note = _place(row)
    facts = Facts(
        code,
        severity=0,  # the category's own is put in when the draft is checked
        occurred_from=occurred_from,
        time_precision=precision,
        place=place,
        place_text=row.text(Column.PLACE),
    )
    draft = Draft(id_, facts, part, source=Source.LIST, source_ref=source_ref)
    return Told(draft, " ".join(filter(None, [time_note, place_note])))


def _moment(row: Row) -> tuple[datetime, TimePrecision, str]:
    day = _day(row.text(Column.DATE))
    text = row.text(Column.TIME)
    if not text:
        return _utc(datetime.combine(day, time.min, STOCKHOLM)), TimePrecision.DAY, ""
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
    if (hour, minute) == (24, 0):
        day, hour = day + timedelta(days=1), 0
    if hour > 23 or minute > 59:  # noqa: PLR2004 – a clock
        raise InvalidError(Column.TIME, "Klockslaget går inte att läsa. Skriv det som 21:05.")
    local = datetime.combine(day, time(hour, minute), STOCKHOLM)
    if _utc(local).astimezone(STOCKHOLM).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidError(
            Column.TIME, "Klockslaget finns inte den dagen, då klockan ställdes fram."
        )
    twice = local.utcoffset() != local.replace(fold=1).utcoffset()
    note = "Klockslaget finns två gånger den dagen; det första används." if twice else ""
    return _utc(local), TimePrecision.EXACT, note


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)


def _day(text: str) -> date:
    if not text:
        raise InvalidError(Column.DATE, "Datumet saknas.")
    found = _DATE.fullmatch(text)
    if not found:
        raise InvalidError(Column.DATE, "Datumet går inte att läsa. Skriv det som 2026-01-31.")
    try:
        day = date(*map(int, found.groups()))
    except ValueError as error:
        raise InvalidError(Column.DATE, "Datumet finns inte i kalendern.") from error
    if not EARLIEST <= day < LATEST:
        raise InvalidError(Column.DATE, "Året är inte rimligt.")
    return day


def _place(row: Row) -> tuple[GeoJson | None, str]:
    latitude = _degrees(row, Column.LATITUDE, limit=90)
    longitude = _degrees(row, Column.LONGITUDE, limit=180)
    if latitude is None and longitude is None:
        return None, ""
    if latitude is None or longitude is None:
        missing = Column.LATITUDE if latitude is None else Column.LONGITUDE
        raise InvalidError(missing, "Halva läget saknas. Fyll i båda värdena, eller inget.")
    if latitude == longitude == 0:
        return None, "Läget 0; 0 räknas som okänd plats."
    if _between(latitude, WEST_EAST) and _between(longitude, SOUTH_NORTH):
        raise InvalidError(Column.LATITUDE, "Latitud och longitud har bytt plats.")
    point = {"type": "Point", "coordinates": [longitude, latitude]}
    return GeoJson(orjson.dumps(point).decode()), ""


def _between(number: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= number <= limits[1]


def _degrees(row: Row, column: Column, *, limit: float) -> float | None:
    text = row.text(column)
    if not text:
        return None
    number = float(text.replace(",", ".").replace("−", "-")) if _DEGREES.fullmatch(text) else None
    if number is not None and abs(number) <= limit:
        return number
    if _METRES.fullmatch(text):
        raise InvalidError(
            column, "Läget verkar vara i meter. Listan ska ha grader (WGS 84), som 59,237410."
        )
    raise InvalidError(
        column, "Läget går inte att läsa. Skriv grader med decimaler, som 59,237410."
    )
