"""Asking another organisation for input: permission, rule, store, audit, in that order."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.incidents.rules import Incident, Visibility
from lagesbild.incidents.rules.inquiries import Asking, Inquiry, check_answer, check_question
from lagesbild.incidents.rules.intake import begins
from lagesbild.incidents.service.single import one
from lagesbild.incidents.store import inquiries as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require, scope_of

GONE = "Frågan har tagits tillbaka. Svaret är inte sparat."
ANSWERED = "Frågan är redan besvarad av någon i er organisation. Ditt svar är inte sparat."


def ask(session: Session, actor: Actor, asking: Asking, *, now: datetime) -> None:
    """Store a question to another organisation of the group. The same id twice is once."""
    require(actor, Permission.REVIEW_INCIDENTS)
    text = check_question(asking)
    incident = one(session, actor, asking.about) if asking.about else None
    _check_shared(incident)
    inquiry = Inquiry(
        id=asking.id,
        week=Period.of(now, weekday=actor.group.meeting_weekday).name,
        incident_id=incident.id if incident else None,
        asked_id=_asked(session, actor, asking.asked),
        asking_id=_own(actor),
        at=now,
        question=text,
    )
    if store.put(session, actor.group, inquiry, person_id=actor.person_id):
        _log(session, actor, "inquiry.asked", inquiry, now=now)


def answer(  # noqa: PLR0913 – who, which, what, as read, sure, when
    session: Session,
    actor: Actor,
    id_: UUID,
    *,
    text: str,
    version: int,
    confirmed: bool = False,
    now: datetime,
) -> None:
    """Store the answer of the organisation that is asked. The same answer twice is once."""
    require(actor, Permission.REPORT_INCIDENT)
    inquiry = _to_answer(session, actor, id_)
    text = check_answer(text, confirmed=confirmed)
    if inquiry.withdrawn_at is not None:
        raise ConflictError(GONE)
    if inquiry.answered_at is not None and inquiry.answer == text:
        return
    if inquiry.answered_at is not None or not _answered(
        session, actor, inquiry, text, version, now
    ):
        raise ConflictError(ANSWERED)


def answer_by_logging(
    session: Session, actor: Actor, id_: UUID, reference: str, *, now: datetime
) -> None:
    """Let an incident that was just logged be the answer, if the question still waits for one."""
    require(actor, Permission.REPORT_INCIDENT)
    inquiry = store.one(session, actor.group, id_, scope=scope_of(actor))
    if inquiry and inquiry.is_open and inquiry.asked_id == actor.organisation_id:
        _answered(session, actor, inquiry, f"Loggat som {reference}.", inquiry.version, now)


def take_back(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> None:
    """Take back a question of the actor's organisation. Twice is once."""
    require(actor, Permission.REVIEW_INCIDENTS)
    inquiry = _one(session, actor, id_)
    if inquiry.asking_id != actor.organisation_id:
        raise NotAllowedError("Bara organisationen som frågar kan ta tillbaka frågan.")
    if inquiry.withdrawn_at is not None:
        return
    gone = replace(inquiry, withdrawn_at=now)
    if inquiry.answered_at is not None or not store.change(session, actor.group, gone):
        raise ConflictError("Frågan har redan fått ett svar och går inte att ta tillbaka.")
    _log(session, actor, "inquiry.withdrawn", inquiry, now=now)


def lately(session: Session, actor: Actor, *, now: datetime) -> list[Inquiry]:
    """Return the open questions of and to the actor's organisation, and those answered lately."""
    require(actor, Permission.REPORT_INCIDENT)
    since = begins(now, weekday=actor.group.meeting_weekday)
    return store.since(session, actor.group, since, scope=scope_of(actor))


def about(session: Session, actor: Actor, incident: Incident) -> list[Inquiry]:
    """Return the questions about an incident, of and to the actor's organisation."""
    require(actor, Permission.READ_INCIDENTS)
    return store.about(session, actor.group, incident.id, scope=scope_of(actor))


def unanswered(session: Session, actor: Actor) -> int:
    """Return how many questions wait for the actor's organisation to answer."""
    require(actor, Permission.REPORT_INCIDENT)
    return store.waiting(session, actor.group, scope=scope_of(actor))


def _check_shared(incident: Incident | None) -> None:
    if incident is None:
        return
    if incident.withdrawn_at is not None:
        raise InvalidError("about", "Händelsen är tillbakatagen. Fråga utan att utgå från den.")
    if incident.visibility is Visibility.OWN:
        raise InvalidError("about", "Händelsen är inte delad med gruppen. Dela den först.")


def _asked(session: Session, actor: Actor, slug: str) -> UUID:
    known = {o.slug: o.id for o in people.organisations(session, actor.group)}
    if slug not in known or known[slug] == actor.organisation_id:
        raise InvalidError("asked", "Välj en annan organisation i gruppen.")
    return known[slug]


def _own(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotAllowedError("Inloggningen hör inte till en organisation.")
    return actor.organisation_id


def _one(session: Session, actor: Actor, id_: UUID) -> Inquiry:
    found = store.one(session, actor.group, id_, scope=scope_of(actor))
    if found is None:
        raise NotFoundError("Det finns ingen sådan fråga.")
    return found


def _to_answer(session: Session, actor: Actor, id_: UUID) -> Inquiry:
    found = _one(session, actor, id_)
    if found.asked_id != actor.organisation_id:
        raise NotAllowedError("Bara organisationen som får frågan kan svara på den.")
    return found


def _answered(
    session: Session, actor: Actor, inquiry: Inquiry, text: str, version: int, now: datetime
) -> bool:
    """Store an answer to an open question; return whether nobody was faster."""
    done = replace(inquiry, answer=text, answered_at=now, version=version)
    if not store.change(session, actor.group, done):
        return False
    _log(session, actor, "inquiry.answered", inquiry, now=now)
    return True


def _log(session: Session, actor: Actor, verb: str, inquiry: Inquiry, *, now: datetime) -> None:
    entry = Entry(
        now,
        verb,
        f"inquiry:{inquiry.id}",
        {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
