"""PostgreSQL's own programs: what they write and read passes through us, never their messages.

A message may hold a row of a table: it is never repeated.
"""

import os
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import make_url

from lagesbild.backup.rules import LEFT_OUT
from lagesbild.base import debian
from lagesbild.base.errors import SetupError

Pieces = Generator[bytes, None, None]
CHUNK = 1 << 20
DATA_OF_OTHERS = "spatial_ref_sys"  # PostGIS's own: it brings its rows itself

# What a program's message may have in it, and how that is said.
USUAL = {
    "connection to server": "databasservern svarar inte, eller nekar inloggningen.",
    "server closed the connection": "anslutningen till databasen bröts.",
    "terminating connection": "anslutningen till databasen bröts.",
    "No space left on device": "disken är full, databasserverns eller den för tillfälliga filer.",
    "permission denied": "den som LAGESBILD_OWNER_URL loggar in som saknar en rättighet.",
    "must be owner": "den som LAGESBILD_OWNER_URL loggar in som saknar en rättighet.",
    "already exists": "något av det som ska läggas tillbaka finns redan i databasen.",
}


@dataclass(frozen=True)
class Tool:
    """One of the programs, and the version that it is of."""

    program: Path
    version: int


def pg_dump(server: int) -> Tool:
    """Return the program that reads a server of this version."""
    return _tool("pg_dump", server)


def pg_restore(at_least: int) -> Tool:
    """Return the program that reads what a pg_dump of this version has written."""
    return _tool("pg_restore", at_least)


def dump(tool: Tool, owner_url: str, moment: str, extensions: Iterable[str]) -> Pieces:
    """Yield a dump of our schema at a moment, in PostgreSQL's custom format, piece by piece."""
    left_out = [f"--exclude-table-data=public.{name}" for name in (*LEFT_OUT, DATA_OF_OTHERS)]
    own = [f"--extension={name}" for name in extensions]
    arguments = ["--format=custom", "--schema=public", f"--snapshot={moment}", *left_out, *own]
    with _running(tool, [*arguments, *_where(owner_url)], owner_url) as process:
        assert process.stdout is not None, "a pipe, as asked for"
        while chunk := process.stdout.read(CHUNK):
            yield chunk


def read_through(tool: Tool, chunks: Iterable[bytes]) -> None:
    """Let pg_restore read and unpack a whole dump without doing anything."""
    with _running(tool, ["--file=/dev/null"]) as process:
        _feed(process, chunks)


def listing(tool: Tool, chunks: Iterable[bytes]) -> str:
    """Return pg_restore's list of what a dump holds."""
    with tempfile.TemporaryFile() as said:
        with _running(tool, ["--list"], output=said) as process:
            _feed(process, chunks)
        said.seek(0)
        return said.read().decode()


def restore(tool: Tool, owner_url: str, entries: str, chunks: Iterable[bytes]) -> None:
    """Put the listed entries of a dump into a database, all or nothing."""
    with tempfile.NamedTemporaryFile("w") as chosen:
        chosen.write(entries)
        chosen.flush()
        how = ["--single-transaction", "--no-owner", f"--use-list={chosen.name}"]
        with _running(tool, [*how, *_where(owner_url)], owner_url) as process:
            _feed(process, chunks)


def _tool(name: str, at_least: int) -> Tool:
    program = debian.client(name, at_least=at_least)
    return Tool(program, int(program.parts[-3]))


def _where(owner_url: str) -> list[str]:
    """Return the database as an argument, without the password: all can see arguments."""
    known = conninfo_to_dict(_plain(owner_url))
    parts = {name: str(value) for name, value in known.items() if name != "password"}
    return ["--no-password", f"--dbname={make_conninfo(**parts)}"]


def _environment(owner_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PG", "HOME"))}
    password = conninfo_to_dict(_plain(owner_url)).get("password") if owner_url else None
    secret = {"PGPASSWORD": str(password)} if password else {}
    return {**kept, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **secret}


def _plain(owner_url: str) -> str:
    return make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _running(
    tool: Tool, arguments: Sequence[str], owner_url: str = "", *, output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program beside us; it is stopped with us, and its failure becomes a sentence."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 – a program of the installed package
            [tool.program, *arguments],
            stdin=subprocess.PIPE,
            stdout=output or subprocess.PIPE,
            stderr=said,
            env=_environment(owner_url),
            cwd="/",
        )
        try:
            yield process
            if process.stdin and not process.stdin.closed:
                process.stdin.close()
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if status:
            said.seek(0)
            raise SetupError(_sentence(tool, status, said.read().decode(errors="replace")))


def _feed(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> None:
    """Give a program its input; one that has ended says why by itself."""
    assert process.stdin is not None, "a pipe, as asked for"
    try:
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
    except BrokenPipeError:
        return


def _sentence(tool: Tool, status: int, said: str) -> str:
    """Return what went wrong, in words of our own."""
    name = tool.program.name
    if status < 0:
        return f"{name} avbröts (signal {-status}). Inget är gjort: försök igen."
    what = next((told for sign, told in USUAL.items() if sign in said), None)
    return f"{name} misslyckades: {what or f'status {status}. Felet står i databasserverns logg.'}"
