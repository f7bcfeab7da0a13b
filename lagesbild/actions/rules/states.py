"""Which state follows which, what each asks for, and who may take the step."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lagesbild.actions.rules import OPEN, STATE_TEXT, Action, Move, State
from lagesbild.actions.rules.checks import MAX_NOTE, check_days, check_note
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules.checks import check_text
from lagesbild.people.rules import Actor, Permission

NEXT: Mapping[State, tuple[State, ...]] = {
    State.PROPOSED: (State.DECIDED, State.STOPPED),
    State.DECIDED: (State.RUNNING, State.DONE, State.STOPPED),
    State.RUNNING: (State.DONE, State.STOPPED),
    State.DONE: (),
    State.STOPPED: (),
}
BY_OWNER = (State.RUNNING, State.DONE)  # steps that the organisation that acts may take itself
NO_RESULT = "Välj hur åtgärden genomfördes."
NO_EFFECT = "Välj vilken effekt ni har sett."
NO_REASON = "Skriv varför åtgärden avbryts."


def may_update(actor: Actor, action: Action) -> bool:
    """Whether the actor may say how far an action has come."""
    if actor.may(Permission.WRITE_ACTIONS):
        return True
    return actor.may(Permission.UPDATE_ACTION) and actor.organisation_id == action.owner.id


def steps(actor: Actor, action: Action) -> tuple[State, ...]:
    """Return the states that the actor may take an action to."""
    if not may_update(actor, action):
        return ()
    whole = actor.may(Permission.WRITE_ACTIONS)
    return tuple(s for s in NEXT[action.state] if whole or s in BY_OWNER)


def moved(action: Action, move: Move, *, now: datetime) -> Action:
    """Return the action in its next state, or raise `InvalidError` for the first wrong field."""
    if move.state not in NEXT[action.state]:
        raise InvalidError(
            "state",
            f"Läget är {STATE_TEXT[action.state]} och kan inte ändras till"
            f" {STATE_TEXT[move.state]}.",
        )
    note = check_note(move.note, confirmed=move.confirmed) or action.note
    after = replace(action, state=move.state, note=note)
    if move.state not in OPEN:
        after = replace(after, closed_at=now)
    match move.state:
        case State.DECIDED:
            return _decided(after, move, now=now)
        case State.DONE:
            return _done(after, move)
        case State.STOPPED:
            return _stopped(after, move)
        case _:
            return after


def is_repeat(action: Action, move: Move, version: int) -> bool:
    """Whether an action is already where a step would take it, as after a double click."""
    return (
        action.version == version + 1
        and action.state is move.state
        and (action.result, action.effect) == (move.result, move.effect)
        and action.reason == move.reason.strip()
    )


def _decided(action: Action, move: Move, *, now: datetime) -> Action:
    today = now.astimezone(STOCKHOLM).date()
    decided_on, due = move.decided_on or today, move.due or action.due
    check_days(decided_on, due, today=today)
    return replace(action, decided_on=decided_on, due=due)


def _done(action: Action, move: Move) -> Action:
    if move.result is None:
        raise InvalidError("result", NO_RESULT)
    if move.effect is None:
        raise InvalidError("effect", NO_EFFECT)
    return replace(action, result=move.result, effect=move.effect)


def _stopped(action: Action, move: Move) -> Action:
    reason = check_text("reason", move.reason, MAX_NOTE, confirmed=move.confirmed)
    if not reason:
        raise InvalidError("reason", NO_REASON)
    return replace(action, reason=reason)
