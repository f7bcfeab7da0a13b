"""The setup code, short names, and when the letter follows a meeting."""

from datetime import time

import pytest

from lagesbild.access import rules as access
from lagesbild.base.errors import ConflictError, InvalidError, SignInError
from lagesbild.start import rules


def test_all_processes_with_one_key_and_database_have_one_code() -> None:
    assert rules.setup_code("nyckel", "7/1") == rules.setup_code("nyckel", "7/1")


@pytest.mark.parametrize(("key", "place"), [("annan", "7/1"), ("nyckel", "7/2")])
def test_another_key_or_database_has_another_code(key: str, place: str) -> None:
    assert rules.setup_code(key, place) != rules.setup_code("nyckel", "7/1")


@pytest.mark.parametrize("given", ["abcd-efgh", "ABCD-EFGH", " abcdefgh ", "abcd efgh"])
def test_a_code_may_be_written_without_dashes_and_in_capitals(given: str) -> None:
    assert rules.is_same(given, "abcd-efgh")


@pytest.mark.parametrize("given", ["", "abcd-efg", "abcd-efgi", "åäö", "abcd-efgh-"[:-2]])
def test_another_code_is_not_the_same(given: str) -> None:
    assert not rules.is_same(given, "abcd-efgh")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ås kommun", "as"),
        ("Östra Göinge kommun", "ostra-goinge"),
        ("Borås Stad", "boras"),
        ("Kommun", "kommun"),
        ("Upplands-Bro", "upplands-bro"),
    ],
)
def test_the_short_name_is_made_from_the_name(name: str, short: str) -> None:
    assert rules.short_name(name) == short


@pytest.mark.parametrize(
    ("meeting", "letter"),
    [(time(9), time(15)), (time(13), time(15)), (time(13, 1), time(15, 1)), (time(20), time(22))],
)
def test_the_letter_is_written_after_the_meeting(meeting: time, letter: time) -> None:
    assert rules.letter_time(meeting) == letter


@pytest.mark.parametrize(("url", "leaves"), [("file:/var/mail", False), ("smtp://a:b@c:25", True)])
def test_a_folder_is_no_mail_server(url: str, leaves: bool) -> None:  # noqa: FBT001 – a case
    assert rules.mail(url, "osg@as.example").leaves is leaves


def test_a_sender_at_this_machine_is_no_sender() -> None:
    assert not rules.mail("smtp://post", "lagesbild@localhost").has_sender


def test_the_example_is_not_made_beside_a_municipality() -> None:
    with pytest.raises(ConflictError, match="inte tom"):
        access.check_together("demo", ["as"])


def test_a_second_municipality_and_an_interrupted_example_are_let_by() -> None:
    access.check_together("by", ["as"])
    access.check_together("by", ["demo"])  # by hand, to try several side by side
    access.check_together("demo", [])


@pytest.mark.parametrize("mail", ["polis@demo.example", " Polis@DEMO.example "])
def test_the_examples_people_are_refused_by_their_address(mail: str) -> None:
    with pytest.raises(SignInError, match="i drift"):
        access.refuse_example(mail)


def test_others_are_not() -> None:
    access.refuse_example("polis@as.example")


@pytest.mark.parametrize("code", ["126", "01261", "o126", "²²²²"])
def test_a_code_that_is_not_four_digits_is_refused(code: str) -> None:
    with pytest.raises(InvalidError, match="fyra siffror"):
        access.check_municipality(slug="as", name="Ås kommun", code=code)


def test_the_examples_short_name_is_its_own() -> None:
    access.check_municipality(slug="demo", name="Demokommunen", code="0000")
    with pytest.raises(InvalidError, match="exempelkommunen"):
        access.check_municipality(slug="demo", name="Demokommunen", code="0126")
