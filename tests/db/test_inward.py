"""Which problems and actions must not be named outside the group."""

from dataclasses import replace

import pytest

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind
from lagesbild.base.db import new_id, transaction
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Draft, Incident, Visibility
from lagesbild.incidents.rules.merging import Merging
from lagesbild.incidents.service import merging
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.build import NOW, draft
from tests.db.test_publications import neighbour

__all__ = ["neighbour"]  # a fixture

SECRET, OPEN = "VAL06", "BRA01"  # of type D, and of type A


def log(actor: Actor, code: str = OPEN, **changes: object) -> Incident:
    made = draft(category=code, organisation_id=actor.organisation_id, **changes)
    with transaction(actor.gate) as session:
        return incidents.report(session, actor, made, now=NOW)


def problem_of(actor: Actor, *linked: Incident) -> str:
    new = ProblemDraft(new_id(), "Bränder vid stationen", since=NOW.date())
    with transaction(actor.gate) as session:
        made = problems.add(session, actor, new, now=NOW)
        for incident in linked:
            problems.link(session, actor, made.id, incident.reference, now=NOW)
    return made.reference


def action_of(actor: Actor, **about: object) -> str:
    new = ActionDraft(new_id(), "Töm containrar", actor.organisation_id, Kind.SOCIAL, NOW.date())
    wanted = ActionDraft(**{**vars(new), **about})
    with transaction(actor.gate) as session:
        return actions.decide(session, actor, wanted, now=NOW).reference


def inward(actor: Actor) -> frozenset[str]:
    with transaction(actor.gate) as session:
        return meetings.inward(session, actor)


def hold_back(owner: Actor, incident: Incident) -> None:
    with transaction(owner.gate) as session:
        kept = replace(incident.parts[0], visibility=Visibility.OWN)
        changed = Draft(incident.id, incident.facts, kept)
        incidents.edit(session, owner, changed, version=incident.version, now=NOW)


def merge(actor: Actor, kept: Incident, other: Incident) -> None:
    with transaction(actor.gate) as session:
        wanted = Merging(kept.reference, other.reference, 1, 1)
        merging.merge(session, actor, wanted, now=NOW)


def test_a_problem_with_open_incidents_may_be_named(member: Actor) -> None:
    problem_of(member, log(member), log(member))
    assert inward(member) == frozenset()


def test_a_problem_with_one_incident_that_may_not_go_out_is_kept(member: Actor) -> None:
    kept = problem_of(member, log(member), log(member, SECRET))
    problem_of(member, log(member))
    assert inward(member) == {kept}


def test_so_is_one_whose_incident_is_for_the_group_alone(member: Actor) -> None:
    kept = problem_of(member, log(member, visibility=Visibility.GROUP))
    assert inward(member) == {kept}


def test_so_is_one_whose_incident_somebody_has_marked(member: Actor) -> None:
    kept = problem_of(member, log(member, secrecy_basis="18:1"))
    assert inward(member) == {kept}


def test_so_is_one_whose_incident_its_owner_has_kept_to_itself_since(
    member: Actor, coordinator: Actor
) -> None:
    incident = log(member)
    kept = problem_of(coordinator, incident)
    action = action_of(coordinator, problem=kept)
    hold_back(member, incident)
    assert inward(coordinator) == inward(system(coordinator.group)) == {kept, action}


def test_also_when_the_owner_is_in_another_group_of_the_municipality(
    member: Actor, neighbour: Actor
) -> None:
    incident = log(member)
    kept = problem_of(neighbour, incident)
    hold_back(member, incident)
    assert inward(neighbour) == {kept}


def test_so_is_one_whose_incident_was_merged_into_such_a_one(
    member: Actor, firefighter: Actor, coordinator: Actor
) -> None:
    linked = log(firefighter)
    kept = problem_of(member, linked)
    merge(coordinator, log(member, visibility=Visibility.GROUP), linked)
    assert inward(member) == {kept}


@pytest.mark.parametrize("code", [OPEN, SECRET])
def test_an_action_goes_by_the_incidents_that_it_is_linked_to(member: Actor, code: str) -> None:
    made = action_of(member, incidents=(log(member, code).reference,))
    assert inward(member) == ({made} if code == SECRET else frozenset())


def test_and_by_those_of_its_problem(member: Actor) -> None:
    problem = problem_of(member, log(member, SECRET))
    action = action_of(member, problem=problem)
    assert inward(member) == {problem, action}


@pytest.mark.parametrize(("about", "is_kept"), [("BRA", False), ("SKO", True), ("TIL", True)])
def test_an_action_about_types_that_never_go_out_is_kept(
    member: Actor, about: str, *, is_kept: bool
) -> None:
    made = action_of(member, category_group=about)
    assert (made in inward(member)) == is_kept
