"""One PostgreSQL cluster in a folder: made, started, stopped, asked how it is."""

import errno
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lagesbild.base import debian
from lagesbild.base.errors import SetupError

DATABASE = "lagesbild"
OWNER = "lagesbild"
FULL_DISK = "Disken är full, så databasen kan inte skriva. Frigör utrymme och starta igen."
DYING_SECONDS = 2.0
# On a small machine the defaults of PostgreSQL are right but for these.
CONFIGURATION = """
shared_buffers = 128MB
max_connections = 50
max_wal_size = 256MB
random_page_cost = 1.1
timezone = 'UTC'
lc_messages = 'C'
log_checkpoints = off
log_line_prefix = '%m [%p] %u '
# What people write must not end up in a log: no statements, no "failing row contains".
log_min_error_statement = panic
log_error_verbosity = terse
"""


@dataclass(frozen=True)
class Account:
    """The unprivileged user that the server runs as, since PostgreSQL refuses to be root."""

    user: int
    group: int


@dataclass(frozen=True)
class Postmaster:
    """What a running server has written about itself in `postmaster.pid`."""

    process: int
    started: int
    sockets: Path


@dataclass(frozen=True)
class Cluster:
    """A cluster's files, where it listens, and who runs it; no account means ourselves."""

    files: Path
    log: Path
    sockets: Path
    account: Account | None

    def make(self) -> None:
        """Make the cluster where there is none; what a broken attempt left is thrown away.

        It is made beside its place and moved there when it is complete.
        """
        if (self.files / "PG_VERSION").exists():
            return
        if self.files.is_dir() and any(self.files.iterdir()):
            raise SetupError(f"{self.files} är ingen databas. Flytta undan mappen och starta igen.")
        unfinished = self.files.with_name(self.files.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        private_folder(unfinished, self.account)
        programs = debian.newest_programs()
        locale = ("--locale-provider=icu", "--icu-locale=sv-SE", "--locale=C.UTF-8", "-E", "UTF8")
        trust = ("--auth-local=trust", "--auth-host=reject")
        self._run(programs / "initdb", "-D", unfinished, "-U", OWNER, *trust, *locale, "-k")
        # Nothing but the socket, and the folder of the socket is closed to others.
        (unfinished / "pg_hba.conf").write_text("local all all trust\n")
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        unfinished.rename(self.files)

    def start(self) -> None:
        """Start the server and wait until it answers; make the database where it is missing."""
        self.log.touch(mode=0o600)
        if self.account:
            os.chown(self.log, self.account.user, self.account.group)
        private_folder(self.sockets, self.account)
        self._forget_strangers()
        # By option and not in postgresql.conf: the data folder may have been moved since.
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.sockets}"
            " -c unix_socket_permissions=0700"
        )
        wait = ("-w", "-t", "300")  # after a crash there may be much to recover
        self._run(self._program("pg_ctl"), "start", *self._d, "-l", self.log, *wait, "-o", options)

    def make_database(self) -> None:
        """Make the database in a running cluster, unless it is there."""
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        address = f"postgresql://{OWNER}@/postgres"
        with psycopg.connect(address, host=str(self.sockets), autocommit=True) as connection:
            if connection.execute(known, [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def stop(self) -> None:
        """Stop the server and wait: sessions are cut off, nothing committed is lost."""
        pg_ctl = self._program("pg_ctl")
        try:
            self._run(pg_ctl, "stop", *self._d, "-m", "fast", "-w", "-t", "60")
        except SetupError:
            if self.postmaster():
                self._run(pg_ctl, "stop", *self._d, "-m", "immediate", "-w", "-t", "60")

    def postmaster(self) -> Postmaster | None:
        """Return the running server, or None."""
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
            found = Postmaster(int(lines[0]), int(lines[2]), Path(lines[4]))
            command = _command_line(found.process).split(b"\0")
            ours = self.files.samefile(os.fsdecode(command[command.index(b"-D") + 1]))
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return found if ours else None

    def answers(self) -> bool:
        """Whether the server runs and its socket is where it is looked for."""
        return self.postmaster() is not None and (self.sockets / ".s.PGSQL.5432").exists()

    def outdated(self) -> bool:
        """Whether the server's package was changed under it; new sessions may then fail."""
        running = self.postmaster()
        if running is None:
            return True
        program = self._program("postgres")
        # The time of change, since packages keep the time of building as that of modification.
        if running.started < int(program.stat().st_ctime) <= time.time():
            return True
        installed = self._run(program, "--version").strip().removeprefix("postgres (PostgreSQL) ")
        try:
            address = f"postgresql://{OWNER}@/{DATABASE}"
            with psycopg.connect(address, host=str(self.sockets)) as connection:
                row = connection.execute("SHOW server_version").fetchone()
        except psycopg.Error:
            return True
        return row != (installed,)

    @property
    def _d(self) -> tuple[str, Path]:
        return ("-D", self.files)

    def _forget_strangers(self) -> None:
        """Remove what a killed server left and another program's process number gives life to.

        `postmaster.pid` stays when the number is free: PostgreSQL sees from it whether sessions
        have outlived their server.
        """
        if self.postmaster():
            return
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        file = self.files / "postmaster.pid"
        process = file.read_text().partition("\n")[0] if file.exists() else ""
        latest = time.monotonic() + DYING_SECONDS
        while process.isdigit() and Path(f"/proc/{process}").exists():
            if _command_line(int(process)) or time.monotonic() > latest:
                file.unlink()
                return
            time.sleep(0.05)  # without a command line it is dying

    def _program(self, name: str) -> Path:
        """Return a program of the version that made the files."""
        version = int((self.files / "PG_VERSION").read_text())
        return debian.programs(version, self.files) / name

    def _run(self, program: Path, *arguments: str | Path) -> str:
        """Run one of PostgreSQL's programs as the cluster's account; return what it prints."""
        account = self.account
        done = subprocess.run(  # noqa: S603 – a program of the installed package, fixed arguments
            [program, *arguments],
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,  # Ctrl-C is for us to handle
            check=False,
            text=True,
        )
        if done.returncode:
            raise SetupError(self._reason(program.name, done.stderr))
        return done.stdout

    def _reason(self, program: str, said: str) -> str:
        logged = self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""
        full = shutil.disk_usage(self.files.parent).free < 1 << 20
        if full or os.strerror(errno.ENOSPC) in said + logged.rpartition("starting PostgreSQL")[2]:
            return FULL_DISK
        last = (said.strip() or logged.strip()).splitlines()[-1:]
        return f"PostgreSQL svarar inte ({program}): {''.join(last)} Mer står i {self.log}."


def _command_line(process: int) -> bytes:
    """Return a process's arguments, each ended by a zero; nothing when it is gone or dying."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def account_for(files: Path) -> Account | None:
    """Return who runs the server: ourselves, or as root the files' owner or a lesser user."""
    if os.geteuid():
        if files.exists() and files.stat().st_uid != os.geteuid():
            owner = pwd.getpwuid(files.stat().st_uid).pw_name
            raise SetupError(f"Databasen i {files} tillhör {owner}. Kör kommandot som den.")
        return None
    if files.exists() and (status := files.stat()).st_uid:
        return Account(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    raise SetupError(
        "Som root behöver databasen användaren postgres eller nobody, men ingen finns."
    )


def private_folder(folder: Path, account: Account | None) -> None:
    """Make a folder that only its owner may enter, or see that it is one."""
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.user, account.group)
    except FileExistsError:
        pass
    status = folder.lstat()
    owner = account.user if account else os.geteuid()
    if not folder.is_dir() or folder.is_symlink() or status.st_uid != owner:
        raise SetupError(f"Mappen {folder} tillhör någon annan. Ta bort den och starta igen.")
    folder.chmod(0o700)
