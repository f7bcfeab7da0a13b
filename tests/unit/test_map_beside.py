"""The four stretches of weeks beside a map, the weeks of the slider, and who lives there."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from lagesbild.base.clock import Period
from lagesbild.districts.rules import District, Inhabitants
from lagesbild.maps.rules.beside import (
    LONGEST,
    Stretch,
    inhabited,
    ranges_of,
    stretches,
    weeks_known,
)
from lagesbild.maps.rules.view import View

W47 = Period.named("2026-W47")
OVER = W47.end
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00+01:00")
NORTH = District(UUID(int=1), "N", "norra-as", "Norra Ås")
SOUTH = District(UUID(int=2), "S", "sodra-as", "Södra Ås")


def four(
    *numbers: int, first: datetime | None = LONG_AGO, now: datetime = OVER, weeks: int = 1
) -> list[Stretch]:
    view = View(W47, weeks)
    return stretches(view, numbers or (0,) * len(ranges_of(view)), first=first, now=now)


def test_each_stretch_stands_after_as_long_a_one() -> None:
    ranges = ranges_of(View(W47))
    for stretch, before in zip(ranges[::2], ranges[1::2], strict=True):
        assert before.end == stretch.start
        days = [(each.end.date() - each.start.date()).days for each in (stretch, before)]
        assert days[0] == days[1]
    assert [(s.end.date() - s.start.date()).days for s in ranges[::2]] == [7, 7, 28, 364]


def test_a_difference_is_a_word_and_a_number() -> None:
    said = [each.change for each in four(9, 5, 5, 5, 30, 33, 400, 380)]
    assert said == [
        "4 fler än veckan före",
        "lika många som veckan före",
        "3 färre än de 4 veckorna före",
        "20 fler än de 52 veckorna före",
    ]


@pytest.mark.parametrize(("seconds", "is_said"), [(-1, False), (0, True)])
def test_a_week_that_goes_on_is_compared_with_none(seconds: int, *, is_said: bool) -> None:
    this, last, *_ = four(9, 5, 5, 4, 0, 0, 0, 0, now=OVER + timedelta(seconds=seconds))
    assert bool(this.change) is is_said
    assert last.change


@pytest.mark.parametrize(("seconds", "before"), [(0, 5), (1, None)])
def test_half_a_week_of_figures_is_compared_with_nothing(seconds: int, before: int | None) -> None:
    first = W47.previous().start + timedelta(seconds=seconds)
    this, *_ = four(9, 5, 0, 0, 0, 0, 0, 0, first=first)
    assert this.before == before


def test_a_mean_is_of_the_weeks_that_there_are_figures_of() -> None:
    *_, month, year = four(0, 0, 0, 0, 30, 0, 30, 0, first=W47.previous(2).start)
    assert (month.known, month.a_week) == (year.known, year.a_week) == (3, 10)


def test_without_figures_there_is_no_mean() -> None:
    assert four(first=None)[-1].a_week is None


@pytest.mark.parametrize(("weeks", "shown"), [(1, 0), (4, 2), (52, 3)])
def test_the_one_that_is_shown_is_marked(weeks: int, shown: int) -> None:
    assert [n for n, each in enumerate(four(weeks=weeks)) if each.is_shown] == [shown]


def test_the_slider_begins_with_the_first_figures_and_ends_with_the_running_week() -> None:
    found = weeks_known(W47, first=W47.previous(2).start, running=W47.previous(-1))
    assert [week.week for week in found] == [45, 46, 47, 48]


def test_the_slider_is_no_longer_than_two_years_but_holds_the_shown_week() -> None:
    old = W47.previous(300)
    found = weeks_known(old, first=LONG_AGO, running=W47)
    assert (len(found), found[0]) == (LONGEST + 1, old)


def lives(number: int, day: int = 31, source: str = "SCB") -> Inhabitants:
    return Inhabitants(number, date(2025, 12, day), source)


def test_the_municipality_is_all_its_districts_together() -> None:
    year = four(0, 0, 0, 0, 0, 0, 60, 0)[-1]
    known = {NORTH.id: lives(1000), SOUTH.id: lives(2000, day=30, source="egen")}
    found = inhabited(year, known, [NORTH, SOUTH])
    assert found is not None
    assert found.rate is not None
    assert (found.number, found.counted_on.day, found.source) == (3000, 30, "SCB, egen")
    assert found.rate.value == 20


@pytest.mark.parametrize("known", [{}, {NORTH.id: lives(1000)}])
def test_a_district_that_nobody_has_counted_gives_no_rate(known: dict[UUID, Inhabitants]) -> None:
    assert inhabited(four()[-1], known, [NORTH, SOUTH]) is None


@pytest.mark.parametrize(("weeks", "is_told"), [(51, True), (50, False)])
def test_a_rate_is_of_a_whole_year(weeks: int, *, is_told: bool) -> None:
    year = four(first=W47.previous(weeks).start)[-1]
    assert (inhabited(year, {NORTH.id: lives(1000)}, [NORTH]) is not None) is is_told


def test_where_few_live_it_says_so_without_a_rate() -> None:
    found = inhabited(four()[-1], {NORTH.id: lives(699)}, [NORTH])
    assert found is not None
    assert found.rate is None
