"""Taking in a list of places: all of a file or nothing of it."""

from collections.abc import Sequence
from datetime import datetime

import shapely

from lagesbild.base import clock
from lagesbild.base.db import Session
from lagesbild.base.geo import Box
from lagesbild.districts import service as districts
from lagesbild.exchange.rules.gazetteer.reading import Fields, Outcome, gazetteer, refuse
from lagesbild.exchange.rules.sources import check_source
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace


def import_places(  # noqa: PLR0913 – the session and the actor come before what is imported
    session: Session,
    actor: Actor,
    content: bytes,
    source: str,
    wanted: Fields,
    *,
    confirmed: bool = False,
    now: datetime,
) -> Outcome:
    """Store a file's places, or raise `InvalidError` and store nothing."""
    require(actor, Permission.ADMINISTER)
    check_source(source)
    whole = _municipality(session, actor, now=now)
    home = Box(*whole.bounds) if whole is not None else None
    found = gazetteer(content, wanted, confirmed=confirmed, home=home)
    refuse(found.wrong)
    change = places.put(session, actor, source, found.places, now=now)
    return Outcome(change, found.repeated, _outside(whole, found.places))


def _municipality(session: Session, actor: Actor, *, now: datetime) -> shapely.Geometry | None:
    """Return all districts as one area, None where there are no outlines."""
    today = now.astimezone(clock.STOCKHOLM).date()
    outlines = districts.outlines(session, actor, on=today)
    if not outlines:
        return None
    return shapely.union_all([shapely.from_geojson(outline.geojson) for outline in outlines])


def _outside(whole: shapely.Geometry | None, found: Sequence[NewPlace]) -> int | None:
    """Return how many places no district holds, None where there are no outlines."""
    if whole is None:
        return None
    shapely.prepare(whole)
    inside = shapely.intersects_xy(
        whole, [p.point.longitude for p in found], [p.point.latitude for p in found]
    )
    return len(found) - int(inside.sum())
