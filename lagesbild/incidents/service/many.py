"""Many incidents at once, for lists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import changes
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Draft, Facts
from lagesbild.incidents.rules.entries import entry_of, loggable
from lagesbild.incidents.service.drafts import ready
from lagesbild.incidents.store import add, write
from lagesbild.incidents.store.add import Written
from lagesbild.people.rules import Actor, Permission, require

BATCH = 2_000


def report_many(
    session: Session,
    actor: Actor,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    verb: str = "incident.imported",
) -> list[Facts | InvalidError]:
    """Store those of many drafts that are right; return what each became, or what is wrong.

    They have no reference numbers until `number` is called, last in the transaction.
    """
    require(actor, Permission.IMPORT_LIST)
    found = ready(session, actor, drafts, now=now)
    municipality_id = actor.group.municipality_id
    batch: list[Written] = []
    for draft, outcome in zip(drafts, found, strict=True):
        if not isinstance(outcome, InvalidError):
            incident = draft.becomes(outcome.facts, outcome.visibility, now=now)
            entry = entry_of(actor, verb, draft.id, changes({}, loggable(incident.facts)), at=now)
            batch.append(Written(municipality_id, incident, entry))
    add.add_many(session, batch)
    return [each if isinstance(each, InvalidError) else each.facts for each in found]


def number(session: Session, actor: Actor, ids: Sequence[UUID], *, now: datetime) -> None:
    """Give incidents their reference numbers, in the order of the ids.

    The counter is a lock on all writers of the municipality: nothing should follow but the commit.
    """
    require(actor, Permission.IMPORT_LIST)
    if ids:
        year = now.astimezone(STOCKHOLM).year
        add.number(session, actor.group.municipality_id, ids, year=year)


def report_all(session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime) -> None:
    """Store many incidents at once, or none when one is wrong."""
    require(actor, Permission.IMPORT_LIST)
    for facts in report_many(session, actor, drafts, now=now, verb="incident.reported"):
        if isinstance(facts, InvalidError):
            raise facts
    number(session, actor, [draft.id for draft in drafts], now=now)


def withdraw_many(
    session: Session, actor: Actor, ids: Sequence[UUID], *, reason: str, now: datetime
) -> list[UUID]:
    """Take back those of the own incidents that nobody has touched since; return their ids.

    Their sender's references become free, so that the same rows can come in again.
    """
    require(actor, Permission.IMPORT_LIST)
    municipality_id = actor.group.municipality_id
    gone: list[UUID] = []
    for start in range(0, len(ids), BATCH):
        batch = write.withdraw_untouched(
            session,
            municipality_id,
            ids[start : start + BATCH],
            owner=actor.organisation_id,
            reason=reason,
            person_id=actor.person_id,
            at=now,
        )
        entries = [entry_of(actor, "incident.undone", id_, {}, at=now) for id_ in batch]
        audit.record(session, municipality_id, entries)
        gone += batch
    return gone
