"""What the group does with ongoing problems: permission, rule, store, audit, in that order."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.districts.rules import District
from lagesbild.districts.store import read as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Incident, Listed
from lagesbild.incidents.rules.checks import Reason
from lagesbild.people.rules import Actor, Permission, require, scope_of
from lagesbild.problems import rules, store
from lagesbild.problems.rules import Direction, Draft, Problem

SHOWN = 200  # incidents of one problem


def all_of(session: Session, actor: Actor) -> list[Problem]:
    """Return the problems of the group, the open ones first, the newest number first."""
    require(actor, Permission.READ_PROBLEMS)
    return store.all_of(session, actor.group, scope=scope_of(actor))


def open_at(session: Session, actor: Actor) -> list[Problem]:
    """Return the problems that go on, the newest number first."""
    require(actor, Permission.READ_PROBLEMS)
    return [problem for problem in all_of(session, actor) if problem.is_open]


def one(session: Session, actor: Actor, name: UUID | str) -> Problem:
    """Return one problem by id or as `P-19`, or raise `NotFoundError`."""
    require(actor, Permission.READ_PROBLEMS)
    wanted = rules.number_of(name) if isinstance(name, str) else name
    found = store.one(session, actor.group, wanted, scope=scope_of(actor))
    if found is None:
        raise NotFoundError("Det finns inget sådant problem.")
    return found


def of_incident(session: Session, actor: Actor, incident: Incident) -> list[Problem]:
    """Return the problems that an incident is part of."""
    require(actor, Permission.READ_PROBLEMS)
    return store.of_incident(session, actor.group, incident.id, scope=scope_of(actor))


def linked(session: Session, actor: Actor, problem: Problem) -> list[Listed]:
    """Return the incidents of a problem that the actor may see, the latest first."""
    require(actor, Permission.READ_PROBLEMS)
    ids = store.incident_ids(session, actor.group, problem.id)
    return incidents.listing(session, actor, Filter(ids=ids), limit=SHOWN) if ids else []


def links(
    session: Session, actor: Actor, problem_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Return which incidents are part of which problems; their rows are asked for by a scope."""
    require(actor, Permission.READ_PROBLEMS)
    return store.links(session, actor.group, problem_ids)


def history(session: Session, actor: Actor, problem: Problem) -> list[Entry]:
    """Return what was done with a problem, newest first."""
    require(actor, Permission.READ_PROBLEMS)
    return audit.history(session, actor.group.municipality_id, subject=f"problem:{problem.id}")


def add(session: Session, actor: Actor, draft: Draft, *, now: datetime) -> Problem:
    """Store a new problem. The same id again is the same problem; other words under it are not."""
    require(actor, Permission.WRITE_PROBLEMS)
    made = rules.becomes(draft, _district(session, actor, draft), now=now)
    if not store.add(session, actor.group, made):
        return _first(one(session, actor, draft.id), made)
    what = changes({}, rules.loggable(made))
    _log(session, actor, "problem.added", made, what, at=now)
    return one(session, actor, made.id)


def edit(session: Session, actor: Actor, draft: Draft, *, version: int, now: datetime) -> Problem:
    """Change what is said of an open problem; a stale version raises `ConflictError`."""
    require(actor, Permission.WRITE_PROBLEMS)
    before = one(session, actor, draft.id)
    said = rules.becomes(draft, _district(session, actor, draft), now=now)
    after = replace(
        before,
        title=said.title,
        description=said.description,
        since=said.since,
        place_text=said.place_text,
        direction=said.direction,
        district=said.district,
    )
    if after == before:  # saved already, as by a double click
        return before
    rules.check_change(before, version)
    return _save(session, actor, before, after, now=now)


def change_direction(
    session: Session,
    actor: Actor,
    problem_id: UUID,
    direction: Direction,
    *,
    version: int,
    now: datetime,
) -> Problem:
    """Say which way an open problem goes."""
    require(actor, Permission.WRITE_PROBLEMS)
    before = one(session, actor, problem_id)
    if before.direction is direction:
        return before
    rules.check_change(before, version)
    return _save(session, actor, before, replace(before, direction=direction), now=now)


def close(
    session: Session, actor: Actor, problem_id: UUID, reason: Reason, *, version: int, now: datetime
) -> Problem:
    """Close a problem, with a reason."""
    require(actor, Permission.WRITE_PROBLEMS)
    before = one(session, actor, problem_id)
    text = rules.check_reason(reason, missing="Skriv varför problemet avslutas.")
    if not before.is_open and before.closed_reason == text:
        return before
    rules.check_change(before, version)
    after = replace(before, closed_at=now, closed_reason=text)
    return _save(session, actor, before, after, now=now, verb="problem.closed")


def reopen(
    session: Session, actor: Actor, problem_id: UUID, reason: Reason, *, version: int, now: datetime
) -> Problem:
    """Open a closed problem again, with a reason."""
    require(actor, Permission.WRITE_PROBLEMS)
    before = one(session, actor, problem_id)
    text = rules.check_reason(reason, missing="Skriv varför problemet öppnas igen.")
    if before.is_open and before.reopened_reason == text:
        return before
    rules.check_version(before, version)
    if before.is_open:
        raise ConflictError("Problemet pågår redan.", current=before)
    after = replace(before, closed_at=None, reopened_reason=text)
    return _save(session, actor, before, after, now=now, verb="problem.reopened")


def link(
    session: Session, actor: Actor, problem_id: UUID, reference: str, *, now: datetime
) -> Problem:
    """Make an incident part of an open problem. Twice is once."""
    require(actor, Permission.WRITE_PROBLEMS)
    problem = one(session, actor, problem_id)
    rules.check_open(problem)
    incident = incidents.linkable(session, actor, reference)
    if store.link(session, actor.group, problem.id, incident.id):
        what = {"händelse": str(incident.id)}
        _log(session, actor, "problem.linked", problem, what, at=now)
    return problem


def unlink(
    session: Session, actor: Actor, problem_id: UUID, reference: str, *, now: datetime
) -> None:
    """Take an incident out of an open problem. Twice is once."""
    require(actor, Permission.WRITE_PROBLEMS)
    problem = one(session, actor, problem_id)
    rules.check_open(problem)
    incident = incidents.one(session, actor, reference)
    if store.unlink(session, actor.group, problem.id, incident.id):
        what = {"händelse": str(incident.id)}
        _log(session, actor, "problem.unlinked", problem, what, at=now)


def _district(session: Session, actor: Actor, draft: Draft) -> District | None:
    if not draft.district:
        return None
    try:
        return districts.named(session, actor.group.municipality_id, draft.district)
    except NotFoundError as error:
        raise InvalidError("district", "Välj ett område ur listan.") from error


def _first(stored: Problem, made: Problem) -> Problem:
    """Return what is stored already, if that is what somebody has written again."""
    same = replace(made, number=stored.number, version=stored.version, incidents=stored.incidents)
    if same != stored:
        raise ConflictError(
            f"Problemet är redan sparat som {stored.reference}, med det du skrev först."
            " Öppna det för att ändra.",
            current=stored,
        )
    return stored


def _save(
    session: Session,
    actor: Actor,
    before: Problem,
    after: Problem,
    *,
    now: datetime,
    verb: str = "problem.changed",
) -> Problem:
    if not store.change(session, actor.group, after):
        raise rules.stale(one(session, actor, before.id))
    what = changes(rules.loggable(before), rules.loggable(after))
    _log(session, actor, verb, after, what, at=now)
    return one(session, actor, after.id)


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    problem: Problem,
    what: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    entry = Entry(
        at,
        verb,
        f"problem:{problem.id}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
