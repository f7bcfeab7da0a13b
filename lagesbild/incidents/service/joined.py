"""What a change of one incident means for those that are one with it."""

from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.base.db import Session, turn
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.entries import entry_of
from lagesbild.incidents.store import merging, parts
from lagesbild.people.rules import Actor, Permission, require, system


def settle(session: Session, actor: Actor, incident: Incident, *, now: datetime) -> None:
    """Bring marks in line after a change, and let go of what is merged into what counts no more.

    The rows have several owners: for these two things they are written as the system.
    """
    require(actor, Permission.REPORT_INCIDENT)
    municipality_id, person_id = actor.group.municipality_id, actor.person_id
    kept = incident.facts.duplicate_of
    turn(session, system(actor.group).gate)
    freed = merging.free(session, municipality_id, incident.id, person_id=person_id, at=now)
    parts.mark(session, municipality_id, [incident.id, *([kept] if kept else [])])
    turn(session, actor.gate)
    entries = [entry_of(actor, "incident.split", id_, {}, at=now) for id_ in freed]
    audit.record(session, municipality_id, entries)
