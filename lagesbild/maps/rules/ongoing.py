"""Which problems and actions a map shows, and where they stand on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lagesbild.actions.rules import STATE_TEXT, Action, State
from lagesbild.base.clock import STOCKHOLM, day_text
from lagesbild.base.geo import Point
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import Listed
from lagesbild.incidents.rules.nearness import metres
from lagesbild.maps.rules import box_of
from lagesbild.maps.rules.view import View
from lagesbild.problems.rules import DIRECTION_TEXT, Problem

PROBLEM, ACTION = SORTS = "problem", "atgard"
NEWEST = 200  # incidents that tell where something stands: each is measured to all the others


@dataclass(frozen=True)
class Spot:
    """Where something stands on the map. `at` None: neither a place nor a district is known."""

    at: Point | None
    incidents: int = 0  # that tell where; 0 where only the district does

    @property
    def said(self) -> str:
        """What the place stands for, in words; empty where there is none."""
        if self.at is None:
            return ""
        if not self.incidents:
            return "Visas mitt i området, platsen är inte känd."
        if self.incidents == 1:
            return "Visas vid händelsen som hör till."
        return f"Visas vid den mittersta av {self.incidents} händelser som hör till."


@dataclass(frozen=True)
class Ongoing:
    """A problem or an action on the map."""

    kind: str  # `PROBLEM` or `ACTION`
    reference: str
    title: str
    said: str
    where: str
    spot: Spot


def problem_goes_on(problem: Problem, view: View) -> bool:
    """Whether a problem goes on at some time of the weeks that a view shows."""
    if problem.since > view.period.last_day:
        return False
    return problem.closed_at is None or problem.closed_at >= view.start


def action_goes_on(action: Action, view: View) -> bool:
    """Whether something that was decided is worked on at some time of the weeks of a view."""
    decided = action.decided_on
    if action.state is State.PROPOSED or decided is None or decided > view.period.last_day:
        return False
    return action.closed_at is None or action.closed_at >= view.start


def is_here(district: District | None, linked: Sequence[Listed], view: View) -> bool:
    """Whether something of a district, or with incidents in one, belongs to the page of a view."""
    if view.district is None:
        return True
    if district is not None:
        return district.id == view.district.id
    return any(row.district_id == view.district.id for row in linked)


def of_problem(problem: Problem, spot: Spot, *, seen: datetime) -> Ongoing:
    """Return what the map says of a problem to somebody who looks at a moment."""
    closed = problem.closed_at
    until = day_text(closed.astimezone(STOCKHOLM).date(), seen=seen) if closed else ""
    how = f" till {until}" if closed else f", {DIRECTION_TEXT[problem.direction]}"
    said = f"Problem sedan {day_text(problem.since, seen=seen)}{how}"
    return Ongoing(PROBLEM, problem.reference, problem.title, said, problem.where, spot)


def of_action(action: Action, spot: Spot, *, seen: datetime) -> Ongoing:
    """Return what the map says of an action to somebody who looks at a moment."""
    due = ""
    if action.due and action.is_open:
        due = f", klar senast {day_text(action.due, seen=seen)}"
    said = f"Åtgärd, {STATE_TEXT[action.state]}{due}, {action.by}"
    return Ongoing(ACTION, action.reference, action.what, said, action.where, spot)


def spot_of(points: Sequence[Point], label: Point | None) -> Spot:
    """Return where something stands: amid its newest incidents, else at its district's name.

    The points of the newest come last.
    """
    newest = points[-NEWEST:]
    found = middle(newest)
    return Spot(found, len(newest)) if found else Spot(label)


def centre(geometry: Mapping[str, object]) -> Point:
    """Return the middle of the box around a GeoJSON geometry."""
    return box_of([geometry]).middle


def middle(points: Sequence[Point]) -> Point | None:
    """Return that of some points which is nearest to all the others; None of none.

    One of them, since the mean of several may be where nothing ever happened.
    """
    return min(points, key=lambda one: sum(metres(one, other) for other in points), default=None)
