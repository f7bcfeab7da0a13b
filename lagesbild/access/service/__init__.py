"""Coming in, and letting people in. Before the door there is no actor; behind it `require` asks."""

from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lagesbild.access import rules, store
from lagesbild.access.rules import Newcomer
from lagesbild.access.service.organisations import (
    add_municipality,
    add_organisation,
    found,
    organisation_named,
    organisations,
)
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import (
    Session,
    door,
    looking_out,
    reading,
    transaction,
    turn,
    turn_to_door,
)
from lagesbild.base.errors import ConflictError, NotFoundError, SignInError
from lagesbild.people import store as people
from lagesbild.people.rules import (
    Actor,
    Group,
    Permission,
    Place,
    Role,
    Visitor,
    require,
    system,
)

__all__ = [
    "add_municipality",
    "add_organisation",
    "found",
    "organisation_named",
    "organisations",
]

_hasher = PasswordHasher()
# Compared when there is no such person: the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash("nobody")  # at import: 50 ms


def password_hash(password: str) -> str:
    """Return the argon2id hash of a password that is long enough."""
    rules.check_password(password)
    return _hasher.hash(password)


def sign_in(mail: str, password: str, *, address: str, now: datetime) -> str:
    """Open a session and return its secret; raise `SignInError` or `TooManyError`."""
    by_mail = rules.fingerprint(mail.strip().lower())
    by_address = rules.fingerprint(address)
    since = now - rules.GUESS_WINDOW
    with door() as session:
        count_mail, count_address = store.guesses(
            session, mail=by_mail, address=by_address, since=since
        )
        known = store.sign_in_of(session, mail.strip())
    rules.check_guesses(by_mail=count_mail, by_address=count_address)
    right = _matches(known.password_hash if known else None, password)
    if known is None or not right:
        with door() as session:
            store.note_guess(session, mail=by_mail, address=by_address, at=now, forget_before=since)
        raise SignInError("E-postadressen eller lösenordet stämmer inte. Försök igen.")
    secret = rules.new_secret()
    with door() as session:
        store.open_session(
            session,
            fingerprint=rules.fingerprint(secret),
            person_id=known.person_id,
            now=now,
            until=now + rules.SESSION_LASTS,
        )
    return secret


def sign_out(secret: str) -> None:
    """Close a session."""
    with door() as session:
        store.close_session(session, rules.fingerprint(secret))


def visitor_by_session(secret: str, *, now: datetime) -> Visitor | None:
    """Return who a session cookie belongs to, or None."""
    with looking_out() as session:
        return store.visitor_by_session(session, rules.fingerprint(secret), now=now)


def visitor_by_token(secret: str) -> Visitor | None:
    """Return who a bearer token belongs to, or None."""
    with looking_out() as session:
        return store.visitor_by_token(session, rules.fingerprint(secret))


def add_token(group: Group, *, mail: str, name: str, now: datetime) -> str:
    """Make a token for a member of a group and return it; only its fingerprint is kept."""
    rules.check_name("name", name)
    person = _member(system(group), mail, verb="token.added", now=now)
    secret = rules.new_secret()
    with door() as session:
        store.add_token(
            session,
            group,
            fingerprint=rules.fingerprint(secret),
            person_id=person,
            name=name,
            now=now,
        )
    return secret


def groups() -> list[Group]:
    """Return every group of the installation, by slug; for the clock and the command line."""
    with looking_out() as session:
        return people.groups(session)


def group_named(slug: str | None) -> Group:
    """Return a group, or the only one when no slug is given; raise `NotFoundError`."""
    known = groups()
    if slug is None and len(known) == 1:
        return known[0]
    found = next((g for g in known if g.slug == slug), None)
    if found is None:
        names = ", ".join(g.slug for g in known) or "ingen"
        raise NotFoundError(f"Välj en grupp med --group. De som finns: {names}.")
    return found


def actor_named(group: Group, mail: str) -> Actor:
    """Return an active member of a group by address, for the command line; or `NotFoundError`."""
    with reading(system(group).gate) as session:
        place = _place(session, group, mail.strip())
    return Actor(place.role, group, place.organisation_id, place.person_id)


def add_member(
    actor: Actor, newcomer: Newcomer, *, organisation: str, role: Role, now: datetime
) -> None:
    """Make somebody a member of the actor's group; a known address keeps its password."""
    require(actor, Permission.MANAGE_PEOPLE)
    with transaction(actor.gate) as session:
        let_in(session, actor, newcomer, organisation=organisation, role=role, now=now)


def let_in(
    session: Session,
    actor: Actor,
    newcomer: Newcomer,
    *,
    organisation: str,
    role: Role,
    now: datetime,
) -> bool:
    """Do the same inside a transaction; return whether the address was new here."""
    require(actor, Permission.MANAGE_PEOPLE)
    rules.check_name("name", newcomer.name)
    rules.check_mail(newcomer.mail)
    hashed = password_hash(newcomer.password) if newcomer.password else None
    store.wait_for_people(session, actor.group)
    organisation_id = organisation_named(session, actor, organisation).id
    turn_to_door(session)
    person, is_new = store.person(
        session, mail=newcomer.mail, name=newcomer.name, password_hash=hashed
    )
    turn(session, actor.gate)
    if people.is_member(session, actor.group, person):
        raise ConflictError(
            f"{newcomer.mail} är redan med i gruppen. Är personen avstängd släpps den in igen"
            " på sidan Personer, eller med lagesbild user enable."
        )
    people.add_membership(
        session, actor.group, organisation_id=organisation_id, person=person, role=role
    )
    _log(session, actor, "person.added", f"person:{person}", at=now)
    return is_new


def members(session: Session, actor: Actor) -> list[tuple[str, str, Role, str]]:
    """Return mail, name, role and organisation of the group's active members, by mail."""
    require(actor, Permission.ADMINISTER)
    return [
        (place.mail, place.name, place.role, place.organisation)
        for place in people.members(session, actor.group)
    ]


def change_password(actor: Actor, mail: str, password: str, *, now: datetime) -> None:
    """Give a member of the actor's group a new password; sessions and tokens end."""
    require(actor, Permission.ADMINISTER)
    hashed = password_hash(password)
    person = _member(actor, mail, verb="person.password", now=now)
    with door() as session:
        people.set_password(session, person, hashed)
        store.revoke_tokens(session, person, now=now)


def enable(actor: Actor, mail: str, *, now: datetime) -> None:
    """Let a member of the actor's group who was stopped sign in again."""
    require(actor, Permission.ADMINISTER)
    with door() as session:
        person = store.person_id(session, mail)
    with transaction(actor.gate) as session:
        if person is None or not people.is_member(session, actor.group, person):
            raise NotFoundError(f"{mail} är inte med i gruppen. Lägg till med lagesbild user add.")
        _log(session, actor, "person.enabled", f"person:{person}", at=now)
    with door() as session:
        people.enable_person(session, person)


def disable(actor: Actor, mail: str, *, now: datetime) -> None:
    """Stop a member from signing in, and end their sessions and tokens."""
    require(actor, Permission.ADMINISTER)
    person = _member(actor, mail, verb="person.disabled", now=now)
    with door() as session:
        people.disable_person(session, mail, at=now)
        store.revoke_tokens(session, person, now=now)


def _member(actor: Actor, mail: str, *, verb: str, now: datetime) -> UUID:
    """Return who a member of the actor's group is, and log what is about to be done to them."""
    with transaction(actor.gate) as session:
        person = _place(session, actor.group, mail).person_id
        _log(session, actor, verb, f"person:{person}", at=now)
    return person


def _place(session: Session, group: Group, mail: str) -> Place:
    """Return the place of an active member of a group by address, or raise `NotFoundError`."""
    known = people.members(session, group)
    found = next((place for place in known if place.mail == mail.lower()), None)
    if found is None:
        raise NotFoundError(f"Det finns ingen aktiv person med adressen {mail} i gruppen.")
    return found


def _log(session: Session, actor: Actor, verb: str, subject: str, *, at: datetime) -> None:
    entry = Entry(at, verb, subject, {}, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])


def _matches(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
