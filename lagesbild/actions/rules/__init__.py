"""What an action is, and the states that it goes through."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from lagesbild.base.errors import NotFoundError
from lagesbild.districts.rules import District
from lagesbild.people.rules import Organisation
from lagesbild.problems.rules import Problem

NO_ACTION = "Det finns ingen sådan åtgärd."
NUMBER = re.compile(r"([12][0-9]{3})-([0-9]{3,9})")


class State(StrEnum):
    """How far an action has come. That one is late is worked out, never set."""

    PROPOSED = "foreslagen"
    DECIDED = "beslutad"
    RUNNING = "pagar"
    DONE = "klar"
    STOPPED = "avbruten"


class Kind(StrEnum):
    """How an action prevents: by people, by the place, by rules."""

    SOCIAL = "social"
    SITUATIONAL = "situationell"
    ADMINISTRATIVE = "administrativ"


class Result(StrEnum):
    """What was done of what was decided."""

    AS_PLANNED = "planerat"
    PARTLY = "delvis"
    NOT_DONE = "ej"


class Effect(StrEnum):
    """What the group has seen of the problem since."""

    LESS = "minskat"
    SAME = "oforandrat"
    MORE = "okat"
    UNKNOWN = "oklart"


STATE_TEXT = {
    State.PROPOSED: "föreslagen",
    State.DECIDED: "beslutad",
    State.RUNNING: "pågår",
    State.DONE: "klar",
    State.STOPPED: "avbruten",
}
KIND_TEXT = {
    Kind.SOCIAL: "social",
    Kind.SITUATIONAL: "situationell",
    Kind.ADMINISTRATIVE: "administrativ",
}
RESULT_TEXT = {
    Result.AS_PLANNED: "genomförd som planerat",
    Result.PARTLY: "delvis genomförd",
    Result.NOT_DONE: "ej genomförd",
}
EFFECT_TEXT = {
    Effect.LESS: "minskat",
    Effect.SAME: "oförändrat",
    Effect.MORE: "ökat",
    Effect.UNKNOWN: "kan inte bedömas",
}
CLOSED = (State.DONE, State.STOPPED)
OPEN = (State.PROPOSED, State.DECIDED, State.RUNNING)


@dataclass(frozen=True)
class Draft:
    """What somebody writes of an action. `district` is a slug, `problem` is `P-19`.

    `incidents` are references; `confirmed` insists on a text that only warned.
    """

    id: UUID
    what: str
    owner_id: UUID | None
    kind: Kind | None
    due: date | None = None
    district: str | None = None
    place_text: str = ""
    owner_role: str = ""
    decided_by: str = ""
    decided_on: date | None = None
    focus: str = ""
    problem: str = ""
    category_group: str | None = None
    incidents: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True)
class Move:
    """A step to another state, with what that state asks for."""

    state: State
    result: Result | None = None
    effect: Effect | None = None
    note: str = ""
    reason: str = ""
    due: date | None = None
    decided_on: date | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class Action:
    """Something that is to be done, as stored."""

    id: UUID
    year: int
    number: int
    what: str
    place_text: str
    owner_role: str
    decided_by: str
    decided_on: date | None
    due: date | None
    kind: Kind
    focus: str
    category_group: str | None
    state: State
    owner: Organisation
    result: Result | None = None
    effect: Effect | None = None
    note: str = ""
    reason: str = ""
    closed_at: datetime | None = None
    version: int = 1
    district: District | None = None
    problem_id: UUID | None = None
    problem: str = ""  # such as P-19; empty for who may not know

    @property
    def reference(self) -> str:
        """The number as people say it: `2026-118`."""
        return reference_of(self.year, self.number)

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.state in OPEN

    @property
    def where(self) -> str:
        """The place and the district in words; empty when neither is known."""
        district = self.district.name if self.district else ""
        return ", ".join(filter(None, (self.place_text, district)))

    @property
    def by(self) -> str:
        """Who does it: a function where one is named, else the organisation."""
        return self.owner_role or self.owner.name

    def days_late(self, today: date) -> int:
        """Return for how many days it should have been ready; 0 when it is not late."""
        if self.due is None or not self.is_open:
            return 0
        return max(0, (today - self.due).days)

    def is_late(self, today: date) -> bool:
        """Whether its last day has passed and it is neither done nor stopped."""
        return self.days_late(today) > 0


@dataclass(frozen=True)
class Led:
    """What an incident has led to, as its reporter may know it."""

    reference: str
    what: str
    state: State
    owner_id: UUID


@dataclass(frozen=True)
class Wanted:
    """What a list of actions is narrowed to."""

    states: tuple[State, ...] = tuple(State)
    owner_id: UUID | None = None
    problem_id: UUID | None = None
    closed_since: datetime | None = None
    name: UUID | tuple[int, int] | None = None  # id, or year and number


def draft_of(action: Action) -> Draft:
    """Return a stored action as somebody would write it again, to change one thing of it."""
    return Draft(
        action.id,
        action.what,
        action.owner.id,
        action.kind,
        due=action.due,
        district=action.district.slug if action.district else None,
        place_text=action.place_text,
        owner_role=action.owner_role,
        decided_by=action.decided_by,
        decided_on=action.decided_on,
        focus=action.focus,
        problem=action.problem,
        category_group=action.category_group,
    )


def reference_of(year: int, number: int) -> str:
    """Return the number of an action as people say it."""
    return f"{year}-{number:03d}"


def number_of(reference: str) -> tuple[int, int]:
    """Return the year and the number in `2026-118`, or raise `NotFoundError`."""
    match = NUMBER.fullmatch(reference)
    if match is None:
        raise NotFoundError(NO_ACTION)
    return int(match[1]), int(match[2])


@dataclass(frozen=True)
class Of:
    """What a draft names, found: the organisation, the district and the problem."""

    owner: Organisation
    district: District | None
    problem: Problem | None
