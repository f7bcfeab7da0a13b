"""What a member of a group wants to be told of. Everybody chooses for themselves."""

from collections.abc import Collection
from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.notices.rules import Kind, kinds_of
from lagesbild.notices.store import choices as store
from lagesbild.people.rules import Actor, Permission, require


def switched_off(session: Session, actor: Actor) -> frozenset[Kind]:
    """Return what the actor has switched off in the group."""
    require(actor, Permission.READ_NAMES)
    off = store.off(session, actor.group)
    return frozenset(kind for person, kind in off if person == actor.person_id)


def choose(session: Session, actor: Actor, on: Collection[Kind], *, now: datetime) -> None:
    """Store what the actor wants to be told of in the group. Twice is once."""
    require(actor, Permission.READ_NAMES)
    assert actor.person_id is not None, "a person has signed in"
    off = frozenset(kind for kind in kinds_of(actor.role) if kind not in on)
    if off == switched_off(session, actor):
        return
    store.put_off(session, actor.group, actor.person_id, sorted(off))
    entry = Entry(
        now,
        "notices.chosen",
        f"person:{actor.person_id}",
        {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
