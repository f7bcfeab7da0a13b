"""The schema: up, checked, down, up again; numbered in one line."""

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, make_url, text

from lagesbild import schema
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings

VERSIONS = Path(schema.ROOT / "migrations" / "versions")


def test_the_schema_goes_up_and_down_and_up_again(own_database: Settings) -> None:
    config = schema.config(own_database.owner_url)
    command.check(config)
    command.downgrade(config, "base")
    schema.upgrade(own_database)
    command.check(config)


def test_migrations_are_numbered_in_one_line() -> None:
    names = sorted(f.stem for f in VERSIONS.glob("*.py"))
    assert [n.split("_")[0] for n in names] == [f"{i:04d}" for i in range(1, len(names) + 1)]


def test_a_migration_never_imports_the_program() -> None:
    for file in VERSIONS.glob("*.py"):
        assert not re.search(r"^(from|import) lagesbild", file.read_text(), re.MULTILINE)


def test_a_database_of_a_newer_program_is_named_and_left_alone(own_database: Settings) -> None:
    url = make_url(own_database.owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SetupError, match="nyare version"):
        schema.upgrade(own_database)
