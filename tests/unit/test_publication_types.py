"""Which types of events a letter names, on each side of each edge."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lagesbild.analysis.rules.cells import CellCount
from lagesbild.analysis.rules.marks import BASELINE, HISTORY
from lagesbild.analysis.rules.reduction import Table
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import NONE, Figures, Picture
from lagesbild.meetings.rules.publication import Publication, Told
from lagesbild.meetings.rules.told_cells import MOST_NAMED, Known, Named, named, named_again
from tests.attacker import period_of
from tests.build import NOBODY, NOW

A, B = (District(new_id(), slug, slug, slug.upper()) for slug in ("a", "b"))
FIRES, GRAFFITI = "BRA01", "SKA03"
NAMES = {FIRES: "Anlagd brand", GRAFFITI: "Klotter"}
WEEK = period_of(0)
QUIET: Sequence[int] = (0,) * BASELINE

Numbers = dict[tuple[District, str], Sequence[int]]  # this week, the one before, and so on


def known(
    numbers: Numbers,
    this: int | None = 40,
    before: Sequence[int | None] = (20,) * BASELINE,
    **changes: Any,  # noqa: ANN401 – any field
) -> Known:
    """What is known of a week: both districts have `this` in it, and `before` in those before."""
    rows = tuple((d, Figures(0, 0, 0, 0, history=(1,) * HISTORY)) for d in (A, B))
    told = {
        WEEK.previous(back): Table({A.slug: number, B.slug: number}, None)
        for back, number in enumerate((this, *before))
    }
    counts = [
        CellCount(back, district.id, code, number)
        for (district, code), weeks in numbers.items()
        for back, number in enumerate(weeks)
    ]
    whole = Picture(WEEK, NOW, rows, NONE, 0, ())
    return replace(Known(whole, counts, NAMES, told, ()), **changes)


def fires(number: int, before: Sequence[int] = QUIET) -> Numbers:
    return {(A, FIRES): (number, *before)}


def told(back: int, *cells: Named) -> Told:
    content = {"cells": [cell.as_json() for cell in cells]}
    return Told(WEEK.previous(back), NOBODY, Publication(NOBODY, "", NOW, content, 1, NOW))


def cell(number: int = 6, expected: int = 0, slug: str = "a") -> Named:
    return Named(slug, slug.upper(), FIRES, "Anlagd brand", number, expected)


def test_a_type_that_stands_out_is_named_with_its_number() -> None:
    [found] = named(known(fires(6, (1,) * 10 + (0, 0))))
    assert found.as_json() == {
        "slug": "a",
        "district": "A",
        "code": "BRA01",
        "category": "Anlagd brand",
        "number": 6,
        "expected": 1,
        "proposed": False,
    }


def test_one_that_is_as_usual_is_not() -> None:
    assert named(known(fires(6, (1,) * 11 + (0,)))) == []


def test_one_that_is_very_unlikely_is_proposed() -> None:
    [found] = named(known(fires(8, (1,) * 10 + (0, 0))))
    assert found.as_json()["proposed"]


@pytest.mark.parametrize(
    ("this", "is_named"),
    [(6, True), (7, False), (10, False), (11, True), (5, False), (None, False)],
)
def test_a_number_leaves_none_or_five_beside_it(this: int | None, *, is_named: bool) -> None:
    assert bool(named(known(fires(6), this))) == is_named


@pytest.mark.parametrize(("this", "number"), [(15, 2), (14, 1), (18, 1), (20, 2)])
def test_and_so_do_two_together(this: int, number: int) -> None:
    both: Numbers = fires(8) | {(A, GRAFFITI): (7, *QUIET)}
    assert len(named(known(both, this))) == number


@pytest.mark.parametrize(("hidden", "is_named"), [(4, True), (5, False)])
def test_what_is_usual_takes_eight_weeks_whose_number_is_told(
    hidden: int, *, is_named: bool
) -> None:
    before = (None,) * hidden + (20,) * (BASELINE - hidden)
    assert bool(named(known(fires(6), before=before))) == is_named


def test_what_happened_in_weeks_whose_number_is_hidden_moves_nothing_that_is_told() -> None:
    before = (None, None, *(20,) * 10)
    [one] = named(known(fires(9, (0, 0, *(1,) * 10)), before=before))
    [other] = named(known(fires(9, (4, 3, *(1,) * 10)), before=before))
    assert one == other


@pytest.mark.parametrize(("number", "expected"), [(5, 0), (6, 1), (17, 1), (18, 2)])
def test_what_is_usual_is_a_whole_number(number: int, expected: int) -> None:
    [found] = named(known(fires(30, (number, *QUIET[1:])), 60))
    assert found.expected == expected


def test_fewer_than_five_in_all_are_under_one_a_week() -> None:
    [found] = named(known(fires(9, (*QUIET[1:], 4)), before=(*(None,) * 4, *(20,) * 8)))
    assert found.expected == 0


@pytest.mark.parametrize(("number", "is_named"), [(17, True), (16, False)])
def test_what_is_usual_leaves_room_for_other_types(number: int, *, is_named: bool) -> None:
    before = (number, *QUIET[1:])
    assert bool(named(known(fires(6, (6, *QUIET[1:])), before=before))) == is_named


def test_and_for_what_was_named_of_those_weeks() -> None:
    """Five and one fires of 5 and 7, then six of graffiti: the one would be known."""
    before = (6, *(0,) * 9, 7, 5)
    letters = (told(1, cell(6, 1)),)
    wall: Numbers = {(A, GRAFFITI): (6, *(0,) * 10, 6, 0)}
    assert named(known(wall, 11, before, told=letters)) == []
    assert len(named(known(wall, 11, (30, *before[1:]), told=letters))) == 1


def test_what_is_usual_is_worked_out_once_in_twelve_weeks() -> None:
    numbers = fires(9, (8, *(1,) * 11))
    [new] = named(known(numbers, told=[told(13, cell(6, 0))]))
    [still] = named(known(numbers, told=[told(12, cell(6, 0))]))
    assert (new.expected, still.expected) == (2, 1)


def test_what_lasts_becomes_usual() -> None:
    letters = [told(back, cell(6)) for back in range(12, 0, -1)]
    assert named(known(fires(6), told=letters)) == []
    assert [c.expected for c in named(known(fires(18), told=letters))] == [6]


def test_a_letter_names_no_more_than_five_types() -> None:
    codes = [f"BRA0{n}" for n in range(1, MOST_NAMED + 2)]
    numbers: Numbers = {(A, code): (7, *QUIET) for code in codes}
    found = named(known(numbers, 60, names=dict.fromkeys(codes, "Brand")))
    assert [c.code for c in found] == codes[:MOST_NAMED]


def test_the_greatest_excess_that_readers_can_see_comes_first() -> None:
    """Four fires in twelve weeks are 0 like no graffiti: their order must not tell them apart."""
    numbers: Numbers = {
        (A, FIRES): (9, *(2,) * BASELINE),
        (B, FIRES): (8, 1, 1, 1, 1),
        (B, GRAFFITI): (8,),
    }
    found = named(known(numbers))
    assert [(c.slug, c.code) for c in found] == [("b", FIRES), ("b", GRAFFITI), ("a", FIRES)]


def test_a_type_that_may_not_go_out_is_not_named() -> None:
    assert named(known(fires(9), names={})) == []


AGAIN = [cell(8, 1).as_json()]


def test_a_type_that_is_told_again_stays_as_it_was() -> None:
    assert named_again(known(fires(8, (3,) * 12)), AGAIN) == [cell(8, 1)]


@pytest.mark.parametrize(("number", "is_named"), [(4, True), (3, False), (12, True), (13, False)])
def test_until_it_has_changed_by_five_or_more(number: int, *, is_named: bool) -> None:
    assert bool(named_again(known(fires(number)), AGAIN)) == is_named


@pytest.mark.parametrize(
    ("this", "is_named"), [(13, True), (12, False), (8, True), (7, False), (None, False)]
)
def test_or_its_district_would_show_what_is_beside_it(this: int | None, *, is_named: bool) -> None:
    assert bool(named_again(known(fires(8), this), AGAIN)) == is_named


def test_or_its_district_is_no_more() -> None:
    assert named_again(known(fires(8)), [cell(8, slug="c").as_json()]) == []


def test_nothing_is_named_that_was_not() -> None:
    assert named_again(known(fires(9)), []) == []
