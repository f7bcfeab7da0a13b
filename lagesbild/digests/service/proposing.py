"""The letter that would be drafted if the picture were fixed now. Nothing of it stays."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import NoReturn

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.errors import NotFoundError
from lagesbild.digests.rules import Kind, Run, RunState
from lagesbild.digests.rules.schedule import Author
from lagesbild.digests.service import calendar, composing
from lagesbild.digests.service.composing import Composed
from lagesbild.digests.service.drafting import first_words
from lagesbild.digests.store import letters
from lagesbild.digests.store import runs as store
from lagesbild.digests.store.letters import Worded
from lagesbild.meetings import service as meetings
from lagesbild.meetings.service import composing as gathering
from lagesbild.people.rules import Actor, Permission, require, system


def preview(actor: Actor, period: Period, *, base_url: str, now: datetime) -> Composed:
    """Return the letter as it would be drafted from what is known now.

    Raises `NotFoundError` once it is drafted: it has a page, which is not for everybody here.
    """
    require(actor, Permission.READ_WEEK)
    writer = system(actor.group)  # what comes of it is the clock's work
    seen: list[Composed] = []

    def look() -> NoReturn:
        with transaction(writer.gate) as session:
            meetings.publish(session, writer, period, now=now)
            run = _supposed(session, writer, period, now=now)
            seen.append(composing.supposed(session, writer, run.id, base_url=base_url, now=now))
            raise _OnlyALookError

    with suppress(_OnlyALookError):
        look()
    return seen[0]


def _supposed(session: Session, writer: Actor, period: Period, *, now: datetime) -> Run:
    """Make the letter; it goes with the transaction."""
    if store.newest(session, writer.group, period.name, Kind.LETTER):
        raise NotFoundError("Brevet är skrivet, och har en egen sida.")
    [due] = calendar.dues(session, writer, [period])
    run = Run(
        new_id(), period.name, Kind.LETTER, 1, due.at, RunState.DRAFT, late=False, made_at=now
    )
    store.open_run(session, writer.group, run)
    parts = gathering.contents(session, writer, period, now=now)
    words = asdict(first_words(session, writer, period, parts))
    letters.put_wording(session, writer.group, run, Worded(0, now, Author(None, None), words))
    return run


class _OnlyALookError(Exception):
    """Ends a transaction that was only to look at what would come of it."""
