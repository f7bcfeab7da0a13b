from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import Period, day_text, moment_text, period_text
from lagesbild.base.errors import InvalidError

# Bounds without zone are how hypothesis takes them.
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 – as said
W47 = Period(date(2026, 11, 12))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_wednesday_evening_still_belongs_to_the_period() -> None:
    assert Period.of(at("2026-11-18T23:59:59+01:00")) == W47


def test_at_midnight_swedish_time_the_next_period_begins() -> None:
    assert Period.of(at("2026-11-18T23:00:00+00:00")) == W47.previous(-1)


@pytest.mark.parametrize(
    ("first_day", "hours"), [("2026-03-26", 167), ("2026-10-22", 169), ("2026-11-12", 168)]
)
def test_a_week_with_a_clock_change_keeps_seven_local_days(first_day: str, hours: int) -> None:
    period = Period(date.fromisoformat(first_day))
    assert (period.end.timestamp() - period.start.timestamp()) / 3600 == hours


@pytest.mark.parametrize(
    ("first_day", "name"),
    [("2026-11-12", "2026-W47"), ("2026-12-24", "2026-W53"), ("2026-12-31", "2027-W01")],
)
def test_a_period_is_named_after_the_meeting_that_closes_it(first_day: str, name: str) -> None:
    period = Period(date.fromisoformat(first_day))
    assert period.name == name
    assert Period.named(name) == period


@pytest.mark.parametrize("name", ["2026-W54", "2025-W53", "2026-W00", "2026W47", "", "0000-W01"])
def test_a_week_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="Veckan finns inte"):
        Period.named(name)


def test_the_same_week_last_year_has_the_same_weekdays() -> None:
    assert W47.a_year_earlier() == Period(date(2025, 11, 13))


@given(MOMENTS, st.integers(0, 6))
def test_every_moment_is_in_exactly_the_period_of_it(moment: datetime, weekday: int) -> None:
    period = Period.of(moment, weekday=weekday)
    assert period.start <= moment < period.end
    assert Period.named(period.name, weekday=weekday) == period


def test_dates_are_written_as_people_write_them() -> None:
    assert day_text(date(2026, 11, 19)) == "tors 19 nov"
    assert moment_text(at("2026-11-19T08:05+00:00")) == "tors 19 nov kl. 9.05"
    assert period_text(W47) == "tors 12 nov – ons 18 nov 2026"
    assert period_text(Period(date(2026, 12, 31))) == "tors 31 dec 2026 – ons 6 jan 2027"
