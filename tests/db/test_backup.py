"""A backup of a real database: whole and private, or not there at all."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lagesbild import schema
from lagesbild.backup.store import archive
from lagesbild.base import debian
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings
from tests.db.conftest import backed_up

FOREIGN = "är inget som en egen säkerhetskopiering har lämnat"
PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from lagesbild.backup import service
from lagesbild.base import debian, supervisor
from lagesbild.base.settings import Settings
owner, file, programs = sys.argv[1:]
debian.PROGRAMS = Path(programs)
supervisor.interruptible()
print("ready", flush=True)
service.back_up(Settings(owner_url=owner), Path(file), now=datetime.now(UTC), say=print)
"""


def slow_dump(folder: Path, end: str) -> None:
    """Make a pg_dump that writes a little and then ends in some way."""
    program = folder / "99" / "bin" / "pg_dump"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nhead -c 3000000 /dev/zero\n{end}\n")
    program.chmod(0o755)


def test_only_its_owner_reads_the_file(filled: Settings, file: Path) -> None:
    backed_up(filled, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not archive.part_of(file).exists()


def test_the_file_opens_with_tar_and_pg_restore(made: Path, tmp_path: Path) -> None:
    subprocess.run(["/usr/bin/tar", "-xf", made, "-C", tmp_path], check=True)  # noqa: S603 – fixed
    described = json.loads((tmp_path / "manifest.json").read_text())
    assert described["product"] == "lagesbild"
    pg_restore = debian.client("pg_restore", at_least=described["dumped_by"])
    listed = subprocess.run(  # noqa: S603 – a fixed program
        [pg_restore, "--list", tmp_path / "lagesbild.dump"], check=True, capture_output=True
    )
    assert b"TABLE DATA public incidents" in listed.stdout


def test_a_file_that_is_there_is_left_alone(filled: Settings, file: Path) -> None:
    file.write_text("viktigt")
    with pytest.raises(SetupError, match="finns redan"):
        backed_up(filled, file)
    assert file.read_text() == "viktigt"


def test_two_backups_do_not_write_the_same_file(filled: Settings, file: Path) -> None:
    with archive.writing(file), pytest.raises(SetupError, match="En annan säkerhetskopiering"):
        backed_up(filled, file)


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_file_that_an_unfinished_name_leads_to_is_left_alone(
    filled: Settings, file: Path, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("viktigt")
    link(archive.part_of(file), victim)
    with pytest.raises(SetupError, match=FOREIGN):
        backed_up(filled, file)
    assert victim.read_text() == "viktigt"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_written_into(
    filled: Settings, file: Path, make: Callable[[Path], None]
) -> None:
    make(archive.part_of(file))
    with pytest.raises(SetupError, match=FOREIGN):
        backed_up(filled, file)


def test_an_unfinished_file_of_another_user_is_left_alone(
    filled: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = archive.part_of(file)
    part.write_text("en annans")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(SetupError, match=FOREIGN):
        backed_up(filled, file)
    assert part.read_text() == "en annans"


def test_a_link_that_leads_nowhere_is_not_followed(filled: Settings, file: Path) -> None:
    made = file.with_name("made")
    archive.part_of(file).symlink_to(made)
    with pytest.raises(SetupError, match=FOREIGN):
        backed_up(filled, file)
    assert not made.exists()


def test_what_a_killed_backup_has_left_is_made_anew(filled: Settings, file: Path) -> None:
    part = archive.part_of(file)
    part.write_text("x" * 9_000_000)
    part.chmod(0o644)
    with part.open() as old:
        backed_up(filled, file)
        assert old.read(1) == "x"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size < 9_000_000


def test_a_folder_that_is_missing_is_named(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="finns-inte"):
        backed_up(filled, tmp_path / "finns-inte" / "kopia")


def test_a_database_without_tables_is_no_backup(empty: Settings, file: Path) -> None:
    with pytest.raises(SetupError, match="Kör: lagesbild migrate"):
        backed_up(empty, file)
    assert not archive.part_of(file).exists()


@pytest.mark.parametrize(
    "end", ["kill -9 $$", "echo 'pg_dump: error: server closed the connection' >&2; exit 1"]
)
def test_a_dump_that_ends_badly_leaves_no_file(
    filled: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    slow_dump(tmp_path, end)
    monkeypatch.setattr(debian, "PROGRAMS", tmp_path)
    with pytest.raises(SetupError, match=r"pg_dump (avbröts|misslyckades: anslutningen)"):
        backed_up(filled, file)
    assert not file.exists()
    assert not archive.part_of(file).exists()


def test_a_full_disk_leaves_no_file(filled: Settings, file: Path) -> None:
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old[1]))
    try:
        with pytest.raises(SetupError, match="får inte plats"):
            backed_up(filled, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert not file.exists()
    assert not archive.part_of(file).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_backup_that_is_killed_has_no_name_and_is_no_hindrance(
    filled: Settings, file: Path, tmp_path: Path, number: int
) -> None:
    slow_dump(tmp_path, "exec sleep 60")
    with subprocess.Popen(  # noqa: S603 – ourselves
        [sys.executable, "-c", PROGRAM, filled.owner_url, file, tmp_path],
        env={**os.environ, "PYTHONPATH": str(schema.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        while not (part := archive.part_of(file)).exists() or part.stat().st_size < 100_000:
            time.sleep(0.02)
        program.send_signal(number)
    assert not file.exists()
    assert part.exists() is (number == signal.SIGKILL)
    backed_up(filled, file)
    assert file.exists()
