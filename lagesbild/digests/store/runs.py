"""The letters of the weeks: one row each, whatever happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import State
from lagesbild.digests.rules import Delivery, Letter, Run, RunState, fingerprint
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.people.rules import Group

_RUN = (
    RunRow.id,
    RunRow.week,
    RunRow.due_at,
    RunRow.state,
    RunRow.late,
    RunRow.written_at,
)


@dataclass(frozen=True)
class Stored:
    """A run with what has been made for it."""

    run: Run
    publication_id: UUID | None
    letter: Letter


def runs(session: Session, group: Group) -> list[Run]:
    """Return the letters of a group, newest first."""
    query = (
        select(*_RUN)
        .where(RunRow.municipality_id == group.municipality_id, RunRow.group_id == group.id)
        .order_by(RunRow.due_at.desc(), RunRow.id)
    )
    return [_run(row) for row in session.execute(query)]


def stored(session: Session, group: Group, week: str, *, lock: bool = False) -> Stored | None:
    """Return the letter of a week, or None. Locked, it is ours until the transaction ends."""
    query = select(
        *_RUN, RunRow.publication_id, RunRow.subject, RunRow.html, RunRow.text, RunRow.picture
    ).where(
        RunRow.municipality_id == group.municipality_id,
        RunRow.group_id == group.id,
        RunRow.week == week,
    )
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return Stored(_run(row), row[6], Letter(row[7], row[8], row[9], row[10])) if row else None


def open_run(session: Session, group: Group, week: str, *, due_at: datetime) -> None:
    """Make the row of a week's letter, unless there is one. Whoever comes second waits here."""
    made = upsert(RunRow).values(
        municipality_id=group.municipality_id,
        id=new_id(),
        group_id=group.id,
        week=week,
        due_at=due_at,
        state=RunState.DUE,
    )
    session.execute(made.on_conflict_do_nothing())


def put_publication(session: Session, group: Group, run: Run, publication_id: UUID) -> None:
    """Note what a letter is written from."""
    _change_run(session, group, run, publication_id=publication_id)


def put_letter(
    session: Session, group: Group, run: Run, letter: Letter, *, late: bool, at: datetime
) -> None:
    """Store a letter as it goes out, and whether it says that it is late."""
    _change_run(
        session,
        group,
        run,
        late=late,
        written_at=at,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        picture=letter.picture,
        sha256=fingerprint(letter),
    )


def put_state(session: Session, group: Group, run: Run, state: RunState) -> None:
    """Store how far a letter has come."""
    _change_run(session, group, run, state=state)


def _change_run(session: Session, group: Group, run: Run, **fields: object) -> None:
    session.execute(
        update(RunRow)
        .where(RunRow.municipality_id == group.municipality_id, RunRow.id == run.id)
        .values(fields)
    )


def overdue(session: Session, group: Group, *, before: datetime) -> list[Run]:
    """Return, locked, the letters that should have been written or sent before a moment."""
    waiting = exists().where(
        DeliveryRow.municipality_id == RunRow.municipality_id,
        DeliveryRow.run_id == RunRow.id,
        DeliveryRow.state == State.PENDING,
        DeliveryRow.next_attempt_at < before,
    )
    unwritten = (RunRow.state == RunState.DUE) & (RunRow.due_at < before)
    query = (
        select(*_RUN)
        .where(
            RunRow.municipality_id == group.municipality_id,
            RunRow.group_id == group.id,
            unwritten | ((RunRow.state == RunState.WRITTEN) & waiting),
        )
        .order_by(RunRow.due_at, RunRow.id)
        .with_for_update()
    )
    return [_run(row) for row in session.execute(query)]


def letter_of(session: Session, group: Group, delivery: Delivery) -> Letter:
    """Return the letter that a delivery carries."""
    query = select(RunRow.subject, RunRow.html, RunRow.text, RunRow.picture).where(
        RunRow.municipality_id == group.municipality_id, RunRow.id == delivery.run_id
    )
    row = session.execute(query).one()
    return Letter(row[0], row[1], row[2], row[3])


def _run(row: Sequence[Any]) -> Run:
    return Run(row[0], row[1], row[2], RunState(row[3]), row[4], row[5])
