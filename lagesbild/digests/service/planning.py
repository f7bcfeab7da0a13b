"""What the clock drafts: letters after fixed pictures, after extra ones, and corrections. Once."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, transaction
from lagesbild.digests.rules import Kind, Run, RunState, What, newest
from lagesbild.digests.service import calendar, drafting
from lagesbild.digests.service.calendar import Due
from lagesbild.digests.service.drafting import Compared
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import letters
from lagesbild.digests.store import runs as store
from lagesbild.digests.store.letters import Worded
from lagesbild.digests.store.outdated import outdated
from lagesbild.meetings.rules.snapshot import Fixing
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Permission, require

RECENT = timedelta(days=7)  # an extra picture from before is no news
MOST_PICTURES = 50


def plan(actor: Actor, *, now: datetime) -> None:
    """Draft the letters whose pictures are fixed, and let those that wait follow the calendar."""
    require(actor, Permission.WRITE_DIGEST)
    with transaction(actor.gate) as session:
        dues = calendar.dues(session, actor, newest(actor.group, now))
        weeks = [due.meeting.period.name for due in dues]
        found = {r.week: r for r in store.of_weeks(session, actor.group, weeks) if r.is_timed}
        for due in dues:
            if due.meeting.period.name in found:
                _follow(session, actor, found[due.meeting.period.name], due)
            elif due.meeting.fixed_at is not None:
                drafting.draft(session, actor, due.meeting.period, now=now)


def _follow(session: Session, actor: Actor, run: Run, due: Due) -> None:
    """Let a letter that has not left go when the group's settings say so now."""
    if run.state in (RunState.DRAFT, RunState.APPROVED) and run.due_at != due.at:
        store.change(session, actor.group, run, due_at=due.at)


def plan_extra(actor: Actor, *, now: datetime) -> None:
    """Draft the letters that follow extra pictures."""
    require(actor, Permission.WRITE_DIGEST)
    group = actor.group
    with transaction(actor.gate) as session:
        heads = [
            head
            for head in fixing.latest(session, actor, limit=MOST_PICTURES)
            if head.kind is Fixing.EXTRA and now - head.fixed_at <= RECENT
        ]
        runs = store.of_weeks(session, group, {head.week for head in heads}) if heads else []
        known = {(run.week, run.version) for run in runs if run.kind is Kind.EXTRA}
        for head in heads:
            if (head.week, head.number) not in known:
                period = Period.named(head.week, weekday=group.meeting_weekday)
                at = head.fixed_at
                drafting.draft_extra(session, actor, period, head.number, fixed_at=at, now=now)


def plan_corrections(actor: Actor, *, now: datetime) -> None:
    """Draft corrections of letters whose figures were corrected, if readers see another letter."""
    require(actor, Permission.WRITE_DIGEST)
    with transaction(actor.gate) as session:
        for run in outdated(session, actor.group):
            _correct(session, actor, run, now=now)


def _correct(session: Session, actor: Actor, run: Run, *, now: datetime) -> None:
    """Bring the correction of a letter up to date; `run` is the newest version of the letter."""
    left = store.last_released(session, actor.group, run.week)
    if left is None:
        return
    found = drafting.compared(session, actor, left)
    if run.is_open:
        _renew(session, actor, run, (left, found), now=now)
    elif found.changed:
        drafting.open_correction(session, actor, left, found, now=now)
    else:
        note(session, actor, run, What.COMPARED, at=now)


def _renew(
    session: Session, actor: Actor, run: Run, of: tuple[Run, Compared], *, now: datetime
) -> None:
    """Let a drafted correction say what is changed now; what people wrote beside it stays."""
    left, found = of
    draft = drafting.drafted(session, actor, run)
    before = store.publication_of(session, actor.group, run)
    ours = drafting.compared(session, actor, left, with_=before).changed.splitlines()
    theirs = [line for line in draft.latest.changed.splitlines() if line not in ours]
    changed = "\n".join([*found.changed.splitlines(), *theirs])
    made = asdict(replace(draft.latest, changed=changed))
    letters.put_wording(
        session, actor.group, run, Worded(draft.version + 1, now, draft.author, made)
    )
    store.change(session, actor.group, run, publication_id=found.publication_id)
    note(session, actor, run, What.EDITED, at=now)
