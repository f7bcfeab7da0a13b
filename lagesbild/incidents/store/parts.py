"""What the organisations say of an incident beside its facts: parts and comments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Comment, Part, Visibility
from lagesbild.incidents.store.tables import CommentRow, IncidentRow, PartRow


def part_values(part: Part) -> dict[str, object]:
    """Return the columns of what an organisation says."""
    return {
        "summary": part.summary,
        "details": part.details,
        "visibility": part.visibility,
        "secrecy_basis": part.secrecy_basis,
        "reporter_role": part.reporter_role,
        "verification": part.verification,
    }


def put(
    session: Session,
    municipality_id: UUID,
    incident_id: UUID,
    part: Part,
    *,
    entered_by: UUID | None = None,
) -> bool:
    """Store an organisation's part, new or changed.

    Returns whether `part.version` was still the expected one: 0 for a part that is not there.
    """
    values = part_values(part) | {"withdrawn_at": None, "entered_by": entered_by}
    new = upsert(PartRow).values(
        municipality_id=municipality_id,
        incident_id=incident_id,
        organisation_id=part.organisation_id,
        **values,
    )
    unchanged = (PartRow.version == part.version) | PartRow.withdrawn_at.is_not(None)
    done = session.execute(
        new.on_conflict_do_update(
            index_elements=["municipality_id", "incident_id", "organisation_id"],
            set_={**values, "version": PartRow.version + 1},
            where=unchanged,
        ).returning(PartRow.version)
    )
    return done.first() is not None


def withdraw(
    session: Session, municipality_id: UUID, incident_id: UUID, part: Part, *, at: datetime
) -> bool:
    """Take an organisation's part back; return whether it was there as it was read."""
    done = session.execute(
        update(PartRow)
        .where(
            PartRow.municipality_id == municipality_id,
            PartRow.incident_id == incident_id,
            PartRow.organisation_id == part.organisation_id,
            PartRow.version == part.version,
            PartRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at, version=part.version + 1)
        .returning(PartRow.version)
    )
    return done.first() is not None


def mark(session: Session, municipality_id: UUID, ids: Sequence[UUID]) -> None:
    """Note on incidents whether a part of theirs has a secrecy ground, or one of what is merged."""
    said = aliased(IncidentRow)
    with_ground = (
        select(PartRow.incident_id)
        .join(
            said,
            (said.municipality_id == PartRow.municipality_id) & (said.id == PartRow.incident_id),
        )
        .where(
            PartRow.municipality_id == municipality_id,
            PartRow.withdrawn_at.is_(None),
            PartRow.secrecy_basis.is_not(None),
            or_(
                said.id == IncidentRow.id,
                (said.duplicate_of == IncidentRow.id) & said.withdrawn_at.is_(None),
            ),
        )
        .correlate(IncidentRow)
        .exists()
    )
    session.execute(
        update(IncidentRow)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.id == any_(literal(list(ids), ARRAY(Uuid))),
            IncidentRow.marked != with_ground,
        )
        .values(marked=with_ground)
    )


def sayers(
    session: Session, municipality_id: UUID, start: datetime, end: datetime, *, known_at: datetime
) -> frozenset[UUID]:
    """Return which organisations have said something of what is counted in a stretch of time.

    What was merged into another incident is counted there; what is private is nowhere.
    """
    # Not joined: where PostgreSQL takes the tables for empty, it would read one for each row of
    # the other, and a week of the demo took more than half a minute.
    counted = select(IncidentRow.id).where(
        IncidentRow.municipality_id == municipality_id,
        IncidentRow.occurred_from >= start,
        IncidentRow.occurred_from < end,
        IncidentRow.registered_at < known_at,
        IncidentRow.withdrawn_at.is_(None),
        IncidentRow.counted | IncidentRow.duplicate_of.is_not(None),
    )
    query = (
        select(PartRow.organisation_id)
        .distinct()
        .where(
            PartRow.municipality_id == municipality_id,
            PartRow.incident_id == any_(func.array(counted.scalar_subquery())),
            PartRow.withdrawn_at.is_(None),
            PartRow.visibility != Visibility.OWN,
        )
    )
    return frozenset(session.execute(query).scalars())


def put_comment(
    session: Session,
    municipality_id: UUID,
    incident_id: UUID,
    comment: Comment,
    *,
    person_id: UUID | None,
) -> bool:
    """Store a remark; return whether it was new. The same id again is the same remark."""
    new = upsert(CommentRow).values(
        municipality_id=municipality_id,
        id=comment.id,
        incident_id=incident_id,
        organisation_id=comment.organisation_id,
        person_id=person_id,
        at=comment.at,
        text=comment.text,
    )
    done = session.execute(new.on_conflict_do_nothing().returning(CommentRow.id))
    return done.first() is not None


def withdraw_comment(
    session: Session, municipality_id: UUID, id_: UUID, organisation_id: UUID, *, at: datetime
) -> bool:
    """Take an organisation's remark back; return whether it was there."""
    done = session.execute(
        update(CommentRow)
        .where(
            CommentRow.municipality_id == municipality_id,
            CommentRow.id == id_,
            CommentRow.organisation_id == organisation_id,
            CommentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .returning(CommentRow.id)
    )
    return done.first() is not None


def comments(session: Session, municipality_id: UUID, incident_id: UUID) -> list[Comment]:
    """Return the remarks on an incident, the oldest first."""
    query = (
        select(CommentRow.id, CommentRow.organisation_id, CommentRow.at, CommentRow.text)
        .where(
            CommentRow.municipality_id == municipality_id,
            CommentRow.incident_id == incident_id,
            CommentRow.withdrawn_at.is_(None),
        )
        .order_by(CommentRow.at, CommentRow.id)
    )
    return [Comment(*row) for row in session.execute(query)]
