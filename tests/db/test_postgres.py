"""The private cluster, for real: each test starts PostgreSQL in a folder of its own."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lagesbild.base import debian, postgres
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings

HOLD = """
import sys
from lagesbild.base.postgres import available
from lagesbild.base.settings import Settings
with available(Settings(data_dir=sys.argv[1])):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not `tmp_path`: as root its parents are closed to the server's user."""
    made = Path(tempfile.mkdtemp(prefix="lagesbild-test-")).resolve()
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Make a cluster once, for the tests that only need one to be there."""
    parent = Path(tempfile.mkdtemp(prefix="lagesbild-test-")).resolve()
    parent.chmod(0o711)
    with postgres.available(Settings(data_dir=parent / "var")):
        pass
    yield parent / "var"
    shutil.rmtree(parent)


def one(settings: Settings, query: str) -> object:
    with psycopg.connect(settings.owner_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_an_empty_folder_becomes_a_database_that_sorts_in_swedish(folder: Path) -> None:
    with postgres.available(Settings(data_dir=folder / "var")) as settings:
        query = "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{ö,z,ä,a,å}'::text[]) x"
        assert one(settings, query) == "azåäö"


def test_a_half_finished_cluster_is_thrown_away(folder: Path) -> None:
    left = folder / "postgres.unfinished"
    left.mkdir()
    (left / "PG_VERSION").write_text("15\n")
    with postgres.available(Settings(data_dir=folder)) as settings:
        assert one(settings, "SELECT 1") == 1
    assert not left.exists()


def test_the_server_is_not_on_the_network(made: Path) -> None:
    with postgres.available(Settings(data_dir=made)) as settings:
        assert one(settings, "SHOW listen_addresses") == ""


def test_only_its_owner_enters_the_folder_of_the_socket(made: Path) -> None:
    with postgres.available(Settings(data_dir=made)) as settings:
        sockets = Path(str(one(settings, "SHOW unix_socket_directories")))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700


def test_the_last_one_out_stops_the_server(made: Path) -> None:
    with postgres.available(Settings(data_dir=made)) as settings:
        pass
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(settings.owner_url)


def test_the_server_runs_on_for_another_process(made: Path) -> None:
    with subprocess.Popen(  # noqa: S603 – ourselves
        [sys.executable, "-c", HOLD, made],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(postgres.PROJECT)},
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"inside\n"
        with postgres.available(Settings(data_dir=made)) as settings:
            pass
        assert one(settings, "SELECT 1") == 1
        other.kill()


def test_a_server_that_was_killed_is_started_again(made: Path) -> None:
    with postgres.available(Settings(data_dir=made)) as settings:
        process = int((made / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(process, 9)
        assert postgres.restart_if_upgraded(settings)
        assert one(settings, "SELECT 1") == 1


def test_a_server_of_the_installed_version_is_left_running(made: Path) -> None:
    with postgres.available(Settings(data_dir=made)) as settings:
        assert not postgres.restart_if_upgraded(settings)


def test_a_process_number_that_was_given_to_another_program_is_no_server(made: Path) -> None:
    stale = f"{os.getpid()}\n{made}/postgres\n1\n5432\n{made}/run\n\n\nready\n"
    (made / "postgres" / "postmaster.pid").write_text(stale)
    with postgres.available(Settings(data_dir=made)) as settings:
        assert one(settings, "SELECT 1") == 1


def test_a_database_of_a_newer_version_is_refused_with_a_sentence(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("99\n")
    with (
        pytest.raises(SetupError, match="kommer från PostgreSQL 99"),
        postgres.available(Settings(data_dir=folder)),
    ):
        pass


def test_a_folder_with_something_else_in_it_is_left_alone(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "brev.txt").write_text("viktigt")
    with (
        pytest.raises(SetupError, match="är ingen databas"),
        postgres.available(Settings(data_dir=folder)),
    ):
        pass


@pytest.mark.parametrize("name", ["d" * 120, "mapp med å, komma"])
def test_a_deep_or_odd_folder_still_gets_a_short_plain_socket(folder: Path, name: str) -> None:
    with postgres.available(Settings(data_dir=folder / name)) as settings:
        socket = f"{one(settings, 'SHOW unix_socket_directories')}/.s.PGSQL.5432"
        assert len(os.fsencode(socket)) < 107


def test_addresses_that_are_given_are_left_alone(folder: Path) -> None:
    urls = ("postgresql://a@b/c", "postgresql://d@b/c", "postgresql://e@b/c")
    given = Settings(data_dir=folder, database_url=urls[0], owner_url=urls[1], reader_url=urls[2])
    with postgres.available(given) as settings:
        assert (settings.database_url, settings.owner_url, settings.reader_url) == urls


def test_a_missing_address_among_given_ones_is_named(folder: Path) -> None:
    url = "postgresql://a@b/c"
    with (
        pytest.raises(SetupError, match="LAGESBILD_OWNER_URL saknas"),
        postgres.available(Settings(data_dir=folder, database_url=url, reader_url=url)),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_folder_that_the_servers_user_cannot_enter_is_refused(folder: Path) -> None:
    folder.chmod(0o700)
    with (
        pytest.raises(SetupError, match="kommer inte åt"),
        postgres.available(Settings(data_dir=folder / "var")),
    ):
        pass


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(debian, "EXTENSIONS", folder)
    with pytest.raises(SetupError, match=r"apt-get install .*postgis"):
        debian.newest_programs()
