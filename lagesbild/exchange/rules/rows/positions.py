"""Where a row of a list happened: two numbers in one of the systems that Swedish lists use."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import islice
from typing import NamedTuple

from pyproj import Transformer, network

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import SWEREF99TM, WGS84, Box, Point
from lagesbild.exchange.rules.outlines.areas import SWEDEN
from lagesbild.exchange.rules.rows import grids
from lagesbild.exchange.rules.rows.coordinates import clean, number
from lagesbild.exchange.rules.rows.grids import LOCAL_ZONES, RT90_ZONES, WEB_MERCATOR

DECIMALS = 7  # of a degree: a centimetre
MOST_SAMPLES = 1000
LEAST_METRES = 1_000  # what is less is no easting in metres
LONGEST_PAIR = 120  # signs
NOTHING = " -–—?"  # what stands in a cell that says nothing

UNREADABLE = "Läget går inte att läsa. Skriv grader med decimaler, som 59,237410."
HALF = "Halva läget saknas. Fyll i båda värdena, eller inget."
OUTSIDE = "Läget ligger utanför Sverige. Kontrollera talen och koordinatsystemet."
MIXED = "Det ena talet är grader och det andra är meter. Skriv båda på samma sätt."
UNKNOWN = "Rubriken säger {}, som inte läses. Använd WGS 84, SWEREF 99 eller RT 90."
SEVERAL = "Läget går att läsa på flera sätt. Skriv det som 59,237410; 18,012126."
ZERO = "Läget 0; 0 räknas som okänd plats."
SWAPPED = "Latitud och longitud stod i omvänd ordning."


class Kind(Enum):
    """What two numbers are. The ranges of Sweden never overlap, in either order."""

    DEGREES = "grader"
    TM = "SWEREF 99 TM"
    LOCAL = "SWEREF 99, lokal zon"
    RT90 = "RT 90"
    MERCATOR = "webbkartans koordinater"


@dataclass(frozen=True)
class Systems:
    """What the numbers of one list mean where the numbers alone do not say it (EPSG codes).

    `named` is the only system that the headings name, `unknown` a code of theirs that is not read;
    `either_order` means that the headings do not say which number is which.
    """

    local: int = LOCAL_ZONES[0]
    rt90: int = RT90_ZONES[0]
    named: int | None = None
    unknown: str = ""
    either_order: bool = False


@dataclass(frozen=True)
class Position:
    """A place, None when it is unknown, and what was decided where the numbers were not clear."""

    point: Point | None
    notes: tuple[str, ...] = ()


class _Numbers(NamedTuple):
    kind: Kind
    east: float
    north: float
    swapped: bool


def systems(
    samples: Iterable[tuple[str, str]], *, headings: str = "", home: Box | None = None
) -> Systems:
    """Return what a list's numbers mean, from its headings and from which zone leads home."""
    said = grids.read(headings)
    pairs = ((number(first), number(second)) for first, second in samples)
    known = (_numbers(a, b) for a, b in pairs if a is not None and b is not None)
    seen = list(islice(filter(None, known), MOST_SAMPLES))
    return Systems(
        local=_chosen(LOCAL_ZONES, said.codes, _of(seen, Kind.LOCAL), home),
        rt90=_chosen((*RT90_ZONES, WEB_MERCATOR), said.codes, _of(seen, Kind.RT90), home),
        named=said.codes[0] if len(said.codes) == 1 else None,
        unknown=said.unknown,
        either_order=said.either_order,
    )


def position(first: str, second: str, systems: Systems) -> Position:
    """Return the place that two cells say, latitude or north usually in the first.

    Raises `InvalidError` for the field `latitude` (the first cell) or `longitude`.
    """
    a, b = _value(first, "latitude"), _value(second, "longitude")
    if a is None and b is None:
        return Position(None)
    if a is None or b is None:
        raise InvalidError("latitude" if a is None else "longitude", HALF)
    if a == b == 0:
        return Position(None, (ZERO,))
    numbers = _numbers(a, b)
    if systems.unknown and (numbers is None or numbers.kind is not Kind.DEGREES):
        raise InvalidError("latitude", UNKNOWN.format(systems.unknown))
    if numbers is None:
        raise InvalidError("latitude", MIXED if _mixed(a, b) else OUTSIDE)
    code = _code(numbers, systems)
    point = _point(code, numbers.east, numbers.north)
    if not _inside(point, SWEDEN):
        raise InvalidError("latitude", OUTSIDE)
    return Position(point, _notes(numbers, code, systems))


def pair(text: str) -> tuple[str, str]:
    """Return the two numbers of one cell, in its order; the second is empty when there is one.

    Raises `InvalidError` for the field `position`.
    """
    body = _WRAPPING.sub(" ", clean(text)).strip()
    if not body.strip(NOTHING):
        return "", ""
    halves = _halves(body) if len(text) <= LONGEST_PAIR else []
    good = {numbers: half for numbers, half in halves if _numbers(*numbers)}
    alone = number(body)
    # 59,18 may be one number; 6568370,680714 is two: nobody measures in micrometres.
    if len(good) > 1 or (good and alone is not None and alone < LEAST_METRES):
        raise InvalidError("position", SEVERAL)
    if good:
        return next(iter(good.values()))
    if alone:  # neither 0 nor 0,0
        return body, ""
    if not halves:
        raise InvalidError("position", UNREADABLE)
    return halves[0][1]


_WRAPPING = re.compile(r"point|geo:|[()\[\]]", re.IGNORECASE)
# The last one: 59.2N18.0E and N59.2E18.0, which have nothing between the numbers.
_APART = re.compile(r"\s*[,;/|]\s*|\s+|(?<=[NS])(?=\d)|(?<=[\d'\"])(?=[EOÖ])", re.IGNORECASE)


def _halves(text: str) -> list[tuple[tuple[float, float], tuple[str, str]]]:
    """Return every way to part a text in two numbers."""
    found = []
    for gap in _APART.finditer(text):
        first, second = text[: gap.start()], text[gap.end() :]
        a = number(first)
        b = None if a is None else number(second)
        if a is not None and b is not None:
            found.append(((a, b), (first, second)))
    return found


def _value(text: str, field: str) -> float | None:
    if not text.strip(NOTHING):
        return None
    found = number(text)
    if found is None:
        raise InvalidError(field, UNREADABLE)
    return found


def _numbers(a: float, b: float) -> _Numbers | None:
    """Return what two numbers are in Sweden, in whichever order; None when they are nothing."""
    for north, east, swapped in ((a, b, False), (b, a, True)):
        kind = _kind(north, east)
        if kind:
            return _Numbers(kind, east, north, swapped)
    return None


_NORTH, _FAR_NORTH = (6_100_000, 7_000_000), (7_000_000, 7_700_000)
_MERCATOR_NORTH = (7_400_000, 10_900_000)  # its south lies where RT 90 has the far north
# North and east, from and below. The west of Sweden begins at 270,000 in SWEREF 99 TM and in the
# far north at 347,000; the local zones (false easting 150,000) end at 239,000 and in the far north
# at 286,000.
RANGES: tuple[tuple[Kind, tuple[float, float], tuple[float, float]], ...] = (
    (Kind.DEGREES, (54, 70), (10, 25)),
    (Kind.LOCAL, _NORTH, (LEAST_METRES, 250_000)),
    (Kind.LOCAL, _NORTH, (-60_000, -LEAST_METRES)),
    (Kind.TM, _NORTH, (250_000, 950_000)),
    (Kind.RT90, _NORTH, (1_150_000, 1_950_000)),
    (Kind.LOCAL, _FAR_NORTH, (LEAST_METRES, 310_000)),
    (Kind.LOCAL, _FAR_NORTH, (-60_000, -LEAST_METRES)),
    (Kind.TM, _FAR_NORTH, (310_000, 950_000)),
    (Kind.RT90, _FAR_NORTH, (1_150_000, 1_950_000)),
    (Kind.MERCATOR, (_FAR_NORTH[1], _MERCATOR_NORTH[1]), (1_150_000, 2_750_000)),
)


def _kind(north: float, east: float) -> Kind | None:
    for kind, norths, easts in RANGES:
        if norths[0] <= north < norths[1] and easts[0] <= east < easts[1]:
            return kind
    return None


def _mixed(a: float, b: float) -> bool:
    return (abs(a) <= 180) != (abs(b) <= 180)  # noqa: PLR2004 – degrees


def _of(seen: Sequence[_Numbers], kind: Kind) -> list[_Numbers]:
    return [numbers for numbers in seen if numbers.kind is kind]


def _chosen(
    candidates: Sequence[int], codes: Sequence[int], seen: Sequence[_Numbers], home: Box | None
) -> int:
    """Return the candidate that the headings name, else the first that leads most samples home."""
    for code in candidates:
        if code in codes:
            return code
    if home is None or not seen:
        return candidates[0]
    return max(candidates, key=lambda code: sum(_leads(code, each, home) for each in seen))


def _leads(code: int, numbers: _Numbers, home: Box) -> bool:
    return _inside(_point(code, numbers.east, numbers.north), home)


_CODES = {Kind.DEGREES: WGS84, Kind.TM: SWEREF99TM, Kind.MERCATOR: WEB_MERCATOR}


def _code(numbers: _Numbers, systems: Systems) -> int:
    if systems.named == WEB_MERCATOR and numbers.north >= _MERCATOR_NORTH[0]:
        return WEB_MERCATOR
    if numbers.kind is Kind.LOCAL:
        return systems.local
    return systems.rt90 if numbers.kind is Kind.RT90 else _CODES[numbers.kind]


def _notes(numbers: _Numbers, code: int, systems: Systems) -> tuple[str, ...]:
    notes = []
    if numbers.swapped and not systems.either_order and numbers.kind is Kind.DEGREES:
        notes.append(SWAPPED)
    if systems.named not in (None, code):
        notes.append(
            f"Rubriken säger {grids.NAMES[systems.named]}, men talen är {grids.NAMES[code]}."
        )
    return tuple(notes)


def _inside(point: Point, box: Box) -> bool:
    return box.west <= point.longitude <= box.east and box.south <= point.latitude <= box.north


def _point(code: int, east: float, north: float) -> Point:
    longitude, latitude = east, north
    if code != WGS84:
        longitude, latitude = _transformer(code).transform(east, north)
    return Point(round(longitude, DECIMALS), round(latitude, DECIMALS))


@cache
def _transformer(code: int) -> Transformer:
    """Return the change to WGS 84. No system of Sweden needs a grid file for it."""
    network.set_network_enabled(active=False)  # type: ignore[attr-defined] # it is not listed
    return Transformer.from_crs(code, WGS84, always_xy=True)
