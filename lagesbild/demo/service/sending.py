"""The letters that the demo's group has written, approved and sent. None of it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session, new_id
from lagesbild.base.outbox import Outcome, State
from lagesbild.demo.rules import letters as rules
from lagesbild.demo.rules import work
from lagesbild.digests.rules import Event, What
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.rules.known import Proposal
from lagesbild.digests.rules.questions import Answer, Asking
from lagesbild.digests.rules.recipients import Recipient
from lagesbild.digests.service import (
    approving,
    calendar,
    composing,
    delivering,
    drafting,
    known,
    looking,
    questions,
    recipients,
    settling,
)
from lagesbild.digests.store import outbox, runs
from lagesbild.people.rules import Actor, Permission, require

EDITED, APPROVED = timedelta(hours=1), timedelta(hours=2)  # after the picture was fixed
PROPOSED, ALLOWED = timedelta(hours=16), timedelta(hours=17)  # on the week's last day
FIRST = 5  # weeks back, of the first letter


@dataclass(frozen=True)
class Cast:
    """Who does what with the letters: people by their organisation, and the chair."""

    people: dict[str, Actor]
    chair: Actor
    base_url: str

    @property
    def writer(self) -> Actor:
        """The coordinator."""
        return self.people["kommun"]


Telling = Iterator[datetime]


def settle(session: Session, actor: Actor, cast: Cast, now: datetime) -> Telling:
    """Settle how letters are sent, and to whom, before the first of them."""
    require(actor, Permission.ADMINISTER)
    at = work.met(now, FIRST)
    yield at
    writer = cast.writer
    before = settling.settled(session, writer)
    wanted = before._replace(schedule=rules.schedule(now))
    settling.settle(session, writer, wanted, now=at)
    forms = recipients.overview(session, writer, now=at).forms
    recipients.set_forms(session, writer, rules.FORMS, seen=forms, now=at)
    for listed in rules.LISTED:
        _put(session, writer, listed, now, at)


def _put(
    session: Session, writer: Actor, listed: rules.Listed, now: datetime, at: datetime
) -> None:
    """Put somebody on a list from the letter of one week, or until that of another."""
    starts = work.met(now, (listed.first or FIRST) - 1).astimezone(STOCKHOLM).date()
    ends = None
    if listed.last is not None:
        ends = work.met(now, listed.last - 1).astimezone(STOCKHOLM).date()
    mail = f"{listed.name}@{rules.DOMAIN}"
    new = Recipient(new_id(), listed.list, mail, listed.title, starts, ends)
    recipients.add(session, writer, new, now=at)


def send(
    session: Session, actor: Actor, cast: Cast, period: Period, week: int, now: datetime
) -> Telling:
    """Write, approve and send the letter of a week whose picture was just fixed.

    One that a check stops is not approved, as anywhere else: the next letter covers it.
    """
    require(actor, Permission.ADMINISTER)
    [due] = calendar.dues(session, actor, [period])
    begun = due.meeting.starts_at.astimezone(UTC)
    drafting.draft(session, actor, period, now=begun)
    run = looking.newest(session, actor, period.name)
    yield begun + EDITED
    draft = drafting.drafted(session, cast.writer, run)
    said = rules.words(now)[week]
    wording = replace(draft.latest, attention=said.attention, coming=said.coming)
    edit = Edit(wording, draft.version, confirmed=True)
    drafting.edit(session, cast.writer, run.id, edit, now=begun + EDITED)
    at = begun + APPROVED
    yield at
    approver = cast.people[rules.ORDER[week % len(rules.ORDER)]]
    found = composing.supposed(session, approver, run.id, base_url=cast.base_url, now=at)
    if found.is_stopped:
        return
    approving.approve_composed(session, approver, found, found.seen, now=at)
    at = due.at.astimezone(UTC)
    yield at
    [approved] = [r for r in looking.of_week(session, actor, period.name) if r.id == run.id]
    delivering.put_out(session, actor, approved, domain=rules.DOMAIN, now=at)
    _arrive(session, actor, at)


def _arrive(session: Session, actor: Actor, at: datetime) -> None:
    """Let everything in the outbox have arrived, before the clock can see that it was there."""
    outcome = Outcome(State.ACCEPTED, rules.ANSWER)
    while delivery := outbox.claim(session, actor.group, now=at):
        sending = Event(at, What.SENDING, delivery_id=delivery.id)
        runs.note(session, actor.group, delivery.run_id, sending)
        delivering.settle(session, actor, delivery, outcome, at=at)


def ask(session: Session, actor: Actor, cast: Cast, asked: rules.Asked, now: datetime) -> Telling:
    """Let the chair ask about a letter that has left; the next meeting answers."""
    require(actor, Permission.ADMINISTER)
    period = Period.of(now, weekday=actor.group.meeting_weekday).previous(asked.week)
    at = calendar.dues(session, actor, [period])[0].at.astimezone(UTC) + asked.after
    yield at
    asking = Asking(new_id(), period.name, asked.text)
    question = questions.ask(session, cast.chair, asking, now=at)
    if asked.answer:
        at = work.met(now, asked.week - 2)  # the meeting after the one that the letter was about
        yield at
        said = Answer(asked.answer, question.version)
        questions.answer(session, cast.writer, question.id, said, now=at)


def name(session: Session, actor: Actor, cast: Cast, now: datetime) -> Telling:
    """Propose to name what an authority has published itself, and let it say yes."""
    require(actor, Permission.ADMINISTER)
    told = rules.KNOWN
    period = Period.of(now, weekday=actor.group.meeting_weekday).previous(told.week)
    day = period.end - timedelta(days=1)
    yield day + PROPOSED
    proposal = Proposal(new_id(), told.text, told.link, told.owner)
    by, owner = cast.people[told.proposed_by], cast.people[told.owner]
    known.propose(session, by, period, proposal, now=day + PROPOSED)
    yield day + ALLOWED
    known.approve(session, owner, proposal.id, now=day + ALLOWED)
