"""Looking up names in the list of places, and keeping the list."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.districts.store import borders
from lagesbild.districts.store import read as districts
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.places import rules, store
from lagesbild.places.rules import Change, Found, NewPlace, Place

POSTS = 8  # of one name at one place are common; twice as many are not
BATCH = 2_000  # names in one statement: below its time limit with 50,000 places


def find(session: Session, actor: Actor, names: Sequence[str]) -> list[Found]:
    """Return what each name is, in the same order.  One trip to the database for `BATCH` names.

    A place only where the name leaves no doubt; else the places that are like it, to choose from.
    """
    require(actor, Permission.READ_INCIDENTS)
    asked = list(dict.fromkeys(names))
    found: dict[str, Found] = {}
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        readings = [(rules.plain(name), rules.readings(name)) for name in some]
        rows = store.same_and_near(session, actor.group.municipality_id, readings)
        for name, (same, near) in zip(some, rows, strict=True):
            found[name] = rules.judged(name, same, near)
    return [found[name] for name in names]


def search(session: Session, actor: Actor, text: str, *, limit: int = 8) -> list[Place]:
    """Return the places that somebody may be typing the name of, the likeliest first.

    The posts of a stop, and what several sources have of one place, are one.
    """
    require(actor, Permission.READ_INCIDENTS)
    found = store.search(session, actor.group.municipality_id, text, limit=limit * POSTS)
    return rules.apart(found)[:limit]


def search_in_districts(
    session: Session, actor: Actor, text: str, *, on: date
) -> list[tuple[Place, str]]:
    """Return the same, each with the name of its district on a day; empty outside all of them."""
    require(actor, Permission.READ_INCIDENTS)
    found = search(session, actor, text)
    asked = [(rules.geojson(place.point), on) for place in found]
    around = borders.around(session, actor.group.municipality_id, asked)
    return [(p, near[0].name if near else "") for p, near in zip(found, around, strict=True)]


def stops(session: Session, actor: Actor, *, on: date, limit: int) -> list[Place]:
    """Return the stops and stations in the box of a day's districts, by name, posts as one.

    Without districts those of the whole list.
    """
    require(actor, Permission.READ_INCIDENTS)
    municipality_id = actor.group.municipality_id
    inside = districts.box(session, municipality_id, on=on)
    found = store.of_kinds(
        session, municipality_id, rules.STOPS, inside=inside, limit=limit * POSTS
    )
    return rules.apart(found)[:limit]


def by_ids(session: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Place]:
    """Return those of some places that are still in the list, by id."""
    require(actor, Permission.READ_INCIDENTS)
    return store.by_ids(session, actor.group.municipality_id, ids) if ids else {}


def put(
    session: Session, actor: Actor, source: str, places: Sequence[NewPlace], *, now: datetime
) -> Change:
    """Store the places of a source, each under its key; what it no longer has is kept."""
    require(actor, Permission.ADMINISTER)
    municipality_id = actor.group.municipality_id
    known = store.known(session, municipality_id, source)
    differing = [
        place for place in places if known.get(place.key) != (place, rules.plain(place.name))
    ]
    new = sum(place.key not in known for place in differing)
    change = Change(
        new=new,
        changed=len(differing) - new,
        unchanged=len(places) - len(differing),
        kept=len(known.keys() - {place.key for place in places}),
    )
    store.put(session, municipality_id, source, differing, now=now)
    if differing:
        told = {"nya": str(change.new), "ändrade": str(change.changed)}
        entry = Entry(
            now, "places.imported", f"source:{source}", told, actor.person_id, actor.organisation_id
        )
        audit.record(session, municipality_id, [entry])
    return change
