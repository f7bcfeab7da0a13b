"""The minutes in which there is nothing to do: nearly all of them, for every group."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import Connection, event

from lagesbild.access import service as access
from lagesbild.base.db import transaction
from lagesbild.digests.rules import RunState
from lagesbild.digests.service import delivering, planning, stirring
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, system
from tests import letters
from tests.letters import APPROVED, DUE, FIXED, HOUR, MINUTE, W47, House
from tests.post import Server

MOST = 52  # statements for a group with which there is nothing to do
MOST_OF_LETTERS = 4


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def sent(coordinator: Actor, member: Actor, house: House) -> Actor:
    """A group whose letter has left, and that was looked at since."""
    letters.listed(coordinator)
    letters.sent(coordinator, member, house.settings)
    house.tick(DUE + MINUTE, DUE + 2 * MINUTE)
    return coordinator


@contextmanager
def counting(connection: Connection) -> Iterator[list[str]]:
    """Note what the database is asked."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):  # of tests alone
            asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def is_idle(actor: Actor, now: datetime) -> bool:
    return stirring.is_idle(system(letters.again(actor).group), now=now)


@pytest.mark.usefixtures("sent")
def test_each_idle_group_costs_few_statements(connection: Connection, house: House) -> None:
    with counting(connection) as one:
        house.tick(DUE + 3 * MINUTE)
    for number in range(3):
        access.add_municipality(
            slug=f"b{number}", name="By", code=f"100{number}", now=DUE + 3 * MINUTE
        )
    house.tick(DUE + 4 * MINUTE)
    with counting(connection) as four:
        house.tick(DUE + 5 * MINUTE)
    assert (len(four) - len(one)) / 3 <= MOST


def test_a_look_at_idle_letters_costs_four_statements(connection: Connection, sent: Actor) -> None:
    clock = system(sent.group)
    with counting(connection) as asked:
        assert stirring.is_idle(clock, now=DUE + 3 * MINUTE)
    assert len(asked) == MOST_OF_LETTERS


def test_what_waits_for_a_person_is_idle_once_it_is_told(coordinator: Actor, house: House) -> None:
    letters.listed(coordinator)
    letters.fixed(coordinator)
    for moment in (FIXED, DUE - HOUR, DUE, DUE + 2 * HOUR):
        assert is_idle(coordinator, moment) is (moment == FIXED)
        house.tick(moment, moment + MINUTE)
        assert is_idle(coordinator, moment + 2 * MINUTE)


def test_something_approved_stirs_when_it_is_due(coordinator: Actor, member: Actor) -> None:
    letters.listed(coordinator)
    letters.approved(coordinator, member)
    assert is_idle(coordinator, APPROVED + MINUTE)
    assert not is_idle(coordinator, DUE)


def test_a_delivery_stirs_until_it_is_settled(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.listed(coordinator)
    letters.approved(coordinator, member)
    house.server.always["RCPT"] = "451 Later"
    house.tick(DUE)
    assert not is_idle(coordinator, DUE + MINUTE)
    house.server.always.clear()
    house.tick(DUE + 5 * MINUTE, DUE + 6 * MINUTE)
    assert is_idle(coordinator, DUE + 7 * MINUTE)


def test_a_letter_that_is_held_with_some_of_it_unsent_is_told_of(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.listed(coordinator)
    letters.approved(coordinator, member)
    house.server.always["RCPT"] = "451 Later"
    house.tick(DUE)
    delivering.hold_all(system(coordinator.group), now=DUE + MINUTE)  # as after a restore
    assert letters.run(coordinator).run.state is RunState.HELD
    assert is_idle(coordinator, DUE + 2 * MINUTE)
    assert not is_idle(coordinator, DUE + 2 * HOUR)


def test_an_extra_picture_stirs_until_its_letter_is_drafted_and_told_of(
    sent: Actor, house: House
) -> None:
    clock, now = system(sent.group), DUE + HOUR
    with transaction(sent.gate) as session:
        fixing.fix_extra(session, sent, W47.previous(-1), now=now)
    assert not is_idle(sent, now)
    planning.plan_extra(clock, now=now)
    assert not is_idle(sent, now)  # nobody has been told of it yet
    house.tick(now, now + MINUTE, now + HOUR, now + HOUR + MINUTE)
    assert is_idle(sent, now + HOUR + 2 * MINUTE)
