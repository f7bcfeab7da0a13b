"""When a letter is due, when it is late, and when a delivery is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lagesbild.base.clock import STOCKHOLM
from lagesbild.digests import rules
from lagesbild.digests.rules import Delivery, Letter, State
from lagesbild.people.rules import Group
from tests.build import NOBODY

SECOND = timedelta(seconds=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def group(any_group: Group) -> Group:
    return replace(any_group, schedule_since=START)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-03-26T13:59:59", "2026-03-19T14:00"),  # winter: 15.00 is 14.00 UTC
        ("2026-03-26T14:00:00", "2026-03-26T14:00"),
        ("2026-04-02T12:59:59", "2026-03-26T14:00"),  # summer since 29 March
        ("2026-04-02T13:00:00", "2026-04-02T13:00"),
        ("2026-10-22T13:00:00", "2026-10-22T13:00"),
        ("2026-10-29T13:59:59", "2026-10-22T13:00"),  # winter since 25 October
        ("2026-10-29T14:00:00", "2026-10-29T14:00"),
    ],
)
def test_thursday_at_three_follows_the_clock_on_the_wall(
    group: Group, moment: str, due: str
) -> None:
    found = rules.due(group, utc(moment))
    assert found is not None
    assert found.astimezone(UTC) == utc(due)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-03-29T13:00:00", "2026-03-29T13:00"),
        ("2026-03-29T12:59:59", "2026-03-22T14:00"),
        ("2026-10-25T14:00:00", "2026-10-25T14:00"),
        ("2026-10-25T13:59:59", "2026-10-18T13:00"),
    ],
)
def test_a_sunday_letter_holds_on_the_days_of_the_clock_change(
    group: Group, moment: str, due: str
) -> None:
    found = rules.due(replace(group, meeting_weekday=6), utc(moment))
    assert found is not None
    assert found.astimezone(UTC) == utc(due)


def test_the_letter_is_about_the_week_that_its_days_meeting_closed(group: Group) -> None:
    due = rules.due(group, utc("2026-11-19T14:00"))
    assert due is not None
    period = rules.period_of(group, due)
    assert (period.name, rules.due_of(group, period)) == ("2026-W47", due)


def test_a_schedule_begins_at_its_own_moment(group: Group) -> None:
    due = utc("2026-11-19T14:00")
    assert rules.due(replace(group, schedule_since=due), due) == due
    assert rules.due(replace(group, schedule_since=due + SECOND), due + SECOND) is None


def test_twelve_hours_are_counted_across_a_clock_change() -> None:
    due = datetime(2026, 3, 28, 20, tzinfo=STOCKHOLM)
    morning = datetime(2026, 3, 29, 9, tzinfo=STOCKHOLM)  # 13 on the wall, 12 in time
    assert not rules.is_too_late(due, morning.astimezone(UTC))
    assert rules.is_too_late(due, morning.astimezone(UTC) + SECOND)


def test_waits_grow_and_then_stay_at_an_hour() -> None:
    now = utc("2026-11-19T14:00")
    waits = [rules.next_attempt(attempt, now, now) for attempt in range(1, 7)]
    assert [w - now for w in waits if w] == [timedelta(minutes=m) for m in (5, 15, 30, 60, 60, 60)]


@pytest.mark.parametrize(("since", "again"), [(timedelta(), True), (SECOND, False)])
def test_after_a_day_it_is_given_up(since: timedelta, *, again: bool) -> None:
    first = utc("2026-11-19T14:00")
    now = first + timedelta(hours=23) + since
    assert (rules.next_attempt(9, first, now) is not None) == again


LETTER = Letter("Lägesbild Ås", "<p>Ås</p>", "Ås\n", b"\x89PNG")


@pytest.mark.parametrize(
    "change", [{"subject": "a"}, {"html": "a"}, {"text": "a"}, {"picture": None}]
)
def test_the_fingerprint_covers_all_that_is_sent(change: dict[str, str | None]) -> None:
    changed = replace(LETTER, **change)  # type: ignore[arg-type]  # one field of the right type
    assert rules.fingerprint(changed) != rules.fingerprint(LETTER)


def test_a_recipient_cannot_add_headers() -> None:
    to = "a@as.example\r\nBcc: b@as.example"
    delivery = Delivery(NOBODY, NOBODY, to, State.SENDING, 1, "", None, "<1@as.example>")
    with pytest.raises(ValueError, match="Header"):
        rules.message(LETTER, delivery, sender="post@as.example", now=START)


def test_a_letter_without_a_picture_is_text_and_html() -> None:
    delivery = Delivery(NOBODY, NOBODY, "a@as.example", State.SENDING, 1, "", None, "<1@as>")
    plain = replace(LETTER, picture=None)
    made = rules.message(plain, delivery, sender="post@as.example", now=START)
    assert [part.get_content_type() for part in made.walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]
