"""What others than the owner say of an incident: permission, rule, store, audit, in that order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.incidents.rules import Comment, Incident, Part, Shown
from lagesbild.incidents.rules.checks import check_part, check_text
from lagesbild.incidents.rules.entries import entry_of
from lagesbild.incidents.rules.owning import may_add, may_comment
from lagesbild.incidents.service.joined import settle
from lagesbild.incidents.service.single import one
from lagesbild.incidents.store import parts as store
from lagesbild.incidents.store import read
from lagesbild.people.rules import Actor, Permission, require, scope_of

MAX_COMMENT = 500
CHANGED = "Någon annan i er organisation har ändrat uppgiften under tiden. Läs den och försök igen."


class Purpose(StrEnum):
    """Why somebody needs an exact place. A list, so that no text about persons comes in."""

    MEETING = "mote"
    ACTION = "insats"
    SAME = "samma"
    WRONG = "ratta"


def say(
    session: Session,
    actor: Actor,
    name: UUID | str,
    part: Part,
    *,
    confirmed: bool = False,
    now: datetime,
) -> None:
    """Store what the actor's organisation says beside the owner, new or changed.

    `part.version` is the one that was read, 0 for none. Raises `ConflictError` for another.
    """
    require(actor, Permission.REPORT_INCIDENT)
    incident = one(session, actor, name)
    _check_open(incident)
    if not may_add(actor, incident) or part.organisation_id != actor.organisation_id:
        raise NotAllowedError("Er organisation kan inte lägga till något här.")
    check_part(part, confirmed=confirmed)
    if not store.put(session, actor.group.municipality_id, incident.id, part):
        raise ConflictError(CHANGED, current=incident)
    verb = "part.changed" if incident.part_of(part.organisation_id) else "part.said"
    settle(session, actor, incident, now=now)
    _log(session, actor, verb, incident, {"synlig": part.visibility or ""}, now=now)


def take_back(
    session: Session, actor: Actor, name: UUID | str, *, version: int, now: datetime
) -> None:
    """Take back what the actor's organisation has said beside the owner."""
    require(actor, Permission.REPORT_INCIDENT)
    incident = one(session, actor, name)
    if actor.organisation_id == incident.organisation_id:
        raise InvalidError("part", "Det här är er egen händelse. Ta tillbaka hela händelsen.")
    part = incident.part_of(actor.organisation_id)
    if part is None:
        raise NotFoundError("Er organisation har ingen uppgift om den här händelsen.")
    as_read = replace(part, version=version)
    if not store.withdraw(session, actor.group.municipality_id, incident.id, as_read, at=now):
        raise ConflictError(CHANGED, current=incident)
    settle(session, actor, incident, now=now)
    seen = {"synlig": part.visibility or ""}
    _log(session, actor, "part.withdrawn", incident, seen, now=now)


def comment(  # noqa: PLR0913 – who, on what, which, what, sure, when
    session: Session,
    actor: Actor,
    name: UUID | str,
    *,
    id_: UUID,
    text: str,
    confirmed: bool = False,
    now: datetime,
) -> None:
    """Store a remark on an incident. The id makes a double click one remark."""
    require(actor, Permission.READ_INCIDENTS)
    incident = one(session, actor, name)
    _check_open(incident)
    if not may_comment(actor, incident) or actor.organisation_id is None:
        raise NotAllowedError("Du kan inte kommentera den här händelsen.")
    text = check_text("comment", text, MAX_COMMENT, confirmed=confirmed)
    if not text:
        raise InvalidError("comment", "Skriv något först.")
    made = Comment(id_, actor.organisation_id, now, text)
    if store.put_comment(
        session, actor.group.municipality_id, incident.id, made, person_id=actor.person_id
    ):
        _log(session, actor, "comment.made", incident, now=now)


def take_back_comment(
    session: Session, actor: Actor, name: UUID | str, *, id_: UUID, now: datetime
) -> None:
    """Take back a remark of the actor's organisation. Twice is once."""
    require(actor, Permission.READ_INCIDENTS)
    incident = one(session, actor, name)
    if actor.organisation_id is None:
        raise NotAllowedError("Du kan inte kommentera den här händelsen.")
    municipality_id, own = actor.group.municipality_id, actor.organisation_id
    if store.withdraw_comment(session, municipality_id, id_, own, at=now):
        _log(session, actor, "comment.withdrawn", incident, now=now)


def comments(session: Session, actor: Actor, incident: Incident) -> list[Comment]:
    """Return the remarks on an incident that the actor may see, the oldest first."""
    require(actor, Permission.READ_INCIDENTS)
    return store.comments(session, actor.group.municipality_id, incident.id)


def exact(
    session: Session, actor: Actor, name: UUID | str, purpose: Purpose, *, now: datetime
) -> Incident:
    """Return an incident with its exact place, and write down who has seen it and why.

    Of a blocked type nobody but the owner sees it.
    """
    require(actor, Permission.READ_INCIDENTS)
    seen = one(session, actor, name)
    _check_open(seen)
    if seen.shown is Shown.EXACT:
        return seen
    if seen.shown is Shown.DISTRICT:
        raise NotAllowedError("Platsen visas bara för den organisation som äger händelsen.")
    _log(session, actor, "incident.exact", seen, {"syfte": purpose}, now=now)
    scope = scope_of(actor)
    return read.one(
        session, actor.group.municipality_id, seen.id, scope=scope, look=read.Look.PLACE
    )


def _check_open(incident: Incident) -> None:
    """Raise `ConflictError` for an incident that was taken back: nothing is added or revealed."""
    if incident.withdrawn_at is not None:
        said = "Händelsen har tagits tillbaka. Inget är sparat."
        raise ConflictError(said, current=incident)


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    incident: Incident,
    what: Mapping[str, str] | None = None,
    *,
    now: datetime,
) -> None:
    entry = entry_of(actor, verb, incident.id, what or {}, at=now)
    audit.record(session, actor.group.municipality_id, [entry])
