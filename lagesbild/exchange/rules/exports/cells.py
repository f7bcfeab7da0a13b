"""An incident as the cells of a row: times as Swedish clocks show them, and no hidden formulas."""

import math
import re
from datetime import date, datetime, time
from functools import cache
from typing import NamedTuple

import orjson
import shapely
from pyproj import Transformer

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.exchange.rules.exports.records import Record
from lagesbild.exchange.rules.exports.systems import DEGREES as IN_DEGREES
from lagesbild.exchange.rules.exports.systems import System
from lagesbild.incidents.rules import GeoJson, Listed, Shown, TimePrecision
from lagesbild.incidents.rules.audiences import SHOWN_TEXT

Value = str | int | float | datetime | date | time | None

DATE, CLOCK, MOMENT = "yyyy-mm-dd", "hh:mm", "yyyy-mm-dd hh:mm"
TEXT, WHOLE, DEGREES, CENTIMETRES = "General", "0", "0.000000", "0.00"


class Column(NamedTuple):
    """A column: its heading, how wide it is in signs, and how a workbook shows its values."""

    heading: str
    width: int
    shown: str = TEXT


_BEFORE = (
    Column("Nummer", 16),
    Column("Datum", 11, DATE),
    Column("Klockslag", 10, CLOCK),
    Column("Till", 17, MOMENT),
    Column("Tid", 24),
    Column("Typ", 8),
    Column("Typens namn", 30),
    Column("Allvar", 8, WHOLE),
    Column("Kommundel", 22),
    Column("Plats", 30),
)
_POSITION = (
    Column("Latitud", 11, DEGREES),
    Column("Longitud", 11, DEGREES),
    Column("N (SWEREF 99 TM)", 19, WHOLE),
    Column("E (SWEREF 99 TM)", 19, WHOLE),
)
_AFTER = (
    Column("Osäkerhet (m)", 15, WHOLE),
    Column("Platsen visas", 18),
    Column("Organisation", 22),
    Column("Status", 14),
    Column("Beskrivning", 60),
    Column("Registrerad", 17, MOMENT),
    Column("Antal", 7, WHOLE),
)
_ABOUT_TIMES = "Tiderna är svensk tid. Klockslaget är tomt där bara dagen är känd."
_ABOUT_PLACES = (
    "En linje eller yta står som en punkt på den, med en osäkerhet som"
    " täcker den; hela formen finns i GeoJSON och GeoPackage. Antal är mer än 1 där flera händelser"
    " sades på en gång."
)

# What a spreadsheet may take for the beginning of a formula; the wide forms too.
_SIGNS = "[=+\\-@＝＋－＠﹦﹢﹣﹫−]"
_UNSEEN = "[\\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]*"
_FORMULA = re.compile(f"[\t\r\n]|{_UNSEEN}{_SIGNS}")
# Where a program that separates by commas would begin a cell of its own.
_INSIDE = re.compile(f"([,;]{_UNSEEN})(?={_SIGNS})")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # not allowed in XML 1.0
_BREAKS = re.compile("[\t\r\n\x85\u2028\u2029]+")


class Spot(NamedTuple):
    """A place as one point: degrees, metres in a system, and how far it may be off in metres."""

    latitude: float
    longitude: float
    north: float | None
    east: float | None
    off_m: int | None


def columns(system: System = IN_DEGREES) -> tuple[Column, ...]:
    """Return the columns of a table whose positions are in a system, degrees or metres."""
    if not system.is_metres:
        return (*_BEFORE, *_POSITION, *_AFTER)
    named = (f"{side} ({system.name}, EPSG:{system.code})" for side in ("N", "E"))
    return (*_BEFORE, *(Column(name, 32, CENTIMETRES) for name in named), *_AFTER)


def about_columns(system: System = IN_DEGREES) -> str:
    """Return what a reader of the columns has to know."""
    where = "Läget är WGS 84 i grader och SWEREF 99 TM i meter."
    if system.is_metres:
        where = f"Läget är {system.name} (EPSG:{system.code}) i meter, nord och öst."
    return f"{_ABOUT_TIMES} {where} {_ABOUT_PLACES}"


def cells(record: Record, system: System = IN_DEGREES) -> tuple[Value, ...]:
    """Return the values of a row, in the order of `columns`."""
    seen = record.seen
    when = local(seen.occurred_from)
    is_day = seen.time_precision == TimePrecision.DAY
    return (
        seen.reference,
        when.date(),
        None if is_day else when.time(),
        local(seen.occurred_to) if seen.occurred_to else None,
        record.time,
        seen.category,
        record.category,
        seen.severity,
        record.district,
        seen.place_text,
        *_position(seen, system),
        SHOWN_TEXT[Shown(seen.shown)],
        record.organisation,
        record.status,
        seen.summary or "",
        local(seen.registered_at),
        seen.number,
    )


def _position(seen: Listed, system: System) -> tuple[Value, ...]:
    """Return the cells of a place and how far it may be off."""
    if system.is_metres:
        found = spot(seen.place, seen.place_precision_m, code=system.code)
        if found is None:
            return (None, None, None)
        return (_rounded(found.north, 2), _rounded(found.east, 2), found.off_m)
    found = spot(seen.place, seen.place_precision_m)
    if found is None:
        return (None, None, None, None, None)
    metres = (_rounded(found.north), _rounded(found.east))
    return (found.latitude, found.longitude, *metres, found.off_m)


def _rounded(metres: float | None, digits: int | None = None) -> float | None:
    return None if metres is None else round(metres, digits)


def local(moment: datetime) -> datetime:
    """Return a moment as a Swedish clock showed it, to the minute and without a zone."""
    return moment.astimezone(STOCKHOLM).replace(second=0, microsecond=0, tzinfo=None)


def spot(place: GeoJson | None, precision_m: int | None, *, code: int = SWEREF99TM) -> Spot | None:
    """Return a place as a point; of a line or area one that lies on it, and how far it reaches.

    Its metres are in the system of an EPSG code.
    """
    if place is None:
        return None
    geometry = orjson.loads(place)
    if geometry["type"] == "Point":
        longitude, latitude = geometry["coordinates"][:2]
        return Spot(latitude, longitude, *_in_metres(longitude, latitude, code), precision_m)
    shape = shapely.from_geojson(place)
    middle = shapely.point_on_surface(shape)
    off_m = max(_reach_m(shape, middle), precision_m or 0)
    longitude, latitude = round(middle.x, 6), round(middle.y, 6)
    return Spot(latitude, longitude, *_in_metres(longitude, latitude, code), off_m)


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula, also behind unseen signs."""
    return _FORMULA.match(text) is not None


def writable(text: str) -> str:
    """Return a text without the signs that a workbook cannot hold."""
    return _UNWRITABLE.sub("", text)


def in_csv(value: Value, shown: str = DEGREES) -> str:
    """Return a value as Swedish Excel reads it from CSV; a number as its column shows it.

    A text that could be a formula gets an apostrophe in front; a number never does.
    """
    match value:
        case str():
            text = _harmless(writable(value))
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M}"
        case time():
            text = f"{value:%H:%M}"
        case float():
            decimals = len(shown.partition(".")[2])
            text = f"{value:.{decimals}f}".replace(".", ",")
        case _:
            text = "" if value is None else str(value)
    return text


def _harmless(text: str) -> str:
    inside = _INSIDE.sub(r"\1'", _BREAKS.sub(" ", text))
    return f"'{inside}" if is_formula(text) else inside


@cache
def to_metres(code: int = SWEREF99TM) -> Transformer:
    """Return what turns longitude and latitude into metres east and north."""
    return Transformer.from_crs(WGS84, code, always_xy=True)


def _in_metres(longitude: float, latitude: float, code: int) -> tuple[float | None, float | None]:
    """Return north and east, or nothing where the projection has no answer."""
    east, north = to_metres(code).transform(longitude, latitude)
    return (north, east) if math.isfinite(north + east) else (None, None)


def _reach_m(shape: shapely.Geometry, middle: shapely.Point) -> int:
    """Return how far the farthest corner lies from a point, rounded up."""
    flat, point = (
        shapely.transform(each, to_metres().transform, interleaved=False)
        for each in (shapely.force_2d(shape), middle)
    )
    reach = shapely.hausdorff_distance(flat, point)
    return math.ceil(reach) if math.isfinite(reach) else 0
