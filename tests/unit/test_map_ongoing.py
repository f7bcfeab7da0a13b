"""Which problems and actions a map shows, where they stand on it, and what it says of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lagesbild.actions.rules import Action, Kind, State
from lagesbild.base.clock import Period
from lagesbild.base.geo import Point
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import Listed
from lagesbild.maps.rules import ongoing
from lagesbild.maps.rules.ongoing import Spot
from lagesbild.maps.rules.view import View
from lagesbild.people import rules as people
from lagesbild.people.rules import Organisation
from lagesbild.problems.rules import Direction, Problem
from tests.build import NOBODY, NOW

WEEK = Period.of(NOW)  # 12 to 18 November
FIRST = datetime(2026, 11, 11, 23, tzinfo=UTC)  # Thursday 12 November 00:00 in Sweden
NORTH = District(UUID(int=1), "N", "norra-as", "Norra Ås")
SOUTH = District(UUID(int=2), "S", "sodra-as", "Södra Ås")
VIEW = View(WEEK)


def problem(**changes: Any) -> Problem:  # noqa: ANN401 – any field of a problem
    usual = Problem(
        UUID(int=7), 19, "Buskörning", "", date(2026, 11, 1), "Torget", Direction.RISING
    )
    return replace(usual, **changes)


def action(**changes: Any) -> Action:  # noqa: ANN401 – any field of an action
    usual = Action(
        UUID(int=8), 2026, 118, "Vandra på kvällarna", "", "", "", date(2026, 11, 12),
        date(2026, 12, 3), Kind.SOCIAL, "", None, State.RUNNING,
        Organisation(NOBODY, "polis", "Polisen", people.Kind.POLICE),
    )  # fmt: skip
    return replace(usual, **changes)


def row(district_id: UUID | None) -> Listed:
    return Listed(
        UUID(int=9), "L-2026-000001", "BRA01", 1, NOW, None, "exakt", None, None, "", district_id,
        NOBODY, "bekraftad", "form", NOW, 1, 1, "", None, None, "exakt",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "closed_at", "goes_on"),
    [
        (date(2026, 11, 18), None, True),
        (date(2026, 11, 19), None, False),
        (date(2026, 1, 1), FIRST, True),
        (date(2026, 1, 1), FIRST - timedelta(seconds=1), False),
    ],
)
def test_a_problem_goes_on_from_its_first_day_until_it_is_closed(
    since: date, closed_at: datetime | None, *, goes_on: bool
) -> None:
    assert ongoing.problem_goes_on(problem(since=since, closed_at=closed_at), VIEW) is goes_on


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"decided_on": date(2026, 11, 18)}, True),
        ({"decided_on": date(2026, 11, 19)}, False),
        ({"state": State.PROPOSED}, False),
        ({"decided_on": None, "state": State.STOPPED, "closed_at": NOW}, False),
        ({"state": State.DONE, "closed_at": FIRST}, True),
        ({"state": State.DONE, "closed_at": FIRST - timedelta(seconds=1)}, False),
    ],
)
def test_an_action_goes_on_from_its_decision_until_it_is_closed(
    changes: dict[str, Any], *, goes_on: bool
) -> None:
    assert ongoing.action_goes_on(action(**changes), VIEW) is goes_on


def test_a_longer_view_holds_what_went_on_in_any_of_its_weeks() -> None:
    was = problem(closed_at=FIRST - timedelta(days=21))
    assert ongoing.problem_goes_on(was, View(WEEK, weeks=4))
    assert not ongoing.problem_goes_on(was, View(WEEK, weeks=1))


@pytest.mark.parametrize(
    ("own", "linked", "page", "is_here"),
    [
        (None, None, None, True),
        (NORTH, None, NORTH, True),
        (SOUTH, None, NORTH, False),
        (SOUTH, NORTH, NORTH, False),
        (None, NORTH, NORTH, True),
        (None, SOUTH, NORTH, False),
        (None, None, NORTH, False),
    ],
)
def test_a_district_has_what_is_said_of_it_or_happened_in_it(
    own: District | None, linked: District | None, page: District | None, *, is_here: bool
) -> None:
    rows = [row(linked.id)] if linked else []
    assert ongoing.is_here(own, rows, View(WEEK, district=page)) is is_here


def test_something_stands_where_most_of_its_incidents_are_near() -> None:
    points = [Point(17.90, 59.2), Point(17.91, 59.2), Point(17.99, 59.2)]
    assert ongoing.spot_of(points, Point(0, 0)) == Spot(Point(17.91, 59.2), 3)


def test_of_very_many_incidents_the_newest_tell_where() -> None:
    old, new = Point(17.90, 59.2), Point(17.99, 59.2)
    assert ongoing.spot_of([old] * 300 + [new] * 200, None) == Spot(new, 200)
    assert ongoing.spot_of([old] * 300 + [new] * 99, None) == Spot(old, 200)


def test_without_incidents_it_stands_at_the_name_of_its_district() -> None:
    assert ongoing.spot_of([], Point(17.9, 59.2)) == Spot(Point(17.9, 59.2), 0)


@pytest.mark.parametrize(
    ("spot", "said"),
    [
        (Spot(None), ""),
        (Spot(Point(17.9, 59.2)), "Visas mitt i området, platsen är inte känd."),
        (Spot(Point(17.9, 59.2), 1), "Visas vid händelsen som hör till."),
        (Spot(Point(17.9, 59.2), 2), "Visas vid den mittersta av 2 händelser som hör till."),
    ],
)
def test_what_the_place_stands_for_is_said(spot: Spot, said: str) -> None:
    assert spot.said == said


def test_the_middle_of_a_line_is_where_it_stands() -> None:
    line = {"type": "LineString", "coordinates": [[17.0, 59.0], [17.2, 59.4]]}
    found = ongoing.centre(line)
    assert (found.longitude, found.latitude) == pytest.approx((17.1, 59.2))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Problem sedan sön 1 nov, ökar"),
        ({"since": date(2025, 11, 1)}, "Problem sedan lör 1 nov 2025, ökar"),
        ({"closed_at": NOW}, "Problem sedan sön 1 nov till ons 18 nov"),
    ],
)
def test_a_problem_says_since_when_and_which_way(changes: dict[str, Any], said: str) -> None:
    assert ongoing.of_problem(problem(**changes), Spot(None), seen=NOW).said == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Åtgärd, pågår, klar senast tors 3 dec, Polisen"),
        ({"due": None}, "Åtgärd, pågår, Polisen"),
        ({"state": State.DONE, "closed_at": NOW}, "Åtgärd, klar, Polisen"),
    ],
)
def test_an_action_says_how_far_it_is_and_who_does_it(changes: dict[str, Any], said: str) -> None:
    assert ongoing.of_action(action(**changes), Spot(None), seen=NOW).said == said
