"""Tables of sessions, tokens and failed attempts. Only the door role may touch them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.access.rules import SignIn
from lagesbild.base.db import Base, Session, new_id
from lagesbild.people.rules import Actor, Group, Role, Visitor
from lagesbild.people.store import GROUP
from lagesbild.people.store.tables import GroupRow, MembershipRow, MunicipalityRow, PersonRow


class SessionRow(Base):
    """A signed-in browser. The cookie holds the secret, the table its fingerprint."""

    __tablename__ = "sessions"

    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TokenRow(Base):
    """A program's key, bound to a person and a group."""

    __tablename__ = "tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        UniqueConstraint("person_id", "name"),
    )

    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    municipality_id: Mapped[UUID]
    group_id: Mapped[UUID]
    name: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AttemptRow(Base):
    """A failed sign-in; mail and address are kept as fingerprints only."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    mail: Mapped[bytes]
    address: Mapped[bytes]


_ACTOR = (
    PersonRow.id,
    PersonRow.name,
    MembershipRow.role,
    MembershipRow.organisation_id,
    *GROUP,
)


FOUNDING = "lagesbild.municipality"  # the lock of who makes a municipality


def wait_to_found(session: Session) -> None:
    """Wait until nobody else makes a municipality; the next waits until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(FOUNDING))))


def wait_for_people(session: Session, group: Group) -> None:
    """Wait until nobody else changes who is in a group; the next waits for this transaction."""
    session.execute(
        select(GroupRow.id)
        .where(GroupRow.municipality_id == group.municipality_id, GroupRow.id == group.id)
        .with_for_update(key_share=True)  # rows that point at the group may still be added
    )


def person_id(session: Session, mail: str) -> UUID | None:
    """Return the id of the person with this address."""
    query = select(PersonRow.id).where(PersonRow.mail == mail.lower())
    return session.execute(query).scalar_one_or_none()


def person(
    session: Session, *, mail: str, name: str, password_hash: str | None
) -> tuple[UUID, bool]:
    """Store a person unless the address is known; return the id and whether they are new."""
    new = upsert(PersonRow).values(
        id=new_id(), mail=mail.lower(), name=name, password_hash=password_hash
    )
    made = session.execute(new.on_conflict_do_nothing().returning(PersonRow.id)).first()
    found = person_id(session, mail)
    assert found is not None, "it was there, or is now"
    return found, made is not None


def sign_in_of(session: Session, mail: str) -> SignIn | None:
    """Return the stored credential of somebody who is active in a group, or None."""
    is_member = (
        select(MembershipRow.id)
        .where(MembershipRow.person_id == PersonRow.id, MembershipRow.ended_at.is_(None))
        .exists()
    )
    row = session.execute(
        select(PersonRow.id, PersonRow.password_hash).where(
            PersonRow.mail == mail.lower(), PersonRow.disabled_at.is_(None), is_member
        )
    ).one_or_none()
    return SignIn(*row) if row else None


def open_session(
    session: Session, *, fingerprint: bytes, person_id: UUID, now: datetime, until: datetime
) -> None:
    """Store a new session, and forget those that have ended."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
    session.execute(
        insert(SessionRow).values(
            fingerprint=fingerprint, person_id=person_id, created_at=now, expires_at=until
        )
    )


def close_session(session: Session, fingerprint: bytes) -> None:
    """Forget one session."""
    session.execute(delete(SessionRow).where(SessionRow.fingerprint == fingerprint))


# Both are built once: putting a query together costs more than asking it.
_VISITOR = (
    select(*_ACTOR)
    .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
    .join(GroupRow, GroupRow.id == MembershipRow.group_id)
    .join(MunicipalityRow, MunicipalityRow.id == GroupRow.municipality_id)
    .where(PersonRow.disabled_at.is_(None), MembershipRow.ended_at.is_(None))
    .order_by(GroupRow.slug)
)
_BY_SESSION = _VISITOR.join(SessionRow, SessionRow.person_id == PersonRow.id).where(
    SessionRow.fingerprint == bindparam("fingerprint"), SessionRow.expires_at > bindparam("now")
)
_BY_TOKEN = _VISITOR.join(
    TokenRow, (TokenRow.person_id == PersonRow.id) & (TokenRow.group_id == MembershipRow.group_id)
).where(TokenRow.fingerprint == bindparam("fingerprint"), TokenRow.revoked_at.is_(None))


def visitor_by_session(session: Session, fingerprint: bytes, *, now: datetime) -> Visitor | None:
    """Return who a session belongs to, with all their groups by slug; None when it is not good."""
    rows = session.execute(_BY_SESSION, {"fingerprint": fingerprint, "now": now}).all()
    return _visitor(rows, bound=False)


def visitor_by_token(session: Session, fingerprint: bytes) -> Visitor | None:
    """Return who a token belongs to, in its one group; None when it is not good."""
    return _visitor(session.execute(_BY_TOKEN, {"fingerprint": fingerprint}).all(), bound=True)


def _visitor(rows: Sequence[Any], *, bound: bool) -> Visitor | None:
    if not rows:
        return None
    actors = tuple(
        Actor(Role(row[2]), Group(*row[4:]), organisation_id=row[3], person_id=row[0])
        for row in rows
    )
    return Visitor(rows[0][0], rows[0][1], actors, bound=bound)


def guesses(session: Session, *, mail: bytes, address: bytes, since: datetime) -> tuple[int, int]:
    """Return how many attempts failed since a moment, for the mail and for the address."""
    row = session.execute(
        select(
            func.count().filter(AttemptRow.mail == mail),
            func.count().filter(AttemptRow.address == address),
        ).where(AttemptRow.at > since)
    ).one()
    return row[0], row[1]


def note_guess(
    session: Session, *, mail: bytes, address: bytes, at: datetime, forget_before: datetime
) -> None:
    """Store a failed attempt, and forget those that no longer count."""
    session.execute(delete(AttemptRow).where(AttemptRow.at < forget_before))
    session.execute(insert(AttemptRow).values(id=new_id(), at=at, mail=mail, address=address))


def add_token(
    session: Session, group: Group, *, fingerprint: bytes, person_id: UUID, name: str, now: datetime
) -> None:
    """Store a new token."""
    session.execute(
        insert(TokenRow).values(
            fingerprint=fingerprint,
            person_id=person_id,
            municipality_id=group.municipality_id,
            group_id=group.id,
            name=name,
            created_at=now,
        )
    )


def revoke_tokens(session: Session, person_id: UUID, *, now: datetime) -> None:
    """End every token and session of a person."""
    session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))
    session.execute(
        update(TokenRow)
        .where(TokenRow.person_id == person_id, TokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )
