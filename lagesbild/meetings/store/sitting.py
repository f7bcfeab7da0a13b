"""The tables of what is written down in a meeting, and their queries."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.rules.sitting import Note, Sitting
from lagesbild.meetings.store.weeks import OF_A_WEEK, WEEK
from lagesbild.people.rules import Group


class SittingRow(Base):
    """That a meeting was opened. There is a row once somebody has opened it."""

    __tablename__ = "sittings"
    __table_args__ = (ForeignKeyConstraint(OF_A_WEEK, WEEK),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    purpose: Mapped[str]
    person_id: Mapped[UUID | None]


class AttendanceRow(Base):
    """Whether an organisation was there. Absence is stored: it is a fact."""

    __tablename__ = "attendances"
    __table_args__ = (ForeignKeyConstraint(OF_A_WEEK, WEEK),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    present: Mapped[bool]
    at: Mapped[datetime]


class NoteRow(Base):
    """What was noted at a step of a meeting: one text, that everybody writes in."""

    __tablename__ = "meeting_notes"
    __table_args__ = (ForeignKeyConstraint(OF_A_WEEK, WEEK),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    text: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    at: Mapped[datetime]


def opened(session: Session, group: Group, week: UUID) -> Sitting | None:
    """Return that a meeting was opened, or None."""
    query = select(SittingRow.opened_at, SittingRow.purpose).where(
        SittingRow.municipality_id == group.municipality_id, SittingRow.week_id == week
    )
    row = session.execute(query).one_or_none()
    return Sitting(*row) if row else None


def open_(session: Session, group: Group, week: UUID, said: Sitting, person: UUID | None) -> bool:
    """Open a meeting; return whether nobody had done so."""
    new = upsert(SittingRow).values(
        municipality_id=group.municipality_id,
        week_id=week,
        opened_at=said.opened_at,
        purpose=said.purpose,
        person_id=person,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(SittingRow.week_id))
    return done.first() is not None


def attendance(session: Session, group: Group, week: UUID) -> dict[UUID, bool]:
    """Return which organisations were there and which were not; others nobody has asked about."""
    query = (
        select(AttendanceRow.organisation_id, AttendanceRow.present)
        .where(
            AttendanceRow.municipality_id == group.municipality_id, AttendanceRow.week_id == week
        )
        .order_by(AttendanceRow.organisation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def attend(
    session: Session, group: Group, week: UUID, present: Mapping[UUID, bool], *, at: datetime
) -> None:
    """Note who was there, the last word counts."""
    new = upsert(AttendanceRow)
    session.execute(
        new.on_conflict_do_update(
            index_elements=[*OF_A_WEEK, "organisation_id"],
            set_={"present": new.excluded.present, "at": new.excluded.at},
        ),
        [
            {
                "municipality_id": group.municipality_id,
                "week_id": week,
                "organisation_id": organisation,
                "present": here,
                "at": at,
            }
            for organisation, here in present.items()
        ],
    )


def notes(session: Session, group: Group, week: UUID) -> dict[Step, Note]:
    """Return what was noted, by step."""
    query = (
        select(NoteRow.step, NoteRow.text, NoteRow.version)
        .where(NoteRow.municipality_id == group.municipality_id, NoteRow.week_id == week)
        .order_by(NoteRow.step)
    )
    found = [Note(Step(row[0]), row[1], row[2]) for row in session.execute(query)]
    return {note.step: note for note in found}


def put_note(session: Session, group: Group, week: UUID, said: Note, *, at: datetime) -> bool:
    """Store what was noted at a step; return whether its version was still the expected one."""
    new = upsert(NoteRow).values(
        municipality_id=group.municipality_id, week_id=week, step=said.step, text=said.text, at=at
    )
    done = session.execute(
        new.on_conflict_do_update(
            index_elements=[*OF_A_WEEK, "step"],
            set_={"text": said.text, "at": at, "version": NoteRow.version + 1},
            where=NoteRow.version == said.version,
        ).returning(NoteRow.version)
    )
    return done.first() is not None


def clear_notes(
    session: Session, group: Group, week: UUID, words: Collection[str], *, at: datetime
) -> None:
    """Empty the notes of a week that have certain words, because the law says so."""
    session.execute(
        update(NoteRow)
        .where(
            NoteRow.municipality_id == group.municipality_id,
            NoteRow.week_id == week,
            NoteRow.text.in_(words),
        )
        .values(text="", at=at, version=NoteRow.version + 1)
    )
