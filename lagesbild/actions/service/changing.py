"""Changing actions: proposing, deciding, and saying how far one has come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.actions.rules import Action, Draft, Move, Of, State
from lagesbild.actions.rules.checks import (
    NO_OWNER,
    becomes,
    check_note,
    check_version,
    checked,
    loggable,
    stale,
)
from lagesbild.actions.rules.states import is_repeat, may_update, moved, steps
from lagesbild.actions.service.reading import one
from lagesbild.actions.store import write
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.districts.store import read as districts
from lagesbild.incidents import service as incidents
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.problems import service as problems

NOT_YOURS = "Bara organisationen som ansvarar för åtgärden, eller gruppen, kan ändra det här."


def propose(session: Session, actor: Actor, draft: Draft, *, now: datetime) -> Action:
    """Store a new action that the group has not decided yet."""
    require(actor, Permission.WRITE_ACTIONS)
    return _add(session, actor, draft, State.PROPOSED, now=now)


def decide(session: Session, actor: Actor, draft: Draft, *, now: datetime) -> Action:
    """Store a new action that is decided. The same id again is the same action."""
    require(actor, Permission.WRITE_ACTIONS)
    return _add(session, actor, draft, State.DECIDED, now=now)


def edit(session: Session, actor: Actor, draft: Draft, *, version: int, now: datetime) -> Action:
    """Change an open action, its last day too; a stale version raises `ConflictError`."""
    require(actor, Permission.WRITE_ACTIONS)
    before = one(session, actor, draft.id)
    if not before.is_open:
        raise ConflictError("Åtgärden är avslutad och ändras inte längre.", current=before)
    said = _becomes(session, actor, draft, before.state, now=now)
    kept = ("year", "number", "note", "version")
    after = replace(said, **{name: getattr(before, name) for name in kept})
    if after == before:  # saved already, as by a double click
        return before
    check_version(before, version)
    return _save(session, actor, before, after, now=now)


def move(
    session: Session, actor: Actor, action_id: UUID, step: Move, *, version: int, now: datetime
) -> Action:
    """Take an action to its next state; the organisation that acts may begin and end it."""
    require(actor, Permission.UPDATE_ACTION)
    before = one(session, actor, action_id)
    if is_repeat(before, step, version):
        return before
    check_version(before, version)
    after = moved(before, step, now=now)
    if step.state not in steps(actor, before):
        raise NotAllowedError(NOT_YOURS)
    return _save(session, actor, before, after, now=now, verb="action.moved")


def note(
    session: Session, actor: Actor, action_id: UUID, draft: Move, *, version: int, now: datetime
) -> Action:
    """Write how an action goes, beside its state."""
    require(actor, Permission.UPDATE_ACTION)
    before = one(session, actor, action_id)
    if not may_update(actor, before):
        raise NotAllowedError(NOT_YOURS)
    after = replace(before, note=check_note(draft.note, confirmed=draft.confirmed))
    if after == before:
        return before
    check_version(before, version)
    return _save(session, actor, before, after, now=now)


def _add(session: Session, actor: Actor, draft: Draft, state: State, *, now: datetime) -> Action:
    made = _becomes(session, actor, draft, state, now=now)
    pointed = [incidents.linkable(session, actor, name) for name in draft.incidents]
    if not write.add(session, actor.group, made):
        return _first(one(session, actor, draft.id), made)
    verb = "action.proposed" if state is State.PROPOSED else "action.decided"
    log(session, actor, verb, made.id, changes({}, loggable(made)), at=now)
    for incident in pointed:
        write.link(session, actor.group, made.id, incident.id)
        what = {"händelse": str(incident.id)}
        log(session, actor, "action.linked", made.id, what, at=now)
    return one(session, actor, made.id)


def _becomes(
    session: Session, actor: Actor, draft: Draft, state: State, *, now: datetime
) -> Action:
    """Return the action that a draft becomes, or raise `InvalidError` for its first wrong field."""
    groups = {category.group for category in incidents.categories(session, actor).values()}
    named = replace(draft, decided_by=draft.decided_by or actor.group.name)
    right = checked(named, state, now=now, groups=groups)
    return becomes(right, state, _of(session, actor, right), year=now.astimezone(STOCKHOLM).year)


def _of(session: Session, actor: Actor, draft: Draft) -> Of:
    known = {o.id: o for o in people.organisations(session, actor.group)}
    if draft.owner_id not in known:
        raise InvalidError("owner", NO_OWNER)
    try:
        place = draft.district
        municipality_id = actor.group.municipality_id
        district = districts.named(session, municipality_id, place) if place else None
    except NotFoundError as error:
        raise InvalidError("district", "Välj ett område ur listan.") from error
    try:
        problem = problems.one(session, actor, draft.problem) if draft.problem else None
    except NotFoundError as error:
        raise InvalidError("problem", "Välj ett problem ur listan.") from error
    return Of(known[draft.owner_id], district, problem)


def _first(stored: Action, made: Action) -> Action:
    """Return what is stored already, if that is what somebody has written again."""
    kept = ("year", "number", "version", "state", "result", "effect", "note", "reason", "closed_at")
    same = replace(made, **{name: getattr(stored, name) for name in kept})
    if same != stored:
        raise ConflictError(
            f"Åtgärden är redan sparad som {stored.reference}, med det du skrev först."
            " Öppna den för att ändra.",
            current=stored,
        )
    return stored


def _save(
    session: Session,
    actor: Actor,
    before: Action,
    after: Action,
    *,
    now: datetime,
    verb: str = "action.changed",
) -> Action:
    if not write.change(session, actor.group, after):
        raise stale(one(session, actor, before.id))
    log(session, actor, verb, after.id, changes(loggable(before), loggable(after)), at=now)
    return one(session, actor, after.id)


def log(
    session: Session,
    actor: Actor,
    verb: str,
    action_id: UUID,
    what: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    """Write down what an actor did with an action."""
    require(actor, Permission.UPDATE_ACTION)
    entry = Entry(
        at,
        verb,
        f"action:{action_id}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
