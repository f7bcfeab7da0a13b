"""The series of meetings: no week without one and none with two, whatever the calendar holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.meetings.rules import series
from lagesbild.meetings.rules.series import Meeting, Plan, Settings, State
from lagesbild.people.rules import Group
from tests.build import NOBODY

W47 = Period(date(2026, 11, 12))
MINUTE = timedelta(minutes=1)
DAYS = st.dates(date(2019, 12, 1), date(2032, 12, 31))


def group_of(weekday: int = 3, **changes: object) -> Group:
    since = datetime(2019, 1, 1, tzinfo=UTC)
    usual = Group(NOBODY, NOBODY, "as", "Ås", "Ås", weekday, time(9), time(15), since)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a group


GROUP = group_of()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def meeting(period: Period = W47, **changes: object) -> Meeting:
    return replace(series.planned(period, GROUP), **changes)  # type: ignore[arg-type]  # any field


def plan(day: str, hour: str = "09:00", place: str = "", reason: str = "") -> Plan:
    return Plan(date.fromisoformat(day), time.fromisoformat(hour), place, reason)


# --- Ahead ------------------------------------------------------------------------------------


@pytest.mark.parametrize("weekday", range(7))
def test_thirteen_years_have_a_meeting_each_week_and_one_only(weekday: int) -> None:
    start = datetime(2020, 1, 1, 12, tzinfo=STOCKHOLM)
    end = datetime(2032, 11, 8, 12, tzinfo=STOCKHOLM)
    group = group_of(weekday)
    periods = series.ahead(Period.of(start, weekday=weekday), end)
    days = [series.planned(period, group).day for period in periods]
    assert {later - day for day, later in pairwise(days)} == {timedelta(7)}
    assert {day.weekday() for day in days} == {weekday}
    assert len({period.name for period in periods}) == len(periods)
    assert {"2020-W53", "2026-W53", "2032-W53"} <= {period.name for period in periods}


@given(DAYS, st.integers(0, 6), st.integers(0, 200))
def test_any_day_and_any_pause_later_nothing_is_missing_and_nothing_double(
    day: date, weekday: int, pause: int
) -> None:
    start = datetime.combine(day, time(12), STOCKHOLM)
    first = Period.of(start, weekday=weekday)
    made = series.ahead(first, start)
    later = start + timedelta(days=pause)
    after = series.ahead(first, later)
    assert after[: len(made)] == made
    assert [p.first_day - after[0].first_day for p in after] == [
        timedelta(weeks=n) for n in range(len(after))
    ]
    assert (
        after[-1].meeting_day <= later.date() + series.AHEAD < after[-1].meeting_day + timedelta(7)
    )


@given(DAYS, st.integers(0, 6))
def test_a_meeting_begins_at_the_same_time_on_the_wall_and_its_week_has_seven_days(
    day: date, weekday: int
) -> None:
    period = Period.of(datetime.combine(day, time(12), STOCKHOLM), weekday=weekday)
    found = series.planned(period, group_of(weekday))
    assert (found.starts_at.hour, found.day) == (9, period.meeting_day)
    assert period.end.date() - period.start.date() == timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-12-31", "2026-W53"), ("2027-01-07", "2027-W01"), ("2020-12-31", "2020-W53")],
)
def test_a_meeting_is_named_by_the_iso_week_even_where_the_year_is_another(
    day: str, name: str
) -> None:
    period = Period(date.fromisoformat(day) - timedelta(days=7))
    assert (series.planned(period, GROUP).day.isoformat(), period.name) == (day, name)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-18T23:59", "2026-W47"),
        ("2026-11-19T00:00", "2026-W47"),  # the group meets today
        ("2026-11-19T23:59", "2026-W47"),
        ("2026-11-20T00:00", "2026-W48"),
    ],
)
def test_a_new_group_begins_with_the_meeting_of_today_or_the_next_one(now: str, week: str) -> None:
    assert series.next_closed(at(now), GROUP).name == week


# --- Days off ---------------------------------------------------------------------------------


def on(day: str) -> Meeting:
    first = date.fromisoformat(day) - timedelta(days=7)
    return series.planned(Period(first), group_of(date.fromisoformat(day).weekday()))


@pytest.mark.parametrize("year", range(2020, 2033))
def test_ascension_day_is_noted_each_year(year: int) -> None:
    thursdays = [on(f"{year}-{m:02}-{d:02}") for m in (4, 5, 6) for d in range(1, 31)]
    found = [m for m in thursdays if "Kristi himmelsfärdsdag" in m.note.split(" och ")]
    assert [(m.day.weekday(), m.needs_review) for m in found] == [(3, True)]


@pytest.mark.parametrize(
    ("day", "note", "suggested"),
    [
        ("2026-01-01", "Nyårsdagen", "2026-01-02"),
        ("2028-01-06", "Trettondedag jul", "2028-01-07"),
        ("2027-01-05", "Trettondagsafton", "2027-01-04"),
        ("2026-04-02", "Skärtorsdagen", "2026-04-01"),
        ("2026-04-30", "Valborgsmässoafton", "2026-04-29"),
        ("2026-05-14", "Kristi himmelsfärdsdag", "2026-05-13"),  # the day after is squeezed
        ("2024-06-06", "Nationaldagen", "2024-06-07"),
        ("2026-06-19", "Midsommarafton", "2026-06-18"),
        ("2026-12-24", "Julafton", "2026-12-23"),
        ("2026-12-31", "Nyårsafton", "2026-12-30"),
        ("2026-04-05", "Påskdagen", None),
    ],
)
def test_a_day_off_is_noted_and_another_day_of_the_week_suggested(
    day: str, note: str, suggested: str | None
) -> None:
    found = on(day)
    assert (found.note, found.needs_review, found.state) == (note, True, State.PLANNED)
    assert found.suggested == (suggested and date.fromisoformat(suggested))


@pytest.mark.parametrize(
    ("day", "note"), [("2026-05-15", "Klämdag"), ("2026-06-18", "Dag före Midsommarafton")]
)
def test_a_day_beside_one_is_only_worth_knowing(day: str, note: str) -> None:
    assert (on(day).note, on(day).needs_review) == (note, False)


def test_an_ordinary_day_has_no_note() -> None:
    assert (meeting().note, meeting().needs_review) == ("", False)


@pytest.mark.parametrize(
    "settled",
    [
        series.held(on("2026-12-24")),
        series.skipped(on("2026-12-24"), "Julafton", GROUP),
        series.changed(on("2026-12-24"), plan("2026-12-23"), GROUP),
    ],
)
def test_once_somebody_has_said_what_holds_nothing_is_left_to_review(settled: Meeting) -> None:
    assert not settled.needs_review


@given(DAYS, st.integers(0, 6))
def test_what_is_suggested_may_be_chosen(day: date, weekday: int) -> None:
    period = Period.of(datetime.combine(day, time(12), STOCKHOLM), weekday=weekday)
    found = series.planned(period, group_of(weekday))
    if found.suggested:
        wanted = Plan(found.suggested, time(9), "")
        moved = series.changed(found, wanted, group_of(weekday))
        assert moved.day.isocalendar()[:2] == period.meeting_day.isocalendar()[:2]
        assert moved.day.weekday() < 5


# --- The summer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        ("2026-W27", None),
        ("2026-W28", series.SUMMER),
        ("2026-W31", series.SUMMER),
        ("2026-W32", None),
    ],
)
def test_meetings_of_the_summer_are_made_as_skipped(week: str, reason: str | None) -> None:
    group = group_of(break_from=28, break_to=31)
    assert series.planned(Period.named(week), group).skipped_reason == reason


# --- Moving -----------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-11-18", "2026-11-20", "2026-11-25"])
def test_a_meeting_moves_within_its_bounds_and_its_window_never(day: str) -> None:
    moved = series.changed(meeting(), plan(day, "13:30", "Rum 2", "Brandövning"), GROUP)
    assert (moved.starts_at, moved.place) == (at(f"{day}T13:30"), "Rum 2")
    assert (moved.state, moved.reason) == (State.MOVED, "Brandövning")
    assert (moved.period, moved.period.start, moved.period.end) == (W47, W47.start, W47.end)


@pytest.mark.parametrize("day", ["2026-11-17", "2026-11-26"])
def test_outside_its_bounds_it_says_which_they_are(day: str) -> None:
    with pytest.raises(InvalidError, match=r"tidigast ons 18 nov, .* senast ons 25 nov") as refused:
        series.changed(meeting(), plan(day), GROUP)
    assert refused.value.field == "day"


@pytest.mark.parametrize("hour", ["05:59", "20:01"])
def test_nobody_meets_at_night(hour: str) -> None:
    with pytest.raises(InvalidError, match=r"mellan 06.00 och 20.00"):
        series.changed(meeting(), plan("2026-11-20", hour), GROUP)


def test_back_on_its_ordinary_moment_it_is_not_moved() -> None:
    away = series.changed(meeting(), plan("2026-11-20", reason="Brandövning"), GROUP)
    back = series.changed(away, plan("2026-11-19"), GROUP)
    assert (back.state, back.reason) == (State.PLANNED, "")


@pytest.mark.parametrize("text", ["811228-9874", "a" * 121, "a\u202eb"])
def test_a_text_that_must_not_be_kept_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        series.changed(meeting(), plan("2026-11-20", reason=text), GROUP)
    with pytest.raises(InvalidError):
        series.skipped(meeting(), text, GROUP)


def test_a_number_over_two_fields_is_refused() -> None:
    with pytest.raises(InvalidError, match="personnummer"):
        series.changed(meeting(), plan("2026-11-20", place="811228", reason="9874"), GROUP)


def test_a_skipped_meeting_has_a_reason_and_stands_at_its_ordinary_moment() -> None:
    moved = series.changed(meeting(), plan("2026-11-20"), GROUP)
    found = series.skipped(moved, "  För få   kan komma ", GROUP)
    assert (found.state, found.reason) == (State.SKIPPED, "För få kan komma")
    assert found.starts_at == at("2026-11-19T09:00")
    with pytest.raises(InvalidError, match="varför"):
        series.skipped(meeting(), " ", GROUP)


def test_a_meeting_over_a_fixed_week_stays_as_it_was() -> None:
    fixed = meeting(fixed_at=at("2026-11-19T10:00"))
    assert fixed.state is State.FIXED
    with pytest.raises(ConflictError, match="fastställd"):
        series.changed(fixed, plan("2026-11-20"), GROUP)
    with pytest.raises(ConflictError, match="fastställd"):
        series.skipped(fixed, "x", GROUP)
    with pytest.raises(ConflictError, match="fastställd"):
        series.held(fixed)


# --- Settings ---------------------------------------------------------------------------------


def settings(**changes: object) -> Settings:
    usual = Settings(3, time(9))
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekday": 7}, "weekday"),
        ({"at": time(5, 59)}, "meeting"),
        ({"break_from": 28}, "break_to"),
        ({"break_to": 31}, "break_from"),
        ({"break_from": 31, "break_to": 28}, "break_to"),
        ({"break_from": 0, "break_to": 28}, "break_from"),
        ({"break_from": 28, "break_to": 54}, "break_to"),
        ({"place": "811228-9874"}, "place"),
    ],
)
def test_settings_name_the_field_that_is_wrong(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        series.check(settings(**changes))
    assert refused.value.field == field


def test_right_settings_lose_only_the_air() -> None:
    wanted = settings(place=" Rum  2 ", break_from=28, break_to=31)
    assert series.check(wanted) == replace(wanted, place="Rum 2")


AFTER = group_of(meeting_time=time(10), meeting_place="Rum 2")


def test_a_coming_meeting_follows_the_groups_time_and_place() -> None:
    found = series.followed(meeting(), GROUP, AFTER)
    assert (found.starts_at, found.place) == (at("2026-11-19T10:00"), "Rum 2")


def test_a_moved_meeting_stays_where_it_is() -> None:
    moved = series.changed(meeting(), plan("2026-11-20", "14:00", "Brandstationen"), GROUP)
    assert series.followed(moved, GROUP, AFTER) == moved


def test_another_weekday_takes_the_week_with_it_and_keeps_its_name() -> None:
    kept = series.held(meeting())
    found = series.followed(kept, GROUP, group_of(1))
    assert (found.starts_at, found.kept) == (at("2026-11-17T09:00"), False)
    assert (found.period, found.period.name) == (Period(date(2026, 11, 10)), "2026-W47")


def test_a_break_that_begins_skips_and_one_that_ends_gives_back() -> None:
    summer = group_of(break_from=47, break_to=47)
    inside = series.followed(meeting(), GROUP, summer)
    assert inside.skipped_reason == series.SUMMER
    assert series.followed(inside, summer, GROUP).skipped_reason is None


def test_what_somebody_has_said_stands_through_a_break() -> None:
    summer = group_of(break_from=47, break_to=47)
    other = series.skipped(meeting(), "Brandövning", GROUP)
    moved = series.changed(meeting(), plan("2026-11-20"), GROUP)
    held = series.held(series.planned(W47, summer))
    assert series.followed(other, GROUP, summer) == other
    assert series.followed(moved, GROUP, summer) == moved
    assert series.followed(held, summer, replace(summer, meeting_place="Rum 2")).reason == ""


# --- What follows the meeting -----------------------------------------------------------------

FRIDAY = series.changed(meeting(), plan("2026-11-20"), GROUP)


@pytest.mark.parametrize(
    ("known_at", "late_from"),
    [
        ("2026-11-20T08:59", "2026-11-20T09:00"),
        ("2026-11-20T09:00", "2026-11-21T00:00"),  # logged live: not late
        ("2026-11-20T23:59", "2026-11-21T00:00"),
        ("2026-11-21T00:00", "2026-11-20T09:00"),
    ],
)
def test_nothing_is_late_on_the_day_of_the_meeting_until_the_day_after(
    known_at: str, late_from: str
) -> None:
    assert series.late_from(FRIDAY, at(known_at)) == at(late_from)


@pytest.mark.parametrize("known_at", ["2026-11-20T09:30", "2026-11-20T12:00", "2026-12-01T12:00"])
def test_once_fixed_that_moment_parts_the_late_from_the_others(known_at: str) -> None:
    fixed = replace(FRIDAY, fixed_at=at("2026-11-20T10:04"))
    assert series.late_from(fixed, at(known_at)) == at("2026-11-20T10:04")


def test_for_a_skipped_meeting_the_ordinary_moment_parts_them() -> None:
    found = series.skipped(FRIDAY, "Brandövning", GROUP)
    for known_at in ("2026-11-19T12:00", "2026-11-20T12:00"):
        assert series.late_from(found, at(known_at)) == at("2026-11-19T09:00")


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-19T00:00", "2026-W47"),
        ("2026-11-19T23:59", "2026-W47"),
        ("2026-11-20T00:00", "2026-W48"),
    ],
)
def test_on_meeting_day_the_closed_week_is_shown(now: str, week: str) -> None:
    assert series.shown_first(at(now), meeting()).name == week


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-19T23:59", "2026-W47"),
        ("2026-11-20T23:59", "2026-W47"),
        ("2026-11-21T00:00", "2026-W48"),
    ],
)
def test_the_closed_week_is_shown_until_the_day_of_its_moved_meeting_is_over(
    now: str, week: str
) -> None:
    assert series.shown_first(at(now), FRIDAY).name == week


def test_once_the_closed_week_is_fixed_the_next_is_shown() -> None:
    fixed = meeting(fixed_at=at("2026-11-19T10:00"))
    assert series.shown_first(at("2026-11-19T10:00") + MINUTE, fixed).name == "2026-W48"


def test_after_a_meeting_before_the_end_of_its_week_the_next_week_is_shown() -> None:
    wednesday = series.changed(meeting(), plan("2026-11-18"), GROUP)
    assert series.shown_first(at("2026-11-19T00:00"), wednesday).name == "2026-W48"
