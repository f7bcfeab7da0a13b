"""What was decided and linked lately, for those whom it concerns."""

from datetime import datetime

from lagesbild.actions.rules import Action
from lagesbild.actions.rules.telling import Decided, Linked, decisions, linkings
from lagesbild.actions.store import read
from lagesbild.audit import store as audit
from lagesbild.base.db import Session
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.people.rules import Actor, Permission, require

MOST = 1000  # incidents that were linked in a day


def decided_since(
    session: Session, actor: Actor, known: list[Action], since: datetime
) -> list[Decided]:
    """Return which of the actions were decided since a moment, the latest decision of each."""
    require(actor, Permission.READ_ACTIONS)
    entries = audit.noticed(session, actor.group.municipality_id, since=since)
    return decisions(known, entries)


def linked_since(
    session: Session, actor: Actor, known: list[Action], since: datetime
) -> list[Linked]:
    """Return which incidents the actions were linked with since a moment, and still are."""
    require(actor, Permission.READ_ACTIONS)
    entries = audit.noticed(session, actor.group.municipality_id, since=since)
    found = linkings(known, entries)
    if not found:
        return []
    there = read.links(session, actor.group, {action.id for action, _, _ in found})
    ids = tuple({incident for _, incident, _ in found})
    rows = incidents.listing(session, actor, Filter(ids=ids), limit=MOST)
    seen = {row.id: row for row in rows}
    return [
        Linked(action, seen[incident].reference, seen[incident].organisation_id, at)
        for action, incident, at in found
        if incident in seen and (action.id, incident) in there
    ]
