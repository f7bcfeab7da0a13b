"""What readers outside the group see on a map: areas, words and safe numbers, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lagesbild.analysis.rules.marks import Mark
from lagesbild.base.clock import Period
from lagesbild.meetings.rules.publication import Publication


@dataclass(frozen=True)
class Area:
    """A district of a published week. `number` is None where it is hidden."""

    slug: str
    name: str
    number: int | None
    mark: Mark | None  # None where the week told none


@dataclass(frozen=True)
class Edition:
    """A published week: when its figures were taken, and its districts in their order."""

    period: Period
    made_at: datetime
    version: int
    total: int | None
    areas: tuple[Area, ...]

    def area(self, slug: str) -> Area | None:
        """Return one district, or None where the week had none of that name."""
        return next((area for area in self.areas if area.slug == slug), None)


def edition_of(publication: Publication, *, weekday: int) -> Edition:
    """Return what a map shows of a publication; `weekday` is that of the group's meetings."""
    content: Mapping[str, Any] = publication.content
    return Edition(
        Period.named(publication.week, weekday=weekday),
        publication.made_at,
        publication.version,
        content["total"]["this"],
        tuple(_area(row) for row in content["districts"]),
    )


def _area(row: Mapping[str, Any]) -> Area:
    mark = row.get("mark")
    return Area(row["slug"], row["name"], row["this"], Mark(mark) if mark else None)


def chosen(editions: Sequence[Edition], week: str | None) -> Edition | None:
    """Return the edition of a week, without one the newest; None where there is none."""
    if week is None:
        return editions[0] if editions else None
    return next((each for each in editions if each.period.name == week), None)


def weeks_of(editions: Iterable[Edition], slug: str) -> list[tuple[Period, Area]]:
    """Return a district's published weeks, in the order of the editions."""
    found = ((each.period, each.area(slug)) for each in editions)
    return [(period, area) for period, area in found if area is not None]
