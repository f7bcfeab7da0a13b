"""Notices, from what happens to the mail server, on a real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from lagesbild import jobs
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Action, Draft, Effect, Kind, Move, Result, State
from lagesbild.base import db, outbox
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import NotAllowedError
from lagesbild.base.settings import Settings
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.inquiries import Asking
from lagesbild.incidents.service import inquiries
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import series as meeting_rules
from lagesbild.meetings.rules.series import Plan
from lagesbild.meetings.service import fixing, series
from lagesbild.notices import service
from lagesbild.notices.rules import Kind as Told
from lagesbild.notices.rules import Sent
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW, draft
from tests.conftest import join
from tests.post import Server, running

W47 = Period.named("2026-W47")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DUE = datetime(2026, 11, 18, 15, tzinfo=STOCKHOLM).astimezone(UTC)  # the day before the meeting
MEETING = datetime(2026, 11, 19, 9, tzinfo=STOCKHOLM).astimezone(UTC)


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
def post(settings: Settings, server: Server) -> tuple[Settings, Server]:
    return settings, server


def mails(server: Server, word: str = "") -> list[EmailMessage]:
    """Return the notices that arrived and hold a word; the letters are left out."""
    got = [message_from_bytes(c, _class=EmailMessage, policy=policy.default) for c in server.got]
    plain = [m for m in got if m.get_content_type() == "text/plain"]
    return [m for m in plain if word in m["Subject"]]


def body(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def recipients(server: Server, word: str = "") -> set[str]:
    """Return the role and organisation of everybody who was told."""
    return {message["To"].rsplit(".", 2)[0] for message in mails(server, word)}


def sent(actor: Actor) -> list[Sent]:
    everything = system(actor.group)
    with reading(everything.gate) as session:
        return service.sent(session, everything)


def as_owner(connection: Connection, query: str, **values: object) -> None:
    connection.execute(text("RESET ROLE"))
    connection.execute(text(query), values)


def report(actor: Actor, at: datetime = NOW, **changes: object) -> Incident:
    with transaction(actor.gate) as session:
        made = draft(
            occurred_from=NOW - HOUR,
            organisation_id=actor.organisation_id,
            **changes,
        )
        return incidents.report(session, actor, made, now=at)


def deed(organisation: Organisation, **changes: Any) -> Draft:  # noqa: ANN401 – any field
    usual = Draft(
        new_id(), "Tänd lamporna", organisation.id, Kind.SITUATIONAL, due=date(2026, 11, 27)
    )
    return replace(usual, **changes)


def decide(actor: Actor, made: Draft, at: datetime = NOW) -> Action:
    with transaction(actor.gate) as session:
        return actions.decide(session, actor, made, now=at)


# --- To report ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "number"), [(-SECOND, 0), (timedelta(0), 1)])
def test_who_has_said_nothing_is_reminded_the_day_before_the_meeting(
    member: Actor, settings: Settings, server: Server, after: timedelta, number: int
) -> None:
    jobs.tick(settings, DUE + after)
    assert len(mails(server)) == number
    assert len(sent(member)) == number


def test_a_reminder_says_what_and_where_and_nothing_more(
    member: Actor, settings: Settings, server: Server
) -> None:
    assert member.organisation_id
    jobs.tick(settings, DUE)
    [mail] = mails(server)
    assert mail["Subject"] == "Lägesbild Ås kommun: påminnelse att rapportera v. 47"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert body(mail) == (
        "Polisen har inte rapporterat för vecka 47 än. Mötet är tors 19 nov\n"
        "kl. 9.00. Logga det som har hänt. Har ni inget att rapportera, säg det\n"
        "på veckans sida eller till samordnaren.\n"
        "https://lagesbild.as.example/g/as/vecka/2026-W47\n"
        "\n"
        "--\n"
        "Du får det här för att du är med i Ås kommun. Länkarna frågar efter\n"
        "inloggning. Vad du vill få veta väljer du här:\n"
        "https://lagesbild.as.example/g/as/aviseringar\n"
    )


def test_members_reporters_and_coordinators_are_reminded_and_nobody_else(
    group: Group, organisations: dict[str, Organisation], settings: Settings, server: Server
) -> None:
    for role in Role:
        if role is not Role.SYSTEM:
            join(group, organisations["brand"], role)
    jobs.tick(settings, DUE)
    assert recipients(server) == {"reporter.brand", "member.brand", "coordinator.brand"}


def test_a_reporter_is_led_to_a_page_that_reporters_may_see(
    group: Group, organisations: dict[str, Organisation], settings: Settings, server: Server
) -> None:
    join(group, organisations["brand"], Role.REPORTER)
    jobs.tick(settings, DUE)
    [mail] = mails(server)
    assert "/g/as/handelser/ny\n" in body(mail)


def test_an_organisation_that_has_reported_gets_none(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    report(member)
    jobs.tick(settings, DUE)
    assert firefighter.group == member.group
    assert recipients(server) == {"member.brand"}


def test_an_organisation_with_nothing_to_report_gets_none(
    member: Actor, settings: Settings, server: Server
) -> None:
    with transaction(member.gate) as session:
        meetings.report_nothing(session, member, W47, now=NOW)
    jobs.tick(settings, DUE)
    assert not mails(server)


def test_who_reports_between_writing_and_sending_gets_none(
    member: Actor, settings: Settings, server: Server
) -> None:
    service.write(system(member.group), [Told.REPORT], now=DUE)
    report(member, at=DUE)
    jobs.tick(settings, DUE + MINUTE)
    [one] = sent(member)
    assert (mails(server), one.state) == ([], outbox.State.REFUSED)
    assert one.answer == "Skickades inte: det gällde inte längre när det skulle gå."


def move(actor: Actor, plan: Plan, at: datetime = NOW) -> None:
    with transaction(actor.gate) as session:
        version = series.planning(session, actor, W47, now=at).version
        series.move(session, actor, W47, plan, version=version, now=at)


def test_the_reminder_follows_a_moved_meeting(
    member: Actor, settings: Settings, server: Server
) -> None:
    move(system(member.group), Plan(date(2026, 11, 23), time(10), ""))
    jobs.tick(settings, DUE + 2 * timedelta(days=1))
    assert not mails(server)
    jobs.tick(settings, DUE + 4 * timedelta(days=1))
    [mail] = mails(server)
    assert "vecka 47" in body(mail)
    assert "mån 23 nov" in " ".join(body(mail).split())


def test_a_skipped_meeting_is_not_reminded_of(
    member: Actor, settings: Settings, server: Server
) -> None:
    clock = system(member.group)
    with transaction(clock.gate) as session:
        version = series.planning(session, clock, W47, now=NOW).version
        series.skip(session, clock, W47, "Få kan komma", version=version, now=NOW)
    jobs.tick(settings, DUE)
    assert not mails(server)


@pytest.mark.parametrize(("reminder", "number"), [(time(17), 0), (time(14), 1), (None, 0)])
def test_the_group_settles_when_it_is_reminded_and_if(
    member: Actor, settings: Settings, server: Server, reminder: time | None, number: int
) -> None:
    clock = system(member.group)
    wanted = meeting_rules.Settings(3, time(9), reminder=reminder)
    with transaction(clock.gate) as session:
        meetings.settle(session, clock, wanted, version=1, now=NOW)
    jobs.tick(settings, DUE)
    assert len(mails(server)) == number


@pytest.mark.parametrize(("before", "number"), [(SECOND, 1), (timedelta(0), 0)])
def test_nobody_is_reminded_once_the_meeting_begins(
    member: Actor, settings: Settings, server: Server, before: timedelta, number: int
) -> None:
    assert member.organisation_id
    jobs.tick(settings, MEETING - before)
    assert len(mails(server)) == number


# --- Questions ------------------------------------------------------------------------------------


def ask(actor: Actor, asked: str, at: datetime = NOW) -> UUID:
    id_ = new_id()
    with transaction(actor.gate) as session:
        inquiries.ask(session, actor, Asking(id_, asked, "Vad vet ni om kanarien?"), now=at)
    return id_


def test_the_asked_organisation_hears_that_there_is_a_question_and_not_which(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    ask(firefighter, "polis")
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server)
    assert recipients(server) == {"member.polis"}
    assert member.group == firefighter.group
    assert mail["Subject"] == "Lägesbild Ås kommun: en fråga till er"
    assert "Brandförsvaret ber er om underlag" in body(mail)
    assert "/g/as/handelser?status=ny#underlag\n" in body(mail)
    assert "kanarie" not in str(mail)


def test_a_question_that_is_answered_before_it_is_told_of_is_not(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    id_ = ask(firefighter, "polis")
    with transaction(member.gate) as session:
        inquiries.answer(session, member, id_, text="Inget nytt", version=1, now=NOW)
    jobs.tick(settings, NOW + MINUTE)
    assert not mails(server)


# --- Actions --------------------------------------------------------------------------------------


def test_the_owner_of_a_decided_action_is_told_and_not_who_decided_it(
    member: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    join(member.group, organisations["polis"], Role.REPORTER)
    made = decide(member, deed(organisations["polis"]))
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server)
    assert recipients(server) == {"reporter.polis"}
    assert mail["Subject"] == f"Lägesbild Ås kommun: åtgärd {made.reference} till er"
    said = " ".join(body(mail).split())
    assert f"Beslutat: åtgärd {made.reference}, Tänd lamporna. Klart senast fre 27 nov." in said
    assert f"https://lagesbild.as.example/g/as/atgarder/{made.reference} " in said


def test_a_proposed_action_is_told_of_when_it_is_decided(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    with transaction(firefighter.gate) as session:
        made = actions.propose(session, firefighter, deed(organisations["polis"]), now=NOW)
    jobs.tick(settings, NOW + MINUTE)
    assert not mails(server)
    with transaction(firefighter.gate) as session:
        step = Move(State.DECIDED)
        actions.move(session, firefighter, made.id, step, version=made.version, now=NOW + MINUTE)
    jobs.tick(settings, NOW + 2 * MINUTE)
    assert recipients(server) == {"member.polis"}
    assert member.group == firefighter.group


def test_an_action_that_is_begun_long_after_the_decision_is_not_told_of_again(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    made = decide(firefighter, deed(organisations["polis"], due=date(2026, 12, 18)))
    later = NOW + timedelta(days=2)
    with transaction(member.gate) as session:
        actions.move(session, member, made.id, Move(State.RUNNING), version=1, now=later)
    jobs.tick(settings, later + MINUTE)
    assert not mails(server, "åtgärd")


def test_an_action_is_reminded_of_the_day_before_and_when_it_is_late_each_once(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    made = decide(firefighter, deed(organisations["polis"]))
    morning = datetime(2026, 11, 26, 8, tzinfo=STOCKHOLM).astimezone(UTC)
    heard: list[list[str]] = []
    for at in (morning - SECOND, morning, morning + HOUR, morning + timedelta(days=2)):
        server.got.clear()
        jobs.tick(settings, at)
        jobs.tick(settings, at)
        found = [str(mail["Subject"]) for mail in mails(server, "åtgärd")]
        heard.append([subject.partition(": ")[2] for subject in found])
    assert heard == [
        [],
        [f"åtgärd {made.reference} ska vara klar i morgon"],
        [],
        [f"åtgärd {made.reference} är försenad"],
    ]
    assert member.group == firefighter.group


def test_what_is_done_is_not_reminded_of(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    made = decide(firefighter, deed(organisations["polis"]))
    done = Move(State.DONE, Result.AS_PLANNED, Effect.LESS)
    with transaction(member.gate) as session:
        actions.move(session, member, made.id, done, version=1, now=NOW)
    jobs.tick(settings, datetime(2026, 11, 28, 8, tzinfo=STOCKHOLM).astimezone(UTC))
    assert not mails(server, "åtgärd")


def test_several_to_one_person_go_in_one_mail(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    for what in ("Tänd lamporna", "Klipp häcken"):
        decide(firefighter, deed(organisations["polis"], what=what))
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server)
    assert mail["Subject"] == "Lägesbild Ås kommun: era åtgärder (2)"
    assert body(mail).count("/g/as/atgarder/2026-") == 2
    assert [one.state for one in sent(member)] == [outbox.State.ACCEPTED] * 2


def test_several_kinds_go_in_one_mail_too(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    decide(firefighter, deed(organisations["polis"]))
    ask(firefighter, "polis")
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server)
    assert mail["Subject"] == "Lägesbild Ås kommun: aviseringar (2)"
    assert member.group == firefighter.group


# --- What reports led to --------------------------------------------------------------------------


def test_who_reported_hears_what_it_led_to_once_per_action(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    first, second = (report(member, summary="kanarietext") for _ in range(2))
    made = decide(
        firefighter,
        deed(organisations["brand"], incidents=(first.reference, second.reference)),
    )
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server, "er rapport")
    assert recipients(server, "er rapport") == {"member.polis"}
    said = " ".join(body(mail).split())
    assert f"lett till en åtgärd, {made.reference}: Tänd lamporna. Ansvarig: Brandf" in said
    assert f"/g/as/handelser/{first.reference} " in said
    assert "kanarie" not in str(mail)


def test_a_link_that_is_taken_away_is_not_told_of(
    member: Actor,
    firefighter: Actor,
    organisations: dict[str, Organisation],
    settings: Settings,
    server: Server,
) -> None:
    found = report(member)
    made = decide(firefighter, deed(organisations["brand"], incidents=(found.reference,)))
    with transaction(firefighter.gate) as session:
        actions.unlink(session, firefighter, made.id, found.reference, now=NOW)
    jobs.tick(settings, NOW + MINUTE)
    assert not mails(server, "er rapport")


# --- Fixed pictures -------------------------------------------------------------------------------


def test_the_group_hears_that_a_picture_is_fixed_and_readers_do_not(
    coordinator: Actor, member: Actor, reader: Actor, settings: Settings, server: Server
) -> None:
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, W47, now=MEETING)
    jobs.tick(settings, MEETING + MINUTE)
    assert recipients(server) == {"coordinator.kommun", "member.polis"}
    assert member.group == reader.group
    mail = mails(server)[0]
    assert mail["Subject"] == "Lägesbild Ås kommun: bilden för v. 47 är fastställd"
    assert "/g/as/mote/2026-W47/protokoll?nr=1\n" in body(mail)


def test_an_extra_picture_is_called_one(
    coordinator: Actor, settings: Settings, server: Server
) -> None:
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W47, now=NOW)
    jobs.tick(settings, NOW + MINUTE)
    [mail] = mails(server, "Ås kommun:")
    assert mail["Subject"] == "Lägesbild Ås kommun: extra lägesbild för v. 47"


def test_a_correction_is_called_one(
    coordinator: Actor, member: Actor, settings: Settings, server: Server
) -> None:
    counted = report(member)
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, W47, now=MEETING)
    jobs.tick(settings, MEETING)
    with transaction(member.gate) as session:
        incidents.withdraw(
            session,
            member,
            counted.id,
            reason=Reason("fel"),
            version=1,
            now=MEETING + MINUTE,
        )
    jobs.tick(settings, MEETING + 2 * MINUTE)
    jobs.tick(settings, MEETING + 3 * MINUTE)
    assert recipients(server, "är rättad") == {"coordinator.kommun", "member.polis"}


# --- Once, and never too late ---------------------------------------------------------------------


def test_ten_ticks_make_one_mail(member: Actor, settings: Settings, server: Server) -> None:
    assert member.organisation_id
    for minute in range(10):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert len(mails(server)) == 1


@pytest.mark.parametrize(("after", "number"), [(24 * HOUR, 1), (24 * HOUR + SECOND, 0)])
def test_what_happened_more_than_a_day_ago_is_never_told(
    member: Actor, firefighter: Actor, settings: Settings, server: Server, after: timedelta,
    number: int,
) -> None:  # fmt: skip
    ask(firefighter, "polis")
    jobs.tick(settings, NOW + after)
    assert len(mails(server, "fråga")) == number
    assert member.group == firefighter.group


@pytest.mark.parametrize(("since", "number"), [(NOW, 1), (NOW + SECOND, 0)])
def test_what_happened_before_the_schedule_is_never_told(
    member: Actor,
    firefighter: Actor,
    connection: Connection,
    post: tuple[Settings, Server],
    since: datetime,
    number: int,
) -> None:
    settings, server = post
    ask(firefighter, "polis")
    as_owner(connection, "UPDATE groups SET schedule_since = :since", since=since)
    jobs.tick(settings, NOW + MINUTE)
    assert len(mails(server, "fråga")) == number
    assert member.group == firefighter.group


def test_a_temporary_refusal_is_tried_again_and_told_once(
    member: Actor, settings: Settings, server: Server
) -> None:
    server.data = "451 Try later"
    jobs.tick(settings, DUE)
    [one] = sent(member)
    assert (one.state, one.answer) == (outbox.State.PENDING, "451 Try later")
    server.data = "250 OK"
    jobs.tick(settings, DUE + outbox.RETRIES[0] - SECOND)
    assert not mails(server)
    for minute in range(3):
        jobs.tick(settings, DUE + outbox.RETRIES[0] + minute * MINUTE)
    assert len(mails(server)) == 1


def test_one_bad_address_does_not_touch_the_others(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    server.refused = {"member.polis"}
    jobs.tick(settings, DUE)
    assert recipients(server) == {"member.brand"}
    assert {one.state for one in sent(member)} == {outbox.State.REFUSED, outbox.State.ACCEPTED}
    assert member.group == firefighter.group


def test_a_crash_between_claim_and_answer_is_never_sent_again(
    member: Actor, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedError(BaseException):
        pass

    def stop(*_words: object, **_more: object) -> None:
        raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr("lagesbild.base.mail.hand_over", stop)
        with pytest.raises(StoppedError):
            jobs.tick(settings, DUE)
    for after in (MINUTE, outbox.ABANDONED, outbox.ABANDONED + SECOND, 2 * HOUR):
        jobs.tick(settings, DUE + after)
    [one] = sent(member)
    assert (mails(server), one.state) == ([], outbox.State.UNKNOWN)
    assert one.answer == outbox.BROKEN_OFF


def test_a_failure_of_one_kind_does_not_stop_the_others(
    member: Actor,
    firefighter: Actor,
    settings: Settings,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(firefighter, "polis")

    def broken(*_words: object, **_more: object) -> None:
        raise ValueError

    monkeypatch.setattr(actions, "open_at", broken)
    jobs.tick(settings, NOW + MINUTE)
    assert recipients(server) == {"member.polis"}
    assert member.group == firefighter.group


def test_after_a_restore_nothing_leaves_that_may_have_left(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    ask(firefighter, "polis")
    service.drop_all(system(member.group), now=NOW)
    jobs.tick(settings, NOW + MINUTE)
    [one] = sent(member)
    assert (mails(server), one.state) == ([], outbox.State.REFUSED)


# --- Who wants what -------------------------------------------------------------------------------


def test_what_is_switched_off_is_not_sent(
    member: Actor, firefighter: Actor, settings: Settings, server: Server
) -> None:
    with transaction(member.gate) as session:
        service.choose(session, member, set(Told) - {Told.REPORT}, now=NOW)
    jobs.tick(settings, DUE)
    assert recipients(server) == {"member.brand"}
    assert firefighter.group == member.group


def test_what_is_switched_off_while_it_waits_is_not_sent(
    member: Actor, settings: Settings, server: Server
) -> None:
    service.write(system(member.group), [Told.REPORT], now=DUE)
    with transaction(member.gate) as session:
        service.choose(session, member, set(), now=DUE)
    jobs.tick(settings, DUE + MINUTE)
    assert not mails(server)


def test_who_is_stopped_while_it_waits_is_not_told(
    member: Actor, connection: Connection, settings: Settings, server: Server
) -> None:
    service.write(system(member.group), [Told.REPORT], now=DUE)
    as_owner(
        connection,
        "UPDATE memberships SET ended_at = :at WHERE person_id = :id",
        at=DUE,
        id=member.person_id,
    )
    jobs.tick(settings, DUE + MINUTE)
    assert not mails(server)


def test_choosing_is_in_the_log_once(member: Actor, connection: Connection) -> None:
    for _ in range(2):
        with transaction(member.gate) as session:
            service.choose(session, member, {Told.PICTURE}, now=NOW)
    connection.execute(text("RESET ROLE"))
    query = text("SELECT count(*) FROM audit WHERE verb = 'notices.chosen'")
    assert connection.execute(query).scalar_one() == 1


@pytest.mark.parametrize("role", [Role.MEMBER, Role.REPORTER, Role.READER, Role.ADMIN])
def test_nobody_but_a_coordinator_sees_what_was_sent(
    group: Group, organisations: dict[str, Organisation], role: Role
) -> None:
    actor = join(group, organisations["kommun"], role)
    with db.reading(actor.gate) as session, pytest.raises(NotAllowedError):
        service.sent(session, actor)
