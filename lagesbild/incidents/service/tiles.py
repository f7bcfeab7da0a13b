"""Incidents as vector tiles, and how to know whether a tile is still the same."""

from datetime import datetime, timedelta

from lagesbild.audit import store as audit
from lagesbild.base.db import Session
from lagesbild.base.geo import Tile
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.store import read
from lagesbild.incidents.store import tiles as store
from lagesbild.people.rules import Actor, Permission, require, scope_of

JUST_NOW = timedelta(minutes=10)  # longer than anything takes to be written


def tile(session: Session, actor: Actor, wanted: Filter, of: Tile) -> bytes:
    """Return a tile of what a filter finds for the actor, as `incidents.store.tiles` says."""
    require(actor, Permission.READ_INCIDENTS)
    return store.tile(session, actor.group, wanted, scope=scope_of(actor), of=of)


def edition(session: Session, actor: Actor, *, now: datetime) -> str:
    """Return a word that is another one when what the actor may see can have changed.

    Whatever changes an incident leaves a line in the log; types are shared by all municipalities.
    """
    require(actor, Permission.READ_INCIDENTS)
    pulse = audit.pulse(session, actor.group.municipality_id, since=now - JUST_NOW)
    types = ",".join(f"{code}{n}" for code, n in read.versions(session).items())
    return f"{pulse} {types} {actor.group.id} {scope_of(actor)}"
