"""Municipalities, and which organisations take part in their groups."""

from collections.abc import Sequence
from datetime import date, datetime

from lagesbild.access import rules, store
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session, new_id, transaction, turn, turn_to_door
from lagesbild.base.errors import ConflictError
from lagesbild.base.gate import Gate
from lagesbild.people import store as people
from lagesbild.people.rules import (
    Actor,
    Group,
    Kind,
    Organisation,
    Permission,
    require,
    system,
)


def add_municipality(
    *, slug: str, name: str, code: str, shared: Sequence[Organisation] = (), now: datetime
) -> Group:
    """Add a municipality with kommun, polis and brand, and one group named after it.

    `shared` are organisations that serve others already: they come in instead of new ones.
    """
    with transaction(Gate(new_id())) as session:
        return found(session, slug=slug, name=name, code=code, shared=shared, now=now)


def found(
    session: Session,
    *,
    slug: str,
    name: str,
    code: str,
    shared: Sequence[Organisation] = (),
    now: datetime,
) -> Group:
    """Do the same inside a transaction, and leave it behind the gate of the new municipality.

    One at a time: whoever comes second sees what the first has made, or waits for it.
    """
    rules.check_municipality(slug=slug, name=name, code=code)
    turn_to_door(session)
    store.wait_to_found(session)
    rules.check_together(slug, [group.slug for group in people.groups(session)])
    if people.slug_taken(session, slug, code):
        raise ConflictError(f"Det finns redan en kommun med kortnamnet {slug} eller kod {code}.")
    municipality_id = new_id()
    turn(session, Gate(municipality_id))
    people.add_municipality(
        session, municipality_id=municipality_id, slug=slug, name=name, code=code
    )
    people.add_group(session, municipality_id=municipality_id, slug=slug, name=name, since=now)
    [group] = people.groups(session)  # behind the gate there is only this one
    actor = system(group)
    turn(session, actor.gate)
    day = now.astimezone(STOCKHOLM).date()
    first = {o.slug: o for o in (Organisation(new_id(), k, t, k) for k, t in _FIRST.items())}
    for organisation in (first | {o.slug: o for o in shared}).values():
        add_organisation(session, actor, organisation, joined_on=day)
    entry = Entry(now, "municipality.added", f"municipality:{municipality_id}", {})
    audit.record(session, municipality_id, [entry])
    return group


_FIRST = {
    Kind.MUNICIPALITY: "Kommunen",
    Kind.POLICE: "Polisen",
    Kind.FIRE: "Brandförsvaret",
}


def add_organisation(
    session: Session, actor: Actor, organisation: Organisation, *, joined_on: date
) -> None:
    """Let an organisation take part in the actor's group."""
    require(actor, Permission.ADMINISTER)
    rules.check_organisation(organisation)
    if organisation.slug in {o.slug for o in people.organisations(session, actor.group)}:
        raise ConflictError(f"Kortnamnet {organisation.slug} används redan i gruppen.")
    people.add_organisation(session, actor.group, organisation, joined_on=joined_on)


def organisations(session: Session, actor: Actor) -> list[Organisation]:
    """Return the organisations of the actor's group."""
    require(actor, Permission.READ_NAMES)
    return people.organisations(session, actor.group)


def organisation_named(session: Session, actor: Actor, slug: str) -> Organisation:
    """Return an organisation of the actor's group by its short name, or raise `NotFoundError`."""
    require(actor, Permission.READ_NAMES)
    known = people.organisations(session, actor.group)
    found = next((o for o in known if o.slug == slug), None)
    if found is None:
        raise rules.no_organisation(slug, known)
    return found
