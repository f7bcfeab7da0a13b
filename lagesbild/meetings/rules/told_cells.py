"""Which types of events a letter names in a district, so that no small number can be worked out.

A type is named with its number or not at all: to say of a hidden number that it stands out would
tell that it leaves a small one beside it. What is usual of a type is worked out of weeks that no
letter has used for it before, so that there is no difference of two letters to work with.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from lagesbild.analysis.rules.cells import (
    GROUP_SCREEN,
    LETTER_SCREEN,
    CellCount,
    is_unusual,
    standing_out,
)
from lagesbild.analysis.rules.marks import BASELINE, LEAST
from lagesbild.analysis.rules.reduction import SMALLEST_SHOWN, Table, part
from lagesbild.base.clock import Period
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import THIS, Picture
from lagesbild.meetings.rules.publication import Told

MOST_NAMED = 5
UNDER_ONE = 5 / BASELINE  # the most that is told as 0


@dataclass(frozen=True)
class Named:
    """A type that stands out in a district, as readers get it. `expected` 0 is less than one."""

    slug: str
    district: str
    code: str
    category: str
    number: int
    expected: int

    def stands_out(self, screen: float) -> bool:
        """Whether it does, for all that readers know."""
        return is_unusual(self.number, self.expected or UNDER_ONE, screen=screen)

    def as_json(self) -> dict[str, object]:
        """Return plain JSON values; `proposed` where a letter should speak of it."""
        return asdict(self) | {"proposed": self.stands_out(LETTER_SCREEN)}


@dataclass(frozen=True)
class Known:
    """What types are named by: a picture and counts of what may go out, and what readers have.

    `counts` are of the week and the twelve before it, `names` of the types that may go out,
    `tables` what is told of weeks, this one included, `told` all letters before this one.
    """

    whole: Picture
    counts: Sequence[CellCount]
    names: Mapping[str, str]
    tables: Mapping[Period, Table]
    told: Sequence[Told]

    def number(self, district: District, code: str, weeks: Collection[int] = (THIS,)) -> int:
        """Return how many of a type there were in a district, in weeks so far back together."""
        return sum(
            c.number
            for c in self.counts
            if c.district_id == district.id and c.category == code and c.window in weeks
        )

    def shown(self, district: District, back: int = THIS) -> int | None:
        """Return the number of a district that is told of a week so far back."""
        table = self.tables.get(self.whole.period.previous(back))
        return table.cells.get(district.slug) if table else None

    def before(self, district: District) -> Mapping[int, int]:
        """Return the numbers that are told of the weeks that a week is compared with."""
        weeks = range(1, min(BASELINE, self.whole.weeks_known) + 1)
        told = {n: self.shown(district, n) for n in weeks}
        return {n: number for n, number in told.items() if number is not None}


def named(known: Known) -> list[Named]:
    """Return what is named of a week that is told for the first time, the greatest excess first."""
    lately = _lately(known)
    found = [cell for d, _ in known.whole.districts for cell in _in_district(known, d, lately)]
    return sorted(found, key=_rank)[:MOST_NAMED]


def _rank(cell: Named) -> tuple[int, str, str]:
    return cell.expected - cell.number, cell.code, cell.slug


def _in_district(known: Known, district: District, lately: Sequence[Named]) -> Iterator[Named]:
    """Return what is named in a district: the numbers leave nothing beside them, or five or more.

    What is usual leaves as much room in the twelve weeks that it is of, so that what is said of
    several types does not give away what is left.
    """
    here = [cell for cell in lately if cell.slug == district.slug]
    left = known.shown(district) or 0
    room = sum(known.before(district).values()) - SMALLEST_SHOWN
    room -= sum(cell.number + BASELINE * cell.expected for cell in here)
    for cell in sorted(_unusual(known, district, here), key=_rank):
        is_new = not any(other.code == cell.code for other in here)
        taken = BASELINE * cell.expected if is_new else 0
        if part(cell.number, left) is not None and taken <= max(room, 0):
            left -= cell.number
            room -= taken
            yield cell


def _unusual(known: Known, district: District, here: Sequence[Named]) -> Iterator[Named]:
    """Return the types that stand out in a district, whether or not they may be named."""
    counts = [c for c in known.counts if c.district_id == district.id]
    new = {cell.category for cell in standing_out(counts, weeks=known.whole.weeks_known)}
    looked_at = known.names.keys() & (new | {cell.code for cell in here})
    for code in {c.category for c in counts if c.window == THIS} & looked_at:
        before = [cell for cell in here if cell.code == code]
        expected = _still(before) if before else _usual(known, district, code)
        if expected is not None:
            number = known.number(district, code)
            name = known.names[code]
            cell = Named(district.slug, district.name, code, name, number, expected)
            if not before or cell.stands_out(GROUP_SCREEN):
                yield cell


def _usual(known: Known, district: District, code: str) -> int | None:
    """Return how many are usual in the weeks whose number is told; none with fewer than eight."""
    weeks = known.before(district)
    number = known.number(district, code, weeks)
    if len(weeks) < LEAST:
        return None
    return math.floor(number / len(weeks) + 0.5) if number >= SMALLEST_SHOWN else 0


def _still(before: Sequence[Named]) -> int:
    """Return what is expected of a type that was named lately, from what was said of it alone."""
    mean = sum(cell.number for cell in before) / BASELINE
    return max(before[-1].expected, math.floor(mean + 0.5))


def named_again(known: Known, before: object) -> list[Named]:
    """Return what is named of a week that is told again: what was, as it was, where it still holds.

    It goes when it has changed by five or more, or when its district's number that is told now is
    hidden or would leave a small one beside it.
    """
    districts = {d.slug: d for d, _ in known.whole.districts}
    left = {slug: known.shown(d) or 0 for slug, d in districts.items()}
    found = []
    for cell in _NAMED.validate_python(before):
        number = known.number(districts[cell.slug], cell.code) if cell.slug in districts else 0
        is_same = abs(number - cell.number) < SMALLEST_SHOWN
        if is_same and part(cell.number, left.get(cell.slug, 0)) is not None:
            left[cell.slug] -= cell.number
            found.append(cell)
    return found


def _lately(known: Known) -> list[Named]:
    """Return what was named in the twelve weeks before, the oldest first, each once."""
    first = known.whole.period.previous(BASELINE)
    found: dict[tuple[Period, str, str], Named] = {}
    for each in known.told:
        if first <= each.period < known.whole.period:
            for cell in _NAMED.validate_python(each.publication.content.get("cells", [])):
                found.setdefault((each.period, cell.slug, cell.code), cell)
    return [found[key] for key in sorted(found)]


_NAMED = TypeAdapter(list[Named])
