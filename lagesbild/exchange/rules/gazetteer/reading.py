"""What a file of places must be before its places are stored, and what is said about it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError, storable
from lagesbild.base.geo import Box, Point
from lagesbild.exchange.rules.gazetteer.addresses import KIND as ADDRESS
from lagesbild.exchange.rules.gazetteer.addresses import Address, address
from lagesbild.exchange.rules.gazetteer.files import Record, Sheet, sheet
from lagesbild.exchange.rules.outlines.layers import field_of, listed
from lagesbild.exchange.rules.rows.positions import Systems, systems
from lagesbild.exchange.rules.rows.positions import position as position_of
from lagesbild.places.rules import LONGEST_NAME, Change, NewPlace, plain

SWEDEN = Box(10.5, 55.0, 24.3, 69.2)
LONGEST_KIND = 40
LONGEST_KEY = 200
MAX_TOLD = 20

_USUAL: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("stop_name", "namn_wikidata", "area_name", "namn", "name", "plats", "platsnamn"),
        *("hållplats", "ortnamn", "benämning", "adress"),
    ),
    "latitude": (
        *("stop_lat", "latitude", "latitud", "lat", "nord", "north", "northing", "n"),
        *("y", "y-koordinat", "y_koordinat"),
    ),
    "longitude": (
        *("stop_lon", "longitude", "longitud", "long", "lng", "lon", "öst", "ost", "easting"),
        *("east", "e", "x", "x-koordinat", "x_koordinat"),
    ),
    "key": (
        *("stop_id", "geonameid", "wikidata", "desokod", "osm_id", "objektidentitet"),
        *("nyckel", "key", "id"),
    ),
    "kind": ("typ", "kind", "slag", "type"),
}
_CALLED = {"name": "namn", "latitude": "latitud", "longitude": "longitud"}
# What a source's own headings say about all its places.
_KINDS = {"stop_name": "hållplats", "geonameid": "ort", "area_name": "område"}
_NUMBER = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{1,20})?")


@dataclass(frozen=True)
class Fields:
    """Which field of a file says what; those not chosen are found by their usual names."""

    name: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    key: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Gazetteer:
    """A file that was read. `wrong` has a sentence for each object that cannot be stored."""

    places: tuple[NewPlace, ...]
    wrong: tuple[str, ...] = ()
    repeated: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a file. `outside` is None where there are no outlines to look in."""

    change: Change
    repeated: int
    outside: int | None


@dataclass(frozen=True)
class _Found:
    """The fields in the file's own spelling. `sure_key` means that a person chose the key."""

    name: str | None
    address: Address | None
    systems: Systems
    latitude: str | None
    longitude: str | None
    key: str | None
    kind: str | None
    usual_kind: str
    sure_key: bool


def gazetteer(
    content: bytes, wanted: Fields, *, confirmed: bool = False, home: Box | None = None
) -> Gazetteer:
    """Return the places of a file, or raise `InvalidError` when it is another kind of file.

    `home` is where most of them are, to know one local coordinate system from another.
    """
    read = sheet(content)
    found = _fields(read, wanted, home)
    places: dict[int, NewPlace] = {}
    wrong: dict[int, str] = {}
    for record in read.records:
        try:
            places[record.row] = _place(record, found, confirmed=confirmed)
        except InvalidError as error:
            wrong[record.row] = str(error)
    if not found.sure_key:
        places = _told_apart(places)
    once: dict[str, int] = {}
    for row, place in places.items():
        first = once.setdefault(place.key, row)
        if places[first] != place:
            wrong[row] = (
                f"Den har samma nyckel som {read.noun.lower()} {first}, men annat innehåll."
                " Välj ett fält med egna värden med --key."
            )
    return Gazetteer(
        tuple(places[row] for row in once.values()),
        tuple(f"{read.noun} {row}: {text}" for row, text in sorted(wrong.items())),
        len(places) - len(once),
    )


def refuse(wrong: Sequence[str]) -> None:
    """Raise `InvalidError` with every wrong object of a file, or the first `MAX_TOLD`."""
    if not wrong:
        return
    number = "1 plats är fel" if len(wrong) == 1 else f"{len(wrong)} platser är fel"
    more = [f"… och {len(wrong) - MAX_TOLD} till."] if len(wrong) > MAX_TOLD else []
    lines = [f"{number}, så inget är sparat:", *wrong[:MAX_TOLD], *more]
    raise InvalidError("file", "\n".join(lines))


def lines(outcome: Outcome, source: str, *, dry_run: bool) -> list[str]:
    """Return the report of a file that was taken in."""
    change = outcome.change
    told = [
        f"{change.new} nya, {change.changed} ändrade och {change.unchanged} oförändrade platser.",
        f"Källa: {source}",
    ]
    if outcome.repeated:
        told.append(f"{outcome.repeated} rader stod mer än en gång i filen, och räknas en gång.")
    if change.kept:
        told.append(f"{change.kept} platser som källan hade förut saknas i filen. De är kvar.")
    if outcome.outside:
        told.append(f"{outcome.outside} av filens platser ligger utanför kommunens områden.")
    if dry_run:
        told.append("Det var en provkörning: inget är sparat.")
    return told


def _fields(read: Sheet, wanted: Fields, home: Box | None) -> _Found:
    chosen = {
        each: field_of(read.fields, getattr(wanted, each), usual) for each, usual in _USUAL.items()
    }
    where = address(read.fields) if wanted.name is None else None
    for each, word in _CALLED.items():
        is_needed = where is None if each == "name" else not read.has_positions
        if chosen[each] is None and is_needed:
            raise InvalidError(
                each,
                f"Filen har inget fält med platsens {word}. Välj ett av fälten med --{each}."
                f" De som finns: {listed(read.fields)}.",
            )
    kinds = (_KINDS.get((chosen[each] or "").casefold(), "") for each in ("name", "key"))
    return _Found(
        name=chosen["name"],
        address=where,
        systems=_systems(read, chosen["latitude"], chosen["longitude"], home),
        latitude=chosen["latitude"],
        longitude=chosen["longitude"],
        key=chosen["key"],
        kind=chosen["kind"],
        usual_kind=next(filter(None, kinds), ""),
        sure_key=wanted.key is not None,
    )


def _systems(read: Sheet, north: str | None, east: str | None, home: Box | None) -> Systems:
    """Return what the numbers of a file mean; only those in metres need it."""
    if north is None or east is None:
        return Systems()
    samples = ((r.values.get(north, ""), r.values.get(east, "")) for r in read.records)
    return systems(samples, headings=f"{north} {east}", home=home)


def _place(record: Record, found: _Found, *, confirmed: bool) -> NewPlace:
    name = record.values.get(found.name, "") if found.name else ""
    kind = record.values.get(found.kind, "") if found.kind else found.usual_kind
    if not name and found.address:
        name, kind = found.address.of(record.values), kind or ADDRESS
    key = record.values.get(found.key, "") if found.key else ""
    if not plain(name):
        raise InvalidError("name", "Platsen har inget namn.")
    for text, longest, what in (
        (name, LONGEST_NAME, "Namnet"),
        (kind, LONGEST_KIND, "Slaget"),
        (key, LONGEST_KEY, "Nyckeln"),
    ):
        if len(text) > longest:
            raise InvalidError("name", f"{what} är längre än {longest} tecken.")
        storable("name", text)
    for text in (name, kind):
        privacy.guard("name", text, confirmed=confirmed)
    point = _point(record, found)
    own = f"{name} {point.longitude:.6f} {point.latitude:.6f}"
    if privacy.is_refused(key):  # a number of ten digits that may be somebody's
        key = own
    return NewPlace(key or own, name, kind, point)


def _point(record: Record, found: _Found) -> Point:
    if found.latitude is None or found.longitude is None:
        position = record.position
    else:
        east, north = (record.values.get(f, "") for f in (found.longitude, found.latitude))
        position = _numbers(east, north) or _metres(east, north, found.systems)
    if position is None:
        raise InvalidError(
            "latitude", "Platsen har ingen position i grader (WGS 84) eller i meter (SWEREF 99)."
        )
    point = Point(*position)
    if _in_sweden(point):
        return point
    if _in_sweden(Point(point.latitude, point.longitude)):
        raise InvalidError("latitude", "Latitud och longitud har bytt plats.")
    raise InvalidError("latitude", "Platsen ligger utanför Sverige.")


def _metres(east: str, north: str, known: Systems) -> tuple[float, float] | None:
    """Return degrees of a position in metres, in whichever of Sweden's systems; None for none."""
    try:
        point = position_of(north, east, known).point
    except InvalidError:
        return None
    return (point.longitude, point.latitude) if point else None


def _numbers(longitude: str, latitude: str) -> tuple[float, float] | None:
    texts = (longitude, latitude)
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return None
    east, north = (float(text.replace(",", ".")) for text in texts)
    return east, north


def _in_sweden(point: Point) -> bool:
    return (
        SWEDEN.west <= point.longitude <= SWEDEN.east
        and SWEDEN.south <= point.latitude <= SWEDEN.north
    )


def _told_apart(places: Mapping[int, NewPlace]) -> dict[int, NewPlace]:
    """Return the places with the name in each key that several names share.

    Wikidata has one number for what is both a metro and a railway station.
    """
    names = Counter(key for key, _ in {(place.key, place.name) for place in places.values()})
    return {
        row: replace(place, key=f"{place.key} {place.name}") if names[place.key] > 1 else place
        for row, place in places.items()
    }
