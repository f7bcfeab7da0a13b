"""What a letter says of what is usual, and which weeks it tells for that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lagesbild.analysis.rules.marks import HISTORY, Mark, judge
from lagesbild.analysis.rules.reduction import NO_DISTRICT, Table
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import NONE, Coverage, Figures, Picture, Reported
from lagesbild.meetings.rules.publication import (
    Publication,
    Told,
    newcomers,
    reduced,
    tables,
    uncertain,
    weeks_between,
    with_news,
)
from lagesbild.people.rules import Kind, Organisation
from tests.attacker import period_of
from tests.build import NOBODY, NOW

A, B = (District(new_id(), slug, slug, slug.upper()) for slug in ("a", "b"))
WEEK = period_of(0)
TWENTY = (20,) * HISTORY


def picture(this: int, before: Sequence[int] = TWENTY, **changes: Any) -> Picture:  # noqa: ANN401 – any field
    """A week over which was met; the other district has 30 each week."""
    rows = ((A, this, tuple(before)), (B, 30, tuple(30 if n else 0 for n in before)))
    figures = tuple((d, Figures(n, 0, 0, 0, history=weeks)) for d, n, weeks in rows)
    return replace(Picture(WEEK, WEEK.end, figures, NONE, 0, ()), **changes)


def told_of(
    whole: Picture, told: dict[Period, Table] | None = None, since: Period | None = None
) -> dict[str, Any]:
    known = with_news(whole, told or {}, since=since)
    return reduced(whole, told or {}, known, since=since)


def line(whole: Picture, told: dict[Period, Table] | None = None) -> tuple[str, int | None]:
    found = told_of(whole, told)
    return found["districts"][0]["mark"], found["districts"][0]["expected"]


@pytest.mark.parametrize(
    ("this", "mark", "expected"),
    [
        (33, "tydligt-fler", 20),
        (32, "fler", 20),
        (29, "fler", 20),
        (28, "som-vanligt", None),
        (12, "som-vanligt", None),
        (11, "farre", 20),
    ],
)
def test_a_district_is_marked_as_the_group_marks_it(
    this: int, mark: str, expected: int | None
) -> None:
    assert line(picture(this)) == (mark, expected)


def test_what_is_expected_is_a_whole_number_half_up() -> None:
    assert line(picture(50, (*TWENTY[:20], 19, 20, 21, 22, 22, 22))) == ("tydligt-fler", 21)


def test_a_hidden_number_is_not_judged() -> None:
    assert line(picture(4)) == ("for-fa", None)


def test_the_total_is_judged_as_well() -> None:
    found = told_of(picture(90))
    assert (found["total"]["mark"], found["total"]["expected"]) == ("tydligt-fler", 50)
    assert "mark" not in found["unplaced"]


@pytest.mark.parametrize(("hidden", "mark"), [(4, "tydligt-fler"), (5, "for-fa")])
def test_a_hidden_week_is_left_out_and_eight_have_to_be_left(hidden: int, mark: str) -> None:
    assert line(picture(40, (*TWENTY[: HISTORY - hidden], *(3,) * hidden)))[0] == mark


def test_what_a_hidden_week_was_does_not_move_what_is_told() -> None:
    one = picture(31, (*TWENTY[:-3], 1, 1, 1))
    other = picture(31, (*TWENTY[:-3], 4, 4, 4))
    assert line(one) == line(other) == ("fler", 20)


def test_weeks_are_judged_by_what_was_told_of_them() -> None:
    told = {WEEK.previous(n): Table({"a": 30, "b": 30, NO_DISTRICT: 0}, 60) for n in range(1, 27)}
    assert line(picture(36), told) == ("som-vanligt", None)


def test_weeks_before_the_first_report_are_no_quiet_weeks() -> None:
    told = {WEEK.previous(n): Table({"a": 0, "b": 0, NO_DISTRICT: 0}, 0) for n in range(8, 27)}
    before = (*(0,) * 18, *TWENTY[:8])
    assert line(picture(40, before), told) == ("for-fa", None)
    assert line(picture(40, before)) == ("tydligt-fler", 20)


@pytest.mark.parametrize(("this", "mark"), [(32, "fler"), (20, "pagar"), (9, "pagar")])
def test_a_week_that_goes_on_is_neither_usual_nor_fewer(this: int, mark: str) -> None:
    assert line(picture(this, known_at=WEEK.end - timedelta(minutes=1)))[0] == mark


@pytest.mark.parametrize("hidden", [0, 4, 5])
def test_hidden_weeks_are_as_if_they_were_not(hidden: int) -> None:
    before = [20] * (12 - hidden)
    found = judge(40, [*before, *[None] * hidden])
    assert found.mark is (Mark.HIGH if len(before) >= 8 else Mark.FEW)
    assert found == judge(40, before)


def weeks_of(whole: Picture, told: dict[Period, Table], since: int | None) -> list[int]:
    last = WEEK.previous(since) if since else None
    found = told_of(whole, told, last)
    periods = tables([Publication(NOBODY, "", NOW, found, 1, NOW)])
    return sorted((WEEK.first_day - each.first_day).days // 7 for each in periods)


@pytest.mark.parametrize(
    ("known", "since", "last"), [(0, None, 4), (4, None, 4), (5, None, 5), (0, 7, 6), (0, 40, 26)]
)
def test_weeks_are_told_as_far_as_the_letter_rests_on_them(
    known: int, since: int | None, last: int
) -> None:
    before = (*(0,) * (HISTORY - known), *TWENTY[:known])
    assert weeks_of(picture(20, before), {}, since) == [*range(last + 1), 52]


def test_weeks_that_another_group_told_are_told_since_the_last_letter() -> None:
    told = {WEEK.previous(n): Table({"a": 20, "b": 30, NO_DISTRICT: 0}, 50) for n in range(53)}
    assert weeks_of(picture(20), told, None) == []
    assert weeks_of(picture(20), told, 4) == [1, 2, 3]


def test_between_two_weeks_are_those_after_the_one_and_before_the_other() -> None:
    assert weeks_between(WEEK.previous(3), WEEK) == [WEEK.previous(2), WEEK.previous()]
    assert weeks_between(WEEK.previous(), WEEK) == []


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, 0), (4, None), (5, 5), (15, 15), (16, None), (19, None), (20, 20), (21, None)],
)
def test_uncertain_places_are_a_part_of_what_is_told_of_the_districts(
    number: int, told: int | None
) -> None:
    table = Table({"a": 20, "b": None, NO_DISTRICT: 30}, 60)
    assert uncertain(number, table) == told


POLICE, FIRE = (
    Organisation(new_id(), kind, kind.capitalize(), kind) for kind in (Kind.POLICE, Kind.FIRE)
)
COVERAGE = tuple(Coverage(each, Reported.YES, 5) for each in (POLICE, FIRE))


def letter(back: int, name: str, first: int) -> Told:
    content = {"newcomers": [{"name": name, "first_week": WEEK.previous(first).name}]}
    return Told(WEEK.previous(back), NOBODY, Publication(NOBODY, "", NOW, content, 1, NOW))


def new(*told: Told, first: int | None = None) -> list[tuple[str, str]]:
    began = ((FIRE, WEEK.previous(first)),) if first is not None else ()
    found = newcomers(picture(20, coverage=COVERAGE, newcomers=began), told)
    return [(each["name"], each["first_week"]) for each in found]


def test_who_is_new_is_named_with_the_first_week() -> None:
    assert new(first=3) == [("Brand", WEEK.previous(3).name)]
    assert new() == []


@pytest.mark.parametrize("first", [2, 5, None])
def test_a_first_week_that_was_told_stays(first: int | None) -> None:
    assert new(letter(1, "Brand", 3), first=first) == [("Brand", WEEK.previous(3).name)]


@pytest.mark.parametrize(("first", "is_new"), [(12, True), (13, False)])
def test_for_twelve_weeks(first: int, *, is_new: bool) -> None:
    assert bool(new(letter(10, "Brand", first))) == is_new


def test_who_is_of_another_group_is_not_named() -> None:
    assert new(letter(1, "Skolorna", 3)) == []


def test_a_week_that_is_told_again_later_knows_nothing_of_newcomers_after_it() -> None:
    assert new(letter(-2, "Brand", -1)) == []
