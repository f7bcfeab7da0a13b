"""What stands beside the map of a view, and how its incidents lie in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Action
from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import Window, types
from lagesbild.analysis.rules.marks import BASELINE
from lagesbild.analysis.rules.types import Common
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session
from lagesbild.districts.rules import District
from lagesbild.districts.store import inhabitants
from lagesbild.incidents.service import over_time
from lagesbild.maps.rules import beside as rules
from lagesbild.maps.rules import hours as drawing
from lagesbild.maps.rules.beside import Inhabited, Stretch
from lagesbild.maps.rules.view import View
from lagesbild.meetings.rules import Picture
from lagesbild.meetings.rules.earlier import Earlier
from lagesbild.meetings.service.earlier import earlier
from lagesbild.meetings.service.week import windows_of
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Problem

ASSESSMENTS = 5  # weeks


@dataclass(frozen=True)
class Beside:
    """All of it; what is open of problems and actions is of now, whichever week is shown."""

    stretches: Sequence[Stretch]
    types: Sequence[Common]
    hours: drawing.Picture
    inhabited: Inhabited | None
    problems: Sequence[Problem]
    actions: Sequence[Action]
    assessments: Sequence[Earlier]


def beside(
    session: Session,
    actor: Actor,
    view: View,
    whole: Picture,
    *,
    first: datetime | None,
    now: datetime,
) -> Beside:
    """Return what stands beside a map; stretches and hours follow the view's filter.

    There are figures since `first`.
    """
    require(actor, Permission.READ_WEEK)
    numbers = over_time.in_ranges(session, actor, view.filter(), rules.ranges_of(view))
    stretches = rules.stretches(view, numbers, first=first, now=now)
    here = view.district
    return Beside(
        stretches,
        _types(session, actor, view, whole, first=first),
        drawing.picture(over_time.hours(session, actor, view.filter())),
        _inhabited(session, actor, view, stretches[-1], [d for d, _ in whole.districts]),
        [p for p in problems.open_at(session, actor) if here is None or p.district == here],
        [
            a
            for a in actions.open_at(session, actor, today=now.astimezone(STOCKHOLM).date())
            if here is None or a.district == here
        ],
        earlier(session, actor, view.period, here, limit=ASSESSMENTS),
    )


def weeks(actor: Actor, shown: Period, *, first: datetime | None, now: datetime) -> list[Period]:
    """Return the weeks that can be looked at, the oldest first, the shown one among them."""
    require(actor, Permission.READ_WEEK)
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    return rules.weeks_known(shown, first=first, running=running)


def _types(
    session: Session, actor: Actor, view: View, whole: Picture, *, first: datetime | None
) -> list[Common]:
    """Return the most common types of the view's weeks and district, without its other filters."""
    period, weeks = view.period, view.weeks
    if weeks == 1:
        periods = [period.previous(n) for n in range(BASELINE + 1)]
        windows = windows_of(session, actor, periods, known_at=whole.known_at)
    else:
        last = (period, period.previous(weeks))
        windows = [Window(p.previous(weeks - 1).start, p.end, whole.known_at) for p in last]
    counts = analysis.types(
        session,
        actor.group.municipality_id,
        windows,
        known_at=whole.known_at,
        district_id=view.district.id if view.district else None,
    )
    has_before, is_over = first is not None and first <= windows[1].start, whole.is_over
    if weeks > 1:
        return types.of_period(counts, has_before=has_before, is_over=is_over)
    return types.of_week(counts, weeks=whole.weeks_known, has_before=has_before, is_over=is_over)


def _inhabited(
    session: Session,
    actor: Actor,
    view: View,
    year: Stretch,
    districts: Sequence[District],
) -> Inhabited | None:
    """Return what can be said for each thousand inhabitants; nothing of a part of a district."""
    if view.box is not None:
        return None
    known = inhabitants.known(session, actor.group.municipality_id, on=view.period.last_day)
    return rules.inhabited(year, known, [view.district] if view.district else districts)
