"""What a district is, and how its slug is made."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

NEAR_M = 50  # a point in a sliver between districts belongs to the nearest within this; a point
# that lies so near another district may be in the wrong one

BUILT_UP, NEIGHBOURS = "tatort", "grannar"  # divisions that the ground of maps is drawn from
AROUND = frozenset({BUILT_UP, NEIGHBOURS})


@dataclass(frozen=True)
class Division:
    """A way to divide the municipality. `slug` is its name in an address."""

    slug: str
    name: str
    is_main: bool


@dataclass(frozen=True)
class District:
    """A part of the municipality. The outline stays in the database."""

    id: UUID
    key: str
    slug: str
    name: str


@dataclass(frozen=True)
class Inhabitants:
    """How many lived in a district on a day, as a source has it."""

    number: int
    counted_on: date
    source: str


@dataclass(frozen=True)
class Placed:
    """Where a place lies: the district, and the version of the outlines that said so."""

    district_id: UUID | None
    version_id: UUID | None
    has_outlines: bool  # whether there was anything to look in
    is_broken: bool = False  # a line or area that crosses itself


@dataclass(frozen=True)
class Located:
    """Which district a place would be put in, and the one whose border it lies near, if any."""

    district: District | None
    near: District | None
    has_outlines: bool
    is_broken: bool = False


@dataclass(frozen=True)
class Outline:
    """A district's outline as GeoJSON text (WGS 84, longitude first), and the place of its name."""

    district: District
    geojson: str
    label_longitude: float
    label_latitude: float


@dataclass(frozen=True)
class Ground:
    """A built-up area or a neighbour, cut to what a map of the municipality shows of it.

    Its name stands inside the municipality only where most of it lies there.
    """

    division: str
    name: str
    geojson: str
    label_longitude: float
    label_latitude: float


@dataclass(frozen=True)
class Version:
    """A set of outlines of a division; figures before and after its first day are of other areas.

    `corrected_at` is when outlines that had been wrong from that day on were last put right.
    """

    id: UUID
    valid_from: date
    source: str
    schematic: bool
    corrected_at: datetime | None


@dataclass(frozen=True)
class Corrected:
    """A version that was put right. Incidents with a place were put into it since `since`."""

    version_id: UUID
    is_main: bool
    since: datetime
    valid_from: date | None  # None for the oldest, which holds for all days before too
    valid_until: date | None  # the first day of the next


@dataclass(frozen=True)
class NewDistrict:
    """A district to import. `wkb` is a MultiPolygon in WGS 84."""

    key: str
    name: str
    wkb: bytes


@dataclass(frozen=True)
class Source:
    """Where a set of outlines comes from, and since when it holds."""

    division: str
    valid_from: date
    source: str
    schematic: bool = False


def neighbour(around: Sequence[District], own: UUID | None) -> District | None:
    """Return the district whose border a point in `own` lies near, from those near the point.

    One that is alone there has no border with another, wherever a person has put the point.
    """
    others = (district for district in around if district.id != own)
    return next(others, None) if len(around) > 1 else None


def is_point(geojson: str) -> bool:
    """Whether a place is a point, and no line or area."""
    return bool(orjson.loads(geojson)["type"] == "Point")


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """Return the version that holds on a day, of those in order; the oldest for days before."""
    begun = [version for version in versions if version.valid_from <= day]
    return next(iter([*begun[-1:], *versions]), None)


def slug_of(name: str) -> str:
    """Return a name as it stands in an address: `Sjödalen-Fullersta` → `sjodalen-fullersta`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "omrade"
