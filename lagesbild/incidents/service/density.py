"""Where incidents are close together."""

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.hexagons import Hexagons
from lagesbild.incidents.store import hexagons as store
from lagesbild.people.rules import Actor, Permission, require, scope_of


def hexagons(session: Session, actor: Actor, wanted: Filter) -> Hexagons:
    """Return how many of the counted incidents of a filter lie in each hexagon of the grid."""
    require(actor, Permission.READ_INCIDENTS)
    return store.hexagons(session, actor.group, wanted, scope=scope_of(actor))
