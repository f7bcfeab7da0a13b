"""What the members of a group do not want to be told of."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, insert, select

from lagesbild.base.db import Session
from lagesbild.notices.rules import Kind
from lagesbild.notices.store.tables import OffRow
from lagesbild.people.rules import Group


def off(session: Session, group: Group) -> frozenset[tuple[UUID, Kind]]:
    """Return what each person has switched off, of those that the gate lets through."""
    query = select(OffRow.person_id, OffRow.kind).where(
        OffRow.municipality_id == group.municipality_id, OffRow.group_id == group.id
    )
    return frozenset((row[0], Kind(row[1])) for row in session.execute(query))


def put_off(session: Session, group: Group, person_id: UUID, kinds: Iterable[Kind]) -> None:
    """Store what a person has switched off, and nothing else."""
    session.execute(
        delete(OffRow).where(
            OffRow.municipality_id == group.municipality_id,
            OffRow.group_id == group.id,
            OffRow.person_id == person_id,
        )
    )
    rows = [
        {
            "municipality_id": group.municipality_id,
            "group_id": group.id,
            "person_id": person_id,
            "kind": kind,
        }
        for kind in kinds
    ]
    if rows:
        session.execute(insert(OffRow), rows)
