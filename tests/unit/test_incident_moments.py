"""What "last night" means, and which incidents lie near one another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.geo import Point
from lagesbild.incidents.rules import TimePrecision
from lagesbild.incidents.rules.moments import When, span
from lagesbild.incidents.rules.nearness import metres

QUICK = [when for when in When if when is not When.BETWEEN]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("when", "at", "start", "end"),
    [
        (When.NOW, local(19, 9, 31), local(19, 9, 31), None),
        (When.TODAY, local(19, 9, 31), local(19, 0), local(19, 9, 31)),
        (When.TODAY, local(19, 0), local(19, 0), local(19, 0)),
        (When.EVENING, local(19, 0), local(18, 18), local(18, 23, 59)),
        (When.EVENING, local(19, 23, 59), local(18, 18), local(18, 23, 59)),
        (When.NIGHT, local(19, 5, 59), local(18, 22), local(19, 5, 59)),
        (When.NIGHT, local(19, 6), local(18, 22), local(19, 6)),
        (When.NIGHT, local(19, 21, 59), local(18, 22), local(19, 6)),
        (When.NIGHT, local(19, 22), local(19, 22), local(19, 22)),
    ],
)
def test_a_quick_choice_means_what_one_would_say(
    when: When, at: datetime, start: datetime, end: datetime | None
) -> None:
    assert span(when, at)[:2] == (start, end)


def test_the_seconds_of_now_are_not_kept() -> None:
    at = datetime(2026, 11, 19, 9, 31, 59, tzinfo=STOCKHOLM)
    assert span(When.NOW, at).start == local(19, 9, 31)


@pytest.mark.parametrize(
    ("when", "precision"),
    [
        (When.NOW, TimePrecision.EXACT),
        (When.TODAY, TimePrecision.DAY),
        (When.NIGHT, TimePrecision.WINDOW),
        (When.EVENING, TimePrecision.WINDOW),
    ],
)
def test_a_quick_choice_says_how_well_the_time_is_known(
    when: When, precision: TimePrecision
) -> None:
    assert span(when, local(19, 12)).precision is precision


def test_between_two_times_is_no_quick_choice() -> None:
    with pytest.raises(ValueError, match="two times"):
        span(When.BETWEEN, local(19, 12))


@given(
    st.sampled_from(QUICK),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 – the zone is the strategy's
)
def test_a_quick_choice_is_never_in_the_future_nor_backwards(when: When, at: datetime) -> None:
    start, end, _ = span(when, at)
    assert start <= (end or start) <= at


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001 – local
def test_the_night_is_22_to_6_when_the_clock_changes(day: datetime) -> None:
    start, end, _ = span(When.NIGHT, day.replace(hour=12, tzinfo=STOCKHOLM))
    assert end is not None
    clock = [each.astimezone(STOCKHOLM).strftime("%H:%M") for each in (start, end)]
    assert clock == ["22:00", "06:00"]
    assert end - start == timedelta(hours=8) - (
        day.replace(tzinfo=STOCKHOLM, hour=12).utcoffset() or timedelta()
    ) + ((day - timedelta(days=1)).replace(tzinfo=STOCKHOLM).utcoffset() or timedelta())


@pytest.mark.parametrize(
    ("other", "distance"),
    [
        (Point(18.15357, 59.21936), 0),
        (Point(18.15357, 59.22036), 111),
        (Point(18.15620, 59.21936), 150),
    ],
)
def test_distances_are_right_to_a_metre(other: Point, distance: float) -> None:
    assert metres(Point(18.15357, 59.21936), other) == pytest.approx(distance, abs=1)
