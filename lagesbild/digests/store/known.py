"""Events that the authorities have published: proposed, approved by their owners, withdrawn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.digests.rules.known import Proposed
from lagesbild.digests.store.settling import KnownRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import OrganisationRow


def put(session: Session, group: Group, new: Proposed) -> bool:
    """Store a proposal; return whether it was new. The same id again is the same one."""
    put = upsert(KnownRow).values(
        municipality_id=group.municipality_id,
        id=new.id,
        group_id=group.id,
        week=new.week,
        text=new.text,
        link=new.link,
        owner_id=new.owner_id,
        at=new.at,
        person_id=new.person_id,
    )
    done = session.execute(put.on_conflict_do_nothing().returning(KnownRow.id))
    return done.first() is not None


def approve(session: Session, group: Group, id_: UUID, *, by: UUID | None, at: datetime) -> bool:
    """Store that the owner lets an event be named; False where it is settled already."""
    done = session.execute(
        update(KnownRow)
        .where(
            *_of(group),
            KnownRow.id == id_,
            KnownRow.approved_at.is_(None),
            KnownRow.withdrawn_at.is_(None),
        )
        .values(approved_at=at, approved_by=by)
        .returning(KnownRow.id)
    )
    return done.first() is not None


def withdraw(session: Session, group: Group, id_: UUID, *, at: datetime) -> bool:
    """Store that an event is not to be named; False where it is withdrawn already."""
    done = session.execute(
        update(KnownRow)
        .where(*_of(group), KnownRow.id == id_, KnownRow.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
        .returning(KnownRow.id)
    )
    return done.first() is not None


def one(session: Session, group: Group, id_: UUID) -> Proposed | None:
    """Return an event, or None."""
    row = session.execute(_events(group).where(KnownRow.id == id_)).one_or_none()
    return Proposed(*row) if row else None


def of_week(session: Session, group: Group, week: str) -> list[Proposed]:
    """Return everything that was proposed for a week, in the order of proposing."""
    query = _events(group).where(KnownRow.week == week).order_by(KnownRow.at, KnownRow.id)
    return [Proposed(*row) for row in session.execute(query)]


def _events(group: Group) -> Select[*tuple[Any, ...]]:
    return (
        select(
            KnownRow.id,
            KnownRow.text,
            KnownRow.link,
            OrganisationRow.name,
            KnownRow.week,
            KnownRow.owner_id,
            KnownRow.at,
            KnownRow.person_id,
            KnownRow.approved_at,
            KnownRow.withdrawn_at,
        )
        .join(OrganisationRow, OrganisationRow.id == KnownRow.owner_id)
        .where(*_of(group))
    )


def _of(group: Group) -> list[ColumnElement[bool]]:
    return [KnownRow.municipality_id == group.municipality_id, KnownRow.group_id == group.id]
