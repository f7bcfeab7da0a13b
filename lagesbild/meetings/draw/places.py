"""One district and what happened in it, as a drawing: symbols, and discs where they crowd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shapely import from_geojson

from lagesbild.districts.draw import WIDTH, Drawing, Projection, drawing, path_of, rings_of
from lagesbild.districts.rules import Outline

NEAR = 44  # pixels between the middles of two symbols that would cover each other


@dataclass(frozen=True)
class Happening:
    """What is drawn: a place as the reader may see it (GeoJSON, WGS 84), and its symbol."""

    place: str
    kind: str  # of the organisation
    group: str  # of the category
    text: str


@dataclass(frozen=True)
class Spot:
    """A symbol at a place in pixels, or a disc for `number` of them."""

    x: float
    y: float
    number: int
    kind: str
    group: str
    text: str


@dataclass(frozen=True)
class DistrictMap:
    """The drawing of a district: its path, those of the others about it, and the spots in it."""

    drawn: Drawing
    others: tuple[str, ...]
    spots: tuple[Spot, ...]


def district_map(
    outline: Outline, others: Iterable[Outline], happenings: Iterable[Happening]
) -> DistrictMap:
    """Return the drawing of a district with what happened in it; what lies outside is left out."""
    drawn = drawing([outline], below=0)
    to = Projection.of([point for ring in rings_of(outline) for point in ring])
    placed = [(*_middle(each.place, to), each) for each in happenings]
    inside = [p for p in placed if 0 <= p[0] <= WIDTH and 0 <= p[1] <= drawn.height]
    spots = tuple(_spot(members) for members in _crowds(inside))
    return DistrictMap(drawn, tuple(path_of(other, to) for other in others), spots)


def _middle(place: str, to: Projection) -> tuple[float, float]:
    point = from_geojson(place).representative_point()
    return to.place(point.x, point.y)


def _crowds(
    placed: Sequence[tuple[float, float, Happening]],
) -> list[list[tuple[float, float, Happening]]]:
    """Return those that lie on each other together; each belongs to the first that is near it."""
    crowds: list[list[tuple[float, float, Happening]]] = []
    for each in placed:
        near = (c for c in crowds if abs(c[0][0] - each[0]) + abs(c[0][1] - each[1]) < NEAR)
        crowd = next(near, None)
        if crowd is None:
            crowds.append([each])
        else:
            crowd.append(each)
    return crowds


def _spot(members: Sequence[tuple[float, float, Happening]]) -> Spot:
    x = round(sum(m[0] for m in members) / len(members), 1)
    y = round(sum(m[1] for m in members) / len(members), 1)
    first = members[0][2]
    return Spot(x, y, len(members), first.kind, first.group, first.text)
