"""The deliveries: claimed before they are tried, settled after. Neither is ever guessed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import Outcome, State
from lagesbild.digests.rules import Delivery, Run, RunState
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.people.rules import Group

_DELIVERY = (
    DeliveryRow.id,
    DeliveryRow.run_id,
    DeliveryRow.recipient,
    DeliveryRow.state,
    DeliveryRow.attempt,
    DeliveryRow.answer,
    DeliveryRow.settled_at,
    DeliveryRow.message_id,
    DeliveryRow.first_attempt_at,
)


def put_deliveries(
    session: Session,
    group: Group,
    run: Run,
    recipients: Sequence[str],
    *,
    domain: str,
    at: datetime,
) -> None:
    """Put a letter in the outbox, once per address; what waits there may go from now on."""
    for recipient in recipients:
        id_ = new_id()
        put = upsert(DeliveryRow).values(
            municipality_id=group.municipality_id,
            id=id_,
            run_id=run.id,
            recipient=recipient,
            state=State.PENDING,
            next_attempt_at=at,
            message_id=f"<{id_}@{domain}>",
        )
        session.execute(put.on_conflict_do_nothing())
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.municipality_id == group.municipality_id,
            DeliveryRow.run_id == run.id,
            DeliveryRow.state == State.PENDING,
        )
        .values(next_attempt_at=at, first_attempt_at=None)
    )


def claim(session: Session, group: Group, *, now: datetime) -> Delivery | None:
    """Take the delivery that has waited longest, or None. Nobody else gets it after the commit."""
    query = (
        select(DeliveryRow.id)
        .join(
            RunRow,
            (RunRow.municipality_id == DeliveryRow.municipality_id)
            & (RunRow.id == DeliveryRow.run_id),
        )
        .where(
            DeliveryRow.municipality_id == group.municipality_id,
            RunRow.group_id == group.id,
            RunRow.state == RunState.WRITTEN,
            DeliveryRow.state == State.PENDING,
            DeliveryRow.next_attempt_at <= now,
        )
        .order_by(DeliveryRow.next_attempt_at, DeliveryRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=DeliveryRow)
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        return None
    taken = (
        update(DeliveryRow)
        .where(DeliveryRow.municipality_id == group.municipality_id, DeliveryRow.id == found)
        .values(
            state=State.SENDING,
            attempt=DeliveryRow.attempt + 1,
            next_attempt_at=now,  # while under way: since when
            first_attempt_at=func.coalesce(DeliveryRow.first_attempt_at, now),
        )
        .returning(*_DELIVERY)
    )
    return _delivery(session.execute(taken).one())


def settle(
    session: Session,
    group: Group,
    delivery: Delivery,
    outcome: Outcome,
    *,
    at: datetime,
) -> None:
    """Store how an attempt went. Who made it knows better than who gave it up as unknown."""
    changes = {"state": outcome.state, "answer": outcome.answer, "settled_at": at}
    if outcome.again_at is not None:
        changes["next_attempt_at"] = outcome.again_at
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.municipality_id == group.municipality_id,
            DeliveryRow.id == delivery.id,
            DeliveryRow.attempt == delivery.attempt,
            DeliveryRow.state.in_([State.SENDING, State.UNKNOWN]),
        )
        .values(changes)
    )


def abandon(
    session: Session, group: Group, *, since: datetime, answer: str, at: datetime
) -> list[UUID]:
    """Settle as unknown what has been under way since before a moment; return which."""
    group_runs = select(RunRow.id).where(
        RunRow.municipality_id == group.municipality_id, RunRow.group_id == group.id
    )
    left = (
        update(DeliveryRow)
        .where(
            DeliveryRow.municipality_id == group.municipality_id,
            DeliveryRow.run_id.in_(group_runs),
            DeliveryRow.state == State.SENDING,
            DeliveryRow.next_attempt_at < since,
        )
        .values(state=State.UNKNOWN, answer=answer, settled_at=at)
        .returning(DeliveryRow.id)
    )
    return [*session.execute(left).scalars()]


def deliveries(session: Session, group: Group, run: Run) -> list[Delivery]:
    """Return the deliveries of a letter, by address."""
    query = (
        select(*_DELIVERY)
        .where(DeliveryRow.municipality_id == group.municipality_id, DeliveryRow.run_id == run.id)
        .order_by(DeliveryRow.recipient)
    )
    return [_delivery(row) for row in session.execute(query)]


def _delivery(row: Sequence[Any]) -> Delivery:
    return Delivery(row[0], row[1], row[2], State(row[3]), *row[4:])
