"""What the letter says, from a publication and from what people wrote."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lagesbild.base.clock import Period
from lagesbild.digests.draw import letter
from lagesbild.digests.draw.words import NOT_INCLUDED
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.wording import Wording
from tests.build import NOBODY
from tests.unit import digest_letters as letters
from tests.unit.digest_letters import (
    GROUP,
    HEAD,
    WORDING,
    district,
    numbers,
    of,
    one_line,
    told,
    visible,
)

SAID = KnownEvent(NOBODY, "Skottlossning i Skogås.", "https://polisen.example/1", "Polisen")


def marked(*marks: str | None, **total: object) -> dict[str, Any]:
    """Return the example's content with other marks, in the order of its districts."""
    rows = [district(*row, mark=m) for row, m in zip(letters.EXAMPLE, marks, strict=True)]
    return told(districts=rows, total=numbers(138, 127, 126, 130, **{"mark": "for-fa"} | total))


FEW = ("for-fa",) * 7
USUAL = "i övrigt som vanligt"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (marked(*["som-vanligt"] * 7, mark="som-vanligt"), "som vanligt i hela kommunen"),
        (marked(*["som-vanligt"] * 6, "farre"), "färre än vanligt i Vårby, i övrigt som vanligt"),
        (
            marked("tydligt-fler", "fler", *["som-vanligt"] * 5),
            f"tydligt fler än vanligt i Flemingsberg, fler än vanligt i Segeltorp, {USUAL}",
        ),
        (
            marked(*["tydligt-fler"] * 4, *["for-fa"] * 3),
            "tydligt fler än vanligt i fyra kommundelar",
        ),
        (marked(*FEW, mark="fler"), "fler än vanligt i kommunen som helhet"),
        (marked(*FEW), "138 rapporterade händelser"),
        (marked(*[None] * 7, mark=None), "138 rapporterade händelser"),
    ],
)
def test_the_subject_says_the_state_in_words(rows: dict[str, Any], expected: str) -> None:
    made = letter.compose(of(rows))
    assert made.subject == f"Lägesbild v. 47 – {expected}"
    [heading] = re.findall(r"<h1[^>]*>([^<]*)<", made.html)
    assert heading.casefold().replace(". ", ", ").rstrip(".") == expected.casefold()


def test_one_of_several_groups_of_a_municipality_is_named() -> None:
    subject = letter.compose(of(group=replace(GROUP, name="Östra gruppen"))).subject
    assert subject.startswith("Lägesbild Östra gruppen v. 47 – ")


def test_a_week_with_nothing_at_all_says_so() -> None:
    rows = told(total=numbers(0, 30, 31, 20, mark="farre"))
    made = letter.compose(of(rows, wording=Wording()))
    assert made.subject == "Lägesbild v. 47 – inget nytt att rapportera"
    assert "* Inga händelser i hela kommunen (snitt fyra veckor: 31)." in made.text


def test_a_week_without_incidents_but_with_news_says_only_the_former() -> None:
    made = letter.compose(of(told(total=numbers(0, 30, 31, 20, mark="farre"))))
    assert made.subject == "Lägesbild v. 47 – inga rapporterade händelser"


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (numbers(138, 127, 126, mark="fler"), "138|, fler än vanligt (snitt fyra veckor: 126)."),
        (numbers(138, 127, None, mark="fler"), "138|, fler än vanligt."),
        (numbers(138, 127, 126, mark="for-fa"), "138| (snitt fyra veckor: 126)."),
        (numbers(None, 127, 126, mark="for-fa"), "Minst 138|."),
    ],
)
def test_the_first_line_is_computed(total: dict[str, Any], expected: str) -> None:
    line = expected.replace("|", " händelser i hela kommunen")
    assert f"* {line}" in one_line(letter.compose(of(told(total=total))).text)


def test_html_and_text_say_the_same() -> None:
    made = letter.compose(
        of(known=[SAID], wording=replace(WORDING, answers="Fråga: När? Svar: Nu."))
    )
    seen, text = visible(made.html), one_line(made.text)
    for line in (
        "138 händelser i hela kommunen, som vanligt (snitt fyra veckor: 126).",
        "Samma vecka 2025 är tors 13 – ons 19 nov, samma veckodagar.",
        "Talen gäller händelser i brevet; gruppens egen bild räknar alla händelser.",
        "6 händelser har osäker plats men känd kommundel.",
        "Utskicket är en allmän handling, dnr KS-2026/xxxx. Nästa: tors 26 nov.",
        "Skottlossning i Skogås.",
        NOT_INCLUDED,
        *WORDING.lines("short"),
        *WORDING.lines("deviations"),
        *WORDING.lines("problems"),
        *WORDING.lines("new"),
        *WORDING.lines("done"),
        "Fråga: När? Svar: Nu.",
    ):
        assert line in text
        assert line in seen


def test_lateness_is_said_before_the_action_in_html_and_after_it_in_text() -> None:
    made = letter.compose(of())
    assert "14 dagar sen 2026-097 Belysning i gångtunnel. Teknisk förvaltning." in visible(
        made.html
    )
    assert "Teknisk förvaltning, 14 dagar sen." in one_line(made.text)


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (6, "6 händelser från v. 46 kom in efter förra mötet."),
        (None, "Färre än fem händelser från v. 46 kom in efter förra mötet."),
        (0, ""),
    ],
)
def test_late_reports_are_told_without_a_small_number(late: int | None, said: str) -> None:
    text = one_line(letter.compose(of(told(late=late))).text)
    assert (said in text) if said else ("kom in efter" not in text)


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        ((True, True, True), "Alla tre parter har rapporterat."),
        ((True, False, True), "Två av tre parter har rapporterat. Inget från Polisen."),
        ((False, False, False), "Ingen har rapporterat."),
    ],
)
def test_who_has_reported_is_told(answered: tuple[bool, ...], said: str) -> None:
    names = ("Kommunen", "Polisen", "Brandförsvaret")
    coverage = [{"name": n, "answered": a} for n, a in zip(names, answered, strict=True)]
    assert said in one_line(letter.compose(of(told(coverage=coverage))).text)


def test_a_hidden_number_is_explained_only_where_there_is_one() -> None:
    rows = told()
    rows["districts"][1] |= {"this": None, "mark": "for-fa"}
    made = letter.compose(of(rows))
    assert "‹5 är ett litet tal" in one_line(made.text)
    assert "‹5" not in letter.compose(of()).text


def test_what_has_no_district_is_a_row_only_where_there_is_something() -> None:
    assert "Utan känd kommundel" not in letter.compose(of()).text
    made = letter.compose(of(told(unplaced=numbers(6, 0, 0, 0))))
    assert re.search(r"Utan känd\n  kommundel +6 ", made.text)
    assert "Utan känd kommundel" in visible(made.html)


def test_a_question_to_the_reader_is_counted_and_none_is_said() -> None:
    three = replace(WORDING, attention="Ett. Två.\nTre.\nFyra.")
    made = letter.compose(of(wording=three))
    assert "BEHÖVER DIN UPPMÄRKSAMHET (3)\n1. Ett. Två.\n2. Tre.\n3. Fyra.\n" in made.text
    assert "<b>Ett.</b> Två." in re.sub(r'<b style="[^"]*"', "<b", made.html)
    none = letter.compose(of(wording=replace(WORDING, attention="")))
    assert "BEHÖVER DIN UPPMÄRKSAMHET\nInget denna vecka.\n" in none.text


@pytest.mark.parametrize(
    ("letter_to", "your"),
    [
        ("ordföranden", "DIN"),
        ("kommunstyrelsens ordförande", "DIN"),
        ("presidiet", "ER"),
        ("ordföranden och vice ordföranden", "ER"),
        ("kommunledningen", "ER"),
        ("kommundirektören", "DIN"),
    ],
)
def test_scenario_13_the_letter_speaks_to_whom_it_is_written_for(letter_to: str, your: str) -> None:
    asked = replace(WORDING, answers="Fråga: När? Svar: Nu.")
    text = letter.compose(of(group=replace(GROUP, letter_to=letter_to), wording=asked)).text
    assert f"BEHÖVER {your} UPPMÄRKSAMHET" in text
    assert f"SVAR PÅ {your}A FRÅGOR" in text.replace("DINAA", "DINA")


def test_a_publication_from_before_there_were_marks_still_makes_a_letter() -> None:
    line = {"this": 20, "last": 12, "mean": 10, "year": 9}
    rows = {
        "districts": [line | {"slug": "skogas", "name": "Skogås"}],
        "unplaced": {"this": 0, "last": 0, "mean": 0, "year": 0},
        "total": line,
        "coverage": [{"name": "Polisen", "answered": True}],
    }
    given = [o for o in letters.OUTLINES if o.district.slug == "skogas"]
    made = letter.compose(of(rows, wording=Wording(), outlines=given))
    assert made.subject == "Lägesbild v. 47 – 20 rapporterade händelser"
    assert re.search(r"^  Skogås +20 +12 +10 +9$", made.text, re.MULTILINE)
    assert "läge" not in made.text
    assert made.picture is not None


def test_without_a_number_the_letter_has_that_of_its_week() -> None:
    text = letter.compose(of(head=replace(HEAD, number="", fixed_at=None))).text
    assert "Nr 2026:47, version 1." in text
    assert "Underlaget hämtades tors 19 nov kl. 15.00." in one_line(text)


def test_a_week_across_new_year_is_compared_with_both_years_told() -> None:
    made = letter.compose(of(period=Period(date(2025, 12, 26)), next_day=None))
    assert "tors 27 dec" not in made.text
    assert "fre 27 dec 2024 – tors 2 jan 2025" in made.text
    assert "Nästa" not in made.text
