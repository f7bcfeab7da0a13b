"""What people are told of by mail, and who is told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.outbox import State
from lagesbild.people.rules import ALLOWED, Group, Permission, Place, Role

RECENT = timedelta(hours=24)  # what is older is never told of: a standstill makes no flood
GONE = "Skickades inte: det gällde inte längre när det skulle gå."
RESTORED = "Skickades inte: databasen var återställd."


class Kind(StrEnum):
    """What somebody is told of."""

    REPORT = "rapportera"
    INQUIRY = "fraga"
    ACTION = "atgard"
    LED = "ledde"
    PICTURE = "bild"


KIND_TEXT = {
    Kind.REPORT: "Påminnelse att rapportera",
    Kind.INQUIRY: "Fråga till er",
    Kind.ACTION: "Åtgärd till er",
    Kind.LED: "Er rapport ledde till en åtgärd",
    Kind.PICTURE: "Bilden är fastställd",
}
KIND_HINT = {
    Kind.REPORT: "dagen före mötet, om din organisation inte har sagt något om veckan",
    Kind.INQUIRY: "när en annan organisation ber er om underlag",
    Kind.ACTION: "när en beslutas, dagen före den ska vara klar, och när den är försenad",
    Kind.LED: "när en händelse som ni har loggat kopplas till en åtgärd",
    Kind.PICTURE: "även extra lägesbilder och rättelser",
}
DECIDED, TOMORROW, LATE = "beslutad", "imorgon", "sen"  # how the key of an action's begins
ACTION_TEXT = {DECIDED: "beslutad", TOMORROW: "klar i morgon", LATE: "försenad"}
# Who may read the page that a mail leads to, and act on it.
FOR = {
    Kind.REPORT: Permission.REPORT_NOTHING,
    Kind.INQUIRY: Permission.REPORT_INCIDENT,
    Kind.ACTION: Permission.UPDATE_ACTION,
    Kind.LED: Permission.REPORT_INCIDENT,
    Kind.PICTURE: Permission.READ_WEEK,
}


@dataclass(frozen=True)
class Event:
    """Something to tell of. `key` is one of its kind; a path begins below the group's address.

    `organisation_id` is whose people are told; None is everybody's. `own_path` is for those who
    see only what is their organisation's, where they have another page.
    """

    kind: Kind
    key: str
    at: datetime
    head: str
    text: str
    path: str
    own_path: str = ""
    organisation_id: UUID | None = None
    but_not: UUID | None = None


class Name(NamedTuple):
    """What makes a notice one: never twice with the same."""

    kind: Kind
    key: str
    person_id: UUID


@dataclass(frozen=True)
class Notice:
    """An event, and whom it is told to."""

    event: Event
    place: Place

    @property
    def name(self) -> Name:
        """What makes it one."""
        return Name(self.event.kind, self.event.key, self.place.person_id)

    @property
    def path(self) -> str:
        """The page that it leads to."""
        is_own = self.place.role not in ALLOWED[Permission.READ_WEEK]
        return self.event.own_path if is_own and self.event.own_path else self.event.path


@dataclass(frozen=True)
class Claimed:
    """A notice that is being sent."""

    id: UUID
    name: Name
    attempt: int
    first_attempt_at: datetime
    message_id: str


@dataclass(frozen=True)
class Sent:
    """A notice as it is listed: who was told of what, and how far that has come."""

    kind: Kind
    key: str
    made_at: datetime
    recipient: str
    state: State
    answer: str
    at: datetime | None

    @property
    def about(self) -> str:
        """The week, the action or the picture, as people say it; a question has no number."""
        if self.kind is Kind.ACTION:
            what, reference, *_ = self.key.split(":")
            return f"{reference} {ACTION_TEXT[what]}"
        said = {Kind.REPORT: f"v. {self.key[-2:].lstrip('0')}", Kind.LED: self.key}
        return (said | {Kind.PICTURE: f"nr {self.key}"}).get(self.kind, "")


def kinds_of(role: Role) -> list[Kind]:
    """Return what somebody of a role may be told of."""
    return [kind for kind in Kind if role in ALLOWED[FOR[kind]]]


def wanted(
    group: Group,
    events: Iterable[Event],
    places: Sequence[Place],
    off: Collection[tuple[UUID, Kind]],
    *,
    now: datetime,
) -> list[Notice]:
    """Return who is to be told of what, if it has happened and is not too old.

    `off` is what somebody does not want to hear of.
    """
    return [
        Notice(event, place)
        for event in events
        if group.schedule_since <= event.at <= now and now - event.at <= RECENT
        for place in places
        if place.role in ALLOWED[FOR[event.kind]]
        and event.organisation_id in (None, place.organisation_id)
        and (event.but_not is None or event.but_not != place.person_id)
        and (place.person_id, event.kind) not in off
    ]
