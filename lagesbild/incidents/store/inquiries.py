"""Questions between organisations: the table and its queries. Each is for the two it is between."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Select,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.incidents.rules.inquiries import Inquiry
from lagesbild.incidents.store.read import scoped
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Group, Scope


class InquiryRow(Base):
    """A question of one organisation to another, with its answer."""

    __tablename__ = "inquiries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "incident_id"], ["incidents.municipality_id", "incidents.id"]
        ),
        CheckConstraint("asked_organisation_id <> asking_organisation_id", name="another"),
        CheckConstraint("question <> ''", name="question"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    incident_id: Mapped[UUID | None]
    asked_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    asking_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None]
    at: Mapped[datetime]
    question: Mapped[str]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default="")
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


_IS_OPEN = and_(InquiryRow.answered_at.is_(None), InquiryRow.withdrawn_at.is_(None))


def put(session: Session, group: Group, inquiry: Inquiry, *, person_id: UUID | None) -> bool:
    """Store a question; return whether it was new. The same id again is the same question."""
    new = upsert(InquiryRow).values(
        municipality_id=group.municipality_id,
        id=inquiry.id,
        group_id=group.id,
        week=inquiry.week,
        incident_id=inquiry.incident_id,
        asked_organisation_id=inquiry.asked_id,
        asking_organisation_id=inquiry.asking_id,
        person_id=person_id,
        at=inquiry.at,
        question=inquiry.question,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(InquiryRow.id))
    return done.first() is not None


def change(session: Session, group: Group, inquiry: Inquiry) -> bool:
    """Store an answer or a withdrawal; return whether the version was still the expected one."""
    done = session.execute(
        update(InquiryRow)
        .where(
            InquiryRow.municipality_id == group.municipality_id,
            InquiryRow.group_id == group.id,
            InquiryRow.id == inquiry.id,
            InquiryRow.version == inquiry.version,
        )
        .values(
            answered_at=inquiry.answered_at,
            answer=inquiry.answer,
            withdrawn_at=inquiry.withdrawn_at,
            version=inquiry.version + 1,
        )
        .returning(InquiryRow.id)
    )
    return done.first() is not None


def one(session: Session, group: Group, id_: UUID, *, scope: Scope) -> Inquiry | None:
    """Return a question that the scope's organisation asks or is asked."""
    row = session.execute(_inquiries(group, scope).where(InquiryRow.id == id_)).one_or_none()
    return Inquiry(*row) if row else None


def since(session: Session, group: Group, moment: datetime, *, scope: Scope) -> list[Inquiry]:
    """Return the open questions, and those answered since a moment, the newest first."""
    wanted = or_(_IS_OPEN, InquiryRow.answered_at >= moment)
    return [Inquiry(*row) for row in session.execute(_inquiries(group, scope).where(wanted))]


def about(session: Session, group: Group, incident_id: UUID, *, scope: Scope) -> list[Inquiry]:
    """Return the questions about an incident, the newest first."""
    query = _inquiries(group, scope).where(
        InquiryRow.incident_id == incident_id, InquiryRow.withdrawn_at.is_(None)
    )
    return [Inquiry(*row) for row in session.execute(query)]


def waiting(session: Session, group: Group, *, scope: Scope) -> int:
    """Return how many questions wait for the scope's organisation to answer."""
    query = select(func.count()).where(
        InquiryRow.municipality_id == group.municipality_id,
        InquiryRow.group_id == group.id,
        InquiryRow.asked_organisation_id == scope.organisation_id,
        _IS_OPEN,
    )
    return session.execute(query).scalar_one()


def _inquiries(group: Group, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Return the questions of and to an organisation, the newest first."""
    seen: list[ColumnElement[bool]] = [
        IncidentRow.municipality_id == InquiryRow.municipality_id,
        IncidentRow.id == InquiryRow.incident_id,
        *scoped(scope),
    ]
    return (
        select(
            InquiryRow.id,
            InquiryRow.week,
            InquiryRow.incident_id,
            InquiryRow.asked_organisation_id,
            InquiryRow.asking_organisation_id,
            InquiryRow.at,
            InquiryRow.question,
            InquiryRow.answered_at,
            InquiryRow.answer,
            InquiryRow.withdrawn_at,
            InquiryRow.version,
            IncidentRow.reference,
        )
        .outerjoin(IncidentRow, and_(*seen))
        .where(
            InquiryRow.municipality_id == group.municipality_id,
            InquiryRow.group_id == group.id,
            or_(
                InquiryRow.asked_organisation_id == scope.organisation_id,
                InquiryRow.asking_organisation_id == scope.organisation_id,
            ),
        )
        .order_by(InquiryRow.at.desc(), InquiryRow.id.desc())
    )
