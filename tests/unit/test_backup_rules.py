"""What a backup says about itself, and what it is compared with."""

from dataclasses import replace
from pathlib import Path

import pytest

from lagesbild.backup import rules
from lagesbild.backup.rules import Contents, Manifest, Table
from lagesbild.backup.store import tools
from lagesbild.base import debian
from lagesbild.base.errors import SetupError

CONTENTS = Contents("0007", 15, {"postgis": "3.3.2"}, ["grafana"], {"audit": Table(3, "abc")}, [])
MANIFEST = Manifest("2026-11-19T14:00:00+00:00", "0.1.0", 15, 12, "ff", CONTENTS)
LISTING = """;
; Archive created at 2026-11-22
5; 2615 2200 SCHEMA - public pg_database_owner
4620; 0 0 COMMENT - SCHEMA public pg_database_owner
2; 3079 16390 EXTENSION - postgis 
226; 1259 17491 TABLE public audit lagesbild
4621; 0 0 ACL public TABLE audit lagesbild
4622; 0 0 ACL - SCHEMA public pg_database_owner
2071; 826 16399 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES lagesbild
4601; 3256 18017 POLICY public audit program lagesbild
"""  # noqa: W291 – as pg_restore writes it


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert rules.read(rules.written(MANIFEST).encode()) == MANIFEST


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format": 1}'])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^|."):
        rules.read(content)


def test_a_file_of_a_later_form_is_said_to_be_newer() -> None:
    later = rules.written(MANIFEST).replace('"format": 1', '"format": 2')
    with pytest.raises(SetupError, match="nyare version av lagesbild"):
        rules.read(later.encode())


@pytest.mark.parametrize("schema", ["0006", "0007"])
def test_an_older_or_equal_schema_may_be_put_back(schema: str) -> None:
    older = replace(MANIFEST, contents=replace(CONTENTS, schema=schema))
    rules.refuse_unfit(older, head="0007", postgresql=15)


def test_a_newer_schema_is_refused() -> None:
    newer = replace(MANIFEST, contents=replace(CONTENTS, schema="0008"))
    with pytest.raises(SetupError, match="steg 0008; det här programmet kan till 0007"):
        rules.refuse_unfit(newer, head="0007", postgresql=15)


def test_a_backup_of_a_newer_server_is_refused() -> None:
    rules.refuse_unfit(MANIFEST, head="0007", postgresql=16)
    with pytest.raises(SetupError, match="PostgreSQL 15, men servern här är 14"):
        rules.refuse_unfit(MANIFEST, head="0007", postgresql=14)


def test_a_database_that_nobody_has_used_is_empty() -> None:
    rules.refuse_filled({"alembic_version": 1, "categories": 59, "installation": 1, "audit": 0})


@pytest.mark.parametrize("table", ["municipalities", "persons", "gazetteer_of_somebody"])
def test_one_row_anywhere_else_makes_it_filled(table: str) -> None:
    with pytest.raises(SetupError, match=f"inte tom: tabellen {table}"):
        rules.refuse_filled({"audit": 0, table: 1})


def test_equal_contents_do_not_differ() -> None:
    assert rules.differences(CONTENTS, CONTENTS) == []


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"audit": Table(2, "abc")}, "audit har 2 rader och skulle ha 3."),
        ({"audit": Table(3, "other")}, "Rättigheterna till audit är inte som de var."),
        ({}, "Tabellen audit saknas."),
        ({**CONTENTS.tables, "x": Table(0, "")}, "Tabellen x är för mycket."),
    ],
)
def test_each_difference_is_a_sentence(tables: dict[str, Table], said: str) -> None:
    assert rules.differences(CONTENTS, replace(CONTENTS, tables=tables)) == [said]


def test_rows_that_stay_behind_are_no_difference() -> None:
    before = replace(CONTENTS, tables={"sessions": Table(4, "abc")})
    after = replace(CONTENTS, tables={"sessions": Table(0, "abc")})
    assert rules.differences(before, after) == []


def test_only_what_is_the_programs_own_is_put_back() -> None:
    kinds = [line.split()[3:6] for line in rules.kept(LISTING).splitlines()]
    assert kinds == [
        ["TABLE", "public", "audit"],
        ["ACL", "public", "TABLE"],
        ["POLICY", "public", "audit"],
    ]


@pytest.mark.parametrize(
    ("size", "text"),
    [(10, "1 kB"), (999_499, "999 kB"), (1_000_000, "1,0 MB"), (2**40, "1099,5 GB")],
)
def test_a_size_is_said_in_words(size: int, text: str) -> None:
    assert rules.size_text(size) == text


def test_the_password_is_no_argument_of_a_program() -> None:
    url = "postgresql://owner:hemligt@db.example/lagesbild?sslmode=require"
    assert not [argument for argument in tools._where(url) if "hemligt" in argument]
    assert tools._environment(url)["PGPASSWORD"] == "hemligt"
    assert "sslmode=require" in " ".join(tools._where(url))


@pytest.mark.parametrize(
    "said",
    [
        'ERROR:  invalid input syntax for type integer: "811228-9874"',
        "ERROR:  invalid byte sequence: 811228-9874",
        "811228-9874: No space left on device",
        "",
    ],
)
def test_what_a_program_says_is_never_repeated(said: str) -> None:
    tool = tools.Tool(Path("/usr/lib/postgresql/15/bin/pg_restore"), 15)
    sentence = tools._sentence(tool, 1, f"pg_restore: error: {said}\nCONTEXT: COPY persons")
    assert sentence.startswith("pg_restore misslyckades")
    for word in ("811228", "invalid", "persons"):
        assert word not in sentence


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("connection to server at 127.0.0.1, port 9 failed: Connection refused", "svarar inte"),
        ("could not extend file base/1/2: No space left on device", "är full"),
        ("ERROR:  permission denied for schema public", "saknar en rättighet"),
        ("server closed the connection unexpectedly", "anslutningen till databasen bröts"),
        ("something that nobody has thought of", "databasserverns logg"),
    ],
)
def test_a_usual_failure_is_said_in_words(said: str, told: str) -> None:
    tool = tools.Tool(Path("/usr/lib/postgresql/15/bin/pg_restore"), 15)
    assert told in tools._sentence(tool, 1, f"pg_restore: error: {said}\n")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with the tools of PostgreSQL 14 and 17."""
    for version in ("14", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "pg_dump").touch()
    monkeypatch.setattr(debian, "PROGRAMS", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("server", "tool"), [(14, "14"), (15, "17"), (17, "17")])
def test_the_lowest_tool_that_is_not_too_old_is_taken(
    installed: Path, server: int, tool: str
) -> None:
    found = debian.client("pg_dump", at_least=server)
    assert found == installed / tool / "bin" / "pg_dump"


@pytest.mark.usefixtures("installed")
def test_a_tool_that_is_too_old_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(SetupError, match=r"här finns bara 17.*apt-get .* postgresql-client-18$"):
        debian.client("pg_dump", at_least=18)


@pytest.mark.usefixtures("installed")
def test_a_missing_tool_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(SetupError, match=r"det saknas här.*apt-get .* postgresql-client-15$"):
        debian.client("pg_restore", at_least=15)
