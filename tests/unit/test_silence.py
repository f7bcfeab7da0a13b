"""Silence is a fault: from which moment, and in which words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.digests.rules import SILENCE, Form, Kind, due_of, silence
from lagesbild.digests.rules.recipients import COORDINATORS, Addressed
from lagesbild.digests.rules.silence import STOPPED, Heard, Machine, Met, Reach, Sent, Unsent
from lagesbild.meetings.rules import series
from lagesbild.meetings.rules.series import SUMMER, Meeting
from lagesbild.people.rules import Group

SECOND = timedelta(seconds=1)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
LATE = Unsent("2026-W47", Kind.LETTER, 1, DUE)
SENT = Sent("2026-W46", Kind.LETTER, DUE - timedelta(days=7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def lines(
    group: Group, now: datetime, changed: Iterable[Meeting] = (), *, weeks: int = 30
) -> list[str]:
    """Return the lines about the next letters; some meetings are not as the calendar has them."""
    known = {meeting.period: meeting for meeting in changed}
    first = Period.of(now, weekday=group.meeting_weekday).previous()
    periods = [first.previous(-n) for n in range(weeks)]
    met = [known.get(period, series.planned(period, group)) for period in periods]
    dues = [(meeting, due_of(group, meeting.period, meeting.starts_at)) for meeting in met]
    return [each.text(now) for each in silence.ahead(dues, now)]


def meeting(group: Group, week: str, **changes: object) -> Meeting:
    usual = series.planned(Period.named(week, weekday=group.meeting_weekday), group)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a meeting


# --- From which moment ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "is_fault"), [(SILENCE - SECOND, False), (SILENCE, True), (SILENCE + SECOND, True)]
)
def test_two_hours_after_it_was_due_silence_is_a_fault(after: timedelta, *, is_fault: bool) -> None:
    assert silence.is_silent(DUE, DUE + after) is is_fault
    assert bool(silence.banner(Heard(unsent=LATE), Machine(), DUE + after)) is is_fault


@pytest.mark.parametrize("due", ["2026-03-29T01:30", "2026-10-25T01:30"])
def test_the_two_hours_are_as_long_when_the_clock_changes(due: str) -> None:
    told = datetime.fromisoformat(due).replace(tzinfo=STOCKHOLM)  # as wall-clock time
    assert not silence.is_silent(told, told.astimezone(UTC) + SILENCE - SECOND)
    assert silence.is_silent(told, told.astimezone(UTC) + SILENCE)


@pytest.mark.parametrize(
    ("after", "stands"), [(STOPPED - SECOND, False), (STOPPED, False), (STOPPED + SECOND, True)]
)
def test_a_clock_without_a_tick_for_ten_minutes_stands(after: timedelta, *, stands: bool) -> None:
    assert silence.has_stopped(NOW, NOW + after) is stands


def test_of_a_clock_that_was_never_seen_nothing_is_said() -> None:
    assert silence.banner(Heard(), Machine(), NOW) == ""


@pytest.mark.parametrize(
    ("now", "since", "is_unsent"),
    [
        (DUE - SECOND, NOW, False),
        (DUE, NOW, True),
        (DUE, DUE, True),
        (DUE, DUE + SECOND, False),
    ],
)
def test_a_letter_without_a_row_is_missed_from_when_it_was_due(
    any_group: Group, now: datetime, since: datetime, *, is_unsent: bool
) -> None:
    group = replace(any_group, schedule_since=since)
    met = Met("2026-W47", at("2026-11-19T09:00"), is_told=False)
    found = silence.with_unwritten(Heard(met=met), group, now)
    assert found.unsent == (Unsent("2026-W47", Kind.LETTER, 0, DUE) if is_unsent else None)


def test_a_letter_with_a_row_is_not_missed(any_group: Group) -> None:
    heard = Heard(met=Met("2026-W47", at("2026-11-19T09:00"), is_told=True))
    assert silence.with_unwritten(heard, any_group, DUE) == heard


def test_the_letter_of_a_moved_meeting_is_missed_when_that_one_is_due(any_group: Group) -> None:
    met = Met("2026-W47", at("2026-11-20T14:00"), is_told=False)
    [due] = [at("2026-11-20T16:00")]  # never while the group may be sitting
    assert silence.with_unwritten(Heard(met=met), any_group, due - SECOND).unsent is None
    found = silence.with_unwritten(Heard(met=met), any_group, due).unsent
    assert found is not None
    assert found.due_at == due


def test_what_should_have_left_first_is_told(any_group: Group) -> None:
    older = replace(LATE, week="2026-W46", due_at=DUE - timedelta(days=7))
    heard = Heard(unsent=older, met=Met("2026-W47", at("2026-11-19T09:00"), is_told=False))
    assert silence.with_unwritten(heard, any_group, DUE).unsent == older


# --- In which words ---------------------------------------------------------------------------


def test_the_banner_says_what_has_stayed_away_and_what_left_last() -> None:
    assert silence.banner(Heard(SENT, LATE), Machine(), DUE + SILENCE) == (
        "Brevet för v. 47 skulle ha gått tors 19 nov kl. 15.00 men har inte gått."
        " Senast gick v. 46, tors 12 nov kl. 15.00."
    )


def test_the_banner_says_since_when_the_clock_stands() -> None:
    machine = Machine(ticked_at=at("2026-11-18T12:40"))
    assert silence.banner(Heard(SENT), machine, NOW) == (
        "Klockan som skickar breven har stått sedan ons 18 nov kl. 12.40. Inget går medan den står."
    )


@pytest.mark.parametrize(
    ("kind", "version", "name"),
    [
        (Kind.LETTER, 0, "Brevet för v. 47"),
        (Kind.LETTER, 1, "Brevet för v. 47"),
        (Kind.LETTER, 2, "Rättelsen av brevet för v. 47"),
        (Kind.EXTRA, 2, "Det extra brevet om v. 47"),
        (Kind.DELAYED, 1, "Beskedet om att brevet dröjer för v. 47"),
        (Kind.NONE, 1, "Beskedet om uppehåll från v. 47"),
    ],
)
def test_each_mailing_has_a_name(kind: Kind, version: int, name: str) -> None:
    assert silence.named(kind, "2026-W47", version) == name


def test_an_extra_letter_says_so() -> None:
    sent = replace(SENT, kind=Kind.EXTRA)
    assert sent.text(NOW) == "extra brev om v. 46, tors 12 nov kl. 15.00"


@pytest.mark.parametrize(
    ("refused", "unknown", "waiting", "words"),
    [
        (1, 0, 0, "1 avvisat"),
        (2, 1, 0, "2 avvisade, 1 ovisst"),
        (0, 3, 1, "3 ovissa, 1 väntar"),
        (0, 0, 2, "2 väntar"),
    ],
)
def test_what_has_not_reached_everybody_says_how_many(
    refused: int, unknown: int, waiting: int, words: str
) -> None:
    reach = Reach("2026-W47", Kind.LETTER, 1, refused, unknown, waiting)
    assert reach.text == f"Brevet för v. 47 har inte nått alla: {words}."


def test_a_copy_says_that_nothing_leaves() -> None:
    assert silence.faults(Heard(SENT), (), Machine(is_copy=True), (), NOW) == [silence.COPY]


def test_all_that_is_wrong_is_told_the_worst_first() -> None:
    reach = Reach("2026-W46", Kind.LETTER, 1, 1, 0, 0)
    machine = Machine(is_copy=True)
    found = silence.faults(Heard(SENT, LATE), [reach], machine, ["", "Ingen."], DUE + SILENCE)
    assert found[0] == silence.COPY
    assert found[1].startswith("Brevet för v. 47 skulle ha gått")
    assert found[2:] == [reach.text, "Ingen."]


def test_nothing_is_wrong_when_all_is_well() -> None:
    ticked = Machine(ticked_at=NOW)
    assert silence.faults(Heard(SENT), (), ticked, ("", ""), NOW) == []


@pytest.mark.parametrize(
    ("lists", "end"),
    [
        (["ordforande"], None),
        ([COORDINATORS], "Brevet går bara till samordnarna."),
        ([COORDINATORS, "ordforande"], None),
        ([], "Brevet har ingen att gå till."),
    ],
)
def test_a_letter_without_readers_says_to_whom_it_goes(lists: list[str], end: str | None) -> None:
    to = [Addressed(f"{name}@as.example", Form.FULL, name) for name in lists]
    wanted = f"Ingen mottagare står på listorna. {end}" if end else ""
    assert silence.no_reader(to) == wanted


# --- The next five ----------------------------------------------------------------------------


def test_the_next_five_letters_have_date_clock_and_zone_in_words(any_group: Group) -> None:
    assert lines(any_group, NOW) == [
        "v. 47: tors 19 nov kl. 15.00, svensk tid (vintertid)",
        "v. 48: tors 26 nov kl. 15.00, svensk tid (vintertid)",
        "v. 49: tors 3 dec kl. 15.00, svensk tid (vintertid)",
        "v. 50: tors 10 dec kl. 15.00, svensk tid (vintertid)",
        "v. 51: tors 17 dec kl. 15.00, svensk tid (vintertid)",
    ]


@pytest.mark.parametrize(
    ("now", "first"), [(DUE - SECOND, "v. 47"), (DUE, "v. 48"), (DUE + SECOND, "v. 48")]
)
def test_a_letter_is_ahead_until_it_is_due(any_group: Group, now: datetime, first: str) -> None:
    assert lines(any_group, now)[0].startswith(f"{first}: tors")


def test_the_wall_clock_stays_when_summer_time_begins(any_group: Group) -> None:
    assert lines(any_group, at("2026-03-23T12:00"))[:2] == [
        "v. 13: tors 26 mars kl. 15.00, svensk tid (vintertid)",
        "v. 14: tors 2 apr kl. 15.00, svensk tid (sommartid)",
    ]


def test_the_wall_clock_stays_when_summer_time_ends(any_group: Group) -> None:
    assert lines(any_group, at("2026-10-20T12:00"))[:2] == [
        "v. 43: tors 22 okt kl. 15.00, svensk tid (sommartid)",
        "v. 44: tors 29 okt kl. 15.00, svensk tid (vintertid)",
    ]


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        ("2026-03-29T00:59:59+00:00", "vintertid"),
        ("2026-03-29T01:00:00+00:00", "sommartid"),
        ("2026-10-25T00:59:59+00:00", "sommartid"),
        ("2026-10-25T01:00:00+00:00", "vintertid"),
    ],
)
def test_the_zone_changes_with_the_clock(now: str, zone: str) -> None:
    assert silence.zone_text(datetime.fromisoformat(now)) == f"svensk tid ({zone})"


def test_on_the_sunday_of_the_change_the_wall_clock_stays(any_group: Group) -> None:
    group = replace(any_group, meeting_weekday=6)
    assert lines(group, at("2026-10-24T12:00"))[:2] == [
        "v. 43: sön 25 okt kl. 15.00, svensk tid (vintertid)",
        "v. 44: sön 1 nov kl. 15.00, svensk tid (vintertid)",
    ]


def test_week_53_is_followed_by_week_1_of_another_year(any_group: Group) -> None:
    assert lines(any_group, at("2026-12-28T12:00"))[:2] == [
        "v. 53: tors 31 dec kl. 15.00, svensk tid (vintertid)",
        "v. 1: tors 7 jan 2027 kl. 15.00, svensk tid (vintertid)",
    ]


def test_a_skipped_week_is_told_as_such(any_group: Group) -> None:
    none = meeting(any_group, "2026-W53", skipped_reason="Nyårsafton")
    assert lines(any_group, at("2026-12-21T12:00"), [none])[:3] == [
        "v. 52: tors 24 dec kl. 15.00, svensk tid (vintertid)",
        "v. 53: inget möte",
        "v. 1: tors 7 jan 2027 kl. 15.00, svensk tid (vintertid)",
    ]


def test_a_skipped_week_is_none_of_the_five(any_group: Group) -> None:
    none = meeting(any_group, "2026-W48", skipped_reason="Få kan komma")
    found = lines(any_group, NOW, [none])
    assert len(found) == 6
    assert found[-1].startswith("v. 52: tors 24 dec")


def test_the_letter_of_a_moved_meeting_follows_it(any_group: Group) -> None:
    moved = meeting(
        any_group, "2026-W48", starts_at=at("2026-11-27T14:00"), moved_reason="Brandövning"
    )
    assert lines(any_group, NOW, [moved])[1] == (
        "v. 48: fre 27 nov kl. 16.00, svensk tid (vintertid), mötet är flyttat"
    )


def test_a_summer_break_is_one_line_and_five_letters_follow_it(any_group: Group) -> None:
    group = replace(any_group, break_from=26, break_to=32)
    found = lines(group, at("2026-06-15T12:00"))
    assert found[:3] == [
        "v. 25: tors 18 juni kl. 15.00, svensk tid (sommartid)",
        "v. 26–32: sommaruppehåll",
        "v. 33: tors 13 aug kl. 15.00, svensk tid (sommartid)",
    ]
    assert len(found) == 6


def test_in_a_break_of_one_week_no_span_is_told(any_group: Group) -> None:
    none = meeting(any_group, "2026-W48", skipped_reason=SUMMER)
    assert lines(any_group, NOW, [none])[1] == "v. 48: sommaruppehåll"


def test_without_a_letter_in_sight_that_is_said(any_group: Group) -> None:
    group = replace(any_group, break_from=1, break_to=53)
    [gap] = lines(group, NOW)
    assert gap == "v. 47–22: sommaruppehåll"
    standing = silence.Standing(NOW, Heard(), (), ())
    assert standing.next_text == "inget brev i sikte"


def test_a_standing_says_the_last_the_next_and_what_stayed_away(any_group: Group) -> None:
    period = Period(date(2026, 11, 19))
    skipped = silence.Ahead(period, period, why="inget möte")
    following = silence.Ahead(period.previous(-1), period.previous(-1), at("2026-12-03T15:00"))
    standing = silence.Standing(NOW, Heard(SENT, LATE), (skipped, following), ())
    assert any_group.letter_time == time(15)
    assert standing.last_text == "v. 46, tors 12 nov kl. 15.00"
    assert standing.next_text == "v. 49: tors 3 dec kl. 15.00, svensk tid (vintertid)"
    assert standing.unsent_text.startswith("Brevet för v. 47 skulle ha gått")
    assert standing.ahead_texts[0] == "v. 48: inget möte"


def test_a_group_that_has_not_begun_has_sent_nothing() -> None:
    standing = silence.Standing(NOW, Heard(), (), ())
    assert (standing.last_text, standing.unsent_text) == ("inget brev än", "inget")
