"""When a group's letters are due, as its meetings are."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.digests import rules
from lagesbild.meetings.rules.series import Meeting
from lagesbild.meetings.store import meetings as store
from lagesbild.people.rules import Actor, Permission, require

FARTHEST = 30  # weeks: no group's break is longer


class Due(NamedTuple):
    """A meeting, and when the letter about its week is due; also of one that is not held."""

    meeting: Meeting
    at: datetime


def dues(session: Session, actor: Actor, periods: Sequence[Period]) -> list[Due]:
    """Return when the letters about periods are due, in their order."""
    require(actor, Permission.READ_MEETING)
    group = actor.group
    met = store.during(session, group, periods)
    return [Due(m, rules.due_of(group, m.period, m.starts_at)) for m in met]


def following(session: Session, actor: Actor, period: Period) -> list[Due]:
    """Return the letters after that of a period, as far ahead as a break can last."""
    require(actor, Permission.READ_MEETING)
    return dues(session, actor, [period.previous(-n) for n in range(1, FARTHEST + 1)])


def next_day(session: Session, actor: Actor, period: Period) -> date | None:
    """Return the day of the next letter after that of a period, None while no end is in sight."""
    require(actor, Permission.READ_MEETING)
    found = (due for due in following(session, actor, period) if not due.meeting.is_skipped)
    return next((due.at.date() for due in found), None)
