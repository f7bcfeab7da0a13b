"""Ongoing problems in a real database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from lagesbild.problems import service
from lagesbild.problems.rules import Direction, Draft, Problem
from tests.build import NOW
from tests.build import draft as incident_draft
from tests.conftest import join


def draft(**changes: object) -> Draft:
    usual = Draft(new_id(), "Bränder i containrar", since=date(2026, 11, 12), district="norra-as")
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def add(actor: Actor, **changes: object) -> Problem:
    with transaction(actor.gate) as session:
        return service.add(session, actor, draft(**changes), now=NOW)


def report(actor: Actor, **changes: object) -> Incident:
    with transaction(actor.gate) as session:
        made = incident_draft(organisation_id=actor.organisation_id, **changes)
        return incidents.report(session, actor, made, now=NOW)


def link(actor: Actor, problem: Problem, reference: str) -> None:
    with transaction(actor.gate) as session:
        service.link(session, actor, problem.id, reference, now=NOW)


def read(actor: Actor, name: str) -> Problem:
    with reading(actor.gate) as session:
        return service.one(session, actor, name)


def history(actor: Actor, problem: Problem) -> list[tuple[str, dict[str, str]]]:
    with reading(actor.gate) as session:
        found = service.history(session, actor, problem)
    return [(entry.verb, dict(entry.changes)) for entry in found]


def second_group(group: Group, connection: Connection) -> Actor:
    """Return the system in another group of the same municipality, with the same organisations."""
    other = replace(group, id=new_id(), slug="as-norr")
    with transaction(system(group).gate) as session:
        own = access.organisations(session, system(group))
        session.execute(
            text(
                "INSERT INTO groups (municipality_id, id, slug, name, schedule_since)"
                " VALUES (:m, :i, :s, :s, now())"
            ),
            {"m": group.municipality_id, "i": other.id, "s": other.slug},
        )
        for organisation in own:
            session.execute(
                text("INSERT INTO group_organisations VALUES (:m, :g, :o, :s, '2026-01-01')"),
                {
                    "m": group.municipality_id,
                    "g": other.id,
                    "o": organisation.id,
                    "s": organisation.slug,
                },
            )
    assert connection.in_transaction()
    return system(other)


def test_problems_are_numbered_in_the_municipality(
    group: Group, member: Actor, connection: Connection
) -> None:
    other = second_group(group, connection)
    numbers = [add(member).reference, add(other).reference, add(member).reference]
    assert numbers == ["P-1", "P-2", "P-3"]


def test_another_group_sees_none_of_it(group: Group, member: Actor, connection: Connection) -> None:
    other = second_group(group, connection)
    made = add(member)
    with reading(other.gate) as session:
        assert service.all_of(session, other) == []
        with pytest.raises(NotFoundError):
            service.one(session, other, made.id)


def test_the_same_again_is_the_same_problem(member: Actor) -> None:
    said = draft()
    with transaction(member.gate) as session:
        first, again = (service.add(session, member, said, now=NOW) for _ in range(2))
    assert first == again
    with reading(member.gate) as session:
        assert service.all_of(session, member) == [first]


def test_other_words_under_the_same_id_are_told_of_and_not_lost_in_silence(member: Actor) -> None:
    said = draft()
    with transaction(member.gate) as session:
        service.add(session, member, said, now=NOW)
    with (
        transaction(member.gate) as session,
        pytest.raises(ConflictError, match="redan sparat som P-1"),
    ):
        service.add(session, member, replace(said, title="Annat"), now=NOW)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": " "}, "title", "Skriv vad som pågår"),
        ({"since": None}, "since", "Välj sedan när"),
        ({"since": date(2026, 11, 19)}, "since", "framtiden"),
        ({"district": "ingen"}, "district", "Välj ett område"),
        ({"description": "hos 811228-9874"}, "description", "personnummer"),
        ({"title": "x" * 81}, "title", "för lång"),
    ],
)
def test_what_is_wrong_names_its_field(
    member: Actor, changes: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(InvalidError, match=words) as caught:
        add(member, **changes)
    assert caught.value.field == field


def test_incidents_are_linked_by_their_number_and_taken_away_again(member: Actor) -> None:
    problem, incident = add(member), report(member)
    for _ in range(2):
        link(member, problem, f" {incident.reference} ")
    with transaction(member.gate) as session:
        assert [row.id for row in service.linked(session, member, problem)] == [incident.id]
        assert service.one(session, member, problem.id).incidents == 1
        assert service.of_incident(session, member, incident)[0].reference == "P-1"
        service.unlink(session, member, problem.id, incident.reference, now=NOW)
        assert service.linked(session, member, problem) == []
    verbs = [verb for verb, _ in history(member, problem)]
    assert verbs == ["problem.unlinked", "problem.linked", "problem.added"]


def test_only_incidents_that_one_sees_are_counted_and_shown(
    member: Actor, firefighter: Actor
) -> None:
    problem, incident = add(member), report(member)
    link(firefighter, problem, incident.reference)
    hidden = incident_draft(
        id=incident.id, organisation_id=member.organisation_id, visibility="egen"
    )
    with transaction(member.gate) as session:
        incidents.edit(session, member, hidden, version=1, now=NOW)
    for actor, seen in ((member, 1), (firefighter, 0)):
        with reading(actor.gate) as session:
            assert len(service.linked(session, actor, problem)) == seen
            assert service.one(session, actor, problem.id).incidents == seen


def test_what_is_ones_own_withdrawn_or_another_municipalitys_is_not_linked(member: Actor) -> None:
    problem = add(member)
    own = report(member, visibility="egen")
    gone = report(member)
    berg = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    with transaction(system(berg).gate) as session:
        police = access.organisation_named(session, system(berg), "polis")
    theirs = [report(system(berg, police.id)) for _ in range(5)][-1]
    with transaction(member.gate) as session:
        incidents.withdraw(session, member, gone.id, version=1, reason=Reason("fel"), now=NOW)
    for reference, words in (
        (own.reference, "Bara ni ser händelsen"),
        (gone.reference, "tillbakatagen"),
        (theirs.reference, "Det finns ingen händelse med det numret här"),
        ("", "Det finns ingen händelse med det numret här"),
        ("L-2026-000001\x00", "Det finns ingen händelse med det numret här"),
    ):
        with pytest.raises(InvalidError, match=words) as caught:
            link(member, problem, reference)
        assert caught.value.field == "incident"


def test_a_problem_is_closed_with_a_reason_and_opened_again(member: Actor) -> None:
    problem = add(member)
    with transaction(member.gate) as session:
        closed = service.close(
            session, member, problem.id, Reason("Lugnt sedan maj"), version=1, now=NOW
        )
        assert (closed.is_open, closed.closed_reason) == (False, "Lugnt sedan maj")
        assert service.open_at(session, member) == []
        again = service.reopen(
            session, member, problem.id, Reason("Ny brand"), version=2, now=NOW + timedelta(days=1)
        )
    assert (again.is_open, again.reopened_reason, again.version) == (True, "Ny brand", 3)
    assert "Lugnt" not in str(history(member, problem))


def test_a_double_click_changes_a_problem_once(member: Actor) -> None:
    problem = add(member)
    said = draft(id=problem.id, title="Eldning")
    with transaction(member.gate) as session:
        for _ in range(2):
            service.edit(session, member, said, version=1, now=NOW)
        for _ in range(2):
            service.change_direction(
                session, member, problem.id, Direction.RISING, version=2, now=NOW
            )
        for _ in range(2):
            service.close(session, member, problem.id, Reason("Lugnt"), version=3, now=NOW)
        for _ in range(2):
            service.reopen(session, member, problem.id, Reason("Ny brand"), version=4, now=NOW)
    assert read(member, "P-1").version == 5
    assert len(history(member, problem)) == 5


@pytest.mark.parametrize("does", ["close", "reopen"])
def test_neither_goes_without_a_reason(member: Actor, does: str) -> None:
    problem = add(member)
    version = 1
    if does == "reopen":
        with transaction(member.gate) as session:
            service.close(session, member, problem.id, Reason("Lugnt"), version=1, now=NOW)
        version = 2
    with transaction(member.gate) as session, pytest.raises(InvalidError) as caught:
        getattr(service, does)(session, member, problem.id, Reason(" "), version=version, now=NOW)
    assert caught.value.field == "reason"


def test_a_closed_problem_is_not_changed(member: Actor) -> None:
    problem, incident = add(member), report(member)
    with transaction(member.gate) as session:
        service.close(session, member, problem.id, Reason("Lugnt"), version=1, now=NOW)
    with pytest.raises(ConflictError, match="avslutat"):
        link(member, problem, incident.reference)
    with transaction(member.gate) as session, pytest.raises(ConflictError, match="avslutat"):
        service.edit(session, member, draft(id=problem.id, title="Eldning"), version=2, now=NOW)


def test_a_stale_change_is_refused_with_what_is_stored(member: Actor, coordinator: Actor) -> None:
    problem = add(member)
    with transaction(coordinator.gate) as session:
        service.change_direction(
            session, coordinator, problem.id, Direction.RISING, version=1, now=NOW
        )
    with transaction(member.gate) as session, pytest.raises(ConflictError) as caught:
        service.edit(session, member, draft(id=problem.id, title="Eldning"), version=1, now=NOW)
    assert isinstance(caught.value.current, Problem)
    assert caught.value.current.direction is Direction.RISING
    assert history(member, problem)[0][1] == {"riktning": "oförändrat → ökar"}


@pytest.mark.parametrize("role", [Role.READER, Role.ADMIN, Role.AUDITOR, Role.REPORTER])
def test_problems_are_for_the_group(
    group: Group, organisations: dict[str, Organisation], member: Actor, role: Role
) -> None:
    add(member)
    outside = join(group, organisations["kommun"], role)
    with reading(outside.gate) as session, pytest.raises(NotAllowedError):
        service.all_of(session, outside)
    with reading(outside.gate) as session:
        assert session.execute(text("SELECT count(*) FROM problems")).scalar_one() == 0


def test_an_analyst_reads_and_does_not_write(
    group: Group, organisations: dict[str, Organisation], member: Actor
) -> None:
    add(member)
    analyst = join(group, organisations["kommun"], Role.ANALYST)
    assert read(analyst, "P-1").title == "Bränder i containrar"
    with pytest.raises(NotAllowedError):
        add(analyst)
