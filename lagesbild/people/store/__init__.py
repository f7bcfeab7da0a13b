"""What is asked about people and groups."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    Executable,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.people.rules import Group, Kind, Organisation, Place, Role
from lagesbild.people.store.tables import (
    GroupRow,
    MembershipRow,
    MunicipalityRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
)

GROUP = (
    GroupRow.id,
    GroupRow.municipality_id,
    GroupRow.slug,
    GroupRow.name,
    MunicipalityRow.name,
    GroupRow.meeting_weekday,
    GroupRow.meeting_time,
    GroupRow.letter_time,
    GroupRow.schedule_since,
    GroupRow.meeting_place,
    GroupRow.break_from,
    GroupRow.break_to,
    GroupRow.version,
    GroupRow.near_metres,
    GroupRow.near_hours,
    GroupRow.reminder_time,
    GroupRow.letter_to,
)


def groups(session: Session) -> list[Group]:
    """Return every group of the installation, by slug. For the door only."""
    query = (
        select(*GROUP)
        .join(MunicipalityRow, MunicipalityRow.id == GroupRow.municipality_id)
        .order_by(GroupRow.slug)
    )
    return [Group(*row) for row in session.execute(query)]


def slug_taken(session: Session, slug: str, code: str) -> bool:
    """Whether a municipality or group has this slug, or a municipality this code."""
    municipality = select(MunicipalityRow.id).where(
        or_(MunicipalityRow.slug == slug, MunicipalityRow.code == code)
    )
    group = select(GroupRow.id).where(GroupRow.slug == slug)
    return bool(session.execute(select(municipality.exists() | group.exists())).scalar_one())


def add_municipality(
    session: Session, *, municipality_id: UUID, slug: str, name: str, code: str
) -> None:
    """Store a municipality."""
    session.execute(
        insert(MunicipalityRow).values(id=municipality_id, slug=slug, name=name, code=code)
    )


def add_group(
    session: Session, *, municipality_id: UUID, slug: str, name: str, since: datetime
) -> None:
    """Store a group with the usual times."""
    session.execute(
        insert(GroupRow).values(
            municipality_id=municipality_id, id=new_id(), slug=slug, name=name, schedule_since=since
        )
    )


def add_organisation(
    session: Session, group: Group, organisation: Organisation, *, joined_on: date
) -> None:
    """Let an organisation take part in a group; it is stored unless it is known already."""
    known = upsert(OrganisationRow).values(
        id=organisation.id, name=organisation.name, kind=organisation.kind
    )
    session.execute(known.on_conflict_do_nothing())
    session.execute(
        insert(ParticipantRow).values(
            municipality_id=group.municipality_id,
            group_id=group.id,
            organisation_id=organisation.id,
            slug=organisation.slug,
            joined_on=joined_on,
        )
    )


@cache
def _organisations() -> Executable:
    order = func.array_position(["kommun", "polis", "brand", "ovriga"], OrganisationRow.kind)
    return (
        select(OrganisationRow.id, ParticipantRow.slug, OrganisationRow.name, OrganisationRow.kind)
        .join(ParticipantRow, ParticipantRow.organisation_id == OrganisationRow.id)
        .where(
            ParticipantRow.municipality_id == bindparam("municipality"),
            ParticipantRow.group_id == bindparam("group"),
        )
        .order_by(order, OrganisationRow.name, OrganisationRow.id)
    )


def organisations(session: Session, group: Group) -> list[Organisation]:
    """Return the organisations of a group, in the order kommun, polis, brand, others by name."""
    rows = session.execute(
        _organisations(), {"municipality": group.municipality_id, "group": group.id}
    )
    return [Organisation(id_, slug, name, Kind(kind)) for id_, slug, name, kind in rows]


def add_membership(
    session: Session, group: Group, *, organisation_id: UUID, person: UUID, role: Role
) -> None:
    """Make a person a member of a group, for one organisation."""
    session.execute(
        insert(MembershipRow).values(
            municipality_id=group.municipality_id,
            id=new_id(),
            group_id=group.id,
            organisation_id=organisation_id,
            person_id=person,
            role=role,
        )
    )


def is_member(session: Session, group: Group, person: UUID) -> bool:
    """Whether somebody has a place in a group, stopped or not."""
    query = select(MembershipRow.id).where(
        MembershipRow.municipality_id == group.municipality_id,
        MembershipRow.group_id == group.id,
        MembershipRow.person_id == person,
    )
    return session.execute(query).first() is not None


def disable_person(session: Session, mail: str, *, at: datetime) -> bool:
    """Stop a person from signing in; return whether there was one."""
    result = session.execute(
        update(PersonRow)
        .where(PersonRow.mail == mail.lower(), PersonRow.disabled_at.is_(None))
        .values(disabled_at=at)
        .returning(PersonRow.id)
    )
    return result.first() is not None


def enable_person(session: Session, person: UUID) -> None:
    """Let a person sign in again. For the door only."""
    session.execute(update(PersonRow).where(PersonRow.id == person).values(disabled_at=None))


def set_password(session: Session, person: UUID, password_hash: str) -> None:
    """Store a new password. For the door only."""
    changed = update(PersonRow).where(PersonRow.id == person)
    session.execute(changed.values(password_hash=password_hash))


def members(session: Session, group: Group, *, role: Role | None = None) -> list[Place]:
    """Return the places of the active members, by mail."""
    query = (
        select(
            PersonRow.id,
            PersonRow.mail,
            PersonRow.name,
            MembershipRow.role,
            OrganisationRow.id,
            OrganisationRow.name,
        )
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation_id)
        .where(
            MembershipRow.municipality_id == group.municipality_id,
            MembershipRow.group_id == group.id,
            MembershipRow.ended_at.is_(None),
            PersonRow.disabled_at.is_(None),
        )
        .order_by(PersonRow.mail, PersonRow.id)
    )
    if role is not None:
        query = query.where(MembershipRow.role == role)
    return [Place(*row[:3], Role(row[3]), *row[4:]) for row in session.execute(query)]
