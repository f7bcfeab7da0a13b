"""What lies under the incidents of a map: tiles of an archive, or what was taken in of its own.

No incident is in it, so that readers have it too.
"""

from collections.abc import Callable, Sequence
from datetime import date

from lagesbild.base.basemap import Basemap
from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import AROUND, Division
from lagesbild.maps.rules import collection
from lagesbild.maps.rules import ground as rules
from lagesbild.maps.rules.ground import Drawn, Feature
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import service as places


def tile(actor: Actor, archive: Basemap | None, z: int, x: int, y: int) -> bytes | None:
    """Return a tile as the archive has it, None where it has none."""
    require(actor, Permission.READ_NAMES)
    if archive is None:
        raise NotFoundError("Kartan har inget eget arkiv.")
    return archive.tile(z, x, y)


def schematic(session: Session, actor: Actor, *, zoom: int, on: date) -> bytes:
    """Return neighbours, built-up areas and, for who reads incidents, close by, stops as GeoJSON.

    At most `MOST_BYTES`, where thinner lines are enough for that.
    """
    require(actor, Permission.READ_NAMES)
    level = rules.level(zoom)
    has_stops = level.has_stops and actor.may(Permission.READ_INCIDENTS)
    found = places.stops(session, actor, on=on, limit=rules.MOST_STOPS) if has_stops else []
    around = districts.ground(session, actor, on=on, tolerance=level.tolerance)
    return _fitting(around, rules.area, level.tolerance, rules.stops(found))


def divisions(session: Session, actor: Actor) -> list[Division]:
    """Return the divisions whose borders can be laid over a map: the main one always lies there."""
    require(actor, Permission.READ_NAMES)
    found = districts.divisions(session, actor)
    return [each for each in found if not each.is_main and each.slug not in AROUND]


def borders(session: Session, actor: Actor, division: str | None, *, on: date) -> bytes:
    """Return the borders of a division (slug) as GeoJSON, thinned as above; else the main one's."""
    require(actor, Permission.READ_NAMES)
    if division is None:
        return collection([rules.outline(o) for o in districts.outlines(session, actor, on=on)])
    if division not in {each.slug for each in districts.divisions(session, actor)}:
        raise NotFoundError("Det finns ingen sådan indelning.")
    tolerance = districts.DRAWING_TOLERANCE
    found = districts.outlines_of(session, actor, division, on=on, tolerance=tolerance)
    return _fitting(found, rules.outline, tolerance)


def _fitting(
    found: Sequence[Drawn],
    feature: Callable[[Drawn], Feature],
    tolerance: float,
    beside: Sequence[Feature] = (),
) -> bytes:
    """Return Features as finely drawn as fits; the last try is taken as it is."""
    body = b""
    for n in range(rules.TRIES):
        if n:
            found = rules.thinned(found, tolerance * rules.COARSER**n)
        body = collection([*(feature(each) for each in found), *beside])
        if len(body) <= rules.MOST_BYTES:
            break
    return body
