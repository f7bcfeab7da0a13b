"""Which incidents lie so near a border that they may be in the wrong district."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import GeoJson, Incident, Listed, Shown
from lagesbild.people.rules import Actor, Permission, require


def near(session: Session, actor: Actor, incident: Incident) -> District | None:
    """Return the district whose border an incident lies near, as far as its place is shown."""
    require(actor, Permission.READ_INCIDENTS)
    facts = incident.facts
    told = _told(facts.place, facts.occurred_from, facts.district_id, incident.shown)
    return _neighbours(session, actor, [told])[0]


def near_each(session: Session, actor: Actor, rows: Sequence[Listed]) -> dict[str, District]:
    """Return those districts for the rows of a list, by reference; in one question."""
    require(actor, Permission.READ_INCIDENTS)
    told = [_told(r.place, r.occurred_from, r.district_id, r.shown) for r in rows]
    found = zip(rows, _neighbours(session, actor, told), strict=True)
    return {row.reference: district for row, district in found if district}


_Told = tuple[GeoJson, datetime, UUID | None]


def _told(
    place: GeoJson | None, at: datetime, district_id: UUID | None, shown: str
) -> _Told | None:
    """Return a place that is shown as it is; a square says nothing of what it stands for."""
    return (place, at, district_id) if place is not None and shown == Shown.EXACT else None


def _neighbours(
    session: Session, actor: Actor, told: Sequence[_Told | None]
) -> list[District | None]:
    asked = {n: each for n, each in enumerate(told) if each is not None}
    places = [(place, at.astimezone(STOCKHOLM).date(), own) for place, at, own in asked.values()]
    found = dict(zip(asked, districts.neighbours(session, actor, places), strict=True))
    return [found.get(n) for n in range(len(told))]
