"""Letting people in and stopping them, from inside the group. One at a time in each group.

Stopping ends a person's place in this group: the account may belong to other groups as well, and
only the command line disables it.
"""

from datetime import datetime
from uuid import UUID

from lagesbild.access import service as access
from lagesbild.access import store as access_store
from lagesbild.access.rules import Newcomer
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session, door, transaction, turn, turn_to_door
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError, SignInError
from lagesbild.members import rules, store
from lagesbild.members.rules import Member
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, Role, require


def members(session: Session, actor: Actor) -> list[Member]:
    """Return everybody who is or was in the actor's group, by organisation and name."""
    require(actor, Permission.MANAGE_PEOPLE)
    return store.members(session, actor.group)


def member(session: Session, actor: Actor, id_: UUID) -> Member:
    """Return one place in the actor's group, or raise `NotFoundError`."""
    require(actor, Permission.MANAGE_PEOPLE)
    return _one(store.members(session, actor.group), id_)


def add(
    actor: Actor, newcomer: Newcomer, *, organisation: str, role: Role, now: datetime
) -> tuple[Member, bool]:
    """Let somebody into the group; return them, and whether the password is theirs.

    It is not where the address was known already. The same twice, as by a double click, is once.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    if not newcomer.password:
        raise InvalidError("password", "Skriv ett första lösenord.")
    mail = newcomer.mail.lower()
    with transaction(actor.gate) as session:
        known = _locked(session, actor)
        rules.check_grant(actor.role, role, known)
        organisation_id = access.organisation_named(session, actor, organisation).id
        wanted = (mail, newcomer.name, role, organisation_id)
        there = {(m.mail, m.name, m.role, m.organisation_id): m for m in known if m.active}
        if wanted in there:
            return there[wanted], True
        is_new = access.let_in(
            session, actor, newcomer, organisation=organisation, role=role, now=now
        )
        found = store.members(session, actor.group)
        return next(m for m in found if m.mail == mail), is_new


def change(actor: Actor, id_: UUID, *, organisation: str, role: Role, now: datetime) -> None:
    """Change what somebody is in the group, and for which organisation."""
    require(actor, Permission.MANAGE_PEOPLE)
    with transaction(actor.gate) as session:
        known = _locked(session, actor)
        found = _touched(actor, known, id_)
        if role is not found.role:
            rules.check_grant(actor.role, role, known)
            rules.check_remaining(found, known)
        organisation_id = access.organisation_named(session, actor, organisation).id
        store.put_role(session, actor.group, id_, role=role, organisation_id=organisation_id)
        _log(session, actor, "person.changed", found, at=now)


def stop(actor: Actor, id_: UUID, *, now: datetime) -> None:
    """End somebody's place in the group; they are out at once, and so are their tokens."""
    require(actor, Permission.MANAGE_PEOPLE)
    with transaction(actor.gate) as session:
        known = _locked(session, actor)
        found = _touched(actor, known, id_)
        rules.check_remaining(found, known)
        store.put_ended(session, actor.group, id_, at=now)
        _log(session, actor, "person.disabled", found, at=now)
        turn_to_door(session)
        store.end_tokens(session, found.person_id, actor.group, now=now)


def readmit(actor: Actor, id_: UUID, *, now: datetime) -> None:
    """Give somebody their place in the group back."""
    require(actor, Permission.MANAGE_PEOPLE)
    with transaction(actor.gate) as session:
        known = _locked(session, actor)
        found = _touched(actor, known, id_)
        rules.check_grant(actor.role, found.role, known)
        store.put_ended(session, actor.group, id_, at=None)
        _log(session, actor, "person.enabled", found, at=now)


def give_password(actor: Actor, id_: UUID, password: str, *, now: datetime) -> None:
    """Give somebody of this group alone a new password; sessions and tokens end."""
    require(actor, Permission.MANAGE_PEOPLE)
    hashed = access.password_hash(password)
    with transaction(actor.gate) as session:
        found = _touched(actor, _locked(session, actor), id_)
        turn_to_door(session)
        if store.is_elsewhere(session, found.person_id, actor.group):
            raise ConflictError(
                "Personen är med i andra grupper också, och lösenordet är detsamma där."
                " Den som sköter installationen byter det: lagesbild user password."
            )
        people.set_password(session, found.person_id, hashed)
        access_store.revoke_tokens(session, found.person_id, now=now)
        turn(session, actor.gate)
        _log(session, actor, "person.password", found, at=now)


def change_own_password(actor: Actor, old: str, new: str, *, address: str, now: datetime) -> str:
    """Change the actor's own password and return the secret of a new session; all others end.

    Guessing the old one counts as guessing at the sign-in. Raises `TooManyError`.
    """
    require(actor, Permission.READ_NAMES)
    if actor.person_id is None:
        raise NotFoundError("Systemet har inget lösenord.")
    hashed = access.password_hash(new)
    with door() as session:
        mail = store.mail_of(session, actor.person_id)
    try:
        access.sign_in(mail, old, address=address, now=now)
    except SignInError as error:
        raise InvalidError("old", "Det är inte ditt nuvarande lösenord. Försök igen.") from error
    with transaction(actor.gate) as session:
        entry = Entry(
            now, "person.password", f"person:{actor.person_id}", {}, actor.person_id, None
        )
        audit.record(session, actor.group.municipality_id, [entry])
        turn_to_door(session)
        people.set_password(session, actor.person_id, hashed)
        access_store.revoke_tokens(session, actor.person_id, now=now)
    return access.sign_in(mail, new, address=address, now=now)


def _locked(session: Session, actor: Actor) -> list[Member]:
    """Keep others from changing the group, and return who is in it."""
    access_store.wait_for_people(session, actor.group)
    return store.members(session, actor.group)


def _touched(actor: Actor, known: list[Member], id_: UUID) -> Member:
    found = _one(known, id_)
    if refusal := rules.refusal(actor.role, actor.person_id, found):
        raise refusal
    return found


def _one(known: list[Member], id_: UUID) -> Member:
    found = next((m for m in known if m.id == id_), None)
    if found is None:
        raise NotFoundError("Personen finns inte i gruppen.")
    return found


def _log(session: Session, actor: Actor, verb: str, found: Member, *, at: datetime) -> None:
    entry = Entry(at, verb, f"person:{found.person_id}", {}, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])
