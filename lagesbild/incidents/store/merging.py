"""How two incidents become one and two again. Rows of several owners: written as the system."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.incidents.rules.merging import Merged
from lagesbild.incidents.store.read import parts_of, scoped
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Scope


def lock(session: Session, municipality_id: UUID, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Hold incidents until the transaction ends; return their versions.

    Always in the order of the ids, so that two who hold the same wait instead of blocking.
    """
    query = (
        select(IncidentRow.id, IncidentRow.version)
        .where(IncidentRow.municipality_id == municipality_id, _among(ids))
        .order_by(IncidentRow.id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in session.execute(query)}


def is_kept(session: Session, municipality_id: UUID, id_: UUID) -> bool:
    """Whether anything is merged into an incident."""
    found = exists().where(
        IncidentRow.municipality_id == municipality_id, IncidentRow.duplicate_of == id_
    )
    return bool(session.execute(select(found)).scalar())


def join(
    session: Session,
    municipality_id: UUID,
    *,
    kept: UUID,
    other: UUID,
    person_id: UUID | None,
    at: datetime,
) -> None:
    """Make an incident a part of another one. The caller holds both."""
    _change(session, municipality_id, [kept], person_id=person_id, at=at)
    _change(session, municipality_id, [other], person_id=person_id, at=at, duplicate_of=kept)


def split(
    session: Session,
    municipality_id: UUID,
    *,
    kept: UUID,
    other: UUID,
    person_id: UUID | None,
    at: datetime,
) -> None:
    """Make an incident one of its own again. The caller holds both."""
    _change(session, municipality_id, [kept], person_id=person_id, at=at)
    _change(session, municipality_id, [other], person_id=person_id, at=at, duplicate_of=None)


def free(
    session: Session, municipality_id: UUID, kept: UUID, *, person_id: UUID | None, at: datetime
) -> list[UUID]:
    """Let go of what is merged into an incident that is no longer counted; return their ids."""
    root = aliased(IncidentRow)
    counted = select(root.id).where(
        root.municipality_id == municipality_id, root.id == kept, root.counted
    )
    freed = (
        select(IncidentRow.id)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.duplicate_of == kept,
            ~counted.exists(),
        )
        .order_by(IncidentRow.id)
        .with_for_update(of=IncidentRow)
    )
    ids = list(session.execute(freed).scalars())
    if ids:
        _change(session, municipality_id, ids, person_id=person_id, at=at, duplicate_of=None)
    return ids


def into(session: Session, municipality_id: UUID, kept: UUID, *, scope: Scope) -> list[Merged]:
    """Return what is merged into an incident, with what organisations say of it, oldest first."""
    query = (
        select(*_MERGED)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.duplicate_of == kept,
            IncidentRow.withdrawn_at.is_(None),
            *scoped(scope),
        )
        .order_by(IncidentRow.id)
    )
    rows = session.execute(query).all()
    said = parts_of(session, municipality_id, [row[0] for row in rows], scope=scope)
    return [Merged(*row, parts=said.get(row[0], ())) for row in rows]


def kept(session: Session, municipality_id: UUID, id_: UUID, *, scope: Scope) -> Merged | None:
    """Return the incident that another was merged into, for who may see it."""
    query = select(*_MERGED).where(
        IncidentRow.municipality_id == municipality_id, IncidentRow.id == id_, *scoped(scope)
    )
    row = session.execute(query).one_or_none()
    return Merged(*row) if row else None


_MERGED = (
    IncidentRow.id,
    func.coalesce(IncidentRow.reference, ""),
    IncidentRow.version,
    IncidentRow.organisation_id,
    IncidentRow.category_code,
    IncidentRow.occurred_from,
    IncidentRow.occurred_to,
    IncidentRow.time_precision,
)


def _among(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return IncidentRow.id == any_(literal(list(ids), ARRAY(Uuid)))


def _change(
    session: Session,
    municipality_id: UUID,
    ids: Sequence[UUID],
    *,
    person_id: UUID | None,
    at: datetime,
    **changes: UUID | None,
) -> None:
    """Raise the versions of incidents, with what is changed of them."""
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.municipality_id == municipality_id, _among(ids))
        .values(version=IncidentRow.version + 1, updated_by=person_id, updated_at=at, **changes)
    )
