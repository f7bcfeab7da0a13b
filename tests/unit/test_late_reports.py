"""Late reports do not make an ordinary week look calm."""

from datetime import timedelta

import numpy as np
import pytest

from lagesbild.analysis.rules import Count
from lagesbild.analysis.rules.marks import Mark
from lagesbild.base.clock import Period
from lagesbild.meetings.rules import YEAR, Picture, picture
from tests.build import NOBODY, NOW

WEEKS, LATE, MEAN, SPREAD = 1200, 0.25, 20.0, 1.5
W47 = Period.named("2026-W47")


def weeks() -> np.ndarray:
    """Ordinary weeks of one district: how many on time, how many late."""
    random = np.random.default_rng(25)
    all_ = random.negative_binomial(MEAN / (SPREAD - 1), 1 / SPREAD, WEEKS)
    late = random.binomial(all_, LATE)
    return np.stack([all_ - late, late], axis=1)


def count(window: int, number: int, late: int) -> Count:
    return Count(window, NOBODY, NOBODY, open=True, number=number, late=late)


def told(drawn: np.ndarray, week: int, *, as_known: bool) -> Mark:
    """How a week is told when its meeting begins: none of its late reports has come."""
    counts = [count(0, int(drawn[week][0]), 0)]
    for back in range(1, YEAR):
        on_time, late = (int(n) for n in drawn[week - back])
        counted_late = late if as_known else 0
        counts.append(count(back, on_time + late, counted_late))
    made = seen(counts)
    return made.judged(made.unplaced).mark


def seen(counts: list[Count]) -> Picture:
    return picture(
        W47,
        counts,
        districts=[],
        organisations=[],
        said={},
        known_at=W47.end + timedelta(hours=9),
    )


def share_of_fewer(*, as_known: bool) -> float:
    drawn = weeks()
    found = [told(drawn, week, as_known=as_known) for week in range(YEAR, WEEKS)]
    return found.count(Mark.LOW) / len(found)


def test_ordinary_weeks_are_told_as_fewer_no_more_often_than_designed() -> None:
    """One in twenty is the design; the limits are of whole numbers, so a little below it."""
    assert share_of_fewer(as_known=True) <= 0.05


def test_against_all_that_came_in_later_one_week_in_five_would_look_calm() -> None:
    assert 0.15 < share_of_fewer(as_known=False) < 0.25


@pytest.mark.parametrize("late", [0, 7])
def test_what_came_late_is_counted_where_it_happened_but_not_in_the_judgement(late: int) -> None:
    counts = [count(0, 20 + late, late)]
    counts += [count(n, 20, 0) for n in range(1, YEAR)]
    made = seen(counts)
    assert made.total.this == 20 + late
    assert made.judged(made.total).mark is Mark.NORMAL
    assert made.known_at > NOW
