"""What the log says about an incident."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lagesbild.audit.rules import Entry, changes
from lagesbild.incidents.rules import Facts, Incident
from lagesbild.incidents.rules.placing import told_of_move
from lagesbild.people.rules import Actor


def loggable(facts: Facts) -> dict[str, object]:
    """Return the fields of the facts that say something."""
    said = {k: v for k, v in vars(facts).items() if v not in (None, "", (), False)}
    return said if facts.number > 1 else {k: v for k, v in said.items() if k != "number"}


def entry_of(
    actor: Actor, verb: str, incident_id: UUID, what: Mapping[str, str], *, at: datetime
) -> Entry:
    """Return the line of the log for something that an actor did with an incident."""
    return Entry(
        at,
        verb,
        f"incident:{incident_id}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )


def changed(
    actor: Actor,
    before: Incident,
    after: Incident,
    *,
    verb: str = "incident.changed",
    why_moved: str = "",
    at: datetime,
) -> Entry:
    """Return the line of the log for a changed incident."""
    old, new = loggable(before.facts), loggable(after.facts)
    what = changes(old, dict.fromkeys(old) | new)
    what |= {"uppgift": "ändrad"} if before.parts != after.parts else {}
    what |= told_of_move(before.facts, after.facts, why_moved)
    return entry_of(actor, verb, before.id, what, at=at)
