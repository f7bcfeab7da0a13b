"""The database: one metadata, one way to open a transaction, the only commit.

Every transaction runs as one of three roles (`base.roles`), and as `lagesbild_program` only
behind a gate: the policies of every table read it, and unset means no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from uuid import UUID

from psycopg import DatabaseError
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from uuid_utils import uuid7

from lagesbild.base.gate import Gate

__all__ = ["Base", "Session", "connect", "door", "looking_out", "new_id", "publications"]
__all__ += ["reading", "transaction", "turn", "turn_to_door"]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TRUSTED_SECONDS = 5  # how long a connection may rest without being asked whether it lives
# Measured: boxes are 2–6 times faster without parallel workers and jit.
OPTIONS = (
    "-c role={role} -c max_parallel_workers_per_gather=0 -c jit=off "
    "-c statement_timeout=30s -c client_connection_check_interval=2s -c timezone=UTC"
)


class Base(DeclarativeBase):
    """Base of every table. Constraint names are fixed, so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 – SQLAlchemy's form


make_session = sessionmaker(expire_on_commit=False)
make_reader_session = sessionmaker(expire_on_commit=False)
make_door_session = sessionmaker(expire_on_commit=False)
make_lookout_session = sessionmaker(expire_on_commit=False)
MAKERS = (make_session, make_reader_session, make_door_session, make_lookout_session)

_SET_GATE = text(
    "SELECT set_config('lagesbild.municipality', :municipality, true),"
    " set_config('lagesbild.group', :group, true),"
    " set_config('lagesbild.organisation', :organisation, true),"
    " set_config('lagesbild.audience', :audience, true),"
    " set_config('role', 'lagesbild_program', true),"
    " set_config('transaction_read_only', :read_only, true)"
)


def connect(url: str, reader_url: str) -> None:
    """Bind all later sessions to this database, and readers' ones to the narrow login."""
    make_session.configure(bind=_engine(url, "lagesbild_program"))
    make_reader_session.configure(bind=_engine(reader_url, "lagesbild_reader"))
    door_engine = _engine(url, "lagesbild_door")
    make_door_session.configure(bind=door_engine)
    make_lookout_session.configure(bind=door_engine.execution_options(isolation_level="AUTOCOMMIT"))


def forget_connections(*, close: bool = True) -> None:
    """Let go of every open connection; a forked child leaves its parent's open."""
    for maker in MAKERS:
        engine = maker.kw.get("bind")
        if isinstance(engine, Engine):
            engine.dispose(close=close)


def _engine(url: str, role: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=4,
        hide_parameters=True,  # what people write must not end in a log
        connect_args={"options": OPTIONS.format(role=role)},
    )
    event.listen(engine, "checkin", _note_idle)
    event.listen(engine, "checkout", _ping_when_idle)
    return engine


def _note_idle(_dbapi: object, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = monotonic()


def _ping_when_idle(
    dbapi: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Ask a connection that has rested whether it lives; a busy one need not be asked.

    `pool_pre_ping` asks every time, which costs a short request a fifth of its time.
    """
    if monotonic() - record.info.get("idle_since", monotonic()) < TRUSTED_SECONDS:
        return
    cursor = dbapi.cursor()
    try:
        cursor.execute("SELECT 1")
        dbapi.rollback()
    except DatabaseError as error:
        raise DisconnectionError from error
    finally:
        cursor.close()


def new_id() -> UUID:
    """Return a UUIDv7: unique, and in the order of making."""
    return UUID(bytes=uuid7().bytes)


def _open_gate(session: Session, gate: Gate, *, read_only: str) -> None:
    session.execute(
        _SET_GATE,
        {
            "municipality": str(gate.municipality_id),
            "group": str(gate.group_id or ""),
            "organisation": str(gate.organisation_id or ""),
            "audience": gate.audience,
            "read_only": read_only,
        },
    )


def turn(session: Session, gate: Gate) -> None:
    """Turn a transaction to another gate: one list may be about several municipalities."""
    _open_gate(session, gate, read_only="off")


def turn_to_door(session: Session) -> None:
    """Turn a transaction to the door's role, for what belongs together with rows behind a gate.

    `turn` leads back. The login is a member of both roles, so that no right is gained.
    """
    session.execute(text("SELECT set_config('role', 'lagesbild_door', true)"))


@contextmanager
def transaction(gate: Gate) -> Iterator[Session]:
    """Open a session behind a gate; commit when the block ends, roll back when it raises."""
    with make_session.begin() as session:
        _open_gate(session, gate, read_only="off")
        yield session


@contextmanager
def reading(gate: Gate) -> Iterator[Session]:
    """Open a session behind a gate that PostgreSQL refuses to write with."""
    with make_session() as session:
        _open_gate(session, gate, read_only="on")
        yield session


@contextmanager
def door() -> Iterator[Session]:
    """Open a session as the narrow role that knows who may come in, and nothing else."""
    with make_door_session.begin() as session:
        yield session


@contextmanager
def looking_out() -> Iterator[Session]:
    """Open a session of the door for one question: no transaction, one trip to the database."""
    with make_lookout_session() as session:
        yield session


@contextmanager
def publications(gate: Gate) -> Iterator[Session]:
    """Open a session of the reader login: frozen publications, outlines and names."""
    with make_reader_session() as session:
        session.execute(
            text(
                "SELECT set_config('lagesbild.municipality', :municipality, true),"
                " set_config('lagesbild.group', :group, true),"
                " set_config('role', 'lagesbild_reader', true),"
                " set_config('transaction_read_only', 'on', true)"
            ),
            {"municipality": str(gate.municipality_id), "group": str(gate.group_id or "")},
        )
        yield session
