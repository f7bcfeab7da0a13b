"""When a letter is due, when it is late, what it is and what its fingerprint covers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import next_attempt
from lagesbild.digests import rules
from lagesbild.digests.rules import Kind, Letter, Run, RunState
from lagesbild.meetings.rules.series import meeting_start
from lagesbild.people.rules import Group
from tests.build import NOBODY

SECOND = timedelta(seconds=1)
W47 = Period(date(2026, 11, 12))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def newest_due(
    group: Group, now: datetime, moved: datetime | None = None
) -> tuple[datetime, Period]:
    """Return the letter that was due last, as its meeting is or where that of week 47 is moved."""
    found = []
    for period in rules.newest(group, now):
        starts = moved if moved and period == W47 else meeting_start(period, group)
        found.append((rules.due_of(group, period, starts).astimezone(UTC), period))
    return max(each for each in found if each[0] <= now)


def due_at(group: Group, now: datetime) -> datetime:
    return newest_due(group, now)[0]


def newest(group: Group, now: datetime, moved: datetime | None = None) -> str:
    return newest_due(group, now, moved)[1].name


@pytest.fixture
def group(any_group: Group) -> Group:
    return any_group


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


@pytest.mark.parametrize(
    ("after", "late"),
    [(rules.PUNCTUAL - SECOND, False), (rules.PUNCTUAL, False), (rules.PUNCTUAL + SECOND, True)],
)
def test_a_quarter_of_an_hour_is_punctual(after: timedelta, *, late: bool) -> None:
    due = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
    assert rules.is_late(due, due.astimezone(UTC) + after) is late


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


@pytest.mark.parametrize("change", [{"content": {"week": "2026-W48"}}, {"content": {}}])
def test_the_fingerprint_covers_the_letter_for_machines(change: dict[str, object]) -> None:
    known = replace(LETTER, content={"week": "2026-W47"})
    assert rules.fingerprint(replace(known, **change)) != rules.fingerprint(known)  # type: ignore[arg-type]  # one field


def test_the_order_of_what_machines_get_does_not_matter_nor_the_pdf() -> None:
    one = replace(LETTER, content={"a": 1, "b": 2}, pdf=b"%PDF")
    assert rules.fingerprint(one) == rules.fingerprint(replace(LETTER, content={"b": 2, "a": 1}))


def run(**changes: object) -> Run:
    at = utc("2026-11-19T14:00")
    usual = Run(NOBODY, "2026-W47", Kind.LETTER, 1, at, RunState.DRAFT, late=False, made_at=at)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a mailing


def test_a_letter_has_a_number_of_its_year_once_it_is_approved() -> None:
    assert (run().series, run(number=43).series) == ("", "2026:43")
    assert run(week="2027-W01", number=1).series == "2027:1"


@pytest.mark.parametrize(
    ("changes", "timed"),
    [
        ({}, True),
        ({"version": 2}, False),  # a correction goes when it is approved
        ({"kind": Kind.EXTRA}, False),
        ({"kind": Kind.DELAYED}, False),
    ],
)
def test_only_the_first_letter_of_a_week_has_a_set_time(
    changes: dict[str, object], *, timed: bool
) -> None:
    assert run(**changes).is_timed is timed


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("approved", [False, True])
def test_words_may_be_changed_until_somebody_has_approved_them(
    state: RunState, *, approved: bool
) -> None:
    found = run(state=state, approved_at=utc("2026-11-19T12:00") if approved else None)
    is_waiting = state in (RunState.DRAFT, RunState.HELD)
    assert found.is_open is (is_waiting and not approved)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_and_state_has_words_and_only_letters_are_letters(kind: Kind) -> None:
    assert kind.text
    assert kind.is_letter is (kind in (Kind.LETTER, Kind.EXTRA))
    assert all(what.text for what in rules.What)
    assert {*rules.RUN_TEXT} == {*RunState}
