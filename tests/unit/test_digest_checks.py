"""What is looked at in a letter before somebody approves it."""

from dataclasses import replace
from typing import Any

import pytest

from lagesbild.digests.draw import letter
from lagesbild.digests.draw.words import Basis, Covered
from lagesbild.digests.rules import Kind
from lagesbild.digests.rules.checks import (
    LARGEST,
    Check,
    Level,
    checks,
    size_of,
    within_size,
    words_of,
)
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.wording import Wording
from tests.build import NOBODY
from tests.unit.digest_letters import HEAD, W47, WORDING, of, told

SECRET = ("Våld i nära relation", "VAL06", "Hot, ofredande", "Vapen/kniv")


def looked(basis: Basis) -> list[Check]:
    return checks(basis, letter.compose(basis), SECRET)


def remarks(**fields: Any) -> list[Check]:  # noqa: ANN401 – any field
    """Return the remarks on the example with other words."""
    return [c for c in looked(of(wording=replace(WORDING, **fields))) if not c.is_well]


def test_each_check_says_what_it_looked_at() -> None:
    found = looked(of())
    assert [c.text for c in found][:-1] == [
        "Inga personnummer, telefonnummer eller e-postadresser",
        "Inga typer som bara gruppen får se",
        "Inga tal 1–4 per typ eller kommundel",
        "Inga ord om personer, adresser, färger eller andelar",
        "Talen i texten är de som står i tabellen",
        "Inga långa meningar",
        "Inga tomma delar, 377 ord av 400",
    ]
    assert found[-1].text.endswith(" kB")
    assert {c.level for c in found} == {Level.OK}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("811228-9874", Level.STOP),
        ("811228\u22129874", Level.STOP),
        ("Ring 070-123 45 67.", Level.WARN),
        ("Skriv till nagon@as.example.", Level.WARN),
    ],
)
def test_scenario_2_what_points_at_a_person_is_found_and_never_repeated(
    text: str, level: Level
) -> None:
    [found] = remarks(coming=f"Ett möte. {text}")
    assert found.level is level
    assert found.where == "Kommande vecka, första raden"
    assert "9874" not in found.text


def test_a_number_split_over_two_lines_is_found() -> None:
    [found] = remarks(coming="811228-\n9874")
    assert found.stops


def test_what_is_publicly_known_is_looked_at_for_persons_too() -> None:
    known = [KnownEvent(NOBODY, "Om 811228-9874.", "https://polisen.example", "Polisen")]
    [found] = [c for c in looked(of(known=known)) if not c.is_well]
    assert found.where == "Allmänt kända händelser"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Flera fall av våld i nära relation.", Level.STOP),
        ("Typen VAL06 ökar.", Level.STOP),
        ("Kniven hittades.", Level.WARN),
        ("Flera knivar hittades", Level.WARN),
        ("Ofredanden på torget.", Level.WARN),
        ("Hotell och knivsta.", None),
    ],
)
def test_scenario_3_types_that_never_leave_are_found(text: str, level: Level | None) -> None:
    found = remarks(coming=text)
    assert [c.level for c in found] == ([] if level is None else [level])


def test_what_is_publicly_known_may_name_any_type_and_number() -> None:
    event = KnownEvent(NOBODY, "Två knivdåd i Skogås, en skottlossning.", "https://x.example", "P")
    assert all(c.is_well for c in looked(of(known=[event])))


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("Två bränder i Skogås.", True),
        ("2–3 bränder i Vårby.", True),
        ("En ny bilbrand i Vårby.", True),
        ("Ett par rån i centrum.", True),
        ("Fyra av de 34 händelserna i Skogås rör skadegörelse.", True),
        ("Skogås, klotter: 3 (väntat 1).", True),
        ("Skogås: 4 händelser.", True),
        ("Skogås, klotter: 5 (väntat 1).", False),
        ("Fem bränder i Skogås.", False),
        ("En del händelser i Skogås kan bero på annat.", False),
        ("Normalt ungefär en i veckan.", False),
        ("Snitt över fyra veckor, 126 händelser.", False),
        ("I v. 3 anmäldes händelser.", False),
        ("Två från polisen var med.", False),
        ("Fyra gånger så många händelser.", False),
        ("Den 3 nov 34 händelser i Skogås.", False),
        ("14 bränder i Skogås.", False),
    ],
)
def test_scenario_4_a_small_number_of_events_stops_a_letter(text: str, small: bool) -> None:  # noqa: FBT001 – a parameter of the test
    found = [c for c in remarks(coming=text) if "litet tal" in c.text]
    assert [c.stops for c in found] == [True] * small


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Gult läge i Skogås.", Level.STOP),
        ("Läget är rött.", Level.STOP),
        ("Femtio procent fler.", Level.STOP),
        ("En ökning med 50 %.", Level.STOP),
        ("En ökning i Skogås.", Level.WARN),
        ("Lugnare än förra veckan.", Level.WARN),
        ("Skogås är ett utsatt område.", Level.WARN),
        ("Pågående oro i Skogås.", Level.WARN),
        ("Den misstänkte greps.", Level.STOP),
        ("En man greps.", Level.STOP),
        ("Tre ungdomar sågs.", Level.STOP),
        ("En 15-åring var med.", Level.STOP),
        ("Flera minderåriga.", Level.STOP),
        ("Bråk på Storvägen 12.", Level.STOP),
        ("Bråk vid Edboskolan.", Level.WARN),
        ("Bråk vid Skogås gymnasium.", Level.WARN),
        ("Samtal med Bygg AB.", Level.WARN),
        ("Misstänkt öppen narkotikahandel, minskar.", None),
        ("Besök i högstadieskolor. Grundskolan är med.", None),
        ("Man ser att gröna ytor växer.", None),
    ],
)
def test_words_that_letters_do_not_use_are_found(text: str, level: Level | None) -> None:
    found = remarks(coming=text)
    assert [c.level for c in found][:1] == ([] if level is None else [level])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Skogås sticker ut: 34 händelser mot väntat 19.", False),
        ("Skogås hade 19 händelser förra veckan.", False),
        ("Skogås sticker ut: 35 händelser.", True),
        ("I hela kommunen 138 händelser.", False),
        ("I hela kommunen 140 händelser.", True),
        ("Skogås och Vårby hade 51 händelser.", False),
        ("Polisen hade 50 händelser.", False),
    ],
)
def test_a_number_that_is_not_in_the_table_is_asked_about(text: str, wrong: bool) -> None:  # noqa: FBT001 – a parameter of the test
    found = [c for c in remarks(coming=text) if "tabellens rad" in c.text]
    assert [c.level for c in found] == [Level.WARN] * wrong


@pytest.mark.parametrize(("words", "long"), [(30, False), (31, True)])
def test_a_long_sentence_is_told_with_its_place(words: int, long: bool) -> None:  # noqa: FBT001 – a parameter of the test
    text = f"Först detta. {'Ord ' * (words - 1)}slut."
    said = Wording(deviations=f"Ingen.\n{text}")
    found = [c for c in looked(of(wording=said)) if not c.is_well]
    where = "Avvikelser, andra raden, andra meningen: 31 ord"
    assert [(c.level, c.where) for c in found] == [(Level.WARN, where)] * long


def test_more_than_four_hundred_words_stop_a_letter() -> None:
    missing = 400 - words_of(letter.compose(of()).text)
    assert all(c.is_well for c in looked(of(wording=padded(missing))))
    [found] = [c for c in looked(of(wording=padded(missing + 1))) if not c.is_well]
    assert found.stops
    assert found.text == "401 ord, 1 för många. Tabellen är inte räknad."


def padded(words: int) -> Wording:
    return replace(WORDING, coming=f"{WORDING.coming} {'Ord. ' * words}")


def test_the_table_and_what_comes_of_being_late_are_not_counted() -> None:
    usual = words_of(letter.compose(of()).text)
    late = of(late=True, covers=[Covered(W47.previous(n), 100) for n in range(3, 0, -1)])
    assert words_of(letter.compose(late).text) == usual
    corrected = of(
        head=replace(HEAD, version=2), wording=replace(WORDING, changed="Skogås: 29, förut 34.")
    )
    assert words_of(letter.compose(corrected).text) == usual
    more = told()
    more["districts"] = more["districts"][:2]
    assert words_of(letter.compose(of(more, outlines=of().outlines[:2])).text) == usual


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"deviations": ""}, "Avvikelser är tom."),
        ({"problems": "P-19."}, "Raden ser inte färdig ut."),
        ({"coming": "Möte den xxx nov."}, "Raden ser inte färdig ut."),
        ({"attention": "Ett.\nTvå.\nTre.\nFyra."}, "Fler än 3 rader."),
        ({"short": "Ett.\nTvå.\nTre."}, "Fler än 2 rader."),
    ],
)
def test_what_is_empty_or_unfinished_is_told(fields: dict[str, str], said: str) -> None:
    [found] = remarks(**fields)
    assert found.level is Level.WARN
    assert found.text.startswith(said)


@pytest.mark.parametrize(("field", "said"), [("record", "Diarienummer"), ("contact", "Kontakt")])
def test_a_head_that_is_not_settled_is_told(field: str, said: str) -> None:
    empty = replace(HEAD, record="") if field == "record" else replace(HEAD, contact="")
    [found] = [c for c in looked(of(head=empty)) if not c.is_well]
    assert found.text.startswith(f"{said} saknas.")


def test_an_extra_letter_needs_its_lines_and_no_deviations() -> None:
    extra = replace(HEAD, kind=Kind.EXTRA)
    [found] = [c for c in looked(of(head=extra, wording=Wording())) if not c.is_well]
    assert found.stops
    three = Wording(short="Ett.\nTvå.\nTre.")
    assert all(c.is_well for c in looked(of(head=extra, wording=three)))


def test_a_letter_without_its_map_is_told() -> None:
    [found] = [c for c in looked(of(outlines=[])) if not c.is_well]
    assert found.text == "Kartan gick inte att rita. Brevet går utan den."


def test_a_letter_that_is_too_large_goes_without_its_pdf() -> None:
    basis = of()
    usual = letter.compose(basis)
    room = int((LARGEST - size_of(usual)) / 1.37)
    fits = replace(usual, pdf=b"x" * (room - 2))
    large = replace(usual, pdf=b"x" * (room + 2))
    assert within_size(fits) == fits
    assert within_size(large) == usual
    [found] = [c for c in checks(basis, large, SECRET) if not c.is_well]
    assert found.text == "Brevet är för stort med sin PDF och går utan den."


def test_a_letter_that_is_too_large_without_its_pdf_too_is_stopped() -> None:
    large = replace(letter.compose(of()), html="x" * LARGEST)
    assert checks(of(), large, SECRET)[-1].stops


def test_each_remark_is_told_once_and_the_gravest_first() -> None:
    found = remarks(coming="En ökning. En ökning. En man greps.")
    assert [c.level for c in found] == [Level.STOP, Level.WARN]
