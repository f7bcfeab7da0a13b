"""The database's roles. Made outside the migrations, idempotent; a DBA may make them beforehand.

Three group roles carry all rights; a login is a member of them and has none of its own:
`lagesbild_program` (behind the gate), `lagesbild_door` (who may come in), and
`lagesbild_reader` (publications, outlines and names).
"""

from sqlalchemy import Connection, create_engine, make_url, text

GROUPS = ("lagesbild_program", "lagesbild_door", "lagesbild_reader")
EXTENSIONS = ("postgis", "pg_trgm")  # the map, and names that are like each other


def statements(program: str, reader: str) -> list[str]:
    """Return the SQL that makes the roles and gives them to two logins; for a DBA to read."""
    made = [
        f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        for role in GROUPS
    ]
    made += [
        f'DO $$ BEGIN CREATE ROLE "{login}" LOGIN NOINHERIT;'
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        for login in (program, reader)
    ]
    made += [
        f'GRANT lagesbild_program, lagesbild_door TO "{program}"',
        f'GRANT lagesbild_reader TO "{reader}"',
    ]
    return made


def ensure(owner_url: str, *, program_url: str, reader_url: str) -> None:
    """Make the roles and the extensions where they are missing."""
    program, reader = make_url(program_url).username, make_url(reader_url).username
    assert program, "the program's URL names its login"
    assert reader, "the reader's URL names its login"
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        if not _complete(connection, program, reader):
            for statement in statements(program, reader):
                connection.execute(text(statement))
        for extension in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    engine.dispose()


def _complete(connection: Connection, program: str, reader: str) -> bool:
    """Whether a DBA has made everything already; then no right to make roles is needed."""
    return bool(
        connection.execute(
            text(
                "SELECT count(*) = 3 FROM pg_auth_members m"
                " JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member"
                " WHERE (l.rolname = :program AND r.rolname IN"
                " ('lagesbild_program', 'lagesbild_door'))"
                " OR (l.rolname = :reader AND r.rolname = 'lagesbild_reader')"
            ),
            {"program": program, "reader": reader},
        ).scalar_one()
    )
