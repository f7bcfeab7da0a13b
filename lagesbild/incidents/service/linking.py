"""Which incidents problems and actions may point at."""

import re

from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.incidents.rules import Incident, Visibility
from lagesbild.incidents.store import read
from lagesbild.people.rules import Actor, Permission, require, scope_of

REFERENCE = re.compile(r"L-[0-9]{4}-[0-9]{1,12}")
NO_SUCH = "Det finns ingen händelse med det numret här. Skriv det som L-2026-000123."


def linkable(session: Session, actor: Actor, reference: str) -> Incident:
    """Return the incident that a person means by its number, or raise `InvalidError`."""
    require(actor, Permission.READ_INCIDENTS)
    name = reference.strip().upper()
    if not REFERENCE.fullmatch(name):  # nor may it be what no database stores
        raise InvalidError("incident", NO_SUCH)
    try:
        found = read.one(session, actor.group.municipality_id, name, scope=scope_of(actor))
    except NotFoundError as error:
        raise InvalidError("incident", NO_SUCH) from error
    if found.withdrawn_at is not None:
        raise InvalidError("incident", "Händelsen är tillbakatagen och kan inte kopplas.")
    if found.visibility is Visibility.OWN:
        raise InvalidError(
            "incident", "Bara ni ser händelsen. Dela den med gruppen innan den kopplas."
        )
    return found
