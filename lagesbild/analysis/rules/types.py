"""Which kinds of events are the most common, and how that compares with before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from lagesbild.analysis.rules.cells import CellCount, standing_out
from lagesbild.analysis.rules.marks import BASELINE, LEAST

THIS, LAST = 0, 1  # windows


@dataclass(frozen=True)
class TypeCount:
    """How many events of a kind in a district in a window; `late` is how many of them came late."""

    window: int
    district_id: UUID | None
    category: str
    number: int
    late: int


@dataclass(frozen=True)
class Common:
    """A kind of event: how many now and before, and what is expected; None: nobody can tell.

    `stands_out` are the districts where it is unusual.
    """

    category: str
    number: int
    before: int | None
    expected: float | None = None
    stands_out: tuple[UUID | None, ...] = ()
    is_over: bool = True

    @property
    def change(self) -> str:
        """What differs from before, in words that claim no more; empty where nothing can be said.

        A period that goes on can only have become more.
        """
        if self.before is None:
            return ""
        more = self.number - self.before
        if more > 0:
            return f"{more} fler" if self.before else "ny"
        if not self.is_over:
            return ""
        return f"{-more} färre" if more else "lika många"


def of_week(
    counts: Sequence[TypeCount], *, weeks: int, has_before: bool, is_over: bool
) -> list[Common]:
    """Return the kinds of events of a week and of the one before it, the most common first.

    Window 0 is the week, and the others those before it. `weeks` is how many of these there are
    figures of in time, `has_before` whether there are any of the whole week before.
    """
    on_time = [
        CellCount(c.window, c.district_id, c.category, c.number - c.late)
        for c in counts
        if c.number > c.late
    ]
    unusual = standing_out(on_time, weeks=weeks)
    usual = min(weeks, BASELINE)

    def expected(category: str) -> float | None:
        if usual < LEAST:
            return None
        known = (c.number for c in on_time if c.category == category and 0 < c.window <= usual)
        return sum(known) / usual

    return [
        Common(
            category,
            number,
            before if has_before else None,
            expected(category),
            tuple(cell.district_id for cell in unusual if cell.category == category),
            is_over,
        )
        for category, number, before in _ranked(counts)
    ]


def of_period(counts: Iterable[TypeCount], *, has_before: bool, is_over: bool) -> list[Common]:
    """Return the kinds of events of a longer period (window 0) and of the one before it (1)."""
    return [
        Common(category, number, before if has_before else None, is_over=is_over)
        for category, number, before in _ranked(counts)
    ]


def _ranked(counts: Iterable[TypeCount]) -> list[tuple[str, int, int]]:
    found: dict[str, list[int]] = {}
    for count in counts:
        if count.window in (THIS, LAST):
            found.setdefault(count.category, [0, 0])[count.window] += count.number
    rows = [(category, now, before) for category, (now, before) in found.items()]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))
