"""The letter of the week that closed before a group had a schedule."""

from dataclasses import replace

from lagesbild.base.clock import Period
from lagesbild.base.db import transaction
from lagesbild.digests.rules import Kind
from lagesbild.digests.service import drafting
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, system
from tests.letters import DUE, FIXED, SECOND, W47, kinds


def begun_too_late(actor: Actor) -> Actor:
    """Return somebody in a group whose schedule begins a second after the letter was due."""
    return replace(actor, group=replace(actor.group, schedule_since=DUE + SECOND))


def fix(coordinator: Actor, period: Period) -> None:
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, period, now=FIXED)


def draft(actor: Actor, period: Period) -> None:
    with transaction(actor.gate) as session:
        drafting.draft(session, begun_too_late(actor), period, now=FIXED)


def test_who_fixes_the_week_that_closed_last_gets_its_letter(coordinator: Actor) -> None:
    fix(coordinator, W47)
    draft(coordinator, W47)
    assert kinds(coordinator) == [Kind.LETTER]


def test_the_clock_writes_no_letter_that_was_due_before_the_schedule(coordinator: Actor) -> None:
    fix(coordinator, W47)
    draft(system(coordinator.group), W47)
    assert kinds(coordinator) == []


def test_who_fixes_an_older_week_gets_no_letter(coordinator: Actor) -> None:
    fix(coordinator, W47.previous())
    draft(coordinator, W47.previous())
    assert kinds(coordinator, W47.previous().name) == []
