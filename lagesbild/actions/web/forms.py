"""What browsers send about actions, read into the words of the domain."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict

from lagesbild.actions.rules import KIND_TEXT, Action, Draft, Effect, Kind, Move, Result, State
from lagesbild.incidents.web.shapes import nothing
from lagesbild.people.rules import Organisation
from lagesbild.problems.web.forms import Day, Version

LABELS = {
    "what": "Vad",
    "owner": "Ansvarig",
    "owner_role": "Funktion",
    "due": "Klart senast",
    "kind": "Sorts åtgärd",
    "district": "Område",
    "place_text": "Plats",
    "problem": "Problem",
    "focus": "Fokusområde",
    "decided_by": "Beslutad av",
    "decided_on": "Beslutad",
    "category_group": "Grupp av typer",
}
Chosen = Annotated[str | None, BeforeValidator(nothing)]


class ActionForm(BaseModel):
    """What somebody writes of an action. `owner` is a short name, `incident` a reference."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    what: str = ""
    owner: str = ""
    owner_role: str = ""
    kind: Annotated[Kind | None, BeforeValidator(nothing)] = None
    due: Day = None
    district: Chosen = None
    place_text: str = ""
    decided_by: str = ""
    decided_on: Day = None
    focus: str = ""
    problem: str = ""
    category_group: Chosen = None
    incident: str = ""
    version: Version = 0
    confirmed: bool = False

    def draft(self, known: Sequence[Organisation], id_: UUID | None = None) -> Draft:
        """Return the same in the words of the domain; `known` are the group's organisations."""
        return Draft(
            id_ or self.id,
            self.what,
            next((o.id for o in known if o.slug == self.owner), None),
            self.kind,
            due=self.due,
            district=self.district,
            place_text=self.place_text,
            owner_role=self.owner_role,
            decided_by=self.decided_by,
            decided_on=self.decided_on,
            focus=self.focus,
            problem=self.problem,
            category_group=self.category_group,
            incidents=(self.incident,) if self.incident else (),
            confirmed=self.confirmed,
        )


class MoveForm(BaseModel):
    """A step to another state, or a note."""

    model_config = ConfigDict(extra="ignore")

    state: Annotated[State | None, BeforeValidator(nothing)] = None
    result: Annotated[Result | None, BeforeValidator(nothing)] = None
    effect: Annotated[Effect | None, BeforeValidator(nothing)] = None
    note: str = ""
    reason: str = ""
    due: Day = None
    decided_on: Day = None
    version: Version = 0
    confirmed: bool = False

    def step(self, state: State) -> Move:
        """Return the same in the words of the domain."""
        return Move(
            state,
            self.result,
            self.effect,
            self.note,
            self.reason,
            due=self.due,
            decided_on=self.decided_on,
            confirmed=self.confirmed,
        )


def values_of(action: Action) -> dict[str, str]:
    """Return a stored action as the form shows it."""
    return {
        "id": str(action.id),
        "version": str(action.version),
        "what": action.what,
        "owner": action.owner.slug,
        "owner_role": action.owner_role,
        "kind": action.kind,
        "due": action.due.isoformat() if action.due else "",
        "district": action.district.slug if action.district else "",
        "place_text": action.place_text,
        "decided_by": action.decided_by,
        "decided_on": action.decided_on.isoformat() if action.decided_on else "",
        "focus": action.focus,
        "problem": action.problem,
        "category_group": action.category_group or "",
    }


def differences(
    stored: Action, written: Mapping[str, str], groups: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return label and stored value, in words, of the fields that somebody wrote otherwise."""
    now = values_of(stored)
    spoken = now | {
        "owner": stored.owner.name,
        "district": stored.district.name if stored.district else "",
        "kind": KIND_TEXT[stored.kind],
        "category_group": groups.get(now["category_group"], ""),
    }
    return [
        (label, spoken[name] or "inget")
        for name, label in LABELS.items()
        if name in written and written[name].strip() != now[name]
    ]
