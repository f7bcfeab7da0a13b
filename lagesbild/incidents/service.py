"""What the group does with incidents: permission, rule, store, audit, in that order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, storable
from lagesbild.districts.rules import District, Placed
from lagesbild.districts.store import read as districts
from lagesbild.incidents import rules
from lagesbild.incidents.rules import (
    Category,
    Cursor,
    Draft,
    Facts,
    Filter,
    Incident,
    Listed,
    Request,
)
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
    [written] = _prepared(session, actor, [draft], now=now, verb="incident.reported")
    references = add.add_all(session, [written])
    return replace(written.incident, reference=references[draft.id])


def report_all(session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime) -> None:
    """Store many incidents at once, or none when one is wrong."""
    require(actor, Permission.IMPORT_LIST)
    add.add_all(session, _prepared(session, actor, drafts, now=now, verb="incident.imported"))


def prepare(
    session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime
) -> list[Facts | InvalidError]:
    """Return what each draft would become, or what is wrong with it; nothing is stored."""
    require(actor, Permission.REPORT_INCIDENT)
    known = read.categories(session)
    placed = _places(session, actor, drafts)
    chosen = any(d.district for d in drafts)
    areas = districts.main(session, actor.group.municipality_id) if chosen else []

    def outcome(draft: Draft, where: Placed) -> Facts | InvalidError:
        try:
            return _facts(draft, known, where, areas, now=now)
        except InvalidError as error:
            return error

    return [outcome(draft, where) for draft, where in zip(drafts, placed, strict=True)]


def _prepared(
    session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime, verb: str
) -> list[Written]:
    """Return what is to be stored, or raise what is wrong with the first wrong draft."""
    ready = []
    for draft, facts in zip(drafts, prepare(session, actor, drafts, now=now), strict=True):
        if isinstance(facts, InvalidError):
            raise facts
        incident = Incident(
            draft.id,
            "",
            facts,
            draft.part.organisation_id,
            draft.source,
            draft.source_ref,
            registered_at=now,
            version=1,
            parts=(draft.part,),
        )
        entry = _entry(actor, verb, incident.id, changes({}, _loggable(facts)), at=now)
        ready.append(Written(actor.group.municipality_id, incident, draft.part, entry))
    return ready


def _places(session: Session, actor: Actor, drafts: Sequence[Draft]) -> list[Placed]:
    """Return where each draft lies; one question for all of them."""
    asked = [
        (d.facts.place, d.facts.occurred_from.astimezone(STOCKHOLM).date())
        for d in drafts
        if d.facts.place is not None
    ]
    found = iter(districts.holding(session, actor.group.municipality_id, asked))
    nowhere = Placed(None, None, has_outlines=False)
    return [nowhere if d.facts.place is None else next(found) for d in drafts]


def _facts(
    draft: Draft,
    known: Mapping[str, Category],
    where: Placed,
    areas: Sequence[District],
    *,
    now: datetime,
) -> Facts:
    """Return the facts of a draft with severity and district, or raise `InvalidError`."""
    category = known.get(draft.facts.category)
    if category is None:
        raise InvalidError("category", "Typen finns inte. Välj en ur listan.")
    facts = rules.check(draft, category, now=now)
    severity = category.severity if draft.severity is None else draft.severity
    facts = replace(facts, severity=severity)
    if where.is_broken:
        raise InvalidError("place", "Platsens linje eller yta korsar sig själv. Rita om den.")
    if where.has_outlines and where.district_id is None and not draft.outside:
        raise InvalidError(
            "place",
            "Platsen ligger utanför kommunen. Flytta den, eller ange att händelsen"
            " skedde utanför kommunen.",
        )
    if not draft.district:
        return replace(facts, district_id=where.district_id, version_id=where.version_id)
    chosen = next((d for d in areas if d.slug == draft.district), None)
    if chosen is None:
        raise InvalidError("district", "Området finns inte. Välj ett ur listan.")
    return replace(facts, district_id=chosen.id, version_id=where.version_id, district_chosen=True)


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
    if len(reason) > rules.MAX_SUMMARY:
        raise InvalidError("reason", f"Skälet är för långt. Högst {rules.MAX_SUMMARY} tecken.")
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
    old, new = _loggable(before.facts), _loggable(after.facts)
    what = changes(old, dict.fromkeys(old) | new)
    what |= {"uppgift": "ändrad"} if before.parts != after.parts else {}
    audit.record(session, municipality_id, [_entry(actor, verb, before.id, what, at=now)])


def _stale(current: Incident) -> ConflictError:
    return ConflictError(
        "Någon annan har ändrat händelsen under tiden. Läs den nya versionen och ändra igen.",
        current=current,
    )


def _loggable(facts: Facts) -> dict[str, object]:
    return {k: v for k, v in asdict(facts).items() if v not in (None, "", (), False)}


def _entry(
    actor: Actor, verb: str, incident_id: UUID, what: Mapping[str, str], *, at: datetime
) -> Entry:
    return Entry(
        at,
        verb,
        f"incident:{incident_id}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
