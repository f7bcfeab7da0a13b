"""What incidents have led to, and by which problem."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from lagesbild.actions.rules import Action, Led
from lagesbild.actions.service.changing import log
from lagesbild.actions.service.reading import one
from lagesbild.actions.store import read, write
from lagesbild.base.db import Session
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Incident, Listed
from lagesbild.people.rules import Actor, Permission, require, scope_of

SHOWN = 200  # incidents of one action


def led_to(session: Session, actor: Actor, incident: Incident) -> list[Led]:
    """Return what an incident that the actor sees has led to, itself or through its problem."""
    require(actor, Permission.READ_ACTIONS)
    return read.led_to(session, actor.group, incident.id, scope=scope_of(actor))


def linked(session: Session, actor: Actor, action: Action) -> list[Listed]:
    """Return the incidents that an action points at and the actor may see, the latest first."""
    require(actor, Permission.READ_ACTIONS)
    ids = read.incident_ids(session, actor.group, action.id)
    return incidents.listing(session, actor, Filter(ids=ids), limit=SHOWN) if ids else []


def links(
    session: Session, actor: Actor, action_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Return which actions point at which incidents; their rows are asked for by a scope."""
    require(actor, Permission.READ_ACTIONS)
    return read.links(session, actor.group, action_ids)


def link(session: Session, actor: Actor, action_id: UUID, reference: str, *, now: datetime) -> None:
    """Note that an incident has led to an action. Twice is once."""
    require(actor, Permission.WRITE_ACTIONS)
    action = one(session, actor, action_id)
    incident = incidents.linkable(session, actor, reference)
    if write.link(session, actor.group, action.id, incident.id):
        what = {"händelse": str(incident.id)}
        log(session, actor, "action.linked", action.id, what, at=now)


def unlink(
    session: Session, actor: Actor, action_id: UUID, reference: str, *, now: datetime
) -> None:
    """Take an incident away from an action. Twice is once."""
    require(actor, Permission.WRITE_ACTIONS)
    action = one(session, actor, action_id)
    incident = incidents.one(session, actor, reference)
    if write.unlink(session, actor.group, action.id, incident.id):
        what = {"händelse": str(incident.id)}
        log(session, actor, "action.unlinked", action.id, what, at=now)
