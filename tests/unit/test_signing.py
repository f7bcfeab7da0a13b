"""Who may approve a letter, who is told of it, and when there are too few."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from lagesbild.base.errors import InvalidError, NotAllowedError
from lagesbild.digests.rules.schedule import (
    ROLE,
    Author,
    Duty,
    Rule,
    Schedule,
    Signer,
    approvers,
    check_approver,
    checked,
    missing,
    seen,
    signers,
    told,
)
from lagesbild.people.rules import Actor, Group, Place, Role

POLICE, TOWN = UUID(int=1), UUID(int=2)


def place(organisation: UUID = POLICE, role: Role = Role.MEMBER) -> Place:
    return Place(uuid4(), "a@as.example", "Prov", role, organisation, "Polisen")


def signer(*duties: Duty, organisation: UUID = POLICE, role: Role = Role.MEMBER) -> Signer:
    return Signer(place(organisation, role), frozenset(duties))


def actor_of(group: Group, who: Place) -> Actor:
    return Actor(who.role, group, who.organisation_id, who.person_id)


# --- Who may approve --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "is_same_person", "is_same_organisation", "clean", "may"),
    [
        (Rule.OTHER, False, False, False, True),
        (Rule.OTHER, False, True, True, False),
        (Rule.OTHER, True, True, True, False),
        (Rule.SECOND, False, True, False, True),
        (Rule.SECOND, True, True, True, False),
        (Rule.ONE, True, True, True, True),
        (Rule.ONE, True, True, False, False),
        (Rule.ONE, False, True, False, True),
    ],
)
def test_who_may_approve_follows_the_rule(
    any_group: Group,
    rule: Rule,
    *,
    is_same_person: bool,
    is_same_organisation: bool,
    clean: bool,
    may: bool,
) -> None:
    actor = actor_of(any_group, place())
    author = Author(
        actor.person_id if is_same_person else uuid4(), POLICE if is_same_organisation else TOWN
    )
    if may:
        check_approver(actor, rule, author, [], clean=clean)
    else:
        with pytest.raises(NotAllowedError):
            check_approver(actor, rule, author, [], clean=clean)


def test_what_the_program_has_written_is_approved_by_anybody(any_group: Group) -> None:
    check_approver(actor_of(any_group, place()), Rule.OTHER, Author(None, None), [], clean=False)


def test_where_somebody_is_named_only_they_approve(any_group: Group) -> None:
    actor, author = actor_of(any_group, place()), Author(uuid4(), TOWN)
    assert actor.person_id
    check_approver(actor, Rule.OTHER, author, [actor.person_id], clean=True)
    with pytest.raises(NotAllowedError, match="Fråga samordnaren"):
        check_approver(actor, Rule.OTHER, author, [uuid4()], clean=True)


def test_deputies_are_among_the_approvers_and_writers_are_not() -> None:
    found = [signer(Duty.APPROVES), signer(Duty.APPROVES_FOR), signer(Duty.WRITES), signer()]
    assert approvers(found) == {s.place.person_id for s in found[:2]}


# --- Who is told ------------------------------------------------------------------------------


def test_where_nobody_is_named_every_member_is_told() -> None:
    found = [signer(), signer(role=Role.COORDINATOR)]
    assert told(found, deputies=False) == [s.place for s in found]


def test_deputies_are_told_when_it_is_late_and_not_before() -> None:
    found = [signer(Duty.WRITES), signer(Duty.APPROVES_FOR), signer()]
    assert told(found, deputies=False) == [found[0].place]
    assert told(found, deputies=True) == [found[0].place, found[1].place]


def test_where_no_writer_is_named_the_coordinators_write() -> None:
    found = [signer(Duty.APPROVES), signer(role=Role.COORDINATOR), signer()]
    assert told(found, deputies=False) == [found[0].place, found[1].place]


# --- Too few ----------------------------------------------------------------------------------


def test_duties_belong_to_those_who_may_have_them() -> None:
    member, reader = place(), place(role=Role.READER)
    duties = {p.person_id: frozenset({Duty.APPROVES}) for p in (member, reader)}
    assert signers([member, reader], duties) == [Signer(member, frozenset({Duty.APPROVES}))]


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("number", [0, 1])
def test_fewer_than_two_persons_are_too_few_by_any_rule(
    any_group: Group, rule: Rule, number: int
) -> None:
    said = missing(any_group, rule, [signer() for _ in range(number)])
    assert said.startswith("Bara en person i Ås" if number else "Ingen i Ås")
    assert ("själv har skrivit" in said) is (rule is not Rule.ONE)


def test_two_of_one_organisation_are_enough_unless_another_has_to_approve(any_group: Group) -> None:
    found = [signer(), signer()]
    assert missing(any_group, Rule.SECOND, found) == ""
    assert missing(any_group, Rule.ONE, found) == ""
    assert "samma organisation" in missing(any_group, Rule.OTHER, found)
    assert missing(any_group, Rule.OTHER, [found[0], signer(organisation=TOWN)]) == ""


def test_only_those_who_are_named_count_where_somebody_is(any_group: Group) -> None:
    found = [signer(Duty.APPROVES), signer(organisation=TOWN), signer()]
    assert missing(any_group, Rule.SECOND, found).startswith("Bara en person")
    both = [*found, signer(Duty.APPROVES_FOR, organisation=TOWN)]
    assert missing(any_group, Rule.OTHER, both) == ""


def test_the_word_for_what_was_seen_follows_people_and_duties_and_not_their_order() -> None:
    one, other = signer(Duty.WRITES), signer()
    assert seen([one, other]) == seen([other, one])
    assert seen([one]) != seen([one, other])
    assert seen([one, other]) != seen([one, other._replace(duties=frozenset({Duty.WRITES}))])


# --- Settings ---------------------------------------------------------------------------------


def test_settings_are_stored_without_the_air_around_them() -> None:
    wanted = Schedule(sender=" Trygghet  ", role="  ", contact=" 08-535 300 00 ", reply_to=" ")
    found = checked(wanted)
    assert (found.sender, found.role, found.contact) == ("Trygghet", ROLE, "08-535 300 00")
    assert found.reply_to == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sender": "x" * 61}, "sender"),
        ({"sender": "811228-9874"}, "sender"),
        ({"role": "x" * 121}, "role"),
        ({"contact": "811228-9874"}, "contact"),
        ({"record": "x" * 121}, "record"),
        ({"reply_to": "samordnaren"}, "reply_to"),
        ({"reply_to": "a@as.example\nBcc: b@as.example"}, "reply_to"),
    ],
)
def test_the_first_wrong_setting_is_named(changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as found:
        checked(replace(Schedule(), **changes))  # type: ignore[arg-type]  # texts alone
    assert found.value.field == field
