"""A long import that is killed, or shares the database with others: all of it or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from lagesbild.access import service as access
from lagesbild.base import db
from lagesbild.base.db import transaction
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Group, system
from tests.build import NOW, SOURCE, SQUARES, draft

ROWS = 1_500
PROGRAM = """
import sys
from lagesbild.base import db
from lagesbild.base.settings import Settings
from lagesbild.exchange.cli.lists import incidents
settings = Settings()
db.connect(settings.database_url, settings.reader_url)
incidents(["import", sys.argv[1], "--organisation", "kommun"])
"""


@pytest.fixture
def settings(own_database: Settings) -> Iterator[Settings]:
    db.connect(own_database.database_url, own_database.reader_url)
    yield own_database
    db.forget_connections()


@pytest.fixture
def group(settings: Settings) -> Group:
    assert settings.database_url
    made = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    with transaction(system(made).gate) as session:
        districts.put_version(session, system(made), SOURCE, SQUARES, now=NOW)
    return made


@pytest.fixture
def owner(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(make_url(settings.owner_url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [f"R{n};2020-01-10;22:45;Bilbrand;Plats {n};59,27;17,95" for n in range(ROWS)]
    path = tmp_path / "lista.csv"
    path.write_text("\n".join(["Ärendenr;Datum;Tid;Typ;Plats;Latitud;Longitud", *rows]))
    return path


def start(settings: Settings, file: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "LAGESBILD_DATABASE_URL": settings.database_url,
        "LAGESBILD_READER_URL": settings.reader_url,
    }
    return subprocess.Popen(  # noqa: S603 – our own program
        [sys.executable, "-c", PROGRAM, str(file)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until_it_writes(owner: Engine) -> None:
    """Wait for another connection to have a transaction that has stored something."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
    )
    for _ in range(3_000):
        with owner.connect() as connection:
            if connection.execute(query).scalar_one():
                return
        time.sleep(0.01)
    raise AssertionError("the import never began to write")


def stored(owner: Engine) -> tuple[int, int, str | None]:
    """Return how many incidents there are, how many numbers, and the highest."""
    query = text("SELECT count(*), count(DISTINCT reference), max(reference) FROM incidents")
    with owner.connect() as connection:
        row = connection.execute(query).one()
    return row[0], row[1], row[2]


def test_a_killed_import_leaves_nothing_and_the_next_run_is_whole(
    settings: Settings, group: Group, owner: Engine, file: Path
) -> None:
    assert group.slug == "as"
    with start(settings, file) as program:
        wait_until_it_writes(owner)
        program.send_signal(signal.SIGKILL)
    assert stored(owner) == (0, 0, None)
    for _ in range(2):  # the second finds everything there
        with start(settings, file) as program:
            assert program.wait(timeout=120) == 0
    count, numbered, last = stored(owner)
    assert (count, numbered) == (ROWS, ROWS)
    assert last is not None
    assert last.endswith(f"-{ROWS:06d}")


def test_others_write_while_a_list_is_taken_in(
    settings: Settings, group: Group, owner: Engine, file: Path
) -> None:
    with start(settings, file) as program:
        actor = system(group, police_of(group))
        wait_until_it_writes(owner)
        program.send_signal(signal.SIGSTOP)  # in its middle, for as long as the other needs
        try:
            with transaction(actor.gate) as session:
                mine = draft(organisation_id=actor.organisation_id)
                incidents.report(session, actor, mine, now=NOW)
            seen = stored(owner)
        finally:
            program.send_signal(signal.SIGCONT)
        assert program.wait(timeout=120) == 0
    assert seen == (1, 1, "L-2026-000001"), "the writer waited for the whole list"
    assert stored(owner)[:2] == (ROWS + 1, ROWS + 1)


def police_of(group: Group) -> UUID:
    with db.reading(system(group).gate) as session:
        return access.organisation_named(session, system(group), "polis").id
