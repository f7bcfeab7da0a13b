"""What is missing or wrong in this installation, as far as it can be seen from outside."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from lagesbild.base import basemap, mail, roles, secret, sender_domain
from lagesbild.base.errors import SetupError
from lagesbild.base.finding import Finding
from lagesbild.base.settings import Settings

__all__ = ["Finding", "findings", "mail_findings", "refuse_silent_database"]

WAIT_SECONDS = 5
LOGINS = {"database_url": "programmet", "owner_url": "ägaren", "reader_url": "läsarna"}


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at the database, the key, the mail, the sender's domain and the ground of the maps."""
    yield from _database(settings)
    key = settings.secret_key.get_secret_value()
    problem = secret.weakness(key) if settings.in_production else ""
    yield Finding(not problem, problem or "Nyckeln för inloggningar finns.")
    yield from mail_findings(settings)
    yield from sender_domain.findings(settings)
    yield from basemap.findings(settings.pmtiles)


def refuse_silent_database(url: str) -> None:
    """Raise `SetupError` when a database elsewhere does not answer."""
    try:
        _connected(url).close()
    except psycopg.Error as error:
        raise SetupError(f"Databasen svarar inte: {_reason(error)}") from error


def _reason(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]


def _database(settings: Settings) -> Iterator[Finding]:
    for name, who in LOGINS.items():
        try:
            _connected(getattr(settings, name)).close()
        except psycopg.Error as error:
            yield Finding(good=False, text=f"Databasen svarar inte för {who}: {_reason(error)}")
        else:
            yield Finding(good=True, text=f"Databasen svarar för {who}.")
    try:
        with _connected(settings.owner_url) as connection:
            yield _postgis(connection)
            yield _names(connection)
            yield _roles(connection, settings)
    except psycopg.Error:
        return


def _connected(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, connect_timeout=WAIT_SECONDS)


def _postgis(connection: "psycopg.Connection[tuple[object, ...]]") -> Finding:
    query = (
        "SELECT current_setting('server_version'), extversion FROM pg_extension"
        " WHERE extname = 'postgis'"
    )
    row = connection.execute(query).fetchone()
    if row is None:
        return Finding(good=False, text="PostGIS saknas i databasen. Kör: lagesbild migrate")
    return Finding(good=True, text=f"PostgreSQL {row[0]} med PostGIS {row[1]}.")


def _names(connection: "psycopg.Connection[tuple[object, ...]]") -> Finding:
    query = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if connection.execute(query).fetchone() is None:
        return Finding(
            good=False,
            text="Tillägget pg_trgm, som söker bland namn, saknas i databasen. Kör lagesbild"
            " migrate, eller som superuser: CREATE EXTENSION pg_trgm;",
        )
    return Finding(good=True, text="Databasen kan söka bland platsernas namn.")


def _roles(connection: "psycopg.Connection[tuple[object, ...]]", settings: Settings) -> Finding:
    program = make_url(settings.database_url).username or ""
    reader = make_url(settings.reader_url).username or ""
    wanted = [*roles.GROUPS, program, reader]
    query = "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
    row = connection.execute(query, [wanted]).fetchone()
    if row == (len(set(wanted)),):
        return Finding(good=True, text="Databasens roller finns.")
    statements = ";\n  ".join(roles.statements(program, reader))
    text = f"Databasens roller saknas. Kör lagesbild migrate, eller som superuser:\n  {statements};"
    return Finding(good=False, text=text)


def mail_findings(settings: Settings) -> Iterator[Finding]:
    """Speak with each way that mail can leave by, as far as to who is calling."""
    try:
        ways = mail.ways(settings)
    except SetupError as error:
        yield Finding(good=False, text=str(error))
        return
    for way in ways:
        yield _mail_folder(way.folder) if isinstance(way, mail.FileMailer) else _mail_server(way)


def _mail_server(way: mail.SmtpMailer) -> Finding:
    server = f"Mejlservern {way.host}:{way.port}"
    try:
        replace(way, timeout_seconds=WAIT_SECONDS).reach()
    except mail.UnreachableError as error:
        return Finding(good=False, text=f"{server} svarar inte som den ska: {error}")
    signed_in = " och släpper in oss" if way.username else ""
    return Finding(good=True, text=f"{server} svarar{signed_in}.")


def _mail_folder(folder: Path) -> Finding:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(good=False, text=f"Mejl ska sparas i {folder}, som inte går att skriva i.")
    return Finding(good=True, text=f"Mejl skickas inte, utan sparas i {folder}.")
