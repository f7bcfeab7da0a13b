from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from lagesbild.analysis.rules import Count
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings import rules
from lagesbild.meetings.rules import Figures, Picture, Reported
from lagesbild.meetings.rules.publication import reduced, with_news
from lagesbild.people.rules import Kind, Organisation
from tests.build import NOW

W47 = Period(date(2026, 11, 12))
NORTH = District(new_id(), "N", "norra-as", "Norra Ås")
SOUTH = District(new_id(), "S", "sodra-as", "Södra Ås")
POLICE = Organisation(new_id(), "polis", "Polisen", Kind.POLICE)
FIRE = Organisation(new_id(), "brand", "Brandförsvaret", Kind.FIRE)


def count(window: int, number: int, **changes: Any) -> Count:  # noqa: ANN401 – any field
    return replace(Count(window, NORTH.id, POLICE.id, open=True, number=number, late=0), **changes)


def picture(*counts: Count, nothing: Sequence[UUID] = ()) -> Picture:
    return rules.picture(
        W47,
        counts,
        districts=[NORTH, SOUTH],
        organisations=[POLICE, FIRE],
        said=dict.fromkeys(nothing, Reported.NOTHING),
        known_at=NOW,
    )


def test_figures_are_this_week_last_week_the_four_before_and_last_year() -> None:
    counts = [count(0, 7), count(1, 3), count(2, 4), count(3, 5), count(4, 6), count(27, 9)]
    north = dict(picture(*counts).districts)[NORTH]
    before = (0,) * 22 + (6, 5, 4, 3)
    assert north == Figures(this=7, last=3, four=18, year=9, history=before)
    assert north.mean == 4.5


def test_what_lies_in_no_district_stands_in_a_row_of_its_own_and_in_the_total() -> None:
    found = picture(count(0, 2), count(0, 3, district_id=None), count(0, 1, district_id=new_id()))
    assert found.unplaced.this == 4
    assert found.total.this == 6


def test_late_reports_of_this_week_and_the_last_are_told_apart() -> None:
    found = picture(count(0, 5, late=2), count(1, 5, late=3), count(2, 5, late=4))
    assert (found.total.late, found.late_from_last) == (2, 3)


def test_an_organisation_has_reported_or_has_nothing_or_is_silent() -> None:
    found = picture(count(0, 2), count(1, 2, organisation_id=FIRE.id))
    assert [c.state for c in found.coverage] == [Reported.YES, Reported.SILENT]
    found = picture(count(0, 2), nothing=[POLICE.id, FIRE.id])
    assert [c.state for c in found.coverage] == [Reported.YES, Reported.NOTHING]


def test_readers_get_rounded_means_and_no_small_counts() -> None:
    counts = [count(0, 12), count(0, 3, district_id=SOUTH.id), count(1, 5), count(2, 5)]
    whole = picture(*counts)
    found = reduced(whole, {}, with_news(whole, {}))
    districts = found["districts"]
    assert isinstance(districts, list)
    assert [d["this"] for d in districts] == [None, None]
    assert isinstance(found["total"], dict)
    assert found["total"] | {"this": 15, "last": 5, "mean": 3, "year": 0} == found["total"]


@pytest.mark.parametrize(("first", "new"), [(12, True), (13, False)])
def test_who_first_reported_in_the_last_twelve_weeks_is_new(first: int, new: bool) -> None:  # noqa: FBT001 – a table of cases
    others = [count(window, 3, organisation_id=FIRE.id) for window in range(27)]
    found = picture(*others, count(first, 1), count(0, 1))
    assert found.newcomers == (((POLICE, W47.previous(first)),) if new else ())


def test_nobody_is_new_where_everybody_is() -> None:
    assert picture(count(12, 1), count(0, 1, organisation_id=FIRE.id)).newcomers == ()


def test_who_never_reported_is_not_new() -> None:
    others = [count(window, 3, organisation_id=FIRE.id) for window in range(27)]
    assert picture(*others).newcomers == ()
