"""Reading the log, with permission."""

from lagesbild.audit import store
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.people.rules import Actor, Permission, require


def log(session: Session, actor: Actor) -> list[Entry]:
    """Return the latest two hundred entries of the municipality, newest first."""
    require(actor, Permission.READ_AUDIT)
    return store.history(session, actor.group.municipality_id)
