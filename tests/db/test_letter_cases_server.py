"""The letter against mail servers that misbehave: cases 3 to 5 and 11 to 14."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from lagesbild import jobs
from lagesbild.base.clock import Period
from lagesbild.base.db import transaction
from lagesbild.base.errors import ConflictError
from lagesbild.base.mail import Post, SmtpMailer, addresses, mailer
from lagesbild.base.outbox import ABANDONED, RETRIES, State
from lagesbild.digests.rules import Kind, What
from lagesbild.digests.rules.recipients import ListName
from lagesbild.digests.service import delivering, settling
from lagesbild.digests.store import outbox
from lagesbild.people.rules import Actor, system
from tests import letters
from tests.build import NOW
from tests.letters import (
    A_WEEK,
    APPROVED,
    CHAIR,
    DAY,
    DEPUTY,
    DOMAIN,
    DUE,
    FIXED,
    HOUR,
    MINUTE,
    SECOND,
    W47,
    House,
)
from tests.post import CONTENT, CUT, HANG, Server

COUNCIL = "radet@as.example"
THREE = {CHAIR: ListName.CHAIR, DEPUTY: ListName.PRESIDIUM, COUNCIL: ListName.COUNCIL}
ATTEMPTS = [
    *(DUE + minutes * MINUTE for minutes in (0, 5, 20, 50)),
    *(DUE + 50 * MINUTE + hours * HOUR for hours in range(1, 24)),
]
QUICK = 0.4  # seconds: whoever waits in a test need not wait long


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry = partial(SmtpMailer, timeout_seconds=QUICK, verdict_seconds=QUICK)
    monkeypatch.setattr(addresses, "SmtpMailer", in_a_hurry)


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def three(coordinator: Actor, member: Actor) -> Actor:
    """A group with three recipients beside its coordinator, and an approved letter."""
    for mail, list_ in THREE.items():
        letters.listed(coordinator, mail, list_=list_)
    letters.approved(coordinator, member)
    return coordinator


def reached(house: House) -> dict[str, int]:
    """Return how many letters each of the three has got."""
    of_week = [each for each in house.got if "nådde inte" not in each["Subject"]]
    return {mail: sum(each["To"] == mail for each in of_week) for mail in THREE}


def states(actor: Actor) -> dict[str, State]:
    return {mail: state for mail, state in letters.states(actor).items() if mail in THREE}


def post(house: House) -> Post:
    return Post(mailer(house.settings.mail_url), "post@as.example", "http://localhost")


EACH_ONE = dict.fromkeys(THREE, 1)


# --- 3: between sending and writing -----------------------------------------------------------


def test_case_03_a_connection_that_is_cut_after_the_letter_leaves_it_unknown_and_unrepeated(
    three: Actor, house: House
) -> None:
    house.server.next[CONTENT] = [CUT]
    house.tick(*(DUE + minute * MINUTE for minute in (0, 1, 5, 11, 60, 600)))
    assert states(three) == {CHAIR: State.UNKNOWN, DEPUTY: State.ACCEPTED, COUNCIL: State.ACCEPTED}
    assert reached(house) == {CHAIR: 0, DEPUTY: 1, COUNCIL: 1}


def test_case_03_one_that_arrived_though_the_server_never_answered_is_not_sent_again(
    three: Actor, house: House
) -> None:
    house.server.thinks = 2 * QUICK  # it takes the letter, but not in time
    house.tick(DUE)
    assert {*states(three).values()} == {State.UNKNOWN}
    house.server.thinks = 0
    house.tick(*(DUE + minute * MINUTE for minute in (5, 11, 60, 600)))
    assert all(number <= 1 for number in reached(house).values())


@pytest.mark.usefixtures("three")
def test_case_03_a_server_that_hangs_before_the_letter_gets_it_later_and_once(house: House) -> None:
    house.server.next["RCPT"] = [HANG]
    house.tick(DUE, DUE + MINUTE)
    assert reached(house) == {CHAIR: 0, DEPUTY: 1, COUNCIL: 1}
    house.tick(*(DUE + minute * MINUTE for minute in (5, 6, 20, 60)))
    assert reached(house) == EACH_ONE


def test_case_03_a_claim_that_a_crash_left_is_never_sent_by_itself(
    three: Actor, house: House
) -> None:
    delivering.release(system(three.group), domain=DOMAIN, now=DUE)
    with transaction(three.gate) as session:  # the claim, and then the power goes
        assert outbox.claim(session, three.group, now=DUE)
    house.tick(*(DUE + minute * MINUTE for minute in (1, 10, 11, 60, 600)))
    assert sorted(reached(house).values()) == [0, 1, 1]
    assert [*states(three).values()].count(State.UNKNOWN) == 1


@pytest.mark.parametrize(
    ("after", "state"), [(ABANDONED, State.SENDING), (ABANDONED + SECOND, State.UNKNOWN)]
)
def test_case_03_after_ten_minutes_a_delivery_under_way_is_unknown(
    three: Actor, house: House, after: timedelta, state: State
) -> None:
    delivering.release(system(three.group), domain=DOMAIN, now=DUE)
    with transaction(three.gate) as session:
        claimed = outbox.claim(session, three.group, now=DUE)
    house.tick(DUE + after)
    assert claimed is not None
    assert letters.states(three)[claimed.recipient] is state


# --- 4, 5: again, and from where --------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_case_04_what_one_address_is_tried_again_for_no_other_gets(house: House) -> None:
    house.server.next["RCPT"] = ["451 Try later"]
    house.tick(*(DUE + minute * MINUTE for minute in (0, 4, 5, 6, 30, 60)))
    assert reached(house) == EACH_ONE


def test_case_04_a_person_sends_again_to_one_address_and_once_for_each_failure(
    three: Actor, house: House
) -> None:
    house.server.refused.add("vice")
    house.tick(DUE)
    [failed] = [d for d in letters.deliveries(three) if d.state is State.REFUSED]
    for _ in range(2):  # a double click
        letters.resend(three, failed, now=DUE + HOUR)
    house.tick(DUE + HOUR, DUE + HOUR + MINUTE)
    again = [d for d in letters.deliveries(three) if d.resend_of == failed.id]
    assert [d.state for d in again] == [State.REFUSED]
    house.server.refused.clear()
    letters.resend(three, failed, now=DUE + 2 * HOUR)  # the same failure: no third
    house.tick(DUE + 2 * HOUR)
    assert reached(house)[DEPUTY] == 0
    letters.resend(three, again[0], now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR, DUE + 3 * HOUR)
    assert reached(house) == EACH_ONE
    assert [d for d in letters.deliveries(three) if d.id == failed.id] == [failed]


def test_case_04_what_is_on_its_way_or_has_arrived_is_not_sent_again(
    three: Actor, house: House
) -> None:
    house.server.next["RCPT"] = ["451 Try later"]
    house.tick(DUE)
    for one in letters.deliveries(three):
        with pytest.raises(ConflictError, match="redan framme"):
            letters.resend(three, one, now=DUE + MINUTE)


def test_case_05_a_run_that_was_broken_off_goes_on_with_those_that_wait(
    three: Actor, house: House
) -> None:
    clock, by = system(three.group), post(house)
    delivering.release(clock, domain=DOMAIN, now=DUE)
    for _ in range(2):  # and then the machine is off for an hour
        assert delivering.send_next(clock, by, now=DUE, line=by.mailer)
    house.tick(DUE + HOUR, DUE + HOUR + MINUTE)
    assert reached(house) == EACH_ONE
    assert {*letters.states(three).values()} == {State.ACCEPTED}


# --- 11: some are refused ---------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["550 No such user", "552 Mailbox full", "554 No"])
def test_case_11_a_no_to_one_of_three_stops_only_that_one_and_at_once(
    three: Actor, house: House, answer: str
) -> None:
    house.server.next["RCPT"] = [answer]
    house.tick(*(DUE + minute * MINUTE for minute in (0, 1, 5, 60, 600)))
    assert reached(house) == {CHAIR: 0, DEPUTY: 1, COUNCIL: 1}
    assert states(three)[CHAIR] is State.REFUSED
    [lost] = [d for d in letters.deliveries(three) if d.recipient == CHAIR]
    assert (lost.answer, lost.attempt) == (answer, 1)


@pytest.mark.usefixtures("three")
def test_case_11_the_coordinator_is_told_the_same_day_and_once(house: House) -> None:
    house.server.refused.add("vice")
    house.tick(DUE, DUE + MINUTE, DUE + HOUR, DUE + DAY)
    told = [each for each in house.got if "nådde inte alla" in each["Subject"]]
    assert [each["Subject"] for each in told] == ["Brevet för v. 47 nådde inte alla"]
    assert told[0]["To"].startswith("coordinator.")
    assert f"{DEPUTY}: avvisat. 550 No such user" in letters.text(told[0])


def test_case_11_a_later_failure_is_told_of_too(three: Actor, house: House) -> None:
    house.server.refused.add("vice")
    house.tick(DUE, DUE + MINUTE)
    [failed] = [d for d in letters.deliveries(three) if d.state is State.REFUSED]
    letters.resend(three, failed, now=DUE + HOUR)
    house.tick(DUE + HOUR, DUE + HOUR + MINUTE, DUE + 2 * HOUR)
    assert len(letters.runs(three, kind=Kind.MISSED)) == 2


def test_case_11_a_refused_notice_is_told_of_as_well(coordinator: Actor, house: House) -> None:
    letters.listed(coordinator)
    house.server.refused.add("ordf")
    house.tick(DUE, DUE + MINUTE)
    [told] = [each for each in house.got if "nådde inte alla" in each["Subject"]]
    assert told["Subject"] == "Beskedet om att brevet dröjer för v. 47 nådde inte alla"


# --- 12, 13: not now --------------------------------------------------------------------------


def test_case_12_greylisting_is_waited_out_and_the_letter_arrives_once(
    three: Actor, house: House
) -> None:
    house.server.greylist = 1
    house.tick(DUE, DUE + RETRIES[0] - SECOND)
    assert reached(house) == dict.fromkeys(THREE, 0)
    assert {*states(three).values()} == {State.PENDING}
    house.tick(*(DUE + minute * MINUTE for minute in (5, 6, 7, 60)))
    assert reached(house) == EACH_ONE


def test_case_12_a_repeat_has_the_same_message_id(three: Actor, house: House) -> None:
    house.server.greylist = 2
    house.tick(DUE, DUE + 5 * MINUTE, DUE + 20 * MINUTE)
    known = {d.recipient: d.message_id for d in letters.deliveries(three)}
    [arrived] = house.to(CHAIR)
    assert arrived["Message-ID"] == known[CHAIR]
    assert len({*known.values()}) == len(known)


def test_case_12_waits_grow_to_an_hour_and_end_after_a_day(three: Actor, house: House) -> None:
    house.server.always["RCPT"] = "451 Greylisted"
    house.tick(*ATTEMPTS)
    lost = [d for d in letters.deliveries(three) if d.recipient in THREE]
    assert {(d.state, d.answer) for d in lost} == {(State.REFUSED, "451 Greylisted")}
    assert {d.attempt for d in lost} == {len(ATTEMPTS)}
    house.server.always.clear()
    house.tick(DUE + 27 * HOUR)
    assert reached(house) == dict.fromkeys(THREE, 0)


@pytest.mark.usefixtures("three")
def test_case_12_a_letter_that_is_put_off_for_long_is_not_held_meanwhile(house: House) -> None:
    house.server.always["RCPT"] = "451 Greylisted"
    house.tick(*(each for each in ATTEMPTS if each < DUE + 20 * HOUR))
    house.server.always.clear()
    house.tick(DUE + 20 * HOUR, DUE + 21 * HOUR)
    assert reached(house) == EACH_ONE


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", CONTENT])
@pytest.mark.parametrize("answer", ["421 4.4.2 Too many", "450 4.7.1 Rate limit"])
@pytest.mark.usefixtures("three")
def test_case_13_a_rate_limit_in_the_middle_loses_none_and_repeats_none(
    house: House, stage: str, answer: str
) -> None:
    house.server.next[stage] = ["", "", answer]  # the third letter
    house.tick(*(DUE + minute * MINUTE for minute in (0, 1, 5, 6, 20, 60)))
    assert reached(house) == EACH_ONE


def test_case_13_letters_share_a_connection(three: Actor, house: House) -> None:
    actor = system(three.group)
    delivering.release(actor, domain=DOMAIN, now=DUE)
    delivering.send_all(actor, post(house), now=DUE, stop=lambda: False)
    assert (house.server.connections, house.arrived.total()) == (1, 4)


# --- 14: too large ----------------------------------------------------------------------------


def test_case_14_a_server_that_takes_no_pdf_gets_the_letter_without_it(
    coordinator: Actor, member: Actor
) -> None:
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        wanted = before._replace(schedule=replace(before.schedule, attach_pdf=True))
        settling.settle(session, coordinator, wanted, now=NOW)
    letters.listed(coordinator)
    letters.log(member, 12)
    letters.approved(coordinator, member)
    with letters.house(Server(size=100_000)) as house:
        house.tick(DUE)
        [arrived] = house.to(CHAIR)
    assert [part.get_content_type() for part in arrived.iter_attachments()] == []
    assert any(part.get_content_type() == "image/png" for part in arrived.walk())
    settled = [e.detail for e in letters.events(coordinator) if e.what is What.SETTLED]
    assert any("utan PDF" in detail for detail in settled)


def test_case_14_a_server_with_room_gets_it_whole(coordinator: Actor, member: Actor) -> None:
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        wanted = before._replace(schedule=replace(before.schedule, attach_pdf=True))
        settling.settle(session, coordinator, wanted, now=NOW)
    letters.listed(coordinator)
    letters.approved(coordinator, member)
    with letters.house(Server()) as house:
        house.tick(DUE)
        [arrived] = house.to(CHAIR)
    [attached] = arrived.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")


def test_a_server_that_is_away_for_a_week_delays_one_letter_and_not_the_next(
    three: Actor, member: Actor, house: House
) -> None:
    gone = house.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    for moment in ATTEMPTS:
        jobs.tick(gone, moment)
    assert {*states(three).values()} == {State.REFUSED}
    following = Period.named("2026-W48")
    assert following == W47.previous(-1)
    letters.approved(three, member, following, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    house.tick(DUE + A_WEEK)
    assert reached(house) == EACH_ONE
