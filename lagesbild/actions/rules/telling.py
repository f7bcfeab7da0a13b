"""Which entries of the log say that something was decided, or led to something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lagesbild.actions.rules import STATE_TEXT, Action, State
from lagesbild.audit.rules import Entry


@dataclass(frozen=True)
class Decided:
    """An action that was decided: when, and by whom."""

    action: Action
    at: datetime
    person_id: UUID | None


@dataclass(frozen=True)
class Linked:
    """An incident that has led to an action: its number, and whose it is."""

    action: Action
    reference: str
    organisation_id: UUID
    at: datetime


def decisions(known: Sequence[Action], entries: Sequence[Entry]) -> list[Decided]:
    """Return which actions entries of the log decided, the latest decision of each."""
    found = {
        action.id: Decided(action, entry.at, entry.person_id)
        for action, entry in _about(known, entries)
        if _decides(entry)
    }
    return list(found.values())


def linkings(
    known: Sequence[Action], entries: Sequence[Entry]
) -> list[tuple[Action, UUID, datetime]]:
    """Return which incidents entries of the log linked with which actions, the first first."""
    return [
        (action, UUID(entry.changes["händelse"]), entry.at)
        for action, entry in _about(known, entries)
        if entry.verb == "action.linked"
    ]


def _about(known: Sequence[Action], entries: Sequence[Entry]) -> Iterator[tuple[Action, Entry]]:
    by_subject = {f"action:{action.id}": action for action in known}
    for entry in entries:
        if entry.subject in by_subject:
            yield by_subject[entry.subject], entry


def _decides(entry: Entry) -> bool:
    if entry.verb == "action.moved":
        return entry.changes.get("läge", "").endswith(f"→ {STATE_TEXT[State.DECIDED]}")
    return entry.verb == "action.decided"
