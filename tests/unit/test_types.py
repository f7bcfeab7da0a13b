"""The most common types of a week, and what has changed."""

from uuid import UUID

import pytest

from lagesbild.analysis.rules.marks import BASELINE, LEAST
from lagesbild.analysis.rules.types import Common, TypeCount, of_period, of_week

NORTH, SOUTH = UUID(int=1), UUID(int=2)


def counts(
    this: int, *before: int, category: str = "BRA01", district: UUID = NORTH, late: int = 0
) -> list[TypeCount]:
    """A type's week, and those before it, the latest first."""
    weeks = [TypeCount(n + 1, district, category, number, 0) for n, number in enumerate(before)]
    return [TypeCount(0, district, category, this, late), *weeks]


def changed(now: int, before: int | None, *, is_over: bool = True) -> str:
    return Common("BRA01", now, before, is_over=is_over).change


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (4, 0, "ny"),
        (4, 1, "3 fler"),
        (1, 4, "3 färre"),
        (0, 1, "1 färre"),
        (4, 4, "lika många"),
        (4, None, ""),
    ],
)
def test_a_change_is_a_word_and_a_number(now: int, before: int | None, said: str) -> None:
    assert changed(now, before) == said


@pytest.mark.parametrize(
    ("now", "before", "said"), [(4, 0, "ny"), (4, 1, "3 fler"), (1, 4, ""), (4, 4, "")]
)
def test_a_week_that_goes_on_can_only_have_more(now: int, before: int, said: str) -> None:
    assert changed(now, before, is_over=False) == said


def test_the_most_common_stands_first_and_what_is_gone_last() -> None:
    found = of_week(
        [
            *counts(1, 1, category="ORD01"),
            *counts(4, 1, category="SKA01"),
            *counts(0, 3, category="TRA01"),
        ],
        weeks=BASELINE,
        has_before=True,
        is_over=True,
    )
    assert [each.category for each in found] == ["SKA01", "ORD01", "TRA01"]


def test_districts_are_added_up_and_stand_out_each_for_itself() -> None:
    found = of_week(
        [
            *counts(9, *[0] * BASELINE),
            *counts(2, *[2] * BASELINE, district=SOUTH),
        ],
        weeks=BASELINE,
        has_before=True,
        is_over=True,
    )
    [fires] = found
    assert (fires.number, fires.before, fires.expected) == (11, 2, 2.0)
    assert fires.stands_out == (NORTH,)


@pytest.mark.parametrize(("this", "stands_out"), [(4, ()), (5, (NORTH,))])
def test_what_stands_out_is_at_least_five(this: int, stands_out: tuple[UUID, ...]) -> None:
    [found] = of_week(counts(this, *[0] * BASELINE), weeks=BASELINE, has_before=True, is_over=True)
    assert found.stands_out == stands_out


def test_what_came_late_is_counted_but_makes_nothing_stand_out() -> None:
    [found] = of_week(
        counts(6, *[0] * BASELINE, late=2), weeks=BASELINE, has_before=True, is_over=True
    )
    assert (found.number, found.stands_out) == (6, ())


@pytest.mark.parametrize(("weeks", "expected"), [(LEAST - 1, None), (LEAST, 2.0)])
def test_with_few_weeks_before_nothing_is_expected(weeks: int, expected: float | None) -> None:
    [found] = of_week(counts(9, *[2] * weeks), weeks=weeks, has_before=True, is_over=True)
    assert found.expected == expected


def test_a_first_week_is_compared_with_nothing() -> None:
    [found] = of_week(counts(9), weeks=0, has_before=False, is_over=True)
    assert (found.before, found.change) == (None, "")


@pytest.mark.parametrize(("has_before", "before"), [(True, 3), (False, None)])
def test_a_longer_period_is_compared_where_there_are_figures(
    *, has_before: bool, before: int | None
) -> None:
    [found] = of_period(counts(9, 3), has_before=has_before, is_over=True)
    assert (found.number, found.before, found.expected) == (9, before, None)
