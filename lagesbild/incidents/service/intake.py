"""What is new to the group, and going through it: permission, rule, store, audit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.base.db import Session
from lagesbild.incidents.rules import Filter, Incident
from lagesbild.incidents.rules.entries import entry_of
from lagesbild.incidents.rules.intake import Pair, Review, begins
from lagesbild.incidents.service.single import count, one
from lagesbild.incidents.store import listing as listed
from lagesbild.incidents.store import pairs as near
from lagesbild.incidents.store import reviews
from lagesbild.people.rules import Actor, Permission, require, scope_of

PAIRS_SHOWN = 20


def new_since(actor: Actor, *, now: datetime) -> datetime:
    """Return from when on what is logged is new to the group."""
    require(actor, Permission.REVIEW_INCIDENTS)
    return begins(now, weekday=actor.group.meeting_weekday)


def waiting(session: Session, actor: Actor, *, now: datetime) -> int:
    """Return how many incidents nobody in the group has gone through."""
    require(actor, Permission.REVIEW_INCIDENTS)
    return count(session, actor, Filter(new_since=new_since(actor, now=now))).rows


def review(session: Session, actor: Actor, ids: Sequence[UUID], *, now: datetime) -> int:
    """Note that the actor has gone through incidents; return how many were news. Twice is once."""
    require(actor, Permission.REVIEW_INCIDENTS)
    scope, wanted = scope_of(actor), Filter(ids=tuple(ids))
    rows = listed.page(session, actor.group, wanted, scope=scope, limit=len(ids))
    news = reviews.put(session, actor, [row.id for row in rows], at=now)
    _log(session, actor, "incident.reviewed", news, now=now)
    return len(news)


def undo(session: Session, actor: Actor, *, at: datetime, now: datetime) -> int:
    """Take back what the actor went through at a moment; return how many that was."""
    require(actor, Permission.REVIEW_INCIDENTS)
    gone = reviews.undo(session, actor, at=at)
    _log(session, actor, "incident.unreviewed", gone, now=now)
    return len(gone)


def reviewed(session: Session, actor: Actor, *, at: datetime) -> int:
    """Return how many incidents the actor went through at a moment."""
    require(actor, Permission.REVIEW_INCIDENTS)
    return reviews.made(session, actor, at=at)


def forget(session: Session, actor: Actor, name: UUID | str, *, now: datetime) -> None:
    """Put an incident back among those that nobody has gone through. Twice is once."""
    require(actor, Permission.REVIEW_INCIDENTS)
    incident = one(session, actor, name)
    if reviews.forget(session, actor.group, incident.id):
        _log(session, actor, "incident.unreviewed", [incident.id], now=now)


def review_of(session: Session, actor: Actor, incident: Incident) -> Review | None:
    """Return who went through an incident first, or None."""
    require(actor, Permission.REVIEW_INCIDENTS)
    return reviews.of(session, actor.group, incident.id)


def pairs(session: Session, actor: Actor, *, now: datetime) -> list[Pair]:
    """Return the new incidents that may be the same, where the actor sees both places exactly."""
    require(actor, Permission.REVIEW_INCIDENTS)
    scope, since = scope_of(actor), new_since(actor, now=now)
    found = near.near(session, actor.group, since, scope=scope, limit=PAIRS_SHOWN)
    ids = tuple({id_ for pair in found for id_ in (pair.one, pair.other)})
    page = listed.page(session, actor.group, Filter(ids=ids), scope=scope, limit=len(ids))
    rows = {row.id: row for row in page}
    return [
        Pair(rows[pair.one], rows[pair.other], pair.metres, pair.apart)
        for pair in found
        if {pair.one, pair.other} <= rows.keys()
    ]


def _log(session: Session, actor: Actor, verb: str, ids: Sequence[UUID], *, now: datetime) -> None:
    entries = [entry_of(actor, verb, id_, {}, at=now) for id_ in ids]
    audit.record(session, actor.group.municipality_id, entries)
