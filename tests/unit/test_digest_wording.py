"""The first wording of a letter, which the program makes from what was fixed."""

from datetime import date
from typing import Any

import pytest

from lagesbild.digests.rules import plain
from lagesbild.digests.rules.told import content_of
from lagesbild.digests.rules.wording import UNNAMED, Sources, Wording, prefill
from tests.unit.digest_letters import CELL, W47, district, numbers, told

REST = f"Övriga typer {UNNAMED}"


def problem(number: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 – any field
    usual = {
        "number": number,
        "title": "Små bränder",
        "where": "Storvägen 1, Skogås",
        "direction": "minskar",
        "since": "2026-10-28",
        "incidents": 7,
        "closed": None,
    }
    return usual | changes


def action(number: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 – any field
    usual = {
        "number": number,
        "what": "Töm containrar kvällstid.",
        "where": "",
        "owner": "Bostadsbolaget",
        "organisation": "Bostadsbolaget",
        "due": "2026-11-21",
        "state": "beslutad",
        "late": False,
        "decided_today": False,
        "outcome": "Situationell",
    }
    return usual | changes


def first(
    rows: dict[str, Any] | None = None, inward: tuple[str, ...] = (), **parts: object
) -> Wording:
    named = {name.replace("__", ":"): part for name, part in parts.items()}
    return prefill(Sources(W47, content_of(told() if rows is None else rows), named, inward))


# --- What stands out ------------------------------------------------------------------------


def test_a_district_with_clearly_more_stands_in_short() -> None:
    assert first().short == "Skogås sticker ut: 34 händelser mot väntat 19."


def test_of_many_districts_with_clearly_more_two_get_a_line_each() -> None:
    names = ("Flemingsberg", "Segeltorp", "Trångsund", "Vårby")
    rows = told(
        districts=[district(n, 31, 20, 20, 20, mark="tydligt-fler", expected=20) for n in names]
    )
    assert first(rows).short.splitlines() == [
        "Flemingsberg sticker ut: 31 händelser mot väntat 20.",
        "Segeltorp sticker ut: 31 händelser mot väntat 20.",
        "Även Trångsund och Vårby ligger tydligt över det vanliga.",
    ]


def test_a_type_that_stands_out_is_told_with_why_and_what_is_done() -> None:
    found = first(
        told(cells=[CELL], newcomers=[{"name": "Bostadsbolaget", "first_week": "2026-W46"}]),
        district__skogas={"slug": "skogas", "sentence": "Papperskorgar, kvällstid"},
        actions=[
            action("2026-118", where="Skogås", decided_today=True),
            action("2026-119", where="Parken, Skogås", decided_today=True),
            action("2026-120", where="Vårby", decided_today=True),
            action("2026-100", where="Skogås"),
        ],
    )
    why, last = found.deviations.splitlines()
    assert why == (
        "Skogås, anlagd brand ute: 6 (väntat 1). Papperskorgar, kvällstid."
        " Åtgärd 2026-118 och 2026-119."
        " En del kan bero på att Bostadsbolaget började rapportera v. 46."
    )
    assert last == REST


def test_a_district_above_its_usual_without_a_type_is_told_by_its_number() -> None:
    assert first().deviations.splitlines() == ["Skogås: 34 händelser (väntat 19).", REST]


def test_what_is_said_of_other_types_is_the_same_whether_or_not_one_stays_unnamed() -> None:
    rows = told(cells=[CELL | {"proposed": False}])
    assert first(rows).deviations == first().deviations


@pytest.mark.parametrize("number", [None, 1, 4])
def test_a_type_whose_number_may_not_be_told_has_none(number: int | None) -> None:
    told_of = first(told(cells=[CELL | {"number": number}])).deviations
    assert told_of.startswith("Skogås, anlagd brand ute: fler än vanligt.")


def test_what_is_expected_under_one_is_said_so() -> None:
    assert "6 (väntat under 1)" in first(told(cells=[CELL | {"expected": 0}])).deviations


@pytest.mark.parametrize(
    "sentence",
    [
        "Två bränder vid parken.",
        "En pojke i 15-årsåldern.",
        "Ring 070-123 45 67.",
        "Gult läge.",
        "Hör ihop med P-12.",
    ],
)
def test_a_sentence_of_the_group_that_may_not_leave_stays(sentence: str) -> None:
    said = {"slug": "skogas", "sentence": sentence}
    found = first(inward=("P-12",), district__skogas=said)
    assert found.deviations.splitlines()[0] == "Skogås: 34 händelser (väntat 19)."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("som-vanligt",) * 2, f"Ingen kommundel som kan bedömas avviker. Typerna {UNNAMED}"),
        (("farre", "som-vanligt"), f"Färre händelser än vanligt i Skogås. Typerna {UNNAMED}"),
        (("for-fa", "for-fa"), "Underlaget är för litet för att bedöma avvikelser."),
        (("for-fa", "fler"), "Hela kommunen: 138 händelser (väntat 110)."),
        ((None, None), ""),
    ],
)  # fmt: skip
def test_a_week_without_what_stands_out_says_so(rows: tuple[str | None, ...], said: str) -> None:
    content = told(
        districts=[district("Skogås", 34, 19, 19, 20, mark=rows[0])],
        total=numbers(138, 127, 126, 130, mark=rows[1], expected=110),
    )
    assert first(content).deviations.partition("\n")[0] == said


def test_a_newcomer_is_told_in_a_week_as_usual_too() -> None:
    content = told(
        districts=[district("Skogås", 34, 19, 19, 20)],
        newcomers=[{"name": "Bostadsbolaget", "first_week": "2026-W46"}],
    )
    assert first(content).deviations.startswith("Bostadsbolaget började rapportera v. 46.")


# --- Problems, actions, what is coming ------------------------------------------------------


def test_a_problem_has_its_district_and_no_other_place() -> None:
    found = first(problems=[problem("P-14"), problem("P-17", where="Skogås, Okänt")])
    assert found.problems.splitlines() == [
        "P-17 Små bränder (sedan v. 44): minskar.",
        "P-14 Små bränder, Skogås (sedan v. 44): minskar.",
    ]


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"since": "2026-11-12"}, ": ny."),
        ({"since": "2026-11-11"}, " (sedan v. 46): minskar."),
        ({"since": "2025-11-11"}, " (sedan v. 46 2025): minskar."),
        ({"closed": "Hemligt skäl."}, ": avslutat."),
    ],
)
def test_how_a_problem_goes_is_said(changes: dict[str, Any], end: str) -> None:
    found = first(problems=[problem("P-14", **changes)])
    assert found.problems == f"P-14 Små bränder, Skogås{end}"


def test_a_problem_that_is_followed_for_the_first_time_is_new() -> None:
    seen = [{"key": "problem:P-14", "name": "P-14 Små bränder", "change": "nytt", "words": "nytt"}]
    assert first(problems=[problem("P-14")], changes=seen).problems.endswith(": ny.")


def test_actions_are_new_late_or_done() -> None:
    found = first(
        meeting={"starts_at": "2026-11-19T08:00:00+00:00"},
        actions=[
            action("2026-118", decided_today=True),
            action("2026-097", due="2026-11-05", late=True, where="Skogås", owner=""),
            action("2026-110", due="2026-11-18", late=True),
            action("2026-101", state="klar", outcome="Genomförd som planerat. Minskat."),
            action("2026-102", state="avbruten", outcome="Hemligt skäl."),
            action("2026-103", state="pågår"),
        ],
    )
    assert found.new == "2026-118 Töm containrar kvällstid. Bostadsbolaget, lör 21 nov."
    assert found.late.splitlines() == [
        "2026-097 Töm containrar kvällstid, Skogås. 14 dagar sen.",
        "2026-110 Töm containrar kvällstid. Bostadsbolaget, 1 dag sen.",
    ]
    assert found.done.splitlines() == [
        "2026-101 Töm containrar kvällstid. Minskat.",
        "2026-102 Töm containrar kvällstid: avbruten.",
    ]
    assert found.counts == (4, 1, 2, 1)


def test_what_stays_in_the_group_is_not_even_counted() -> None:
    actions = [action("2026-118", decided_today=True), action("2026-119", decided_today=True)]
    found = first(
        inward=("2026-119", "P-14"), actions=actions, problems=[problem("P-14"), problem("P-15")]
    )
    assert "2026-119" not in found.new
    assert found.counts == (1, 1, 0, 0)
    assert found.problems.startswith("P-15")
    assert "P-14" not in found.problems


def test_without_a_fixed_picture_nothing_is_counted() -> None:
    assert first().counts is None


def test_what_is_coming_has_its_days() -> None:
    coming = [
        {"from": "2026-11-24", "to": "2026-11-24", "text": "Trygghetsvandring i Vårby."},
        {"from": "2026-11-27", "to": "2026-11-29", "text": "Julmarknad"},
    ]
    assert first(coming=coming).coming.splitlines() == [
        "Trygghetsvandring i Vårby tis 24 nov.",
        "Julmarknad fre 27 nov – sön 29 nov.",
    ]


def test_answers_are_carried_one_a_line() -> None:
    sources = Sources(
        W47, content_of(told()), answers=["Fråga: A? Svar: B.", "Fråga:\nC? Svar: D."]
    )
    assert prefill(sources).answers.splitlines()[0] == "Fråga: A? Svar: B."


def test_what_has_no_room_is_left_out_and_how_much() -> None:
    actions = [
        action(
            f"2026-{n:03d}",
            what=f"Röj sly och laga belysning längs gångväg {n}",
            decided_today=True,
        )
        for n in range(1, 21)
    ]
    problems = [problem(f"P-{n}") for n in range(1, 12)]
    found = first(actions=actions, problems=problems)
    assert found.new.splitlines()[-1].endswith("till, se åtgärdslistan.")
    shown = len(found.new.splitlines()) - 1
    assert f"… och {20 - shown} till" in found.new
    assert "till, se listan över problem." in found.problems
    assert sum(map(plain.words, found.texts.values())) <= 190


def test_a_day_without_a_meeting_is_that_on_which_the_group_meets() -> None:
    late = action("2026-097", due="2026-11-05", late=True)
    assert first(actions=[late]).late.endswith("14 dagar sen.")
    assert W47.meeting_day == date(2026, 11, 19)
