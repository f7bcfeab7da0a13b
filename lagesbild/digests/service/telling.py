"""Telling what there is to tell of a letter that waits, or that there is none. Each once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id, transaction
from lagesbild.base.mail import Post, domain
from lagesbild.digests import rules
from lagesbild.digests.draw import notices as draw
from lagesbild.digests.draw.words import Head
from lagesbild.digests.rules import Event, Form, Kind, Letter, Run, RunState, What, telling
from lagesbild.digests.rules.recipients import Addressed
from lagesbild.digests.rules.schedule import told
from lagesbild.digests.rules.telling import EXTRA_FROM, Waited
from lagesbild.digests.service import calendar, settling
from lagesbild.digests.service.calendar import Due
from lagesbild.digests.service.delivering import MEMBERS, put_out, reaches_readers
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import failing, letters, outbox, schedule
from lagesbild.digests.store import runs as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, Role, require

FOLLOWED = 26  # weeks back in which a notice of no meeting counts as told
RECENT = timedelta(days=7)  # what a mail server did not take before is known by now
CALLED = "webhook"


class Alarm(NamedTuple):
    """An alarm that goes other ways, too, until somebody has taken it."""

    run_id: UUID
    text: str


def tell(actor: Actor, post: Post, *, now: datetime) -> list[Alarm]:
    """Tell what there is to tell at a moment. Return the alarms that nobody has been called for."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        dues = calendar.dues(session, actor, rules.newest(group, now))
        weeks = [due.meeting.period.name for due in dues]
        known = store.of_weeks(session, group, weeks)
        for due in dues:
            if due.at.astimezone(UTC) < group.schedule_since:
                continue
            of_week = [run for run in known if run.week == due.meeting.period.name]
            if due.meeting.is_skipped and not any(run.is_timed for run in of_week):
                _tell_of_none(session, actor, due, post, now=now)
            else:
                _tell_of(session, actor, due, of_week, post, now=now)
        _tell_of_drafts(session, actor, post, now=now)
        _tell_of_failed(session, actor, post, now=now)
        alarms = failing.uncalled(session, group, detail=CALLED, since=now - rules.LATEST)
    return [Alarm(*each) for each in alarms]


def called(actor: Actor, alarm: Alarm, *, now: datetime) -> None:
    """Note that somebody has been called for an alarm."""
    require(actor, Permission.WRITE_DIGEST)
    with transaction(actor.gate) as session:
        store.note(session, actor.group, alarm.run_id, Event(now, What.TOLD, CALLED))


def drop_all(actor: Actor, *, now: datetime) -> None:
    """Let nothing be told that there was to tell of until now.

    After a restore nobody knows what of it has been told already.
    """
    require(actor, Permission.WRITE_DIGEST)
    with transaction(actor.gate) as session:
        for due in calendar.dues(session, actor, rules.newest(actor.group, now)):
            period = due.meeting.period
            kinds, returns = telling.passed(due.at, now), None
            if due.meeting.is_skipped:
                kinds = [Kind.NONE] if due.at <= now else []
                returns = calendar.next_day(session, actor, period)
            for kind in kinds:
                run = replace(_run(period, kind, due.at, now, returns), state=RunState.DROPPED)
                store.open_run(session, actor.group, run)
        failing.forget(session, actor.group, since=now - RECENT, at=now)


def _tell_of(
    session: Session, actor: Actor, due: Due, known: Sequence[Run], post: Post, *, now: datetime
) -> None:
    """Tell of the letter of a week; `known` is all that there is of the week."""
    run = next((run for run in known if run.is_timed), None)
    kinds = {run.kind for run in known if run.version == 1}
    waited = Waited(due.meeting.period, due.at, run)
    if waited.has_left and Kind.ALARM in telling.passed(due.at, now) and Kind.ALARM not in kinds:
        assert run is not None, "it has left"
        before = now - rules.SILENCE
        waited = replace(waited, waits=failing.waits(session, actor.group, run, before=before))
    for kind in telling.wanted(waited, kinds, now):
        _tell_one(session, actor, waited, kind, post, now=now)


def _tell_one(
    session: Session, actor: Actor, waited: Waited, kind: Kind, post: Post, *, now: datetime
) -> None:
    group, base_url = actor.group, post.base_url
    run = _run(waited.period, kind, waited.due_at, now)
    reaches = reaches_readers(session, actor, now=now)
    if kind is Kind.DELAYED and not reaches:
        store.open_run(session, group, replace(run, state=RunState.DROPPED))
    elif kind is Kind.DELAYED:
        head = _head(session, actor)
        letter = draw.delayed(group, waited.period, base_url=base_url, head=head)
        _put(session, actor, run, letter, None, post)
    elif kind is Kind.ALARM:
        letter = telling.alarm(group, waited, base_url)
        _put(session, actor, run, letter, _coordinators(session, actor), post)
    elif kind is Kind.ESCALATION:
        letter = telling.escalation(group, waited, base_url, is_told=reaches)
        _put(session, actor, run, letter, _signers(session, actor, kind), post)
    else:
        letter = telling.reminder(group, waited, base_url)
        _put(session, actor, run, letter, _signers(session, actor, kind), post)


def _tell_of_none(session: Session, actor: Actor, due: Due, post: Post, *, now: datetime) -> None:
    """Tell that there is no letter, once for all weeks until the day that was told."""
    group, period = actor.group, due.meeting.period
    if due.at > now or rules.is_too_late(due.at, now):
        return
    returns = calendar.next_day(session, actor, period)
    last = store.runs(session, group, [Kind.NONE], limit=1)
    if last and last[0].returns_on == returns and _still_away(session, actor, last[0], period):
        return
    letter = draw.no_letter(
        group, period, returns, base_url=post.base_url, head=_head(session, actor)
    )
    _put(session, actor, _run(period, Kind.NONE, due.at, now, returns), letter, None, post)


def _still_away(session: Session, actor: Actor, last: Run, period: Period) -> bool:
    """Whether no meeting has been held since a notice of none."""
    told_of = Period.named(last.week, weekday=actor.group.meeting_weekday)
    between = (period.first_day - told_of.first_day).days // 7
    if not 0 <= between <= FOLLOWED:
        return False
    dues = calendar.dues(session, actor, [period.previous(n) for n in range(between)])
    return all(due.meeting.is_skipped for due in dues)


def _tell_of_drafts(session: Session, actor: Actor, post: Post, *, now: datetime) -> None:
    """Tell of corrections and extra letters that wait to be approved: they go at once then."""
    for run, kind, version in untold_drafts(session, actor, now=now):
        period = Period.named(run.week, weekday=actor.group.meeting_weekday)
        letter = telling.reminder_of(actor.group, run, period, post.base_url)
        made = _run(period, kind, run.due_at, now, version=version)
        _put(session, actor, made, letter, _signers(session, actor, kind), post)


def untold_drafts(session: Session, actor: Actor, *, now: datetime) -> list[tuple[Run, Kind, int]]:
    """Return the drafts without a set time, with what is to be told of each in which version."""
    require(actor, Permission.WRITE_DIGEST)
    drafts = store.untimed(session, actor.group)
    found = store.of_weeks(session, actor.group, {run.week for run in drafts}) if drafts else []
    known = {(run.week, run.kind, run.version) for run in found}
    wanted = [
        (run, kind, run.version + (EXTRA_FROM if run.kind is Kind.EXTRA else 0))
        for run in drafts
        for kind in telling.wanted_of(run, now)
    ]
    return [each for each in wanted if (each[0].week, *each[1:]) not in known]


def _tell_of_failed(session: Session, actor: Actor, post: Post, *, now: datetime) -> None:
    """Tell the coordinators, the same day, which addresses a mailing has not reached."""
    group, since = actor.group, now - RECENT
    if not failing.failed(session, group, since=since):
        return
    schedule.letter_time(session, group)  # the lock: another clock may have seen the same
    found = failing.failed(session, group, since=since)
    for run in {delivery.run_id: run for run, delivery in found}.values():
        period = Period.named(run.week, weekday=group.meeting_weekday)
        lost = [delivery for of, delivery in found if of.id == run.id]
        letter = telling.missed(group, run, period, lost, post.base_url)
        before = store.newest(session, group, run.week, Kind.MISSED)
        version = before.version + 1 if before else 1
        made = _run(period, Kind.MISSED, now, now, version=version)
        _put(session, actor, made, letter, _coordinators(session, actor), post)
        for each in lost:
            store.note(session, group, run.id, Event(now, What.TOLD, delivery_id=each.id))


def _run(
    period: Period,
    kind: Kind,
    due_at: datetime,
    now: datetime,
    returns_on: date | None = None,
    *,
    version: int = 1,
) -> Run:
    return Run(
        new_id(),
        period.name,
        kind,
        version,
        due_at,
        RunState.APPROVED,
        late=False,
        made_at=now,
        returns_on=returns_on,
    )


def _put(
    session: Session,
    actor: Actor,
    run: Run,
    letter: Letter,
    to: Sequence[str] | None,
    post: Post,
) -> None:
    """Put something in the outbox, for the lists or some of the group; not a second time."""
    group, now = actor.group, run.made_at
    if not store.open_run(session, group, run):
        return
    letters.put_letters(session, group, run, dict.fromkeys(Form, letter))
    if to is None:
        put_out(session, actor, run, domain=domain(post.sender), now=now)
        return
    store.change(session, group, run, state=RunState.RELEASED, released_at=now)
    letters.release(session, group, run, at=now)
    addressed = [Addressed(mail, Form.FULL, MEMBERS) for mail in dict.fromkeys(to)]
    outbox.put_deliveries(session, group, run, addressed, domain=domain(post.sender), at=now)
    note(session, actor, run, What.TOLD, at=now)


def _signers(session: Session, actor: Actor, kind: Kind) -> list[str]:
    found = settling.signers(session, actor)
    return [place.mail for place in told(found, deputies=kind is Kind.ESCALATION)]


def _coordinators(session: Session, actor: Actor) -> list[str]:
    return [place.mail for place in people.members(session, actor.group, role=Role.COORDINATOR)]


def _head(session: Session, actor: Actor) -> Head:
    settled = schedule.schedule(session, actor.group)
    return Head(role=settled.role, contact=settled.contact, record=settled.record)
