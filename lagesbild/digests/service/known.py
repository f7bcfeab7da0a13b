"""Publicly known events: proposed by anybody who decides, approved by whose events they are."""

from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.digests.rules import known as rules
from lagesbild.digests.rules.known import KnownEvent, Proposal, Proposed, State
from lagesbild.digests.store import known as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Organisation, Permission, require


def listing(session: Session, actor: Actor, period: Period) -> list[Proposed]:
    """Return everything that was proposed for a week's letter, in the order of proposing."""
    require(actor, Permission.READ_DIGEST)
    return store.of_week(session, actor.group, period.name)


def approved(session: Session, actor: Actor, week: str) -> list[KnownEvent]:
    """Return what a week's letter may name: what its owners have approved."""
    require(actor, Permission.READ_DIGEST)
    found = store.of_week(session, actor.group, week)
    return [KnownEvent(e.id, e.text, e.link, e.owner) for e in found if e.state is State.APPROVED]


def propose(
    session: Session, actor: Actor, period: Period, proposal: Proposal, *, now: datetime
) -> Proposed:
    """Propose an event for a week's letter. The same id again is the same one."""
    require(actor, Permission.EDIT_DIGEST)
    if there := store.one(session, actor.group, proposal.id):
        return there
    said = rules.checked(proposal, period, now)
    owner = _owner(session, actor, said.owner)
    new = Proposed(
        said.id, said.text, said.link, owner.name, period.name, owner.id, now, actor.person_id
    )
    if store.put(session, actor.group, new):
        _log(session, actor, "known.proposed", new, at=now)
    if there := store.one(session, actor.group, proposal.id):
        return there  # or what a double click has stored at the same moment
    raise ConflictError("Händelsen gick inte att spara. Ladda om sidan och försök igen.")


def approve(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> Proposed:
    """Say for the owner that it has published this and lets it be named. Twice is once."""
    require(actor, Permission.APPROVE_DIGEST)
    found = _one(session, actor, id_)
    rules.check_approver(found, actor)
    if store.approve(session, actor.group, id_, by=actor.person_id, at=now):
        _log(session, actor, "known.approved", found, at=now)
    return found


def withdraw(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> Proposed:
    """Take an event back, approved or not. Twice is once."""
    require(actor, Permission.EDIT_DIGEST)
    found = _one(session, actor, id_)
    rules.check_withdrawer(found, actor)
    if store.withdraw(session, actor.group, id_, at=now):
        _log(session, actor, "known.withdrawn", found, at=now)
    return found


def _owner(session: Session, actor: Actor, slug: str) -> Organisation:
    known = people.organisations(session, actor.group)
    found = next((o for o in known if o.slug == slug), None)
    if found is None:
        raise InvalidError("owner", "Välj vilken organisation som har publicerat det.")
    return found


def _one(session: Session, actor: Actor, id_: UUID) -> Proposed:
    found = store.one(session, actor.group, id_)
    if found is None:
        raise NotFoundError("Det finns ingen sådan händelse.")
    return found


def _log(session: Session, actor: Actor, verb: str, event: Proposed, *, at: datetime) -> None:
    entry = Entry(
        at,
        verb,
        f"known:{event.id}",
        {"vecka": event.week, "ägare": event.owner},
        actor.person_id,
        actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
