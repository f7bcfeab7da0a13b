"""The ground of a sheet: outlines in true metres, cut to its frame, and where names stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from pyproj import Transformer

from lagesbild.base.geo import SWEREF99TM, WGS84, Box, Point
from lagesbild.districts.draw import Box as Label
from lagesbild.districts.rules import NEIGHBOURS, Outline
from lagesbild.districts.rules import Ground as Around
from lagesbild.maps.draw.sheet_text import LINE, width, wrapped
from lagesbild.maps.rules.sheet import Ground, plain

FINEST = 0.25  # points: what lies closer to a line is not drawn
BESIDE = 0.05  # of the frame: outlines go on outside it, so that their edge does not follow it
NAME_ROOM = 11.0  # of its size; a longer name breaks
NAME_AIR = 3.0
NUDGES = tuple(step * sign for step in range(0, 161, 16) for sign in (1, -1))  # points, down
SIDEWAYS = (0, -34, 34, -68, 68)


@dataclass(frozen=True)
class Onto:
    """Metres to points: the ground fills a frame whose upper left corner is at `left`, `top`."""

    ground: Ground
    left: float
    top: float
    points_per_metre: float

    def place(self, east: float, north: float) -> tuple[float, float]:
        """Return where a position stands on the paper."""
        x = self.left + (east - self.ground.west) * self.points_per_metre
        return x, self.top + (self.ground.north - north) * self.points_per_metre

    @property
    def frame(self) -> Label:
        """The frame on the paper."""
        x, y = self.place(self.ground.east, self.ground.south)
        return Label(self.left, self.top, x, y)


@dataclass(frozen=True)
class Name:
    """A name on the map: its lines, the middle of them, and the top of the first."""

    lines: tuple[str, ...]
    x: float
    top: float

    def box(self, size: float) -> Label:
        """Return what it covers in a size."""
        half = max(width(line, size) for line in self.lines) / 2 + NAME_AIR
        bottom = self.top + len(self.lines) * size * LINE + NAME_AIR
        return Label(self.x - half, self.top - NAME_AIR, self.x + half, bottom)


class Look(Enum):
    """How an area is drawn: one among the districts, or what lies around them."""

    DISTRICT = "district"
    NEIGHBOUR = "neighbour"
    BUILT = "built-up"


@dataclass(frozen=True, eq=False)
class Area:
    """An area of the ground. `shape` is a shapely geometry in metres, the label is in degrees."""

    name: str
    look: Look
    shape: Any  # the library has no types
    label: tuple[float, float]
    district_id: UUID | None = None


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs(WGS84, SWEREF99TM, always_xy=True)


def in_metres(shape: Any) -> Any:  # noqa: ANN401 – a shapely geometry
    """Return a geometry in WGS 84 in metres instead (SWEREF 99 TM)."""
    flat = shapely.force_2d(shape)
    return shapely.make_valid(shapely.transform(flat, _transformer().transform, interleaved=False))


def position_in_metres(at: Point) -> tuple[float, float]:
    """Return how far east and north a position in WGS 84 lies (SWEREF 99 TM)."""
    east, north = _transformer().transform(at.longitude, at.latitude)
    return east, north


def areas_of(outlines: Iterable[Outline], around: Sequence[Around]) -> list[Area]:
    """Return districts and what lies around them with their shapes in metres, the lowest first."""
    looks = (Look.NEIGHBOUR if g.division == NEIGHBOURS else Look.BUILT for g in around)
    below = [
        Area(g.name, look, _flat(g.geojson), (g.label_longitude, g.label_latitude))
        for g, look in zip(around, looks, strict=True)
    ]
    districts = [
        Area(
            o.district.name,
            Look.DISTRICT,
            _flat(o.geojson),
            (o.label_longitude, o.label_latitude),
            o.district.id,
        )
        for o in outlines
    ]
    return [*below, *districts]


def _flat(geojson: str) -> Any:  # noqa: ANN401 – a shapely geometry
    return in_metres(shapely.from_geojson(geojson))


def ground_of(shapes: Iterable[Any]) -> Ground | None:
    """Return the ground that shapes in metres lie on; None where there are none."""
    found = [shape for shape in shapes if not shape.is_empty]
    return Ground(*map(float, shapely.total_bounds(found))) if found else None


def ground_of_box(box: Box) -> Ground:
    """Return the ground of a box in degrees, whose sides are no straight lines in metres."""
    along, up = np.linspace(box.west, box.east, 33), np.linspace(box.south, box.north, 33)
    longitude = np.concatenate([along, along, np.full(33, box.west), np.full(33, box.east)])
    latitude = np.concatenate([np.full(33, box.south), np.full(33, box.north), up, up])
    east, north = _transformer().transform(longitude, latitude)
    return Ground(float(min(east)), float(min(north)), float(max(east)), float(max(north)))


def path(shape: Any, onto: Onto) -> str:  # noqa: ANN401 – a shapely geometry in metres
    """Return what of a shape lies in the frame as a path; empty where nothing does."""
    ground = onto.ground
    wide, high = ground.width * BESIDE, ground.height * BESIDE
    sides = (ground.west - wide, ground.south - high, ground.east + wide, ground.north + high)
    thinned = shapely.simplify(shape, FINEST / onto.points_per_metre)
    return " ".join(_drawn(shapely.clip_by_rect(thinned, *sides), onto))


def _drawn(shape: Any, onto: Onto) -> Iterator[str]:  # noqa: ANN401 – likewise
    for part in shapely.get_parts(shape):
        if part.geom_type == "GeometryCollection":
            yield from _drawn(part, onto)
        elif part.geom_type == "Polygon" and not part.is_empty:
            for ring in (part.exterior, *part.interiors):
                yield f"M{_positions(ring, onto)}Z"
        elif part.geom_type == "LineString" and not part.is_empty:
            yield f"M{_positions(part, onto)}"


def _positions(line: Any, onto: Onto) -> str:  # noqa: ANN401 – likewise
    places = (onto.place(*position) for position in shapely.get_coordinates(line))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def traced(geojson: str, onto: Onto) -> str:
    """Return a line or an area in WGS 84 as a path."""
    return path(in_metres(shapely.from_geojson(geojson)), onto)


def names(
    named: Sequence[Area],
    onto: Onto,
    size: float,
    taken: Sequence[Label],
    *,
    least: float,
    clear: bool = False,
) -> list[Name]:
    """Return the names that have room: not on each other, and beside `taken` where they can.

    With `clear` never on those. More than `least` of each lies on its own area.
    """
    kept: list[Label] = list(taken) if clear else []
    found = []
    for area in named:
        lines = tuple(wrapped(plain(area.name), size, size * NAME_ROOM))
        found_at = _candidates(area, lines, size, onto)
        free = _free([label for label, share in found_at if share > least], kept, taken)
        if free:
            kept.append(free)
            found.append(Name(lines, (free.left + free.right) / 2, free.top + NAME_AIR))
    return found


def _free(
    candidates: Sequence[Label], kept: Sequence[Label], taken: Sequence[Label]
) -> Label | None:
    """Return the first that lies on no other name, and on as few marks as can be."""
    apart = [c for c in candidates if not any(c.meets(other) for other in kept)]
    return min(apart, key=lambda c: sum(c.meets(other) for other in taken), default=None)


def _candidates(
    area: Area, lines: Sequence[str], size: float, onto: Onto
) -> Iterator[tuple[Label, float]]:
    """Return where a name may stand, and how much of it lies on its district, the best first.

    Those are at its own point, else on what is seen of the district.
    """
    ground = onto.ground
    seen = shapely.clip_by_rect(area.shape, ground.west, ground.south, ground.east, ground.north)
    if not lines or seen.is_empty:
        return
    half = max(width(line, size) for line in lines) / 2 + NAME_AIR
    tall = len(lines) * size * LINE + 2 * NAME_AIR
    own = _transformer().transform(*area.label)
    inner = shapely.point_on_surface(seen)
    frame = onto.frame
    labels = [
        Label(x + aside - half, y + nudge - tall / 2, x + aside + half, y + nudge + tall / 2)
        for x, y in (onto.place(*point) for point in (own, (inner.x, inner.y)))
        for aside in SIDEWAYS
        for nudge in NUDGES
    ]
    held = [label for label in labels if _holds(frame, label)]
    shares = [_share(label, seen, onto) for label in held]
    found = zip(held, shares, strict=True)
    yield from sorted(found, key=lambda each: each[1] < 1)  # whole on it first; else as they come


def _share(label: Label, shape: Any, onto: Onto) -> float:  # noqa: ANN401 – a shapely geometry
    """Return how much of a label lies on a shape, of its corners and its middle."""
    ground = onto.ground
    middle = (label.left + label.right) / 2, (label.top + label.bottom) / 2
    corners = [(x, y) for x in (label.left, label.right) for y in (label.top, label.bottom)]
    east, north = zip(
        *(
            (
                ground.west + (x - onto.left) / onto.points_per_metre,
                ground.north - (y - onto.top) / onto.points_per_metre,
            )
            for x, y in (middle, *corners)
        ),
        strict=True,
    )
    lies = shapely.intersects_xy(shape, east, north)
    return float(lies.mean()) if lies[0] else 0.0


def _holds(frame: Label, label: Label) -> bool:
    return (
        frame.left <= label.left
        and label.right <= frame.right
        and frame.top <= label.top
        and label.bottom <= frame.bottom
    )
