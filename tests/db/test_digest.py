"""The letter, from the clock to the mail server, on a real database."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, CursorResult, text

from lagesbild import jobs
from lagesbild.audit import store as audit
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.mail import FileMailer, Post, mailer
from lagesbild.base.outbox import ABANDONED, RETRIES, State
from lagesbild.base.settings import Settings
from lagesbild.digests import rules, service
from lagesbild.digests.draw.words import NOT_INCLUDED
from lagesbild.digests.rules import Delivery, Letter, Run, RunState
from lagesbild.digests.store import outbox
from lagesbild.incidents import service as incidents
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NORTH, NOW, SOUTH, draft
from tests.conftest import join
from tests.post import Server, running

WEEK = "2026-W47"
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def port(server: Server) -> Iterator[int]:
    with running(server) as port:
        yield port


@pytest.fixture
def settings(port: int) -> Settings:
    return Settings(
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="Lägesbild <post@as.example>",
        base_url="https://lagesbild.as.example",
    )


@pytest.fixture
def post(settings: Settings) -> Post:
    return Post(mailer(settings.mail_url), settings.mail_from, settings.base_url)


def log(actor: Actor, number: int, *, at: datetime = NOW - MINUTE, **changes: object) -> None:
    for _ in range(number):
        with transaction(actor.gate) as session:
            made = draft(occurred_from=at, organisation_id=actor.organisation_id, **changes)
            incidents.report(session, actor, made, now=at + SECOND)


def stored(actor: Actor, week: str = WEEK) -> tuple[Run, Letter, list[Delivery]]:
    with reading(actor.gate) as session:
        return service.run(session, actor, week)


def as_owner(connection: Connection, query: str, **values: object) -> CursorResult[Any]:
    """Do what no role of the program may: change what a test needs to be otherwise."""
    connection.execute(text("RESET ROLE"))
    return connection.execute(text(query), values)


def states(actor: Actor) -> list[State]:
    return [delivery.state for delivery in stored(actor)[2]]


def only(server: Server) -> EmailMessage:
    [content] = server.got
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


def test_the_letter_of_the_week_reaches_each_coordinator_once(
    coordinator: Actor, organisations: dict[str, Organisation], settings: Settings, server: Server
) -> None:
    join(coordinator.group, organisations["polis"], Role.COORDINATOR)
    for minute in range(10):
        jobs.tick(settings, DUE + minute * MINUTE)
    recipients = {message_from_bytes(content)["To"] for content in server.got}
    assert (len(server.got), len(recipients)) == (2, 2)
    assert states(coordinator) == [State.ACCEPTED] * 2


def test_nobody_but_a_coordinator_gets_the_letter(
    coordinator: Actor, member: Actor, reader: Actor, settings: Settings, server: Server
) -> None:
    assert member.group == reader.group == coordinator.group
    jobs.tick(settings, DUE)
    assert only(server)["To"].startswith("coordinator.")


@pytest.mark.usefixtures("coordinator")
def test_the_letter_has_text_html_and_picture(settings: Settings, server: Server) -> None:
    jobs.tick(settings, DUE)
    kinds = [part.get_content_type() for part in only(server).walk()]
    assert kinds == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png")
    ]


def test_the_picture_is_the_one_that_the_html_shows(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    jobs.tick(settings, DUE)
    [picture] = [p for p in only(server).walk() if p.get_content_type() == "image/png"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in stored(coordinator)[1].html


def test_nothing_is_written_a_second_before_it_is_due(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    jobs.tick(settings, DUE - SECOND)
    with reading(coordinator.gate) as session:
        assert service.runs(session, coordinator) == []
    assert not server.got


@pytest.mark.parametrize(("since", "letters"), [(DUE, 1), (DUE + SECOND, 0)])
@pytest.mark.usefixtures("coordinator")
def test_what_was_due_before_the_schedule_is_never_sent(
    connection: Connection,
    settings: Settings,
    server: Server,
    since: datetime,
    letters: int,
) -> None:
    as_owner(connection, "UPDATE groups SET schedule_since = :since", since=since)
    jobs.tick(settings, DUE + MINUTE)
    assert len(server.got) == letters


@pytest.mark.parametrize(
    ("after", "says"), [(rules.PUNCTUAL, False), (rules.PUNCTUAL + SECOND, True)]
)
def test_a_late_letter_says_so(
    coordinator: Actor, settings: Settings, after: timedelta, *, says: bool
) -> None:
    jobs.tick(settings, DUE + after)
    run, letter, _ = stored(coordinator)
    assert (run.late, "försenat" in letter.html, "försenat" in letter.text) == (says, says, says)


@pytest.mark.parametrize(
    ("after", "state", "letters"),
    [(rules.LATEST, RunState.WRITTEN, 1), (rules.LATEST + SECOND, RunState.HELD, 0)],
)
def test_after_twelve_hours_a_person_decides(
    coordinator: Actor,
    settings: Settings,
    server: Server,
    after: timedelta,
    state: RunState,
    letters: int,
) -> None:
    jobs.tick(settings, DUE + after)
    assert (stored(coordinator)[0].state, len(server.got)) == (state, letters)


def verbs(actor: Actor) -> list[str]:
    with reading(actor.gate) as session:
        entries = audit.history(session, actor.group.municipality_id, subject=f"digest:{WEEK}")
    return [entry.verb for entry in entries]


def test_a_held_letter_is_held_once_in_the_log(coordinator: Actor, settings: Settings) -> None:
    for minute in range(3):
        jobs.tick(settings, DUE + rules.LATEST + (minute + 1) * MINUTE)
    assert verbs(coordinator) == ["digest.held"]


def test_only_the_newest_letter_is_caught_up_with(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    jobs.tick(settings, DUE + timedelta(days=21))
    with reading(coordinator.gate) as session:
        assert [run.week for run in service.runs(session, coordinator)] == ["2026-W50"]
    assert len(server.got) == 1


def test_a_person_sends_a_held_letter_and_only_once(
    coordinator: Actor, settings: Settings, post: Post, server: Server
) -> None:
    later = DUE + timedelta(days=2)
    jobs.tick(settings, later)
    period = Period.named(WEEK)
    service.send(system(coordinator.group), period, post, now=later)
    with pytest.raises(ConflictError):
        service.send(system(coordinator.group), period, post, now=later + MINUTE)
    assert len(server.got) == 1
    assert stored(coordinator)[0].late


def test_a_letter_that_is_not_due_yet_is_not_sent_by_hand(
    coordinator: Actor, post: Post, server: Server
) -> None:
    with pytest.raises(InvalidError, match=r"tors 19 nov kl\. 15\.00"):
        service.send(system(coordinator.group), Period.named(WEEK), post, now=DUE - SECOND)
    assert not server.got


def test_without_a_coordinator_the_letter_waits_for_one(
    group: Group,
    organisations: dict[str, Organisation],
    settings: Settings,
    post: Post,
    server: Server,
) -> None:
    jobs.tick(settings, DUE)
    assert stored(system(group))[0].state is RunState.HELD
    join(group, organisations["kommun"], Role.COORDINATOR)
    service.send(system(group), Period.named(WEEK), post, now=DUE + timedelta(days=1))
    assert len(server.got) == 1


@pytest.mark.parametrize("call", ["write", "send", "mend"])
def test_no_person_writes_letters(coordinator: Actor, post: Post, call: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "write": lambda: service.write(coordinator, post, now=DUE),
        "send": lambda: service.send(coordinator, Period.named(WEEK), post, now=DUE),
        "mend": lambda: service.mend(coordinator, now=DUE),
    }
    with pytest.raises(NotAllowedError):
        calls[call]()


def test_a_member_may_not_read_the_letter(member: Actor, coordinator: Actor) -> None:
    assert member.group == coordinator.group
    with pytest.raises(NotAllowedError):
        stored(member)


def test_a_week_without_a_letter_is_not_found(coordinator: Actor) -> None:
    with pytest.raises(NotFoundError):
        stored(coordinator)


def test_a_delivery_left_in_sending_is_never_sent_again(
    coordinator: Actor, settings: Settings, post: Post, server: Server
) -> None:
    service.write(system(coordinator.group), post, now=DUE)
    with transaction(coordinator.gate) as session:  # the claim, and then the power goes
        assert outbox.claim(session, coordinator.group, now=DUE)
    for minute in (1, 10, 11, 60, 600):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert not server.got
    assert states(coordinator) == [State.UNKNOWN]


@pytest.mark.parametrize(
    ("after", "state"),
    [(ABANDONED, State.SENDING), (ABANDONED + SECOND, State.UNKNOWN)],
)
def test_after_ten_minutes_a_delivery_under_way_is_unknown(
    coordinator: Actor, settings: Settings, post: Post, after: timedelta, state: State
) -> None:
    service.write(system(coordinator.group), post, now=DUE)
    with transaction(coordinator.gate) as session:
        assert outbox.claim(session, coordinator.group, now=DUE)
    jobs.tick(settings, DUE + after)
    assert states(coordinator) == [state]


def test_a_temporary_refusal_is_tried_again_and_arrives_once(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    server.rcpt = "451 Greylisted"
    jobs.tick(settings, DUE)
    assert states(coordinator) == [State.PENDING]
    server.rcpt = "250 OK"
    jobs.tick(settings, DUE + RETRIES[0] - SECOND)
    assert not server.got
    for minute in (5, 6, 7):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert len(server.got) == 1
    assert states(coordinator) == [State.ACCEPTED]


def test_a_repeat_has_the_same_message_id(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    server.rcpt = "451 Greylisted"
    jobs.tick(settings, DUE)
    [before] = stored(coordinator)[2]
    server.rcpt = "250 OK"
    jobs.tick(settings, DUE + 5 * MINUTE)
    assert only(server)["Message-ID"] == f"<{before.id}@as.example>"


def test_after_a_day_of_temporary_refusals_the_letter_is_refused(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    server.rcpt = "451 Greylisted"
    for hour in range(26):
        jobs.tick(settings, DUE + timedelta(hours=hour))
    [delivery] = stored(coordinator)[2]
    assert (delivery.state, delivery.answer) == (State.REFUSED, "451 Greylisted")


def test_a_refusal_for_good_stops_only_its_own_delivery(
    coordinator: Actor, organisations: dict[str, Organisation], settings: Settings, server: Server
) -> None:
    other = join(coordinator.group, organisations["polis"], Role.COORDINATOR)
    server.refused.add("polis")
    for minute in range(3):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert other.group == coordinator.group
    assert sorted(states(coordinator)) == [State.ACCEPTED, State.REFUSED]
    assert len(server.got) == 1


def test_somebody_who_is_no_longer_a_coordinator_gets_nothing(
    coordinator: Actor, settings: Settings, post: Post, server: Server
) -> None:
    service.write(system(coordinator.group), post, now=DUE)
    [waiting] = stored(coordinator)[2]
    with transaction(coordinator.gate) as session:
        session.execute(text("UPDATE memberships SET role = 'member'"))
    jobs.tick(settings, DUE + MINUTE)
    [delivery] = stored(coordinator)[2]
    assert (delivery.id, delivery.state) == (waiting.id, State.REFUSED)
    assert not server.got


def test_a_letter_that_waited_too_long_in_the_outbox_is_held(
    coordinator: Actor, settings: Settings, post: Post, server: Server
) -> None:
    service.write(system(coordinator.group), post, now=DUE)  # and then the machine is off
    jobs.tick(settings, DUE + rules.LATEST + SECOND)
    assert (stored(coordinator)[0].state, server.got) == (RunState.HELD, [])
    written = stored(coordinator)[1]
    later = DUE + timedelta(days=1)
    service.send(system(coordinator.group), Period.named(WEEK), post, now=later)
    assert stored(coordinator)[1] == written
    assert len(server.got) == 1


def test_a_stop_between_publishing_and_writing_is_repaired(
    connection: Connection, coordinator: Actor, settings: Settings, server: Server
) -> None:
    jobs.tick(settings, DUE)
    as_owner(connection, "DELETE FROM digest_deliveries")
    as_owner(connection, "UPDATE digest_runs SET state = 'due', subject = '', html = ''")
    server.got.clear()
    log(coordinator, 9)  # too late for this week's letter: its figures are frozen
    jobs.tick(settings, DUE + MINUTE)
    assert len(server.got) == 1
    assert "inget nytt att rapportera" in only(server)["Subject"]


def test_a_letter_without_outlines_goes_without_a_map_and_says_so(
    connection: Connection, coordinator: Actor, settings: Settings, server: Server
) -> None:
    as_owner(connection, "DELETE FROM district_outlines")
    jobs.tick(settings, DUE)
    _, letter, _ = stored(coordinator)
    assert letter.picture is None
    assert "Kartan gick inte att rita" in letter.html
    assert "Kartan gick inte att rita" in letter.text
    assert len(server.got) == 1


def test_the_faults_of_one_group_do_not_stop_the_others(
    connection: Connection,
    coordinator: Actor,
    settings: Settings,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    as_owner(
        connection,
        "INSERT INTO groups (municipality_id, id, slug, name, letter_time, schedule_since)"
        " SELECT municipality_id, gen_random_uuid(), 'a', 'Broken', letter_time, schedule_since"
        " FROM groups",
    )
    as_owner(
        connection,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE ''kommun@as.example''; END'",
    )
    as_owner(
        connection,
        "CREATE TRIGGER refuse BEFORE INSERT ON digest_runs FOR EACH ROW"
        f" WHEN (NEW.group_id <> '{coordinator.group.id}') EXECUTE FUNCTION refuse()",
    )
    jobs.tick(settings, DUE)
    assert len(server.got) == 1
    assert "ProgrammingError" in caplog.text
    assert "as.example" not in caplog.text


def test_a_trace_of_what_is_secret_is_nowhere_in_the_letter(
    coordinator: Actor, member: Actor
) -> None:
    log(member, 6)
    before = service.preview(system(coordinator.group), _period(), base_url="", now=DUE)
    log(member, 2, category="VAL06", place=SOUTH)
    after = service.preview(system(coordinator.group), _period(), base_url="", now=DUE)
    assert after == before
    assert NOT_INCLUDED in " ".join(after.text.split())
    assert NOT_INCLUDED in after.html


def _period() -> Period:
    return Period.named(WEEK)


def test_a_small_number_is_hidden_everywhere_and_cannot_be_subtracted(
    coordinator: Actor, member: Actor
) -> None:
    log(member, 3, place=NORTH)
    log(member, 8, place=SOUTH)
    letter = service.preview(system(coordinator.group), _period(), base_url="", now=DUE)
    [north] = re.findall(r"Norra Ås</a></th>\s*<td[^>]*>([^<]*)<", letter.html)
    [south] = re.findall(r"Södra Ås</a></th>\s*<td[^>]*>([^<]*)<", letter.html)
    assert (north, south) == ("‹5", "‹5")  # 11 in all: the 8 would give the 3 away
    assert re.search(r"Norra Ås +‹5", letter.text)
    assert "Norra Ås ‹5, Södra Ås ‹5" in letter.html
    assert "11 rapporterade händelser" in letter.subject
    assert not re.search(r"\b[38] (rapporterade|händelser)", letter.text)


def test_a_week_with_few_incidents_gives_no_number_in_the_subject(
    coordinator: Actor, member: Actor
) -> None:
    log(member, 3)
    letter = service.preview(system(coordinator.group), _period(), base_url="", now=DUE)
    assert letter.subject.endswith("få rapporterade händelser")


def test_a_preview_stores_nothing(connection: Connection, coordinator: Actor) -> None:
    letter = service.preview(system(coordinator.group), _period(), base_url="", now=NOW)
    rows = "SELECT (SELECT count(*) FROM digest_runs) + (SELECT count(*) FROM publications)"
    assert letter.subject
    assert as_owner(connection, rows).scalar_one() == 0


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2026-03-26", 14), ("2026-04-02", 13), ("2026-10-22", 13), ("2026-10-29", 14)],
)
@pytest.mark.usefixtures("coordinator")
def test_thursday_at_three_is_thursday_at_three_across_both_clock_changes(
    connection: Connection,
    settings: Settings,
    server: Server,
    day: str,
    hour: int,
) -> None:
    as_owner(connection, "UPDATE groups SET schedule_since = '2026-01-01'")
    moment = datetime.fromisoformat(f"{day}T{hour}:00:00+00:00")
    jobs.tick(settings, moment - SECOND)
    assert not server.got
    jobs.tick(settings, moment)
    assert len(server.got) == 1


def test_in_the_embedded_default_the_letter_lands_as_a_file(
    coordinator: Actor, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    for minute in range(3):
        jobs.tick(settings, DUE + minute * MINUTE)
    [file] = (tmp_path / "mail").glob("*.eml")
    [delivery] = stored(coordinator)[2]
    assert file.name == f"{delivery.id}@localhost.eml"
    assert isinstance(mailer(settings.mail_url), FileMailer)


def test_the_letter_is_addressed_as_the_people_store_knows_them(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    jobs.tick(settings, DUE)
    with reading(coordinator.gate) as session:
        [row] = people.members(session, coordinator.group, role=Role.COORDINATOR)
    assert only(server)["To"] == row[1]
