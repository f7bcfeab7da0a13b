"""What list and map say about an incident, and which part of the earth a map shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from lagesbild.base.geo import Box
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import UNCERTAIN_M, Cursor
from lagesbild.meetings.rules import NONE, Figures, Picture
from lagesbild.people.rules import Actor, Kind, Organisation, Permission

SWEDEN = Box(10.9, 55.3, 24.2, 69.1)


@dataclass(frozen=True)
class Row:
    """An incident as the list and the map say it. `geometry` is GeoJSON, None for no place."""

    reference: str
    code: str
    category: str
    summary: str
    place_text: str
    when: str
    organisation: Organisation | None
    precision_m: int
    geometry: Mapping[str, object] | None
    shown: str  # how much of the place that is
    number: int = 1  # how many were told at once
    unsure_time: bool = False  # whether nobody knows the hour
    near: str = ""  # the name of the district whose border it lies near, where that is asked

    @property
    def group(self) -> str:
        """The three letters that the code begins with."""
        return self.code[:3]

    @property
    def at(self) -> tuple[float, float] | None:
        """Longitude and latitude of the middle of its place."""
        if self.geometry is None:
            return None
        middle = box_of([self.geometry]).middle
        return middle.longitude, middle.latitude

    @property
    def is_uncertain(self) -> bool:
        """Whether the place is a circle rather than a point."""
        return self.geometry is not None and self.precision_m >= UNCERTAIN_M


@dataclass(frozen=True)
class Rows:
    """A page of what a view holds, and where the next one begins; None where it is the last."""

    rows: tuple[Row, ...]
    after: Cursor | None


def figures_of(whole: Picture, district: District | None) -> Figures:
    """Return the figures of one district, or of all."""
    if district is None:
        return whole.total
    return next((f for d, f in whole.districts if d.id == district.id), NONE)


def may_move(actor: Actor, row: Row) -> bool:
    """Whether the actor's organisation owns the place of a row: one incident, not several."""
    is_own = row.organisation is not None and row.organisation.id == actor.organisation_id
    return is_own and row.number == 1 and actor.may(Permission.REPORT_INCIDENT)


def feature(row: Row, *, link: str, move: str = "") -> dict[str, object]:
    """Return a row as a GeoJSON Feature (RFC 7946) with what the popup says.

    `move` is the page that puts it somewhere else, for those who may.
    """
    organisation = row.organisation
    return {
        "type": "Feature",
        "geometry": row.geometry,
        "properties": {
            "reference": row.reference,
            "group": row.group,
            "category": row.category,
            "summary": row.summary,
            "place_text": row.place_text,
            "when": row.when,
            "organisation": organisation.name if organisation else "",
            "kind": organisation.kind if organisation else Kind.OTHER,
            "precision_m": row.precision_m if row.is_uncertain else 0,
            "shown": row.shown,
            "unsure_time": row.unsure_time,
            "link": link,
            **({"move": move} if move else {}),
        },
    }


def collection(features: Sequence[Mapping[str, object]], **more: object) -> bytes:
    """Return Features as a FeatureCollection (RFC 7946), with more members of its own."""
    return orjson.dumps({"type": "FeatureCollection", "features": features, **more})


def box_of(geometries: Iterable[Mapping[str, object]]) -> Box:
    """Return the smallest box that holds GeoJSON geometries; Sweden when there are none."""
    positions = [p for geometry in geometries for p in _positions(geometry["coordinates"])]
    if not positions:
        return SWEDEN
    longitudes, latitudes = zip(*positions, strict=True)
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _positions(value: object) -> Iterator[tuple[float, float]]:
    assert isinstance(value, list), "GeoJSON coordinates are nested lists"
    if value and not isinstance(value[0], list):
        yield value[0], value[1]
        return
    for part in value:
        yield from _positions(part)
