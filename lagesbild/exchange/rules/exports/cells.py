"""An incident as the cells of a row: times as Swedish clocks show them, and no hidden formulas."""

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import NamedTuple

import orjson
import shapely
from pyproj import Transformer

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.exchange.rules.exports.records import Record
from lagesbild.incidents.rules import GeoJson, Shown, TimePrecision
from lagesbild.incidents.rules.audiences import SHOWN_TEXT

Value = str | int | float | datetime | date | time | None

DATE, CLOCK, MOMENT = "yyyy-mm-dd", "hh:mm", "yyyy-mm-dd hh:mm"
TEXT, WHOLE, DEGREES = "General", "0", "0.000000"


class Column(NamedTuple):
    """A column: its heading, how wide it is in signs, and how a workbook shows its values."""

    heading: str
    width: int
    shown: str = TEXT


COLUMNS = (
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
    Column("Latitud", 11, DEGREES),
    Column("Longitud", 11, DEGREES),
    Column("N (SWEREF 99 TM)", 19, WHOLE),
    Column("E (SWEREF 99 TM)", 19, WHOLE),
    Column("Osäkerhet (m)", 15, WHOLE),
    Column("Platsen visas", 18),
    Column("Organisation", 22),
    Column("Status", 14),
    Column("Beskrivning", 60),
    Column("Registrerad", 17, MOMENT),
    Column("Antal", 7, WHOLE),
)
ABOUT_COLUMNS = (
    "Tiderna är svensk tid. Klockslaget är tomt där bara dagen är känd. Läget är WGS 84 i grader"
    " och SWEREF 99 TM i meter. En linje eller yta står som en punkt på den, med en osäkerhet som"
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
    """A place as one point: degrees, SWEREF 99 TM, and how far it may be off in metres."""

    latitude: float
    longitude: float
    north: int | None
    east: int | None
    off_m: int | None


NOWHERE = (None, None, None, None, None)


def cells(record: Record) -> tuple[Value, ...]:
    """Return the values of a row, in the order of `COLUMNS`."""
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
        *(spot(seen.place, seen.place_precision_m) or NOWHERE),
        SHOWN_TEXT[Shown(seen.shown)],
        record.organisation,
        record.status,
        seen.summary or "",
        local(seen.registered_at),
        seen.number,
    )


def local(moment: datetime) -> datetime:
    """Return a moment as a Swedish clock showed it, to the minute and without a zone."""
    return moment.astimezone(STOCKHOLM).replace(second=0, microsecond=0, tzinfo=None)


def spot(place: GeoJson | None, precision_m: int | None) -> Spot | None:
    """Return a place as a point; of a line or area one that lies on it, and how far it reaches."""
    if place is None:
        return None
    geometry = orjson.loads(place)
    if geometry["type"] == "Point":
        longitude, latitude = geometry["coordinates"][:2]
        return Spot(latitude, longitude, *_in_metres(longitude, latitude), precision_m)
    shape = shapely.from_geojson(place)
    middle = shapely.point_on_surface(shape)
    off_m = max(_reach_m(shape, middle), precision_m or 0)
    longitude, latitude = round(middle.x, 6), round(middle.y, 6)
    return Spot(latitude, longitude, *_in_metres(longitude, latitude), off_m)


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula, also behind unseen signs."""
    return _FORMULA.match(text) is not None


def writable(text: str) -> str:
    """Return a text without the signs that a workbook cannot hold."""
    return _UNWRITABLE.sub("", text)


def in_csv(value: Value) -> str:
    """Return a value as Swedish Excel reads it from CSV.

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
            text = f"{value:.6f}".replace(".", ",")
        case _:
            text = "" if value is None else str(value)
    return text


def _harmless(text: str) -> str:
    inside = _INSIDE.sub(r"\1'", _BREAKS.sub(" ", text))
    return f"'{inside}" if is_formula(text) else inside


@cache
def _to_metres() -> Transformer:
    return Transformer.from_crs(WGS84, SWEREF99TM, always_xy=True)


def _in_metres(longitude: float, latitude: float) -> tuple[int | None, int | None]:
    """Return north and east, or nothing where the projection has no answer."""
    east, north = _to_metres().transform(longitude, latitude)
    return (round(north), round(east)) if math.isfinite(north + east) else (None, None)


def _reach_m(shape: shapely.Geometry, middle: shapely.Point) -> int:
    """Return how far the farthest corner lies from a point, rounded up."""
    flat, point = (
        shapely.transform(each, _to_metres().transform, interleaved=False)
        for each in (shapely.force_2d(shape), middle)
    )
    reach = shapely.hausdorff_distance(flat, point)
    return math.ceil(reach) if math.isfinite(reach) else 0


def headings() -> Iterator[str]:
    """Return the headings, in order."""
    return (column.heading for column in COLUMNS)
