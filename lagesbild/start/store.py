"""Queries of the first start and of its steps. The tables are those of `people`."""

from datetime import time

from sqlalchemy import func, select, update

from lagesbild.base.db import Session
from lagesbild.people.rules import Group, Role
from lagesbild.people.store.tables import GroupRow, MembershipRow, MunicipalityRow, PersonRow


def is_made(session: Session) -> bool:
    """Whether the tables are there at all: a web server may be faster than `migrate`."""
    found = select(func.to_regclass(MunicipalityRow.__tablename__).is_not(None))
    return bool(session.execute(found).scalar_one())


def put_letter(session: Session, group: Group, letter: time) -> None:
    """Store when the letter of a group is written."""
    session.execute(
        update(GroupRow)
        .where(GroupRow.municipality_id == group.municipality_id, GroupRow.id == group.id)
        .values(letter_time=letter)
    )


def municipality_slug(session: Session, group: Group) -> str:
    """Return the municipality's short name, as the command line takes it."""
    query = select(MunicipalityRow.slug).where(MunicipalityRow.id == group.municipality_id)
    return session.execute(query).scalar_one()


def roles(session: Session, group: Group) -> list[tuple[object, Role, int]]:
    """Return organisation, role and how many active people a group has in it."""
    query = (
        select(MembershipRow.organisation_id, MembershipRow.role, func.count())
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(
            MembershipRow.municipality_id == group.municipality_id,
            MembershipRow.group_id == group.id,
            MembershipRow.ended_at.is_(None),
            PersonRow.disabled_at.is_(None),
        )
        .group_by(MembershipRow.organisation_id, MembershipRow.role)
        .order_by(MembershipRow.organisation_id, MembershipRow.role)
    )
    found = session.execute(query)
    return [(organisation, Role(role), number) for organisation, role, number in found]
