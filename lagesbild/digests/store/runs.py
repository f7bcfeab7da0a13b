"""The mailings: one row each, whatever happens, and what has happened to them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import State
from lagesbild.digests.rules import Event, Kind, Run, RunState, What
from lagesbild.digests.store.tables import DeliveryRow, EventRow, RunRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import PersonRow

RUN = (
    RunRow.id,
    RunRow.week,
    RunRow.kind,
    RunRow.version,
    RunRow.due_at,
    RunRow.state,
    RunRow.late,
    RunRow.made_at,
    RunRow.number,
    RunRow.written_at,
    RunRow.approved_at,
    RunRow.approved_by,
    RunRow.approved_for,
    RunRow.released_at,
    RunRow.returns_on,
)


def of(group: Group) -> list[ColumnElement[bool]]:
    """Return what the mailings of a group have in common."""
    return [RunRow.municipality_id == group.municipality_id, RunRow.group_id == group.id]


def runs(
    session: Session, group: Group, kinds: Collection[Kind], *, limit: int | None = None
) -> list[Run]:
    """Return the mailings of a group of some kinds, the one that is due last first."""
    query = (
        select(*RUN)
        .where(*of(group), RunRow.kind.in_(kinds))
        .order_by(RunRow.due_at.desc(), RunRow.id.desc())
        .limit(limit)
    )
    return [from_row(row) for row in session.execute(query)]


def of_week(session: Session, group: Group, week: str) -> list[Run]:
    """Return every mailing about a week, the first made first."""
    return of_weeks(session, group, [week])


def of_weeks(session: Session, group: Group, weeks: Collection[str]) -> list[Run]:
    """Return every mailing about some weeks, the first made first."""
    query = select(*RUN).where(*of(group), RunRow.week.in_(weeks)).order_by(RunRow.id)
    return [from_row(row) for row in session.execute(query)]


def one(session: Session, group: Group, id_: UUID, *, lock: bool = False) -> Run | None:
    """Return a mailing, or None. Locked, it is ours until the transaction ends."""
    query = select(*RUN).where(*of(group), RunRow.id == id_)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return from_row(row) if row else None


def newest(session: Session, group: Group, week: str, kind: Kind) -> Run | None:
    """Return the mailing of a kind about a week that has the highest version, or None."""
    query = (
        select(*RUN)
        .where(*of(group), RunRow.week == week, RunRow.kind == kind)
        .order_by(RunRow.version.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return from_row(row) if row else None


def last_released(session: Session, group: Group, week: str) -> Run | None:
    """Return the version of a week's letter that has left last, or None."""
    query = (
        select(*RUN)
        .where(
            *of(group),
            RunRow.week == week,
            RunRow.kind == Kind.LETTER,
            RunRow.released_at.is_not(None),
        )
        .order_by(RunRow.version.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return from_row(row) if row else None


def of_version(session: Session, group: Group, week: str, kind: Kind, version: int) -> Run | None:
    """Return a mailing of a kind about a week in one version, or None."""
    query = select(*RUN).where(
        *of(group), RunRow.week == week, RunRow.kind == kind, RunRow.version == version
    )
    row = session.execute(query).one_or_none()
    return from_row(row) if row else None


def last_sent(session: Session, group: Group, *, before: str) -> str | None:
    """Return the last week before another whose letter has left, or None."""
    query = select(func.max(RunRow.week)).where(
        *of(group),
        RunRow.kind == Kind.LETTER,
        RunRow.released_at.is_not(None),
        RunRow.week < before,
    )
    return session.execute(query).scalar_one()


def waiting(
    session: Session, group: Group, states: Collection[RunState], *, due_before: datetime
) -> list[Run]:
    """Return, locked, the mailings in some states that are due before a moment."""
    query = (
        select(*RUN)
        .where(*of(group), RunRow.state.in_(states), RunRow.due_at <= due_before)
        .order_by(RunRow.due_at, RunRow.id)
        .with_for_update()
    )
    return [from_row(row) for row in session.execute(query)]


def untimed(session: Session, group: Group) -> list[Run]:
    """Return the drafts without a set time: corrections and extra letters."""
    query = select(*RUN).where(*are_untimed(group)).order_by(RunRow.id)
    return [from_row(row) for row in session.execute(query)]


def are_untimed(group: Group) -> list[ColumnElement[bool]]:
    """Return what they have in common."""
    is_correction = (RunRow.kind == Kind.LETTER) & (RunRow.version > 1)
    is_untimed = or_(RunRow.kind == Kind.EXTRA, is_correction)
    return [*of(group), RunRow.state == RunState.DRAFT, is_untimed]


def covered(session: Session, group: Group, *, by: str) -> list[Run]:
    """Return, locked, the letters of earlier weeks that nobody has approved; `by` is a week."""
    query = (
        select(*RUN)
        .where(
            *of(group),
            RunRow.kind == Kind.LETTER,
            RunRow.version == 1,
            RunRow.week < by,
            RunRow.state.in_([RunState.DRAFT, RunState.HELD]),
            RunRow.approved_at.is_(None),
            RunRow.released_at.is_(None),
        )
        .order_by(RunRow.due_at, RunRow.id)
        .with_for_update()
    )
    return [from_row(row) for row in session.execute(query)]


def open_run(
    session: Session, group: Group, made: Run, *, publication_id: UUID | None = None
) -> bool:
    """Make the row of a mailing, unless there is one. Whoever comes second waits here."""
    put = upsert(RunRow).values(
        municipality_id=group.municipality_id,
        id=made.id,
        group_id=group.id,
        week=made.week,
        kind=made.kind,
        version=made.version,
        number=made.number,
        made_at=made.made_at,
        due_at=made.due_at,
        state=made.state,
        late=made.late,
        publication_id=publication_id,
        released_at=made.released_at,
        returns_on=made.returns_on,
    )
    done = session.execute(put.on_conflict_do_nothing().returning(RunRow.id))
    return done.first() is not None


def one_at_a_time(session: Session, group: Group) -> None:
    """Let nobody else give a letter its number until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"letter {group.id}"))))


def next_number(session: Session, group: Group, year: str) -> int:
    """Return the number of the year's next letter, as it is now."""
    query = select(func.coalesce(func.max(RunRow.number), 0) + 1).where(
        *of(group), RunRow.week.startswith(f"{year}-W")
    )
    return session.execute(query).scalar_one() or 1


def change(session: Session, group: Group, run: Run, **fields: object) -> None:
    """Store some fields of a mailing."""
    session.execute(update(RunRow).where(*of(group), RunRow.id == run.id).values(fields))


def publication_of(session: Session, group: Group, run: Run) -> UUID | None:
    """Return the publication that a letter is made from."""
    query = select(RunRow.publication_id).where(*of(group), RunRow.id == run.id)
    return session.execute(query).scalar_one_or_none()


def overdue(session: Session, group: Group, *, before: datetime) -> list[Run]:
    """Return, locked, the letters whose deliveries should have left before a moment."""
    left = exists().where(
        DeliveryRow.municipality_id == RunRow.municipality_id,
        DeliveryRow.run_id == RunRow.id,
        DeliveryRow.state == State.PENDING,
        DeliveryRow.next_attempt_at < before,
    )
    query = (
        select(*RUN)
        .where(*of(group), RunRow.state == RunState.RELEASED, left)
        .order_by(RunRow.due_at, RunRow.id)
        .with_for_update()
    )
    return [from_row(row) for row in session.execute(query)]


def note(session: Session, group: Group, run_id: UUID, event: Event) -> None:
    """Write down what has happened to a mailing or a delivery. Rows are only added."""
    session.execute(
        insert(EventRow).values(
            municipality_id=group.municipality_id,
            id=new_id(),
            run_id=run_id,
            delivery_id=event.delivery_id,
            at=event.at,
            what=event.what,
            detail=event.detail,
            person_id=event.person_id,
        )
    )


def events(session: Session, group: Group, run: Run) -> list[Event]:
    """Return what has happened to a mailing, the first first."""
    query = (
        select(
            EventRow.at,
            EventRow.what,
            EventRow.detail,
            EventRow.delivery_id,
            EventRow.person_id,
            PersonRow.name,
        )
        .outerjoin(PersonRow, PersonRow.id == EventRow.person_id)
        .where(EventRow.municipality_id == group.municipality_id, EventRow.run_id == run.id)
        .order_by(EventRow.at, EventRow.id)
    )
    return [Event(row[0], What(row[1]), *row[2:]) for row in session.execute(query)]


def from_row(row: Sequence[Any]) -> Run:
    """Return a mailing by its columns."""
    return Run(row[0], row[1], Kind(row[2]), row[3], row[4], RunState(row[5]), *row[6:])
