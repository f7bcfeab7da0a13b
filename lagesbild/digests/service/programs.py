"""The letters and their deliveries for programs: to read."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.digests.rules import TO_READERS, Delivery, Kind, Run, RunState
from lagesbild.digests.store import letters as store
from lagesbild.digests.store import outbox
from lagesbild.digests.store import runs as mailings
from lagesbild.digests.store.hashes import hashes
from lagesbild.people.rules import Actor, Permission, require


class Told(NamedTuple):
    """A letter and how far it has come. When it was due and approved is the group's to know."""

    week: str
    kind: Kind
    version: int
    state: RunState
    released_at: datetime | None
    sha256: bytes | None
    number: str = ""
    due_at: datetime | None = None
    approved_at: datetime | None = None


def letters(session: Session, actor: Actor) -> list[Told]:
    """Return the letters of the group, the one that is due last first."""
    require(actor, Permission.READ_DIGEST)
    known = hashes(session, actor.group)
    return [
        Told(
            run.week,
            run.kind,
            run.version,
            run.state,
            run.released_at,
            known.get((run.week, run.kind, run.version)),
            run.series,
            run.due_at,
            run.approved_at,
        )
        for run in mailings.runs(session, actor.group, [kind for kind in Kind if kind.is_letter])
    ]


def released(session: Session, actor: Actor) -> list[Told]:
    """Return the letters that have left, the latest first, by the reader login."""
    require(actor, Permission.READ_PUBLICATION)
    known = hashes(session, actor.group)
    return [
        Told(
            each.week,
            each.kind,
            each.version,
            RunState.RELEASED,
            each.released_at,
            known.get((each.week, each.kind, each.version)),
        )
        for each in store.sent(session, actor.group)
    ]


def content(
    session: Session, actor: Actor, period: Period, kind: Kind, version: int | None
) -> Mapping[str, object]:
    """Return what a letter that has left says, for machines: its newest version or another."""
    require(actor, Permission.READ_PUBLICATION)
    week = period.name
    wanted = version or store.newest_version(session, actor.group, week, kind)
    found = wanted and store.sent_letter(session, actor.group, week, kind, wanted)
    if not found:
        raise NotFoundError("Det finns inget sådant brev som har skickats.")
    return found.content


def deliveries(session: Session, actor: Actor, period: Period) -> list[tuple[Run, Delivery]]:
    """Return the deliveries to readers about a week, each with its mailing."""
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    return [
        (run, each)
        for run in mailings.of_week(session, group, period.name)
        if run.kind in TO_READERS
        for each in outbox.deliveries(session, group, run)
    ]
