"""What stands beside a map: four stretches of weeks, the most common types, and a rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from lagesbild.analysis.rules.rates import LEAST_INHABITANTS, YEAR, Rate, rate
from lagesbild.base.clock import Period
from lagesbild.districts.rules import District, Inhabitants
from lagesbild.incidents.rules.over_time import Range
from lagesbild.maps.rules.view import SPANS, View

LONGEST = 104  # weeks of the slider


@dataclass(frozen=True)
class Stretch:
    """Some weeks that end with a period: how many incidents, and in as many weeks before.

    `before` is None where there are no figures of all of them. `known` is of how many weeks there
    are figures.
    """

    name: str
    period: Period
    weeks: int
    number: int
    before: int | None
    known: int
    is_over: bool
    is_shown: bool

    @property
    def a_week(self) -> float | None:
        """The mean of the weeks that there are figures of; None of one week."""
        return self.number / self.known if self.weeks > 1 and self.known else None

    @property
    def change(self) -> str:
        """How it compares with as many weeks before, in words; empty where nothing can be said."""
        if self.before is None or not self.is_over:
            return ""
        more = self.number - self.before
        than = {1: "veckan före"}.get(self.weeks, f"de {self.weeks} veckorna före")
        if not more:
            return f"lika många som {than}"
        return f"{abs(more)} {'fler' if more > 0 else 'färre'} än {than}"


def stretches_of(view: View) -> tuple[tuple[str, Period, int], ...]:
    """Return name, last week and length of the four that stand side by side."""
    period = view.period
    return (
        ("Denna vecka", period, 1),
        ("Förra veckan", period.previous(), 1),
        *((SPANS[weeks], period, weeks) for weeks in SPANS if weeks > 1),
    )


def ranges_of(view: View) -> list[Range]:
    """Return what to count for the four: each, and as many weeks before it."""
    return [
        Range(last.previous(weeks - 1).start, last.end)
        for _, period, weeks in stretches_of(view)
        for last in (period, period.previous(weeks))
    ]


def stretches(
    view: View, numbers: Sequence[int], *, first: datetime | None, now: datetime
) -> list[Stretch]:
    """Return the four with what was counted; there are figures since `first`."""
    ranges = ranges_of(view)
    found = []
    for n, (name, period, weeks) in enumerate(stretches_of(view)):
        earlier = ranges[2 * n + 1]
        found.append(
            Stretch(
                name,
                period,
                weeks,
                numbers[2 * n],
                numbers[2 * n + 1] if first and first <= earlier.start else None,
                _known(period, weeks, first),
                is_over=period.end <= now,
                is_shown=(period, weeks) == (view.period, view.weeks),
            )
        )
    return found


def _known(period: Period, weeks: int, first: datetime | None) -> int:
    """Return of how many of some weeks there are figures, the first one counted whole."""
    starts = (period.previous(n).end for n in range(weeks))
    return sum(first is not None and end > first for end in starts)


def weeks_known(shown: Period, *, first: datetime | None, running: Period) -> list[Period]:
    """Return the weeks that can be looked at, the oldest first: at most two years, and the shown.

    They end with the running week.
    """
    recent = [running.previous(n) for n in range(LONGEST)]
    known = [week for week in recent if first is not None and week.end > first]
    return sorted({*known, running, shown})


@dataclass(frozen=True)
class Inhabited:
    """What can be said for each thousand inhabitants; without a rate, too few live there."""

    number: int
    counted_on: date
    source: str
    rate: Rate | None
    least: ClassVar[int] = LEAST_INHABITANTS


def inhabited(
    year: Stretch, known: Mapping[UUID, Inhabitants], districts: Sequence[District]
) -> Inhabited | None:
    """Return the rate of a year in districts together; None where something of it is not known."""
    if year.known < YEAR or not districts or any(d.id not in known for d in districts):
        return None
    found = [known[d.id] for d in districts]
    number = sum(each.number for each in found)
    oldest = min(found, key=lambda each: each.counted_on)
    sources = ", ".join(sorted({each.source for each in found}))
    return Inhabited(number, oldest.counted_on, sources, rate(year.number, number))
