"""Each rule of the reduction, on each side of its edge, and somebody who knows the rules."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.analysis.rules.reduction import (
    NO_DISTRICT,
    NOTHING_TOLD,
    SMALLEST_SHOWN,
    Table,
    alone,
    correct,
    mean,
    number_text,
    part,
    suppress,
)

Row = tuple[int | None, ...]
ROWS = ("a", "b", "c", "d", "e", "f")
EARLIER = Table({"a": 9, "b": None, "c": 7, NO_DISTRICT: 30}, None)


def counts(numbers: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(ROWS, numbers, strict=False))


def table(cells: Row, total: int | None) -> Table:
    return Table(dict(zip(ROWS, cells, strict=False)), total)


@pytest.mark.parametrize(
    ("numbers", "cells", "total"),
    [
        ((34, 31, 28), (34, 31, 28), 93),
        ((0, 31, 28), (0, 31, 28), 59),
        ((1, 31, 28), (None, None, 28), 60),
        ((4, 31, 28), (None, None, 28), 63),
        ((5, 31, 28), (5, 31, 28), 64),
        ((0, 0, 0), (0, 0, 0), 0),
        ((4, 0, 0), (None, 0, 0), None),
        ((5, 0, 0), (5, 0, 0), 5),
        ((), (), 0),
    ],
)
def test_one_to_four_are_hidden_with_another_that_would_give_them_away(
    numbers: tuple[int, ...], cells: Row, total: int | None
) -> None:
    assert suppress(counts(numbers)) == table(cells, total)


@pytest.mark.parametrize(
    ("numbers", "cells", "total"),
    [
        ((2, 2, 9), (None, None, None), 13),  # together 4: neither could be 4
        ((1, 4, 9), (None, None, 9), 14),
        ((2, 4, 9), (None, None, None), 15),  # together 6: neither could be 1
        ((1, 7, 9), (None, None, None), 17),  # together 8: the first could not be 4
        ((1, 8, 9), (None, None, 9), 18),
        ((1, 7, 0), (None, None, 0), None),
        ((1, 2, 2), (None, None, None), None),
        ((1, 2, 3), (None, None, None), 6),
        ((3, 3, 3), (None, None, None), 9),
        ((4, 3, 3), (None, None, None), None),
    ],
)
def test_what_is_hidden_together_leaves_room_for_each_number_from_one_to_four(
    numbers: tuple[int, ...], cells: Row, total: int | None
) -> None:
    assert suppress(counts(numbers)) == table(cells, total)


@pytest.mark.parametrize(
    ("now", "hidden"),
    [
        ({"a": 9, "b": 9, "c": 9, NO_DISTRICT: 3}, "b"),  # hidden the week before
        ({"a": 9, "b": 2, "c": 9, NO_DISTRICT: 0}, "c"),  # the smallest of the week before
        ({"a": 9, "b": 2, "c": 9, NO_DISTRICT: 40}, NO_DISTRICT),  # nobody misses it
    ],
)
def test_which_larger_number_is_hidden_follows_from_the_week_before(
    now: dict[str, int], hidden: str
) -> None:
    cells = suppress(now, EARLIER).cells
    assert [row for row, n in now.items() if n >= SMALLEST_SHOWN and cells[row] is None] == [hidden]


@pytest.mark.parametrize("earlier", [NOTHING_TOLD, Table({"a": 7, "b": 9, "c": None}, None)])
def test_who_knows_the_rules_and_what_is_small_still_cannot_tell_a_number(earlier: Table) -> None:
    """Try every table of three rows: those that look the same differ in each hidden number."""
    alike = defaultdict(list)
    for numbers in product(range(21), repeat=3):
        shown = suppress(counts(numbers), earlier)
        small = tuple(0 < n < SMALLEST_SHOWN for n in numbers)
        alike[(*shown.cells.values(),), shown.total, small].append(numbers)
    for (cells, _, small), tables in alike.items():
        if min(max(numbers) for numbers in tables) > 12:
            continue  # some that look like it have larger numbers than were tried
        for row in [row for row, cell in enumerate(cells) if cell is None]:
            could_be = {numbers[row] for numbers in tables}
            assert could_be >= {1, 2, 3} if small[row] else len(could_be) >= 3, tables


@given(st.lists(st.integers(0, 12), max_size=6).map(tuple))
def test_zeros_are_shown_totals_are_sums_and_no_number_that_is_shown_is_small(
    numbers: tuple[int, ...],
) -> None:
    shown = suppress(counts(numbers))
    assert shown.total in (None, sum(numbers))
    assert all(
        number or cell == 0 for number, cell in zip(numbers, shown.cells.values(), strict=True)
    )
    for number in (*shown.cells.values(), shown.total):
        assert number is None or number == 0 or number >= SMALLEST_SHOWN


@pytest.mark.parametrize(
    ("told", "now", "cells", "total"),
    [
        ((20, 30), (24, 30), (20, 30), 50),  # four more are late reports one could count
        ((20, 30), (25, 30), (25, 30), 55),
        ((20, 30), (16, 30), (20, 30), 50),
        ((20, 30), (15, 30), (15, 30), 45),
        ((5, 30), (5, 30), (5, 30), 35),
        ((5, 30), (4, 30), (None, 30), None),  # with the total it would be 4
        ((0, 30), (4, 30), (None, 30), None),
        ((0, 30), (5, 30), (5, 30), 35),
        ((5, 30), (0, 30), (0, 30), 30),
    ],
)
def test_a_correction_hides_what_is_small_and_lets_small_changes_be(
    told: tuple[int, int], now: tuple[int, int], cells: Row, total: int | None
) -> None:
    assert correct(counts(now), table(told, sum(told))) == table(cells, total)


@pytest.mark.parametrize(
    ("now", "cells", "total"),
    [
        ((3, 10, 30), (None, None, 30), 43),
        ((9, 8, 30), (None, None, 30), 43),  # together 17, four more than was told
        ((9, 9, 30), (None, None, 30), None),
        ((0, 9, 30), (None, None, 30), 43),
        ((0, 8, 30), (None, None, 30), None),
        ((0, 13, 40), (None, None, 40), 53),  # the total follows what is shown
        ((3, 10, 2), (None, None, None), None),
    ],
)
def test_a_correction_keeps_hidden_what_was_hidden(
    now: tuple[int, ...], cells: Row, total: int | None
) -> None:
    assert correct(counts(now), table((None, None, 30), 43)) == table(cells, total)


def test_a_total_that_was_not_told_stays_so() -> None:
    assert correct(counts((9, 30)), table((None, 30), None)) == table((None, 30), None)


def test_a_week_whose_rows_were_others_stays_as_it_was_told() -> None:
    told = table((20, 30), 50)
    assert correct({"north": 25, "south": 25}, told) == told


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((5, 5, 0, 0), 3),
        ((5, 0, 0, 0), 1),
        ((9, 9, 9, 8), 9),
        ((0, 0, 0, 0), 0),
        ((9, None, 9, 9), None),
    ],
)
def test_a_mean_is_made_of_numbers_that_are_all_shown(told: Row, expected: int | None) -> None:
    assert mean(told) == expected


def test_a_hidden_number_says_so() -> None:
    assert (number_text(None), number_text(0), number_text(17)) == ("‹5", "0", "17")


@pytest.mark.parametrize(("number", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_number_that_stands_for_itself_is_hidden_where_it_is_small(
    number: int, told: int | None
) -> None:
    assert alone(number) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, 0), (4, None), (5, 5), (7, 7), (8, None), (11, None), (12, 12), (13, None)],
)
def test_a_part_leaves_none_or_five_of_the_rest(number: int, told: int | None) -> None:
    assert part(number, 12) == told


def test_none_is_a_part_of_whatever_there_is() -> None:
    assert part(0, 3) == 0
