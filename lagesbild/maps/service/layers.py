"""What a map draws besides incidents one by one: where they are close, and what goes on there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import orjson

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Action
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.geo import Point
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Listed
from lagesbild.incidents.service import density as counting
from lagesbild.maps.rules import layers
from lagesbild.maps.rules import ongoing as goes_on
from lagesbild.maps.rules.layers import Density
from lagesbild.maps.rules.ongoing import Ongoing, Spot
from lagesbild.maps.rules.view import View
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Problem

MOST = 2000  # incidents that tell where problems and actions are

Rows = dict[UUID, list[Listed]]  # by the problem or the action that they belong to


def density(session: Session, actor: Actor, view: View) -> Density:
    """Return the hexagons of a view with their numbers, where there are enough incidents."""
    require(actor, Permission.READ_WEEK)
    return layers.density(counting.hexagons(session, actor, view.filter()))


def densest(session: Session, actor: Actor, found: Density) -> list[str]:
    """Return where the fullest hexagons are, in words, the fullest first."""
    require(actor, Permission.READ_WEEK)
    known = {district.id: district for district in districts.districts(session, actor)}
    return layers.densest(found.cells, known)


def ongoing(session: Session, actor: Actor, view: View, *, now: datetime) -> list[Ongoing]:
    """Return the problems and actions that go on in the weeks of a view, and where they stand."""
    require(actor, Permission.READ_WEEK)
    known = [p for p in problems.all_of(session, actor) if goes_on.problem_goes_on(p, view)]
    done = _actions(session, actor, view, now=now)
    rows = _linked(session, actor, known, done)
    outlines = districts.outlines(session, actor, on=view.period.last_day)
    labels = {o.district.id: Point(o.label_longitude, o.label_latitude) for o in outlines}
    spot, seen = partial(_spot, view, labels), view.period.end
    return [
        goes_on.of_problem(problem, at, seen=seen)
        for problem in known
        if (at := spot(problem.district, rows[problem.id]))
    ] + [
        goes_on.of_action(action, at, seen=seen)
        for action in done
        if (at := spot(action.district, _of_action(action, rows)))
    ]


def _of_action(action: Action, rows: Rows) -> list[Listed]:
    """Return an action's own incidents, or those of the problem that it is against."""
    if not rows[action.id] and action.problem_id:
        return rows[action.problem_id]
    return rows[action.id]


def _actions(session: Session, actor: Actor, view: View, *, now: datetime) -> list[Action]:
    today = now.astimezone(STOCKHOLM).date()
    known = [
        *actions.open_at(session, actor, today=today),
        *actions.closed_since(session, actor, view.start),
    ]
    return [action for action in known if goes_on.action_goes_on(action, view)]


def _linked(
    session: Session, actor: Actor, known: Sequence[Problem], done: Sequence[Action]
) -> Rows:
    """Return the incidents of problems and actions that the actor sees, of the newest `MOST`."""
    causes = {p.id for p in known} | {a.problem_id for a in done if a.problem_id}
    links = problems.links(session, actor, causes) | actions.links(
        session, actor, {action.id for action in done}
    )
    ids = tuple({incident for _, incident in links})
    found = incidents.listing(session, actor, Filter(ids=ids), limit=MOST) if ids else []
    seen = {row.id: row for row in found}
    rows: Rows = defaultdict(list)
    for one, incident in sorted(links):
        if incident in seen:
            rows[one].append(seen[incident])
    return rows


def _spot(
    view: View, labels: Mapping[UUID, Point], district: District | None, linked: Sequence[Listed]
) -> Spot | None:
    """Return where something stands on the map of a view; None where it does not belong there."""
    if not goes_on.is_here(district, linked, view):
        return None
    here = view.district
    places = [row.place for row in linked if here is None or row.district_id == here.id]
    return goes_on.spot_of(
        [goes_on.centre(orjson.loads(place)) for place in places if place],
        labels.get(district.id) if district else None,
    )
