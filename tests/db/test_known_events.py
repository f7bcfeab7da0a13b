"""Publicly known events on a real database: proposed by anybody, approved by their owner."""

from uuid import UUID

import pytest

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.digests.rules.known import KnownEvent, Proposal, Proposed, State
from lagesbild.digests.service import known as service
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import join

W47 = Period.named("2026-W47")
LINK = "https://polisen.example/aktuellt/skottlossning"


def propose(actor: Actor, *, id_: UUID | None = None, owner: str = "polis") -> Proposed:
    proposal = Proposal(id_ or new_id(), "Skottlossning i\n Norra Ås.", LINK, owner)
    with transaction(actor.gate) as session:
        return service.propose(session, actor, W47, proposal, now=NOW)


def approve(actor: Actor, event: Proposed) -> None:
    with transaction(actor.gate) as session:
        service.approve(session, actor, event.id, now=NOW)


def withdraw(actor: Actor, event: Proposed) -> None:
    with transaction(actor.gate) as session:
        service.withdraw(session, actor, event.id, now=NOW)


def listing(actor: Actor, period: Period = W47) -> list[Proposed]:
    with reading(actor.gate) as session:
        return service.listing(session, actor, period)


def approved(actor: Actor, week: str = "2026-W47") -> list[KnownEvent]:
    with reading(actor.gate) as session:
        return service.approved(session, actor, week)


def test_an_event_is_proposed_once_however_often_it_is_sent(coordinator: Actor) -> None:
    id_ = new_id()
    assert propose(coordinator, id_=id_) == propose(coordinator, id_=id_)
    [found] = listing(coordinator)
    assert (found.text, found.owner, found.state) == (
        "Skottlossning i Norra Ås.",
        "Polisen",
        State.PROPOSED,
    )
    assert listing(coordinator, W47.previous()) == []


def test_only_what_its_owner_has_approved_may_be_named(
    coordinator: Actor, member: Actor, firefighter: Actor
) -> None:
    event = propose(coordinator)
    for other in (coordinator, firefighter):
        with pytest.raises(NotAllowedError, match="Bara Polisen"):
            approve(other, event)
    assert approved(coordinator) == []
    approve(member, event)
    approve(member, event)  # a double click
    expected = [KnownEvent(event.id, event.text, LINK, "Polisen")]
    assert approved(coordinator) == approved(system(member.group)) == expected
    assert approved(coordinator, "2026-W46") == []


def test_the_owner_may_approve_what_it_has_proposed_itself(member: Actor) -> None:
    event = propose(member)
    approve(member, event)
    assert [each.id for each in approved(member)] == [event.id]


def test_the_clock_approves_nothing(
    member: Actor, group: Group, organisations: dict[str, Organisation]
) -> None:
    event = propose(member)
    with pytest.raises(NotAllowedError):
        approve(system(group, organisations["polis"].id), event)


@pytest.mark.parametrize("who", ["member", "coordinator"])
def test_owner_and_coordinator_take_an_event_back(
    who: str, request: pytest.FixtureRequest, member: Actor, firefighter: Actor
) -> None:
    event = propose(firefighter)
    approve(member, event)
    with pytest.raises(NotAllowedError):
        withdraw(firefighter, event)
    actor: Actor = request.getfixturevalue(who)
    withdraw(actor, event)
    withdraw(actor, event)
    assert approved(member) == []
    assert [each.state for each in listing(member)] == [State.WITHDRAWN]
    with pytest.raises(ConflictError):
        approve(member, event)


def test_who_has_proposed_an_event_takes_it_back_before_it_is_approved(
    firefighter: Actor,
) -> None:
    withdraw(firefighter, event := propose(firefighter))
    assert [each.id for each in listing(firefighter) if each.withdrawn_at] == [event.id]


def test_the_owner_is_an_organisation_of_the_group(member: Actor) -> None:
    with pytest.raises(InvalidError) as found:
        propose(member, owner="tidningen")
    assert found.value.field == "owner"


def test_who_may_do_what(
    group: Group, organisations: dict[str, Organisation], member: Actor
) -> None:
    event = propose(member)
    for role in (Role.REPORTER, Role.ANALYST, Role.READER, Role.ADMIN, Role.AUDITOR):
        actor = join(group, organisations["polis"], role)
        for refused in (propose, listing, approved):
            with pytest.raises(NotAllowedError):
                refused(actor)
        for refused_of in (approve, withdraw):
            with pytest.raises(NotAllowedError):
                refused_of(actor, event)


def test_the_events_of_another_group_are_not_there(
    member: Actor, organisations: dict[str, Organisation]
) -> None:
    event = propose(member)
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    with reading(system(other).gate) as session:
        theirs = {o.slug: o for o in access.organisations(session, system(other))}
    stranger = join(other, theirs["polis"], Role.COORDINATOR)
    assert listing(stranger) == []
    with pytest.raises(NotFoundError):
        approve(stranger, event)
    propose(stranger, id_=event.id)
    approve(stranger, event)
    assert [each.state for each in listing(member)] == [State.PROPOSED]
    assert organisations["polis"].id != theirs["polis"].id


def test_the_log_knows_the_week_and_the_owner_and_no_text(member: Actor) -> None:
    event = propose(member)
    approve(member, event)
    withdraw(member, event)
    with reading(member.gate) as session:
        found = audit.history(session, member.group.municipality_id)
    told = [(e.verb, dict(e.changes)) for e in reversed(found) if e.verb.startswith("known")]
    said = {"vecka": "2026-W47", "ägare": "Polisen"}
    assert told == [
        (verb, said) for verb in ("known.proposed", "known.approved", "known.withdrawn")
    ]
