"""When a week has more or fewer reported incidents than usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.analysis.rules.marks import (
    BASELINE,
    HISTORY,
    LEAST,
    Mark,
    dispersion,
    judge,
    smallest_above,
)

WEEKS = st.lists(st.integers(0, 200), min_size=HISTORY, max_size=HISTORY)


@pytest.mark.parametrize(
    ("expected", "at_one_and_a_half", "at_two"),
    [  # scipy.stats.nbinom.ppf(0.99, λ/(φ-1), 1/φ) + 1
        (0.5, 5, 6), (1, 6, 7), (2, 8, 10), (3, 10, 12), (5, 14, 15),
        (8, 18, 20), (10, 21, 24), (15, 28, 31), (20, 35, 38), (30, 48, 51),
    ],
)  # fmt: skip
def test_the_limits_are_those_of_a_negative_binomial(
    expected: float, at_one_and_a_half: int, at_two: int
) -> None:
    assert smallest_above(0.99, expected, 1.5) == at_one_and_a_half
    assert smallest_above(0.99, expected, 2) == at_two


def mark(number: int, usual: int = 10, weeks: int = BASELINE, *, is_over: bool = True) -> Mark:
    return judge(number, [usual] * weeks, is_over=is_over).mark


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, Mark.LOW), (4, Mark.NORMAL), (17, Mark.NORMAL), (18, Mark.RAISED), (20, Mark.RAISED),
        (21, Mark.HIGH),
    ],
)  # fmt: skip
def test_ten_a_week_is_usual_between_its_limits(number: int, expected: Mark) -> None:
    assert mark(number) is expected


@pytest.mark.parametrize(("weeks", "expected"), [(LEAST - 1, Mark.FEW), (LEAST, Mark.NORMAL)])
def test_fewer_than_eight_weeks_are_too_few_to_judge(weeks: int, expected: Mark) -> None:
    assert mark(10, weeks=weeks) is expected


@pytest.mark.parametrize(
    ("before", "expected"), [([1] * 11 + [0], Mark.FEW), ([1] * 12, Mark.NORMAL)]
)
def test_less_than_one_a_week_is_too_few_to_judge(before: list[int], expected: Mark) -> None:
    assert judge(1, before).mark is expected


@pytest.mark.parametrize(("usual", "expected"), [(7, Mark.NORMAL), (8, Mark.LOW)])
def test_fewer_than_usual_needs_eight_a_week(usual: int, expected: Mark) -> None:
    assert mark(0, usual) is expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, Mark.OPEN), (17, Mark.OPEN), (18, Mark.RAISED), (21, Mark.HIGH)]
)
def test_a_week_that_goes_on_can_only_be_more(number: int, expected: Mark) -> None:
    assert mark(number, is_over=False) is expected


def test_only_the_last_twelve_weeks_are_the_usual() -> None:
    assert judge(10, [100] * 14 + [10] * 12).expected == 10


def test_dispersion_starts_at_one_and_a_half_and_is_measured_from_26_weeks() -> None:
    assert dispersion([10] * (HISTORY - 1)) == 1.5
    assert dispersion([10] * HISTORY) == 1.2
    assert dispersion([0] * HISTORY) == 1.5


def test_dispersion_is_variance_over_mean() -> None:
    assert dispersion([6, 14] * 13) == pytest.approx(16 * 26 / 10 / 25)


@given(WEEKS, st.integers(0, 400))
def test_one_more_never_makes_a_week_quieter(before: list[int], number: int) -> None:
    order = (Mark.LOW, Mark.NORMAL, Mark.RAISED, Mark.HIGH)
    one, more = (judge(n, before).mark for n in (number, number + 1))
    assert one is more is Mark.FEW or order.index(more) >= order.index(one)


@given(WEEKS)
def test_the_limit_is_the_first_number_that_is_clearly_more(before: list[int]) -> None:
    limit = judge(0, before).limit
    if limit is not None:
        assert judge(limit, before).mark is Mark.HIGH
        assert judge(limit - 1, before).mark is not Mark.HIGH
