"""Many clocks and many stops: there is still one letter. Committed data, own connections."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.audit import store as audit
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests import service
from lagesbild.digests.cli import digest
from lagesbild.digests.rules import RunState
from lagesbild.people.rules import Actor, Role, system
from tests.build import NOW
from tests.post import Server, running

DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
MINUTE = timedelta(minutes=1)
WEEK = "2026-W47"
TEN_TICKS = """
import sys
from datetime import datetime, timedelta
from lagesbild import jobs
from lagesbild.base import db
from lagesbild.base.settings import Settings
settings = Settings()
db.connect(settings.database_url, settings.reader_url)
print("ready", flush=True)
sys.stdin.readline()
for minute in range(10):
    jobs.tick(settings, datetime.fromisoformat(sys.argv[1]) + timedelta(minutes=minute))
"""


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def settings(own_database: Settings, server: Server) -> Iterator[Settings]:
    """A database with a municipality, bound to this process, and a mail server."""
    db.connect(own_database.database_url, own_database.reader_url)
    with running(server) as port:
        yield own_database.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    db.forget_connections()


@pytest.fixture
def actor(settings: Settings) -> Actor:
    """The system, in a group with two coordinators."""
    assert settings.smtp_url
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    for organisation in ("kommun", "polis"):
        newcomer = Newcomer(f"{organisation}@as.example", "Prov")
        access.add_member(
            system(group), newcomer, organisation=organisation, role=Role.COORDINATOR, now=NOW
        )
    return system(group)


def states(actor: Actor) -> tuple[RunState, list[State]]:
    with db.reading(actor.gate) as session:
        run, _, deliveries = service.run(session, actor, WEEK)
    return run.state, [delivery.state for delivery in deliveries]


def environment(settings: Settings) -> dict[str, str]:
    names = ("database_url", "owner_url", "reader_url", "smtp_url")
    values = {f"LAGESBILD_{name.upper()}": getattr(settings, name) for name in names}
    return {**os.environ, **values, "LAGESBILD_DATA_DIR": str(settings.data_dir)}


def test_two_clocks_and_ten_ticks_make_one_letter(
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
    assert len(server.got) == 2
    assert states(actor) == (RunState.WRITTEN, [State.ACCEPTED] * 2)
    with db.reading(actor.gate) as session:
        verbs = [e.verb for e in audit.history(session, actor.group.municipality_id)]
    assert (verbs.count("publication.made"), verbs.count("digest.written")) == (1, 1)


def test_three_processes_make_one_letter(settings: Settings, actor: Actor, server: Server) -> None:
    clocks = [
        subprocess.Popen(  # noqa: S603 – our own program
            [sys.executable, "-c", TEN_TICKS, DUE.isoformat()],
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for clock in clocks:
        assert clock.stdout is not None
        clock.stdout.readline()
    for clock in clocks:
        assert clock.stdin is not None
        clock.stdin.write("go\n")
        clock.stdin.flush()
    assert [clock.communicate()[0] for clock in clocks] == ["", "", ""]
    assert [clock.returncode for clock in clocks] == [0, 0, 0]
    assert len(server.got) == 2
    assert states(actor) == (RunState.WRITTEN, [State.ACCEPTED] * 2)


@pytest.mark.parametrize("table", ["publications", "digest_runs", "digest_deliveries", "audit"])
def test_a_stop_anywhere_while_writing_is_repaired_by_the_next_tick(
    settings: Settings, actor: Actor, server: Server, table: str
) -> None:
    owner = create_engine(
        make_url(settings.owner_url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with owner.connect() as connection:
        refuse = f"ALTER TABLE {table} ADD CONSTRAINT stop CHECK (false) NOT VALID"
        connection.execute(text(refuse))
        jobs.tick(settings, DUE)
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT stop"))
    owner.dispose()
    assert not server.got
    for minute in range(1, 4):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert len(server.got) == 2
    assert states(actor) == (RunState.WRITTEN, [State.ACCEPTED] * 2)


@pytest.mark.usefixtures("actor")
def test_the_clock_stops_tidily_when_told(settings: Settings) -> None:
    program = (
        "from lagesbild import jobs; from lagesbild.base import db;"
        "from lagesbild.base.settings import Settings; s = Settings();"
        "db.connect(s.database_url, s.reader_url); print('ready', flush=True); jobs.run(s)"
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        clock = subprocess.Popen(  # noqa: S603 – our own program
            [sys.executable, "-c", program],
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert clock.stdout is not None
        clock.stdout.readline()
        time.sleep(0.7)
        clock.send_signal(number)
        assert clock.communicate(timeout=10) == ("", "")
        assert clock.returncode == 0


def asked(settings: Settings, *words: str) -> str:
    result = CliRunner().invoke(digest, words, obj=settings, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


@pytest.mark.usefixtures("actor")
def test_the_command_line_shows_a_letter_before_it_is_written(settings: Settings) -> None:
    shown = asked(settings, "preview", WEEK)
    assert shown.startswith(
        "Ämne: Lägesbild Ås kommun v. 47 – inget nytt att rapportera\n\nLÄGESBILD"
    )


@pytest.mark.usefixtures("actor")
def test_the_command_line_sends_a_held_letter_and_says_what_became_of_it(
    settings: Settings, server: Server
) -> None:
    week = Period.of(NOW - timedelta(days=60)).name
    sent = asked(settings, "send", week)
    assert sent.count("mottaget") == len(server.got) == 2
    assert "kommun@as.example: mottaget" in asked(settings, "status", week)
    assert f"Brevet för {week}: skrivet, försenat." in asked(settings, "status", week)
