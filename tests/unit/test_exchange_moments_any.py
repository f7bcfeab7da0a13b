"""When a row happened: whatever is written in any form is read back, and nothing breaks it."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.rows import days
from lagesbild.exchange.rules.rows.moments import moment
from lagesbild.incidents.rules import TimePrecision

DAY_FORMS = (
    "{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0:%Y/%m/%d}", "{0.day}/{0.month} {0.year}",
    "{0.day}.{0.month}.{0.year}", "{0:%d/%m/%Y}", "{0:%d-%m-%Y}", "{0.day} {1} {0.year}",
    "den {0.day} {1} {0.year}", "{2} {0.day} {1} {0.year}", "{0.day}/{0.month}-{0.year}",
)  # fmt: skip
CLOCK_FORMS = ("{:%H:%M}", "{:%H.%M}", "{:%H%M}", "kl. {:%H.%M}", "{:%H:%M:%S}", "kl {:%H:%M}")


def written(day: date, form: str) -> str:
    return form.format(day, days.MONTHS[day.month - 1], days.WEEKDAYS[day.weekday()] + "dag")


@given(st.dates(date(1900, 1, 2), date(2199, 12, 31)), st.sampled_from(DAY_FORMS))
def test_any_day_is_read_back_in_any_form(day: date, form: str) -> None:
    assert days.read(written(day, form)).day == day


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001 – wall clock
    st.sampled_from(DAY_FORMS),
    st.sampled_from(CLOCK_FORMS),
    st.sampled_from([" ", ", ", None]),
)
def test_any_moment_is_read_back_in_any_form(
    wall: datetime, day: str, clock: str, between: str | None
) -> None:
    cells = (written(wall.date(), day), clock.format(wall))
    found = moment(*cells) if between is None else moment(between.join(cells))
    expected = wall.replace(second=0, microsecond=0)
    if found.precision is TimePrecision.DAY:
        assert "finns inte den dagen" in found.notes[-1]
        expected = expected.replace(hour=0, minute=0)
    assert found.occurred_from.astimezone(STOCKHOLM).replace(tzinfo=None) == expected
    assert found.occurred_from.tzinfo is UTC


@given(st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 – the strategy adds the zone
def test_any_instant_with_an_offset_is_read_back(instant: datetime) -> None:
    expected = instant.replace(second=0, microsecond=0)
    assert moment(instant.isoformat()).occurred_from == expected
    assert moment(expected.astimezone(STOCKHOLM).isoformat()).occurred_from == expected


def sound(day: str, clock: str, until: str) -> bool:
    """Tell whether a row is a moment that may be stored, or refused in a sentence."""
    try:
        found = moment(day, clock, until=until)
    except InvalidError as error:
        return error.field in {"date", "time", "until"} and str(error).endswith(".")
    return found.occurred_to is None or found.occurred_to > found.occurred_from


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_a_moment_or_a_sentence(day: str, clock: str, until: str) -> None:
    assert sound(day, clock, until)


usual = st.text("0123456789-/.: TZkl+~januifeb", max_size=24)


@given(usual, usual)
def test_any_text_of_usual_signs_is_a_moment_or_a_sentence(clock: str, until: str) -> None:
    assert sound("2026-02-07", clock, until)


@given(usual)
def test_any_cell_of_usual_signs_is_a_moment_or_a_sentence(cell: str) -> None:
    assert sound(cell, "", "")
