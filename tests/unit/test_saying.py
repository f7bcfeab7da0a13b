"""How far a mailing has come, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import new_id
from lagesbild.base.outbox import State
from lagesbild.digests.rules import GONE, Delivery, Event, Kind, Run, RunState, What
from lagesbild.digests.rules.saying import (
    SOON,
    Said,
    Tone,
    counted,
    event_text,
    is_late,
    minutes_left,
    said_of,
)

DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
SECOND = timedelta(seconds=1)
BEFORE, AFTER = DUE.astimezone(UTC) - SECOND, DUE.astimezone(UTC) + SECOND
RUN = Run(new_id(), "2026-W47", Kind.LETTER, 1, DUE, RunState.DRAFT, late=False, made_at=BEFORE)
RELEASED = replace(RUN, state=RunState.RELEASED, released_at=AFTER)


def delivery(state: State, **changes: object) -> Delivery:
    usual = Delivery(new_id(), RUN.id, "ordforande@as.example", state, 1, "", AFTER)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a delivery


@pytest.mark.parametrize(
    ("state", "now", "said"),
    [
        (RunState.DRAFT, BEFORE, Said("utkast")),
        (RunState.DRAFT, DUE.astimezone(UTC), Said("utkast, försenat", Tone.BAD)),
        (RunState.APPROVED, BEFORE, Said("godkänt, går tors 19 nov kl. 15.00", Tone.OWN)),
        (RunState.APPROVED, DUE.astimezone(UTC), Said("godkänt, går inom en minut", Tone.OWN)),
        (RunState.HELD, AFTER, Said("hålls inne", Tone.BAD)),
        (RunState.DROPPED, AFTER, Said("struket")),
    ],
)
def test_what_has_not_left_is_said_by_its_state(state: RunState, now: datetime, said: Said) -> None:
    assert said_of(replace(RUN, state=state), {}, now) == said


def test_a_notice_is_not_struck_but_was_not_needed() -> None:
    notice = replace(RUN, kind=Kind.DELAYED, state=RunState.DROPPED)
    assert said_of(notice, {}, AFTER).text == "uteblev"


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        ({}, Said("skickat", Tone.GOOD)),
        ({State.ACCEPTED: 3}, Said("skickat", Tone.GOOD)),
        ({State.ACCEPTED: 2, State.PENDING: 1}, Said("skickas", Tone.OWN)),
        ({State.ACCEPTED: 2, State.SENDING: 1}, Said("skickas", Tone.OWN)),
        ({State.REFUSED: 2, State.PENDING: 1}, Said("skickas", Tone.BAD)),
        ({State.ACCEPTED: 2, State.REFUSED: 1}, Said("delvis skickat, 2 av 3 nådda", Tone.BAD)),
        ({State.ACCEPTED: 2, State.UNKNOWN: 1}, Said("delvis skickat, 2 av 3 nådda", Tone.BAD)),
        ({State.REFUSED: 1, State.UNKNOWN: 1}, Said("misslyckat", Tone.BAD)),
    ],
)
def test_what_has_left_is_said_by_whom_it_has_reached(
    reached: dict[State, int], said: Said
) -> None:
    assert said_of(RELEASED, reached, AFTER) == said


def test_what_left_late_says_so() -> None:
    late = replace(RELEASED, late=True)
    assert said_of(late, {State.ACCEPTED: 1}, AFTER).text == "skickat, försenat"


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({}, True),
        ({"state": RunState.APPROVED}, True),
        ({"state": RunState.HELD}, True),
        ({"state": RunState.RELEASED}, False),
        ({"state": RunState.DROPPED}, False),
        ({"version": 2}, False),
        ({"kind": Kind.EXTRA}, False),
    ],
)
def test_only_what_has_a_set_time_can_be_late(changes: dict[str, object], *, late: bool) -> None:
    run = replace(RUN, **changes)  # type: ignore[arg-type]  # any field of a mailing
    assert is_late(run, AFTER) is late
    assert not is_late(run, BEFORE)


def test_a_delivery_that_was_made_again_counts_by_the_new_one() -> None:
    first = delivery(State.REFUSED)
    again = delivery(State.ACCEPTED, resend_of=first.id)
    assert counted([first, again]) == {State.ACCEPTED: 1}


def test_who_was_taken_off_the_list_is_no_loss() -> None:
    assert counted([delivery(State.REFUSED, answer=GONE), delivery(State.REFUSED)]) == {
        State.REFUSED: 1
    }


@pytest.mark.parametrize(
    ("left", "minutes"),
    [
        (SOON + SECOND, None),
        (SOON, 180),
        (timedelta(minutes=49), 49),
        (timedelta(seconds=90), 1),
        (SECOND, 0),
        (timedelta(), None),
        (-SECOND, None),
    ],
)
def test_the_last_minutes_are_counted(left: timedelta, minutes: int | None) -> None:
    assert minutes_left(RUN, DUE.astimezone(UTC) - left) == minutes


def test_what_a_mail_server_said_is_told_with_where_to() -> None:
    sent = delivery(State.REFUSED)
    event = Event(AFTER, What.SETTLED, "refused 550 No such user", delivery_id=sent.id)
    assert event_text(event, {sent.id: sent.recipient}) == (
        "mejlservern svarade: avvisat, 550 No such user (ordforande@as.example)"
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event(AFTER, What.APPROVED), "godkändes"),
        (
            Event(AFTER, What.DROPPED, "ett senare brev har gått"),
            "ströks: ett senare brev har gått",
        ),
        (Event(AFTER, What.SETTLED, "accepted "), "mejlservern svarade: mottaget"),
        (Event(AFTER, What.SETTLED, "okänt svar"), "mejlservern svarade: okänt, svar"),
    ],
)
def test_a_step_is_told_in_words(event: Event, text: str) -> None:
    assert event_text(event, {}) == text
