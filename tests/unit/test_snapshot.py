"""What is fixed can be checked part by part, and a part can be removed by law."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lagesbild.meetings.rules.snapshot import (
    Change,
    Fixed,
    Fixing,
    Head,
    Part,
    broken,
    changes,
    part,
    sha256,
)
from tests.build import NOBODY, NOW

HEAD = Head(NOBODY, "2026-W47", 12, Fixing.ORDINARY, NOW, NOW)


def fixed(contents: dict[str, object]) -> Fixed:
    parts = tuple(part(name, said, b"salt" + name.encode()) for name, said in contents.items())
    return Fixed(NOBODY, HEAD, sha256(HEAD, parts), parts)


def removed(of: Part) -> Part:
    return replace(of, text=None, salt=None, removed_at=NOW, removed_reason="enligt beslut")


TWO = fixed({"picture": {"total": 34}, "note:3": {"text": "Sju i parken"}})


def test_what_was_fixed_verifies() -> None:
    assert broken(TWO) == []


def test_a_changed_part_is_named() -> None:
    forged = replace(TWO.parts[0], text='{"total":4}')
    assert broken(replace(TWO, parts=(forged, TWO.parts[1]))) == ["picture"]


def test_a_part_that_is_changed_with_its_digest_breaks_the_whole() -> None:
    forged = part("picture", {"total": 4}, b"new salt")
    assert broken(replace(TWO, parts=(forged, TWO.parts[1]))) == [""]


def test_a_part_that_is_left_out_breaks_the_whole() -> None:
    assert broken(replace(TWO, parts=TWO.parts[:1])) == [""]


def test_another_moment_breaks_the_whole() -> None:
    later = replace(HEAD, fixed_at=NOW + timedelta(microseconds=1))
    assert broken(replace(TWO, head=later)) == [""]


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers(-9, 9), min_size=1), st.data())
def test_the_rest_verifies_without_the_parts_that_the_law_removed(
    contents: dict[str, object], data: st.DataObject
) -> None:
    whole = fixed(contents)
    gone = data.draw(st.sets(st.sampled_from(sorted(contents))))
    parts = tuple(removed(p) if p.name in gone else p for p in whole.parts)
    assert broken(replace(whole, parts=parts)) == []


def test_the_same_words_have_another_digest_under_another_salt() -> None:
    assert part("a", "ja", b"1").digest != part("a", "ja", b"2").digest


def test_what_is_followed_for_the_first_time_is_new() -> None:
    assert changes({"a"}, [{"b"}]) == {"a": Change.NEW, "b": Change.CLOSED}


def test_what_was_in_the_last_picture_continues() -> None:
    assert changes({"a"}, [{"a"}]) == {"a": Change.CONTINUING}


def test_what_was_followed_before_the_last_picture_is_opened_again() -> None:
    assert changes({"a"}, [set(), {"a"}]) == {"a": Change.REOPENED}


def test_what_was_closed_before_the_last_picture_is_told_no_more() -> None:
    assert changes(set(), [set(), {"a"}]) == {}


def test_in_the_first_picture_all_is_new() -> None:
    assert changes({"a"}, []) == {"a": Change.NEW}
