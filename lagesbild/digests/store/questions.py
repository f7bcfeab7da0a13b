"""Questions from those who read the letter, and the group's answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.digests.rules.questions import Asking, Question
from lagesbild.digests.store.settling import QuestionRow
from lagesbild.people.rules import Group

_QUESTION = (
    QuestionRow.id,
    QuestionRow.week,
    QuestionRow.asked_at,
    QuestionRow.person_id,
    QuestionRow.text,
    QuestionRow.answer,
    QuestionRow.answered_at,
    QuestionRow.told_week,
    QuestionRow.closed_at,
    QuestionRow.version,
)


def put(
    session: Session, group: Group, asking: Asking, *, person_id: UUID | None, at: datetime
) -> bool:
    """Store a question; return whether it was new. The same id again is the same question."""
    new = upsert(QuestionRow).values(
        municipality_id=group.municipality_id,
        id=asking.id,
        group_id=group.id,
        week=asking.week,
        asked_at=at,
        person_id=person_id,
        text=asking.text,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(QuestionRow.id))
    return done.first() is not None


def change(session: Session, group: Group, changed: Question, *, by: UUID | None) -> bool:
    """Store an answer or that a question is closed, over its version; False if somebody did."""
    done = session.execute(
        update(QuestionRow)
        .where(*_of(group), QuestionRow.id == changed.id, QuestionRow.version == changed.version)
        .values(
            answer=changed.answer,
            answered_at=changed.answered_at,
            answered_by=by if changed.answered_at else None,
            closed_at=changed.closed_at,
            version=changed.version + 1,
        )
        .returning(QuestionRow.id)
    )
    return done.first() is not None


def put_told(session: Session, group: Group, week: str, ids: Sequence[UUID]) -> None:
    """Store which week's letter tells the answers to questions; empty where none does."""
    session.execute(
        update(QuestionRow)
        .where(*_of(group), QuestionRow.id.in_(ids))
        .values(told_week=week, version=QuestionRow.version + 1)
    )


def one(session: Session, group: Group, id_: UUID) -> Question | None:
    """Return a question, or None."""
    row = session.execute(_questions(group).where(QuestionRow.id == id_)).one_or_none()
    return Question(*row) if row else None


def every(session: Session, group: Group, *, limit: int) -> list[Question]:
    """Return the questions of a group: the open ones, then the newest of the others."""
    is_settled = QuestionRow.answered_at.is_not(None) | QuestionRow.closed_at.is_not(None)
    query = _questions(group).order_by(is_settled, QuestionRow.asked_at.desc(), QuestionRow.id)
    return [Question(*row) for row in session.execute(query.limit(limit))]


def of(session: Session, group: Group, person_id: UUID, *, limit: int) -> list[Question]:
    """Return what somebody has asked, the newest first."""
    query = _questions(group).where(QuestionRow.person_id == person_id)
    query = query.order_by(QuestionRow.asked_at.desc(), QuestionRow.id)
    return [Question(*row) for row in session.execute(query.limit(limit))]


def waiting(session: Session, group: Group) -> list[Question]:
    """Return the open questions, the oldest first."""
    query = _questions(group).where(
        QuestionRow.answered_at.is_(None), QuestionRow.closed_at.is_(None)
    )
    query = query.order_by(QuestionRow.asked_at, QuestionRow.id)
    return [Question(*row) for row in session.execute(query)]


def answered(session: Session, group: Group, told: Sequence[str]) -> list[Question]:
    """Return the answered questions that these weeks tell, in the order of asking.

    The empty one stands for those that no letter has told yet.
    """
    query = _questions(group).where(
        QuestionRow.answered_at.is_not(None), QuestionRow.told_week.in_(told)
    )
    query = query.order_by(QuestionRow.asked_at, QuestionRow.id)
    return [Question(*row) for row in session.execute(query)]


def _questions(group: Group) -> Select[*tuple[Any, ...]]:
    return select(*_QUESTION).where(*_of(group))


def _of(group: Group) -> list[ColumnElement[bool]]:
    return [
        QuestionRow.municipality_id == group.municipality_id,
        QuestionRow.group_id == group.id,
    ]
