"""The private PostgreSQL of the embedded default: the first user starts it, the last stops it."""

import errno
import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from lagesbild.base import cluster
from lagesbild.base.cluster import Cluster
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings

URLS = {
    "database_url": "lagesbild_web",
    "owner_url": cluster.OWNER,
    "reader_url": "lagesbild_public",
}
LONGEST_SOCKETS = 92  # bytes: the path of the socket itself, 14 more, must stay under 107
SYSTEM_FOLDER = Path("/var/lib/lagesbild")
PROJECT = Path(__file__).parents[2]


@contextmanager
def available(settings: Settings) -> Iterator[Settings]:
    """Yield settings whose three URLs answer, and whose data folder is absolute and exists.

    URLs that are given are left alone. Otherwise they are those of the private cluster, which
    runs while anybody is inside: other processes too. Raises SetupError.
    """
    given = [name for name in URLS if getattr(settings, name)]
    with _sentences(settings.data_dir):
        folder = data_folder(settings)
        _make(folder)
    if given:
        _refuse_some_missing(given)
        yield settings.model_copy(update={"data_dir": folder})
        return
    with _sentences(folder):
        private = _cluster(folder)
        users = _enter(private, folder)
    entered = os.getpid()
    try:
        yield settings.model_copy(update={"data_dir": folder, **_urls(private)})
    finally:
        if os.getpid() == entered:  # a forked child that ends is not the one who came in
            _leave(private, folder, users)


def restart_if_upgraded(settings: Settings) -> bool:
    """Restart the private cluster when its package was upgraded, and start it when it is down.

    Takes the settings that `available` has yielded. Tells whether it did anything.
    """
    folder = settings.data_dir
    if _is_foreign(settings):
        return False
    with _sentences(folder), _locked(folder / "postgres.gate", fcntl.LOCK_EX):
        private = _cluster(folder)
        if private.answers() and not private.outdated():
            return False
        if private.postmaster():
            private.stop()
        private.start()
    return True


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Wait until no other process sets this data folder up, and keep others waiting."""
    with _locked(settings.data_dir / "setup.lock", fcntl.LOCK_EX):
        yield


def data_folder(settings: Settings) -> Path:
    """Return the data folder, absolute: as given, else `var` in the project.

    As root in a folder that the server's user cannot enter, /var/lib/lagesbild.
    """
    if "data_dir" in settings.model_fields_set:
        folder = settings.data_dir.resolve()
        if not settings.database_url and not _reachable(folder):
            raise SetupError(
                f"Databasen körs inte som root och kommer inte åt {folder}."
                " Välj en mapp som alla kan gå in i: LAGESBILD_DATA_DIR=/var/lib/lagesbild"
            )
        return folder
    # In a source tree the folder is the project's, from wherever the command is run.
    home = PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()
    folder = home / settings.data_dir
    return folder if _reachable(folder) else SYSTEM_FOLDER


def _reachable(folder: Path) -> bool:
    """Whether the server's user, who is not root, can enter the nearest folder that exists."""
    account = cluster.account_for(folder / "postgres")
    if account is None:
        return True
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    asked = subprocess.run(  # noqa: S603 – a fixed program; ACLs make it hard to tell otherwise
        ["/usr/bin/test", "-x", nearest],
        user=account.user,
        group=account.group,
        extra_groups=[],
        check=False,
        cwd="/",
    )
    return asked.returncode == 0


def _make(folder: Path) -> None:
    """Make the data folder. As root others may pass through, for the server's user must."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o700 if os.geteuid() else 0o711)


def _refuse_some_missing(given: list[str]) -> None:
    for name in URLS:
        if name not in given:
            raise SetupError(
                f"LAGESBILD_{name.upper()} saknas. Ange alla tre adresserna till databasen,"
                " eller ingen: då körs en egen databas i datamappen."
            )


def _cluster(folder: Path) -> Cluster:
    files = folder / "postgres"
    account = cluster.account_for(files)
    user = account.user if account else os.geteuid()
    found = Cluster(files, folder / "postgres.log", _sockets(folder, user), account)
    running = found.postmaster()
    # Another process may have started it with another temporary folder.
    return replace(found, sockets=running.sockets) if running else found


def _sockets(folder: Path, user: int) -> Path:
    """Return a folder whose name is short and plain enough for the address of a socket."""
    name = f"lagesbild-{user}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    for choice in (folder / "run", Path(tempfile.gettempdir()) / name):
        short = len(os.fsencode(choice)) <= LONGEST_SOCKETS
        if short and re.fullmatch(r"[A-Za-z0-9_./-]+", str(choice)):
            return choice
    return Path("/tmp") / name  # noqa: S108 – private_folder() sees that it is ours


def _urls(private: Cluster) -> dict[str, str]:
    host = quote(str(private.sockets), safe="")
    return {
        name: f"postgresql://{login}@/{cluster.DATABASE}?host={host}"
        for name, login in URLS.items()
    }


def _is_foreign(settings: Settings) -> bool:
    """Whether the settings point at somebody else's database."""
    if not (settings.data_dir / "postgres" / "PG_VERSION").exists():
        return True
    return settings.owner_url != _urls(_cluster(settings.data_dir))["owner_url"]


def _enter(private: Cluster, folder: Path) -> int:
    """Start the cluster if nobody has, and hold a shared lock; return its file descriptor."""
    with _locked(folder / "postgres.gate", fcntl.LOCK_EX):
        if not private.answers():
            private.make()
            if private.postmaster():
                private.stop()
            private.start()
        private.make_database()
        users = _opened(folder / "postgres.users")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users


def _leave(private: Cluster, folder: Path, users: int) -> None:
    """Let go of the cluster, and stop it when nobody else holds it."""
    with _locked(folder / "postgres.gate", fcntl.LOCK_EX):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            private.stop()
        finally:
            os.close(users)


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock on a file. The system lets go of it when a process dies, however it dies."""
    lock = _opened(path)
    try:
        fcntl.flock(lock, kind)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not os.geteuid():
        # What root makes in another's data folder must not lock its owner out.
        owner = path.parent.stat()
        os.chown(lock, owner.st_uid, owner.st_gid)
    return lock


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """Say in words why the data folder cannot be written in."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SetupError(cluster.FULL_DISK) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise SetupError(
                f"Det går inte att skriva i datamappen {folder}. Den kan tillhöra en annan"
                " användare. Välj en annan med LAGESBILD_DATA_DIR."
            ) from error
        raise
