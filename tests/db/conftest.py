"""Databases that tests of the backup share: a filled one, an empty one, a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text

from lagesbild.backup import service
from lagesbild.backup.rules import Manifest
from lagesbild.base import db
from lagesbild.base.settings import Settings
from lagesbild.demo import service as demo
from lagesbild.demo.rules import weeks
from lagesbild.instance import service as instance
from tests.conftest import _autocommit

NOW = datetime(2026, 11, 22, 19, 16, tzinfo=UTC)
TABLES = """
SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


def quiet(_line: str) -> None:
    return


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string()) as owner:
        return list(owner.execute(query.encode()))


def backed_up(settings: Settings, file: Path) -> Manifest:
    return service.back_up(settings, file, now=NOW, say=quiet)


def restored(settings: Settings, file: Path) -> Manifest:
    return service.restore(settings, file, say=quiet)


@contextmanager
def database_from(
    cluster: Settings, engine: Engine, folder: Path, template: str
) -> Iterator[Settings]:
    """Make a database for the time of the block, of an installation with a folder of its own."""
    name = f"t{uuid4().hex}"
    with _autocommit(engine) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    urls = {
        field: make_url(getattr(cluster, field)).set(database=name).render_as_string()
        for field in ("database_url", "owner_url", "reader_url")
    }
    yield cluster.model_copy(update={**urls, "data_dir": folder})
    db.forget_connections()
    with _autocommit(engine) as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="module")
def filled(
    cluster: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A claimed database with a demo of two weeks, made once."""
    name = make_url(cluster.owner_url).database or ""
    folder = tmp_path_factory.mktemp("filled")
    with database_from(cluster, engine, folder, name) as settings:
        for factory in db.MAKERS:
            factory.configure(join_transaction_mode="conditional_savepoint")  # the default
        db.connect(settings.database_url, settings.reader_url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(weeks, "WEEKS", 1)
            demo.fill(settings, NOW)
        instance.claim(settings)
        db.forget_connections()
        yield settings


@pytest.fixture(scope="module")
def kept(filled: Settings, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("kept") / "kopia.lagesbild"
    backed_up(filled, file)
    return file.read_bytes()


@pytest.fixture
def source(
    filled: Settings, cluster: Settings, engine: Engine, tmp_path: Path
) -> Iterator[Settings]:
    """A copy of the demo that the test may change."""
    name = make_url(filled.owner_url).database or ""
    with database_from(cluster, engine, tmp_path, name) as settings:
        yield settings


@pytest.fixture
def target(cluster: Settings, engine: Engine, tmp_path: Path) -> Iterator[Settings]:
    """A database without a single table, of an installation of its own."""
    (tmp_path / "target").mkdir()
    with database_from(cluster, engine, tmp_path / "target", "template1") as settings:
        yield settings


@pytest.fixture(scope="module")
def empty(
    cluster: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The same, for tests after which it must still be without a table."""
    folder = tmp_path_factory.mktemp("empty")
    with database_from(cluster, engine, folder, "template1") as settings:
        yield settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kopia.lagesbild"


@pytest.fixture
def made(kept: bytes, file: Path) -> Path:
    """A backup of the demo."""
    file.write_bytes(kept)
    return file
