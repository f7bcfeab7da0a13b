"""Reading actions: a reporter reads those that the own organisation has."""

from datetime import date, datetime
from uuid import UUID

from lagesbild.actions.rules import NO_ACTION, OPEN, Action, State, Wanted, number_of
from lagesbild.actions.rules.lists import in_order
from lagesbild.actions.store import read
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.people.rules import Actor, Permission, require, scope_of
from lagesbild.problems.rules import Problem


def open_at(session: Session, actor: Actor, *, today: date) -> list[Action]:
    """Return what is neither done nor stopped, the late ones first, then by their last day."""
    require(actor, Permission.READ_ACTIONS)
    return in_order(_found(session, actor, Wanted(states=OPEN)), today=today)


def closed_since(session: Session, actor: Actor, since: datetime) -> list[Action]:
    """Return what was done or stopped since a moment, the latest first."""
    require(actor, Permission.READ_ACTIONS)
    return _latest_first(_found(session, actor, Wanted(closed_since=since)))


def closed(session: Session, actor: Actor, state: State) -> list[Action]:
    """Return everything that is done, or that was stopped, the latest first."""
    require(actor, Permission.READ_ACTIONS)
    return _latest_first(_found(session, actor, Wanted(states=(state,))))


def of_problem(session: Session, actor: Actor, problem: Problem) -> list[Action]:
    """Return the actions against a problem, by their last day."""
    require(actor, Permission.READ_ACTIONS)
    return _found(session, actor, Wanted(problem_id=problem.id))


def one(session: Session, actor: Actor, name: UUID | str) -> Action:
    """Return one action by id or as `2026-118`, or raise `NotFoundError`."""
    require(actor, Permission.READ_ACTIONS)
    wanted = number_of(name) if isinstance(name, str) else name
    found = _found(session, actor, Wanted(name=wanted))
    if not found:
        raise NotFoundError(NO_ACTION)
    return found[0]


def history(session: Session, actor: Actor, action: Action) -> list[Entry]:
    """Return what was done with an action, newest first."""
    require(actor, Permission.READ_ACTIONS)
    return audit.history(session, actor.group.municipality_id, subject=f"action:{action.id}")


def focuses(session: Session, actor: Actor) -> list[str]:
    """Return the areas of focus that were named before, to choose from."""
    require(actor, Permission.WRITE_ACTIONS)
    return read.focuses(session, actor.group)


def _found(session: Session, actor: Actor, wanted: Wanted) -> list[Action]:
    return read.found(session, actor.group, wanted, scope=scope_of(actor))


def _latest_first(actions: list[Action]) -> list[Action]:
    closed_ones = [action for action in actions if action.closed_at is not None]
    return sorted(closed_ones, key=lambda a: (a.closed_at, a.year, a.number), reverse=True)
