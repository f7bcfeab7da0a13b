"""The hours of a week as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.incidents.rules.over_time import SLOTS, Hours
from lagesbild.maps.rules.hours import LEVELS, picture
from lagesbild.maps.rules.layers import MIN_NUMBER

NONE = (0.0,) * SLOTS
MONDAY, SATURDAY = 0, 5 * 24


def hours(**at: float) -> Hours:
    """Numbers by slot, as `h21=4`."""
    numbers = list(NONE)
    for slot, number in at.items():
        numbers[int(slot[1:])] = number
    return Hours(tuple(numbers))


@pytest.mark.parametrize(("number", "is_drawn"), [(MIN_NUMBER - 1, False), (MIN_NUMBER, True)])
def test_no_pattern_is_shown_of_a_few(number: int, *, is_drawn: bool) -> None:
    assert bool(picture(hours(h0=number)).rows) is is_drawn


@pytest.mark.parametrize(("number", "columns"), [(30, 4), (55, 4), (56, 8), (167, 8), (168, 24)])
def test_a_square_holds_one_on_the_average(number: int, columns: int) -> None:
    drawn = picture(hours(h0=number))
    assert len(drawn.columns) == len(drawn.rows[0].cells) == columns


def test_a_row_is_a_day_and_a_column_its_hours() -> None:
    drawn = picture(hours(h0=10, **{f"h{SATURDAY + 22}": 50}))
    assert [row.day for row in drawn.rows][5] == "lördag"
    assert [cell.number for cell in drawn.rows[5].cells] == [0] * 7 + [50]
    assert drawn.columns[7] == (21, 24)
    assert drawn.rows[0].number == 10


def test_the_largest_are_told_in_words_the_largest_first() -> None:
    drawn = picture(hours(h1=20, h4=30, **{f"h{SATURDAY + 22}": 50, "h100": 5}))
    assert drawn.most == (("lördag", 21, 24, 50), ("måndag", 3, 6, 30), ("måndag", 0, 3, 20))


def test_parts_of_incidents_are_rounded_at_last() -> None:
    drawn = picture(hours(h0=0.4, h1=0.4, h2=0.4, h50=59))
    assert drawn.rows[0].cells[0].number == 1


@given(st.lists(st.floats(0, 900), min_size=SLOTS, max_size=SLOTS).map(tuple))
def test_the_darkest_is_the_largest_and_nothing_is_no_colour(numbers: tuple[float, ...]) -> None:
    cells = [cell for row in picture(Hours(numbers)).rows for cell in row.cells]
    for cell in cells:
        assert 0 <= cell.level <= LEVELS
        assert bool(cell.level) is bool(cell.number)
    darker = sorted(cells, key=lambda cell: cell.number)
    assert [cell.level for cell in darker] == sorted(cell.level for cell in darker)
    assert not cells or darker[-1].level == LEVELS
