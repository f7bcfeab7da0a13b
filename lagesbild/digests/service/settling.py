"""What a group settles about its letter: how it is approved, when it goes, and who signs it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.digests.rules import schedule as rules
from lagesbild.digests.rules.schedule import Duty, Schedule, Signer
from lagesbild.digests.store import schedule as store
from lagesbild.meetings.rules.series import check_time
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require

CHANGED = "Någon annan ändrade samtidigt. Läs vad som gäller nu, och spara igen om det behövs."


class Settled(NamedTuple):
    """A group's settings: those of the letter, when it goes, and the group's own version."""

    schedule: Schedule
    letter_time: time
    group_version: int


def settled(session: Session, actor: Actor) -> Settled:
    """Return what the actor's group has settled about its letter."""
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    return Settled(store.schedule(session, group), group.letter_time, group.version)


def settle(session: Session, actor: Actor, wanted: Settled, *, now: datetime) -> None:
    """Settle how the letter is approved and sent, and when. The same twice is once."""
    require(actor, Permission.SETTLE_DIGEST)
    group = actor.group
    check_time("letter_time", wanted.letter_time)
    plan = rules.checked(wanted.schedule)
    at, version = store.letter_time(session, group)
    before = store.schedule(session, group)
    if at == wanted.letter_time and replace(plan, version=before.version) == before:
        return
    is_fresh = plan.version == before.version and wanted.group_version == version
    if not is_fresh or not store.put_schedule(session, group, plan):
        raise ConflictError(CHANGED, current=Settled(before, at, version))
    if at != wanted.letter_time:
        store.put_letter_time(session, group, wanted.letter_time, version=version)
    said = changes(_told(before, at), _told(plan, wanted.letter_time))
    _log(session, actor, "digest.settled", said, at=now)


def signers(session: Session, actor: Actor) -> list[Signer]:
    """Return who may write and approve the group's letters, with the duties given to them."""
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    return rules.signers(people.members(session, group), store.duties(session, group))


def sign(
    session: Session,
    actor: Actor,
    wanted: Mapping[UUID, Collection[Duty]],
    *,
    seen: str,
    now: datetime,
) -> None:
    """Settle who writes and approves; `seen` is `rules.seen` of what somebody changes."""
    require(actor, Permission.SETTLE_DIGEST)
    store.letter_time(session, actor.group)  # the lock
    found = signers(session, actor)
    if not wanted.keys() <= {s.place.person_id for s in found}:
        raise InvalidError("duty", "Någon av personerna är inte längre med. Ladda om sidan.")
    changed = [s for s in found if s.duties != frozenset(wanted.get(s.place.person_id, ()))]
    if not changed:
        return
    if rules.seen(found) != seen:
        raise ConflictError(CHANGED, current=found)
    for signer in changed:
        id_ = signer.place.person_id
        store.put_duties(session, actor.group, id_, frozenset(wanted.get(id_, ())))
    said = {str(s.place.person_id): "ändrad" for s in changed}
    _log(session, actor, "digest.signers", said, at=now)


def approvers_missing(session: Session, actor: Actor) -> str:
    """Return what is said when too few people can approve the group's letter, or nothing."""
    require(actor, Permission.READ_DIGEST)
    rule = store.schedule(session, actor.group).rule
    return rules.missing(actor.group, rule, signers(session, actor))


def _told(plan: Schedule, at: time) -> dict[str, object]:
    """Return what the log may know: of the texts only that they were changed."""
    return {
        "regel": plan.rule.text,
        "brevets tid": f"{at:%H.%M}",
        "pdf": "bifogad" if plan.attach_pdf else "",
        "avsändare": plan.sender,
        "roll": plan.role,
        "kontakt": plan.contact,
        "svarsadress": plan.reply_to,
        "diarienummer": plan.record,
    }


def _log(
    session: Session, actor: Actor, verb: str, said: Mapping[str, str], *, at: datetime
) -> None:
    subject = f"group:{actor.group.slug}"
    entry = Entry(at, verb, subject, said, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])
