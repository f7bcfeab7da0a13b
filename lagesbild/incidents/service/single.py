"""Single incidents: permission, rule, store, audit, in that order."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError
from lagesbild.incidents.rules import (
    Category,
    Cursor,
    Draft,
    Facts,
    Filter,
    Found,
    Incident,
    Listed,
    Part,
    Request,
    Visibility,
)
from lagesbild.incidents.rules.checks import Reason, check_no_more, check_place, check_reason
from lagesbild.incidents.rules.entries import changed, entry_of, loggable
from lagesbild.incidents.rules.owning import (
    SPOKEN_IS_SHARED,
    check_reach,
    may_change,
    may_know,
    taken_back,
)
from lagesbild.incidents.rules.placing import (
    Move,
    check_why,
    is_moved,
    is_there,
    told_to,
    why_moved,
)
from lagesbild.incidents.service.drafts import located, ready
from lagesbild.incidents.service.joined import settle
from lagesbild.incidents.store import add, parts, read, write
from lagesbild.incidents.store import listing as listed
from lagesbild.incidents.store.add import Written
from lagesbild.people import store as people
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
    _check_whose(session, actor, draft)
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
    [found] = ready(session, actor, [draft], now=now)
    if isinstance(found, InvalidError):
        raise found
    incident = draft.becomes(found.facts, found.visibility, now=now)
    what = changes({}, loggable(incident.facts))
    entry = entry_of(actor, "incident.reported", draft.id, what, at=now)
    reference = add.add(session, Written(actor.group.municipality_id, incident, entry))
    return replace(incident, reference=reference)


def listing(
    session: Session, actor: Actor, wanted: Filter, *, limit: int, after: Cursor | None = None
) -> list[Listed]:
    """Return a page of incidents that the actor may see, newest first."""
    require(actor, _asked(wanted))
    return listed.page(
        session,
        actor.group,
        wanted,
        scope=scope_of(actor),
        limit=limit,
        after=after,
    )


def count(session: Session, actor: Actor, wanted: Filter) -> Found:
    """Return how much a filter finds for the actor."""
    require(actor, _asked(wanted))
    return listed.count(session, actor.group, wanted, scope=scope_of(actor))


def _asked(wanted: Filter) -> Permission:
    """Return what a filter asks for: what is new is for those who go through it."""
    if wanted.new_since is not None:
        return Permission.REVIEW_INCIDENTS
    return Permission.READ_INCIDENTS


def one(session: Session, actor: Actor, name: UUID | str) -> Incident:
    """Return one incident by id or reference, or raise `NotFoundError`."""
    require(actor, Permission.READ_INCIDENTS)
    found = read.one(session, actor.group.municipality_id, name, scope=scope_of(actor))
    is_others = found.organisation_id != actor.organisation_id
    return taken_back(found) if found.withdrawn_at and is_others else found


def history(session: Session, actor: Actor, incident: Incident) -> list[Entry]:
    """Return what was done with an incident that the actor may see, newest first."""
    require(actor, Permission.READ_INCIDENTS)
    subject = f"incident:{incident.id}"
    entries = audit.history(session, actor.group.municipality_id, subject=subject)
    category = read.categories(session)[incident.facts.category]
    return [told_to(actor, incident, category, e) for e in entries if may_know(actor, e)]


def edit(
    session: Session,
    actor: Actor,
    draft: Draft,
    *,
    version: int,
    reason: Reason | None = None,
    now: datetime,
) -> Incident:
    """Change an incident of one's own organisation; a stale version raises `ConflictError`.

    `reason` is why its place is moved, if it is; a program may say none.
    """
    require(actor, Permission.REPORT_INCIDENT)
    before = _own(session, actor, draft.id, version=version)
    [found] = ready(session, actor, [draft], now=now)
    if isinstance(found, InvalidError):
        raise found
    check_no_more(before.facts, found.facts)
    why = why_moved(before.facts, found.facts, reason)
    check_reach(before, found.visibility, by_owner=actor.organisation_id == before.organisation_id)
    own = before.part_of(before.organisation_id)
    said = replace(
        draft.part,
        organisation_id=before.organisation_id,
        visibility=found.visibility,
        version=own.version if own else 0,
    )
    facts = replace(found.facts, duplicate_of=_still_merged(before, found.visibility))
    after = _changed(actor, before, facts, said)
    municipality_id = actor.group.municipality_id
    _save(session, actor, after, changed(actor, before, after, why_moved=why, at=now))
    put = parts.put(session, municipality_id, before.id, said, entered_by=after.entered_by)
    assert put, "whoever changes the incident holds its row"
    settle(session, actor, before, now=now)
    return replace(after, version=version + 1)


def move(
    session: Session, actor: Actor, name: UUID | str, wanted: Move, *, version: int, now: datetime
) -> Incident:
    """Put an incident of one's own organisation somewhere else, with a reason.

    Its district is looked up anew or taken as chosen. Twice is once; a stale version raises
    `ConflictError`.
    """
    require(actor, Permission.REPORT_INCIDENT)
    before = to_edit(session, actor, name)
    why = check_why(wanted.reason)
    facts = wanted.of(before.facts)
    check_place(facts, confirmed=wanted.reason.confirmed)
    said = Part(before.organisation_id)
    draft = Draft(before.id, facts, said, district=wanted.district, outside=wanted.outside)
    facts = located(session, actor, draft)
    after = replace(before, facts=facts, entered_by=_entered_by(actor, before))
    if is_there(before.facts, after.facts):
        return before
    if before.version != version:
        raise _stale(before)
    verb = "incident.placed" if is_moved(before.facts.place, facts.place) else "incident.changed"
    entry = changed(actor, before, after, verb=verb, why_moved=why, at=now)
    try:
        _save(session, actor, after, entry)
    except ConflictError:  # while this waited: perhaps the same thing, sent twice at once
        stored = to_edit(session, actor, name)
        if not is_there(stored.facts, after.facts):
            raise
        return stored
    return replace(after, version=version + 1)


def withdraw(
    session: Session, actor: Actor, name: UUID, *, version: int, reason: Reason, now: datetime
) -> Incident:
    """Take back an incident of one's own organisation, with a reason. Nothing is erased."""
    require(actor, Permission.REPORT_INCIDENT)
    before = _own(session, actor, name, version=version)
    after = replace(before, withdrawn_at=now, withdrawn_reason=check_reason(reason))
    entry = changed(actor, before, after, verb="incident.withdrawn", at=now)
    _save(session, actor, after, entry)
    settle(session, actor, before, now=now)
    return replace(after, version=version + 1)


def to_edit(session: Session, actor: Actor, name: UUID | str) -> Incident:
    """Return an incident that the actor may change, with its exact place, or raise why not."""
    require(actor, Permission.REPORT_INCIDENT)
    municipality_id, scope = actor.group.municipality_id, scope_of(actor)
    before = read.one(session, municipality_id, name, scope=scope, look=read.Look.STORED)
    if not may_change(actor, before):
        raise NotAllowedError("Bara organisationen som äger händelsen kan ändra den.")
    if before.withdrawn_at is not None:
        raise ConflictError("Händelsen är tillbakatagen och går inte att ändra.", current=before)
    return before


def _changed(actor: Actor, before: Incident, facts: Facts, said: Part) -> Incident:
    """Return an incident with other facts, and what its owner says now."""
    others = (p for p in before.parts if p.organisation_id != before.organisation_id)
    after = replace(
        before, facts=facts, entered_by=_entered_by(actor, before), parts=(said, *others)
    )
    return replace(after, marked=any(part.secrecy_basis for part in after.parts))


def _entered_by(actor: Actor, before: Incident) -> UUID | None:
    """Return who may still mend what it wrote for the owner: nobody, once the owner has."""
    return None if actor.organisation_id == before.organisation_id else before.entered_by


def _still_merged(before: Incident, visibility: Visibility) -> UUID | None:
    """Return what an incident stays a part of; one that is kept from the group is none."""
    return None if visibility is Visibility.OWN else before.facts.duplicate_of


def _check_whose(session: Session, actor: Actor, draft: Draft) -> None:
    """Let only a coordinator write for another organisation of the group, what it shares."""
    owner = draft.part.organisation_id
    if owner == actor.organisation_id or actor.organisation_id is None:
        return
    require(actor, Permission.REPORT_FOR_OTHERS)
    if owner not in {o.id for o in people.organisations(session, actor.group)}:
        raise InvalidError("spoken_by", "Organisationen är inte med i gruppen.")
    if draft.part.visibility is Visibility.OWN:
        raise InvalidError("visibility", SPOKEN_IS_SHARED)


def _own(session: Session, actor: Actor, name: UUID, *, version: int) -> Incident:
    before = to_edit(session, actor, name)
    if before.version != version:
        raise _stale(before)
    return before


def _save(session: Session, actor: Actor, after: Incident, entry: Entry) -> None:
    """Store a changed incident with its line of the log, if its version is still the one read."""
    municipality_id, at = actor.group.municipality_id, entry.at
    if not write.change(session, municipality_id, after, person_id=actor.person_id, at=at):
        raise _stale(read.one(session, municipality_id, after.id, scope=scope_of(actor)))
    audit.record(session, municipality_id, [entry])


def _stale(current: Incident) -> ConflictError:
    return ConflictError(
        "Någon annan har ändrat händelsen under tiden. Läs den nya versionen och ändra igen.",
        current=current,
    )
