"""Putting approved letters in the outbox and delivering them, each once, whatever breaks.

A mailing is released and each delivery claimed and settled in small transactions that begin with
a row that is locked, so that it does not matter how many clocks run or where one of them stops.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from lagesbild.base import mail
from lagesbild.base.clock import STOCKHOLM, moment_text
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.base.mail import Line, Post
from lagesbild.base.outbox import ABANDONED, BROKEN_OFF, GIVE_UP, Outcome, State, passing
from lagesbild.base.settings import Settings
from lagesbild.digests import rules
from lagesbild.digests.rules import Delivery, Event, Kind, Run, RunState, What
from lagesbild.digests.rules.mailing import Envelope, message
from lagesbild.digests.rules.recipients import COORDINATORS, Addressed, addressed
from lagesbild.digests.rules.saying import FAILED
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import letters, outbox, schedule
from lagesbild.digests.store import runs as store
from lagesbild.instance import service as instance
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Permission, Role, require

log = logging.getLogger(__name__)

MEMBERS = "gruppen"  # the list of what only the group is told
DECIDED = (Kind.LETTER, Kind.EXTRA, Kind.NONE)  # what is worth sending days later
COVERED = "ett senare brev har gått"
WITHOUT_PDF = "utan PDF, som var för stor för mejlservern"
LATE_NOTE = "Det här brevet skulle ha gått {}."


def post(settings: Settings) -> Post:
    """Return how letters leave from here. Raises `SetupError` where the installation is a copy."""
    instance.refuse_copy(settings)
    ways = mail.mailers(settings)
    return Post(ways.letters, settings.mail_from, settings.base_url, ways.alarms)


def release(actor: Actor, *, domain: str, now: datetime) -> None:
    """Put in the outbox what is approved and due; hold what is too late to go by itself."""
    require(actor, Permission.WRITE_DIGEST)
    with transaction(actor.gate) as session:
        for run in store.waiting(session, actor.group, [RunState.APPROVED], due_before=now):
            if rules.is_too_late(max(run.due_at, run.approved_at or run.due_at), now):
                hold(session, actor, run, now=now)
            else:
                put_out(session, actor, run, domain=domain, now=now)


def put_out(session: Session, actor: Actor, run: Run, *, domain: str, now: datetime) -> None:
    """Put a letter in the outbox; without anybody to send it to, a person has to decide.

    The letters of earlier weeks that nobody approved are struck: this one covers them.
    """
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    found = _addressed(session, group, now=now)
    if not found:
        hold(session, actor, run, now=now)
        return
    store.change(
        session,
        group,
        run,
        state=RunState.RELEASED,
        released_at=run.released_at or now,
        late=run.is_timed and rules.is_late(run.due_at, now),
    )
    letters.release(session, group, run, at=now)
    outbox.put_deliveries(session, group, run, found, domain=domain, at=now)
    note(session, actor, run, What.RELEASED, at=now)
    for before in store.covered(session, group, by=run.week) if run.is_timed else ():
        store.change(session, group, before, state=RunState.DROPPED)
        note(session, actor, before, What.DROPPED, at=now, detail=COVERED)


def hold(session: Session, actor: Actor, run: Run, *, now: datetime) -> None:
    """Let a mailing wait until a person has decided about it; what is only news now is struck."""
    require(actor, Permission.WRITE_DIGEST)
    is_kept = run.kind in DECIDED
    store.change(session, actor.group, run, state=RunState.HELD if is_kept else RunState.DROPPED)
    note(session, actor, run, What.HELD if is_kept else What.DROPPED, at=now)


def mend(actor: Actor, *, now: datetime) -> None:
    """Settle what a crash has left, and hold what has waited for too long."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        for left in outbox.abandon(
            session, group, since=now - ABANDONED, answer=BROKEN_OFF, at=now
        ):
            log.warning("delivery %s was broken off; it is not sent again", left.id)
            event = Event(now, What.ABANDONED, BROKEN_OFF, delivery_id=left.id)
            store.note(session, group, left.run_id, event)
        for late in store.overdue(session, group, before=now - rules.LATEST):
            hold(session, actor, late, now=now)


def hold_all(actor: Actor, *, now: datetime) -> list[Run]:
    """Hold what is due or on its way, for a person to decide; return it.

    After a restore nobody knows what of it has left already.
    """
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        open_ = [RunState.DRAFT, RunState.APPROVED]
        held = store.waiting(session, group, open_, due_before=now)
        held += store.overdue(session, group, before=now + GIVE_UP)
        for waiting in held:
            hold(session, actor, waiting, now=now)
    return [run for run in held if run.kind in DECIDED]


def send_all(actor: Actor, post: Post, *, now: datetime, stop: Callable[[], bool]) -> None:
    """Try every delivery of the group that may go now, over one connection."""
    require(actor, Permission.WRITE_DIGEST)
    moment = passing(now)
    with post.mailer.opened() as line:
        while not stop() and send_next(actor, post, now=moment(), line=line):
            pass


def send_next(actor: Actor, post: Post, *, now: datetime, line: Line) -> bool:
    """Try one delivery of the group; return whether there was one to try.

    The claim is committed before the mail server is called: a crash between the two leaves the
    delivery in `SENDING`, which is never sent again by itself.
    """
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        delivery = outbox.claim(session, group, now=now)
        if delivery is None:
            return False
        run = store.one(session, group, delivery.run_id)
        assert run is not None, "a delivery is of a mailing"
        letter = letters.of_delivery(session, group, delivery)
        envelope = _envelope(session, group, run, post)
        if not _still(session, group, delivery, now=now):
            settle(session, actor, delivery, Outcome(State.REFUSED, rules.GONE), at=now)
            return True
        store.note(session, group, run.id, Event(now, What.SENDING, delivery_id=delivery.id))
    by = post.alarms if run.kind is Kind.ALARM else None
    smaller = _Smaller(partial(message, replace(letter, pdf=None), delivery, envelope, now))
    outcome = mail.hand_over(
        by or line,
        partial(message, letter, delivery, envelope, now),
        smaller=smaller if letter.pdf else None,
        attempt=delivery.attempt,
        first=delivery.first_attempt_at or now,
        now=now,
    )
    log.info("delivery %s: %s", delivery.id, outcome.state)
    if smaller.is_used:
        outcome = replace(outcome, answer=f"{outcome.answer} ({WITHOUT_PDF})")
    with transaction(actor.gate) as session:
        settle(session, actor, delivery, outcome, at=now)
    return True


@dataclass
class _Smaller:
    """What goes where a mail server takes no letter of that size, and whether it was wanted."""

    make: Callable[[], EmailMessage]
    is_used: bool = False

    def __call__(self) -> EmailMessage:
        self.is_used = True
        return self.make()


def settle(
    session: Session, actor: Actor, delivery: Delivery, outcome: Outcome, *, at: datetime
) -> None:
    """Write down what became of an attempt."""
    require(actor, Permission.WRITE_DIGEST)
    outbox.settle(session, actor.group, delivery, outcome, at=at)
    event = Event(at, What.SETTLED, f"{outcome.state} {outcome.answer}", delivery_id=delivery.id)
    store.note(session, actor.group, delivery.run_id, event)


def _envelope(session: Session, group: Group, run: Run, post: Post) -> Envelope:
    settled = schedule.schedule(session, group)
    return Envelope(
        post.sender,
        settled.sender,
        settled.reply_to or next(iter(_coordinators(session, group)), ""),
        LATE_NOTE.format(moment_text(run.due_at)) if run.late and not run.says_late else "",
    )


def _addressed(session: Session, group: Group, *, now: datetime) -> list[Addressed]:
    return addressed(
        schedule.recipients(session, group),
        schedule.forms(session, group),
        _coordinators(session, group),
        on=now.astimezone(STOCKHOLM).date(),
    )


def reaches_readers(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Whether what leaves now goes to anybody but the coordinators, who get a copy."""
    require(actor, Permission.READ_DIGEST)
    found = _addressed(session, actor.group, now=now)
    return any(one.list != COORDINATORS for one in found)


def _still(session: Session, group: Group, delivery: Delivery, *, now: datetime) -> bool:
    """Whether who a delivery goes to is still to get it."""
    if delivery.list == MEMBERS:
        return any(place.mail == delivery.recipient for place in people.members(session, group))
    if delivery.list == COORDINATORS:
        return delivery.recipient in _coordinators(session, group)
    return any(one.mail == delivery.recipient for one in _addressed(session, group, now=now))


def _coordinators(session: Session, group: Group) -> list[str]:
    return [place.mail for place in people.members(session, group, role=Role.COORDINATOR)]


def send(session: Session, actor: Actor, run_id: UUID, *, domain: str, now: datetime) -> None:
    """Send a held letter that a person has decided about. Once."""
    require(actor, Permission.EDIT_DIGEST)
    run = store.one(session, actor.group, run_id, lock=True)
    if run is None:
        raise NotFoundError("Det finns inget sådant brev.")
    if run.state is RunState.RELEASED:
        raise ConflictError("Brevet är redan skickat.")
    if run.state is RunState.DROPPED or run.kind not in DECIDED:
        raise ConflictError("Det finns inget att skicka: brevet är struket.")
    if run.approved_at is None and run.kind.is_letter:
        raise InvalidError("run", "Brevet är inte godkänt. Det går inte att skicka förrän det är.")
    if run.due_at.astimezone(UTC) > now:
        raise InvalidError("run", f"Brevet skickas av sig självt {moment_text(run.due_at)}.")
    if not _addressed(session, actor.group, now=now):
        raise InvalidError("run", "Det finns ingen mottagare. Lägg till en under Mottagare.")
    put_out(session, actor, run, domain=domain, now=now)


def resend(
    session: Session, actor: Actor, delivery_id: UUID, *, domain: str, now: datetime
) -> None:
    """Send again to one address what was refused, or what nobody knows has arrived. Once."""
    require(actor, Permission.EDIT_DIGEST)
    group = actor.group
    failed = outbox.one(session, group, delivery_id)
    if failed is None:
        raise NotFoundError("Det finns inget sådant utskick.")
    if failed.state not in FAILED:
        raise ConflictError("Det brevet är på väg eller redan framme.")
    if outbox.resend(session, group, failed, recipient=failed.recipient, domain=domain, at=now):
        event = Event(now, What.RESENT, delivery_id=failed.id, person_id=actor.person_id)
        store.note(session, group, failed.run_id, event)
