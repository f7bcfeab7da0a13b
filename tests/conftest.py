"""Fixtures that every test may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from lagesbild import schema
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db, postgres
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOBODY, NOW, SOURCE, SQUARES

for _name in [name for name in os.environ if name.startswith("LAGESBILD_")]:
    del os.environ[_name]  # a developer's own installation is never touched

# All sessions of a test share one connection: the door's take their role when they begin.
for _maker in (db.make_door_session, db.make_lookout_session):
    event.listen(
        _maker,
        "after_begin",
        lambda _session, _transaction, connection: connection.execute(
            text("SET LOCAL ROLE lagesbild_door")
        ),
    )
access._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # quick

PASSWORD = "ett-langt-losenord"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the real data where it is missing; CI has it."""
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="the real data is not beside the repository"))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def any_group() -> Group:
    return Group(NOBODY, NOBODY, "as", "Ås", "Ås", 3, time(9), time(15), NOW)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Settings]:
    """A real PostGIS in a folder of its own, migrated once."""
    folder = Path(tempfile.mkdtemp(prefix="lagesbild-test-", dir="/tmp"))
    folder.chmod(0o755)  # the server may run as another user
    with postgres.available(Settings(data_dir=folder)) as settings:
        schema.upgrade(settings)
        yield settings
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def engine(cluster: Settings) -> Iterator[Engine]:
    engine = create_engine(make_url(cluster.owner_url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction per test, rolled back; the code under test sets its own role and gate."""
    with engine.connect() as connection:
        outer = connection.begin()
        for factory in db.MAKERS:
            factory.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield connection
        outer.rollback()


@pytest.fixture
def group(connection: Connection) -> Group:
    """A municipality with three organisations and two districts."""
    assert connection.in_transaction()
    made = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    with db.transaction(system(made).gate) as session:
        districts.put_version(session, system(made), SOURCE, SQUARES, now=NOW)
    return made


@pytest.fixture
def organisations(group: Group) -> dict[str, Organisation]:
    with db.reading(system(group).gate) as session:
        return {o.slug: o for o in access.organisations(session, system(group))}


@pytest.fixture
def member(group: Group, organisations: dict[str, Organisation]) -> Actor:
    """A police officer in the group."""
    return join(group, organisations["polis"], Role.MEMBER)


@pytest.fixture
def coordinator(group: Group, organisations: dict[str, Organisation]) -> Actor:
    return join(group, organisations["kommun"], Role.COORDINATOR)


@pytest.fixture
def firefighter(group: Group, organisations: dict[str, Organisation]) -> Actor:
    return join(group, organisations["brand"], Role.MEMBER)


@pytest.fixture
def reader(group: Group, organisations: dict[str, Organisation]) -> Actor:
    return join(group, organisations["kommun"], Role.READER)


def join(group: Group, organisation: Organisation, role: Role) -> Actor:
    """Make a new person a member of a group and return them."""
    mail = f"{role}.{organisation.slug}.{uuid4().hex[:6]}@as.example"
    access.add_member(
        system(group),
        Newcomer(mail, "Prov", PASSWORD),
        organisation=organisation.slug,
        role=role,
        now=NOW,
    )
    secret = access.sign_in(mail, PASSWORD, address="127.0.0.1", now=NOW)
    visitor = access.visitor_by_session(secret, now=NOW)
    assert visitor is not None
    [actor] = visitor.actors
    return replace(actor)


@pytest.fixture
def own_database(cluster: Settings, engine: Engine) -> Iterator[Settings]:
    """A database that other processes and connections may commit to; dropped after the test."""
    name = f"t{uuid4().hex}"
    source = make_url(cluster.owner_url).database
    with _autocommit(engine) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{source}"'))
    urls = {
        field: make_url(getattr(cluster, field)).set(database=name).render_as_string()
        for field in ("database_url", "owner_url", "reader_url")
    }
    yield cluster.model_copy(update=urls)
    with _autocommit(engine) as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def _autocommit(engine: Engine) -> Iterator[Connection]:
    engine.dispose()  # a template must have no other connection
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
