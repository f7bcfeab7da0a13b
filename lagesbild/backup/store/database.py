"""What a database holds, asked as its owner: rows, rights, extensions, who else is there."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import IsolationLevel, sql
from sqlalchemy import make_url

from lagesbild.backup.rules import Contents, Table
from lagesbild.base.errors import SetupError
from lagesbild.instance.store.database import LOCK

Connection = psycopg.Connection[tuple[object, ...]]

PATIENCE_SECONDS = 3.0  # connections that were just closed are still seen
WITHOUT_POLICIES = {"alembic_version"}
_OURS = """
SELECT c.relname, c.relrowsecurity FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
_GRANTS = """
SELECT c.relname, 'grant', coalesce(r.rolname, 'public'), a.part, x.privilege_type
FROM pg_class c CROSS JOIN LATERAL (
  SELECT '' AS part, c.relacl AS acl
  UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL
) a CROSS JOIN LATERAL aclexplode(a.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE c.relnamespace = 'public'::regnamespace AND x.grantee <> c.relowner
ORDER BY 1, 2, 3, 4, 5
"""
_POLICIES = """
SELECT c.relname, 'policy', r.rolname, p.polname, p.polcmd::text
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  LEFT JOIN LATERAL unnest(p.polroles) role ON true LEFT JOIN pg_roles r ON r.oid = role
ORDER BY 1, 2, 3, 4, 5
"""
# What our tables, indexes and functions stand on; others in the database are not our business.
_EXTENSIONS = """
SELECT DISTINCT e.extname, e.extversion FROM pg_extension e
JOIN pg_depend m ON m.refclassid = 'pg_extension'::regclass AND m.refobjid = e.oid
  AND m.deptype = 'e'
JOIN pg_depend d ON d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype = 'n'
WHERE d.classid IN ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass,
                    'pg_proc'::regclass, 'pg_policy'::regclass)
  AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = d.classid AND o.objid = d.objid
                  AND o.deptype = 'e')
ORDER BY 1
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@contextmanager
def connected(owner_url: str) -> Iterator[Connection]:
    """Open a connection of the owner, for as long as a dump or a restore takes."""
    plain = make_url(owner_url).set(drivername="postgresql")
    try:
        with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise SetupError(
            f"LAGESBILD_OWNER_URL får inte göra det här i databasen: {error.diag.message_primary}"
        ) from error


@contextmanager
def snapshot(owner_url: str) -> Iterator[tuple[Contents, str]]:
    """Yield what the database holds at one moment, and the moment's name for pg_dump."""
    with connected(owner_url) as connection:
        connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        connection.set_read_only(True)
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(sql.SQL("SET LOCAL {} = 0").format(sql.Identifier(setting)))
        found = contents(connection)
        yield found, str(_one(connection, "SELECT pg_export_snapshot()"))


@contextmanager
def alone(owner_url: str) -> Iterator[Connection]:
    """Yield a connection while nobody else is in the database or takes it for an installation.

    Raises `SetupError` when others are connected.
    """
    with connected(owner_url) as connection:
        connection.set_autocommit(True)
        latest = time.monotonic() + PATIENCE_SECONDS
        while _one(connection, _OTHERS):
            if time.monotonic() > latest:
                raise SetupError(
                    "Databasen används. Stoppa webben och schemat först (Ctrl-C där script/server"
                    " körs), och försök igen."
                )
            time.sleep(0.1)
        connection.execute(sql.SQL("SELECT pg_advisory_lock({})").format(sql.SQL(LOCK)))
        yield connection


def contents(connection: Connection) -> Contents:
    """Return what a database holds. Raises `SetupError` for one without our tables."""
    secured = {str(name): bool(on) for name, on in connection.execute(_OURS)}
    if "alembic_version" not in secured:
        raise SetupError("Databasen har inga tabeller än. Kör: lagesbild migrate")
    schema = _one(connection, "SELECT version_num FROM alembic_version")
    if schema is None:
        raise SetupError("Databasen har inga tabeller än. Kör: lagesbild migrate")
    rights = [tuple(map(str, row)) for row in connection.execute(_GRANTS)]
    policies = [tuple(map(str, row)) for row in connection.execute(_POLICIES)]
    counts = rows(connection)
    tables = {
        name: Table(counts[name], _locks(name, on=on, rules=[*rights, *policies]))
        for name, on in secured.items()
    }
    return Contents(
        str(schema),
        server(connection),
        {str(name): str(version) for name, version in connection.execute(_EXTENSIONS)},
        sorted({row[2] for row in (*rights, *policies)} - {"public", "None"}),
        tables,
        [name for name, on in secured.items() if not on and name not in WITHOUT_POLICIES],
    )


def rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each of our tables has."""
    connection.execute("SET row_security = off")  # an error rather than a count of what is seen
    query = sql.SQL("SELECT count(*) FROM public.{}")
    names = [str(name) for name, _ in connection.execute(_OURS)]
    return {name: _count(connection, query.format(sql.Identifier(name))) for name in names}


def server(connection: Connection) -> int:
    """Return the first number of the server's version, such as 15."""
    return connection.info.server_version // 10_000


def missing_roles(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return which of some roles the server does not have."""
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    return [name for name in names if name not in known]


def add_extensions(connection: Connection, names: Sequence[str]) -> None:
    """Add the extensions that are missing. Raises `SetupError` where that cannot be done."""
    for name in names:
        add = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
        try:
            connection.execute(add)
        except psycopg.Error as error:
            raise SetupError(
                f"Tillägget {name} går inte att lägga till i databasen:"
                f" {error.diag.message_primary}. Be den som sköter databasservern köra:"
                f' CREATE EXTENSION "{name}"'
            ) from error


def analyze(connection: Connection) -> None:
    """Let PostgreSQL count what it needs to plan queries; a restored table has no figures."""
    connection.execute("ANALYZE")


def _locks(name: str, *, on: bool, rules: Sequence[tuple[str, ...]]) -> str:
    """Return a fingerprint of who may do what with a table, and whether its policies count."""
    lines = [f"row security {on}", *("\t".join(rule[1:]) for rule in rules if rule[0] == name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _one(connection: Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _count(connection: Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None, "a count always answers"
    return int(str(row[0]))
