"""Which incidents may be the same as the one that somebody is logging."""

import math
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import orjson

from lagesbild.base.errors import ConflictError
from lagesbild.base.geo import METRES_PER_DEGREE, Box, Point
from lagesbild.incidents.rules import Draft, Facts, Filter, GeoJson, Listed


class Near(NamedTuple):
    """An incident that may be the same, and how far away it lies."""

    row: Listed
    metres: int


class AlikeError(ConflictError):
    """There are incidents that may be the same, `current`: a list of `Near`."""

    def __init__(self, found: list[Near]) -> None:
        """Say it in a sentence."""
        super().__init__("Det finns redan något som liknar det här.", current=found)


def around(draft: Draft, *, metres: int, hours: int) -> Filter | None:
    """Return where and when an incident would have to be to be the same; None without a point."""
    place = _point(draft.facts.place)
    if place is None:
        return None
    near = timedelta(hours=hours)
    here = Box(place.longitude, place.latitude, place.longitude, place.latitude)
    return Filter(
        box=here.grown(metres + 1),
        start=draft.facts.occurred_from - near,
        end=(draft.facts.occurred_to or draft.facts.occurred_from) + near + timedelta.resolution,
        category=draft.facts.category[:3],
    )


def nearest(draft: Draft, rows: Iterable[Listed], *, most: int) -> list[Near]:
    """Return those of the rows that lie at most so many metres away, the nearest first."""
    here = _point(draft.facts.place)
    found = [
        Near(row, round(metres(here, there)))
        for row in rows
        if row.id != draft.id and here is not None and (there := _point(row.place)) is not None
    ]
    return sorted((n for n in found if n.metres <= most), key=lambda n: (n.metres, n.row.id))


def apart(one: Facts, other: Facts) -> timedelta:
    """Return how much time lies between two incidents; none where they overlap."""
    first, last = sorted((one, other), key=lambda facts: facts.occurred_from)
    return max(last.occurred_from - (first.occurred_to or first.occurred_from), timedelta())


def metres(one: Point, other: Point) -> float:
    """Return the distance between two points that are near each other."""
    north = (one.latitude - other.latitude) * METRES_PER_DEGREE
    narrowing = math.cos(math.radians((one.latitude + other.latitude) / 2))
    east = (one.longitude - other.longitude) * METRES_PER_DEGREE * narrowing
    return math.hypot(north, east)


def _point(place: GeoJson | None) -> Point | None:
    if place is None:
        return None
    geometry = orjson.loads(place)
    return Point(*geometry["coordinates"][:2]) if geometry["type"] == "Point" else None
