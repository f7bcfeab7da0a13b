"""Half a year of weeks as bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import Period
from lagesbild.maps.draw.trend import BOTTOM, LEFT, LINES, RIGHT, TOP, trend

W47 = Period.named("2026-W47")


@given(
    st.lists(st.integers(0, 5000), min_size=2, max_size=27).map(tuple),
    st.none() | st.integers(1, 5000),
)
def test_everything_drawn_stays_inside_the_plot(
    numbers: tuple[int, ...], limit: int | None
) -> None:
    drawn = trend(W47, numbers, expected=float(numbers[0]), limit=limit)
    ys = [bar.y for bar in drawn.bars] + [y for y, _ in drawn.grid]
    ys += [y for y in (drawn.expected, drawn.limit) if y is not None]
    assert all(TOP <= y <= BOTTOM for y in ys)
    assert all(bar.x >= LEFT and bar.x + bar.width <= RIGHT + 0.1 for bar in drawn.bars)
    assert len(drawn.grid) <= LINES + 1


@given(st.lists(st.integers(0, 500), min_size=2, max_size=27).map(tuple))
def test_a_bar_is_as_high_as_its_number_on_a_scale_from_zero(numbers: tuple[int, ...]) -> None:
    drawn = trend(W47, numbers, expected=None, limit=None)
    top = drawn.grid[-1][1]
    for bar in drawn.bars:
        exact = (BOTTOM - TOP) * bar.number / top
        assert bar.height == pytest.approx(exact, abs=0.0501)  # it is rounded to a tenth


def test_the_last_bar_is_the_week_itself_and_carries_its_name() -> None:
    drawn = trend(W47, (1, 2, 3), expected=None, limit=None)
    assert [bar.period.name for bar in drawn.bars] == ["2026-W45", "2026-W46", "2026-W47"]
    assert drawn.labelled[-1].period == W47


def test_a_new_source_is_marked_before_the_week_it_began() -> None:
    drawn = trend(W47, (1, 2, 3), expected=None, limit=None, breaks=(1,))
    [x] = drawn.breaks
    assert drawn.bars[0].x + drawn.bars[0].width < x < drawn.bars[1].x
