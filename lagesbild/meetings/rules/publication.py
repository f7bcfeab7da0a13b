"""What readers outside the group get of a week.

Only the week itself is news. Every other number of a letter is worked out from tables of weeks
that were told before: last week and the year before are repeated as they were told, and a mean is
made of four told numbers. Whoever keeps all letters learns no more than from each table alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter

from lagesbild.analysis.rules.reduction import (
    NO_DISTRICT,
    NOTHING_TOLD,
    Table,
    correct,
    mean,
    suppress,
)
from lagesbild.base.clock import Period
from lagesbild.meetings.rules import MEAN_OF, Picture


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


def reduced(whole: Picture, told: Mapping[Period, Table]) -> dict[str, object]:
    """Return what readers get of a picture of A and B incidents, as plain JSON values.

    `told` are the tables of weeks that readers have already; `weeks` in the answer the new ones.
    """
    known = _with_news(whole, told)
    this, *four = (known[whole.period.previous(n)] for n in range(MEAN_OF + 1))
    year = known[whole.period.a_year_earlier()]

    def row(number: Callable[[Table], int | None]) -> dict[str, int | None]:
        return {
            "this": number(this),
            "last": number(four[0]),
            "mean": mean([number(table) for table in four]),
            "year": number(year),
        }

    def cells(name: str) -> dict[str, int | None]:
        return row(lambda table: table.cells.get(name))

    return {
        "districts": [{"slug": d.slug, "name": d.name} | cells(d.slug) for d, _ in whole.districts],
        "unplaced": cells(NO_DISTRICT),
        "total": row(lambda table: table.total),
        "weeks": {
            period.first_day.isoformat(): asdict(table)
            for period, table in known.items()
            if told.get(period) != table
        },
    }


def _with_news(whole: Picture, told: Mapping[Period, Table]) -> Mapping[Period, Table]:
    """Return the tables with that of the picture's week, and those behind it that nobody told.

    Those four are told as they were known when each was met over, like all comparisons.
    """
    rows = {NO_DISTRICT: whole.unplaced} | {d.slug: figures for d, figures in whole.districts}
    counted = {whole.period.a_year_earlier(): {row: f.year for row, f in rows.items()}}
    for n in range(MEAN_OF, 0, -1):
        counted[whole.period.previous(n)] = {row: f.history[-n] for row, f in rows.items()}
    counted[whole.period] = {row: f.this for row, f in rows.items()}
    known = dict(told)
    for period, counts in counted.items():
        if period not in told:
            known[period] = suppress(counts, known.get(period.previous(), NOTHING_TOLD))
        elif period == whole.period:
            known[period] = correct(counts, told[period])
    return known


def tables(publications: Iterable[Publication]) -> dict[Period, Table]:
    """Return the tables that publications have told, given in the order in which they were made.

    Of a week that was told again the newest table counts.
    """
    return {
        Period(first_day): table
        for publication in publications
        for first_day, table in _WEEKS.validate_python(publication.content.get("weeks", {})).items()
    }


_WEEKS = TypeAdapter(dict[date, Table])
