"""What one would say aloud about a week."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts.rules import District
from lagesbild.meetings.rules import NONE, Coverage, Figures, Picture, Reported
from lagesbild.meetings.rules.sentences import by_deviation, coverage, sentence
from lagesbild.people.rules import Kind, Organisation

W47 = Period.named("2026-W47")
TEN = (10,) * 26


def district(name: str) -> District:
    return District(new_id(), name, name.lower(), name)


def week(*numbers: int, before: tuple[int, ...] = TEN, running: bool = False) -> Picture:
    """Return a week of districts A, B, C … with these numbers, after weeks with these."""
    rows = [
        (district(name), Figures(number, before[-1], sum(before[-4:]), 0, history=before))
        for name, number in zip("ABCDEFG", numbers, strict=False)
    ]
    known_at = W47.end - timedelta(minutes=1) if running else W47.end
    return Picture(W47, known_at, tuple(rows), NONE, 0, ())


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((10, 10, 10), "Som vanligt i hela kommunen."),
        ((30, 10, 10), "Tydligt fler än vanligt i A. I övrigt som vanligt."),
        ((30, 30, 10), "Tydligt fler än vanligt i A och B. I övrigt som vanligt."),
        ((30, 29, 28, 10), "Tydligt fler än vanligt i A, B och C. I övrigt som vanligt."),
        ((30, 30, 30, 30, 10), "Tydligt fler än vanligt i fyra områden. I övrigt som vanligt."),
        ((17, 30, 10), "Tydligt fler än vanligt i B. Fler än vanligt i A. I övrigt som vanligt."),
        ((30, 1, 10), "Tydligt fler än vanligt i A. Färre än vanligt i B. I övrigt som vanligt."),
        ((1,), "Färre än vanligt i A."),
        ((0, 0), "Inga rapporterade händelser den här veckan."),
    ],
)
def test_a_week_is_said_in_a_sentence(numbers: tuple[int, ...], said: str) -> None:
    assert sentence(week(*numbers)) == said


def test_what_no_district_shows_alone_is_said_of_the_whole() -> None:
    assert sentence(week(*(14,) * 7)).startswith("Tydligt fler än vanligt i kommunen som helhet.")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 0), "1 rapporterad händelse hittills."),
        ((30, 2), "32 rapporterade händelser hittills. Tydligt fler än vanligt i A."),
    ],
)
def test_a_week_that_goes_on_is_only_compared_where_it_is_more_already(
    numbers: tuple[int, ...], said: str
) -> None:
    assert sentence(week(*numbers, running=True)) == said


def test_without_a_history_a_week_is_a_number() -> None:
    assert sentence(week(3, 4, before=(0,) * 20 + (3,) * 6)) == "7 rapporterade händelser."


def test_weeks_before_the_first_report_are_not_taken_for_quiet_ones() -> None:
    seen = week(10, before=(0,) * 18 + TEN[:8])
    [(_, _, judged)] = by_deviation(seen)
    assert judged.expected == 10


def test_late_reports_do_not_change_a_mark() -> None:
    seen = week(30)
    late = tuple((d, replace(figures, late=20)) for d, figures in seen.districts)
    assert sentence(replace(seen, districts=late)) == "Som vanligt i hela kommunen."


def test_the_loudest_district_stands_first_and_equals_by_name() -> None:
    rows = by_deviation(week(10, 30, 35, 17, 10))
    assert [d.name for d, _, _ in rows] == ["C", "B", "D", "A", "E"]


@pytest.mark.parametrize("yet", ["Inget från", "Inget ännu från"])
def test_who_has_reported_stands_beside_the_figures(yet: str) -> None:
    states = (Reported.YES, Reported.YES, Reported.NOTHING, Reported.SILENT)
    names = ("Kommunen", "Polisen", "Skolorna", "Brandförsvaret")
    told = tuple(
        Coverage(Organisation(new_id(), name.lower(), name, Kind.OTHER), state, 0)
        for name, state in zip(names, states, strict=True)
    )
    picture = week(10, running="ännu" in yet)
    assert coverage(replace(picture, coverage=told)) == (
        "Rapporterat av Kommunen och Polisen. Inget att rapportera från Skolorna."
        f" {yet} Brandförsvaret."
    )
