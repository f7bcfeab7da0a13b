"""Which deliveries wait or have failed, and of what nobody has been told yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from lagesbild.base.db import Session
from lagesbild.base.outbox import State
from lagesbild.digests.rules import GONE, TO_READERS, Delivery, Event, Form, Kind, Run, What
from lagesbild.digests.store.outbox import DELIVERY, delivery
from lagesbild.digests.store.runs import RUN, from_row, note, of
from lagesbild.digests.store.tables import DeliveryRow, EventRow, LetterRow, RunRow
from lagesbild.people.rules import Group


def waits(session: Session, group: Group, run: Run, *, before: datetime) -> bool:
    """Whether what left before a moment still waits for a mail server to take it."""
    query = (
        select(DeliveryRow.id)
        .join(RunRow, _SAME)
        .where(
            *of(group),
            RunRow.id == run.id,
            RunRow.released_at <= before,
            DeliveryRow.state.in_([State.PENDING, State.SENDING]),
        )
        .limit(1)
    )
    return session.execute(query).first() is not None


def failed(session: Session, group: Group, *, since: datetime) -> list[tuple[Run, Delivery]]:
    """Return the failed deliveries of what left for readers since a moment, and nobody was told."""
    query = have_failed(group, since=since).order_by(RunRow.id, DeliveryRow.recipient)
    found = [tuple(row) for row in session.execute(query)]
    return [(from_row(row[: len(RUN)]), delivery(row[len(RUN) :])) for row in found]


def have_failed(group: Group, *, since: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for them."""
    is_told = exists().where(
        EventRow.municipality_id == DeliveryRow.municipality_id,
        EventRow.run_id == DeliveryRow.run_id,
        EventRow.delivery_id == DeliveryRow.id,
        EventRow.what == What.TOLD,
    )
    return (
        select(*RUN, *DELIVERY)
        .join(RunRow, _SAME)
        .where(
            *of(group),
            RunRow.kind.in_(TO_READERS),
            RunRow.released_at >= since,
            _has_failed(),
            ~is_told,
        )
    )


def forget(session: Session, group: Group, *, since: datetime, at: datetime) -> None:
    """Let nobody be told of what has failed until now."""
    for run, one in failed(session, group, since=since):
        note(session, group, run.id, Event(at, What.TOLD, delivery_id=one.id))


def uncalled(
    session: Session, group: Group, *, detail: str, since: datetime
) -> list[tuple[UUID, str]]:
    """Return the alarms since a moment without an event that says so, and what each is about."""
    query = are_uncalled(group, detail=detail, since=since).order_by(RunRow.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def are_uncalled(group: Group, *, detail: str, since: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for them."""
    is_called = exists().where(
        EventRow.municipality_id == RunRow.municipality_id,
        EventRow.run_id == RunRow.id,
        EventRow.what == What.TOLD,
        EventRow.detail == detail,
    )
    return (
        select(RunRow.id, LetterRow.subject)
        .join(
            LetterRow,
            (LetterRow.municipality_id == RunRow.municipality_id)
            & (LetterRow.run_id == RunRow.id)
            & (LetterRow.form == Form.FULL),
        )
        .where(*of(group), RunRow.kind == Kind.ALARM, RunRow.made_at >= since, ~is_called)
    )


_SAME = (RunRow.municipality_id == DeliveryRow.municipality_id) & (RunRow.id == DeliveryRow.run_id)


def _has_failed() -> ColumnElement[bool]:
    """Whether a delivery has not arrived, or perhaps not; who left a list before it is no loss."""
    is_refused = (DeliveryRow.state == State.REFUSED) & (DeliveryRow.answer != GONE)
    return or_(is_refused, DeliveryRow.state == State.UNKNOWN)
