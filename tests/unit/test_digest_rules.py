"""When a letter is due, when it is late, and when a delivery is tried again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import State, next_attempt
from lagesbild.digests import rules
from lagesbild.digests.rules import Delivery, Letter
from lagesbild.meetings.rules.series import meeting_start
from lagesbild.people.rules import Group
from tests.build import NOBODY

SECOND = timedelta(seconds=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
W47 = Period(date(2026, 11, 12))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(group: Group, now: datetime, moved: datetime | None = None) -> dict[Period, datetime]:
    """Return the meetings as they ordinarily are, but that of week 47 where it is moved."""
    found = {period: meeting_start(period, group) for period in rules.newest(group, now)}
    return found | ({W47: moved} if moved else {})


def due_at(group: Group, now: datetime) -> datetime:
    found = rules.due(group, now, starts(group, now))
    assert found is not None
    return found[1].astimezone(UTC)


def newest(group: Group, now: datetime, moved: datetime | None = None) -> str:
    found = rules.due(group, now, starts(group, now, moved))
    assert found is not None
    return found[0].name


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
    assert due_at(group, utc(moment)) == utc(due)


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
    assert due_at(replace(group, meeting_weekday=6), utc(moment)) == utc(due)


def test_the_letter_is_about_the_week_that_its_days_meeting_closed(group: Group) -> None:
    assert newest(group, utc("2026-11-19T14:00")) == "2026-W47"
    assert newest(group, utc("2026-11-19T13:59:59")) == "2026-W46"


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-11-19T09:00", "2026-11-19T15:00"),
        ("2026-11-18T09:00", "2026-11-19T15:00"),  # before the week is over there is no letter
        ("2026-11-19T13:00", "2026-11-19T15:00"),
        ("2026-11-19T13:01", "2026-11-19T15:01"),  # two hours after the beginning
        ("2026-11-20T09:00", "2026-11-20T15:00"),
        ("2026-11-23T18:00", "2026-11-23T20:00"),
        ("2026-11-25T20:00", "2026-11-25T22:00"),
    ],
)
def test_the_letter_follows_its_meeting(group: Group, starts: str, due: str) -> None:
    begins, goes = (
        datetime.fromisoformat(each).replace(tzinfo=STOCKHOLM) for each in (starts, due)
    )
    assert rules.due_of(group, W47, begins) == goes


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        ("2026-11-19T14:00", "2026-W46"),  # an ordinary Thursday, but the group meets on Monday
        ("2026-11-23T13:59:59", "2026-W46"),
        ("2026-11-23T14:00", "2026-W47"),
        ("2026-11-26T13:59:59", "2026-W47"),
        ("2026-11-26T14:00", "2026-W48"),
    ],
)
def test_until_a_moved_meeting_the_letter_before_it_is_the_newest(
    group: Group, moment: str, week: str
) -> None:
    assert newest(group, utc(moment), moved=utc("2026-11-23T08:00")) == week


@given(st.datetimes(datetime(2020, 1, 9), datetime(2033, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 – how hypothesis takes bounds
def test_the_newest_letter_is_never_more_than_a_week_and_an_hour_old(moment: datetime) -> None:
    group = Group(NOBODY, NOBODY, "as", "Ås", "Ås", 3, time(9), time(15), utc("2019-01-01"))
    age = moment - due_at(group, moment)
    assert timedelta(0) <= age < timedelta(days=7, hours=1)


def test_a_schedule_begins_at_its_own_moment(group: Group) -> None:
    due = utc("2026-11-19T14:00")
    assert due_at(replace(group, schedule_since=due), due) == due
    late = replace(group, schedule_since=due + SECOND)
    assert rules.due(late, due + SECOND, starts(late, due + SECOND)) is None


def test_twelve_hours_are_counted_across_a_clock_change() -> None:
    due = datetime(2026, 3, 28, 20, tzinfo=STOCKHOLM)
    morning = datetime(2026, 3, 29, 9, tzinfo=STOCKHOLM)  # 13 on the wall, 12 in time
    assert not rules.is_too_late(due, morning.astimezone(UTC))
    assert rules.is_too_late(due, morning.astimezone(UTC) + SECOND)


def test_waits_grow_and_then_stay_at_an_hour() -> None:
    now = utc("2026-11-19T14:00")
    waits = [next_attempt(attempt, now, now) for attempt in range(1, 7)]
    assert [w - now for w in waits if w] == [timedelta(minutes=m) for m in (5, 15, 30, 60, 60, 60)]


@pytest.mark.parametrize(("since", "again"), [(timedelta(), True), (SECOND, False)])
def test_after_a_day_it_is_given_up(since: timedelta, *, again: bool) -> None:
    first = utc("2026-11-19T14:00")
    now = first + timedelta(hours=23) + since
    assert (next_attempt(9, first, now) is not None) == again


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
