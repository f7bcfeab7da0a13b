"""Senders' words for kinds of events, and the report about them."""

import json

import pytest

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.imports import reports, ways, words
from lagesbild.exchange.rules.imports.reports import Fate, Outcome, State, Unclear
from lagesbild.exchange.rules.imports.ways import Lines, Ways
from lagesbild.exchange.rules.lists import Column
from lagesbild.incidents.rules import Category

KNOWN = {
    code: Category(code, name, 3, "B")
    for code, name in (
        ("SKA01", "Klotter"),
        ("SKA02", "Skadegörelse (ej brand eller klotter)"),
        ("VAL01", "Misshandel i offentlig miljö"),
        ("VAL03", "Hot, ofredande"),
    )
}
SAVED, STORED = Fate(2, State.SAVED), Fate(3, State.KNOWN)
WRONG = Fate(4, State.WRONG, "Datum", "Datumet saknas.")


def outcome(*fates: Fate, unclear: tuple[Unclear, ...] = (), good_rows: bool = False) -> Outcome:
    numbers = {state: sum(fate.state is state for fate in fates) for state in State}
    return Outcome(numbers, unclear, (), (), (), good_rows=good_rows)


def report(*fates: Fate, unclear: tuple[Unclear, ...] = (), all_rows: bool = False) -> list[str]:
    return reports.list_lines(outcome(*fates, unclear=unclear), fates, KNOWN, all_rows=all_rows)


@pytest.mark.parametrize("word", ["SKA01", "ska01", "Klotter", " klotter ", "Graffiti"])
def test_a_code_a_name_and_a_usual_word_are_one_code(word: str) -> None:
    assert words.codes_of(word, {}, KNOWN) == ("SKA01",)


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("Våld/hot", ("VAL01", "VAL03")),
        ("Skadegörelse/klotter", ("SKA01", "SKA02")),
        ("Anlagd brand", ("BRA01", "BRA03")),
        ("Narkotika", ("NAR01", "NAR02")),
        ("Stöld/inbrott", ("STO02", "STO04")),
        ("Trafik/buskörning", ("TRA01", "TRA02")),
        ("Fikapaus", ()),
        ("", ()),
    ],
)
def test_a_word_that_fits_several_codes_or_none_is_not_guessed(
    word: str, codes: tuple[str, ...]
) -> None:
    assert words.codes_of(word, {}, KNOWN) == codes


def test_the_senders_own_meaning_comes_first() -> None:
    assert words.codes_of("KLOTTER", {"klotter": "SKA02"}, KNOWN) == ("SKA02",)


def test_the_usual_words_are_written_as_they_are_compared() -> None:
    assert [word for word in words.USUAL if words.plain(word) != word] == []


def test_a_map_may_hold_an_equals_sign_in_the_word() -> None:
    assert ways.pairs_of("map", ("a=b = ska01",)) == {"a=b": "ska01"}


@pytest.mark.parametrize("option", ["", "Klotter", "=SKA01", " =SKA01", "Klotter="])
def test_a_map_without_word_and_code_is_refused(option: str) -> None:
    with pytest.raises(InvalidError, match="Skriv --map som"):
        ways.pairs_of("map", (option,))


def test_a_map_to_an_unknown_code_is_refused() -> None:
    with pytest.raises(InvalidError, match="Koden VAL77 finns inte"):
        words.known_codes({"våld/hot": "VAL77"}, KNOWN)


def test_a_code_may_be_written_in_small_letters() -> None:
    assert words.known_codes({"Hot": "val03"}, KNOWN) == {"hot": "VAL03"}


def test_a_word_mapped_to_two_codes_is_refused() -> None:
    with pytest.raises(InvalidError, match="två svar"):
        ways.pairs_of("map", ("Hot=VAL01", "hot=VAL03"))


# --- What was chosen for a list ---------------------------------------------------------------

CHOSEN = Ways(
    words={"hot": "VAL03"},
    columns={"Vad": Column.CATEGORY, "Åtgärd": None},
    places={"torget": "7"},
    corrections={7: {Column.DATE: "2026-01-01"}},
    sheet="Händelser",
    confirmed=Lines(frozenset({3})),
    outside=Lines(all=True),
    good_rows=True,
    historical=True,
    only_here=True,
)


def test_what_was_chosen_is_the_same_when_it_is_read_again() -> None:
    assert ways.from_json(json.loads(json.dumps(ways.as_json(CHOSEN)))) == CHOSEN


def test_a_later_correction_is_put_over_an_earlier_one() -> None:
    later = CHOSEN.with_corrections({7: {Column.TIME: "8"}, 8: {Column.DATE: "x"}})
    assert later.corrections == {
        7: {Column.DATE: "2026-01-01", Column.TIME: "8"},
        8: {Column.DATE: "x"},
    }


@pytest.mark.parametrize(("line", "inside"), [(2, False), (3, True), (4, False)])
def test_some_lines_are_only_those(line: int, inside: bool) -> None:  # noqa: FBT001 – a case
    assert (line in CHOSEN.confirmed) is inside


def test_all_lines_are_every_line() -> None:
    assert 4711 in CHOSEN.outside


def test_a_column_is_chosen_by_its_swedish_name_or_left_out() -> None:
    assert ways.columns_of(("Vad=typ", "Åtgärd=")) == {"Vad": Column.CATEGORY, "Åtgärd": None}


def test_an_unknown_column_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidError, match=r"De som finns: .*typ"):
        ways.columns_of(("Vad=färg",))


# --- The report -----------------------------------------------------------------------------


def test_each_row_has_a_line() -> None:
    assert report(SAVED, STORED) == ["rad 2: sparas", "rad 3: finns redan"]


def test_a_wrong_row_names_the_column_and_what_to_do() -> None:
    assert report(SAVED, WRONG) == [
        "rad 2: kan sparas",
        "rad 4: fel – Datum: Datumet saknas.",
    ]


def test_one_wrong_row_refuses_the_list() -> None:
    found = outcome(SAVED, STORED, WRONG)
    assert found.refused
    assert reports.refusal(found).startswith("Inget är sparat: 1 av 3 rader har fel")


def test_the_good_rows_can_be_saved_alone() -> None:
    found = outcome(SAVED, STORED, WRONG, good_rows=True)
    assert not found.refused
    assert reports.totals(found, dry_run=False) == "3 rader: 1 sparad, 1 fanns redan, 1 fel."


def test_a_list_of_wrong_rows_is_refused_even_then() -> None:
    assert outcome(WRONG, good_rows=True).refused


def test_a_dry_run_says_that_it_was_one() -> None:
    assert "inget är sparat" in reports.totals(outcome(SAVED), dry_run=True)


@pytest.mark.parametrize(("number", "lines"), [(200, 200), (201, 1)])
def test_a_long_list_shows_only_what_needs_eyes(number: int, lines: int) -> None:
    assert len(report(*[SAVED] * number)) == lines


def test_a_long_list_shows_all_its_errors() -> None:
    lines = report(*[SAVED] * 200, WRONG)
    assert lines[0] == "rad 4: fel – Datum: Datumet saknas."


def test_a_long_list_can_be_shown_whole() -> None:
    assert len(report(*[SAVED] * 300, all_rows=True)) == 300


def test_a_word_with_several_codes_gets_the_options_to_choose_from() -> None:
    lines = report(WRONG, unclear=(Unclear("Våld/hot", 7, ("VAL01", "VAL03")),))
    assert lines[1:] == [
        "”Våld/hot” (7 rader) kan betyda flera typer. Välj en:",
        '  --map "Våld/hot=VAL01"   Misshandel i offentlig miljö',
        '  --map "Våld/hot=VAL03"   Hot, ofredande',
    ]


def test_an_unknown_word_gets_the_list_of_codes() -> None:
    lines = report(WRONG, unclear=(Unclear("Fikapaus", 1, ()),))
    assert '--map "Fikapaus=KOD"' in lines[1]
    assert "  SKA01 Klotter" in lines


def test_a_word_that_a_shell_would_read_is_quoted_for_it() -> None:
    [line] = report(unclear=(Unclear("$(x)", 1, ()),))[:1]
    assert line.endswith("--map '$(x)=KOD'")


def test_what_is_repeated_from_a_file_has_no_personal_number() -> None:
    assert "9874" not in lists.shown("hot mot 811228-9874")


def test_what_is_repeated_from_a_file_is_one_short_printable_line() -> None:
    assert lists.shown("a\x1b[2J\nb") == "a [2J b"
    assert len(lists.shown("å" * 101)) == 100
