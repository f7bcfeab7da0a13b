"""The coordinate systems that files leave in, and which local zone is whose."""

from collections.abc import Iterable
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.exchange.rules.exports.records import Form
from lagesbild.exchange.rules.rows.grids import LOCAL_ZONES, NAMES

CODES = (WGS84, SWEREF99TM, *sorted(LOCAL_ZONES))

# Lantmäteriet gives each municipality a zone. In the south these are strips from north to south:
# the zone's code; west and east; south and north.
_SOUTH = (
    (3015, 17.8, 20.3, 56.8, 58.5),  # Gotland
    (3007, 10.0, 12.75, 56.7, 60.0),
    (3008, 10.0, 14.25, 54.9, 56.7),  # all of western Skåne
    (3008, 12.75, 14.25, 56.7, 62.17),
    (3009, 14.25, 15.75, 54.9, 61.5),
    (3010, 15.75, 17.25, 54.9, 62.33),
    (3011, 17.25, 20.0, 58.5, 60.67),
)
# In the north they meet in steps: the nearest meridian among those that reach so far.
_NORTH = (
    (3012, 14.25, 61.5, 64.5),
    (3013, 15.75, 60.5, 65.0),
    (3014, 17.25, 60.67, 67.2),
    (3015, 18.75, 60.67, 66.0),
    (3016, 20.25, 63.5, 69.1),
    (3017, 21.75, 65.0, 66.5),
    (3018, 23.25, 65.4, 69.1),
)


@dataclass(frozen=True)
class System:
    """A coordinate system: its EPSG code, and what people call it."""

    code: int
    name: str

    @property
    def is_metres(self) -> bool:
        """Whether it counts metres north and east, and not degrees."""
        return self.code != WGS84


DEGREES = System(WGS84, "WGS 84")
NATIONAL = System(SWEREF99TM, NAMES[SWEREF99TM])


def system(text: str) -> System:
    """Return the system of an EPSG code as an address gives it; without one, WGS 84."""
    digits = text.strip().upper().removeprefix("EPSG:")
    found = next((code for code in CODES if digits == str(code)), None)
    if not digits:
        return DEGREES
    if found is None:
        raise InvalidError(
            "crs",
            "Koordinatsystemet finns inte här. Välj WGS 84 (4326), SWEREF 99 TM (3006) eller en"
            " lokal zon (3007–3018).",
        )
    return DEGREES if found == WGS84 else System(found, NAMES[found])


def choices(positions: Iterable[tuple[float, float]]) -> list[System]:
    """Return the systems to choose from; the local zone of a municipality by its positions."""
    zone = zone_of(positions)
    return [DEGREES, NATIONAL, *([System(zone, NAMES[zone])] if zone else [])]


def zone_of(positions: Iterable[tuple[float, float]]) -> int | None:
    """Return the local zone of a municipality by positions (longitude, latitude) on its ground.

    None without positions. It is the zone of their middle, as in Lantmäteriet's map of the zones.
    """
    found = list(positions)
    if not found:
        return None
    longitudes, latitudes = zip(*found, strict=True)
    return zone_at((min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2)


def zone_at(longitude: float, latitude: float) -> int:
    """Return the EPSG code of the local zone at a position; abroad that of the nearest meridian."""
    for code, west, east, south, north in _SOUTH:
        if west <= longitude < east and south <= latitude < north:
            return code
    reach = [(code, at) for code, at, south, north in _NORTH if south <= latitude < north]
    every = reach or [(code, at) for code, at, _, _ in _NORTH]
    return min(every, key=lambda each: abs(each[1] - longitude))[0]


def check_form(form: Form, chosen: System) -> None:
    """Raise `InvalidError` for a form that cannot have its coordinates in a system."""
    if form is Form.GEOJSON and chosen.is_metres:
        raise InvalidError(
            "crs",
            f"GeoJSON är alltid WGS 84 (RFC 7946). Välj GeoPackage, Excel eller CSV för"
            f" {chosen.name}, eller WGS 84.",
        )
