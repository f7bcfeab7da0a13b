"""What the log says about an incident."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lagesbild.audit.rules import Entry
from lagesbild.incidents.rules import Facts
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
