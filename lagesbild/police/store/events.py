"""The police's events as they are kept, and which incidents were made from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Row,
    String,
    and_,
    any_,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.incidents.rules import TimePrecision
from lagesbild.incidents.store.read import scoped
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Scope
from lagesbild.police.rules.events import REFERENCE, Event
from lagesbild.police.rules.weeks import Shown


class PoliceEventRow(Base):
    """An event that the police have published about a municipality. Not an incident of ours."""

    __tablename__ = "police_events"
    __table_args__ = (Index(None, "municipality_id", "occurred_at"),)

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    type: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str]
    withheld: Mapped[bool]
    path: Mapped[str]
    occurred_at: Mapped[datetime]
    time_precision: Mapped[str]
    published_at: Mapped[datetime]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


_KEPT = (
    "type", "name", "summary", "withheld", "path", "occurred_at", "time_precision", "published_at",
)  # fmt: skip


def put(
    session: Session, municipality_id: UUID, events: Sequence[Event], *, at: datetime
) -> tuple[int, int]:
    """Store events by their id; return how many were new and how many had changed.

    One that says the same as before is left alone. No id may come twice.
    """
    if not events:
        return 0, 0
    rows = [
        {name: getattr(event, name) for name in _KEPT}
        | {"municipality_id": municipality_id, "id": event.id, "first_seen_at": at}
        for event in sorted(events, key=lambda e: e.id)  # one order for all: no deadlock
    ]
    put = upsert(PoliceEventRow).values(rows)
    stored = tuple_(*(getattr(PoliceEventRow, name) for name in _KEPT))
    told = tuple_(*(put.excluded[name] for name in _KEPT))
    done = put.on_conflict_do_update(
        index_elements=["municipality_id", "id"],
        set_={name: put.excluded[name] for name in _KEPT}
        | {"changed_at": at, "version": PoliceEventRow.version + 1},
        where=stored.is_distinct_from(told),
    ).returning(PoliceEventRow.version)
    versions = list(session.execute(done).scalars())
    new = versions.count(1)
    return new, len(versions) - new


def erase(session: Session, municipality_id: UUID, ids: Sequence[int]) -> int:
    """Erase those of some events that are stored; return how many."""
    gone = delete(PoliceEventRow).where(
        PoliceEventRow.municipality_id == municipality_id,
        PoliceEventRow.id == any_(literal(list(ids), ARRAY(BigInteger))),
    )
    return len(session.execute(gone.returning(PoliceEventRow.id)).all())


def erase_before(session: Session, municipality_id: UUID, moment: datetime) -> int:
    """Erase what was both published and first seen before a moment; return how many."""
    gone = delete(PoliceEventRow).where(
        PoliceEventRow.municipality_id == municipality_id,
        PoliceEventRow.published_at < moment,
        PoliceEventRow.first_seen_at < moment,
    )
    return len(session.execute(gone.returning(PoliceEventRow.id)).all())


def any_stored(session: Session, municipality_id: UUID) -> bool:
    """Whether there is any event of a municipality."""
    query = select(PoliceEventRow.id).where(PoliceEventRow.municipality_id == municipality_id)
    return session.execute(query.limit(1)).first() is not None


def between(
    session: Session, municipality_id: UUID, start: datetime, end: datetime, *, scope: Scope
) -> list[Shown]:
    """Return the events from a moment to before another, newest first.

    Each has the reference of the incident that was made from it, where the scope lets it be seen.
    """
    reference = func.concat(literal(REFERENCE, String), PoliceEventRow.id)
    made = and_(
        IncidentRow.municipality_id == PoliceEventRow.municipality_id,
        IncidentRow.source_ref == reference,
        or_(*scoped(scope)),
    )
    query = (
        select(
            PoliceEventRow.id,
            *(getattr(PoliceEventRow, name) for name in _KEPT),
            PoliceEventRow.changed_at,
            IncidentRow.reference,
            IncidentRow.withdrawn_at,
        )
        .outerjoin(IncidentRow, made)
        .where(
            PoliceEventRow.municipality_id == municipality_id,
            PoliceEventRow.occurred_at >= start,
            PoliceEventRow.occurred_at < end,
        )
        .order_by(PoliceEventRow.occurred_at.desc(), PoliceEventRow.id.desc())
    )
    return [_shown(row) for row in session.execute(query)]


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    """Return a row of `between`: the fields of an event in their order, then the incident."""
    id_, type_, name, summary, withheld, path, at, precision, published_at = row[:9]
    event = Event(
        id_, type_, name, summary, withheld, path, at, TimePrecision(precision), published_at
    )
    changed_at, reference, withdrawn_at = row[9:]
    return Shown(event, changed_at, reference, is_withdrawn=withdrawn_at is not None)
