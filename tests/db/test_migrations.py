"""The schema: up, checked, down, up again; numbered in one line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, make_url, text

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


# --- Step 15: letters from before they were approved ------------------------------------------

MUNICIPALITY, GROUP = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
LETTERS = {  # week: its state, when it was written, and how far its delivery has come
    "2026-W40": ("written", "2026-10-01 13:00+00", "accepted"),
    "2026-W41": ("written", "2026-10-08 13:00+00", "pending"),
    "2026-W42": ("held", "2026-10-15 13:00+00", "accepted"),
    "2026-W43": ("held", "2026-10-22 13:00+00", "pending"),
    "2026-W44": ("held", None, None),
    "2026-W45": ("due", None, None),
}


@pytest.fixture
def before(own_database: Settings) -> Iterator[Connection]:
    """A database of the step before, with a letter in each of its states."""
    command.downgrade(schema.config(own_database.owner_url), "0014")
    url = make_url(own_database.owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        do(connection, OLD)
        for number, (week, (state, written, delivered)) in enumerate(LETTERS.items(), start=1):
            id_ = f"00000000-0000-7000-8000-0000000001{number:02d}"
            do(connection, RUN, id=id_, week=week, state=state, written=written)
            if delivered:
                do(connection, DELIVERY, id=id_, week=week, state=delivered)
        yield connection
    engine.dispose()


OLD = """
INSERT INTO municipalities (id, slug, name, code) VALUES ({municipality}, 'as', 'Ås', '0001');
INSERT INTO groups (municipality_id, id, slug, name, letter_time, schedule_since)
VALUES ({municipality}, {group}, 'as', 'Ås', '15:00', '2026-01-01')
"""
RUN = """
INSERT INTO digest_runs (municipality_id, group_id, id, week, due_at, state, written_at, subject,
html, text, sha256) VALUES ({municipality}, {group}, :id, :week, '2026-10-01 13:00+00', :state,
CAST(:written AS timestamptz), 'Lägesbild', '<p>Ås</p>', 'Ås',
CASE WHEN CAST(:written AS timestamptz) IS NULL THEN NULL ELSE sha256('Ås'::bytea) END)
"""
DELIVERY = """
INSERT INTO digest_deliveries (municipality_id, id, run_id, recipient, state, next_attempt_at,
message_id) VALUES ({municipality}, gen_random_uuid(), CAST(:id AS uuid), 'kommun@as.example',
:state, now(), '<' || CAST(:week AS text) || '@as.example>')
"""
CORRECTED = """
INSERT INTO weeks (municipality_id, group_id, id, week, first_day)
VALUES ({municipality}, {group}, {group}, '2026-W40', '2026-09-24');
INSERT INTO publications (municipality_id, id, group_id, week_id, week, kind, version, made_at,
known_at, content, sha256) SELECT {municipality}, gen_random_uuid(), {group}, {group}, '2026-W40',
'brev', version, now(), now(), '{{}}', sha256('a') FROM generate_series(1, 2) version;
UPDATE digest_runs SET publication_id = (SELECT id FROM publications WHERE version = 1)
WHERE week = '2026-W40'
"""


def do(connection: Connection, statements: str, **values: object) -> None:
    whose = statements.format(municipality=f"'{MUNICIPALITY}'", group=f"'{GROUP}'")
    for statement in whose.strip().split(";\n"):
        connection.execute(text(statement), values)


def told(connection: Connection, query: str) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in connection.execute(text(query))}


def test_letters_from_before_approvals_keep_what_they_were(
    own_database: Settings, before: Connection
) -> None:
    schema.upgrade(own_database)
    runs = told(
        before,
        "SELECT week, kind, version, state, released_at IS NOT NULL, number FROM digest_runs",
    )
    assert runs == {
        "2026-W40": ("brev", 1, "released", True, None),
        "2026-W41": ("brev", 1, "released", True, None),
        "2026-W42": ("brev", 1, "held", True, None),  # somebody has got it
        "2026-W43": ("brev", 1, "held", False, None),
        "2026-W44": ("brev", 1, "held", False, None),
        "2026-W45": ("brev", 1, "draft", False, None),
    }
    letters = told(
        before, "SELECT week, form, subject, text, released_at IS NOT NULL FROM digest_letters"
    )
    assert letters == {
        week: ("hela", "Lägesbild", "Ås", week != "2026-W43")
        for week in ("2026-W40", "2026-W41", "2026-W42", "2026-W43")
    }
    deliveries = told(before, "SELECT state, form, list, resend_of FROM digest_deliveries")
    assert {*deliveries.values()} == {("hela", "samordnare", None)}


def test_no_letter_from_before_counts_as_approved(
    own_database: Settings, before: Connection
) -> None:
    schema.upgrade(own_database)
    approved = "SELECT count(*) FROM digest_runs WHERE approved_at IS NOT NULL"
    assert before.execute(text(approved)).scalar_one() == 0


def test_what_was_corrected_before_asks_for_no_correction_of_a_letter(
    own_database: Settings, before: Connection
) -> None:
    do(before, CORRECTED)
    schema.upgrade(own_database)
    events = told(before, "SELECT run_id, what FROM digest_events")
    assert [*events.values()] == [("compared",)]


def test_back_at_the_step_before_each_letter_is_what_it_was(
    own_database: Settings, before: Connection
) -> None:
    states = "SELECT week, state, written_at FROM digest_runs"
    written = "SELECT week, subject, html, text, sha256 FROM digest_runs WHERE sha256 IS NOT NULL"
    was = [told(before, query) for query in (states, written)]
    schema.upgrade(own_database)
    command.downgrade(schema.config(own_database.owner_url), "0014")
    assert [told(before, query) for query in (states, written)] == was
