"""What a district is, and how its slug is made."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID

NEAR_M = 50  # a point in a sliver between districts belongs to the nearest within this


@dataclass(frozen=True)
class District:
    """A part of the municipality. The outline stays in the database."""

    id: UUID
    key: str
    slug: str
    name: str


@dataclass(frozen=True)
class Placed:
    """Where a place lies: the district, and the version of the outlines that said so."""

    district_id: UUID | None
    version_id: UUID | None
    has_outlines: bool  # whether there was anything to look in
    is_broken: bool = False  # a line or area that crosses itself


@dataclass(frozen=True)
class Outline:
    """A district's outline as GeoJSON text (WGS 84, longitude first), and the place of its name."""

    district: District
    geojson: str
    label_longitude: float
    label_latitude: float


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


def slug_of(name: str) -> str:
    """Return a name as it stands in an address: `Sjödalen-Fullersta` → `sjodalen-fullersta`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "omrade"
