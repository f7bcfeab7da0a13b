"""The tables of what readers outside the group get, and their queries."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Select,
    SmallInteger,
    UniqueConstraint,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.analysis.store import may_go_out
from lagesbild.base.clock import Period
from lagesbild.base.db import Base, Session
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.meetings.rules.publication import Publication, Told
from lagesbild.meetings.store.weeks import WeekRow, week_id
from lagesbild.people.rules import Group


class PublicationRow(Base):
    """What readers get of a week. Written once by the group's side, never changed."""

    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_id", "week_id"], ["weeks.municipality_id", "weeks.id"]),
        UniqueConstraint("municipality_id", "week_id", "kind", "version"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week_id: Mapped[UUID]
    week: Mapped[str]
    kind: Mapped[str]
    version: Mapped[int]
    made_at: Mapped[datetime]
    known_at: Mapped[datetime]
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    sha256: Mapped[bytes]


class CountedRow(Base):
    """An incident that a publication has counted in its week. Never for readers."""

    __tablename__ = "publication_incidents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "publication_id"],
            ["publications.municipality_id", "publications.id"],
        ),
        Index(None, "municipality_id", "incident_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    publication_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, server_default="1")


LETTER = "brev"
_PUBLICATION = (
    PublicationRow.id,
    PublicationRow.week,
    PublicationRow.made_at,
    PublicationRow.content,
    PublicationRow.version,
    PublicationRow.known_at,
)


def add(
    session: Session, group: Group, period: Period, made: Publication, counted: Mapping[UUID, int]
) -> None:
    """Store what readers get of a week, and which incidents stand behind it, as how many."""
    session.execute(
        insert(PublicationRow).values(
            municipality_id=group.municipality_id,
            id=made.id,
            group_id=group.id,
            week_id=week_id(session, group, period),
            week=made.week,
            kind=LETTER,
            version=made.version,
            made_at=made.made_at,
            known_at=made.known_at,
            content=dict(made.content),
            sha256=hashlib.sha256(orjson.dumps(made.content, option=orjson.OPT_SORT_KEYS)).digest(),
        )
    )
    if counted:
        both = {"municipality_id": group.municipality_id, "publication_id": made.id}
        session.execute(
            insert(CountedRow),
            [both | {"incident_id": id_, "number": number} for id_, number in counted.items()],
        )


def newest_id(session: Session, group: Group, period: Period) -> UUID | None:
    """Return the id of a week's publication, or None."""
    query = (
        select(PublicationRow.id)
        .where(
            PublicationRow.municipality_id == group.municipality_id,
            PublicationRow.group_id == group.id,
            PublicationRow.week == period.name,
            PublicationRow.kind == LETTER,
        )
        .order_by(PublicationRow.version.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def newest(session: Session, group: Group) -> list[Publication]:
    """Return the newest publication of each week of a group, the newest week first."""
    found = [Publication(*row) for row in session.execute(_newest(group))]
    return sorted(found, key=lambda publication: publication.week, reverse=True)


def wrong(session: Session, group: Group, *, open_codes: Sequence[str]) -> list[Publication]:
    """Return the newest publications that count more than what may still be counted outside."""
    newest = _newest(group).subquery()
    still = exists().where(
        IncidentRow.municipality_id == CountedRow.municipality_id,
        IncidentRow.id == CountedRow.incident_id,
        IncidentRow.counted,
        IncidentRow.number >= CountedRow.number,
        may_go_out(open_codes),
    )
    gone = exists().where(
        CountedRow.municipality_id == group.municipality_id,
        CountedRow.publication_id == newest.c.id,
        ~still,
    )
    query = select(newest).where(gone).order_by(newest.c.made_at, newest.c.id)
    return [Publication(*row) for row in session.execute(query)]


def _newest(group: Group) -> Select[*tuple[Any, ...]]:
    return (
        select(*_PUBLICATION)
        .ext(distinct_on(PublicationRow.week))
        .where(
            PublicationRow.municipality_id == group.municipality_id,
            PublicationRow.group_id == group.id,
            PublicationRow.kind == LETTER,
        )
        .order_by(PublicationRow.week, PublicationRow.version.desc())
    )


def told(session: Session, municipality_id: UUID, *, since: date) -> list[Told]:
    """Return what readers got of the weeks since a day, the first made first; for who adds to it.

    All groups of a municipality publish the same incidents. They do it one at a time, so that
    none says otherwise what another has just said.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"publish {municipality_id}"))))
    query = (
        select(WeekRow.first_day, PublicationRow.group_id, *_PUBLICATION)
        .join(
            WeekRow,
            (WeekRow.municipality_id == PublicationRow.municipality_id)
            & (WeekRow.id == PublicationRow.week_id),
        )
        .where(PublicationRow.municipality_id == municipality_id, WeekRow.first_day >= since)
        .order_by(PublicationRow.made_at, PublicationRow.id)
    )
    return [Told(Period(row[0]), row[1], Publication(*row[2:])) for row in session.execute(query)]


def after(session: Session, group: Group, week: str, *, until: str) -> list[Publication]:
    """Return what readers got of the weeks after one until another, the first made first.

    This, too, asks for nothing but what the reader login can read.
    """
    query = (
        select(*_PUBLICATION)
        .where(
            PublicationRow.municipality_id == group.municipality_id,
            PublicationRow.group_id == group.id,
            PublicationRow.week > week,
            PublicationRow.week <= until,
        )
        .order_by(PublicationRow.made_at, PublicationRow.id)
    )
    return [Publication(*row) for row in session.execute(query)]


def one(session: Session, group: Group, id_: UUID) -> Publication:
    """Return a publication. This is all that the reader login can read of a week."""
    query = select(*_PUBLICATION).where(
        PublicationRow.municipality_id == group.municipality_id,
        PublicationRow.group_id == group.id,
        PublicationRow.id == id_,
    )
    return Publication(*session.execute(query).one())
