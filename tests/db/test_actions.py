"""Actions in a real database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lagesbild.actions import service
from lagesbild.actions.rules import Action, Draft, Effect, Kind, Move, Result, State
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.districts.store import read as districts
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NORTH, NOW, SOUTH
from tests.conftest import join
from tests.db.test_problems import add as add_problem
from tests.db.test_problems import link, report, second_group

TODAY = date(2026, 11, 18)
DONE = Move(State.DONE, Result.AS_PLANNED, Effect.LESS)
Known = dict[str, Organisation]


def draft(owner: Organisation, **changes: Any) -> Draft:  # noqa: ANN401 – any field
    usual = Draft(
        new_id(),
        "Besök i skolor",
        owner.id,
        Kind.SOCIAL,
        due=date(2026, 11, 27),
        district="norra-as",
        owner_role="Förebyggande enheten",
    )
    return replace(usual, **changes)


def decide(actor: Actor, owner: Organisation, **changes: Any) -> Action:  # noqa: ANN401 – likewise
    with transaction(actor.gate) as session:
        return service.decide(session, actor, draft(owner, **changes), now=NOW)


def move(actor: Actor, action: Action, step: Move, *, version: int = 1) -> Action:
    with transaction(actor.gate) as session:
        return service.move(session, actor, action.id, step, version=version, now=NOW)


def read(actor: Actor, name: str = "2026-001") -> Action:
    with reading(actor.gate) as session:
        return service.one(session, actor, name)


def history(actor: Actor, action: Action) -> list[tuple[str, dict[str, str]]]:
    with reading(actor.gate) as session:
        found = service.history(session, actor, action)
    return [(entry.verb, dict(entry.changes)) for entry in found]


def test_an_action_is_decided_in_one_call_with_its_names_resolved(
    member: Actor, organisations: Known
) -> None:
    made = decide(member, organisations["brand"])
    assert (made.reference, made.state, made.decided_on) == ("2026-001", State.DECIDED, TODAY)
    assert (made.owner, made.decided_by) == (organisations["brand"], member.group.name)
    assert made.district is not None
    assert made.district.name == "Norra Ås"


def test_actions_are_numbered_in_the_municipality_and_from_one_each_year(
    group: Group, member: Actor, organisations: Known, connection: Connection
) -> None:
    other = second_group(group, connection)
    brigade = organisations["brand"]
    made = [decide(member, brigade), decide(other, brigade), decide(member, brigade)]
    with transaction(member.gate) as session:
        later = NOW + timedelta(days=60)
        late = draft(brigade, due=date(2027, 3, 1))
        made.append(service.decide(session, member, late, now=later))
    assert [a.reference for a in made] == ["2026-001", "2026-002", "2026-003", "2027-001"]
    with reading(other.gate) as session:
        assert len(service.open_at(session, other, today=TODAY)) == 1


def test_a_double_click_makes_one_action(member: Actor, organisations: Known) -> None:
    said = draft(organisations["brand"])
    with transaction(member.gate) as session:
        first, again = (service.decide(session, member, said, now=NOW) for _ in range(2))
    assert first == again
    with transaction(member.gate) as session, pytest.raises(ConflictError, match="redan sparad"):
        service.decide(session, member, replace(said, what="Annat"), now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"owner_id": None}, "owner"),
        ({"owner_id": new_id()}, "owner"),
        ({"due": None}, "due"),
        ({"due": date(2026, 11, 17)}, "due"),
        ({"district": "ingen"}, "district"),
        ({"problem": "P-9"}, "problem"),
        ({"problem": "nio"}, "problem"),
        ({"incidents": ("L-2026-000009",)}, "incident"),
        ({"owner_role": "hos 811228-9874"}, "owner_role"),
        ({"category_group": "ÅÄÖ"}, "category_group"),
    ],
)
def test_what_is_wrong_names_its_field_and_nothing_is_stored(
    member: Actor, organisations: Known, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        decide(member, organisations["brand"], **changes)
    assert caught.value.field == field
    with reading(member.gate) as session:
        assert service.open_at(session, member, today=TODAY) == []


def test_a_later_last_day_stands_in_the_history(member: Actor, organisations: Known) -> None:
    made = decide(member, organisations["brand"])
    later = draft(organisations["brand"], id=made.id, due=date(2026, 12, 4))
    with transaction(member.gate) as session:
        service.edit(session, member, later, version=1, now=NOW)
    verb, changes = history(member, made)[0]
    assert verb == "action.changed"
    assert changes == {"klart senast": "2026-11-27 → 2026-12-04"}


def test_a_stale_change_is_refused_with_what_is_stored(
    member: Actor, coordinator: Actor, organisations: Known
) -> None:
    made = decide(member, organisations["brand"])
    move(coordinator, made, Move(State.RUNNING))
    with transaction(member.gate) as session, pytest.raises(ConflictError) as caught:
        service.edit(
            session,
            member,
            draft(organisations["brand"], id=made.id, what="Film"),
            version=1,
            now=NOW,
        )
    assert isinstance(caught.value.current, Action)
    assert caught.value.current.state is State.RUNNING
    with pytest.raises(ConflictError):
        move(member, made, DONE)


def test_the_same_step_twice_is_one_step(member: Actor, organisations: Known) -> None:
    made = decide(member, organisations["brand"])
    assert move(member, made, DONE) == move(member, made, DONE)
    assert [verb for verb, _ in history(member, made)] == ["action.moved", "action.decided"]


def test_saving_and_noting_twice_is_once(member: Actor, organisations: Known) -> None:
    made = decide(member, organisations["brand"])
    later = draft(organisations["brand"], id=made.id, due=date(2026, 12, 4))
    with transaction(member.gate) as session:
        for _ in range(2):
            service.edit(session, member, later, version=1, now=NOW)
        said = Move(State.DECIDED, note="Tre skolor av fem")
        for _ in range(2):
            service.note(session, member, made.id, said, version=2, now=NOW)
    assert read(member).version == 3
    assert len(history(member, made)) == 3


def test_what_is_done_is_no_longer_open_and_is_found_since_a_moment(
    member: Actor, organisations: Known
) -> None:
    done, still = decide(member, organisations["brand"]), decide(member, organisations["polis"])
    move(member, done, DONE)
    with reading(member.gate) as session:
        assert [a.id for a in service.open_at(session, member, today=TODAY)] == [still.id]
        assert [a.id for a in service.closed_since(session, member, NOW)] == [done.id]
        assert service.closed_since(session, member, NOW + timedelta(seconds=1)) == []
        assert [a.id for a in service.closed(session, member, State.DONE)] == [done.id]


def test_what_is_done_is_not_changed_but_may_have_a_note(
    member: Actor, organisations: Known
) -> None:
    made = decide(member, organisations["brand"])
    move(member, made, DONE)
    with transaction(member.gate) as session, pytest.raises(ConflictError, match="avslutad"):
        service.edit(session, member, draft(organisations["brand"], id=made.id), version=2, now=NOW)
    with transaction(member.gate) as session:
        said = Move(State.DONE, note="Följs upp i mars")
        found = service.note(session, member, made.id, said, version=2, now=NOW)
    assert (found.note, found.effect) == ("Följs upp i mars", Effect.LESS)


def test_a_proposal_is_decided_later(member: Actor, organisations: Known) -> None:
    with transaction(member.gate) as session:
        said = draft(organisations["brand"], due=None)
        made = service.propose(session, member, said, now=NOW)
    assert (made.state, made.decided_on) == (State.PROPOSED, None)
    found = move(member, made, Move(State.DECIDED, due=date(2026, 12, 1)))
    assert (found.state, found.decided_on, found.due) == (State.DECIDED, TODAY, date(2026, 12, 1))


@pytest.fixture
def reporter(group: Group, organisations: Known) -> Actor:
    return join(group, organisations["brand"], Role.REPORTER)


def test_a_reporter_reads_and_moves_what_the_own_organisation_does(
    member: Actor, reporter: Actor, organisations: Known
) -> None:
    problem = add_problem(member)
    own = decide(member, organisations["brand"], problem=problem.reference)
    decide(member, organisations["polis"])
    with reading(reporter.gate) as session:
        assert [a.id for a in service.open_at(session, reporter, today=TODAY)] == [own.id]
    assert read(reporter).problem == ""
    move(reporter, own, Move(State.RUNNING))
    found = move(reporter, own, DONE, version=2)
    assert found.state is State.DONE
    assert read(member).problem == "P-1"


def test_a_reporter_changes_neither_owner_nor_last_day_and_stops_nothing(
    member: Actor, reporter: Actor, organisations: Known
) -> None:
    own = decide(member, organisations["brand"])
    with pytest.raises(NotAllowedError):
        move(reporter, own, Move(State.STOPPED, reason="Hinner inte"))
    with transaction(reporter.gate) as session, pytest.raises(NotAllowedError):
        service.edit(
            session, reporter, draft(organisations["brand"], id=own.id), version=1, now=NOW
        )
    with pytest.raises(NotAllowedError):
        decide(reporter, organisations["brand"])


def test_a_reporter_does_not_find_what_others_do(
    member: Actor, reporter: Actor, organisations: Known
) -> None:
    other = decide(member, organisations["polis"])
    with pytest.raises(NotFoundError):
        read(reporter)
    with pytest.raises(NotFoundError):
        move(reporter, other, DONE)


def test_a_reporter_is_told_what_the_own_incidents_led_to(
    member: Actor, reporter: Actor, organisations: Known
) -> None:
    mine, theirs = report(reporter), report(member)
    problem = add_problem(member)
    link(member, problem, mine.reference)
    decide(member, organisations["polis"], incidents=(mine.reference,))
    decide(member, organisations["polis"], problem=problem.reference)
    decide(member, organisations["polis"], incidents=(theirs.reference,))
    with reading(reporter.gate) as session:
        led = service.led_to(session, reporter, mine)
        assert [(each.reference, each.state) for each in led] == [
            ("2026-001", State.DECIDED),
            ("2026-002", State.DECIDED),
        ]
        assert service.led_to(session, reporter, theirs) == []
        seen = session.execute(text("SELECT count(*) FROM actions")).scalar_one()
    assert seen == 2


@pytest.mark.parametrize("role", [Role.READER, Role.ADMIN, Role.AUDITOR])
def test_nobody_outside_the_group_sees_an_action(
    group: Group, organisations: Known, member: Actor, role: Role
) -> None:
    decide(member, organisations["kommun"])
    outside = join(group, organisations["kommun"], role)
    with reading(outside.gate) as session, pytest.raises(NotAllowedError):
        service.open_at(session, outside, today=TODAY)
    with reading(outside.gate) as session:
        assert session.execute(text("SELECT count(*) FROM actions")).scalar_one() == 0


def test_the_policies_keep_a_reporter_from_what_others_do(
    member: Actor, reporter: Actor, organisations: Known
) -> None:
    mine = report(reporter)
    decide(member, organisations["polis"], incidents=(mine.reference,))
    with transaction(reporter.gate) as session:
        changed = text("UPDATE actions SET note = 'x' RETURNING id")
        assert session.execute(changed).all() == []


def test_squares_that_share_a_border_are_neighbours(group: Group) -> None:
    with reading(system(group).gate) as session:
        north = districts.named(session, group.municipality_id, "norra-as")
        found = districts.neighbours(session, group.municipality_id, north.id, on=TODAY)
    assert [d.slug for d in found] == ["sodra-as"]


def test_before_and_after_are_counted_in_the_district_and_beside_it(
    member: Actor, organisations: Known
) -> None:
    made = decide(
        member,
        organisations["brand"],
        decided_on=date(2026, 10, 15),
        category_group="BRA",
    )
    move(member, made, Move(State.RUNNING))
    day = NOW.replace(month=10, day=14)  # the last day before it was decided
    for number, place, days in ((12, NORTH, 0), (3, NORTH, 1), (2, SOUTH, 0), (1, SOUTH, 28)):
        for _ in range(number):
            report(member, place=place, occurred_from=day + timedelta(days=days))
    report(member, place=NORTH, occurred_from=day, category="ORD01")
    report(member, place=NORTH, occurred_from=day, visibility="egen")
    report(member, place=NORTH, occurred_from=day + timedelta(days=29))
    with reading(member.gate) as session:
        found = service.effect(session, member, read(member), now=NOW)
    assert found is not None
    assert (found.own.before, found.own.after) == (12, 3)
    assert (found.neighbours.before, found.neighbours.after) == (2, 1)
    assert found.is_over
    assert found.told.endswith("en tydlig minskning.")
