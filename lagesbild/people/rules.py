"""Roles, the permission table, and what an actor may see."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.errors import NotAllowedError
from lagesbild.base.gate import Gate


class Role(StrEnum):
    """What a person is in a group. `SYSTEM` is the clock and the command line."""

    REPORTER = "reporter"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    READER = "reader"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SYSTEM = "system"


ROLE_TEXT = {
    Role.REPORTER: "inrapportör",
    Role.MEMBER: "medlem",
    Role.COORDINATOR: "samordnare",
    Role.ANALYST: "analytiker",
    Role.READER: "läsare",
    Role.ADMIN: "administratör",
    Role.AUDITOR: "granskare",
    Role.SYSTEM: "systemet",
}


class Kind(StrEnum):
    """What an organisation is; its symbol on the map."""

    MUNICIPALITY = "kommun"
    POLICE = "polis"
    FIRE = "brand"
    OTHER = "ovriga"


class Permission(StrEnum):
    """What can be asked for."""

    REPORT_INCIDENT = "report incident"
    REPORT_FOR_OTHERS = "report for others"
    READ_INCIDENTS = "read incidents"
    REVIEW_INCIDENTS = "review incidents"
    READ_WEEK = "read week"
    READ_MEETING = "read meeting"
    PLAN_MEETING = "plan meeting"
    REPORT_NOTHING = "report nothing"
    READ_PROBLEMS = "read problems"
    WRITE_PROBLEMS = "write problems"
    READ_ACTIONS = "read actions"
    WRITE_ACTIONS = "write actions"
    UPDATE_ACTION = "update action"
    HOLD_MEETING = "hold meeting"
    FIX_PICTURE = "fix picture"
    ERASE_PART = "erase part"
    IMPORT_LIST = "import list"
    WRITE_DIGEST = "write digest"
    READ_DIGEST = "read digest"
    EDIT_DIGEST = "edit digest"
    APPROVE_DIGEST = "approve digest"
    SETTLE_DIGEST = "settle digest"
    ASK_GROUP = "ask group"
    SEND_NOTICES = "send notices"
    READ_NOTICES = "read notices"
    READ_PUBLICATION = "read publication"
    READ_AUDIT = "read audit"
    READ_NAMES = "read names"
    ADMINISTER = "administer"
    MANAGE_PEOPLE = "manage people"
    SET_UP = "set up"


_GROUP = frozenset({Role.MEMBER, Role.COORDINATOR, Role.ANALYST, Role.SYSTEM})
_DECIDERS = frozenset({Role.MEMBER, Role.COORDINATOR, Role.SYSTEM})
_WRITERS = _DECIDERS | {Role.REPORTER}
_IN_CHARGE = frozenset({Role.COORDINATOR, Role.ADMIN, Role.SYSTEM})

# What the policies of the database let a role see of incidents; of other roles they know nothing.
_AUDIENCE = dict.fromkeys(_GROUP, "group") | {Role.REPORTER: "own"}

ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.REPORT_INCIDENT: _WRITERS,
    Permission.REPORT_FOR_OTHERS: frozenset({Role.COORDINATOR, Role.SYSTEM}),
    Permission.READ_INCIDENTS: _GROUP | {Role.REPORTER},
    Permission.REVIEW_INCIDENTS: frozenset({Role.MEMBER, Role.COORDINATOR, Role.SYSTEM}),
    Permission.READ_WEEK: _GROUP,
    Permission.READ_MEETING: _GROUP | {Role.ADMIN},  # who plans it has to see it
    Permission.PLAN_MEETING: _IN_CHARGE,
    Permission.REPORT_NOTHING: _WRITERS,
    Permission.READ_PROBLEMS: _GROUP,
    Permission.WRITE_PROBLEMS: _DECIDERS,
    Permission.READ_ACTIONS: _GROUP | {Role.REPORTER},
    Permission.WRITE_ACTIONS: _DECIDERS,
    Permission.UPDATE_ACTION: _DECIDERS | {Role.REPORTER},
    Permission.HOLD_MEETING: _DECIDERS,
    Permission.FIX_PICTURE: frozenset({Role.COORDINATOR, Role.SYSTEM}),
    Permission.ERASE_PART: frozenset({Role.COORDINATOR}),
    Permission.IMPORT_LIST: _DECIDERS,
    Permission.WRITE_DIGEST: frozenset({Role.SYSTEM}),
    Permission.READ_DIGEST: _DECIDERS,
    Permission.EDIT_DIGEST: _DECIDERS,
    Permission.APPROVE_DIGEST: frozenset({Role.MEMBER, Role.COORDINATOR}),
    Permission.SETTLE_DIGEST: frozenset({Role.COORDINATOR, Role.SYSTEM}),
    Permission.ASK_GROUP: frozenset({Role.READER}),
    Permission.SEND_NOTICES: frozenset({Role.SYSTEM}),
    Permission.READ_NOTICES: frozenset({Role.COORDINATOR, Role.SYSTEM}),
    Permission.READ_PUBLICATION: _GROUP | {Role.READER},
    Permission.READ_AUDIT: frozenset({Role.ADMIN, Role.AUDITOR, Role.SYSTEM}),
    Permission.READ_NAMES: frozenset(Role),
    Permission.ADMINISTER: frozenset({Role.ADMIN, Role.SYSTEM}),
    Permission.MANAGE_PEOPLE: _IN_CHARGE,
    Permission.SET_UP: _IN_CHARGE,
}


LETTER_TO = "ordföranden"


@dataclass(frozen=True)
class Group:
    """A samverkansgrupp of a municipality, and when it meets and writes."""

    id: UUID
    municipality_id: UUID
    slug: str
    name: str
    municipality: str
    meeting_weekday: int  # 0 = Monday
    meeting_time: time
    letter_time: time
    schedule_since: datetime  # nothing due before this moment is ever sent
    meeting_place: str = ""
    break_from: int | None = None  # the first ISO week of a summer without meetings, each year
    break_to: int | None = None
    version: int = 1
    near_metres: int = 150  # what is nearer in place and time may be the same incident
    near_hours: int = 3
    reminder_time: time | None = time(15)  # the day before the meeting; None: no reminder
    letter_to: str = LETTER_TO  # whom the letter is written for, as one says "till …"


@dataclass(frozen=True)
class Organisation:
    """An organisation as one group knows it."""

    id: UUID
    slug: str
    name: str
    kind: Kind


class Place(NamedTuple):
    """Somebody's active place in a group, and where mail reaches them."""

    person_id: UUID
    mail: str
    name: str
    role: Role
    organisation_id: UUID
    organisation: str


@dataclass(frozen=True)
class Actor:
    """A signed-in person in one group, or the system. Decides together with `ALLOWED`."""

    role: Role
    group: Group
    organisation_id: UUID | None
    person_id: UUID | None

    @property
    def gate(self) -> Gate:
        """What the database lets through for this actor."""
        audience = _AUDIENCE.get(self.role, "reader")
        return Gate(self.group.municipality_id, self.group.id, self.organisation_id, audience)

    def may(self, permission: Permission) -> bool:
        """Whether the role has the permission; for menus. Services call `require`."""
        return self.role in ALLOWED[permission]


@dataclass(frozen=True)
class Visitor:
    """Somebody whose session or token is good: who, and in which groups.

    `person` is what the screen shows; `bound` means that a token fixed the group.
    """

    person_id: UUID
    person: str
    actors: tuple[Actor, ...]
    bound: bool = False

    def actor_in(self, group_slug: str) -> Actor | None:
        """Return the person as the actor of one group, or None."""
        return next((a for a in self.actors if a.group.slug == group_slug), None)


@dataclass(frozen=True)
class Scope:
    """Which incidents may be read: those of the group, or only one's own organisation's."""

    organisation_id: UUID | None
    own_only: bool


def require(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowedError` unless the role of the actor has the permission."""
    if not actor.may(permission):
        raise NotAllowedError(
            f"Som {ROLE_TEXT[actor.role]} har du inte behörighet till det här."
            " Fråga gruppens samordnare."
        )


def scope_of(actor: Actor) -> Scope:
    """Return what the actor may read of incidents, or raise `NotAllowedError`."""
    require(actor, Permission.READ_INCIDENTS)
    return Scope(actor.organisation_id, own_only=actor.role is Role.REPORTER)


def system(group: Group, organisation_id: UUID | None = None) -> Actor:
    """Return the actor of what runs by the clock or from the command line."""
    return Actor(Role.SYSTEM, group, organisation_id, person_id=None)
