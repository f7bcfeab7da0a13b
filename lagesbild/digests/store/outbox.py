"""The deliveries: claimed before they are tried, settled after. Neither is ever guessed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import Outcome, State
from lagesbild.digests.rules import Delivery, Form, Run, RunState
from lagesbild.digests.rules.recipients import Addressed
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.people.rules import Group

DELIVERY = (
    DeliveryRow.id,
    DeliveryRow.run_id,
    DeliveryRow.recipient,
    DeliveryRow.state,
    DeliveryRow.attempt,
    DeliveryRow.answer,
    DeliveryRow.settled_at,
    DeliveryRow.message_id,
    DeliveryRow.first_attempt_at,
    DeliveryRow.form,
    DeliveryRow.list,
    DeliveryRow.resend_of,
)


def put_deliveries(
    session: Session,
    group: Group,
    run: Run,
    addressed: Sequence[Addressed],
    *,
    domain: str,
    at: datetime,
) -> None:
    """Put a letter in the outbox, once per address; what waits there may go from now on."""
    for one in addressed:
        _put(
            session,
            group,
            {"run_id": run.id, "recipient": one.mail, "form": one.form, "list": one.list},
            domain=domain,
            at=at,
        )
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.municipality_id == group.municipality_id,
            DeliveryRow.run_id == run.id,
            DeliveryRow.state == State.PENDING,
        )
        .values(next_attempt_at=at, first_attempt_at=None)
    )


def resend(
    session: Session, group: Group, failed: Delivery, *, recipient: str, domain: str, at: datetime
) -> bool:
    """Put in the outbox what failed, to the same or a mended address; False the second time."""
    what = {"run_id": failed.run_id, "recipient": recipient, "form": failed.form}
    what |= {"list": failed.list, "resend_of": failed.id}
    return _put(session, group, what, domain=domain, at=at)


def _put(
    session: Session, group: Group, what: Mapping[str, object], *, domain: str, at: datetime
) -> bool:
    id_ = new_id()
    put = upsert(DeliveryRow).values(
        municipality_id=group.municipality_id,
        id=id_,
        state=State.PENDING,
        next_attempt_at=at,
        message_id=f"<{id_}@{domain}>",
        **what,
    )
    done = session.execute(put.on_conflict_do_nothing().returning(DeliveryRow.id))
    return done.first() is not None


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
            RunRow.state == RunState.RELEASED,
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
        .returning(*DELIVERY)
    )
    return delivery(session.execute(taken).one())


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
) -> list[Delivery]:
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
        .returning(*DELIVERY)
    )
    return [delivery(row) for row in session.execute(left)]


def deliveries(session: Session, group: Group, run: Run) -> list[Delivery]:
    """Return the deliveries of a letter, by address."""
    query = (
        select(*DELIVERY)
        .where(DeliveryRow.municipality_id == group.municipality_id, DeliveryRow.run_id == run.id)
        .order_by(DeliveryRow.recipient, DeliveryRow.id)
    )
    return [delivery(row) for row in session.execute(query)]


def one(session: Session, group: Group, id_: UUID) -> Delivery | None:
    """Return a delivery, or None."""
    query = select(*DELIVERY).where(
        DeliveryRow.municipality_id == group.municipality_id, DeliveryRow.id == id_
    )
    row = session.execute(query).one_or_none()
    return delivery(row) if row else None


def delivery(row: Sequence[Any]) -> Delivery:
    """Return a delivery by its columns."""
    id_, run_id, recipient, state, attempt, answer, at, message_id, first, form, *rest = row
    return Delivery(
        id_,
        run_id,
        recipient,
        State(state),
        attempt,
        answer,
        at,
        message_id=message_id,
        first_attempt_at=first,
        form=Form(form),
        list=rest[0],
        resend_of=rest[1],
    )
