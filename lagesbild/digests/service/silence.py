"""How the letters stand: whether they leave, and whether anybody would know if they did not."""

from datetime import datetime

from lagesbild.base.db import Session, looking_out
from lagesbild.digests import rules
from lagesbild.digests.rules import silence
from lagesbild.digests.rules.silence import RECENT, Heard, Machine, OfGroup, Standing
from lagesbild.digests.service import calendar, recipients, settling
from lagesbild.digests.store import silence as store
from lagesbild.people.rules import Actor, Permission, require


def everywhere(*, now: datetime) -> list[OfGroup]:
    """Return how the letters of every group stand, for who watches the installation."""
    with looking_out() as session:
        return store.of_all(session, now=now)


def heard(session: Session, actor: Actor, *, now: datetime) -> Heard:
    """Return which letter of the group has left last, and which has stayed away. One question."""
    require(actor, Permission.READ_DIGEST)
    return silence.with_unwritten(store.heard(session, actor.group, now=now), actor.group, now)


def standing(session: Session, actor: Actor, machine: Machine, *, now: datetime) -> Standing:
    """Return how the group's letters stand: the last, the next five, and what is wrong."""
    require(actor, Permission.READ_DIGEST)
    closed = rules.newest(actor.group, now)[0]
    dues = calendar.dues(session, actor, [closed]) + calendar.following(session, actor, closed)
    lacks = (
        silence.no_reader(recipients.overview(session, actor, now=now).addressed),
        settling.approvers_missing(session, actor),
    )
    found = heard(session, actor, now=now)
    reached = store.reaches(session, actor.group, since=now - RECENT, now=now)
    faults = silence.faults(found, reached, machine, lacks, now)
    return Standing(now, found, silence.ahead(dues, now), faults)
