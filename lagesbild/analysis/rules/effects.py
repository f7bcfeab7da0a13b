"""Whether there is a difference between before and after, in words that claim no more."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from lagesbild.analysis.rules import Window
from lagesbild.base.clock import STOCKHOLM

SPAN = timedelta(weeks=4)
LEAST_FOR_PERCENT = 20
LEAST_TOGETHER = 10  # with fewer the interval is too narrow: 4 and 0 would be clearly fewer
REGRESSION = (
    "Åtgärder sätts in när det är som värst. Efter en topp brukar antalet sjunka också utan"
    " åtgärd, så en minskning kan bero på det."
)


class Change(StrEnum):
    """What the interval of a ratio allows to say."""

    LESS = "farre"
    MORE = "fler"
    UNCLEAR = "oklart"
    FEW = "for-fa"


@dataclass(frozen=True)
class Ratio:
    """How many times as many there are as before, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Compared:
    """Counts of as many weeks before and after."""

    before: int
    after: int


def windows(day: date) -> tuple[Window, Window]:
    """Return the four weeks before a day and the four from it on; late reports are counted too."""
    before, start, end = (_midnight(d) for d in (day - SPAN, day, day + SPAN))
    return Window(before, start, start), Window(start, end, end)


def over_on(day: date) -> date:
    """Return the first day on which the four weeks from a day have passed."""
    return day + SPAN


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, STOCKHOLM)


def ratio(now: int, then: int, *, weeks_now: float = 1, weeks_then: float = 1) -> Ratio | None:
    """Return how two counts compare per week; None where nothing was counted before.

    Of all that was counted, the share that is new is binomial: its Wilson interval at 95 %, turned
    into that of the ratio. 14 in one week against 31 in four is 1.8 (0.97–3.4) [domain.md 10.2].
    """
    if not then:
        return None
    # Half a second to import, and wanted only where an effect is shown.
    from scipy.stats import binomtest  # noqa: PLC0415 – the reason stands above

    share = binomtest(now, now + then).proportion_ci(method="wilson")
    weeks = weeks_then / weeks_now
    low, high = (p / (1 - p) * weeks for p in (float(share.low), float(share.high)))
    return Ratio(now / then * weeks, low, high)


def change(compared: Compared) -> Change:
    """Return whether there are clearly fewer or more after than before."""
    found = _judged(compared)
    if found is None:
        return Change.FEW
    if found.high < 1:
        return Change.LESS
    return Change.MORE if found.low > 1 else Change.UNCLEAR


def _judged(compared: Compared) -> Ratio | None:
    """Return the ratio where there are enough incidents to judge."""
    together = compared.before + compared.after
    return ratio(compared.after, compared.before) if together >= LEAST_TOGETHER else None


def sentence(compared: Compared) -> str:
    """Return what may be said of the counts before and after; shares of small numbers never."""
    before, after = compared.before, compared.after
    counted = f"{before} rapporterade händelser på fyra veckor före, {after} efter: "
    return (
        counted
        + {
            Change.FEW: "för få för att bedöma.",
            Change.LESS: f"en tydlig minskning{_share(compared)}.",
            Change.MORE: f"en tydlig ökning{_share(compared)}.",
            Change.UNCLEAR: f"inte en tydlig {'ökning' if after > before else 'minskning'}.",
        }[change(compared)]
    )


def _share(compared: Compared) -> str:
    if compared.before < LEAST_FOR_PERCENT:
        return ""
    share = abs(compared.after - compared.before) / compared.before
    return f", ungefär {share * 100:.0f}\N{NO-BREAK SPACE}%"


def ratio_text(compared: Compared) -> str:
    """Return the ratio with its interval, as `0,4 gånger så många (0,2–0,9)`; empty without one."""
    found = _judged(compared)
    if found is None:
        return ""
    value, low, high = (_number(n) for n in (found.value, found.low, found.high))
    return f"{value} gånger så många ({low}–{high})"


def _number(number: float) -> str:
    return f"{number:.2g}".replace(".", ",") if number < 10 else f"{number:.0f}"  # noqa: PLR2004 – two figures
