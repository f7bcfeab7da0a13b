"""What is new to the group, and what in it may be the same, on a real database."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from sqlalchemy import Connection, event, text

from lagesbild.base.clock import Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import NotAllowedError
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Draft, Filter, GeoJson, Incident, Verification, Visibility
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.intake import Pair
from lagesbild.incidents.service import intake
from lagesbild.people.rules import Actor, Group, Organisation, Role
from tests.build import NOW, draft
from tests.conftest import join

LATER = NOW + timedelta(minutes=1)
HOUR = timedelta(hours=1)
BASE = (668_120.0, 6_573_839.0)  # SWEREF 99 TM, in the northern square
_DEGREES = Transformer.from_crs(3006, 4326, always_xy=True)


def at(east: float = 0, north: float = 0) -> GeoJson:
    """Return a point so many metres from the base."""
    longitude, latitude = _DEGREES.transform(BASE[0] + east, BASE[1] + north)
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude:.8f},{latitude:.8f}]}}')


def log(actor: Actor, *, now: datetime = NOW, **changes: object) -> Incident:
    usual = {
        "place": at(),
        "occurred_from": NOW - 5 * HOUR,
        "organisation_id": actor.organisation_id,
    }
    with transaction(actor.gate) as session:
        return incidents.report(session, actor, draft(**(usual | changes)), now=now)


def new(actor: Actor, *, now: datetime = LATER) -> list[str]:
    with reading(actor.gate) as session:
        wanted = Filter(new_since=intake.new_since(actor, now=now))
        return sorted(row.reference for row in incidents.listing(session, actor, wanted, limit=99))


def pairs(actor: Actor) -> list[Pair]:
    with reading(actor.gate) as session:
        return intake.pairs(session, actor, now=LATER)


def review(actor: Actor, *seen: Incident, now: datetime = LATER) -> int:
    with transaction(actor.gate) as session:
        return intake.review(session, actor, [each.id for each in seen], now=now)


# --- What is new ------------------------------------------------------------------------------


def test_what_nobody_has_gone_through_is_new_to_everybody(
    member: Actor, coordinator: Actor
) -> None:
    logged = log(member)
    assert new(member) == new(coordinator) == [logged.reference]
    assert review(coordinator, logged) == 1
    assert new(member) == new(coordinator) == []


def test_going_through_twice_is_once_and_the_first_stays(member: Actor, coordinator: Actor) -> None:
    logged = log(member)
    assert (review(coordinator, logged), review(member, logged, now=LATER + HOUR)) == (1, 0)
    with reading(member.gate) as session:
        first = intake.review_of(session, member, logged)
    assert first == (LATER, coordinator.organisation_id)


def test_what_was_gone_through_at_once_is_taken_back_at_once(
    member: Actor, coordinator: Actor
) -> None:
    logged = [log(member) for _ in range(3)]
    review(coordinator, *logged[:2])
    review(coordinator, logged[2], now=LATER + HOUR)
    with transaction(member.gate) as session:
        assert intake.undo(session, member, at=LATER, now=LATER) == 0, "that was another person"
    with transaction(coordinator.gate) as session:
        assert intake.undo(session, coordinator, at=LATER, now=LATER) == 2
        assert intake.undo(session, coordinator, at=LATER, now=LATER) == 0
    assert new(member) == [logged[0].reference, logged[1].reference]


WINDOW = Period.named("2026-W46").start  # of the week before the running


@pytest.mark.parametrize(
    ("registered", "number"),
    [(WINDOW - timedelta(microseconds=1), 0), (WINDOW, 1)],
)
def test_new_is_what_was_logged_since_the_week_of_the_meeting_before(
    registered: datetime,
    number: int,
    member: Actor,
) -> None:
    log(member, now=registered, occurred_from=registered - HOUR)
    assert len(new(member)) == number


def test_what_is_historical_private_or_withdrawn_is_not_gone_through(member: Actor) -> None:
    log(member, historical=True)
    private = log(member, visibility=Visibility.OWN)
    gone = log(member)
    with transaction(member.gate) as session:
        incidents.withdraw(session, member, gone.id, version=1, reason=Reason("Fel"), now=NOW)
    assert new(member) == []
    assert review(member, private, gone) == 0


def test_a_group_goes_through_for_itself(member: Actor, connection: Connection) -> None:
    logged = log(member)
    review(member, logged)
    connection.execute(text("RESET ROLE"))
    other = replace(member.group, id=new_id(), slug="ostra")
    query = (
        "INSERT INTO groups (municipality_id, id, slug, name, schedule_since)"
        " SELECT municipality_id, :id, :slug, name, schedule_since FROM groups"
    )
    connection.execute(text(query), {"id": other.id, "slug": other.slug})
    assert new(replace(member, group=other)) == [logged.reference]


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ANALYST, Role.READER, Role.ADMIN])
def test_others_than_members_and_coordinators_go_through_nothing(
    role: Role, group: Group, organisations: dict[str, Organisation]
) -> None:
    actor = join(group, organisations["kommun"], role)
    with reading(actor.gate) as session:
        for asked in (intake.waiting, intake.pairs):
            with pytest.raises(NotAllowedError):
                asked(session, actor, now=LATER)
        with pytest.raises(NotAllowedError):
            incidents.listing(session, actor, Filter(new_since=NOW), limit=1)


# --- What may be the same ---------------------------------------------------------------------


def test_two_organisations_near_each_other_are_shown_with_how_far_apart_they_are(
    member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    first = log(member)
    second = log(firefighter, place=at(30, 40), occurred_from=NOW - 4 * HOUR)
    [pair] = pairs(coordinator)
    assert [pair.one.reference, pair.other.reference] == [first.reference, second.reference]
    assert (pair.metres, pair.apart) == (50, HOUR)
    assert pair.text == "50\N{NO-BREAK SPACE}m isär, 1\N{NO-BREAK SPACE}h emellan"


@pytest.mark.parametrize(("metres", "found"), [(150, 1), (151, 0)])
@pytest.mark.parametrize("way", [(1, 0), (0, -1), (-0.6, 0.8)])
def test_a_hundred_and_fifty_metres_are_near(
    metres: int, found: int, way: tuple[float, float], member: Actor, firefighter: Actor
) -> None:
    log(member)
    log(firefighter, place=at(metres * way[0], metres * way[1]))
    assert len(pairs(member)) == found


@pytest.mark.parametrize(("seconds", "found"), [(3 * 3600, 1), (3 * 3600 + 1, 0)])
@pytest.mark.parametrize("sign", [1, -1])
def test_three_hours_are_near(
    seconds: int, found: int, sign: int, member: Actor, firefighter: Actor
) -> None:
    log(member)
    log(firefighter, occurred_from=NOW - 5 * HOUR + sign * timedelta(seconds=seconds))
    assert len(pairs(member)) == found


def test_time_runs_from_the_end_of_what_came_first(member: Actor, firefighter: Actor) -> None:
    log(member, occurred_from=NOW - 9 * HOUR, occurred_to=NOW - 4 * HOUR)
    log(firefighter, occurred_from=NOW - 2 * HOUR)
    [pair] = pairs(member)
    assert pair.apart == 2 * HOUR


def test_how_near_is_the_groups_own_choice(member: Actor, firefighter: Actor) -> None:
    log(member)
    log(firefighter, place=at(40), occurred_from=NOW - 3 * HOUR)
    for metres, hours, found in ((40, 2, 1), (39, 2, 0), (40, 1, 0)):
        group = replace(member.group, near_metres=metres, near_hours=hours)
        assert len(pairs(replace(member, group=group))) == found


@pytest.mark.parametrize(("metres", "found"), [(40, 1), (39, 0)])
def test_who_logs_is_asked_as_near_as_the_group_has_chosen(
    metres: int,
    found: int,
    member: Actor,
    firefighter: Actor,
) -> None:
    log(member)
    actor = replace(firefighter, group=replace(member.group, near_metres=metres))
    made = draft(place=at(40), occurred_from=NOW - 5 * HOUR, organisation_id=actor.organisation_id)
    assert asks(actor, made) == found


def asks(actor: Actor, made: Draft) -> int:
    with reading(actor.gate) as session:
        return len(incidents.near(session, actor, made))


def test_one_organisation_is_not_compared_with_itself(member: Actor) -> None:
    log(member)
    log(member)
    assert pairs(member) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "SKA01"},
        {"severity": 0, "severity_reason": "bara information"},
        {"verification": Verification.REJECTED},
        {"historical": True},
        {"place": None},
        {"place": GeoJson('{"type":"LineString","coordinates":[[17.95,59.27],[17.951,59.27]]}')},
        {"visibility": Visibility.OWN},
    ],
    ids=["another type", "information", "rejected", "historical", "no place", "a line", "private"],
)
def test_what_is_no_such_point_or_not_counted_is_not_suggested(
    changes: dict[str, Any], member: Actor, firefighter: Actor
) -> None:
    log(member)
    log(firefighter, **changes)
    assert pairs(member) == pairs(firefighter) == []


def test_a_pair_that_was_gone_through_is_not_suggested_again(
    member: Actor, firefighter: Actor
) -> None:
    both = log(member), log(firefighter)
    review(member, both[0])
    assert len(pairs(member)) == 1
    review(member, both[1])
    assert pairs(member) == []


@pytest.mark.parametrize("code", ["STO01", "VAL05"])
def test_a_place_that_is_not_shown_exactly_is_not_told_by_a_suggestion(
    code: str, member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    log(member, category=code)
    log(firefighter, category=code)
    for actor in (member, firefighter, coordinator):
        assert pairs(actor) == []


def test_a_sensitive_type_is_suggested_to_who_sees_both_places(
    member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    log(member, category="STO01")  # its owner sees it exactly
    log(firefighter, category="STO03")  # a type that everybody sees exactly
    assert len(pairs(member)) == 1
    assert pairs(firefighter) == pairs(coordinator) == []


def test_pairs_are_asked_for_in_two_questions_however_many_there_are(
    member: Actor, firefighter: Actor, connection: Connection
) -> None:
    for _ in range(4):
        log(member)
        log(firefighter)
    asked = []
    with reading(member.gate) as session:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert len(intake.pairs(session, member, now=LATER)) == 16
        assert len(asked) == 2


SPOT = st.tuples(st.integers(-200, 200), st.integers(-200, 200), st.integers(0, 240))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.booleans(), SPOT), max_size=7))
def test_the_query_finds_what_comparing_each_with_each_finds(
    member: Actor, firefighter: Actor, spots: list[tuple[bool, tuple[int, int, int]]]
) -> None:
    found = {}
    for is_fire, (east, north, minutes) in spots:
        when = NOW - 5 * HOUR + timedelta(minutes=minutes)
        made = log(firefighter if is_fire else member, place=at(east, north), occurred_from=when)
        found[made.reference] = is_fire, east, north, minutes
    expected = {
        (one, other)
        for (one, a), (other, b) in combinations(found.items(), 2)
        if a[0] is not b[0]
        and round(((a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2) ** 0.5) <= 150
        and abs(a[3] - b[3]) <= 180
    }
    assert {(p.one.reference, p.other.reference) for p in pairs(member)} == expected
    with transaction(member.gate) as session:
        session.execute(text("RESET ROLE"))
        for table in ("incident_parts", "incidents"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 – the two above
