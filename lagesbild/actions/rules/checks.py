"""What may be written of an action."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lagesbild.actions.rules import KIND_TEXT, STATE_TEXT, Action, Draft, Of, State
from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.incidents.rules.checks import MAX_PLACE_TEXT, MAX_WORD, check_text

MAX_WHAT, MAX_ROLE, MAX_NOTE = 160, 80, 500
NO_OWNER = "Välj vem som ansvarar för åtgärden."
NO_DUE = "Välj när åtgärden ska vara klar."
DUE_BEFORE = "Klart senast ligger före beslutet. Välj ett senare datum."
_LIMITS = {
    "what": MAX_WHAT,
    "place_text": MAX_PLACE_TEXT,
    "owner_role": MAX_ROLE,
    "decided_by": MAX_ROLE,
    "focus": MAX_WORD,
}


def checked(draft: Draft, state: State, *, now: datetime, groups: Collection[str]) -> Draft:
    """Return a draft with clean texts and the days that its state needs, or raise `InvalidError`.

    `groups` are the three letters that a group of types may have.
    """
    texts: dict[str, Any] = {
        name: check_text(name, getattr(draft, name), longest, confirmed=draft.confirmed)
        for name, longest in _LIMITS.items()
    }
    # A number may be split over two fields.
    privacy.guard("what", " ".join(texts.values()), confirmed=True)
    if not texts["what"]:
        raise InvalidError("what", "Skriv vad som ska göras.")
    if draft.owner_id is None:
        raise InvalidError("owner", NO_OWNER)
    if draft.kind is None:
        raise InvalidError("kind", "Välj vilken sorts åtgärd det är.")
    if draft.category_group and draft.category_group not in groups:
        raise InvalidError("category_group", "Välj en grupp av typer ur listan.")
    today = now.astimezone(STOCKHOLM).date()
    decided_on = None if state is State.PROPOSED else draft.decided_on or today
    if decided_on:
        check_days(decided_on, draft.due, today=today)
    return replace(
        draft, decided_on=decided_on, category_group=draft.category_group or None, **texts
    )


def check_days(decided_on: date, due: date | None, *, today: date) -> None:
    """Raise `InvalidError` unless the days of a decided action follow each other."""
    if decided_on > today:
        raise InvalidError(
            "decided_on", "Beslutet ligger i framtiden. Välj vilken dag gruppen bestämde det."
        )
    if due is None:
        raise InvalidError("due", NO_DUE)
    if due < decided_on:
        raise InvalidError("due", DUE_BEFORE)


def check_note(note: str, *, confirmed: bool) -> str:
    """Return a note without the air around it, or raise `InvalidError`."""
    return check_text("note", note, MAX_NOTE, confirmed=confirmed)


def becomes(draft: Draft, state: State, of: Of, *, year: int) -> Action:
    """Return the new action of a checked draft; its number is given when it is stored."""
    assert draft.kind is not None, "it is checked"
    return Action(
        draft.id,
        year,
        0,
        draft.what,
        draft.place_text,
        draft.owner_role,
        draft.decided_by,
        draft.decided_on,
        draft.due,
        draft.kind,
        draft.focus,
        draft.category_group,
        state,
        of.owner,
        district=of.district,
        problem_id=of.problem.id if of.problem else None,
        problem=of.problem.reference if of.problem else "",
    )


def check_version(action: Action, version: int) -> None:
    """Raise `ConflictError` for an action that is no longer what somebody has read."""
    if action.version != version:
        raise stale(action)


def stale(current: Action) -> ConflictError:
    """Return the error of a change to something older than what is stored."""
    return ConflictError(
        "Någon annan har ändrat åtgärden under tiden. Läs den nya versionen och ändra igen.",
        current=current,
    )


def loggable(action: Action) -> Mapping[str, object]:
    """Return what of an action the log may tell of, by the names that it uses."""
    return {
        "läge": STATE_TEXT[action.state],
        "åtgärd": action.what,
        "område": action.district.name if action.district else None,
        "plats": action.place_text,
        "ansvarig": action.owner.name,
        "funktion": action.owner_role,
        "beslutad av": action.decided_by,
        "beslutad": action.decided_on and action.decided_on.isoformat(),
        "klart senast": action.due and action.due.isoformat(),
        "sort": KIND_TEXT[action.kind],
        "fokus": action.focus,
        "problem": action.problem,
        "grupp av typer": action.category_group,
        "notering": action.note,
    }
