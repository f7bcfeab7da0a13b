"""How the incidents of a filter lie in time: in ranges, and at the hours of a week."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lagesbild.base import db
from lagesbild.base.errors import NotAllowedError
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, TimePrecision
from lagesbild.incidents.rules.over_time import Hours, Range
from lagesbild.incidents.service import over_time
from lagesbild.people.rules import Actor
from tests.build import NOW, draft

WEDNESDAY = 2 * 24  # the slot of its first hour


def log(actor: Actor, since: str, until: str | None = None, **changes: Any) -> None:  # noqa: ANN401 – any field
    made = draft(
        organisation_id=actor.organisation_id,
        occurred_from=datetime.fromisoformat(since),
        occurred_to=datetime.fromisoformat(until) if until else None,
        place=None,
        district="norra-as",
        **changes,
    )
    with db.transaction(actor.gate) as session:
        incidents.report(session, actor, made, now=NOW)


def hours(actor: Actor, wanted: Filter | None = None) -> Hours:
    with db.reading(actor.gate) as session:
        return over_time.hours(session, actor, wanted or Filter())


def at(found: Hours) -> dict[int, float]:
    return {slot: round(n, 4) for slot, n in enumerate(found.numbers) if n}


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-11-16T00:00+01:00", 0),
        ("2026-11-15T23:59+01:00", 167),
        ("2026-11-18T11:59+01:00", WEDNESDAY + 11),
        ("2026-11-18T12:00+01:00", WEDNESDAY + 12),
        ("2026-07-15T12:00+02:00", WEDNESDAY + 12),  # summer time
    ],
)
def test_a_known_moment_counts_in_its_swedish_hour(member: Actor, moment: str, slot: int) -> None:
    log(member, moment)
    assert at(hours(member)) == {slot: 1}


def test_a_span_is_spread_evenly_over_its_hours(member: Actor) -> None:
    log(
        member,
        "2026-11-17T22:30+01:00",
        "2026-11-18T01:30+01:00",
        time_precision=TimePrecision.WINDOW,
    )
    found = hours(member)
    tuesday = 24
    assert at(found) == {
        tuesday + 22: 0.1667,
        tuesday + 23: 0.3333,
        WEDNESDAY: 0.3333,
        WEDNESDAY + 1: 0.1667,
    }
    assert (found.number, found.spread, found.left_out) == (1, 1, 0)


def test_a_span_over_the_end_of_the_week_goes_on_in_its_first_hours(member: Actor) -> None:
    log(
        member,
        "2026-11-15T23:00+01:00",
        "2026-11-16T01:00+01:00",
        time_precision=TimePrecision.WINDOW,
    )
    assert at(hours(member)) == {167: 0.5, 0: 0.5}


def test_a_night_is_a_night_when_the_clock_is_put_forward(member: Actor) -> None:
    log(
        member,
        "2026-03-28T22:00+01:00",
        "2026-03-29T06:00+02:00",
        time_precision=TimePrecision.WINDOW,
    )
    found = at(hours(member))
    assert list(found.values()) == [0.125] * 8
    assert min(found) == 5 * 24 + 22


def test_a_day_without_a_time_is_not_put_at_midnight(member: Actor) -> None:
    log(member, "2026-11-18T00:00+01:00", time_precision=TimePrecision.DAY)
    assert at(hours(member)) == {WEDNESDAY + n: 0.0417 for n in range(24)}


@pytest.mark.parametrize(
    ("until", "left_out"), [("2026-11-17T12:00+01:00", 0), ("2026-11-17T12:01+01:00", 1)]
)
def test_more_than_a_day_is_left_out_and_counted(member: Actor, until: str, left_out: int) -> None:
    log(member, "2026-11-16T12:00+01:00", until, time_precision=TimePrecision.WINDOW)
    found = hours(member)
    assert (found.number, found.left_out) == (1 - left_out, left_out)


@pytest.mark.parametrize("precision", [TimePrecision.UNKNOWN, TimePrecision.WINDOW])
def test_a_time_that_nobody_knows_is_left_out(member: Actor, precision: TimePrecision) -> None:
    log(member, "2026-11-18T11:00+01:00", time_precision=precision)
    found = hours(member)
    assert (found.number, found.left_out) == (0, 1)


def test_several_at_once_count_as_so_many(member: Actor) -> None:
    log(member, "2026-11-18T11:00+01:00", number=7)
    assert at(hours(member)) == {WEDNESDAY + 11: 7}


def test_what_no_figure_counts_is_at_no_hour(member: Actor) -> None:
    log(member, "2026-11-18T11:00+01:00", verification="avfardad")
    assert hours(member) == Hours((0.0,) * 168)


def test_the_filter_holds_for_the_hours(member: Actor) -> None:
    log(member, "2026-11-18T11:00+01:00", category="ORD01")
    log(member, "2026-11-18T12:00+01:00")
    assert at(hours(member, Filter(category="ORD"))) == {WEDNESDAY + 11: 1}


def test_what_another_organisation_keeps_to_itself_is_at_no_hour(
    member: Actor, firefighter: Actor
) -> None:
    log(firefighter, "2026-11-18T11:00+01:00", visibility="egen")
    assert hours(member).number == 0


def test_a_range_of_time_holds_its_first_moment_and_not_its_last(member: Actor) -> None:
    log(member, "2026-11-18T11:00+01:00")
    moment = datetime.fromisoformat("2026-11-18T11:00+01:00")
    hour = timedelta(hours=1)
    ranges = [Range(moment, moment + hour), Range(moment - hour, moment), Range(moment, moment)]
    with db.reading(member.gate) as session:
        assert over_time.in_ranges(session, member, Filter(), ranges) == [1, 0, 0]


def test_there_are_figures_since_the_first_incident_that_is_counted(member: Actor) -> None:
    log(member, "2025-01-01T11:00+01:00", verification="avfardad")
    log(member, "2026-01-01T11:00+01:00")
    with db.reading(member.gate) as session:
        found = over_time.first(session, member, until=NOW)
    assert found == datetime.fromisoformat("2026-01-01T11:00+01:00")


def test_a_reader_gets_no_hours(reader: Actor) -> None:
    with db.reading(reader.gate) as session, pytest.raises(NotAllowedError):
        over_time.hours(session, reader, Filter())
