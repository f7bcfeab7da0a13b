"""Whether there is anything to do with a group's letters: one question, asked every minute."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Exists, exists, or_, select

from lagesbild.base.db import Session
from lagesbild.base.outbox import State
from lagesbild.digests.rules import Kind, RunState
from lagesbild.digests.store.failing import are_uncalled, have_failed
from lagesbild.digests.store.outdated import are_outdated
from lagesbild.digests.store.runs import are_untimed, of
from lagesbild.digests.store.tables import DeliveryRow, RunRow
from lagesbild.meetings.rules.snapshot import Fixing
from lagesbild.meetings.store.tables import FixedRow
from lagesbild.people.rules import Group


class Within(NamedTuple):
    """For how long back what has happened is told of."""

    extra: timedelta
    failed: timedelta
    alarms: timedelta
    called: str  # what is noted of an alarm once somebody has been called


class Stirs(NamedTuple):
    """Whether something has to be done, and whether a draft without a set time waits."""

    anything: bool
    waiting: bool


def stirs(session: Session, group: Group, within: Within, *, now: datetime) -> Stirs:
    """Return it, with one question."""
    anything = or_(
        _is_under_way(group),
        exists().where(*of(group), RunRow.state == RunState.APPROVED, RunRow.due_at <= now),
        _is_undrafted(group, now - within.extra),
        are_outdated(group).exists(),
        have_failed(group, since=now - within.failed).exists(),
        are_uncalled(group, detail=within.called, since=now - within.alarms).exists(),
    )
    query = select(anything, exists().where(*are_untimed(group)))
    return Stirs(*session.execute(query).one())


def _is_under_way(group: Group) -> Exists:
    """Whether a delivery waits or has begun; what waits in a mailing that is held goes nowhere."""
    is_waiting: ColumnElement[bool] = (DeliveryRow.state == State.PENDING) & (
        RunRow.state == RunState.RELEASED
    )
    return exists().where(
        *of(group),
        DeliveryRow.municipality_id == RunRow.municipality_id,
        DeliveryRow.run_id == RunRow.id,
        or_(is_waiting, DeliveryRow.state == State.SENDING),
    )


def _is_undrafted(group: Group, since: datetime) -> Exists:
    """Whether an extra picture has no letter."""
    is_drafted = exists().where(
        *of(group),
        RunRow.week == FixedRow.week,
        RunRow.kind == Kind.EXTRA,
        RunRow.version == FixedRow.number,
    )
    return exists().where(
        FixedRow.municipality_id == group.municipality_id,
        FixedRow.group_id == group.id,
        FixedRow.kind == Fixing.EXTRA,
        FixedRow.fixed_at >= since,
        ~is_drafted,
    )
