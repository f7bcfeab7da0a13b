"""A list that somebody brought, from the file to the incidents and perhaps back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from lagesbild.audit.rules import Entry
from lagesbild.exchange.rules.imports.reports import (
    Fate,
    Meant,
    Near,
    Outcome,
    State,
    Unclear,
    Unplaced,
)
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.lists import Column
from lagesbild.people.rules import Actor

UNFINISHED_KEPT = timedelta(days=7)  # the file of a list that was never saved
FINISHED_KEPT = timedelta(days=30)  # and of one that was


class Stage(StrEnum):
    """How far a list has come."""

    BROUGHT = "brought"  # its columns must be told before it can be checked
    CHECKING = "checking"
    CHECKED = "checked"
    SAVING = "saving"
    SAVED = "saved"
    UNDONE = "undone"


STAGE_TEXT = {
    Stage.BROUGHT: "väntar på svar",
    Stage.CHECKING: "kontrolleras",
    Stage.CHECKED: "kontrollerad, inte sparad",
    Stage.SAVING: "sparas",
    Stage.SAVED: "sparad",
    Stage.UNDONE: "ångrad",
}
AT_WORK = (Stage.CHECKING, Stage.SAVING)


@dataclass(frozen=True)
class Import:
    """A list that was brought. `done` rows are through; `message` says why it stopped."""

    id: UUID
    name: str
    organisation_id: UUID
    person_id: UUID | None
    ways: Ways
    stage: Stage
    message: str
    told: Mapping[str, Any]
    done: int
    created_at: datetime
    saved_at: datetime | None
    undone_at: datetime | None
    has_content: bool

    @property
    def outcome(self) -> Outcome | None:
        """What the last check or saving found."""
        return outcome_from(self.told) if self.told else None


@dataclass(frozen=True)
class Brought:
    """A list among others. `saved` rows became incidents, or may."""

    id: UUID
    name: str
    stage: Stage
    created_at: datetime
    saved: int


@dataclass(frozen=True)
class Said:
    """What a row that may come in says, as the program understood it."""

    code: str
    occurred_from: datetime
    time_precision: str
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True)
class KeptRow:
    """A row of a list as it is kept. `cells` only where there is something to correct."""

    fate: Fate
    cells: Mapping[Column, str]
    said: Said | None = None
    incident_id: UUID | None = None
    reference: str | None = None  # the incident's


@dataclass(frozen=True)
class Which:
    """Which rows of a list to show: after a line, of one fate, only those with a place.

    `mending` leaves out those that only wait for the meaning of a word.
    """

    limit: int
    only: State | None = None
    placed: bool = False
    mending: bool = False
    after: int = 0


def new(id_: UUID, name: str, actor: Actor, ways: Ways, *, now: datetime) -> Import:
    """Return a list that an actor brings for their organisation."""
    assert actor.organisation_id is not None, "a list comes from an organisation"
    return Import(
        id_,
        name or "lista",
        actor.organisation_id,
        actor.person_id,
        ways,
        Stage.BROUGHT,
        message="",
        told={},
        done=0,
        created_at=now,
        saved_at=None,
        undone_at=None,
        has_content=True,
    )


def entry_of(
    actor: Actor, verb: str, found: Import, told: Mapping[str, str], *, at: datetime
) -> Entry:
    """Return the line of the log for something that was done with a list."""
    return Entry(at, verb, f"import:{found.id}", told, actor.person_id, found.organisation_id)


def numbers_text(outcome: Outcome) -> dict[str, str]:
    """Return how many rows had which fate, for the log."""
    named = {
        State.SAVED: "sparade",
        State.KNOWN: "fanns redan",
        State.WRONG: "fel",
        State.ELSEWHERE: "annan kommun",
    }
    told = {name: str(outcome.numbers[state]) for state, name in named.items()}
    return {"rader": str(outcome.rows)} | told


def outcome_json(outcome: Outcome, headings: Mapping[Column, str]) -> dict[str, Any]:
    """Return what `outcome_from` reads, with what the file calls its columns."""
    in_order = [[column.value, text] for column, text in headings.items()]  # JSONB sorts keys
    return asdict(outcome) | {"headings": in_order}


def outcome_from(told: Mapping[str, Any]) -> Outcome:
    """Return the outcome that `outcome_json` wrote down."""
    return Outcome(
        {State(state): number for state, number in told["numbers"].items()},
        tuple(Unclear(u["word"], u["rows"], tuple(u["codes"])) for u in told["unclear"]),
        tuple(
            Unplaced(u["word"], u["rows"], tuple(Near(**near) for near in u["near"]))
            for u in told["unplaced"]
        ),
        tuple(told["ignored"]),
        tuple(told["notes"]),
        good_rows=told["good_rows"],
        meant=tuple(Meant(**meant) for meant in told.get("meant", ())),
    )


def headings_from(told: Mapping[str, Any]) -> dict[Column, str]:
    """Return what the file calls each column."""
    return {Column(column): text for column, text in told.get("headings", [])}
