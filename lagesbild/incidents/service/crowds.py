"""Incidents taken together: what a drawing or a table of numbers says of many of them."""

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.crowds import Crowd, Pane, Tally
from lagesbild.incidents.store import crowds as store
from lagesbild.people.rules import Actor, Permission, require, scope_of


def crowds(session: Session, actor: Actor, wanted: Filter, pane: Pane) -> list[Crowd]:
    """Return what lies in each square of a piece of ground, the largest crowds first."""
    require(actor, Permission.READ_INCIDENTS)
    return store.crowds(session, actor.group, wanted, pane, scope=scope_of(actor))


def tallies(session: Session, actor: Actor, wanted: Filter) -> list[Tally]:
    """Return how many a filter finds of each type, in each district, of each organisation."""
    require(actor, Permission.READ_INCIDENTS)
    return store.tallies(session, actor.group, wanted, scope=scope_of(actor))
