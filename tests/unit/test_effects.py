"""Before and after: the interval, and words that claim no more than it allows."""

from datetime import date, datetime, timedelta

import pytest

from lagesbild.analysis.rules.effects import (
    Change,
    Compared,
    change,
    over_on,
    ratio,
    ratio_text,
    sentence,
    windows,
)
from lagesbild.base.clock import STOCKHOLM


def test_fourteen_in_a_week_against_thirty_one_in_four_are_not_clearly_more() -> None:
    """The worked example of domain.md 10.2."""
    found = ratio(14, 31, weeks_now=1, weeks_then=4)
    assert found is not None
    assert round(found.value, 1) == 1.8
    assert round(found.low, 2) == 0.97
    assert round(found.high, 1) == 3.4


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0, 0, Change.FEW),
        (0, 19, Change.FEW),
        (4, 0, Change.FEW),
        (9, 0, Change.FEW),
        (10, 0, Change.LESS),
        (8, 2, Change.UNCLEAR),
        (12, 7, Change.UNCLEAR),
        (30, 12, Change.LESS),
        (12, 30, Change.MORE),
    ],
)
def test_a_change_is_clear_only_when_the_interval_leaves_one_out(
    before: int, after: int, said: Change
) -> None:
    assert change(Compared(before, after)) is said


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            12,
            7,
            "12 rapporterade händelser på fyra veckor före, 7 efter: inte en tydlig minskning.",
        ),
        (7, 12, "7 rapporterade händelser på fyra veckor före, 12 efter: inte en tydlig ökning."),
        (0, 2, "0 rapporterade händelser på fyra veckor före, 2 efter: för få för att bedöma."),
    ],
)
def test_the_sentence_says_what_is_not_clear(before: int, after: int, text: str) -> None:
    assert sentence(Compared(before, after)) == text


def test_a_share_is_told_of_twenty_and_more_only() -> None:
    assert "%" not in sentence(Compared(19, 4))
    assert sentence(Compared(20, 4)).endswith("en tydlig minskning, ungefär 80\N{NO-BREAK SPACE}%.")


def test_the_ratio_carries_its_interval() -> None:
    assert ratio_text(Compared(30, 12)) == "0,4 gånger så många (0,21–0,77)"
    assert ratio_text(Compared(0, 3)) == ""


def test_the_windows_meet_at_midnight_and_keep_28_days_over_a_change_of_the_clock() -> None:
    before, after = windows(date(2026, 10, 25))
    assert before.end == after.start == datetime(2026, 10, 25, tzinfo=STOCKHOLM)
    assert (after.end.date() - after.start.date()) == timedelta(days=28)
    assert over_on(date(2026, 10, 25)) == date(2026, 11, 22)
