"""The hours of a week as a picture that is a table: how many happened on which day and when.

Domain rule: nothing is shown of fewer than thirty incidents, and no finer than that a square
holds one on the average.
"""

from dataclasses import dataclass

from lagesbild.base import clock
from lagesbild.incidents.rules.over_time import Hours
from lagesbild.maps.rules.layers import MIN_NUMBER
from lagesbild.meetings.rules.series import WEEKDAYS

DAY_HOURS = 24
WIDTHS = (1, 3, 6)  # hours of a square
LEVELS = 5
TOLD = 3  # of the largest, in words


@dataclass(frozen=True)
class Cell:
    """A square: its number, rounded, and how dark it is (0 to `LEVELS`)."""

    number: int
    level: int


@dataclass(frozen=True)
class Row:
    """A day of the week: its name, and how that is shortened."""

    day: str
    short: str
    cells: tuple[Cell, ...]
    number: int


@dataclass(frozen=True)
class Picture:
    """The table, with the words that go with it. Without rows there are too few incidents."""

    hours: Hours
    columns: tuple[tuple[int, int], ...] = ()  # from and to, in hours of the day
    rows: tuple[Row, ...] = ()
    most: tuple[tuple[str, int, int, int], ...] = ()  # day, from, to, number


def picture(hours: Hours) -> Picture:
    """Return the picture of the hours of a week."""
    if hours.number < MIN_NUMBER:
        return Picture(hours)
    width = next(w for w in WIDTHS if hours.number >= len(hours.numbers) / w or w == WIDTHS[-1])
    columns = tuple((at, at + width) for at in range(0, DAY_HOURS, width))
    days = [hours.numbers[n * DAY_HOURS : (n + 1) * DAY_HOURS] for n in range(len(WEEKDAYS))]
    table = [[sum(day[since:until]) for since, until in columns] for day in days]
    top = max(round(max(row)) for row in table)
    return Picture(
        hours,
        columns,
        tuple(
            Row(
                day,
                short,
                tuple(Cell(round(n), _level(round(n), top)) for n in row),
                round(sum(row)),
            )
            for day, short, row in zip(WEEKDAYS, clock.DAYS, table, strict=True)
        ),
        _most(table, columns),
    )


def _level(number: int, top: int) -> int:
    """Return how dark a number is; equal numbers are equally dark."""
    return -(-LEVELS * number // top) if number else 0


def _most(
    table: list[list[float]], columns: tuple[tuple[int, int], ...]
) -> tuple[tuple[str, int, int, int], ...]:
    """Return the squares with the most, the largest first."""
    squares = [
        (round(number), day, column)
        for day, row in enumerate(table)
        for column, number in enumerate(row)
        if number >= 1
    ]
    squares.sort(key=lambda square: (-square[0], square[1:]))
    return tuple((WEEKDAYS[day], *columns[column], n) for n, day, column in squares[:TOLD])
