"""A year of letters, with late reports and withdrawals, in the hands of somebody who keeps them."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.analysis.rules.marks import HISTORY
from lagesbild.analysis.rules.reduction import SMALLEST_SHOWN, Table
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import Figures, Picture
from lagesbild.meetings.rules.publication import (
    Publication,
    reduced,
    tables,
    uncertain,
    with_news,
)
from tests.attacker import MOST, Attacker, Unknown, period_of, week_of
from tests.build import NOBODY, NOW

DISTRICTS = tuple(District(new_id(), slug, slug, slug) for slug in ("a", "b", "c"))
ROWS = ("a", "b", "c", "")
SMALL, LARGER, ANY = (1, SMALLEST_SHOWN - 1), (SMALLEST_SHOWN, MOST), (0, MOST)


class Town:
    """What happens in a town, what is published of it, and what is really hidden in it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.usual = {row: chance.choice([1, 2, 3, 5, 8, 20]) for row in ROWS}
        self.counts: dict[tuple[int, str], int] = {}
        self.made: list[tuple[int, bool, Publication]] = []
        self.limits: dict[Unknown, tuple[int, int]] = {}
        self.times: dict[int, int] = {}
        self.unsure: dict[int, int | None] = {}  # how many uncertain places are told of a week

    def count(self, week: int, row: str) -> int:
        usual = 2 * self.usual[row]
        return self.counts.setdefault((week, row), self.chance.randint(0, usual))

    def live_on(self, week: int) -> None:
        """Let reports come late and others be withdrawn, a few, sometimes many."""
        for _ in range(self.chance.randint(0, 4)):
            place = (week - self.chance.randint(0, 5), self.chance.choice(ROWS))
            change = self.chance.choice([-9, -3, -1, 1, 1, 2, 7])
            self.counts[place] = max(0, self.count(*place) + change)

    def picture(self, week: int) -> Picture:
        def figures(row: str) -> Figures:
            before = [self.count(week - n, row) for n in range(HISTORY, 0, -1)]
            year = self.count(week - 52, row)
            four = sum(before[-4:])
            return Figures(self.count(week, row), before[-1], four, year, history=tuple(before))

        districts = tuple((d, figures(d.slug)) for d in DISTRICTS)
        return Picture(period_of(week), period_of(week).end, districts, figures(""), 0, ())

    @property
    def told(self) -> dict[Period, Table]:
        return tables(publication for *_, publication in self.made)

    def publish(self, week: int) -> None:
        told = self.told
        again = period_of(week) in told
        whole = self.picture(week)
        content: dict[str, Any] = reduced(whole, told, with_news(whole, told))
        if week not in self.unsure:
            number = sum(self.chance.randint(0, self.count(week, d.slug)) for d in DISTRICTS)
            this = Table({d["slug"]: d["this"] for d in content["districts"]}, None)
            self.unsure[week] = uncertain(number, this)
        content["uncertain"] = self.unsure[week]
        self.made.append((week, again, Publication(NOBODY, "", NOW, content, 1, NOW)))
        weeks = content["weeks"]
        assert isinstance(weeks, dict)
        if again:
            self.times[week] = self.times.get(week, 1) + 1
        for week_told in map(week_of, weeks):
            period = period_of(week_told)
            self._note(week_told, self.told[period].cells, told.get(period))

    def _note(self, week: int, cells: Mapping[str, int | None], before: Table | None) -> None:
        for row in [row for row, number in cells.items() if number is None]:
            new = before is None or before.cells[row] is not None
            class_ = SMALL if self.count(week, row) < SMALLEST_SHOWN else LARGER
            self.limits[week, row, self.times.get(week, 1)] = class_ if new else ANY


def year(seed: int, weeks: int) -> Town:
    town = Town(Random(seed))  # noqa: S311 – a town for a test
    for week in range(weeks):
        if town.chance.random() < 0.9:  # else there is no letter that week
            town.publish(week)
        town.live_on(week)
        if town.chance.random() < 0.3:
            town.publish(week - town.chance.randint(0, 3))
    return town


@given(seed=st.integers(0, 2**32), trusting=st.booleans())
@settings(max_examples=8, deadline=None)
def test_no_hidden_number_can_be_worked_out_from_the_letters_of_a_season(
    seed: int, *, trusting: bool
) -> None:
    refuse_what_is_known(year(seed, weeks=12), trusting=trusting)


@pytest.mark.parametrize("trusting", [False, True])
def test_no_hidden_number_can_be_worked_out_from_the_letters_of_a_year(*, trusting: bool) -> None:
    refuse_what_is_known(year(seed=2026, weeks=54), trusting=trusting)


def refuse_what_is_known(town: Town, *, trusting: bool) -> None:
    attacker = Attacker(trusting)
    for week, again, publication in town.made:
        attacker.read(week, publication.content, again=again)
        refuse_news_in_marks(attacker, week, publication.content)
    for name, least, most in attacker.found(town.limits):
        assert least < most, name
        assert town.limits.get(name) != SMALL or (least, most) == SMALL, name


def refuse_news_in_marks(attacker: Attacker, week: int, content: Mapping[str, Any]) -> None:
    """Whatever is said of what is usual could be worked out from what letters show."""
    for line in (*content["districts"], content["total"]):
        told = line["mark"], line["expected"]
        assert told == attacker.judged(week, line.get("slug")), (week, line)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_a_correction_changes_a_number_by_five_or_more_or_not_at_all(seed: int) -> None:
    town = Town(Random(seed))  # noqa: S311 – a town for a test
    town.publish(0)
    for _ in range(6):
        before = town.told[period_of(0)].cells
        town.live_on(0)
        town.publish(0)
        for row, number in town.told[period_of(0)].cells.items():
            told = before[row]
            assert number is None or told is not None, "hidden before"
            assert number is None or number == told or abs(number - (told or 0)) >= SMALLEST_SHOWN


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_no_row_and_no_total_of_a_week_is_a_small_number(seed: int) -> None:
    for table in year(seed, weeks=6).told.values():
        for number in (*table.cells.values(), table.total):
            assert number is None or number == 0 or number >= SMALLEST_SHOWN
