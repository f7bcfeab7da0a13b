"""Names of places: which are the same, which are only alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.geo import Point
from lagesbild.places import rules
from lagesbild.places.rules import MAX_READINGS, SAME_M, Place, folded, plain, readings
from tests.build import NOBODY

NAMES = st.text(st.characters(codec="utf-8"), max_size=60)
HERE = Point(17.98, 59.23)
METRE = 1 / rules.METRES_PER_DEGREE


def place(key: str, name: str = "Torget", *, north_m: float = 0) -> Place:
    return Place(NOBODY, key, name, "", Point(HERE.longitude, HERE.latitude + north_m * METRE))


@pytest.mark.parametrize(
    "written",
    [
        *("Skogås station", "  SKOGÅS   STATION ", "skogås stn", "Skogås stn.", "Skogås st"),
        *("vid Skogås station", "i närheten av Skogås stn", "utanför Skogås\u00a0station."),
        *("på Skogås station", "nära Skogås station!", "vid  hörnet av Skogås station"),
        *("Skoga\u030as station", "Skogås\u00ad station", "”Skogås station”"),
    ],
)
def test_a_name_is_the_same_after_the_sure_rules(written: str) -> None:
    assert plain(written) == "skogås station"


@pytest.mark.parametrize(
    "written",
    [
        *("Masmo T-bana", "masmo t-bana", "MASMO TUNNELBANA", "Masmo tbana", "Masmo T"),
        *("Masmo tunnelbanestation", "Masmo T–bana", "Masmo t-banan", "Masmo t-banestation"),
    ],
)
def test_the_metro_has_one_name(written: str) -> None:
    assert plain(written) == "masmo t bana"


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("N:a Storgatan 12 B", "Norra Storgatan nr 12b"),
        ("Huddinge k:a", "Huddinge kyrka"),
        ("S:t Eriks plan", "Sankt Eriks plan"),
        ("Flemingsberg stn viadukten", "Flemingsberg station viadukten"),
        ("Huddinge centr.", "HUDDINGE CENTRUM"),
    ],
)
def test_a_short_form_that_leaves_no_doubt_is_written_out(written: str, other: str) -> None:
    assert plain(written) == plain(other)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("Vistavagen", "Vistavägen"),
        ("Storv.", "Storvägen"),
        ("Stor v", "Storvägen"),
        ("Storgatan 12", "Storgatan"),
        ("Storgatan 12", "Storgatan 12 C"),
        ("Huddinge C", "Huddinge centrum"),
        ("Karin Boyes t.", "Karin Boyes T-bana"),
        ("St Eriksplan", "Station Eriksplan"),
        ("Torget", "Torg"),
        ("Björkvägen", "Bjørkvägen"),
        ("Storgatan 12, 141 46 Huddinge", "Storgatan 12"),
    ],
)
def test_a_name_that_may_mean_another_is_not_the_same(written: str, other: str) -> None:
    assert plain(written) != plain(other)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Vista v.", "Vistavägen"),
        ("Vistav. 7", "Vistavägen"),
        ("Stor g", "Storgatan"),
        ("Kvarnbergspl.", "Kvarnbergsplan"),
        ("Kvarnbergs sk.", "Kvarnbergsskolan"),
        ("Huddinge C", "Huddinge centrum"),
        ("Huddinge C", "Huddinge stn"),
        ("Karin Boyes t.", "Karin Boyes torg"),
        ("Storgatan 12, mot skolan", "Storgatan"),
        ("Storgatan 14-16", "Storgatan"),
        ("hörnet av Storgatan och Lillgatan", "Lillgatan"),
        ("Skogås stn (spår 2)", "Skogås station"),
    ],
)
def test_what_a_name_may_mean_is_a_reading_of_it(written: str, meant: str) -> None:
    assert plain(meant) in readings(written)[1:]


def test_a_leading_word_alone_is_a_name() -> None:
    assert plain("På") == "på"
    assert plain("i vid") == "vid"


@pytest.mark.parametrize("nothing", ["", "  ", "–", "?!", "_", "\u200b"])
def test_a_text_without_letters_is_no_name(nothing: str) -> None:
    assert plain(nothing) == ""
    assert readings(nothing) == ()
    assert rules.judged(nothing, [], []).note == "Platsen saknas."


def test_swedish_letters_are_kept_apart_until_they_are_folded() -> None:
    assert plain("Ås") != plain("Äs") != plain("As")
    assert folded("åäöéüæø") == "aaoeuao"


@given(NAMES)
def test_a_plain_name_has_only_words_and_single_spaces(text: str) -> None:
    found = plain(text)
    assert found == " ".join(found.split())
    assert all(sign == " " or (sign.isalnum() and sign == sign.casefold()) for sign in found)


@given(NAMES.filter(lambda text: "." not in text))
def test_a_plain_name_is_its_own_plain_name(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(NAMES)
def test_neither_case_nor_composition_counts(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text))
    assert plain(f"  {text}\n") == plain(text)


@given(NAMES)
def test_the_first_reading_is_the_plain_name(text: str) -> None:
    found = readings(text)
    assert len(found) == len(set(found)) <= MAX_READINGS
    assert all(found)
    if plain(text):
        assert found[0] == plain(text)


def test_a_long_text_has_few_and_short_readings() -> None:
    assert len(readings("v. " * 50_000)) <= MAX_READINGS
    assert max(map(len, readings("a" * 100_000))) == rules.LONGEST_NAME


def test_one_place_of_the_name_is_found() -> None:
    assert rules.judged("Torget", [place("1")], []).place == place("1")


@pytest.mark.parametrize(("apart_m", "one"), [(SAME_M - 0.1, True), (SAME_M + 0.1, False)])
def test_places_of_one_name_are_one_place_within_300_metres(*, apart_m: float, one: bool) -> None:
    found = rules.judged("Torget", [place("2"), place("1", north_m=apart_m)], [])
    assert (found.place is not None) is one
    if one:
        assert found.place == place("1", north_m=apart_m)
        assert found.near == ()
    else:
        assert {near.key for near in found.near} == {"1", "2"}
        assert found.note.startswith("2 platser heter så")


def test_a_row_of_posts_that_is_longer_than_300_metres_is_not_one_place() -> None:
    posts = [place(str(n), north_m=200 * n) for n in range(3)]
    assert rules.judged("Torget", posts, []).place is None


def test_a_name_that_is_only_alike_is_never_taken() -> None:
    alike = [place(str(n), f"Torget {n}") for n in range(9)]
    found = rules.judged("Torgt", [], alike)
    assert found.place is None
    assert found.near == tuple(alike[:5])
    assert "precis så" in found.note


def test_east_and_north_are_measured_alike() -> None:
    east = Point(HERE.longitude + 0.01, HERE.latitude)
    north = Point(HERE.longitude, HERE.latitude + 0.01)
    assert rules.metres(HERE, east) == pytest.approx(570, abs=3)
    assert rules.metres(HERE, north) == pytest.approx(1114, abs=3)
