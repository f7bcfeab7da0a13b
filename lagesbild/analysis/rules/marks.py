"""Whether a week has more or fewer reported incidents than usual, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

HISTORY = 26  # weeks behind a judgement: they say how much a place varies
BASELINE, LEAST = 12, 8  # weeks behind what is expected; with fewer nobody can tell
START_DISPERSION, LEAST_DISPERSION = 1.5, 1.2
LOW_TAIL, RAISED_TAIL, HIGH_TAIL = 0.05, 0.95, 0.99
LEAST_EXPECTED = 1.0  # below it one incident more or less decides
LEAST_FOR_FEWER = 8.0


class Mark(StrEnum):
    """How a week compares with what is usual; always about reported incidents."""

    LOW = "farre"
    NORMAL = "som-vanligt"
    RAISED = "fler"
    HIGH = "tydligt-fler"
    FEW = "for-fa"
    OPEN = "pagar"  # the week is not over, and not above its limit yet


@dataclass(frozen=True)
class Judgement:
    """A mark, what it was compared with, and the smallest number that is clearly more."""

    mark: Mark
    expected: float | None = None
    limit: int | None = None


def dispersion(weeks: Sequence[int]) -> float:
    """Return variance over mean of past weeks, never below 1.2; 1.5 where they are too few.

    Incidents come in clusters: a Poisson limit would cry wolf.
    """
    mean = sum(weeks) / len(weeks) if weeks else 0.0
    if len(weeks) < HISTORY or mean == 0:
        return START_DISPERSION
    pearson = sum((n - mean) ** 2 for n in weeks) / mean / (len(weeks) - 1)
    return max(LEAST_DISPERSION, pearson)


def judge(number: int, before: Sequence[int | None], *, is_over: bool = True) -> Judgement:
    """Return how a week's number compares with the weeks before it, the oldest first.

    The usual is the mean of the twelve weeks before; the limits are those of a negative binomial
    with the place's own dispersion. A week that goes on can only be more, never fewer or usual.
    Weeks whose number is hidden (None) are left out.
    """
    usual = [n for n in before[-BASELINE:] if n is not None]
    expected = sum(usual) / len(usual) if usual else 0.0
    if len(usual) < LEAST or expected < LEAST_EXPECTED:
        return Judgement(Mark.FEW)
    spread = dispersion([n for n in before[-HISTORY:] if n is not None])
    limit = smallest_above(HIGH_TAIL, expected, spread)
    if number >= limit:
        mark = Mark.HIGH
    elif number >= smallest_above(RAISED_TAIL, expected, spread):
        mark = Mark.RAISED
    elif not is_over:
        mark = Mark.OPEN
    elif expected >= LEAST_FOR_FEWER and number < smallest_above(LOW_TAIL, expected, spread) - 1:
        mark = Mark.LOW
    else:
        mark = Mark.NORMAL
    return Judgement(mark, expected, limit)


def smallest_above(share: float, mean: float, spread: float) -> int:
    """Return the smallest count above a quantile of a negative binomial, variance spread × mean."""
    # Half a second to import, and wanted only where a week is judged.
    from scipy.special import betainc  # noqa: PLC0415 – the reason stands above

    size, chance = mean / (spread - 1), 1 / spread

    def below(count: int) -> bool:
        return float(betainc(size, count + 1, chance)) < share

    low, high = -1, 1
    while below(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return high + 1


def tail(number: int, mean: float, spread: float) -> float:
    """Return the chance of so many or more, of a negative binomial with variance spread × mean."""
    # Half a second to import, and wanted only where a week is judged.
    from scipy.special import betainc  # noqa: PLC0415 – the reason stands above

    if number <= 0:
        return 1.0
    return 1.0 - float(betainc(mean / (spread - 1), number, 1 / spread))
