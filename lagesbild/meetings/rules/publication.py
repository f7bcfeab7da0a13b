"""What readers outside the group get of a week."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lagesbild.analysis.rules.reduction import Shown, suppress
from lagesbild.meetings.rules import MEAN_OF, Figures, Picture


def reduced(whole: Picture) -> dict[str, object]:
    """Return the rows that readers get of a picture of A and B incidents, as plain JSON values.

    Small counts are hidden in each column, together with what would give them away; the mean is
    a rounded number and follows the four weeks behind it.
    """
    rows = [*whole.districts]
    columns: Mapping[str, Callable[[Figures], int]] = {
        "this": lambda f: f.this,
        "last": lambda f: f.last,
        "mean": lambda f: f.four,
        "year": lambda f: f.year,
    }
    shown = {
        name: suppress([*(value(f) for _, f in rows), value(whole.unplaced)])
        for name, value in columns.items()
    }
    shown["mean"] = _rounded(shown["mean"])
    return {
        "districts": [
            {"slug": district.slug, "name": district.name}
            | {name: column.cells[i] for name, column in shown.items()}
            for i, (district, _) in enumerate(rows)
        ],
        "unplaced": {name: column.cells[-1] for name, column in shown.items()},
        "total": {name: column.total for name, column in shown.items()},
    }


def _rounded(four: Shown) -> Shown:
    """Return the means behind a column of four-week sums, as whole numbers (half up)."""

    def mean(number: int | None) -> int | None:
        return None if number is None else (2 * number + MEAN_OF) // (2 * MEAN_OF)

    return Shown(tuple(mean(n) for n in four.cells), mean(four.total))


@dataclass(frozen=True)
class Publication:
    """What readers get of a week: frozen, already reduced."""

    id: UUID
    week: str
    made_at: datetime
    content: Mapping[str, object]
