"""Half a year of letters that name types, in the hands of somebody who keeps them."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.analysis.rules.cells import CellCount
from lagesbild.analysis.rules.marks import BASELINE, HISTORY
from lagesbild.analysis.rules.reduction import NO_DISTRICT, SMALLEST_SHOWN, Table
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import Figures, Picture
from lagesbild.meetings.rules.publication import Publication, Told, reduced, tables, with_news
from lagesbild.meetings.rules.told_cells import Known, named
from tests.attacker import MOST, period_of, week_of
from tests.attacker_of_types import ALL, Attacker
from tests.build import NOBODY, NOW

DISTRICTS = tuple(District(new_id(), slug, slug, slug) for slug in ("a", "b"))
TYPES = ("BRA01", "SKA03")
OTHER = "ORD01"  # never named: its own letters would be the rest
SMALL, LARGER = (1, SMALLEST_SHOWN - 1), (SMALLEST_SHOWN, MOST)


class Town:
    """What happens in a town of two districts, type by type, and what is published of it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.often = chance.choice([0.02, 0.05, 0.1])
        self.usual = {
            (d.slug, kind): chance.choice([0, 0, 1, 2]) for d in DISTRICTS for kind in TYPES
        }
        self.usual |= {
            (row, OTHER): chance.choice([0, 6, 12, 30]) for row in ("a", "b", NO_DISTRICT)
        }
        self.counts: dict[tuple[int, str, str], int] = {}
        self.told: list[Told] = []
        self.limits: dict[tuple[int, str], tuple[int, int]] = {}

    def count(self, week: int, district: str, kind: str) -> int:
        place = (week, district, kind)
        if place not in self.counts:
            burst = self.chance.choice([5, 6, 7, 9, 13]) if self.chance.random() < self.often else 0
            self.counts[place] = burst or self.chance.randint(0, self.usual[place[1:]])
        return self.counts[place]

    def all_of(self, week: int, row: str) -> int:
        if row == NO_DISTRICT:
            return self.count(week, row, OTHER)
        return sum(self.count(week, row, kind) for kind in (*TYPES, OTHER))

    def picture(self, week: int) -> Picture:
        def figures(row: str) -> Figures:
            before = tuple(self.all_of(week - n, row) for n in range(HISTORY, 0, -1))
            return Figures(self.all_of(week, row), 0, 0, 0, history=before)

        rows = tuple((d, figures(d.slug)) for d in DISTRICTS)
        return Picture(period_of(week), period_of(week).end, rows, figures(NO_DISTRICT), 0, ())

    def known(self, week: int, told: dict[Period, Table]) -> Known:
        whole = self.picture(week)
        counts = [
            CellCount(back, d.id, kind, self.count(week - back, d.slug, kind))
            for back in range(BASELINE + 1)
            for d in DISTRICTS
            for kind in (*TYPES, OTHER)
        ]
        names = {kind: kind for kind in TYPES}
        return Known(whole, counts, names, with_news(whole, told), self.told)

    def publish(self, week: int) -> dict[str, Any]:
        told = tables(each.publication for each in self.told)
        known = self.known(week, told)
        content: dict[str, Any] = reduced(known.whole, told, known.tables)
        content["cells"] = [cell.as_json() for cell in named(known)]
        publication = Publication(NOBODY, "", NOW, content, 1, NOW)
        self.told.append(Told(period_of(week), NOBODY, publication))
        for day, table in content["weeks"].items():
            for row in table["cells"]:
                is_small = self.all_of(week_of(day), row) < SMALLEST_SHOWN
                self.limits[week_of(day), row] = SMALL if is_small else LARGER
        return content

    def letters(self, weeks: int) -> list[tuple[int, dict[str, Any]]]:
        return [(week, self.publish(week)) for week in range(weeks)]


def refuse_what_is_known(town: Town, made: Sequence[tuple[int, dict[str, Any]]]) -> None:
    attacker = Attacker(TYPES)
    for week, content in made:
        for day, table in content["weeks"].items():
            attacker.table(week_of(day), table["cells"], table["total"])
        attacker.read(week, content["cells"])
    for terms, least, most in attacker.found(town.limits):
        assert least < most or not 0 < least < SMALLEST_SHOWN, (terms, least)
        week, district, kind = terms[0]
        if kind == ALL and attacker.shown[week, district] is None:
            assert town.limits[week, district] != SMALL or (least, most) == SMALL, terms


@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_no_small_number_of_a_type_can_be_worked_out_from_letters(seed: int) -> None:
    town = Town(Random(seed))  # noqa: S311 – a town for a test
    refuse_what_is_known(town, town.letters(weeks=16))


@pytest.mark.parametrize("seed", [103, 233])
def test_nor_where_types_are_named_again_and_again(seed: int) -> None:
    town = Town(Random(seed))  # noqa: S311 – a town for a test
    made = town.letters(weeks=20)
    assert sum(len(content["cells"]) for _, content in made) > 3
    refuse_what_is_known(town, made)


def test_nor_from_what_is_usual_of_two_types_in_few_incidents() -> None:
    """Of 5 and 7, six are fires and then six of the 7 graffiti: one fire would be left."""
    town = Town(Random(0))  # noqa: S311 – a town for a test
    town.usual = dict.fromkeys(town.usual, 0)
    town.often = 0
    fires, graffiti = TYPES
    town.counts = {
        (-26, "a", OTHER): 9,
        (-12, "a", fires): 5,
        (-5, "a", fires): 1,
        (-5, "a", graffiti): 6,
        (0, "a", fires): 6,
        (1, "a", graffiti): 6,
    }
    refuse_what_is_known(town, town.letters(weeks=2))
