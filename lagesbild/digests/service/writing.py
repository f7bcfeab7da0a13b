"""Writing the letter of a week and delivering it, each once, whatever breaks in between.

A letter goes from due to written to delivered in small transactions; each begins with a row that
is locked or claimed, so that it does not matter how many clocks run or where one of them stops.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import mail
from lagesbild.base.clock import Period, moment_text
from lagesbild.base.db import Session, publications, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.mail import Post
from lagesbild.base.outbox import ABANDONED, BROKEN_OFF, GIVE_UP, Outcome, State
from lagesbild.base.settings import Settings
from lagesbild.digests import rules
from lagesbild.digests.draw import letter as draw
from lagesbild.digests.rules import Delivery, Run, RunState
from lagesbild.digests.service.basis import basis_of, next_day, starts
from lagesbild.digests.store import outbox
from lagesbild.digests.store import runs as store
from lagesbild.instance import service as instance
from lagesbild.meetings import service as meetings
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Permission, Role, require

log = logging.getLogger(__name__)


def post(settings: Settings) -> Post:
    """Return how letters leave from here. Raises `SetupError` where the installation is a copy."""
    instance.refuse_copy(settings)
    return Post(mail.mailer(settings.mail_url), settings.mail_from, settings.base_url)


def write(actor: Actor, post: Post, *, now: datetime) -> None:
    """Write the newest letter of the group if it is due and not too late. Twice is once."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    due = rules.due(group, now, starts(actor, *rules.newest(group, now)))
    if due is None:
        return
    period, due_at = due
    if rules.is_too_late(due_at, now):
        _hold_unwritten(actor, period, due_at=due_at, now=now)
    else:
        _write(actor, period, post, due_at=due_at, now=now)


def mend(actor: Actor, *, now: datetime) -> None:
    """Settle what a crash has left, and hold what has waited for too long."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        for left in outbox.abandon(
            session, group, since=now - ABANDONED, answer=BROKEN_OFF, at=now
        ):
            log.warning("delivery %s was broken off; it is not sent again", left)
        for late in store.overdue(session, group, before=now - rules.LATEST):
            _hold(session, actor, late, now=now)


def hold_all(actor: Actor, *, now: datetime) -> list[Run]:
    """Hold the letters that are due or on their way, for a person to decide; return them.

    After a restore nobody knows which of them have left already.
    """
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    due = rules.due(group, now, starts(actor, *rules.newest(group, now)))
    with transaction(actor.gate) as session:
        if due is not None:
            store.open_run(session, group, due[0].name, due_at=due[1])
        held = store.overdue(session, group, before=now + GIVE_UP)
        for waiting in held:
            _hold(session, actor, waiting, now=now)
    return held


def send_next(actor: Actor, post: Post, *, now: datetime) -> bool:
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
        letter = store.letter_of(session, group, delivery)
        if delivery.recipient not in _recipients(session, group):
            outbox.settle(session, group, delivery, Outcome(State.REFUSED, rules.GONE), at=now)
            return True
    outcome = mail.hand_over(
        post.mailer,
        partial(rules.message, letter, delivery, sender=post.sender, now=now),
        attempt=delivery.attempt,
        first=delivery.first_attempt_at or now,
        now=now,
    )
    log.info("delivery %s: %s", delivery.id, outcome.state)
    with transaction(actor.gate) as session:
        outbox.settle(session, group, delivery, outcome, at=now)
    return True


def send(actor: Actor, period: Period, post: Post, *, now: datetime) -> list[Delivery]:
    """Write, if it is not written, and send the letter that a person has decided about. Once."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    due_at = rules.due_of(group, period, starts(actor, period)[period])
    if due_at > now:
        raise InvalidError("week", f"Brevet skickas av sig självt {moment_text(due_at)}.")
    with transaction(actor.gate) as session:
        if not _recipients(session, group):
            raise InvalidError("group", "Gruppen har ingen samordnare att skicka brevet till.")
        store.open_run(session, group, period.name, due_at=due_at)
        found = store.stored(session, group, period.name, lock=True)
        assert found is not None, "opened just above"
        if found.run.state is RunState.WRITTEN:
            raise ConflictError(f"Brevet för {period.name} är redan skrivet och skickat.")
        if found.letter.subject:
            _release(session, actor, found.run, post, now=now)
    if not found.letter.subject:
        _write(actor, period, post, due_at=due_at, now=now, by_hand=True)
    while send_next(actor, post, now=now):
        pass
    with transaction(actor.gate) as session:
        return outbox.deliveries(session, group, found.run)


def _write(
    actor: Actor,
    period: Period,
    post: Post,
    *,
    due_at: datetime,
    now: datetime,
    by_hand: bool = False,
) -> None:
    """Publish, compose and store the letter of a week.

    It is composed from what the reader login can see and from nothing else, so that a mistake
    there cannot let out what readers may not have. Stopped anywhere, it can be done again.
    """
    group = actor.group
    open_states = {RunState.DUE, RunState.HELD} if by_hand else {RunState.DUE}
    with transaction(actor.gate) as session:
        store.open_run(session, group, period.name, due_at=due_at)
        found = store.stored(session, group, period.name, lock=True)
        assert found is not None, "opened just above"
        if found.run.state not in open_states:
            return
        publication_id = meetings.publish(session, actor, period, now=now)
        store.put_publication(session, group, found.run, publication_id)
    late = rules.is_late(due_at, now)
    rest = (due_at, late, post.base_url, next_day(actor, period))
    with publications(actor.gate) as session:
        basis = basis_of(session, actor, period, publication_id, rest)
    letter = draw.compose(basis)
    with transaction(actor.gate) as session:
        again = store.stored(session, group, period.name, lock=True)
        if again is not None and again.run.state in open_states:  # nobody was faster
            store.put_letter(session, group, again.run, letter, late=late, at=now)
            _release(session, actor, again.run, post, now=now)


def _release(session: Session, actor: Actor, written: Run, post: Post, *, now: datetime) -> None:
    """Put a letter in the outbox; without anybody to send it to, a person has to decide."""
    recipients = _recipients(session, actor.group)
    if not recipients:
        _hold(session, actor, written, now=now)
        return
    store.put_state(session, actor.group, written, RunState.WRITTEN)
    domain = mail.domain(post.sender)
    outbox.put_deliveries(session, actor.group, written, recipients, domain=domain, at=now)
    _log(session, actor, "digest.written", written, now=now)


def _hold_unwritten(actor: Actor, period: Period, *, due_at: datetime, now: datetime) -> None:
    """Note that the letter of a week is too late to be written by itself."""
    with transaction(actor.gate) as session:
        store.open_run(session, actor.group, period.name, due_at=due_at)
        found = store.stored(session, actor.group, period.name, lock=True)
        if found is not None and found.run.state is RunState.DUE:
            _hold(session, actor, found.run, now=now)


def _hold(session: Session, actor: Actor, held: Run, *, now: datetime) -> None:
    store.put_state(session, actor.group, held, RunState.HELD)
    _log(session, actor, "digest.held", held, now=now)


def _recipients(session: Session, group: Group) -> Sequence[str]:
    """Return who gets letters for the time being: the active coordinators."""
    return [place.mail for place in people.members(session, group, role=Role.COORDINATOR)]


def _log(session: Session, actor: Actor, verb: str, about: Run, *, now: datetime) -> None:
    entry = Entry(
        now,
        verb,
        f"digest:{about.week}",
        {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
