"""What readers outside the group get of a week.

Only the week itself is news. Every other number of a letter is worked out from tables of weeks
that were told before: last week and the year before are repeated as they were told, a mean is
made of four told numbers, and what is usual of told numbers, too. Whoever keeps all letters
learns no more than from each table alone.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter

from lagesbild.analysis.rules.marks import BASELINE, HISTORY, Judgement, Mark, judge
from lagesbild.analysis.rules.reduction import (
    NO_DISTRICT,
    NOTHING_TOLD,
    Table,
    correct,
    mean,
    part,
    suppress,
)
from lagesbild.base.clock import Period
from lagesbild.meetings.rules import MEAN_OF, Picture
from lagesbild.meetings.rules.sentences import LOUDEST

Number = Callable[[Table], int | None]  # the number of a row, or the total, of a week's table


@dataclass(frozen=True)
class Publication:
    """What readers get of a week: frozen, already reduced.

    A later `version` corrects the one before; nothing that came in after `known_at` is counted.
    """

    id: UUID
    week: str
    made_at: datetime
    content: Mapping[str, object]
    version: int
    known_at: datetime


@dataclass(frozen=True)
class Told:
    """A publication that readers have, with the days that it is about, and the group it is of."""

    period: Period
    group_id: UUID
    publication: Publication


def reduced(
    whole: Picture,
    told: Mapping[Period, Table],
    known: Mapping[Period, Table],
    *,
    since: Period | None = None,
) -> dict[str, object]:
    """Return what readers get of a picture of A and B incidents, as plain JSON values.

    `told` are the tables of weeks that readers have already, `known` those `with_news`. `weeks` in
    the answer are the new ones, and those of the weeks between the one that the group told last,
    `since`, and this one.
    """
    again = weeks_between(since, whole.period) if since else []
    this, *four = (known[whole.period.previous(n)] for n in range(MEAN_OF + 1))
    year = known[whole.period.a_year_earlier()]

    def row(number: Number) -> dict[str, object]:
        return {
            "this": number(this),
            "last": number(four[0]),
            "mean": mean([number(table) for table in four]),
            "year": number(year),
        }

    def judged(number: Number) -> dict[str, object]:
        return row(number) | _judged(whole, known, number)

    def cells(name: str) -> Number:
        return lambda table: table.cells.get(name)

    return {
        "districts": [
            {"slug": d.slug, "name": d.name} | judged(cells(d.slug)) for d, _ in whole.districts
        ],
        "unplaced": row(cells(NO_DISTRICT)),
        "total": judged(lambda table: table.total),
        "weeks": _as_json({p: t for p, t in known.items() if told.get(p) != t or p in again}),
    }


def _as_json(known: Mapping[Period, Table]) -> dict[str, object]:
    return {period.first_day.isoformat(): asdict(table) for period, table in known.items()}


def with_news(
    whole: Picture, told: Mapping[Period, Table], *, since: Period | None = None
) -> Mapping[Period, Table]:
    """Return the tables with that of the picture's week, and those behind it that nobody told.

    Those are told as they were known when each was met over, like all comparisons.
    """
    rows = {NO_DISTRICT: whole.unplaced} | {d.slug: figures for d, figures in whole.districts}
    counted = {whole.period.a_year_earlier(): {row: f.year for row, f in rows.items()}}
    for n in range(_weeks_behind(whole, since), 0, -1):
        counted[whole.period.previous(n)] = {row: f.history[-n] for row, f in rows.items()}
    counted[whole.period] = {row: f.this for row, f in rows.items()}
    known = dict(told)
    for period, counts in counted.items():
        if period not in told:
            known[period] = suppress(counts, known.get(period.previous(), NOTHING_TOLD))
        elif period == whole.period:
            known[period] = correct(counts, told[period])
    return known


def _weeks_behind(whole: Picture, since: Period | None) -> int:
    """Return on how many weeks a letter rests: its columns, what is usual, those not told of."""
    silent = weeks_between(since, whole.period) if since else []
    return min(max(MEAN_OF, whole.weeks_known, len(silent)), HISTORY)


def _judged(whole: Picture, known: Mapping[Period, Table], number: Number) -> dict[str, object]:
    """Return how a number that is told compares with those that were told before it.

    A mark of true numbers would narrow hidden ones: that of the week itself, or an earlier one.
    """
    this, judged = number(known[whole.period]), Judgement(Mark.FEW)
    if this is not None:
        before = [number(table) for table in _before(whole.period, known)]
        judged = judge(this, before, is_over=whole.is_over)
    expected = judged.expected if judged.mark in LOUDEST else None
    return {
        "mark": judged.mark.value,
        "expected": None if expected is None else math.floor(expected + 0.5),
    }


def _before(period: Period, known: Mapping[Period, Table]) -> Sequence[Table]:
    """Return the tables before a week, the oldest first; the first is one with something in it."""
    tables = [known.get(period.previous(n), NOTHING_TOLD) for n in range(HISTORY, 0, -1)]
    first = next((i for i, t in enumerate(tables) if t.cells and t.total != 0), HISTORY)
    return tables[first:]


def tables(publications: Iterable[Publication]) -> dict[Period, Table]:
    """Return the tables that publications have told, given in the order in which they were made.

    Of a week that was told again the newest table counts.
    """
    return {
        Period(first_day): table
        for publication in publications
        for first_day, table in _WEEKS.validate_python(publication.content.get("weeks", {})).items()
    }


def weeks_between(first: Period, last: Period) -> list[Period]:
    """Return the weeks between two, the oldest first."""
    weeks = (last.first_day - first.first_day).days // 7
    return [last.previous(n) for n in range(weeks - 1, 0, -1)]


def uncertain(number: int, this: Table) -> int | None:
    """Return how many of a week have an uncertain place, as readers get it.

    `number` are those in a district. It is a part of what is told of the districts: more than
    that would tell that few of the rest are without one.
    """
    districts = [n for row, n in this.cells.items() if row != NO_DISTRICT and n is not None]
    return part(number, sum(districts))


def newcomers(whole: Picture, told: Iterable[Told]) -> list[dict[str, str]]:
    """Return who first reported in the weeks that a week is compared with, and when.

    What a letter has said of it stays so: another week later, or none, would tell that reports
    were taken back.
    """
    earliest, latest = whole.period.previous(BASELINE).name, whole.period.name
    weeks: dict[str, str] = {}
    for letter in told:
        for each in _NEW.validate_python(letter.publication.content.get("newcomers", [])):
            if earliest <= each["first_week"] <= latest:
                weeks.setdefault(each["name"], each["first_week"])
    for organisation, first in whole.newcomers:
        weeks.setdefault(organisation.name, first.name)
    own = (c.organisation.name for c in whole.coverage)
    return [{"name": name, "first_week": weeks[name]} for name in own if name in weeks]


_WEEKS = TypeAdapter(dict[date, Table])
_NEW = TypeAdapter(list[dict[str, str]])
