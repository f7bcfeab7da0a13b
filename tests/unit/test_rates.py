"""Incidents for each thousand inhabitants in a year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from lagesbild.analysis.rules.rates import LEAST_INHABITANTS, LEAST_NUMBER, SURE, rate


@pytest.mark.parametrize(
    ("number", "low", "high"),
    [(0, 0.0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (100, 81.36, 121.63)],
)
def test_the_interval_is_the_exact_one_of_the_tables(number: int, low: float, high: float) -> None:
    found = rate(number, 1000)
    assert found is not None
    assert found.value == number
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.005)


@given(st.integers(1, 5000))
def test_outside_the_interval_a_count_like_this_is_unlikely(number: int) -> None:
    found = rate(number, 1000)
    assert found is not None
    assert poisson.sf(number - 1, found.low) == pytest.approx((1 - SURE) / 2)
    assert poisson.cdf(number, found.high) == pytest.approx((1 - SURE) / 2)


def test_a_rate_is_for_a_thousand() -> None:
    found = rate(1020, 15_935)
    assert found is not None
    assert round(found.value, 1) == 64.0


@pytest.mark.parametrize(
    ("inhabitants", "is_told"), [(LEAST_INHABITANTS - 1, False), (LEAST_INHABITANTS, True)]
)
def test_of_few_inhabitants_no_rate_is_told(inhabitants: int, *, is_told: bool) -> None:
    assert (rate(50, inhabitants) is not None) is is_told


@pytest.mark.parametrize(("number", "is_unsure"), [(LEAST_NUMBER - 1, True), (LEAST_NUMBER, False)])
def test_a_rate_of_few_incidents_is_unsure(number: int, *, is_unsure: bool) -> None:
    found = rate(number, 1000)
    assert found is not None
    assert found.is_unsure is is_unsure
