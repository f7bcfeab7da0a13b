"""What lies under the incidents of a map: tiles of an archive, or what was taken in of its own."""

from collections.abc import Callable
from datetime import date

from lagesbild.base.basemap import Basemap
from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import AROUND, Division
from lagesbild.maps.rules import ground as rules
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import service as places

Features = list[dict[str, object]]


def tile(actor: Actor, archive: Basemap | None, z: int, x: int, y: int) -> bytes | None:
    """Return a tile as the archive has it, None where it has none."""
    require(actor, Permission.READ_INCIDENTS)
    if archive is None:
        raise NotFoundError("Kartan har inget eget arkiv.")
    return archive.tile(z, x, y)


def schematic(session: Session, actor: Actor, *, zoom: int, on: date) -> bytes:
    """Return neighbours, built-up areas and, close by, stops as GeoJSON, at most `MOST_BYTES`."""
    require(actor, Permission.READ_INCIDENTS)
    level = rules.level(zoom)
    found = places.stops(session, actor, limit=rules.MOST_STOPS) if level.has_stops else []
    stops = rules.stops(found)

    def drawn(tolerance: float) -> Features:
        around = districts.ground(session, actor, on=on, tolerance=tolerance)
        return [*(rules.area(each) for each in around), *stops]

    return _fitting(drawn, level.tolerance)


def divisions(session: Session, actor: Actor) -> list[Division]:
    """Return the divisions whose borders can be laid over a map: the main one always lies there."""
    require(actor, Permission.READ_INCIDENTS)
    found = districts.divisions(session, actor)
    return [each for each in found if not each.is_main and each.slug not in AROUND]


def borders(session: Session, actor: Actor, division: str, *, on: date) -> bytes:
    """Return a division's (slug) borders as GeoJSON, at most `MOST_BYTES`."""
    require(actor, Permission.READ_INCIDENTS)
    if division not in {each.slug for each in districts.divisions(session, actor)}:
        raise NotFoundError("Det finns ingen sådan indelning.")

    def drawn(tolerance: float) -> Features:
        found = districts.outlines_of(session, actor, division, on=on, tolerance=tolerance)
        return [rules.outline(each) for each in found]

    return _fitting(drawn, districts.DRAWING_TOLERANCE)


def _fitting(drawn: Callable[[float], Features], tolerance: float) -> bytes:
    """Return Features as finely drawn as fits; the last try is taken as it is."""
    body = b""
    for _ in range(rules.TRIES):
        body = rules.collection(drawn(tolerance))
        if len(body) <= rules.MOST_BYTES:
            break
        tolerance *= rules.COARSER
    return body
