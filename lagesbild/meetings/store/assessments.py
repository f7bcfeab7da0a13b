"""The table of what is said of districts, and its queries."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session, new_id
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.store.weeks import OF_A_WEEK, WEEK
from lagesbild.people.rules import Group


class AssessmentRow(Base):
    """What is said of a district in a week; the group's own has no organisation."""

    __tablename__ = "assessments"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_WEEK, WEEK),
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
        Index(
            "uq_assessments_said_by",
            "municipality_id",
            "week_id",
            "district_id",
            "organisation_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    week_id: Mapped[UUID]
    district_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    word: Mapped[str]
    sentence: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]


def all_of(session: Session, group: Group, week: UUID) -> list[Assessment]:
    """Return all that is said of districts in a week."""
    query = (
        select(
            AssessmentRow.district_id,
            AssessmentRow.organisation_id,
            AssessmentRow.word,
            AssessmentRow.sentence,
            AssessmentRow.version,
        )
        .where(
            AssessmentRow.municipality_id == group.municipality_id, AssessmentRow.week_id == week
        )
        .order_by(AssessmentRow.id)
    )
    return [_assessment(*row) for row in session.execute(query)]


def _assessment(
    district: UUID, organisation: UUID | None, word: str, sentence: str, version: int
) -> Assessment:
    return Assessment(district, organisation, Word(word), sentence, version)


def put(
    session: Session,
    group: Group,
    week: UUID,
    said: Assessment,
    *,
    person_id: UUID | None,
    at: datetime,
) -> bool:
    """Store what is said of a district; return whether its version was still the expected one.

    Version 0 is of what is not there yet.
    """
    values = {
        "word": said.word,
        "sentence": said.sentence,
        "at": at,
        "person_id": person_id,
    }
    new = upsert(AssessmentRow).values(
        municipality_id=group.municipality_id,
        id=new_id(),
        week_id=week,
        district_id=said.district_id,
        organisation_id=said.organisation_id,
        **values,
    )
    done = session.execute(
        new.on_conflict_do_update(
            index_elements=[*OF_A_WEEK, "district_id", "organisation_id"],
            set_={**values, "version": AssessmentRow.version + 1},
            where=AssessmentRow.version == said.version,
        ).returning(AssessmentRow.version)
    )
    return done.first() is not None


def clear(
    session: Session, group: Group, week: UUID, words: Collection[str], *, at: datetime
) -> None:
    """Empty the sentences of a week that have certain words, because the law says so."""
    session.execute(
        update(AssessmentRow)
        .where(
            AssessmentRow.municipality_id == group.municipality_id,
            AssessmentRow.week_id == week,
            AssessmentRow.sentence.in_(words),
        )
        .values(sentence="", at=at, version=AssessmentRow.version + 1)
    )
