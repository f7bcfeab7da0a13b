"""The audit table and its queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ForeignKey, Index, bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.audit.rules import BY_THE_ROW, NOTICED, Entry
from lagesbild.base.db import Base, Session, new_id


class AuditRow(Base):
    """One thing that one actor did. The program may add and read, never change."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "municipality_id", "subject"),
        Index(
            "ix_audit_noticed",  # asked once a minute
            "municipality_id",
            "at",
            postgresql_where=text(
                "verb::text = ANY (ARRAY['action.decided'::text, 'action.linked'::text,"
                " 'action.moved'::text])"
            ),
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # UUIDv7: also the order
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    verb: Mapped[str]
    subject: Mapped[str]
    changes: Mapped[dict[str, str]] = mapped_column(JSONB)


_ENTRY = (
    AuditRow.at,
    AuditRow.person_id,
    AuditRow.organisation_id,
    AuditRow.verb,
    AuditRow.subject,
    AuditRow.changes,
)


def values(municipality_id: UUID, entry: Entry) -> dict[str, object]:
    """Return the row of an entry, for stores that write it in a statement of their own."""
    return {
        "municipality_id": municipality_id,
        "id": new_id(),
        "at": entry.at,
        "person_id": entry.person_id,
        "organisation_id": entry.organisation_id,
        "verb": entry.verb,
        "subject": entry.subject,
        "changes": dict(entry.changes),
    }


def record(session: Session, municipality_id: UUID, entries: Sequence[Entry]) -> None:
    """Add rows, in the same transaction as the things they tell about."""
    if entries:
        session.execute(insert(AuditRow), [values(municipality_id, e) for e in entries])


def history(
    session: Session, municipality_id: UUID, *, subject: str | None = None, limit: int = 200
) -> list[Entry]:
    """Return what was done, newest first: about one subject, or all but the rows of lists."""
    query = (
        select(*_ENTRY)
        .where(AuditRow.municipality_id == municipality_id)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    if subject is None:
        query = query.where(AuditRow.verb.not_in(BY_THE_ROW))
    else:
        query = query.where(AuditRow.subject == subject)
    return [_entry(*row) for row in session.execute(query)]


def noticed(session: Session, municipality_id: UUID, *, since: datetime) -> list[Entry]:
    """Return what people are told of by mail and was done since a moment, the first first."""
    # As they stand in the index: without that PostgreSQL cannot know that it may be used.
    verbs: BindParameter[str] = bindparam("verbs", NOTICED, expanding=True, literal_execute=True)
    query = (
        select(*_ENTRY)
        .where(
            AuditRow.municipality_id == municipality_id,
            AuditRow.at >= since,
            AuditRow.verb.in_(verbs),
        )
        .order_by(AuditRow.at, AuditRow.id)
    )
    return [_entry(*row) for row in session.execute(query)]


def pulse(session: Session, municipality_id: UUID, *, since: datetime) -> str:
    """Return a word that is another one as soon as anything has been done in a municipality.

    Two things that are done at once may become visible in another order than that of their ids,
    so those since a moment are counted too.
    """
    mine = AuditRow.municipality_id == municipality_id
    latest = select(AuditRow.id).where(mine).order_by(AuditRow.id.desc()).limit(1)
    first = UUID(int=round(since.timestamp() * 1000) << 80)  # no UUIDv7 since then is smaller
    recent = select(func.count()).select_from(AuditRow).where(mine, AuditRow.id >= first)
    both = select(latest.scalar_subquery(), recent.scalar_subquery())
    return "{}-{}".format(*session.execute(both).one())


def _entry(
    at: datetime,
    person_id: UUID | None,
    organisation_id: UUID | None,
    verb: str,
    subject: str,
    changes: Mapping[str, str],
) -> Entry:
    return Entry(at, verb, subject, changes, person_id=person_id, organisation_id=organisation_id)
