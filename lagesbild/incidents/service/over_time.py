"""How the incidents of a filter lie in time."""

from collections.abc import Sequence
from datetime import datetime

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.over_time import Hours, Range
from lagesbild.incidents.store import over_time as store
from lagesbild.people.rules import Actor, Permission, require, scope_of


def in_ranges(session: Session, actor: Actor, wanted: Filter, ranges: Sequence[Range]) -> list[int]:
    """Return how many counted incidents of a filter happened in each range of time."""
    require(actor, Permission.READ_INCIDENTS)
    return store.in_ranges(session, actor.group, wanted, ranges, scope=scope_of(actor))


def first(session: Session, actor: Actor, *, until: datetime) -> datetime | None:
    """Return since when there are figures; None where there are none before a moment."""
    require(actor, Permission.READ_WEEK)
    return store.first(session, actor.group, until=until)


def hours(session: Session, actor: Actor, wanted: Filter) -> Hours:
    """Return how many counted incidents of a filter happened at each hour of the week."""
    require(actor, Permission.READ_INCIDENTS)
    return store.hours(session, actor.group, wanted, scope=scope_of(actor))
