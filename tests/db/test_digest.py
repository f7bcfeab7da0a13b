"""A letter's way: drafted, approved, sent at its time, and nothing before; on a real database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, CursorResult, text

from lagesbild.audit import store as audit
from lagesbild.base.db import new_id, publications, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.mail import FileMailer, Post, mailer
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests import rules
from lagesbild.digests.rules import GONE, Form, Kind, Letter, RunState, What
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.rules.recipients import ListName
from lagesbild.digests.rules.schedule import Duty, Rule, seen
from lagesbild.digests.service import (
    approving,
    composing,
    delivering,
    drafting,
    looking,
    planning,
    recipients,
    settling,
    telling,
    testing,
)
from lagesbild.meetings.service import fixing
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Organisation, Role, system
from tests import letters
from tests.build import NOW, SOUTH
from tests.conftest import join
from tests.letters import (
    A_WEEK,
    APPROVED,
    BASE_URL,
    CHAIR,
    DAY,
    DOMAIN,
    DUE,
    FIXED,
    HOUR,
    MINUTE,
    SECOND,
    W47,
    WEEK,
    House,
)
from tests.post import Server

OLDER = "chefen@as.example"


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def chair(coordinator: Actor) -> str:
    """The chair, who stands on a list."""
    return letters.listed(coordinator).mail


def settled(coordinator: Actor, **changes: Any) -> None:  # noqa: ANN401 – any field of the settings
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        wanted = before._replace(schedule=replace(before.schedule, **changes))
        settling.settle(session, coordinator, wanted, now=NOW)


def as_owner(connection: Connection, query: str, **values: object) -> CursorResult[Any]:
    """Do what no role of the program may: change what a test needs to be otherwise."""
    connection.execute(text("RESET ROLE"))
    return connection.execute(text(query), values)


def verbs(actor: Actor) -> list[str]:
    with reading(actor.gate) as session:
        entries = audit.history(session, actor.group.municipality_id, subject=f"digest:{WEEK}")
    return sorted(entry.verb for entry in entries)


# --- Drafted, approved, sent ------------------------------------------------------------------


def test_the_letter_reaches_each_recipient_once_at_its_time(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.approved(coordinator, member)
    house.tick(DUE - SECOND)
    assert not house.got
    house.tick(*(DUE + minute * MINUTE for minute in range(10)))
    assert house.arrived[chair] == 1
    assert house.arrived.total() == 2  # the coordinator has a copy
    assert {*letters.states(coordinator).values()} == {State.ACCEPTED}


def test_each_coordinator_gets_a_copy_and_no_other_member_does(
    coordinator: Actor,
    member: Actor,
    reader: Actor,
    organisations: dict[str, Organisation],
    house: House,
) -> None:
    second = join(coordinator.group, organisations["polis"], Role.COORDINATOR)
    assert second.group == reader.group
    letters.sent(coordinator, member, house.settings)
    assert len(house.arrived) == house.arrived.total() == 2
    assert all(address.startswith("coordinator.") for address in house.arrived)


def test_nothing_leaves_unapproved(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.log(member, 12)
    letters.fixed(coordinator)
    house.tick(*(DUE + hour * HOUR for hour in range(-2, 30)))
    assert [subject for subject in house.subjects(chair) if "försenad" not in subject] == []
    assert all("12 händelser" not in letters.text(each) for each in house.got)
    assert letters.run(coordinator).letters == {}


def test_a_week_whose_picture_is_not_fixed_has_no_letter(
    coordinator: Actor, chair: str, house: House
) -> None:
    house.tick(DUE - HOUR, DUE)
    with pytest.raises(NotFoundError):
        letters.run(coordinator)
    assert house.subjects(chair) == ["Lägesbild v. 47 är försenad"]


def test_the_clock_drafts_what_a_fixed_picture_was_left_without_once(
    coordinator: Actor, house: House
) -> None:
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, W47, now=FIXED)
    house.tick(FIXED + MINUTE, FIXED + 2 * MINUTE)
    [made] = letters.runs(coordinator, kind=Kind.LETTER)
    assert (made.state, made.due_at) == (RunState.DRAFT, DUE)
    draft = letters.drafted(coordinator, made)
    assert draft.author.person_id == coordinator.person_id  # who fixed it answers for it
    assert verbs(coordinator) == ["digest.drafted"]


def test_drafting_twice_is_once(coordinator: Actor) -> None:
    letters.fixed(coordinator)
    with transaction(coordinator.gate) as session:
        drafting.draft(session, coordinator, W47, now=FIXED + MINUTE)
    assert len(letters.runs(coordinator)) == 1


@pytest.mark.parametrize(("since", "letters_"), [(DUE, 1), (DUE + SECOND, 0)])
def test_what_was_due_before_the_schedule_is_neither_drafted_nor_told_of(
    connection: Connection,
    coordinator: Actor,
    house: House,
    since: Any,  # noqa: ANN401 – a moment
    letters_: int,
) -> None:
    as_owner(connection, "UPDATE groups SET schedule_since = :since", since=since)
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, W47, now=FIXED)
    house.tick(DUE - HOUR, DUE, DUE + 3 * HOUR)
    assert len(letters.runs(coordinator, kind=Kind.LETTER)) == letters_
    assert bool(house.got) is bool(letters_)


def test_a_new_time_for_the_letter_holds_for_one_that_waits(
    coordinator: Actor, member: Actor, chair: str, house: House, connection: Connection
) -> None:
    letters.approved(coordinator, member)
    as_owner(connection, "UPDATE groups SET letter_time = '16:00'")
    house.tick(DUE - MINUTE, DUE)
    assert not house.arrived[chair]
    house.tick(DUE + HOUR)
    assert house.arrived[chair] == 1
    assert not letters.run(coordinator).run.late


def test_the_same_letter_is_read_by_readers_once_it_has_left(
    coordinator: Actor, member: Actor, reader: Actor, house: House
) -> None:
    letters.approved(coordinator, member)
    with publications(reader.gate) as session:
        assert looking.sent(session, reader) == []
    house.tick(DUE)
    with publications(reader.gate) as session:
        [left] = looking.sent(session, reader)
    assert (left.week, left.version) == (WEEK, 1)


def test_each_step_is_written_down_with_who_took_it(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    found = letters.events(coordinator)
    assert [event.what for event in found[:3]] == [What.DRAFTED, What.APPROVED, What.RELEASED]
    assert [event.person_id for event in found[:3]] == [
        coordinator.person_id,
        member.person_id,
        None,
    ]
    assert [event.what for event in found[3:]] == [What.SENDING, What.SETTLED] * 2
    assert verbs(coordinator) == ["digest.approved", "digest.drafted", "digest.released"]
    assert chair


# --- Who approves -----------------------------------------------------------------------------


def refused(approver: Actor, made: rules.Run, match: str) -> None:
    with pytest.raises(NotAllowedError, match=match):
        letters.approve(approver, made.id)


def test_by_default_somebody_of_another_organisation_approves(
    coordinator: Actor, member: Actor, organisations: dict[str, Organisation]
) -> None:
    colleague = join(coordinator.group, organisations["kommun"], Role.MEMBER)
    made = letters.fixed(coordinator)
    refused(coordinator, made, "Du har skrivit brevet")
    refused(colleague, made, "av din organisation")
    letters.approve(member, made.id)


def test_by_setting_any_second_person_approves(
    coordinator: Actor, organisations: dict[str, Organisation]
) -> None:
    settled(coordinator, rule=Rule.SECOND)
    colleague = join(coordinator.group, organisations["kommun"], Role.MEMBER)
    made = letters.fixed(coordinator)
    refused(coordinator, made, "Du har skrivit brevet")
    letters.approve(colleague, made.id)


def test_by_setting_one_person_approves_what_no_check_remarks_on(
    coordinator: Actor, member: Actor
) -> None:
    settled(coordinator, rule=Rule.ONE, contact="08-123 456 78", record="KS-2026/0123")
    letters.log(member, 12)
    made = letters.fixed(coordinator)
    letters.edited(coordinator, made, short="Skogås: xxx.")
    refused(coordinator, made, "utan anmärkning")
    letters.edited(coordinator, made, short="Lugn vecka.")
    found = composing.composed(coordinator, made.id, base_url=BASE_URL, now=APPROVED)
    assert found.is_clean, [check for check in found.checks if not check.is_well]
    letters.approve(coordinator, made.id)


def test_whoever_changed_the_words_last_has_written_the_letter(
    coordinator: Actor, member: Actor, firefighter: Actor
) -> None:
    made = letters.fixed(coordinator)
    letters.edited(member, made, short="Lugn vecka.")
    refused(member, made, "Du har skrivit brevet")
    letters.approve(firefighter, made.id)


def test_only_those_who_are_named_for_it_approve(
    coordinator: Actor, member: Actor, firefighter: Actor
) -> None:
    named(coordinator, {firefighter: "godkanner", coordinator: "skriver"})
    made = letters.fixed(coordinator)
    refused(member, made, "inte bland dem som godkänner")
    letters.approve(firefighter, made.id)


def named(coordinator: Actor, duties: dict[Actor, str]) -> None:
    with transaction(coordinator.gate) as session:
        found = settling.signers(session, coordinator)
        wanted = {a.person_id: [Duty(d)] for a, d in duties.items() if a.person_id}
        settling.sign(session, coordinator, wanted, seen=seen(found), now=NOW)


@pytest.mark.parametrize("role", [Role.READER, Role.ANALYST, Role.REPORTER, Role.ADMIN])
def test_no_other_role_approves(
    coordinator: Actor, organisations: dict[str, Organisation], role: Role
) -> None:
    other = join(coordinator.group, organisations["brand"], role)
    made = letters.fixed(coordinator)
    with pytest.raises(NotAllowedError, match="behörighet"):
        approving.approve(other, made.id, "", base_url=BASE_URL, now=APPROVED)


def test_the_clock_approves_nothing(coordinator: Actor) -> None:
    made = letters.fixed(coordinator)
    with pytest.raises(NotAllowedError):
        approving.approve(system(coordinator.group), made.id, "", base_url=BASE_URL, now=APPROVED)


def test_an_approval_of_something_else_than_was_seen_is_refused(
    coordinator: Actor, member: Actor, firefighter: Actor
) -> None:
    made = letters.fixed(coordinator)
    seen = composing.composed(firefighter, made.id, base_url=BASE_URL, now=APPROVED).seen
    letters.edited(member, made, short="Lugn vecka.")
    with pytest.raises(ConflictError, match="ändrats sedan du läste det"):
        approving.approve(firefighter, made.id, seen, base_url=BASE_URL, now=APPROVED)
    assert letters.run(coordinator).run.state is RunState.DRAFT


def test_figures_that_were_corrected_while_somebody_read_are_another_letter(
    coordinator: Actor, member: Actor, house: House
) -> None:
    reported = letters.log(member, 12)
    made = letters.fixed(coordinator)
    seen = composing.composed(member, made.id, base_url=BASE_URL, now=APPROVED).seen
    letters.withdrawn(member, reported[:6], now=FIXED + MINUTE)
    house.tick(FIXED + 2 * MINUTE)
    with pytest.raises(ConflictError, match="ändrats sedan du läste det"):
        approving.approve(member, made.id, seen, base_url=BASE_URL, now=APPROVED)
    letters.approve(member, made.id)
    assert "6 händelser" in letters.run(coordinator).letters[Form.FULL].text


def test_what_a_check_stops_is_not_approved(coordinator: Actor, member: Actor) -> None:
    made = letters.fixed(coordinator)
    letters.edited(coordinator, made, short="Tre händelser i Norra Ås.")
    with pytest.raises(InvalidError, match="Brevet kan inte godkännas"):
        letters.approve(member, made.id)


# --- After the approval -----------------------------------------------------------------------


def test_after_the_approval_nothing_is_changed_until_it_is_taken_back(
    coordinator: Actor, member: Actor, firefighter: Actor, chair: str, house: House
) -> None:
    made = letters.approved(coordinator, member)
    with pytest.raises(ConflictError, match="Ta tillbaka godkännandet"):
        letters.edited(firefighter, made, short="Lugn vecka.")
    with pytest.raises(ConflictError, match="Brevet är godkänt"):
        letters.approve(firefighter, made.id)
    letters.taken_back(coordinator, made.id)
    letters.edited(firefighter, made, short="Lugn vecka.")
    house.tick(DUE)
    assert house.subjects(chair) == ["Lägesbild v. 47 är försenad"]
    letters.approve(member, made.id, now=DUE + MINUTE)
    house.tick(DUE + 2 * MINUTE)
    assert "Lugn vecka." in letters.text(house.to(chair)[-1])


def test_once_it_has_left_an_approval_stands(
    coordinator: Actor, member: Actor, house: House
) -> None:
    made = letters.sent(coordinator, member, house.settings).run
    with pytest.raises(ConflictError, match="redan gått"):
        letters.taken_back(coordinator, made.id, now=DUE + MINUTE)
    with pytest.raises(ConflictError, match="redan gått"):
        letters.edited(coordinator, made, short="Lugn vecka.")


def test_taken_back_twice_is_once(coordinator: Actor, member: Actor) -> None:
    made = letters.approved(coordinator, member)
    letters.taken_back(coordinator, made.id)
    letters.taken_back(coordinator, made.id)
    assert verbs(coordinator).count("digest.returned") == 1
    assert letters.run(coordinator).letters == {}


def test_what_was_approved_is_what_is_sent_to_the_letter(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.log(member, 12)
    letters.approved(coordinator, member)
    frozen = letters.run(coordinator).letters[Form.FULL]
    letters.log(member, 9, at=APPROVED - MINUTE, place=SOUTH)
    settled(coordinator, role="en annan")
    house.tick(DUE)
    [arrived] = house.to(chair)
    assert letters.run(coordinator).letters[Form.FULL] == frozen
    assert letters.text(arrived) == " ".join(frozen.text.split())
    html = arrived.get_body(("html",))
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").rstrip() == frozen.html.rstrip()


def test_words_that_were_changed_meanwhile_are_not_written_over(
    coordinator: Actor, member: Actor
) -> None:
    made = letters.fixed(coordinator)
    stale = letters.drafted(coordinator, made)
    wanted = Edit(replace(stale.latest, short="Orolig vecka."), stale.version)
    letters.edited(member, made, short="Lugn vecka.")
    with transaction(coordinator.gate) as session, pytest.raises(ConflictError) as refusal:
        drafting.edit(session, coordinator, made.id, wanted, now=FIXED + HOUR)
    assert refusal.value.current == letters.drafted(coordinator, made)


# --- Approved late, or too late ---------------------------------------------------------------


def test_one_that_is_approved_exactly_when_it_is_due_is_punctual(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.approved(coordinator, member, now=DUE)
    house.tick(DUE, DUE + MINUTE)
    assert len(house.subjects(chair)) == 1
    assert not letters.run(coordinator).run.late


@pytest.mark.parametrize(
    ("after", "says"), [(rules.PUNCTUAL, False), (rules.PUNCTUAL + SECOND, True)]
)
def test_approved_later_it_is_sent_at_once_and_says_that_it_is_late_once(
    coordinator: Actor,
    member: Actor,
    chair: str,
    house: House,
    after: timedelta,
    *,
    says: bool,
) -> None:
    made = letters.fixed(coordinator)
    house.tick(DUE)
    letters.approve(member, made.id, now=DUE + after)
    house.tick(DUE + after, DUE + after + MINUTE)
    [delayed, arrived] = house.to(chair)
    assert "försenad" in delayed["Subject"]
    assert letters.text(arrived).count("skulle ha gått tors 19 nov kl. 15.00") == int(says)
    assert letters.run(coordinator).run.late is says


@pytest.mark.parametrize(
    ("after", "says"), [(rules.PUNCTUAL, False), (rules.PUNCTUAL + SECOND, True)]
)
def test_one_that_was_approved_in_time_and_sent_late_says_so_before_its_first_line(
    coordinator: Actor, member: Actor, chair: str, house: House, after: timedelta, *, says: bool
) -> None:
    letters.approved(coordinator, member)
    house.tick(DUE + after)  # the server was down until then
    [arrived] = house.to(chair)
    begins = letters.text(arrived).startswith(
        "Det här brevet skulle ha gått tors 19 nov kl. 15.00."
    )
    assert begins is says
    assert letters.run(coordinator).run.late is says


@pytest.mark.parametrize(
    ("after", "state"),
    [(rules.LATEST, RunState.RELEASED), (rules.LATEST + SECOND, RunState.HELD)],
)
def test_after_twelve_hours_a_person_decides(
    coordinator: Actor,
    member: Actor,
    chair: str,
    house: House,
    after: timedelta,
    state: RunState,
) -> None:
    letters.approved(coordinator, member)
    house.tick(DUE + after, DUE + after + MINUTE)
    assert letters.run(coordinator).run.state is state
    assert house.arrived[chair] == (state is RunState.RELEASED)
    assert verbs(coordinator).count("digest.held") == (state is RunState.HELD)


def test_one_that_is_approved_a_day_late_goes_since_a_person_has_just_decided(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.fixed(coordinator)
    letters.approve(member, made.id, now=DUE + DAY)
    house.tick(DUE + DAY + MINUTE)
    assert house.arrived[chair] == 1
    assert letters.run(coordinator).run.late


def test_a_person_sends_a_held_letter_and_only_once(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.approved(coordinator, member)
    later = DUE + 2 * DAY
    house.tick(later)
    letters.send(coordinator, made, now=later)
    with pytest.raises(ConflictError, match="redan skickat"):
        letters.send(coordinator, made, now=later + MINUTE)
    house.tick(later + MINUTE, later + 2 * MINUTE)
    assert house.arrived[chair] == 1
    assert letters.run(coordinator).run.late


def test_a_letter_that_is_not_due_or_not_approved_is_not_sent_by_hand(
    coordinator: Actor, member: Actor, house: House
) -> None:
    made = letters.fixed(coordinator)
    with pytest.raises(InvalidError, match="inte godkänt"):
        letters.send(coordinator, made, now=DUE + MINUTE)
    letters.approve(member, made.id)
    with pytest.raises(InvalidError, match=r"av sig självt tors 19 nov kl\. 15\.00"):
        letters.send(coordinator, made, now=DUE - SECOND)
    assert not house.got


def test_only_the_newest_letter_is_caught_up_with(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.approved(coordinator, member)
    following = W47.previous(-1)
    letters.approved(coordinator, member, following, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    house.tick(DUE + A_WEEK + HOUR)  # the clock stood still for more than a week
    assert letters.run(coordinator).run.state is RunState.HELD
    assert letters.run(coordinator, following.name).run.state is RunState.RELEASED
    assert house.arrived[chair] == 1


def test_a_letter_that_waited_too_long_in_the_outbox_is_held_and_then_sent_as_it_was(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.approved(coordinator, member)
    delivering.release(system(coordinator.group), domain=DOMAIN, now=DUE)
    frozen = letters.run(coordinator).letters  # and then the machine is off
    house.tick(DUE + rules.LATEST + SECOND)
    assert (letters.run(coordinator).run.state, house.arrived[chair]) == (RunState.HELD, 0)
    later = DUE + DAY
    letters.send(coordinator, made, now=later)
    house.tick(later, later + MINUTE)
    assert letters.run(coordinator).letters == frozen
    assert letters.run(coordinator).run.state is RunState.RELEASED
    assert house.arrived[chair] == 1


def test_a_draft_that_a_later_letter_covers_is_struck(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.fixed(coordinator)
    following = W47.previous(-1)
    letters.approved(coordinator, member, following, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    house.tick(DUE + A_WEEK)
    found = letters.run(coordinator)
    assert found.run.state is RunState.DROPPED
    assert found.events[-1].detail == "ett senare brev har gått"
    with pytest.raises(ConflictError, match="struket"):
        letters.send(coordinator, found.run, now=DUE + A_WEEK)


# --- Recipients -------------------------------------------------------------------------------


def test_without_anybody_to_send_to_the_letter_waits_for_a_person(
    coordinator: Actor, member: Actor, connection: Connection, house: House
) -> None:
    made = letters.approved(coordinator, member)
    as_owner(connection, "UPDATE memberships SET role = 'member'")
    house.tick(DUE)
    assert letters.run(coordinator).run.state is RunState.HELD
    with pytest.raises(InvalidError, match="ingen mottagare"):
        letters.send(coordinator, made, now=DUE + MINUTE)
    letters.listed(coordinator, now=NOW)
    letters.send(coordinator, made, now=DUE + MINUTE)
    house.tick(DUE + 2 * MINUTE)
    assert house.arrived == {CHAIR: 1}


def test_an_address_on_two_lists_gets_one_mail_in_the_fullest_form(
    coordinator: Actor, member: Actor, house: House
) -> None:
    formed(coordinator, {ListName.CHAIR: Form.NOTICE, ListName.COUNCIL: Form.SHORT})
    letters.listed(coordinator)
    letters.listed(coordinator, CHAIR.upper(), list_=ListName.COUNCIL)
    letters.sent(coordinator, member, house.settings)
    [delivery] = [d for d in letters.deliveries(coordinator) if d.recipient == CHAIR]
    assert (delivery.form, delivery.list) == (Form.SHORT, ListName.CHAIR)
    assert house.arrived.total() == 2


def formed(coordinator: Actor, forms: dict[ListName, Form]) -> None:
    with transaction(coordinator.gate) as session:
        recipients.set_forms(session, coordinator, forms, seen={}, now=NOW)


def test_each_list_gets_as_much_as_was_settled(
    coordinator: Actor, member: Actor, house: House
) -> None:
    formed(coordinator, {ListName.COUNCIL: Form.SHORT, ListName.OWNERS: Form.NOTICE})
    letters.log(member, 12)
    for list_ in (ListName.CHAIR, ListName.COUNCIL, ListName.OWNERS):
        letters.listed(coordinator, f"{list_}@as.example", list_=list_)
    made = letters.fixed(coordinator)
    letters.edited(coordinator, made, problems="P-1 Buskörning, Norra Ås: ny.")
    letters.approve(member, made.id)
    house.tick(DUE)
    whole, short, notice = (
        letters.text(house.to(f"{list_}@as.example")[0])
        for list_ in (ListName.CHAIR, ListName.COUNCIL, ListName.OWNERS)
    )
    assert "Buskörning" in whole
    assert "12 händelser" in short
    assert "Buskörning" not in short
    assert "händelser" not in notice
    assert f"{BASE_URL}/g/as/utskick/{WEEK}" in notice


def test_a_change_of_chair_takes_effect_between_two_letters(
    coordinator: Actor, member: Actor, house: House
) -> None:
    before = letters.listed(coordinator, OLDER)
    letters.ended(coordinator, before, (DUE + DAY).date(), now=NOW)
    letters.listed(coordinator, starts_on=(DUE + 2 * DAY).date())
    letters.sent(coordinator, member, house.settings)
    assert (house.arrived[OLDER], house.arrived[CHAIR]) == (1, 0)
    following = W47.previous(-1)
    letters.approved(coordinator, member, following, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    house.tick(DUE + A_WEEK)
    assert (house.arrived[OLDER], house.arrived[CHAIR]) == (1, 1)


def test_who_is_taken_off_a_list_while_the_letter_waits_gets_nothing(
    coordinator: Actor, member: Actor, house: House
) -> None:
    chair = letters.listed(coordinator)
    letters.approved(coordinator, member)
    delivering.release(system(coordinator.group), domain=DOMAIN, now=DUE)
    letters.ended(coordinator, chair, (DUE - DAY).date(), now=DUE)
    house.tick(DUE + MINUTE)
    [delivery] = [d for d in letters.deliveries(coordinator) if d.recipient == CHAIR]
    assert (delivery.state, delivery.answer) == (State.REFUSED, GONE)
    assert not house.arrived[CHAIR]


def test_who_is_no_longer_a_coordinator_gets_nothing(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.approved(coordinator, member)
    delivering.release(system(coordinator.group), domain=DOMAIN, now=DUE)
    with transaction(coordinator.gate) as session:
        session.execute(text("UPDATE memberships SET role = 'member' WHERE role = 'coordinator'"))
    house.tick(DUE + MINUTE)
    assert [*letters.states(coordinator).values()] == [State.REFUSED]
    assert not house.got


def test_the_letter_is_addressed_as_the_people_store_knows_them(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    with reading(coordinator.gate) as session:
        [place] = people.members(session, coordinator.group, role=Role.COORDINATOR)
    assert house.arrived == {place.mail: 1}
    assert house.got[0]["Reply-To"] == place.mail


def test_the_groups_own_name_and_answers_to_whom_it_wants(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    settled(coordinator, sender="Trygghet, Ås", reply_to="svar@as.example")
    letters.sent(coordinator, member, house.settings)
    [arrived] = house.to(chair)
    assert arrived["From"] == "Trygghet Ås <post@as.example>"
    assert arrived["Reply-To"] == "svar@as.example"


# --- A letter to oneself ----------------------------------------------------------------------


def to_myself(actor: Actor, made: rules.Run) -> str:
    return testing.test_letter(
        actor, made.id, new_id(), base_url=BASE_URL, domain=DOMAIN, now=APPROVED
    )


def test_a_test_letter_goes_to_who_asks_and_to_nobody_else(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.fixed(coordinator)
    address = to_myself(member, made)
    house.tick(APPROVED + MINUTE)
    assert house.arrived == {address: 1}
    assert house.subjects(address) == ["Test: Lägesbild v. 47 – inget nytt att rapportera"]
    assert letters.run(coordinator).run.state is RunState.DRAFT
    assert chair not in house.arrived


def test_a_test_letter_of_an_approved_letter_is_the_approved_one(
    coordinator: Actor, member: Actor, house: House
) -> None:
    made = letters.approved(coordinator, member)
    settled(coordinator, role="en annan")
    to_myself(member, made)
    house.tick(APPROVED + MINUTE)
    frozen = letters.run(coordinator).letters[Form.FULL]
    assert letters.text(house.got[0]) == " ".join(frozen.text.split())


def test_test_letters_are_not_for_readers(
    coordinator: Actor, member: Actor, reader: Actor, house: House
) -> None:
    to_myself(member, letters.fixed(coordinator))
    house.tick(APPROVED + MINUTE)
    with publications(reader.gate) as session:
        assert looking.sent(session, reader) == []
    with pytest.raises(NotAllowedError):
        to_myself(system(coordinator.group), letters.run(coordinator).run)


# --- Who may, and the rest --------------------------------------------------------------------

CLOCK: dict[str, Callable[[Actor, Post], object]] = {
    "plan": lambda actor, _: planning.plan(actor, now=DUE),
    "plan extra": lambda actor, _: planning.plan_extra(actor, now=DUE),
    "plan corrections": lambda actor, _: planning.plan_corrections(actor, now=DUE),
    "mend": lambda actor, _: delivering.mend(actor, now=DUE),
    "release": lambda actor, _: delivering.release(actor, domain=DOMAIN, now=DUE),
    "hold": lambda actor, _: delivering.hold_all(actor, now=DUE),
    "tell": lambda actor, post: telling.tell(actor, post, now=DUE),
    "drop": lambda actor, _: telling.drop_all(actor, now=DUE),
    "send": lambda actor, post: delivering.send_next(actor, post, now=DUE, line=post.mailer),
}


@pytest.mark.parametrize("call", CLOCK)
def test_no_person_does_what_the_clock_does(coordinator: Actor, house: House, call: str) -> None:
    post = Post(mailer(house.settings.mail_url), "post@as.example", BASE_URL)
    with pytest.raises(NotAllowedError):
        CLOCK[call](coordinator, post)


@pytest.mark.parametrize("role", [Role.READER, Role.ANALYST, Role.REPORTER, Role.AUDITOR])
def test_drafts_are_for_the_group_alone(
    coordinator: Actor, organisations: dict[str, Organisation], role: Role
) -> None:
    letters.fixed(coordinator)
    with pytest.raises(NotAllowedError):
        letters.run(join(coordinator.group, organisations["brand"], role))


def test_a_preview_stores_nothing(connection: Connection, coordinator: Actor) -> None:
    made = letters.fixed(coordinator)
    found = composing.composed(coordinator, made.id, base_url=BASE_URL, now=APPROVED)
    assert found.letters[Form.FULL].subject
    assert as_owner(connection, "SELECT count(*) FROM digest_letters").scalar_one() == 0


def test_in_the_embedded_default_the_letter_lands_as_a_file(
    coordinator: Actor, member: Actor, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    letters.sent(coordinator, member, settings)
    [delivery] = letters.deliveries(coordinator)
    [file] = (tmp_path / "mail").glob(f"{delivery.message_id.strip('<>')}.eml")
    assert "Subject: =?utf-8?q?L=C3=A4gesbild_v=2E_47" in file.read_text()
    assert isinstance(mailer(settings.mail_url), FileMailer)


def test_a_letter_that_is_stored_is_no_longer_changed(
    connection: Connection, coordinator: Actor, member: Actor, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    for change in ("UPDATE digest_letters SET text = 'annat'", "DELETE FROM digest_letters"):
        savepoint = connection.begin_nested()
        with pytest.raises(Exception, match="a letter that has left stays"):
            as_owner(connection, change)
        savepoint.rollback()
    assert isinstance(letters.run(coordinator).letters[Form.FULL], Letter)
