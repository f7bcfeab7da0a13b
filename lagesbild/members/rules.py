"""Who may let in whom, and who may be touched by whom."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lagesbild.base.errors import ConflictError, InvalidError, LagesbildError, NotAllowedError
from lagesbild.people.rules import ALLOWED, Permission, Role

ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
# They look after the group itself: a coordinator does not change who they are.
OVER_THE_GROUP = frozenset({Role.ADMIN, Role.AUDITOR})
ROLE_USE = {
    Role.REPORTER: "loggar, och ser det som den egna organisationen har loggat",
    Role.MEMBER: "loggar, och ser gruppens vecka",
    Role.COORDINATOR: "som medlem; får veckans brev och släpper in personer",
    Role.ANALYST: "ser gruppens vecka och tar ut siffror, loggar inte",
    Role.READER: "utanför gruppen: läser brevet",
    Role.ADMIN: "släpper in personer och läser loggen, ser inga händelser",
    Role.AUDITOR: "läser loggen, ser inga händelser",
}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


@dataclass(frozen=True)
class Member:
    """Somebody's place in a group. `ended` by the group, `disabled` for the whole installation."""

    id: UUID
    person_id: UUID
    mail: str
    name: str
    role: Role
    organisation_id: UUID
    organisation: str
    ended: bool
    disabled: bool

    @property
    def active(self) -> bool:
        """Whether they come in."""
        return not (self.ended or self.disabled)


def password() -> str:
    """Return a first password that can be read aloud: 79 bits, in groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def grantable(role: Role, members: Sequence[Member]) -> tuple[Role, ...]:
    """Return the roles that somebody of a role may give.

    A coordinator gives those of the group's own work, and, where nobody is over the group yet,
    its first administrator.
    """
    if role is not Role.COORDINATOR:
        return ROLES
    has_admin = any(m.active and m.role is Role.ADMIN for m in members)
    own = tuple(r for r in ROLES if r not in OVER_THE_GROUP)
    return own if has_admin else (*own, Role.ADMIN)


def check_grant(role: Role, wanted: Role, members: Sequence[Member]) -> None:
    """Raise `InvalidError` for a role that somebody of a role may not give."""
    if wanted not in grantable(role, members):
        raise InvalidError("role", "Den rollen ger gruppens administratör. Välj en annan.")


def refusal(role: Role, person_id: UUID | None, member: Member) -> LagesbildError | None:
    """Return why somebody may not change a member: themselves, or who is over the group."""
    if member.person_id == person_id:
        return ConflictError(
            "Du kan inte ändra eller stänga av dig själv. Be en annan samordnare eller"
            " administratör."
        )
    if role is Role.COORDINATOR and member.role in OVER_THE_GROUP:
        return NotAllowedError("Bara en administratör ändrar administratörer och granskare.")
    return None


def check_remaining(without: Member, members: Sequence[Member]) -> None:
    """Raise `ConflictError` when nobody would be left to let people in, or no administrator."""
    left = {m.role for m in members if m.active and m.id != without.id}
    if without.role is Role.ADMIN and Role.ADMIN not in left:
        raise ConflictError(
            "Det är gruppens enda administratör. Lägg till en annan administratör först."
        )
    if not left & ALLOWED[Permission.MANAGE_PEOPLE]:
        raise ConflictError("Då kan ingen längre släppa in personer. Utse en samordnare först.")
