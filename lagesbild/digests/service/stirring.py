"""Whether the clock has anything to do with a group's letters. Most minutes it has not.

Asked too often is only slow; what is left out here is never done. So nothing is judged that takes
more than what two weeks' meetings and one question tell: then the clock goes through it all.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from lagesbild.base.db import Session, reading
from lagesbild.digests import rules
from lagesbild.digests.rules import Kind, Run, RunState
from lagesbild.digests.rules.telling import Waited, wanted
from lagesbild.digests.service import calendar, planning, telling
from lagesbild.digests.service.calendar import Due
from lagesbild.digests.store import runs as store
from lagesbild.digests.store.stirring import Stirs, Within, stirs
from lagesbild.people.rules import Actor, Permission, require

WITHIN = Within(planning.RECENT, telling.RECENT, rules.LATEST, telling.CALLED)


def is_idle(actor: Actor, *, now: datetime) -> bool:
    """Whether nothing is to be drafted, to leave, to be mended or to be told at a moment."""
    require(actor, Permission.WRITE_DIGEST)
    with reading(actor.gate) as session:
        found = stirs(session, actor.group, WITHIN, now=now)
        return not found.anything and _is_still(session, actor, found, now=now)


def _is_still(session: Session, actor: Actor, found: Stirs, *, now: datetime) -> bool:
    if found.waiting and telling.untold_drafts(session, actor, now=now):
        return False
    dues = calendar.dues(session, actor, rules.newest(actor.group, now))
    known = store.of_weeks(session, actor.group, [due.meeting.period.name for due in dues])
    return not any(
        _is_to_draft(due, of_week) or _is_to_tell(actor, due, of_week, now)
        for due in dues
        for of_week in [_of_week(known, due)]
    )


def _of_week(known: Sequence[Run], due: Due) -> list[Run]:
    return [run for run in known if run.week == due.meeting.period.name]


def _timed(known: Sequence[Run]) -> Run | None:
    return next((run for run in known if run.is_timed), None)


def _is_to_draft(due: Due, known: Sequence[Run]) -> bool:
    """Whether a week's letter is to be drafted, or to follow the calendar."""
    run = _timed(known)
    if run is None:
        return due.meeting.fixed_at is not None
    return run.state in (RunState.DRAFT, RunState.APPROVED) and run.due_at != due.at


def _is_to_tell(actor: Actor, due: Due, known: Sequence[Run], now: datetime) -> bool:
    """Whether there may be something to tell of a week's letter, where none is under way."""
    run = _timed(known)
    if due.at.astimezone(UTC) < actor.group.schedule_since:
        return False
    if due.meeting.is_skipped and run is None:
        is_told = any(each.kind is Kind.NONE for each in known)
        return not is_told and due.at <= now and not rules.is_too_late(due.at, now)
    kinds = {each.kind for each in known if each.version == 1}
    is_held = run is not None and run.state is RunState.HELD  # perhaps with some not yet sent
    waited = Waited(due.meeting.period, due.at, run, waits=is_held)
    return bool(wanted(waited, kinds, now))
