"""Many clocks and many stops: each is told once. Committed data, own connections."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.incidents.rules.inquiries import Asking
from lagesbild.incidents.service import inquiries
from lagesbild.instance import service as instance
from lagesbild.notices import service
from lagesbild.people.rules import Actor, Role, system
from tests.build import NOW
from tests.post import Server, running

DUE = datetime(2026, 11, 18, 15, tzinfo=STOCKHOLM).astimezone(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def settings(own_database: Settings, server: Server, tmp_path: Path) -> Iterator[Settings]:
    db.connect(own_database.database_url, own_database.reader_url)
    with running(server) as port:
        url = f"smtp://127.0.0.1:{port}"
        yield own_database.model_copy(update={"smtp_url": url, "data_dir": tmp_path})
    db.forget_connections()


@pytest.fixture
def actor(settings: Settings) -> Actor:
    """The system, in a group where the police are asked, and have not reported, two of them."""
    assert settings.smtp_url
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    clock = system(group)
    for name in ("ett", "två"):
        access.add_member(
            clock,
            Newcomer(f"{name.replace('å', 'a')}@as.example", "Prov"),
            organisation="polis",
            role=Role.MEMBER,
            now=NOW,
        )
    with db.transaction(clock.gate) as session:
        fire = access.organisation_named(session, clock, "brand")
    asking = replace(clock, organisation_id=fire.id)
    with db.transaction(asking.gate) as session:
        wanted = Asking(db.new_id(), "polis", "Vad vet ni?")
        inquiries.ask(session, asking, wanted, now=DUE)
    return clock


def states(actor: Actor) -> list[State]:
    with db.reading(actor.gate) as session:
        return [one.state for one in service.sent(session, actor)]


def test_two_clocks_and_ten_ticks_tell_each_thing_once_in_one_mail_each(
    settings: Settings, actor: Actor, server: Server
) -> None:
    together = threading.Barrier(2)

    def ticks() -> None:
        for minute in range(10):
            together.wait()
            jobs.tick(settings, DUE + minute * MINUTE)

    clocks = [threading.Thread(target=ticks) for _ in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert states(actor) == [State.ACCEPTED] * 4
    told = b"\n".join(server.got)
    assert told.count(b"/vecka/2026-W47") == told.count(b"#underlag") == 2


@pytest.mark.parametrize("stopped", ["pending", "sending", "accepted"])
def test_a_stop_anywhere_tells_nobody_twice(
    settings: Settings, actor: Actor, server: Server, stopped: str
) -> None:
    owner = create_engine(
        make_url(settings.owner_url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with owner.connect() as connection:
        refuse = f"CHECK (state <> '{stopped}') NOT VALID"
        connection.execute(text(f"ALTER TABLE notices ADD CONSTRAINT stop {refuse}"))
        jobs.tick(settings, DUE)
        connection.execute(text("ALTER TABLE notices DROP CONSTRAINT stop"))
    owner.dispose()
    for minute in (1, 2, 30, 31):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert len(server.got) == 2
    left_open = stopped == "accepted"  # it went, and the answer could not be stored
    assert states(actor).count(State.UNKNOWN) == (2 if left_open else 0)
    assert states(actor).count(State.ACCEPTED) == (2 if left_open else 4)


def test_a_restored_copy_tells_nobody_anything(
    settings: Settings, actor: Actor, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(instance, "refusal", lambda _settings: "En kopia.")
        jobs.tick(settings, DUE)
    assert (server.got, states(actor)) == ([], [])
