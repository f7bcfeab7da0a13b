"""The letter against a mail server that takes its time: a tick may then last for long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial

import pytest

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.base import outbox
from lagesbild.base.mail import Line, Post, SmtpMailer, addresses, patience
from lagesbild.base.outbox import State
from lagesbild.digests.rules import Kind
from lagesbild.digests.service import delivering, telling
from lagesbild.people.rules import Actor, Group, system
from tests import letters
from tests.build import NOW
from tests.letters import CHAIR, DEPUTY, DOMAIN, DUE, MINUTE, House
from tests.post import GREETING, HANG, Server

QUICK = 0.4  # seconds: whoever waits in a test need not wait long


@dataclass
class Slow:
    """A mailer that does something while it has a letter."""

    does: Callable[[], None]
    got: list[str] = field(default_factory=list)
    name: str = "slow"

    @contextmanager
    def opened(self) -> Iterator[Line]:
        yield self

    def send(self, message: EmailMessage) -> str:
        self.got.append(str(message["To"]))
        self.does()
        return "250 OK"


@pytest.fixture
def approved(coordinator: Actor, member: Actor) -> Actor:
    letters.listed(coordinator)
    letters.listed(coordinator, DEPUTY)
    letters.approved(coordinator, member)
    return coordinator


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the machine has been on; what is put last counts."""
    passed = [0.0]
    monkeypatch.setattr(outbox, "monotonic", lambda: passed[-1])
    return passed


def test_what_a_long_tick_has_just_begun_is_not_broken_off_for_another_clock(
    approved: Actor, seconds: list[float]
) -> None:
    clock = system(approved.group)
    seen: list[set[State]] = []

    def strike() -> None:
        """Let another clock strike when this one has been at it for so long."""
        seconds.append(seconds[-1] + 6 * 60)
        now = DUE + seconds[-1] / 60 * MINUTE
        delivering.mend(clock, now=now)
        telling.tell(clock, post, now=now)
        seen.append({*letters.states(approved).values()})

    post = Post(slow := Slow(strike), f"post@{DOMAIN}", "http://localhost")
    delivering.release(clock, domain=DOMAIN, now=DUE)
    delivering.send_all(clock, post, now=DUE, stop=lambda: False)
    assert len(slow.got) == 3
    assert not any(State.UNKNOWN in states for states in seen)
    assert letters.runs(approved, kind=Kind.MISSED) == []


def test_a_group_that_comes_late_in_a_long_tick_says_when_its_letter_left(
    approved: Actor, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first group's letters take twenty minutes: the second one's are late, and say so."""
    access.add_municipality(slug="a", name="A kommun", code="0002", now=NOW)
    work = jobs._work

    def slow(group: Group, *rest: object) -> bool:
        if group.slug == "a":
            seconds.append(20 * 60)
        return work(group, *rest)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(jobs, "_work", slow)
    with letters.house(Server()) as house:
        house.tick(DUE)
    found = letters.run(approved).run
    assert (found.released_at, found.late) == (DUE + 20 * MINUTE, True)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    in_a_hurry = partial(SmtpMailer, timeout_seconds=QUICK, verdict_seconds=QUICK)
    monkeypatch.setattr(addresses, "SmtpMailer", in_a_hurry)
    monkeypatch.setattr(patience, "SLOW_SECONDS", QUICK / 2)
    with letters.house(Server()) as house:
        yield house


def test_a_server_that_does_not_answer_is_waited_for_once_in_a_tick_and_not_for_each_letter(
    approved: Actor, house: House
) -> None:
    house.server.always[GREETING] = HANG
    house.tick(DUE)
    assert house.server.connections == 1
    assert {*letters.states(approved).values()} == {State.PENDING}
    house.server.always.clear()
    house.tick(DUE + 5 * MINUTE)
    assert (house.arrived[CHAIR], house.arrived[DEPUTY]) == (1, 1)


def test_a_server_that_says_no_at_once_is_asked_for_each_letter(
    approved: Actor, house: House
) -> None:
    house.server.next[GREETING] = ["421 Too many connections"]
    house.tick(DUE)
    assert sorted(letters.states(approved).values()) == [
        State.ACCEPTED, State.ACCEPTED, State.PENDING
    ]  # fmt: skip
