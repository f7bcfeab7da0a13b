"""Which incidents somebody in a group has gone through."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, any_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Visibility
from lagesbild.incidents.rules.intake import Review
from lagesbild.incidents.store.tables import IncidentRow, ReviewRow
from lagesbild.people.rules import Actor, Group


def put(session: Session, actor: Actor, ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Note that somebody has gone through what the group shares; return what was news."""
    municipality_id = actor.group.municipality_id
    known = select(
        literal(municipality_id, Uuid),
        literal(actor.group.id, Uuid),
        IncidentRow.id,
        literal(at, DateTime(timezone=True)),
        literal(actor.person_id, Uuid),
        literal(actor.organisation_id, Uuid),
    ).where(
        IncidentRow.municipality_id == municipality_id,
        IncidentRow.id == any_(literal(list(ids), ARRAY(Uuid))),
        IncidentRow.visibility != Visibility.OWN,
    )
    columns = ["municipality_id", "group_id", "incident_id", "at", "person_id", "organisation_id"]
    new = upsert(ReviewRow).from_select(columns, known).on_conflict_do_nothing()
    return list(session.execute(new.returning(ReviewRow.incident_id)).scalars())


def undo(session: Session, actor: Actor, *, at: datetime) -> list[UUID]:
    """Forget what a person went through at a moment, all at once; return what that was."""
    gone = delete(ReviewRow).where(
        ReviewRow.municipality_id == actor.group.municipality_id,
        ReviewRow.group_id == actor.group.id,
        ReviewRow.person_id == actor.person_id,
        ReviewRow.at == at,
    )
    return list(session.execute(gone.returning(ReviewRow.incident_id)).scalars())


def forget(session: Session, group: Group, incident_id: UUID) -> bool:
    """Forget that somebody has gone through an incident; return whether somebody had."""
    gone = delete(ReviewRow).where(
        ReviewRow.municipality_id == group.municipality_id,
        ReviewRow.group_id == group.id,
        ReviewRow.incident_id == incident_id,
    )
    return session.execute(gone.returning(ReviewRow.incident_id)).first() is not None


def made(session: Session, actor: Actor, *, at: datetime) -> int:
    """Return how many incidents a person went through at a moment."""
    query = select(func.count()).where(
        ReviewRow.municipality_id == actor.group.municipality_id,
        ReviewRow.group_id == actor.group.id,
        ReviewRow.person_id == actor.person_id,
        ReviewRow.at == at,
    )
    return session.execute(query).scalar_one()


def of(session: Session, group: Group, incident_id: UUID) -> Review | None:
    """Return who went through an incident first, or None."""
    query = select(ReviewRow.at, ReviewRow.organisation_id).where(
        ReviewRow.municipality_id == group.municipality_id,
        ReviewRow.group_id == group.id,
        ReviewRow.incident_id == incident_id,
    )
    row = session.execute(query).one_or_none()
    return Review(*row) if row else None
