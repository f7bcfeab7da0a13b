"""Single incidents: permission, rule, store, audit, in that order."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base import privacy
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, storable
from lagesbild.incidents.rules import (
    Category,
    Cursor,
    Draft,
    Filter,
    Incident,
    Listed,
    Request,
)
from lagesbild.incidents.rules.checks import MAX_SUMMARY
from lagesbild.incidents.rules.entries import entry_of, loggable
from lagesbild.incidents.service.drafts import prepare
from lagesbild.incidents.store import add, read, write
from lagesbild.incidents.store import listing as listed
from lagesbild.incidents.store.add import Written
from lagesbild.people.rules import Actor, Permission, require, scope_of


def categories(session: Session, actor: Actor) -> dict[str, Category]:
    """Return every code in its newest version."""
    require(actor, Permission.READ_NAMES)
    return read.categories(session)


def report(
    session: Session, actor: Actor, draft: Draft, *, now: datetime, request: Request | None = None
) -> Incident:
    """Store a new incident in the district that holds its place, and return it.

    The same request again returns what it made the first time.
    """
    require(actor, Permission.REPORT_INCIDENT)
    if request is not None and actor.person_id is not None:
        first = write.remember(
            session, actor.group.municipality_id, actor.person_id, request, at=now
        )
        if first.body != request.body:
            raise InvalidError(
                "Idempotency-Key", "Nyckeln är redan använd för något annat. Börja om med en ny."
            )
        if first.incident_id != request.incident_id or read.exists(
            session, actor.group.municipality_id, first.incident_id
        ):
            return one(session, actor, first.incident_id)
    [facts] = prepare(session, actor, [draft], now=now)
    if isinstance(facts, InvalidError):
        raise facts
    entry = entry_of(actor, "incident.reported", draft.id, changes({}, loggable(facts)), at=now)
    written = Written(actor.group.municipality_id, draft.becomes(facts, now=now), draft.part, entry)
    return replace(written.incident, reference=add.add(session, written))


def listing(
    session: Session, actor: Actor, wanted: Filter, *, limit: int, after: Cursor | None = None
) -> list[Listed]:
    """Return a page of incidents that the actor may see, newest first."""
    require(actor, Permission.READ_INCIDENTS)
    return listed.page(
        session,
        actor.group,
        wanted,
        scope=scope_of(actor),
        limit=limit,
        after=after,
    )


def count(session: Session, actor: Actor, wanted: Filter) -> int:
    """Return how many incidents a filter finds for the actor."""
    require(actor, Permission.READ_INCIDENTS)
    return listed.count(session, actor.group.municipality_id, wanted, scope=scope_of(actor))


def one(session: Session, actor: Actor, name: UUID | str) -> Incident:
    """Return one incident by id or reference, or raise `NotFoundError`."""
    require(actor, Permission.READ_INCIDENTS)
    return read.one(session, actor.group.municipality_id, name, scope=scope_of(actor))


def history(session: Session, actor: Actor, incident: Incident) -> list[Entry]:
    """Return what was done with an incident that the actor may see, newest first."""
    require(actor, Permission.READ_INCIDENTS)
    return audit.history(session, actor.group.municipality_id, subject=f"incident:{incident.id}")


def edit(session: Session, actor: Actor, draft: Draft, *, version: int, now: datetime) -> Incident:
    """Change an incident of one's own organisation; a stale version raises `ConflictError`."""
    require(actor, Permission.REPORT_INCIDENT)
    before = _own(session, actor, draft.id, version=version)
    [facts] = prepare(session, actor, [draft], now=now)
    if isinstance(facts, InvalidError):
        raise facts
    facts = replace(facts, duplicate_of=before.facts.duplicate_of)
    after = replace(before, facts=facts, parts=(draft.part,))
    _save(session, actor, before, after, now=now)
    write.put_part(session, actor.group.municipality_id, draft.id, draft.part)
    return replace(after, version=version + 1)


def withdraw(
    session: Session, actor: Actor, name: UUID, *, version: int, reason: str, now: datetime
) -> Incident:
    """Take back an incident of one's own organisation, with a reason. Nothing is erased."""
    require(actor, Permission.REPORT_INCIDENT)
    before = _own(session, actor, name, version=version)
    reason = reason.strip()
    if not reason:
        raise InvalidError("reason", "Skriv varför händelsen tas tillbaka.")
    if len(reason) > MAX_SUMMARY:
        raise InvalidError("reason", f"Skälet är för långt. Högst {MAX_SUMMARY} tecken.")
    storable("reason", reason)
    privacy.guard("reason", reason)
    after = replace(before, withdrawn_at=now, withdrawn_reason=reason)
    _save(session, actor, before, after, now=now, verb="incident.withdrawn")
    return replace(after, version=version + 1)


def to_edit(session: Session, actor: Actor, name: UUID | str) -> Incident:
    """Return an incident that the actor may change, or raise why not."""
    require(actor, Permission.REPORT_INCIDENT)
    before = read.one(session, actor.group.municipality_id, name, scope=scope_of(actor))
    if actor.organisation_id != before.organisation_id:
        raise NotAllowedError("Bara organisationen som loggade händelsen kan ändra den.")
    if before.withdrawn_at is not None:
        raise ConflictError("Händelsen är tillbakatagen och går inte att ändra.", current=before)
    return before


def _own(session: Session, actor: Actor, name: UUID, *, version: int) -> Incident:
    before = to_edit(session, actor, name)
    if before.version != version:
        raise _stale(before)
    return before


def _save(
    session: Session,
    actor: Actor,
    before: Incident,
    after: Incident,
    *,
    now: datetime,
    verb: str = "incident.changed",
) -> None:
    municipality_id = actor.group.municipality_id
    if not write.change(session, municipality_id, after, person_id=actor.person_id, at=now):
        raise _stale(read.one(session, municipality_id, before.id, scope=scope_of(actor)))
    old, new = loggable(before.facts), loggable(after.facts)
    what = changes(old, dict.fromkeys(old) | new)
    what |= {"uppgift": "ändrad"} if before.parts != after.parts else {}
    audit.record(session, municipality_id, [entry_of(actor, verb, before.id, what, at=now)])


def _stale(current: Incident) -> ConflictError:
    return ConflictError(
        "Någon annan har ändrat händelsen under tiden. Läs den nya versionen och ändra igen.",
        current=current,
    )
