"""Queries of who is in a group. The tables are those of `people`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from lagesbild.access.store import TokenRow
from lagesbild.base.db import Session
from lagesbild.members.rules import Member
from lagesbild.people.rules import Group, Role
from lagesbild.people.store.tables import MembershipRow, OrganisationRow, PersonRow


def members(session: Session, group: Group) -> list[Member]:
    """Return everybody who is or was in a group, by organisation and name."""
    order = func.array_position(["kommun", "polis", "brand", "ovriga"], OrganisationRow.kind)
    query = (
        select(
            MembershipRow.id,
            PersonRow.id,
            PersonRow.mail,
            PersonRow.name,
            MembershipRow.role,
            OrganisationRow.id,
            OrganisationRow.name,
            MembershipRow.ended_at.is_not(None),
            PersonRow.disabled_at.is_not(None),
        )
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation_id)
        .where(
            MembershipRow.municipality_id == group.municipality_id,
            MembershipRow.group_id == group.id,
        )
        .order_by(order, OrganisationRow.name, PersonRow.name, PersonRow.mail)
    )
    found = session.execute(query)
    return [Member(*row[:4], Role(row[4]), *row[5:]) for row in found]


def put_ended(session: Session, group: Group, id_: UUID, *, at: datetime | None) -> None:
    """End somebody's place in a group, or give it back."""
    session.execute(update(MembershipRow).where(*_one(group, id_)).values(ended_at=at))


def put_role(
    session: Session, group: Group, id_: UUID, *, role: Role, organisation_id: UUID
) -> None:
    """Change what somebody is in a group, and for whom."""
    changed = update(MembershipRow).where(*_one(group, id_))
    session.execute(changed.values(role=role, organisation_id=organisation_id))


def _one(group: Group, id_: UUID) -> list[ColumnElement[bool]]:
    return [
        MembershipRow.municipality_id == group.municipality_id,
        MembershipRow.group_id == group.id,
        MembershipRow.id == id_,
    ]


def is_elsewhere(session: Session, person_id: UUID, group: Group) -> bool:
    """Whether somebody is in another group, too. For the door only."""
    query = select(MembershipRow.id).where(
        MembershipRow.person_id == person_id,
        MembershipRow.group_id != group.id,
        MembershipRow.ended_at.is_(None),
    )
    return session.execute(query.limit(1)).first() is not None


def end_tokens(session: Session, person_id: UUID, group: Group, *, now: datetime) -> None:
    """End somebody's tokens for a group. For the door only."""
    session.execute(
        update(TokenRow)
        .where(
            TokenRow.person_id == person_id,
            TokenRow.group_id == group.id,
            TokenRow.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def mail_of(session: Session, person_id: UUID) -> str:
    """Return somebody's address. For the door only."""
    return session.execute(select(PersonRow.mail).where(PersonRow.id == person_id)).scalar_one()
