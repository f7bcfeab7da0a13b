"""Who is told of what, since when, and in which words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.actions.rules import Action, Kind, State
from lagesbild.actions.rules.telling import Decided, Linked, decisions, linkings
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id
from lagesbild.base.outbox import State as Delivered
from lagesbild.meetings.rules.series import Meeting, planned
from lagesbild.notices.rules import RECENT, Event, Notice, Sent, events, kinds_of, wanted, wording
from lagesbild.notices.rules import Kind as Told
from lagesbild.people import rules as people
from lagesbild.people.rules import Group, Organisation, Place, Role
from tests.build import NOBODY, NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
POLICE = Organisation(new_id(), "polis", "Polisen", people.Kind.POLICE)
FIRE = Organisation(new_id(), "brand", "Brandförsvaret", people.Kind.FIRE)
OFFICER = Place(new_id(), "ett@as.example", "Prov", Role.MEMBER, POLICE.id, POLICE.name)
EVENT = Event(Told.PICTURE, "1", NOW, "bilden", "Bilden är fastställd.", "mote")
TODAY = date(2026, 11, 18)
MORNING = datetime(2026, 11, 18, 8, tzinfo=STOCKHOLM)


def told(group: Group, event: Event, place: Place = OFFICER, now: datetime = NOW) -> list[Notice]:
    return wanted(group, [event], [place], frozenset(), now=now)


@pytest.mark.parametrize(
    ("since", "now", "number"),
    [
        (NOW, NOW, 1),
        (NOW + SECOND, NOW + SECOND, 0),
        (NOW, NOW - SECOND, 0),
        (NOW, NOW + RECENT, 1),
        (NOW, NOW + RECENT + SECOND, 0),
    ],
)
def test_what_is_told_has_happened_since_the_schedule_and_within_a_day(
    any_group: Group, since: datetime, now: datetime, number: int
) -> None:
    group = replace(any_group, schedule_since=since)
    assert len(told(group, EVENT, now=now)) == number


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"organisation_id": POLICE.id}, 1),
        ({"organisation_id": FIRE.id}, 0),
        ({"but_not": OFFICER.person_id}, 0),
        ({"but_not": NOBODY}, 1),
    ],
)
def test_an_event_is_told_to_those_whom_it_concerns(
    any_group: Group, changes: dict[str, object], number: int
) -> None:
    assert len(told(any_group, replace(EVENT, **changes))) == number  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("kind", Told)
def test_what_is_switched_off_is_off_for_that_person_and_kind_alone(
    any_group: Group, kind: Told
) -> None:
    other = OFFICER._replace(person_id=new_id())
    off = frozenset({(OFFICER.person_id, Told.PICTURE)})
    found = wanted(any_group, [replace(EVENT, kind=kind)], [OFFICER, other], off, now=NOW)
    assert len(found) == (1 if kind is Told.PICTURE else 2)


def test_who_may_read_no_page_that_a_mail_leads_to_gets_none() -> None:
    assert kinds_of(Role.MEMBER) == kinds_of(Role.COORDINATOR) == [*Told]
    assert kinds_of(Role.REPORTER) == [*Told][:4]
    assert kinds_of(Role.ANALYST) == [Told.PICTURE]
    assert not [*kinds_of(Role.READER), *kinds_of(Role.ADMIN), *kinds_of(Role.AUDITOR)]


@pytest.mark.parametrize(
    ("week", "moment"),
    [
        ("2026-W47", "2026-11-18T14:00"),  # winter: 15.00 is 14.00 UTC
        ("2026-W26", "2026-06-24T13:00"),
        ("2026-W14", "2026-04-01T13:00"),  # summer since 29 March
        ("2026-W44", "2026-10-28T14:00"),  # winter since 25 October
    ],
)
def test_a_reminder_goes_by_the_wall_clock(any_group: Group, week: str, moment: str) -> None:
    meeting = planned(Period.named(week), any_group)
    due = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert events.reminder_at(any_group, meeting, due - SECOND) is None
    assert events.reminder_at(any_group, meeting, due) == due


@pytest.mark.parametrize(
    "changes",
    [
        {"skipped_reason": "Få kan komma"},
        {"fixed_at": NOW},
        {"starts_at": datetime(2026, 11, 19, 6, tzinfo=UTC)},
    ],
)
def test_a_meeting_that_is_over_skipped_or_fixed_is_not_reminded_of(
    any_group: Group, changes: dict[str, object]
) -> None:
    meeting: Meeting = planned(Period.named("2026-W47"), any_group)
    now = datetime(2026, 11, 19, 6, tzinfo=UTC)
    assert events.reminder_at(any_group, meeting, now) is not None
    meeting = replace(meeting, **changes)  # type: ignore[arg-type]  # fields by name
    assert events.reminder_at(any_group, meeting, now) is None


def test_a_group_without_a_time_is_not_reminded(any_group: Group) -> None:
    meeting = planned(Period.named("2026-W47"), any_group)
    group = replace(any_group, reminder_time=None)
    assert events.reminder_at(group, meeting, NOW + timedelta(hours=3)) is None
    group = replace(any_group, reminder_time=time(12))
    assert events.reminder_at(group, meeting, NOW) is not None


def action(
    due: date | None = TODAY + DAY, state: State = State.DECIDED, what: str = "Tänd"
) -> Action:
    words = (what, "", "", "Gruppen")
    return Action(
        new_id(), 2026, 118, *words, TODAY, due, Kind.SOCIAL, "", None, state, POLICE
    )  # fmt: skip


def heard(one: Action, *, today: date = TODAY, decided_at: datetime | None = None) -> list[str]:
    decided = [Decided(one, decided_at, None)] if decided_at else []
    return [event.key.split(":")[0] for event in events.actions([one], decided, today=today)]


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (TODAY + 2 * DAY, []),
        (TODAY + DAY, ["imorgon"]),
        (TODAY, []),
        (TODAY - DAY, ["sen"]),
        (None, []),
    ],
)
def test_an_action_is_reminded_of_on_its_days(due: date | None, said: list[str]) -> None:
    assert heard(action(due)) == said


@pytest.mark.parametrize("state", [State.PROPOSED, State.DONE, State.STOPPED])
def test_only_what_is_decided_and_not_done_is_reminded_of(state: State) -> None:
    assert heard(action(state=state)) == []


@pytest.mark.parametrize(
    ("decided_at", "said"),
    [(MORNING - SECOND, ["beslutad", "imorgon"]), (MORNING, ["beslutad"])],
)
def test_who_hears_that_it_is_decided_is_not_reminded_at_once(
    decided_at: datetime, said: list[str]
) -> None:
    assert heard(action(), decided_at=decided_at) == said


def test_an_action_with_a_new_last_day_is_reminded_of_again() -> None:
    one = action()
    [before] = events.actions([one], [], today=TODAY)
    [after] = events.actions([replace(one, due=TODAY + 2 * DAY)], [], today=TODAY + DAY)
    assert before.key != after.key


@pytest.mark.parametrize(
    ("verb", "said", "number"),
    [
        ("action.decided", {}, 1),
        ("action.moved", {"läge": "föreslagen → beslutad"}, 1),
        ("action.moved", {"läge": "beslutad → pågår"}, 0),
        ("action.changed", {"läge": "föreslagen → beslutad"}, 0),
        ("action.moved", {}, 0),
    ],
)
def test_the_log_says_when_an_action_was_decided(
    verb: str, said: dict[str, str], number: int
) -> None:
    one = action()
    entries = [Entry(NOW, verb, f"action:{one.id}", said), Entry(NOW, verb, "action:x", said)]
    assert len(decisions([one], entries)) == number


def test_what_two_incidents_led_to_is_told_once_to_each_organisation() -> None:
    one = action()
    found = [Linked(one, f"L-2026-00000{n}", of.id, NOW) for n, of in enumerate((POLICE, FIRE) * 2)]
    told_of = events.led(found)
    assert [event.organisation_id for event in told_of] == [POLICE.id, FIRE.id]
    assert told_of[0].path == "handelser/L-2026-000000"
    entry = Entry(NOW, "action.linked", f"action:{one.id}", {"händelse": str(NOBODY)})
    assert linkings([one], [entry]) == [(one, NOBODY, NOW)]


def test_a_mail_says_the_same_thing_once(any_group: Group) -> None:
    twice = [Notice(replace(EVENT, key=key), OFFICER) for key in "12"]
    text = wording.text(any_group, twice, "https://as.example")
    assert text.count("Bilden är fastställd.") == 1
    assert wording.subject(twice) == "fastställda bilder (2)"


@given(what=st.text(min_size=1, max_size=200))
def test_whatever_an_action_is_called_the_headers_stay_whole(what: str) -> None:
    one = replace(action(), what=what)
    [event] = events.actions([one], [], today=TODAY)
    group = Group(NOBODY, NOBODY, "as", "Ås", "Ås", 3, time(9), time(15), NOW)
    mail = wording.message(
        group,
        [Notice(event, OFFICER)],
        addresses=("post@as.example", "https://as.example"),
        message_id="<1@as.example>",
        now=NOW,
    )
    assert mail["Subject"] == "Lägesbild Ås: åtgärd 2026-118 ska vara klar i morgon"
    assert mail["To"] == "ett@as.example"


def test_a_notice_is_in_swedish_and_has_one_sender_whatever_that_is_called() -> None:
    [event] = events.actions([action()], [], today=TODAY)
    group = Group(NOBODY, NOBODY, "as", "Ås", "Ås", 3, time(9), time(15), NOW)
    mail = wording.message(
        group,
        [Notice(event, OFFICER)],
        addresses=('"Trygghet, Ås kommun" <post@as.example>', "https://as.example"),
        message_id="<1@as.example>",
        now=NOW,
    )
    assert mail["Content-Language"] == "sv"
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Trygghet Ås kommun", "post@as.example")


@pytest.mark.parametrize(
    ("kind", "key", "about"),
    [
        (Told.REPORT, "2026-W07", "v. 7"),
        (Told.ACTION, "sen:2026-118:2026-11-27", "2026-118 försenad"),
        (Told.LED, "2026-118", "2026-118"),
        (Told.PICTURE, "12", "nr 12"),
        (Told.INQUIRY, str(NOBODY), ""),
    ],
)
def test_the_list_says_what_it_was_about(kind: Told, key: str, about: str) -> None:
    assert Sent(kind, key, NOW, "x", Delivered.ACCEPTED, "", None).about == about
