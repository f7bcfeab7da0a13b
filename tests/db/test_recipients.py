"""Lists of recipients, settings and signers on a real database: stored once, changed by one."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import COORDINATORS, Addressed, ListName, Recipient
from lagesbild.digests.rules.schedule import Duty, Rule, Schedule, Signer, seen
from lagesbild.digests.service import recipients, settling
from lagesbild.digests.service.recipients import Overview
from lagesbild.digests.service.settling import Settled
from lagesbild.meetings.rules.series import Plan
from lagesbild.meetings.service import series
from lagesbild.members import service as members
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import join

TODAY, DAY = date(2026, 11, 18), timedelta(days=1)
W47 = Period(date(2026, 11, 12))
W48 = W47.previous(-1)
THURSDAY = datetime(2026, 11, 19, 16, tzinfo=STOCKHOLM)  # after that day's letter
READERS = (Role.REPORTER, Role.ANALYST, Role.READER, Role.ADMIN, Role.AUDITOR)


def chair(**changes: object) -> Recipient:
    usual = Recipient(new_id(), ListName.CHAIR, "ordforande@as.example", "Ordförande", TODAY)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a recipient


def add(actor: Actor, new: Recipient, now: datetime = NOW) -> Recipient:
    with transaction(actor.gate) as session:
        return recipients.add(session, actor, new, now=now)


def end(actor: Actor, new: Recipient, ends_on: date, *, version: int = 1) -> None:
    with transaction(actor.gate) as session:
        recipients.end(session, actor, new.id, ends_on, version=version, now=NOW)


def keep(actor: Actor, new: Recipient, *, version: int = 2) -> None:
    with transaction(actor.gate) as session:
        recipients.keep(session, actor, new.id, version=version, now=NOW)


def overview(actor: Actor, now: datetime = NOW) -> Overview:
    with reading(actor.gate) as session:
        return recipients.overview(session, actor, now=now)


def stored(actor: Actor) -> list[Recipient]:
    return [one.recipient for one in overview(actor).standing]


def logged(actor: Actor) -> list[tuple[str, dict[str, str]]]:
    with reading(actor.gate) as session:
        found = audit.history(session, actor.group.municipality_id)
    told = ("recipient", "digest.settled", "digest.signers")
    return [(e.verb, dict(e.changes)) for e in reversed(found) if e.verb.startswith(told)]


# --- Lists ------------------------------------------------------------------------------------


def test_a_recipient_is_stored_once_however_often_it_is_sent(coordinator: Actor) -> None:
    new = chair(mail=" ordforande@as.example ")
    assert add(coordinator, new) == add(coordinator, new) == stored(coordinator)[0]
    assert stored(coordinator) == [replace(new, mail="ordforande@as.example")]


def test_the_log_knows_list_and_days_and_no_address(coordinator: Actor) -> None:
    new = add(coordinator, chair())
    end(coordinator, new, date(2026, 11, 30))
    keep(coordinator, new)
    assert logged(coordinator) == [
        ("recipient.added", {"lista": "– → Ordförande", "från": "– → ons 18 nov"}),
        ("recipient.ended", {"till och med": "– → mån 30 nov"}),
        ("recipient.kept", {"till och med": "mån 30 nov → –"}),
    ]


def test_the_same_address_stands_on_a_list_once_at_a_time(coordinator: Actor) -> None:
    new = add(coordinator, chair())
    with pytest.raises(InvalidError, match="står redan på listan"):
        add(coordinator, chair(mail="ORDFORANDE@as.example"))
    end(coordinator, new, date(2026, 11, 30))
    add(coordinator, chair(starts_on=date(2026, 12, 1)))
    assert len(stored(coordinator)) == 2


def test_a_last_day_is_changed_over_the_version_that_was_seen(coordinator: Actor) -> None:
    new = add(coordinator, chair())
    end(coordinator, new, date(2026, 11, 30))
    end(coordinator, new, date(2026, 11, 30))  # a double click
    with pytest.raises(ConflictError, match="till och med mån 30 nov") as found:
        end(coordinator, new, date(2026, 12, 24))
    assert found.value.current == replace(new, ends_on=date(2026, 11, 30), version=2)
    end(coordinator, new, date(2026, 12, 24), version=2)
    with pytest.raises(ConflictError, match="till och med tors 24 dec"):
        keep(coordinator, new)
    keep(coordinator, new, version=3)
    keep(coordinator, new, version=3)
    assert stored(coordinator) == [replace(new, version=4)]


def test_nobody_changes_the_lists_of_another_group(
    coordinator: Actor, organisations: dict[str, Organisation]
) -> None:
    new = add(coordinator, chair())
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    stranger = join(other, organisations["kommun"], Role.COORDINATOR)
    with pytest.raises(NotFoundError):
        end(stranger, new, TODAY)
    assert stored(stranger) == []
    assert add(stranger, chair()) in stored(stranger)
    assert stored(coordinator) == [new]


def test_only_coordinators_settle_and_those_who_decide_read(
    coordinator: Actor, member: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    new = add(coordinator, chair())
    assert stored(member) == [new]
    others = [join(group, organisations["kommun"], role) for role in READERS]
    for actor in (member, *others):
        with pytest.raises(NotAllowedError):
            add(actor, chair())
        with pytest.raises(NotAllowedError):
            end(actor, new, TODAY)
        with pytest.raises(NotAllowedError):
            keep(actor, new)
        with pytest.raises(NotAllowedError), transaction(actor.gate) as session:
            recipients.set_forms(session, actor, {}, seen={}, now=NOW)
    for actor in others:
        with pytest.raises(NotAllowedError):
            overview(actor)


# --- The next letter --------------------------------------------------------------------------


def test_the_next_letter_is_told_with_where_it_goes(coordinator: Actor, group: Group) -> None:
    add(coordinator, chair(ends_on=date(2026, 11, 22)))
    add(coordinator, chair(mail="ny@as.example", starts_on=date(2026, 11, 23)))
    mail = mail_of(coordinator)
    before, after = overview(coordinator), overview(coordinator, THURSDAY)
    assert before.next
    assert after.next
    assert [due.meeting.period for due in (before.next, after.next)] == [W47, W48]
    assert before.next.at == datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
    copy = Addressed(mail, Form.FULL, COORDINATORS)
    old = Addressed("ordforande@as.example", Form.FULL, ListName.CHAIR)
    assert before.addressed == [old, copy]
    assert after.addressed == [old._replace(mail="ny@as.example"), copy]
    assert group.letter_time == time(15)


def mail_of(actor: Actor) -> str:
    with reading(actor.gate) as session:
        [mail] = [
            m.mail
            for m in members.members(session, system(actor.group))
            if m.person_id == actor.person_id
        ]
    return mail


def test_a_moved_meeting_moves_who_gets_its_letter(coordinator: Actor) -> None:
    add(coordinator, chair(ends_on=date(2026, 11, 19)))
    add(coordinator, chair(mail="ny@as.example", starts_on=date(2026, 11, 20)))
    assert [(one.first, one.last) for one in overview(coordinator).standing] == [
        (W47, W47),
        (W48, None),
    ]
    with transaction(coordinator.gate) as session:
        plan = Plan(date(2026, 11, 24), time(9), "")
        series.move(session, coordinator, W47, plan, version=0, now=NOW)
    found = overview(coordinator)
    assert [one.gets_none for one in found.standing] == [True, False]
    assert found.standing[1].first == W47
    assert found.addressed[0].mail == "ny@as.example"


def test_a_week_without_a_meeting_has_no_letter(coordinator: Actor) -> None:
    with transaction(coordinator.gate) as session:
        series.skip(session, coordinator, W47, "Få kan komma", version=0, now=NOW)
    found = overview(coordinator).next
    assert found
    assert found.meeting.period == W48


def test_a_list_gets_another_form_and_what_somebody_else_chose_is_not_undone(
    coordinator: Actor,
) -> None:
    full = dict.fromkeys(ListName, Form.FULL)

    def choose(name: ListName, form: Form) -> None:
        with transaction(coordinator.gate) as session:  # as the page was drawn at first
            wanted = full | {name: form}
            recipients.set_forms(session, coordinator, wanted, seen=full, now=NOW)

    choose(ListName.COUNCIL, Form.SHORT)
    choose(ListName.OWNERS, Form.NOTICE)
    with pytest.raises(ConflictError, match="får nu det viktigaste"):
        choose(ListName.COUNCIL, Form.NOTICE)
    assert overview(coordinator).forms == full | {
        ListName.COUNCIL: Form.SHORT,
        ListName.OWNERS: Form.NOTICE,
    }
    assert [verb for verb, _ in logged(coordinator)] == ["recipients.form"] * 2


def test_a_reader_sees_what_applies_to_the_own_address(coordinator: Actor, reader: Actor) -> None:
    mail = mail_of(reader)
    add(coordinator, chair())
    add(coordinator, chair(mail=mail_of(coordinator), title="Samordnare"))
    add(coordinator, chair(mail=mail.upper(), ends_on=date(2026, 11, 19)))
    with transaction(coordinator.gate) as session:
        plan = Settled(Schedule(contact="08-535 300 00"), time(15), 1)
        settling.settle(session, coordinator, plan, now=NOW)
    with reading(reader.gate) as session:
        found = recipients.own(session, reader, now=NOW)
        later = recipients.own(session, reader, now=NOW + timedelta(days=2))
    assert [one.recipient.mail.lower() for one in found.standing] == [mail]
    assert found.standing[0].last == W47
    assert found.contact == "08-535 300 00"
    assert later.standing == []


# --- Settings ---------------------------------------------------------------------------------


def settled(actor: Actor) -> Settled:
    """Return what is stored, by the group as somebody comes to it anew."""
    [group] = [g for g in access.groups() if g.slug == actor.group.slug]
    again = replace(actor, group=group)
    with reading(again.gate) as session:
        return settling.settled(session, again)


def settle(actor: Actor, wanted: Settled) -> None:
    with transaction(actor.gate) as session:
        settling.settle(session, actor, wanted, now=NOW)


def test_nothing_is_settled_until_somebody_does(member: Actor) -> None:
    assert settled(member) == Settled(Schedule(), time(15), 1)


def test_settings_are_stored_with_the_time_of_the_letter_and_logged_without_texts(
    coordinator: Actor,
) -> None:
    plan = Schedule(Rule.SECOND, "Trygghet", "chefen", "08-535 300 00", "", "KS-1", attach_pdf=True)
    settle(coordinator, Settled(plan, time(14, 30), 1))
    assert settled(coordinator) == Settled(replace(plan, version=1), time(14, 30), 2)
    [(verb, said)] = logged(coordinator)
    assert verb == "digest.settled"
    assert said["brevets tid"] == "15.00 → 14.30"
    assert said["kontakt"] == said["avsändare"] == said["diarienummer"] == said["roll"] == "ändrad"


def test_settings_are_stored_over_the_versions_that_were_seen(coordinator: Actor) -> None:
    first = Settled(Schedule(contact="en"), time(14), 1)
    settle(coordinator, first)
    settle(coordinator, first)  # a double click
    now = settled(coordinator)
    stale_plan = Settled(Schedule(contact="två"), time(14), now.group_version)
    stale_time = Settled(replace(now.schedule, contact="två"), time(14), 1)
    for stale in (stale_plan, stale_time):
        with pytest.raises(ConflictError) as found:
            settle(coordinator, stale)
        assert found.value.current == now
    settle(coordinator, Settled(replace(now.schedule, contact="två"), time(14), now.group_version))
    assert settled(coordinator).schedule == Schedule(contact="två", version=2)
    assert len(logged(coordinator)) == 2


def test_a_version_that_never_was_is_refused(coordinator: Actor) -> None:
    with pytest.raises(ConflictError):
        settle(coordinator, Settled(Schedule(contact="en", version=5), time(15), 1))
    assert settled(coordinator).schedule == Schedule()


@pytest.mark.parametrize("at", [time(2, 30), time(5, 59), time(20, 1)])
def test_no_letter_goes_at_night_when_an_hour_may_be_missing_or_twice(
    coordinator: Actor, at: time
) -> None:
    with pytest.raises(InvalidError) as found:
        settle(coordinator, Settled(Schedule(), at, 1))
    assert found.value.field == "letter_time"


def test_only_coordinators_settle_and_only_those_who_decide_read(
    member: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    others = [join(group, organisations["kommun"], role) for role in READERS]
    for actor in (member, *others):
        with pytest.raises(NotAllowedError):
            settle(actor, Settled(Schedule(), time(14), 1))
        with pytest.raises(NotAllowedError):
            sign(actor, {})
    for actor in others:
        with pytest.raises(NotAllowedError):
            settled(actor)


# --- Signers ----------------------------------------------------------------------------------


def signers(actor: Actor) -> list[Signer]:
    with reading(actor.gate) as session:
        return settling.signers(session, actor)


def sign(actor: Actor, duties: dict[Actor, set[Duty]], word: str | None = None) -> None:
    wanted = {who.person_id: found for who, found in duties.items() if who.person_id}
    with transaction(actor.gate) as session:
        shown = word or seen(settling.signers(session, actor))
        settling.sign(session, actor, wanted, seen=shown, now=NOW)


def duties(actor: Actor) -> dict[object, set[Duty]]:
    return {s.place.person_id: set(s.duties) for s in signers(actor) if s.duties}


def test_duties_are_given_to_those_who_may_have_them(
    coordinator: Actor, member: Actor, reader: Actor
) -> None:
    sign(coordinator, {member: {Duty.APPROVES}, coordinator: {Duty.WRITES, Duty.APPROVES_FOR}})
    assert duties(coordinator) == {
        member.person_id: {Duty.APPROVES},
        coordinator.person_id: {Duty.WRITES, Duty.APPROVES_FOR},
    }
    with pytest.raises(InvalidError, match="inte längre med"):
        sign(coordinator, {reader: {Duty.APPROVES}})
    assert [verb for verb, _ in logged(coordinator)] == ["digest.signers"]


def test_duties_are_given_over_what_was_seen(coordinator: Actor, member: Actor) -> None:
    word = seen(signers(coordinator))
    wanted = {member: {Duty.APPROVES}, coordinator: set[Duty]()}
    sign(coordinator, wanted, word)
    sign(coordinator, wanted, word)  # a double click
    with pytest.raises(ConflictError):
        sign(coordinator, {member: set[Duty](), coordinator: {Duty.WRITES}}, word)
    assert duties(coordinator) == {member.person_id: {Duty.APPROVES}}
    sign(coordinator, {member: set[Duty](), coordinator: set[Duty]()})
    assert duties(coordinator) == {}


def test_who_has_left_has_no_duty_until_they_come_back(coordinator: Actor, member: Actor) -> None:
    sign(coordinator, {member: {Duty.APPROVES}, coordinator: set[Duty]()})
    with reading(coordinator.gate) as session:
        [place] = [
            m for m in members.members(session, coordinator) if m.person_id == member.person_id
        ]
    members.stop(coordinator, place.id, now=NOW)
    assert duties(coordinator) == {}
    members.readmit(coordinator, place.id, now=NOW)
    assert duties(coordinator) == {member.person_id: {Duty.APPROVES}}


def missing(actor: Actor) -> str:
    with reading(actor.gate) as session:
        return settling.approvers_missing(session, actor)


def test_it_is_told_when_too_few_can_approve(
    coordinator: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    assert missing(coordinator).startswith("Bara en person")
    join(group, organisations["kommun"], Role.MEMBER)
    assert "samma organisation" in missing(coordinator)
    police = join(group, organisations["polis"], Role.MEMBER)
    assert missing(coordinator) == ""
    sign(coordinator, {police: {Duty.APPROVES}})
    assert missing(coordinator).startswith("Bara en person")
    assert missing(system(group)) == missing(coordinator)


# --- Two at once ------------------------------------------------------------------------------


@pytest.fixture
def open_group(own_database: Settings) -> Iterator[Group]:
    db.connect(own_database.database_url, own_database.reader_url)
    yield access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    db.forget_connections()


def test_two_who_add_the_same_address_at_once_add_one(open_group: Group) -> None:
    actor, refused = system(open_group), []
    gate = threading.Barrier(2)

    def put() -> None:
        gate.wait()
        try:
            add(actor, chair())
        except InvalidError as error:
            refused.append(error.field)

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["mail"]
    assert len(stored(actor)) == 1


def test_two_who_settle_at_once_lose_nothing_unseen(open_group: Group) -> None:
    actor, refused = system(open_group), []
    gate = threading.Barrier(2)

    def put(contact: str) -> None:
        gate.wait()
        try:
            settle(actor, Settled(Schedule(contact=contact), time(14), 1))
        except ConflictError as error:
            refused.append(error.current)

    threads = [threading.Thread(target=put, args=(text,)) for text in ("en", "två")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [settled(actor)]
    assert settled(actor).schedule.contact in {"en", "två"}
