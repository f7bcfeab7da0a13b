"""What the schematic ground of a map says at a zoom, and what of it is left when it is too much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import orjson
import shapely

from lagesbild.districts.rules import BUILT_UP, Ground, Outline
from lagesbild.places.rules import Place

MOST_BYTES = 100_000
DECIMALS = 5  # of a degree, about 1 m
MOST_STOPS = 1200

Feature = dict[str, object]
Drawn = TypeVar("Drawn", Ground, Outline)


@dataclass(frozen=True)
class Level:
    """How much is drawn up to a zoom: lines thinned by degrees, and whether stops are among it."""

    zoom: int
    tolerance: float
    has_stops: bool = False


# About a pixel and a half of each zoom at 59° north.
LEVELS = (Level(11, 0.0008), Level(13, 0.0002), Level(24, 0.00005, has_stops=True))
COARSER = 3  # times, for each try to get below `MOST_BYTES`
TRIES = 5


def thinned(found: Sequence[Drawn], tolerance: float) -> list[Drawn]:
    """Return areas with their lines thinned by degrees."""
    shapes = shapely.from_geojson([each.geojson for each in found])
    texts = shapely.to_geojson(shapely.simplify(shapes, tolerance))
    return [replace(each, geojson=text) for each, text in zip(found, texts, strict=True)]


def level(zoom: int) -> Level:
    """Return how much is drawn at a zoom."""
    return next((each for each in LEVELS if zoom <= each.zoom), LEVELS[-1])


def area(found: Ground) -> Feature:
    """Return a built-up area or a neighbour as a Feature; `at` is where its name stands."""
    kind = "built" if found.division == BUILT_UP else "neighbour"
    at = [round(found.label_longitude, DECIMALS), round(found.label_latitude, DECIMALS)]
    return {
        "type": "Feature",
        "geometry": orjson.Fragment(found.geojson),
        "properties": {"kind": kind, "name": found.name, "at": at},
    }


def stops(found: Sequence[Place]) -> list[Feature]:
    """Return stops as one Feature, with their names in the order of its positions."""
    if not found:
        return []
    positions = [
        [round(stop.point.longitude, DECIMALS), round(stop.point.latitude, DECIMALS)]
        for stop in found
    ]
    return [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPoint", "coordinates": positions},
            "properties": {"kind": "stops", "names": [stop.name for stop in found]},
        }
    ]


def outline(found: Outline) -> Feature:
    """Return a district as a Feature; `at` is where its name stands."""
    at = [round(found.label_longitude, DECIMALS), round(found.label_latitude, DECIMALS)]
    known = found.district
    return {
        "type": "Feature",
        "geometry": orjson.Fragment(found.geojson),
        "properties": {"name": known.name, "slug": known.slug, "at": at},
    }
