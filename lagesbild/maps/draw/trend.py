"""Half a year of weeks as bars, with what is expected and where clearly more begins."""

from dataclasses import dataclass

from lagesbild.base.clock import Period

LEFT, RIGHT, TOP, BOTTOM = 46, 782, 18, 220  # of the plot, in a drawing of 900 × 260
GAP = 0.2  # of a slot, between two bars
STEPS = tuple(
    n * 10**zeros for zeros in range(6) for n in (1, 2, 5)
)  # between the lines of the grid
LINES = 5  # at most, above zero
LABEL_EVERY = 6  # weeks


@dataclass(frozen=True)
class Bar:
    """A week: where its bar stands, and its number."""

    x: float
    y: float
    width: float
    height: float
    period: Period
    number: int

    @property
    def middle(self) -> float:
        """Where its name is centred."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Trend:
    """The drawing: bars with the oldest first, heights of lines, and where a new source begins."""

    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, int], ...]
    expected: float | None
    limit: float | None
    breaks: tuple[float, ...]

    @property
    def labelled(self) -> tuple[Bar, ...]:
        """The bars that carry the name of their week, the last one always."""
        return self.bars[::-1][::LABEL_EVERY][::-1]


def trend(
    period: Period,
    numbers: tuple[int, ...],
    *,
    expected: float | None,
    limit: int | None,
    breaks: tuple[int, ...] = (),
) -> Trend:
    """Return the drawing of weeks that end with a period, the oldest first.

    `breaks` are the indexes of weeks in which a new source begins.
    """
    step, top = _scale(max(*numbers, limit or 0, 1))
    slot = (RIGHT - LEFT) / len(numbers)

    def line(number: float) -> float:
        return round(BOTTOM - _height(number, top), 1)

    bars = tuple(
        Bar(
            round(LEFT + (n + GAP / 2) * slot, 1),
            line(number),
            round(slot * (1 - GAP), 1),
            _height(number, top),
            period.previous(len(numbers) - 1 - n),
            number,
        )
        for n, number in enumerate(numbers)
    )
    return Trend(
        bars,
        tuple((line(number), number) for number in range(0, top + 1, step)),
        line(expected) if expected is not None else None,
        line(limit) if limit is not None else None,
        tuple(round(LEFT + n * slot, 1) for n in breaks),
    )


def _scale(most: int) -> tuple[int, int]:
    """Return the step between two lines of the grid, and the number at the upper edge."""
    step = next(s for s in STEPS if s * LINES >= most)
    return step, -(-most // step) * step


def _height(number: float, top: int) -> float:
    return round((BOTTOM - TOP) * number / top, 1)
