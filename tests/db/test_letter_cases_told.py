"""What is told when a letter waits, stays away, or is not to come; scenario 8 and case 19."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.mail import Post, mailer
from lagesbild.digests.rules import SILENCE, Kind, RunState
from lagesbild.digests.rules.schedule import Duty, seen
from lagesbild.digests.rules.silence import Machine
from lagesbild.digests.service import delivering, planning, settling, silence, telling
from lagesbild.meetings.service import series
from lagesbild.people.rules import Actor, Organisation, Role, system
from tests import letters
from tests.build import NOW
from tests.conftest import join
from tests.letters import (
    A_WEEK,
    APPROVED,
    CHAIR,
    DAY,
    DOMAIN,
    DUE,
    FIXED,
    HOUR,
    MINUTE,
    SECOND,
    W47,
    House,
)
from tests.post import Server, running

W48 = W47.previous(-1)


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def chair(coordinator: Actor) -> str:
    return letters.listed(coordinator).mail


def address(actor: Actor) -> str:
    """Return where mail reaches somebody."""
    with reading(actor.gate) as session:
        found = settling.signers(session, actor)
    [mail] = [s.place.mail for s in found if s.place.person_id == actor.person_id]
    return mail


def named(coordinator: Actor, duties: dict[Actor, Duty]) -> None:
    with transaction(coordinator.gate) as session:
        found = settling.signers(session, coordinator)
        wanted = {a.person_id: [duty] for a, duty in duties.items() if a.person_id}
        settling.sign(session, coordinator, wanted, seen=seen(found), now=NOW)


# --- A letter that waits ----------------------------------------------------------------------


def test_scenario_8_not_approved_by_three_the_notice_goes_and_the_content_does_not(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.log(member, 12)
    made = letters.fixed(coordinator)
    letters.edited(coordinator, made, short="Kanariefågel i korthet.")
    house.tick(*(DUE + minutes * MINUTE for minutes in (-60, -1, 0, 1, 60, 600)))
    [notice] = house.to(chair)
    assert notice["Subject"] == "Lägesbild v. 47 är försenad"
    assert "skickas så snart det är godkänt" in letters.text(notice)
    assert all("Kanariefågel" not in each.as_string() for each in house.got)
    assert all("12" not in letters.text(each).replace("2026-11-12", "") for each in house.got)
    letters.approve(member, made.id, now=DUE + 11 * HOUR)
    house.tick(DUE + 11 * HOUR + MINUTE)
    [_, late] = house.to(chair)
    assert "Kanariefågel" in letters.text(late)
    assert "Brevet är försenat" in letters.text(late)
    assert letters.run(coordinator).run.late


def test_an_hour_before_those_who_write_and_approve_are_reminded_once(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.fixed(coordinator)
    house.tick(DUE - HOUR - SECOND)
    assert not house.got
    house.tick(*(DUE - HOUR + minutes * MINUTE for minutes in (0, 1, 30, 59)))
    assert house.arrived == {address(coordinator): 1, address(member): 1}
    assert {each["Subject"] for each in house.got} == {"Brevet för v. 47 väntar på att godkännas"}
    assert chair not in house.arrived


def test_when_it_is_due_deputies_are_told_as_well_and_once(
    coordinator: Actor,
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    chair: str,
    house: House,
) -> None:
    deputy = join(coordinator.group, organisations["polis"], Role.MEMBER)
    named(
        coordinator,
        {
            coordinator: Duty.WRITES,
            member: Duty.APPROVES,
            deputy: Duty.APPROVES_FOR,
        },
    )
    letters.fixed(coordinator)
    house.tick(DUE - HOUR)
    assert {*house.arrived} == {address(coordinator), address(member)}
    house.tick(*(DUE + minutes * MINUTE for minutes in range(4)))
    escalated = [each for each in house.got if "inte godkänt" in each["Subject"]]
    told = {address(each) for each in (coordinator, member, deputy)}
    assert {each["To"] for each in escalated} == told
    assert len(escalated) == 3
    assert address(firefighter) not in house.arrived
    assert house.arrived[chair] == 1


def test_a_letter_that_is_approved_is_told_of_to_nobody(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.approved(coordinator, member)
    house.tick(*(DUE + minutes * MINUTE for minutes in (-60, -30, 0, 60, 120, 180)))
    assert letters.kinds(coordinator) == [Kind.LETTER]
    assert house.arrived[chair] == 1


def test_without_readers_no_notice_goes_and_nobody_is_told_that_one_did(
    coordinator: Actor, house: House
) -> None:
    letters.fixed(coordinator)
    house.tick(DUE, DUE + MINUTE)
    assert letters.run(coordinator, kind=Kind.DELAYED).run.state is RunState.DROPPED
    [told] = house.to(address(coordinator))
    assert "Mottagarna har fått besked" not in letters.text(told)


def test_a_letter_whose_picture_was_never_fixed_is_told_of_all_the_same(
    coordinator: Actor, chair: str, house: House
) -> None:
    house.tick(DUE - HOUR, DUE, DUE + SILENCE)
    assert letters.kinds(coordinator) == [
        Kind.REMINDER,
        Kind.ESCALATION,
        Kind.DELAYED,
        Kind.ALARM,
    ]
    assert "inte fastställd" in letters.text(house.to(address(coordinator))[0])
    assert house.arrived[chair] == 1


# --- No letter --------------------------------------------------------------------------------


def skipped(actor: Actor, period: Period = W47) -> None:
    with transaction(actor.gate) as session:
        series.make_ahead(session, system(actor.group), now=NOW)
        series.skip(session, actor, period, "Få kan komma", version=1, now=NOW)


def test_a_meeting_that_is_not_held_has_one_notice_at_the_letters_time(
    coordinator: Actor, chair: str, house: House
) -> None:
    skipped(coordinator)
    house.tick(DUE - HOUR, DUE - SECOND)
    assert not house.got
    house.tick(DUE, DUE + MINUTE, DUE + SILENCE, DUE + DAY)
    assert house.subjects(chair) == ["Ingen lägesbild v. 47"]
    said = letters.text(house.to(chair)[0])
    assert "Gruppen möts inte den här veckan" in said
    assert "Nästa brev kommer tors 26 nov" in said
    assert letters.kinds(coordinator) == [Kind.NONE]


def test_where_the_picture_is_fixed_all_the_same_there_is_a_letter_and_no_notice(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    skipped(coordinator)
    letters.approved(coordinator, member)
    house.tick(DUE, DUE + MINUTE)
    assert house.subjects(chair) == ["Lägesbild v. 47 – inget nytt att rapportera"]


def test_the_letter_after_a_week_without_one_covers_it(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    skipped(coordinator, W48)
    house.tick(DUE + A_WEEK)
    following = W48.previous(-1)
    letters.log(member, 7, at=NOW + A_WEEK)
    letters.log(member, 9, at=NOW + 2 * A_WEEK)
    letters.approved(
        coordinator, member, following, fixed_at=FIXED + 2 * A_WEEK, now=APPROVED + 2 * A_WEEK
    )
    house.tick(DUE + 2 * A_WEEK)
    assert [s.partition(" –")[0] for s in house.subjects(chair)] == [
        "Lägesbild v. 47",
        "Ingen lägesbild v. 48",
        "Lägesbild v. 49",
    ]
    assert "omfattar även v. 48" in letters.text(house.to(chair)[-1])


@pytest.fixture
def summer(coordinator: Actor, connection: Connection) -> Actor:
    """A group that rests from week 27 to 32 of 2026."""
    connection.execute(text("RESET ROLE"))
    rest = "break_from = 27, break_to = 32, schedule_since = '2026-06-01'"
    connection.execute(text(f"UPDATE groups SET {rest}"))  # noqa: S608 – fixed words
    letters.listed(coordinator)
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE digest_recipients SET starts_on = '2026-06-01'"))
    return letters.again(coordinator)


def thursday(week: int, hour: int = 15) -> datetime:
    day = date.fromisocalendar(2026, week, 4)
    return datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM).astimezone(UTC)


def test_a_summer_has_one_notice_with_the_day_of_return_and_its_first_letter_covers_it(
    summer: Actor, member: Actor, house: House
) -> None:
    writer, approver = summer, letters.again(member)
    for week in (26, 33):
        if week == 33:
            for away in range(27, 33):
                house.tick(thursday(away), thursday(away) + MINUTE, thursday(away) + SILENCE)
        letters.log(approver, 8, at=thursday(week, 9) - DAY)
        period = Period.named(f"2026-W{week}")
        letters.approved(
            writer, approver, period, fixed_at=thursday(week, 10), now=thursday(week, 12)
        )
        house.tick(thursday(week))
    first, notice, last = house.to(CHAIR)
    assert first["Subject"].startswith("Lägesbild v. 26")
    assert notice["Subject"] == "Ingen lägesbild v. 27: uppehåll till tors 13 aug"
    assert "Nästa brev kommer tors 13 aug" in letters.text(notice)
    assert last["Subject"].startswith("Lägesbild v. 33")
    assert "omfattar även v. 27 – v. 32" in letters.text(last)


@pytest.mark.usefixtures("summer")
def test_a_new_day_of_return_is_told_once(connection: Connection, house: House) -> None:
    house.tick(thursday(27), thursday(28))
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE groups SET break_to = 33"))
    connection.execute(text("DELETE FROM meetings"))
    house.tick(thursday(29), thursday(29) + MINUTE, thursday(30), thursday(31))
    assert house.subjects(CHAIR) == [
        "Ingen lägesbild v. 27: uppehåll till tors 13 aug",
        "Ingen lägesbild v. 29: uppehåll till tors 20 aug",
    ]


@pytest.mark.usefixtures("summer")
def test_a_rest_without_an_end_in_sight_is_told_without_a_day_until_there_is_one(
    connection: Connection, house: House
) -> None:
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE groups SET break_from = 20, break_to = 53"))
    house.tick(*(thursday(week) for week in range(22, 27)))
    assert house.subjects(CHAIR) == [
        "Ingen lägesbild v. 23",  # thirty weeks ahead there is no meeting
        "Ingen lägesbild v. 24: uppehåll till tors 7 jan 2027",
    ]
    assert "Nästa brev kommer när gruppen möts igen." in letters.text(house.to(CHAIR)[0])


@pytest.mark.usefixtures("summer")
def test_a_notice_that_was_missed_is_made_up_for_the_week_after(house: House) -> None:
    house.tick(thursday(27) + DAY)  # the machine was off on Thursday
    assert not house.to(CHAIR)
    house.tick(thursday(28))
    assert house.subjects(CHAIR) == ["Ingen lägesbild v. 28: uppehåll till tors 13 aug"]


# --- 19: somebody notices ---------------------------------------------------------------------


@dataclass
class Watcher:
    """Whoever watches from outside: what they were told, and what they answer."""

    told: list[Any] = field(default_factory=list)
    alive: int = 0
    status: int = 200


@contextmanager
def watching(watcher: Watcher) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            watcher.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer()

        def do_GET(self) -> None:
            watcher.alive += 1
            self._answer()

        def _answer(self) -> None:
            self.send_response(watcher.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/larm"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def watched(watcher: Watcher) -> Iterator[House]:
    """An installation that somebody watches."""
    with watching(watcher) as url, letters.house(Server(), alarm_url=url, deadman_url=url) as house:
        yield house


def test_case_19_two_hours_after_it_was_due_the_coordinator_is_told_once(
    coordinator: Actor, member: Actor, chair: str, watched: House, watcher: Watcher
) -> None:
    letters.fixed(coordinator)
    watched.tick(DUE, DUE + SILENCE - SECOND)
    assert watcher.told == []
    watched.tick(*(DUE + SILENCE + minutes * MINUTE for minutes in (0, 1, 60, 600)))
    said = "Larm: brevet för v. 47 har inte gått"
    assert watcher.told == [{"text": said}]
    assert watched.subjects(address(coordinator)).count(said) == 1
    assert said not in watched.subjects(address(member))
    assert watched.arrived[chair] == 1  # the notice, and nothing more


def test_case_19_the_alarm_goes_by_the_second_server_when_the_first_is_what_is_wrong(
    coordinator: Actor, member: Actor, chair: str
) -> None:
    second = Server()
    letters.approved(coordinator, member)
    with (
        running(second) as port,
        letters.house(
            Server(always={"RCPT": "451 Later"}), smtp_fallback_url=f"smtp://127.0.0.1:{port}"
        ) as house,
    ):
        second.always["RCPT"] = "451 Later"  # for the letters, too
        house.tick(DUE, DUE + HOUR)
        second.always.clear()
        second.refused.add("ordf")
        house.tick(DUE + SILENCE)
        assert house.got == []
    by_the_other = House(house.settings, second)
    assert "Larm: brevet för v. 47 har inte gått" in by_the_other.subjects(address(coordinator))
    assert chair not in by_the_other.arrived


def test_case_19_the_alarm_takes_the_other_way_even_when_the_first_seems_well(
    coordinator: Actor, chair: str
) -> None:
    first, second = Server(), Server()
    letters.fixed(coordinator)
    with (
        running(second) as port,
        letters.house(first, smtp_fallback_url=f"smtp://127.0.0.1:{port}") as house,
    ):
        house.tick(DUE, DUE + SILENCE)
    by_the_other = House(house.settings, second)
    assert by_the_other.subjects(address(coordinator)) == ["Larm: brevet för v. 47 har inte gått"]
    assert chair in house.arrived
    assert chair not in by_the_other.arrived


def test_case_19_a_letter_that_no_server_takes_is_an_alarm_though_it_was_released(
    coordinator: Actor, member: Actor, chair: str, watched: House, watcher: Watcher
) -> None:
    letters.approved(coordinator, member)
    watched.server.always["RCPT"] = "451 Later"
    watched.tick(DUE, DUE + SILENCE - MINUTE)
    assert watcher.told == []
    watched.tick(DUE + SILENCE, DUE + SILENCE + MINUTE)
    assert watcher.told == [{"text": "Larm: brevet för v. 47 har inte gått"}]
    assert letters.run(coordinator).run.state is RunState.RELEASED
    assert chair not in watched.arrived


def test_case_19_an_alarm_that_nobody_took_is_told_until_somebody_does(
    coordinator: Actor, watched: House, watcher: Watcher
) -> None:
    letters.fixed(coordinator)
    watcher.status = 503
    watched.tick(*(DUE + SILENCE + minutes * MINUTE for minutes in range(3)))
    assert len(watcher.told) == 3
    watcher.status = 200
    watched.tick(*(DUE + SILENCE + minutes * MINUTE for minutes in range(3, 7)))
    assert len(watcher.told) == 4


@pytest.mark.usefixtures("coordinator")
def test_case_19_each_tick_that_went_well_says_so_and_one_that_did_not_is_silent(
    watched: House, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.tick(NOW, NOW + MINUTE)
    assert watcher.alive == 2

    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(delivering, "release", broken)
    watched.tick(DUE)
    assert watcher.alive == 2


def test_case_19_the_page_of_the_group_says_it_while_it_lasts(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.fixed(coordinator)
    house.tick(DUE)
    assert not faults(coordinator, DUE + SILENCE - SECOND)
    [fault] = faults(coordinator, DUE + SILENCE)
    assert "Brevet för v. 47 skulle ha gått" in fault
    letters.approve(member, made.id, now=DUE + SILENCE)
    house.tick(DUE + SILENCE + MINUTE)
    assert not faults(coordinator, DUE + SILENCE + MINUTE)
    assert house.arrived[chair] == 2


def faults(actor: Actor, now: datetime) -> list[str]:
    with reading(actor.gate) as session:
        found = silence.standing(session, actor, Machine(), now=now).faults
    return [fault for fault in found if "godkänna brevet" not in fault]


def test_case_19_a_deadline_nobody_met_for_weeks_is_an_alarm_each_week(
    coordinator: Actor, watched: House, watcher: Watcher
) -> None:
    for week in range(3):
        watched.tick(DUE + week * A_WEEK + SILENCE)
    said = [each["text"] for each in watcher.told]
    assert said == [f"Larm: brevet för v. {week} har inte gått" for week in (47, 48, 49)]
    assert address(coordinator) in watched.arrived


# --- What a tick costs ------------------------------------------------------------------------


def test_a_tick_with_nothing_to_do_asks_the_database_little(
    coordinator: Actor, member: Actor, chair: str, house: House, engine: Engine
) -> None:
    letters.sent(coordinator, member, house.settings)
    actor, now = system(coordinator.group), DUE + DAY
    post = Post(mailer(house.settings.mail_url), f"post@{DOMAIN}", "http://x")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        planning.plan(actor, now=now)
        planning.plan_extra(actor, now=now)
        planning.plan_corrections(actor, now=now)
        delivering.mend(actor, now=now)
        delivering.release(actor, domain=DOMAIN, now=now)
        telling.tell(actor, post, now=now)
        delivering.send_all(actor, post, now=now, stop=lambda: False)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    queries = [each for each in asked if "set_config" not in each and "SAVEPOINT" not in each]
    assert len(queries) <= 15, queries
    assert not [each for each in queries if each.startswith("INSERT")]
    assert house.arrived[chair] == 1
