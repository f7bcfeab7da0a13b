"""Incidents taken together, for a drawing that cannot show each of them."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from lagesbild.incidents.rules import GeoJson


@dataclass(frozen=True)
class Pane:
    """The piece of ground of a drawing, in metres (SWEREF 99 TM), and the side of its squares."""

    west: float
    south: float
    east: float
    north: float
    square_m: float


class Crowd(NamedTuple):
    """What lies in one square: how many incidents, and their mean in metres (SWEREF 99 TM).

    What comes after `east` is said of one of them, and of a crowd of one it is the truth. `shape`
    is a line or an area, as GeoJSON in WGS 84.
    """

    rows: int
    north: float
    east: float
    category: str
    organisation_id: UUID
    precision_m: int | None
    unsure_time: bool
    shape: GeoJson | None


class Tally(NamedTuple):
    """How many incidents there are of a type, in a district, of an organisation."""

    category: str
    district_id: UUID | None
    organisation_id: UUID
    number: int
