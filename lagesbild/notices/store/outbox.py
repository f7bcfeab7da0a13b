"""The notices: written once, claimed before they are tried, settled after. None is guessed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import Outcome, State
from lagesbild.notices.rules import Claimed, Kind, Name, Notice, Sent
from lagesbild.notices.store.tables import NoticeRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import PersonRow

_CLAIMED = (
    NoticeRow.id,
    NoticeRow.kind,
    NoticeRow.key,
    NoticeRow.person_id,
    NoticeRow.attempt,
    NoticeRow.first_attempt_at,
    NoticeRow.message_id,
)


def _of(group: Group) -> list[ColumnElement[bool]]:
    return [NoticeRow.municipality_id == group.municipality_id, NoticeRow.group_id == group.id]


def put(session: Session, group: Group, notices: Sequence[Notice], *, at: datetime) -> None:
    """Put notices in the outbox, each once; what has been there before stays as it is."""
    rows = [
        {
            "municipality_id": group.municipality_id,
            "id": new_id(),
            "group_id": group.id,
            **notice.name._asdict(),
            "made_at": at,
            "state": State.PENDING,
            "next_attempt_at": at,
        }
        for notice in notices
    ]
    if rows:
        session.execute(upsert(NoticeRow).values(rows).on_conflict_do_nothing())


def claim(
    session: Session, group: Group, kinds: Collection[Kind], *, domain: str, now: datetime
) -> list[Claimed]:
    """Take all that waits for the person who has waited longest. Nobody else gets it after.

    One at a time in each group, so that what goes to one person goes in one mail.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"notices {group.id}"))))
    waiting = [
        *_of(group),
        NoticeRow.state == State.PENDING,
        NoticeRow.next_attempt_at <= now,
        NoticeRow.kind.in_(kinds),
    ]
    oldest = (
        select(NoticeRow.person_id)
        .where(*waiting)
        .order_by(NoticeRow.next_attempt_at, NoticeRow.id)
        .limit(1)
    )
    taken = (
        update(NoticeRow)
        .where(*waiting, NoticeRow.person_id == oldest.scalar_subquery())
        .values(
            state=State.SENDING,
            attempt=NoticeRow.attempt + 1,
            next_attempt_at=now,  # while under way: since when
            first_attempt_at=func.coalesce(NoticeRow.first_attempt_at, now),
            message_id=f"<{new_id()}@{domain}>",
        )
        .returning(*_CLAIMED)
    )
    found = [
        Claimed(id_, Name(Kind(kind), key, person), attempt, first or now, message_id or "")
        for id_, kind, key, person, attempt, first, message_id in session.execute(taken)
    ]
    return sorted(found, key=lambda one: one.id)


def settle(
    session: Session, group: Group, claimed: Sequence[Claimed], outcome: Outcome, *, at: datetime
) -> None:
    """Store how an attempt went. Who made it knows better than who gave it up as unknown."""
    if not claimed:
        return
    changes = {"state": outcome.state, "answer": outcome.answer, "settled_at": at}
    if outcome.again_at is not None:
        changes["next_attempt_at"] = outcome.again_at
    session.execute(
        update(NoticeRow)
        .where(
            *_of(group),
            tuple_(NoticeRow.id, NoticeRow.attempt).in_([(c.id, c.attempt) for c in claimed]),
            NoticeRow.state.in_([State.SENDING, State.UNKNOWN]),
        )
        .values(changes)
    )


def abandon(
    session: Session, group: Group, *, since: datetime, answer: str, at: datetime
) -> list[UUID]:
    """Settle as unknown what has been under way since before a moment; return which."""
    left = (
        update(NoticeRow)
        .where(*_of(group), NoticeRow.state == State.SENDING, NoticeRow.next_attempt_at < since)
        .values(state=State.UNKNOWN, answer=answer, settled_at=at)
        .returning(NoticeRow.id)
    )
    return [*session.execute(left).scalars()]


def drop(session: Session, group: Group, *, answer: str, at: datetime) -> None:
    """Settle as refused all that waits."""
    session.execute(
        update(NoticeRow)
        .where(*_of(group), NoticeRow.state == State.PENDING)
        .values(state=State.REFUSED, answer=answer, settled_at=at)
    )


def listing(session: Session, group: Group, *, limit: int) -> list[Sent]:
    """Return the notices of a group, the latest first."""
    query = (
        select(
            NoticeRow.kind,
            NoticeRow.key,
            NoticeRow.made_at,
            PersonRow.mail,
            NoticeRow.state,
            NoticeRow.answer,
            NoticeRow.settled_at,
        )
        .join(PersonRow, PersonRow.id == NoticeRow.person_id)
        .where(*_of(group))
        .order_by(NoticeRow.id.desc())
        .limit(limit)
    )
    return [
        Sent(Kind(row[0]), *row[1:4], State(row[4]), *row[5:]) for row in session.execute(query)
    ]
