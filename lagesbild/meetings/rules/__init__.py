"""What the weekly picture holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lagesbild.analysis.rules import Count
from lagesbild.analysis.rules.marks import BASELINE, HISTORY, Judgement, judge
from lagesbild.base.clock import Period
from lagesbild.districts.rules import District
from lagesbild.people.rules import Organisation

THIS, LAST = 0, 1  # the windows of a picture: this week, those before it, and last at last
YEAR = HISTORY + 1  # the same week a year ago
MEAN_OF = 4


class Reported(StrEnum):
    """What an organisation has said about a week."""

    YES = "rapporterat"
    NOTHING = "inget"
    SILENT = "inte"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        said = {Reported.YES: "har rapporterat", Reported.NOTHING: "inget att rapportera"}
        return said.get(self, "inget ännu")


@dataclass(frozen=True)
class Figures:
    """Counts of one district or of all: this week, last, the four before together, last year.

    `history` are the 26 weeks before, the oldest first, as they were known when each was met over.
    """

    this: int
    last: int
    four: int
    year: int
    late: int = 0  # of this week's, how many came after the meeting began
    history: tuple[int, ...] = (0,) * HISTORY

    @property
    def mean(self) -> float:
        """The mean of the four weeks before."""
        return self.four / MEAN_OF

    def __add__(self, other: "Figures") -> "Figures":
        """Return the figures of both together."""
        return Figures(
            self.this + other.this,
            self.last + other.last,
            self.four + other.four,
            self.year + other.year,
            self.late + other.late,
            tuple(one + two for one, two in zip(self.history, other.history, strict=True)),
        )


NONE = Figures(0, 0, 0, 0)


@dataclass(frozen=True)
class Coverage:
    """What an organisation has contributed to a week; 0 where it is in others' incidents alone."""

    organisation: Organisation
    state: Reported
    number: int


@dataclass(frozen=True)
class Picture:
    """A week as the group sees it, from what was known at a moment. Districts by name."""

    period: Period
    known_at: datetime
    districts: tuple[tuple[District, Figures], ...]
    unplaced: Figures  # in no district: without a place, or outside the municipality
    late_from_last: int  # of last week's, how many came after last week's meeting began
    coverage: tuple[Coverage, ...]
    newcomers: tuple[tuple[Organisation, Period], ...] = ()  # and the first week each reported
    outward: int = 0  # of this week's, how many may be counted outside the group

    @property
    def is_over(self) -> bool:
        """Whether the week was over when this was known; one that goes on is only half told."""
        return self.known_at >= self.period.end

    def judged(self, figures: Figures) -> Judgement:
        """Return how figures of this picture compare with the weeks before, without late reports.

        Weeks before the first in which anything was reported are no weeks with nothing.
        """
        on_time = figures.this - figures.late
        before = figures.history[len(figures.history) - self.weeks_known :]
        return judge(on_time, before, is_over=self.is_over)

    @property
    def breaks(self) -> list[int]:
        """Where in the history a newcomer's first week stands: before it fewer reported."""
        length = len(self.total.history)
        weeks = {(self.period.first_day - first.first_day).days // 7 for _, first in self.newcomers}
        return sorted(length - n for n in weeks if 0 < n < length)

    @property
    def weeks_known(self) -> int:
        """How many weeks before there are figures of, from the first in which anything came in."""
        known = len(self.total.history)
        return known - next((i for i, n in enumerate(self.total.history) if n), known)

    @property
    def total(self) -> Figures:
        """All districts and the incidents without one together."""
        return sum((figures for _, figures in self.districts), start=self.unplaced)


def windows(period: Period) -> list[Period]:
    """Return the periods of a picture: this, the 26 before, and the same a year ago."""
    return [*(period.previous(n) for n in range(YEAR)), period.a_year_earlier()]


def figures(counts: Iterable[Count]) -> Figures:
    """Return the figures of a set of counts."""
    number, late = [0] * (YEAR + 1), [0] * (YEAR + 1)
    for count in counts:
        number[count.window] += count.number
        late[count.window] += count.late
    on_time = [all_ - after for all_, after in zip(number, late, strict=True)]
    return Figures(
        number[THIS],
        number[LAST],
        sum(number[LAST : LAST + MEAN_OF]),
        number[YEAR],
        late[THIS],
        tuple(reversed(on_time[LAST:YEAR])),
    )


def picture(
    period: Period,
    counts: Sequence[Count],
    *,
    districts: Sequence[District],
    organisations: Sequence[Organisation],
    said: Mapping[UUID, Reported],
    known_at: datetime,
) -> Picture:
    """Return the picture that a week's counts make.

    `said` is what organisations have said that have no incident of their own in it.
    """
    known = {d.id for d in districts}
    return Picture(
        period,
        known_at,
        tuple((d, figures(c for c in counts if c.district_id == d.id)) for d in districts),
        figures(c for c in counts if c.district_id not in known),
        sum(c.late for c in counts if c.window == LAST),
        tuple(_coverage(o, counts, said) for o in organisations),
        tuple(_newcomers(period, counts, organisations)),
        sum(c.number for c in counts if c.window == THIS and c.open),
    )


def _newcomers(
    period: Period, counts: Sequence[Count], organisations: Sequence[Organisation]
) -> Iterator[tuple[Organisation, Period]]:
    """Return who first reported in the weeks that a week is compared with, when others did before.

    More who report give more reports: a mark must not be read without it.
    """
    known = [c for c in counts if c.window < YEAR and c.number]
    if max((c.window for c in known), default=THIS) <= BASELINE:
        return
    for organisation in organisations:
        first = max((c.window for c in known if c.organisation_id == organisation.id), default=YEAR)
        if first <= BASELINE:
            yield organisation, period.previous(first)


def _coverage(
    organisation: Organisation, counts: Sequence[Count], said: Mapping[UUID, Reported]
) -> Coverage:
    number = sum(
        c.number for c in counts if c.window == THIS and c.organisation_id == organisation.id
    )
    state = Reported.YES if number else said.get(organisation.id, Reported.SILENT)
    return Coverage(organisation, state, number)


def as_json(picture: Picture) -> dict[str, object]:
    """Return a picture as plain JSON values; means are not rounded."""
    return {
        "week": picture.period.name,
        "from": picture.period.first_day.isoformat(),
        "to": picture.period.last_day.isoformat(),
        "compared_with": picture.period.a_year_earlier().first_day.isoformat(),
        "known_at": picture.known_at.isoformat(),
        "districts": [
            {"slug": d.slug, "key": d.key, "name": d.name} | _figures(f)
            for d, f in picture.districts
        ],
        "without_district": _figures(picture.unplaced),
        "total": _figures(picture.total),
        "late_from_last_week": picture.late_from_last,
        "coverage": [
            {"organisation": c.organisation.slug, "state": c.state, "incidents": c.number}
            for c in picture.coverage
        ],
        "newcomers": [
            {
                "organisation": organisation.slug,
                "name": organisation.name,
                "first_week": first.name,
            }
            for organisation, first in picture.newcomers
        ],
    }


def _figures(figures: Figures) -> dict[str, float]:
    return {
        "this_week": figures.this,
        "last_week": figures.last,
        "mean_of_four": figures.mean,
        "same_week_last_year": figures.year,
        "late": figures.late,
    }
