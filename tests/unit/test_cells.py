"""Kinds of events that stand out in a district: few, and seldom wrongly."""

import numpy as np
import pytest

from lagesbild.analysis.rules.cells import (
    LETTER_SCREEN,
    Cell,
    CellCount,
    standing_out,
)
from lagesbild.analysis.rules.marks import smallest_above, tail
from tests.build import NOBODY


def found(number: int, before: list[int], *, screen: float = 0.005) -> list[Cell]:
    counts = [CellCount(0, NOBODY, "BRA01", number)]
    counts += [CellCount(n + 1, NOBODY, "BRA01", each) for n, each in enumerate(before)]
    return standing_out(counts, weeks=len(before), screen=screen)


QUIET = [0] * 12


def test_six_fires_where_there_are_none_stand_out() -> None:
    [cell] = found(6, QUIET)
    assert (cell.number, cell.expected, cell.excess) == (6, 0.25, 5.75)


def test_four_of_a_kind_never_stand_out() -> None:
    assert found(4, QUIET) == []
    assert len(found(5, QUIET)) == 1


def test_fewer_than_three_more_than_expected_never_stand_out() -> None:
    assert found(40, [38] * 12, screen=1.0) == []
    assert len(found(41, [38] * 12, screen=1.0)) == 1


def test_what_is_likely_does_not_stand_out() -> None:
    assert found(9, [4] * 12) == []


def test_the_letter_wants_to_be_surer_than_the_group() -> None:
    assert len(found(11, [3] * 12)) == 1
    assert found(11, [3] * 12, screen=LETTER_SCREEN) == []


def test_with_seven_weeks_nobody_can_tell() -> None:
    assert found(9, [0] * 7) == []
    assert len(found(9, [0] * 8)) == 1


def test_what_happened_thirteen_weeks_ago_is_not_usual() -> None:
    [cell] = found(6, [*QUIET, 120])
    assert cell.expected == 0.25


def test_the_greatest_excess_comes_first() -> None:
    counts = [CellCount(0, NOBODY, "BRA01", 6), CellCount(0, NOBODY, "SKA03", 9)]
    assert [c.category for c in standing_out(counts, weeks=12)] == ["SKA03", "BRA01"]


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 1.5), (3, 1.5), (10, 2.0)])
def test_the_tail_of_the_smallest_that_is_clearly_more_is_below_one_in_a_hundred(
    mean: float, spread: float
) -> None:
    limit = smallest_above(0.99, mean, spread)
    assert tail(limit, mean, spread) <= 0.01 < tail(limit - 1, mean, spread)


def test_so_many_or_more_than_none_is_certain() -> None:
    assert tail(0, 3, 1.5) == 1.0


def false_flags(screen: float) -> float:
    """How many cells stand out in a usual week: 322 of them, 125 events in all [domain.md 10.2]."""
    random = np.random.default_rng(47)
    rates = random.lognormal(0, 1.6, 322)
    rates *= 125 / rates.sum()
    weeks = 400
    drawn = random.negative_binomial(rates / 0.5, 1 / 1.5, (weeks + 12, 322))
    number = 0
    for week in range(12, weeks + 12):
        counts = [
            CellCount(back, NOBODY, str(cell), int(n))
            for back in range(13)
            for cell, n in enumerate(drawn[week - back])
        ]
        number += len(standing_out(counts, weeks=12, screen=screen))
    return number / weeks


def test_a_usual_week_of_the_group_cries_wolf_about_every_other_week() -> None:
    assert 0.3 < false_flags(0.005) < 0.7


def test_a_usual_week_of_the_letter_cries_wolf_about_once_in_seven() -> None:
    assert 0.05 < false_flags(LETTER_SCREEN) < 0.2
