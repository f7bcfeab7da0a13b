"""The letter in its other forms: late, corrected, small, extra, short, or only announced."""

import re
from dataclasses import replace
from datetime import date

import pytest

from lagesbild.digests.draw import letter, notices
from lagesbild.digests.draw.words import Covered
from lagesbild.digests.rules import Form, Kind, Letter
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.wording import Wording
from tests.build import NOBODY
from tests.unit.digest_letters import (
    GROUP,
    HEAD,
    W47,
    WORDING,
    numbers,
    of,
    one_line,
    told,
    visible,
)

SAID = KnownEvent(NOBODY, "Skottlossning i Skogås.", "https://polisen.example/1", "Polisen")
PAGE = "https://lagesbild.demo.example/g/demo/utskick/2026-W47"
EXTRA = replace(HEAD, kind=Kind.EXTRA, version=2)


def test_a_late_letter_says_so_at_the_top() -> None:
    made = letter.compose(of(late=True))
    said = "Brevet är försenat. Det skulle ha gått tors 19 nov kl. 15.00."
    assert one_line(made.text).index(said) < one_line(made.text).index("I KORTHET")
    assert visible(made.html).index(said) < visible(made.html).index("I korthet")


def test_a_correction_says_at_the_top_what_it_replaces_and_changes() -> None:
    said = replace(WORDING, changed="Skogås: 29 händelser v. 47, förut 34.")
    made = letter.compose(of(head=replace(HEAD, version=2), wording=said))
    assert made.subject.startswith("Rättad lägesbild v. 47 – ")
    assert "ersätter version 1. Ändrat:\n* Skogås: 29 händelser v. 47, förut 34.\n" in made.text
    assert visible(made.html).index("förut 34.") < visible(made.html).index("I korthet")
    assert "Rättelse" not in letter.compose(of(wording=said)).text


def test_a_letter_over_several_weeks_tells_each_of_their_totals() -> None:
    weeks = [Covered(W47.previous(n), total) for n, total in ((3, 121), (2, None), (1, 0))]
    text = one_line(letter.compose(of(covers=weeks)).text)
    assert "Brevet omfattar även v. 44, v. 45 och v. 46, som inte fick något eget brev." in text
    assert "SEDAN FÖRRA BREVET 121 händelser v. 44, få v. 45 och 0 v. 46." in text


def test_a_summer_is_told_by_its_first_and_last_week() -> None:
    weeks = [Covered(W47.previous(n), 100 + n) for n in range(9, 0, -1)]
    assert "omfattar även v. 38 – v. 46," in one_line(letter.compose(of(covers=weeks)).text)


@pytest.mark.parametrize(("this", "small"), [(9, True), (10, False)])
def test_under_ten_a_week_there_is_no_table_but_four_weeks(this: int, small: bool) -> None:  # noqa: FBT001 – a parameter of the test
    made = letter.compose(
        of(told(total=numbers(this, 10, 10, 8, mark="for-fa")), recent=(this, 10, 10, 10))
    )
    assert ("PER KOMMUNDEL" not in made.text) is small
    assert (made.picture is None) is small
    four = f"De senaste fyra veckorna: {this + 30} rapporterade händelser."
    assert (four in one_line(made.text)) is small
    assert "P-19 Små bränder, Skogås: ny." in made.text


@pytest.mark.parametrize(
    ("recent", "said"),
    [((7, None, 6, 5), "minst 18"), ((None,) * 4, "få"), ((0, 0, 0, 0), "inga")],
)
def test_four_weeks_with_a_hidden_one_are_at_least_the_others(
    recent: tuple[int | None, ...], said: str
) -> None:
    total = numbers(recent[0], recent[1], None, None, mark="for-fa")
    text = one_line(letter.compose(of(told(total=total), recent=recent)).text)
    assert f"De senaste fyra veckorna: {said} rapporterade händelser." in text


def test_weeks_before_anybody_reported_make_no_small_form() -> None:
    made = letter.compose(of(told(total=numbers(12, 0, 0, 0, mark="for-fa")), recent=(12, 0, 0, 0)))
    assert "PER KOMMUNDEL" in made.text


def test_an_extra_letter_is_three_lines_and_what_is_known() -> None:
    lines = "Skottlossning vid centrum i natt.\nPolisen är på plats.\nGruppen möts kl. 10."
    made = letter.compose(
        of(head=replace(EXTRA, version=1), wording=Wording(short=lines), known=[SAID])
    )
    assert made.subject == "Extra lägesbild – Skottlossning vid centrum i natt"
    assert made.picture is None
    for text in (made.text, visible(made.html)):
        assert "Gruppen möts kl. 10." in one_line(text)
        assert "138" not in text
        assert "nderlaget" not in text.casefold().replace("händelser", "")
    assert "\n  https://polisen.example/1\n" in made.text
    assert f"\nBrevet efter inloggning: {PAGE}?extra=1\n" in made.text


@pytest.mark.parametrize("form", Form)
def test_a_later_extra_letter_leads_to_itself_and_corrects_nothing(form: Form) -> None:
    made = letter.compose(of(head=EXTRA, wording=Wording(short="Ett.", changed="Två.")), form)
    assert made.subject.startswith("Extra lägesbild")
    for text in (made.text, made.html):
        assert f"{PAGE}?extra=2" in text
        assert not re.search("Rätt|ersätter|version|Två", text.partition("<main")[2] or text)


def test_the_short_form_has_what_matters_and_the_link() -> None:
    made = letter.compose(of(known=[SAID]), Form.SHORT)
    assert "Belysning i gångtunnel, Skogås." in made.text
    assert "/utskick/2026-W47" in made.text
    for absent in ("PER KOMMUNDEL", "AVVIKELSER", "P-19", "INGÅR INTE", "ALLMÄNT"):
        assert absent not in made.text
    assert made.picture is None


def test_the_notice_says_nothing_of_the_week() -> None:
    made = letter.compose(of(late=True, known=[SAID]), Form.NOTICE)
    assert made.subject == "Lägesbild v. 47 finns att läsa"
    for text in (made.text, visible(made.html), made.subject):
        assert not re.search(r"Skogås|138|fler|händelse|försenat", text)
    assert PAGE in made.text


def test_the_notice_of_a_correction_says_that_it_is_one() -> None:
    made = letter.compose(of(head=replace(HEAD, version=2)), Form.NOTICE)
    assert made.subject == "Rättad lägesbild v. 47 finns att läsa"


# --- Notices --------------------------------------------------------------------------------

SITE = "https://lagesbild.demo.example/"


def noticed(returns: date | None, *, name: str = GROUP.name) -> Letter:
    return notices.no_letter(replace(GROUP, name=name), W47, returns, base_url=SITE, head=HEAD)


@pytest.mark.parametrize(
    ("letter_to", "said"),
    [
        ("ordföranden", "Du behöver inte göra något."),
        ("presidiet", "Ni behöver inte göra något."),
    ],
)
def test_scenario_8_that_a_letter_is_late_is_told_without_the_letter(
    letter_to: str, said: str
) -> None:
    group = replace(GROUP, letter_to=letter_to)
    made = notices.delayed(group, W47, base_url=SITE, head=HEAD)
    assert made.subject == "Lägesbild v. 47 är försenad"
    for text in (one_line(made.text), visible(made.html)):
        assert f"Det skickas så snart det är godkänt. {said}" in text
        assert "säkerhetssamordnaren, 08-xxx xx xx" in text
        assert "dnr KS-2026/xxxx" in text
        assert "Demokommunen" in text
    assert made.picture is None


@pytest.mark.parametrize(
    ("returns", "subject", "said"),
    [
        (date(2026, 11, 26), "Ingen lägesbild v. 47", "Nästa brev kommer tors 26 nov."),
        (date(2026, 12, 2), "Ingen lägesbild v. 47", "Nästa brev kommer ons 2 dec."),
        (
            date(2026, 12, 3),
            "Ingen lägesbild v. 47: uppehåll till tors 3 dec",
            "Gruppen har uppehåll. Nästa brev kommer tors 3 dec.",
        ),
        (
            date(2027, 1, 14),
            "Ingen lägesbild v. 47: uppehåll till tors 14 jan 2027",
            "Det omfattar även veckorna utan brev.",
        ),
        (None, "Ingen lägesbild v. 47", "Nästa brev kommer när gruppen möts igen."),
    ],
)
def test_that_there_is_no_letter_is_told_with_the_next(
    returns: date | None, subject: str, said: str
) -> None:
    made = noticed(returns)
    assert made.subject == subject
    assert said in one_line(made.text)
    assert said in visible(made.html)


def test_a_notice_says_which_of_several_groups_writes() -> None:
    assert noticed(None, name="Östra gruppen").subject == "Ingen lägesbild Östra gruppen v. 47"
