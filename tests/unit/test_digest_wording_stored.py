"""What may be stored of a letter's words, and what a correction says that it changes."""

import pytest

from lagesbild.base.errors import InvalidError
from lagesbild.digests.rules.told import content_of
from lagesbild.digests.rules.wording import Wording, changes, checked
from tests.unit.digest_letters import CELL, W47, numbers, told


def test_a_wording_is_stored_without_air_and_unseen_signs() -> None:
    stored = checked(Wording(short="  Ett \u202e två.  \n\n\tTre.\x00"))
    assert stored.short == "Ett två.\nTre."


def test_a_number_of_a_person_is_never_stored() -> None:
    with pytest.raises(InvalidError) as error:
        checked(Wording(problems="P-1 811228-9874"), confirmed=True)
    assert error.value.field == "problems"


def test_a_number_split_over_two_fields_is_not_stored() -> None:
    with pytest.raises(InvalidError):
        checked(Wording(short="811228-", attention="9874"), confirmed=True)


def test_what_only_looks_like_a_person_may_be_confirmed() -> None:
    said = Wording(short="Ring 070-123 45 67.")
    with pytest.raises(InvalidError):
        checked(said)
    assert checked(said, confirmed=True) == said


@pytest.mark.parametrize(("signs", "refused"), [(4000, False), (4001, True)])
def test_a_field_has_a_longest_text(signs: int, refused: bool) -> None:  # noqa: FBT001 – a parameter of the test
    said = Wording(short="x" * signs)
    if refused:
        with pytest.raises(InvalidError):
            checked(said)
    else:
        assert checked(said) == said


def test_a_correction_says_which_numbers_and_words_it_changes() -> None:
    now = told(total=numbers(133, 127, 126, 130, mark="som-vanligt"))
    now["districts"][3] |= {"this": 29, "mark": "som-vanligt", "expected": None}
    now["districts"][0] |= {"this": None, "mark": "for-fa"}
    now["districts"][1] |= {"mark": "farre", "expected": 12}
    was = content_of(told(cells=[CELL, CELL | {"code": "SKA01", "proposed": False}]))
    assert changes(was, content_of(now), W47).splitlines() == [
        "Flemingsberg: ‹5 händelser v. 47, förut 31.",
        "Segeltorp: färre än vanligt, förut som vanligt.",
        "Skogås: 29 händelser v. 47, förut 34.",
        "Hela kommunen: 133 händelser v. 47, förut 138.",
        "Skogås, anlagd brand ute: sticker inte längre ut.",
    ]


def test_a_correction_that_readers_do_not_see_changes_nothing() -> None:
    assert changes(content_of(told()), content_of(told()), W47) == ""
