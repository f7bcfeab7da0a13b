"""A backup put back into another database: equal, or nothing is done."""

import contextlib
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy.exc import ProgrammingError

from lagesbild import schema
from lagesbild.backup import rules, service
from lagesbild.backup.rules import Manifest, Table
from lagesbild.backup.store import archive, database
from lagesbild.base import db
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings
from lagesbild.instance import service as instance
from lagesbild.instance.rules import Standing
from tests.db.conftest import TABLES, asked, backed_up, restored

CATALOGUE = """
SELECT 'policy', tablename, policyname, concat(roles, cmd, qual, with_check) FROM pg_policies
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
  WHERE schemaname = 'public'
UNION ALL SELECT 'rule', conrelid::regclass::text, conname,
  CASE WHEN contype <> 'c' THEN pg_get_constraintdef(oid) END  -- a check is worded otherwise
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'right', relname, '', concat(relacl, relrowsecurity) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT 'column', attrelid::regclass::text, attname,
  concat(format_type(atttypid, atttypmod), attnotnull, attacl, pg_get_expr(adbin, adrelid))
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid
  AND adnum = attnum WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
  AND NOT attisdropped
ORDER BY 1, 2, 3, 4
"""
WRITTEN = (
    "INSERT INTO audit (municipality_id, id, at, verb, subject, changes)"
    " SELECT id, gen_random_uuid(), now(), 'prov', 'prov', '{}' FROM municipalities"
)


def fingerprints(settings: Settings) -> dict[object, object]:
    """Return a hash of every row of every table, but for those that stay behind."""
    names = {str(name) for (name,) in asked(settings.owner_url, TABLES)} - set(rules.LEFT_OUT)
    query = "SELECT count(*), md5(string_agg(t::text, '\n' ORDER BY t::text)) FROM {} t"
    return {name: asked(settings.owner_url, query.format(name)) for name in sorted(names)}


def changed(file: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Write another manifest into a backup."""
    manifest = change(archive.manifest(file))
    other = file.with_name("other")
    with archive.writing(other) as stream:
        with closing(archive.dump(file)) as chunks:
            archive.put(stream, chunks, moment=0)
        archive.finish(stream, manifest, moment=0)
    other.replace(file)


def test_what_is_put_back_is_equal_row_by_row(
    source: Settings, target: Settings, file: Path
) -> None:
    before = fingerprints(source)
    backed_up(source, file)
    with psycopg.connect(source.owner_url) as owner:
        owner.execute("UPDATE persons SET name = 'Någon annan'")
        owner.execute("DELETE FROM incident_parts")
    restored(target, file)
    assert fingerprints(target) == before != fingerprints(source)


def test_policies_rights_and_indexes_are_as_they_were(
    filled: Settings, target: Settings, made: Path
) -> None:
    restored(target, made)
    found = asked(target.owner_url, CATALOGUE)
    assert found == asked(filled.owner_url, CATALOGUE)
    assert len({row[1] for row in found if row[0] == "policy"}) > 20


def test_tables_without_rows_are_replaced(target: Settings, made: Path) -> None:
    schema.upgrade(target)
    restored(target, made)
    assert asked(target.owner_url, "SELECT slug FROM municipalities") == [("demo",)]


def test_who_was_signed_in_stays_behind(target: Settings, source: Settings, file: Path) -> None:
    with psycopg.connect(source.owner_url) as owner:
        owner.execute(
            "INSERT INTO sessions (fingerprint, person_id, created_at, expires_at)"
            " SELECT 'x', id, now(), now() + interval '1 hour' FROM persons LIMIT 1"
        )
    backed_up(source, file)
    restored(target, file)
    assert asked(target.owner_url, "SELECT FROM sessions") == []


def test_a_database_that_is_used_is_left_alone(filled: Settings, made: Path) -> None:
    before = fingerprints(filled)
    with pytest.raises(SetupError, match="Databasen är inte tom"):
        restored(filled, made)
    assert fingerprints(filled) == before


def test_a_database_that_others_are_in_is_left_alone(
    empty: Settings, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.2)
    with (
        psycopg.connect(empty.database_url),
        pytest.raises(SetupError, match="Databasen används"),
    ):
        restored(empty, made)
    assert asked(empty.owner_url, TABLES) == []


@pytest.mark.parametrize("place", [0.001, 0.5, 0.99])
def test_a_changed_byte_is_noticed(empty: Settings, made: Path, place: float) -> None:
    content = bytearray(made.read_bytes())
    content[512 + int(archive.manifest(made).size * place)] ^= 1
    made.write_bytes(content)
    with pytest.raises(SetupError, match="trasig eller avkortad"):
        restored(empty, made)
    assert asked(empty.owner_url, TABLES) == []


@pytest.mark.parametrize("place", [0, 100, 512, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_noticed(empty: Settings, made: Path, place: float) -> None:
    content = made.read_bytes()
    end = int(len(content) * place) if place < 1 else int(place)
    made.write_bytes(content[:end])
    with pytest.raises(SetupError, match=r"trasig eller avkortad|ingen säkerhetskopia"):
        restored(empty, made)
    assert asked(empty.owner_url, TABLES) == []


def test_another_file_is_no_backup(empty: Settings, file: Path) -> None:
    file.write_text("Kära dagbok")
    with pytest.raises(SetupError, match="är ingen säkerhetskopia"):
        restored(empty, file)
    with pytest.raises(SetupError, match="Det finns ingen fil"):
        restored(empty, file.with_name("finns-inte"))


def test_a_backup_of_a_newer_program_is_refused(empty: Settings, made: Path) -> None:
    changed(made, lambda m: replace(m, contents=replace(m.contents, schema="9999")))
    with pytest.raises(SetupError, match="nyare version av lagesbild"):
        restored(empty, made)
    assert asked(empty.owner_url, TABLES) == []


def test_a_backup_of_an_older_program_is_brought_up_to_this_one(
    source: Settings, target: Settings, file: Path
) -> None:
    command.downgrade(schema.config(source.owner_url), "0006")
    backed_up(source, file)
    restored(target, file)
    stored, head = schema.revisions(target.owner_url)
    assert stored == head
    db.connect(target.database_url, target.reader_url)
    instance.claim(target)  # as the next start does
    assert instance.standing(target) is Standing.RESTORED


def test_at_no_moment_of_an_update_may_a_letter_leave_from_elsewhere(
    source: Settings, target: Settings, file: Path
) -> None:
    command.downgrade(schema.config(source.owner_url), "0006")
    backed_up(source, file)
    db.connect(target.database_url, target.reader_url)
    stop, found = threading.Event(), list[str]()

    def look() -> None:
        while not stop.is_set():
            with contextlib.suppress(ProgrammingError):  # the table is not there yet
                found.append(instance.refusal(target))

    elsewhere = threading.Thread(target=look)

    def say(line: str) -> None:
        if line.startswith("Uppdaterar"):
            elsewhere.start()

    try:
        service.restore(target, file, say=say)
    finally:
        stop.set()
        elsewhere.join()
    found.append(instance.refusal(target))
    assert all(found)


def test_a_database_that_is_only_brought_up_to_this_program_goes_on(source: Settings) -> None:
    command.downgrade(schema.config(source.owner_url), "0006")
    schema.upgrade(source)
    db.connect(source.database_url, source.reader_url)
    assert instance.refusal(source) == ""
    instance.claim(source)
    assert instance.standing(source) is Standing.OURS


def test_what_does_not_become_as_it_was_is_taken_away_again(empty: Settings, made: Path) -> None:
    def one_more(manifest: Manifest) -> Manifest:
        tables = manifest.contents.tables
        more = Table(tables["persons"].rows + 1, tables["persons"].locks)
        return replace(
            manifest, contents=replace(manifest.contents, tables={**tables, "persons": more})
        )

    changed(made, one_more)
    with pytest.raises(SetupError, match="persons har 8 rader och skulle ha 9"):
        restored(empty, made)
    assert asked(empty.owner_url, TABLES) == []


def test_a_role_that_is_missing_here_is_named(empty: Settings, made: Path) -> None:
    changed(made, lambda m: replace(m, contents=replace(m.contents, roles=["grafana"])))
    with pytest.raises(SetupError, match='CREATE ROLE "grafana"'):
        restored(empty, made)


def test_it_is_one_moment_while_others_write(
    source: Settings, target: Settings, file: Path
) -> None:
    """Each transaction writes two rows, so that an odd number would be half of one."""
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(source.owner_url, autocommit=True) as owner:
            while not stop.is_set():
                with owner.transaction():
                    for _ in range(2):
                        owner.execute(WRITTEN)
                written.set()

    writer = threading.Thread(target=write)
    writer.start()
    written.wait()
    manifest = backed_up(source, file)
    stop.set()
    writer.join()
    restored(target, file)
    found = asked(target.owner_url, "SELECT count(*) FROM audit WHERE subject = 'prov'")[0][0]
    after = asked(source.owner_url, "SELECT count(*) FROM audit WHERE subject = 'prov'")[0][0]
    assert isinstance(found, int)
    assert isinstance(after, int)
    assert found % 2 == 0
    assert 0 < found < after
    assert manifest.contents.tables["audit"].rows >= found
