"""What is new to a group, how far apart two are, and what one of two stands for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM
from lagesbild.incidents.rules import Facts, Listed
from lagesbild.incidents.rules.intake import Pair, begins
from lagesbild.incidents.rules.nearness import apart

THURSDAY = 3
AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
FACTS = Facts("BRA01", 2, AT)
MINUTE = timedelta(minutes=1)
ROW = Listed(*[None] * len(Listed._fields))  # type: ignore[arg-type]  # nothing of it is read
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("now", "first_day"),
    [
        (datetime(2026, 11, 18, 23, 59, tzinfo=STOCKHOLM), date(2026, 11, 5)),
        (datetime(2026, 11, 19, 0, 0, tzinfo=STOCKHOLM), date(2026, 11, 12)),
        (datetime(2026, 10, 29, 12, tzinfo=STOCKHOLM), date(2026, 10, 22)),  # over the clock change
    ],
)
def test_new_begins_with_the_week_before_the_running_one(now: datetime, first_day: date) -> None:
    begun = begins(now, weekday=THURSDAY)
    assert begun == datetime.combine(first_day, datetime.min.time(), STOCKHOLM)


@given(st.integers(-500, 500), st.integers(0, 300), st.integers(0, 300))
def test_time_between_two_is_the_same_either_way_and_none_where_they_overlap(
    later: int, first_lasts: int, second_lasts: int
) -> None:
    start = AT + later * MINUTE
    one = replace(FACTS, occurred_to=AT + first_lasts * MINUTE)
    other = replace(FACTS, occurred_from=start, occurred_to=start + second_lasts * MINUTE)
    gap = max(later - first_lasts, -later - second_lasts, 0)
    assert apart(one, other) == apart(other, one) == gap * MINUTE


@pytest.mark.parametrize(
    ("metres", "minutes", "said"),
    [
        (0, 0, "samma plats, samma tid"),
        (150, 59, "150 m isär, 59 min emellan"),
        (1, 60, "1 m isär, 1 h emellan"),
        (57, 130, "57 m isär, 2 h 10 min emellan"),
        (None, 5, "5 min emellan"),
    ],
)
def test_how_far_apart_two_are_is_said_as_people_say_it(
    metres: int | None, minutes: int, said: str
) -> None:
    assert Pair(ROW, ROW, metres, minutes * MINUTE).text.replace(SPACE, " ") == said
