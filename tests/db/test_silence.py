"""Silence is a fault: what the database tells of letters that have left, and that have not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text

from lagesbild.access import service as access
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import NotAllowedError
from lagesbild.base.outbox import State
from lagesbild.digests.rules import GONE, SILENCE, TO_READERS, Form, Kind, Run, RunState
from lagesbild.digests.rules.recipients import Addressed, ListName, Recipient
from lagesbild.digests.rules.silence import (
    COPY,
    RECENT,
    Heard,
    Machine,
    OfGroup,
    Sent,
    Standing,
    Unsent,
)
from lagesbild.digests.service import silence
from lagesbild.digests.store import outbox, runs, schedule
from lagesbild.digests.store import silence as store
from lagesbild.meetings.rules.series import Plan
from lagesbild.meetings.service import series
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import join

WEEK = "2026-W47"
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OPEN = (RunState.DRAFT, RunState.APPROVED, RunState.HELD)


def put(
    group: Group, week: str = WEEK, kind: Kind = Kind.LETTER, version: int = 1, **changes: object
) -> Run:
    """Store a mailing: a draft that is due at the usual time, unless it is told otherwise."""
    usual = Run(
        new_id(), week, kind, version, DUE, RunState.DRAFT, late=False, made_at=DUE - SECOND
    )
    run = replace(usual, **changes)  # type: ignore[arg-type]  # any field of a mailing
    with transaction(system(group).gate) as session:
        assert runs.open_run(session, group, run)
    return run


def sent(group: Group, week: str, at: datetime, **changes: Any) -> Run:  # noqa: ANN401 – fields
    return put(group, week, due_at=at, state=RunState.RELEASED, released_at=at, **changes)


def of_all(now: datetime) -> list[OfGroup]:
    return silence.everywhere(now=now)


def heard(group: Group, now: datetime) -> Heard:
    with reading(system(group).gate) as session:
        return silence.heard(session, system(group), now=now)


def counted(group: Group, now: datetime = DUE + SILENCE) -> bool:
    """Whether a mailing has stayed away: for all groups at once as for its own."""
    [each] = [each for each in of_all(now) if each.slug == group.slug]
    assert (each.oldest_unsent is not None) is (heard(group, now).unsent is not None)
    return each.overdue == 1


# --- Of all groups at once --------------------------------------------------------------------


def test_a_group_without_letters_has_neither_sent_nor_missed_any(group: Group) -> None:
    assert of_all(NOW) == [OfGroup(group.slug, None, None, 0)]


@pytest.mark.parametrize(
    ("now", "oldest", "overdue"),
    [
        (DUE - SECOND, None, 0),
        (DUE, DUE, 0),
        (DUE + SILENCE - SECOND, DUE, 0),
        (DUE + SILENCE, DUE, 1),
        (DUE + SILENCE + SECOND, DUE, 1),
    ],
)
def test_a_letter_is_unsent_from_when_it_was_due_and_overdue_two_hours_later(
    group: Group, now: datetime, oldest: datetime | None, overdue: int
) -> None:
    put(group)
    assert of_all(now) == [OfGroup(group.slug, None, oldest, overdue)]


@pytest.mark.parametrize(
    "due",
    [
        datetime(2026, 3, 29, 15, tzinfo=STOCKHOLM),
        datetime(2026, 10, 25, 15, tzinfo=STOCKHOLM),
        datetime(2026, 12, 31, 15, tzinfo=STOCKHOLM),  # of week 53
    ],
)
def test_on_days_of_all_lengths_it_is_two_hours(group: Group, due: datetime) -> None:
    put(group, "2026-W53", due_at=due)
    at = due.astimezone(UTC) + SILENCE
    assert not counted(group, at - SECOND)
    assert counted(group, at)


@pytest.mark.parametrize("state", RunState)
def test_a_letter_has_stayed_away_until_it_leaves_or_is_struck(
    group: Group, state: RunState
) -> None:
    put(group, state=state)
    assert counted(group) is (state in OPEN)


@pytest.mark.parametrize("kind", Kind)
def test_a_mailing_to_readers_that_is_held_has_stayed_away(group: Group, kind: Kind) -> None:
    put(group, kind=kind, state=RunState.HELD)
    assert counted(group) is (kind in TO_READERS)


@pytest.mark.parametrize(("kind", "version"), [(Kind.LETTER, 2), (Kind.EXTRA, 1), (Kind.EXTRA, 2)])
@pytest.mark.parametrize("state", RunState)
def test_what_waits_for_a_person_without_a_set_time_has_not_stayed_away(
    group: Group, kind: Kind, version: int, state: RunState
) -> None:
    put(group, kind=kind, version=version, state=state)
    assert counted(group) is (state is RunState.HELD)


def test_a_notice_that_the_letter_is_delayed_stands_for_one_that_is_not_drafted(
    group: Group,
) -> None:
    put(group, kind=Kind.DELAYED, state=RunState.RELEASED, released_at=DUE)
    assert counted(group)
    assert heard(group, DUE).unsent == Unsent(WEEK, Kind.LETTER, 0, DUE)


def test_a_notice_and_the_draft_that_it_is_about_are_one(group: Group) -> None:
    put(group, kind=Kind.DELAYED, state=RunState.RELEASED, released_at=DUE)
    put(group)
    assert counted(group)
    assert heard(group, DUE).unsent == Unsent(WEEK, Kind.LETTER, 1, DUE)


def test_a_notice_says_nothing_more_when_the_letter_has_left(group: Group) -> None:
    put(group, kind=Kind.DELAYED, state=RunState.RELEASED, released_at=DUE)
    sent(group, WEEK, DUE + SECOND)
    assert not counted(group)


@pytest.mark.parametrize(
    ("missed", "later", "is_covered"),
    [
        ("2026-W46", "2026-W47", True),
        ("2026-W47", "2026-W46", False),
        ("2026-W53", "2027-W01", True),
        ("2027-W01", "2026-W53", False),
    ],
)
@pytest.mark.parametrize("kind", [Kind.LETTER, Kind.DELAYED, Kind.NONE])
def test_a_week_that_a_later_letter_covers_has_not_stayed_away(
    group: Group, missed: str, later: str, kind: Kind, *, is_covered: bool
) -> None:
    put(group, missed, kind, state=RunState.HELD)
    sent(group, later, DUE)
    sent(group, "2026-W30", DUE - 119 * DAY)
    assert counted(group) is not is_covered


def test_a_correction_that_has_left_covers_its_week(group: Group) -> None:
    put(group, state=RunState.HELD)
    sent(group, WEEK, DUE, version=2)
    assert not counted(group)


@pytest.mark.parametrize(
    ("later", "is_covered"), [("2026-W46", False), (WEEK, False), ("2026-W48", True)]
)
@pytest.mark.parametrize(("kind", "version"), [(Kind.LETTER, 2), (Kind.EXTRA, 1)])
def test_a_held_correction_is_told_until_the_letter_of_a_later_week_has_left(
    group: Group, kind: Kind, version: int, later: str, *, is_covered: bool
) -> None:
    put(group, kind=kind, version=version, state=RunState.HELD)
    sent(group, later, DUE)
    assert counted(group) is not is_covered


def test_an_extra_letter_covers_no_week(group: Group) -> None:
    put(group, "2026-W46")
    sent(group, WEEK, DUE, kind=Kind.EXTRA)
    assert counted(group)


@pytest.mark.parametrize("kind", Kind)
def test_the_last_that_was_sent_is_a_letter(group: Group, kind: Kind) -> None:
    sent(group, "2026-W46", DUE - 7 * DAY)
    sent(group, WEEK, DUE, kind=kind)
    [found] = of_all(DUE)
    assert found.sent_at == (DUE if kind.is_letter else DUE - 7 * DAY)


def test_each_group_is_told_of_by_itself(group: Group) -> None:
    berg = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    put(group, "2026-W46", due_at=DUE - 7 * DAY)
    put(group)
    sent(berg, WEEK, DUE)
    assert of_all(DUE + SILENCE) == [
        OfGroup("as", None, DUE - 7 * DAY, 2),
        OfGroup("berg", DUE, None, 0),
    ]
    assert heard(berg, DUE + SILENCE).unsent is None


# --- Of one group -----------------------------------------------------------------------------


def test_the_last_letter_and_the_oldest_that_stayed_away_are_told(group: Group) -> None:
    sent(group, "2026-W44", DUE - 21 * DAY)
    sent(group, "2026-W45", DUE - 14 * DAY)
    put(group, due_at=DUE)
    put(group, "2026-W46", due_at=DUE - 7 * DAY)
    assert heard(group, DUE) == Heard(
        Sent("2026-W45", Kind.LETTER, DUE - 14 * DAY),
        Unsent("2026-W46", Kind.LETTER, 1, DUE - 7 * DAY),
    )


@pytest.fixture
def meetings(group: Group) -> None:
    with transaction(system(group).gate) as session:
        assert series.make_ahead(session, system(group), now=NOW)


@pytest.mark.usefixtures("meetings")
@pytest.mark.parametrize(
    ("now", "unsent"),
    [
        (DUE - SECOND, None),
        (DUE, Unsent(WEEK, Kind.LETTER, 0, DUE)),
        (DUE + 7 * DAY - SECOND, None),  # another meeting has begun, and its letter is not due
        (DUE + 7 * DAY, Unsent("2026-W48", Kind.LETTER, 0, DUE + 7 * DAY)),
    ],
)
def test_a_clock_that_stands_still_makes_no_rows_and_the_meeting_tells(
    group: Group, now: datetime, unsent: Unsent | None
) -> None:
    assert heard(group, now).unsent == unsent


@pytest.mark.usefixtures("meetings")
def test_nothing_is_missed_of_a_meeting_that_is_skipped(group: Group) -> None:
    with transaction(system(group).gate) as session:
        period = Period.named(WEEK)
        series.skip(session, system(group), period, "Få kan komma", version=1, now=NOW)
    assert heard(group, DUE + SILENCE).unsent is None


@pytest.mark.usefixtures("meetings")
def test_a_letter_follows_its_meeting_when_that_is_moved(group: Group) -> None:
    with transaction(system(group).gate) as session:
        plan = Plan(date(2026, 11, 23), datetime(2026, 11, 23, 15, tzinfo=STOCKHOLM).time(), "")
        series.move(session, system(group), Period.named(WEEK), plan, version=1, now=NOW)
    due = datetime(2026, 11, 23, 17, tzinfo=STOCKHOLM).astimezone(UTC)
    assert heard(group, due - SECOND).unsent is None
    assert heard(group, due).unsent == Unsent(WEEK, Kind.LETTER, 0, due)


@contextmanager
def questions(connection: Connection) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.extend(a for a in arguments if isinstance(a, str) and "digest_runs" in a)

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.usefixtures("meetings")
def test_each_is_one_question(group: Group, connection: Connection) -> None:
    sent(group, "2026-W46", DUE - 7 * DAY)
    put(group)
    with questions(connection) as asked:
        assert heard(group, DUE).unsent
    assert len(asked) == 1
    with questions(connection) as asked:
        assert of_all(DUE)
    assert len(asked) == 1


# --- Deliveries that have not arrived ---------------------------------------------------------


def deliver(group: Group, run: Run, *states: State, at: datetime = DUE) -> list[UUID]:
    """Put a mailing in the outbox, one address for each state."""
    made = []
    with transaction(system(group).gate) as session:
        to = [Addressed(f"{n}@as.example", Form.FULL, "rad") for n in range(len(states))]
        outbox.put_deliveries(session, group, run, to, domain="as.example", at=at)
        for one, state in zip(outbox.deliveries(session, group, run), states, strict=True):
            session.execute(
                text("UPDATE digest_deliveries SET state = :state WHERE id = :id"),
                {"state": state, "id": one.id},
            )
            made.append(one.id)
    return made


def reaches(group: Group, now: datetime = DUE) -> list[tuple[str, int, int, int]]:
    with reading(system(group).gate) as session:
        found = store.reaches(session, group, since=now - RECENT, now=now)
    return [(r.week, r.refused, r.unknown, r.waiting) for r in found]


def test_what_was_refused_and_what_is_unknown_is_told_at_once(group: Group) -> None:
    run = sent(group, WEEK, DUE)
    states = (State.REFUSED, State.REFUSED, State.UNKNOWN, State.ACCEPTED, State.PENDING)
    deliver(group, run, *states)
    assert reaches(group) == [(WEEK, 2, 1, 0)]


@pytest.mark.parametrize("state", [State.PENDING, State.SENDING])
@pytest.mark.parametrize(("after", "waiting"), [(SILENCE - SECOND, []), (SILENCE, [1])])
def test_what_waits_is_told_after_two_hours(
    group: Group, state: State, after: timedelta, waiting: list[int]
) -> None:
    deliver(group, sent(group, WEEK, DUE), state)
    assert [each[3] for each in reaches(group, DUE + after)] == waiting


@pytest.mark.parametrize(("after", "number"), [(RECENT, 1), (RECENT + SECOND, 0)])
def test_after_a_week_it_is_told_no_more(group: Group, after: timedelta, number: int) -> None:
    deliver(group, sent(group, WEEK, DUE), State.REFUSED)
    assert len(reaches(group, DUE + after)) == number


def test_what_has_arrived_at_everybody_is_not_told(group: Group) -> None:
    deliver(group, sent(group, WEEK, DUE), State.ACCEPTED, State.ACCEPTED)
    assert reaches(group, DUE + SILENCE) == []


def test_a_delivery_that_was_made_again_counts_by_the_new_one(group: Group) -> None:
    run = sent(group, WEEK, DUE)
    [id_] = deliver(group, run, State.REFUSED)
    with transaction(system(group).gate) as session:
        failed = outbox.one(session, group, id_)
        assert failed
        outbox.resend(
            session, group, failed, recipient="ny@as.example", domain="as.example", at=DUE
        )
    assert reaches(group) == []
    assert reaches(group, DUE + SILENCE) == [(WEEK, 0, 0, 1)]


def test_who_was_taken_off_a_list_is_no_loss(group: Group) -> None:
    run = sent(group, WEEK, DUE)
    [id_] = deliver(group, run, State.REFUSED)
    with transaction(system(group).gate) as session:
        session.execute(
            text("UPDATE digest_deliveries SET answer = :gone WHERE id = :id"),
            {"gone": GONE, "id": id_},
        )
    assert reaches(group) == []


@pytest.mark.parametrize("kind", Kind)
def test_only_what_readers_get_is_told(group: Group, kind: Kind) -> None:
    deliver(group, sent(group, WEEK, DUE, kind=kind), State.REFUSED)
    assert bool(reaches(group)) is (kind in TO_READERS)


# --- How a group's letters stand --------------------------------------------------------------


def stand(actor: Actor, now: datetime = NOW, machine: Machine | None = None) -> Standing:
    with reading(actor.gate) as session:
        return silence.standing(session, actor, machine or Machine(), now=now)


@pytest.fixture
def ready(group: Group, member: Actor, coordinator: Actor) -> Actor:
    """A group that has all that a letter needs: two who may approve, and a reader."""
    assert member.organisation_id != coordinator.organisation_id
    chair = Recipient(
        new_id(), ListName.CHAIR, "ordforande@as.example", "Ordförande", date(2026, 1, 1)
    )
    with transaction(coordinator.gate) as session:
        assert schedule.put_recipient(session, group, chair)
    return coordinator


def test_all_is_well_when_a_letter_has_all_that_it_needs(ready: Actor) -> None:
    sent(ready.group, "2026-W46", DUE - 7 * DAY)
    found = stand(ready)
    assert found.faults == []
    assert found.last_text == "v. 46, tors 12 nov kl. 15.00"
    assert found.next_text == "v. 47: tors 19 nov kl. 15.00, svensk tid (vintertid)"
    assert found.unsent_text == "inget"


def test_the_next_five_know_the_series(ready: Actor) -> None:
    group = ready.group
    with transaction(ready.gate) as session:
        series.make_ahead(session, ready, now=NOW)
        gap = Period.named("2026-W53")
        series.skip(session, ready, gap, "Nyårsafton", version=1, now=NOW)
    assert group.break_from is None
    assert stand(ready, datetime(2026, 12, 21, 12, tzinfo=UTC)).ahead_texts == [
        "v. 52: tors 24 dec kl. 15.00, svensk tid (vintertid)",
        "v. 53: inget möte",
        "v. 1: tors 7 jan 2027 kl. 15.00, svensk tid (vintertid)",
        "v. 2: tors 14 jan 2027 kl. 15.00, svensk tid (vintertid)",
        "v. 3: tors 21 jan 2027 kl. 15.00, svensk tid (vintertid)",
        "v. 4: tors 28 jan 2027 kl. 15.00, svensk tid (vintertid)",
    ]


def test_a_summer_break_is_told_and_the_letters_after_it(
    ready: Actor, connection: Connection
) -> None:
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE groups SET break_from = 25, break_to = 33"))
    actor = replace(ready, group=replace(ready.group, break_from=25, break_to=33))
    found = stand(actor, datetime(2027, 6, 14, 12, tzinfo=UTC)).ahead_texts
    assert found[:2] == [
        "v. 24: tors 17 juni kl. 15.00, svensk tid (sommartid)",
        "v. 25–33: sommaruppehåll",
    ]
    assert found[-1] == "v. 37: tors 16 sep kl. 15.00, svensk tid (sommartid)"


@pytest.mark.parametrize(("after", "number"), [(SILENCE - SECOND, 0), (SILENCE, 1)])
def test_a_letter_that_stays_away_is_a_fault_after_two_hours(
    ready: Actor, after: timedelta, number: int
) -> None:
    put(ready.group)
    found = stand(ready, DUE + after)
    assert len(found.faults) == number
    assert found.unsent_text.startswith("Brevet för v. 47 skulle ha gått tors 19 nov kl. 15.00")


def test_a_refused_letter_is_a_fault(ready: Actor) -> None:
    deliver(ready.group, sent(ready.group, WEEK, DUE), State.REFUSED)
    assert stand(ready, DUE).faults == ["Brevet för v. 47 har inte nått alla: 1 avvisat."]


def test_a_copy_is_a_fault(ready: Actor) -> None:
    assert stand(ready, machine=Machine(is_copy=True)).faults == [COPY]


@pytest.mark.parametrize(("last_day", "number"), [("2026-11-19", 0), ("2026-11-18", 1)])
def test_no_reader_on_the_day_of_the_next_letter_is_a_fault(
    ready: Actor, last_day: str, number: int
) -> None:
    with transaction(ready.gate) as session:
        [chair] = schedule.recipients(session, ready.group)
        ends_on = date.fromisoformat(last_day)
        assert schedule.end_recipient(session, ready.group, chair.id, ends_on, version=1)
    assert len(stand(ready).faults) == number


def test_nobody_to_approve_is_a_fault(coordinator: Actor) -> None:
    found = stand(coordinator).faults
    assert found[0] == "Ingen mottagare står på listorna. Brevet går bara till samordnarna."
    assert found[1].startswith("Bara en person i")


@pytest.mark.parametrize("role", Role)
def test_only_those_who_read_letters_know_how_they_stand(
    group: Group, organisations: dict[str, Organisation], role: Role
) -> None:
    actor = system(group) if role is Role.SYSTEM else join(group, organisations["kommun"], role)
    if role in (Role.MEMBER, Role.COORDINATOR, Role.SYSTEM):
        assert stand(actor).faults
        return
    with pytest.raises(NotAllowedError):
        stand(actor)
    with reading(actor.gate) as session, pytest.raises(NotAllowedError):
        silence.heard(session, actor, now=NOW)
