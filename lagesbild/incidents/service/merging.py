"""Making one incident of two, and two again: permission, rule, store, audit, in that order."""

from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.base.db import Session, turn
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError, storable
from lagesbild.incidents.rules import Filter, Incident, Shown
from lagesbild.incidents.rules.entries import entry_of
from lagesbild.incidents.rules.intake import Pair
from lagesbild.incidents.rules.merging import (
    CHANGED,
    UNKNOWN,
    Merged,
    Merging,
    check,
    check_alone,
    check_both,
)
from lagesbild.incidents.rules.nearness import apart
from lagesbild.incidents.service.single import one
from lagesbild.incidents.store import listing as listed
from lagesbild.incidents.store import merging as store
from lagesbild.incidents.store import pairs as near
from lagesbild.incidents.store import parts
from lagesbild.people.rules import Actor, Permission, require, scope_of, system


def compare(session: Session, actor: Actor, name: UUID | str, other: UUID | str) -> Pair:
    """Return two incidents side by side, or raise `InvalidError` with why they cannot be one."""
    require(actor, Permission.REVIEW_INCIDENTS)
    first, second = _both(session, actor, name, other)
    check_both(first, second)
    scope, wanted = scope_of(actor), Filter(ids=(first.id, second.id))
    rows = {r.id: r for r in listed.page(session, actor.group, wanted, scope=scope, limit=2)}
    is_seen = first.shown is second.shown is Shown.EXACT
    ids = first.id, second.id
    metres = near.metres(session, actor.group.municipality_id, *ids) if is_seen else None
    return Pair(rows[first.id], rows[second.id], metres, apart(first.facts, second.facts))


def merge(session: Session, actor: Actor, wanted: Merging, *, now: datetime) -> Incident:
    """Make an incident a part of another one, and return that one. Twice is once.

    Raises `InvalidError` with why not, and `ConflictError` when either was changed meanwhile.
    """
    require(actor, Permission.REVIEW_INCIDENTS)
    kept, other = _both(session, actor, wanted.kept, wanted.other)
    if other.facts.duplicate_of == kept.id:
        return kept
    check(kept, other)
    municipality_id = actor.group.municipality_id
    read = {kept.id: wanted.kept_version, other.id: wanted.other_version}
    turn(session, system(actor.group).gate)  # the rows may be those of two other organisations
    if store.lock(session, municipality_id, list(read)) != read:
        raise ConflictError(CHANGED, current=kept)
    check_alone(other, is_kept=store.is_kept(session, municipality_id, other.id))
    who = actor.person_id
    store.join(session, municipality_id, kept=kept.id, other=other.id, person_id=who, at=now)
    parts.mark(session, municipality_id, [kept.id])
    turn(session, actor.gate)
    _log(session, actor, "incident.merged", [(kept, other), (other, kept)], now=now)
    return kept


def split(
    session: Session, actor: Actor, name: UUID | str, *, version: int, now: datetime
) -> Incident:
    """Make an incident that was merged one of its own again. Twice is once."""
    require(actor, Permission.REVIEW_INCIDENTS)
    other = one(session, actor, name)
    kept = other.facts.duplicate_of
    if kept is None:
        return other
    municipality_id = actor.group.municipality_id
    turn(session, system(actor.group).gate)
    store.lock(session, municipality_id, [kept])  # first, as when the kept one is withdrawn
    if store.lock(session, municipality_id, [other.id]) != {other.id: version}:
        raise ConflictError(CHANGED, current=other)
    who = actor.person_id
    store.split(session, municipality_id, kept=kept, other=other.id, person_id=who, at=now)
    parts.mark(session, municipality_id, [kept])
    turn(session, actor.gate)
    root = one(session, actor, kept)
    _log(session, actor, "incident.split", [(root, other), (other, root)], now=now)
    return other


def merged(session: Session, actor: Actor, incident: Incident) -> list[Merged]:
    """Return what is a part of an incident, as far as the actor may see it."""
    require(actor, Permission.READ_INCIDENTS)
    return store.into(session, actor.group.municipality_id, incident.id, scope=scope_of(actor))


def kept(session: Session, actor: Actor, incident: Incident) -> Merged | None:
    """Return the incident that this one is a part of, if the actor may see it."""
    require(actor, Permission.READ_INCIDENTS)
    if incident.facts.duplicate_of is None:
        return None
    scope, id_ = scope_of(actor), incident.facts.duplicate_of
    return store.kept(session, actor.group.municipality_id, id_, scope=scope)


def _both(
    session: Session, actor: Actor, name: UUID | str, other: UUID | str
) -> tuple[Incident, Incident]:
    """Return both, or raise one sentence for whatever is not there for the actor."""
    for each in (name, other):
        storable("other", str(each))
    try:
        return one(session, actor, name), one(session, actor, other)
    except NotFoundError as error:
        raise InvalidError("other", UNKNOWN) from error


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    pairs: list[tuple[Incident, Incident]],
    *,
    now: datetime,
) -> None:
    entries = [entry_of(actor, verb, a.id, {"med": b.reference}, at=now) for a, b in pairs]
    audit.record(session, actor.group.municipality_id, entries)
