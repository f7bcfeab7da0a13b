from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.analysis.rules.reduction import SMALLEST_SHOWN, number_text, suppress


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ([34, 31, 28], (34, 31, 28), 93),
        ([0, 31, 28], (0, 31, 28), 59),
        ([5, 9], (5, 9), 14),
        ([4, 9, 12], (None, None, 12), 25),
        ([1, 1, 9, 12], (None, None, None, 12), 23),
        ([1, 2, 9], (None, None, 9), 12),
        ([3, 0, 0], (None, 0, 0), None),
        ([4, 0, 9], (None, 0, None), 13),
        ([4, 0, 0, 0], (None, 0, 0, 0), None),
        ([1, 1, 1, 1, 1], (None, None, None, None, None), None),
        ([], (), 0),
    ],
)
def test_small_counts_are_hidden_with_what_would_give_them_away(
    counts: list[int], cells: tuple[int | None, ...], total: int | None
) -> None:
    shown = suppress(counts)
    assert (shown.cells, shown.total) == (cells, total)


@given(st.lists(st.integers(0, 12), max_size=7))
def test_no_hidden_count_can_be_computed_from_what_is_shown(counts: list[int]) -> None:
    shown = suppress(counts)
    hidden = [i for i, n in enumerate(shown.cells) if n is None]
    assert all(n is None or n == 0 or n >= SMALLEST_SHOWN for n in shown.cells)
    assert shown.total is None or shown.total == 0 or shown.total >= SMALLEST_SHOWN
    if shown.total is None or not hidden:
        return
    rest = shown.total - sum(n for n in shown.cells if n is not None)
    fits = [p for p in product(range(1, 25), repeat=min(len(hidden), 3)) if _fits(p, rest, hidden)]
    for place in range(min(len(hidden), 3)):
        assert len({p[place] for p in fits}) > 1


def _fits(first: tuple[int, ...], rest: int, hidden: list[int]) -> bool:
    """Whether the first hidden cells can be these, the others being at least one each."""
    others = len(hidden) - len(first)
    left = rest - sum(first)
    return left >= others if others else left == 0


def test_a_hidden_number_says_so() -> None:
    assert (number_text(None), number_text(0), number_text(17)) == ("‹5", "0", "17")
