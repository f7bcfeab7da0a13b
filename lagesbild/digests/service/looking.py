"""Letters looked at: those that were written, and the one that would be written now."""

from contextlib import suppress
from datetime import datetime
from typing import NoReturn

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import NotFoundError
from lagesbild.digests import rules
from lagesbild.digests.draw import letter as draw
from lagesbild.digests.draw import words
from lagesbild.digests.rules import Delivery, Letter, Run
from lagesbild.digests.service.basis import basis_of, next_day, starts
from lagesbild.digests.store import outbox
from lagesbild.digests.store import runs as store
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Permission, require, system


def runs(session: Session, actor: Actor) -> list[Run]:
    """Return the letters of the actor's group, newest first."""
    require(actor, Permission.READ_DIGEST)
    return store.runs(session, actor.group)


def run(session: Session, actor: Actor, week: str) -> tuple[Run, Letter, list[Delivery]]:
    """Return the letter of a week (empty until it is written) and its deliveries."""
    require(actor, Permission.READ_DIGEST)
    found = store.stored(session, actor.group, week)
    if found is None:
        raise NotFoundError("Det finns inget brev för den veckan.")
    return found.run, found.letter, outbox.deliveries(session, actor.group, found.run)


def preview(actor: Actor, period: Period, *, base_url: str, now: datetime) -> Letter:
    """Return the letter that would be written now. Nothing is stored."""
    require(actor, Permission.READ_WEEK)
    writer = system(actor.group)  # what comes of it is the clock's work
    due_at = rules.due_of(actor.group, period, starts(writer, period)[period])
    rest = (due_at, rules.is_late(due_at, now), base_url, next_day(writer, period))
    seen: list[words.Basis] = []

    def look() -> NoReturn:
        with transaction(writer.gate) as session:
            id_ = meetings.publish(session, writer, period, now=now)
            seen.append(basis_of(session, writer, period, id_, rest))
            raise _OnlyALookError

    with suppress(_OnlyALookError):
        look()
    return draw.compose(seen[0])


class _OnlyALookError(Exception):
    """Ends a transaction that was only to look at what would come of it."""
