"""The row that says which installation the database belongs to. Only the owner writes it.

No row: the database is restored. A row without a name: it is new, and waits for its first start.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, create_engine, make_url, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.instance.rules import Claim

LOCK = "hashtext('lagesbild.installation')"  # held while a restore is under way
_HERE = (
    "SELECT c.system_identifier || '/' || d.oid FROM pg_control_system() c, pg_database d"
    " WHERE d.datname = current_database()"
)
_FOUND = text(
    f"SELECT i.name, i.place, ({_HERE}), i.one IS NULL"  # noqa: S608 – a constant
    " FROM (SELECT) AS always LEFT JOIN installation i ON true"
)
_CLAIM = text(
    f"UPDATE installation SET name = :name, place = ({_HERE}), claimed_at = now()"  # noqa: S608 – a constant
)


class InstallationRow(Base):
    """The one row."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("one", name="one"),
        CheckConstraint("(name IS NULL) = (place IS NULL)", name="place"),
    )

    one: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    name: Mapped[str | None]
    place: Mapped[str | None]
    claimed_at: Mapped[datetime | None]


def claim(session: Session) -> Claim:
    """Return what the database says about its installation."""
    name, place, here, restored = session.execute(_FOUND).one()
    return Claim(name, place, here, restored)


def put_first(owner_url: str, name: Callable[[], str]) -> None:
    """Give a new database to an installation, unless another was faster. Waits for a restore."""
    with _owner(owner_url) as connection:
        new = "SELECT FROM installation WHERE name IS NULL"
        if connection.execute(text(new)).first() is not None:
            connection.execute(_CLAIM, {"name": name()})


def put(owner_url: str, name: Callable[[], str]) -> None:
    """Give the database to an installation, whoever has it. Waits for a restore."""
    with _owner(owner_url) as connection:
        connection.execute(upsert(InstallationRow).values(one=True).on_conflict_do_nothing())
        connection.execute(_CLAIM, {"name": name()})


@contextmanager
def _owner(owner_url: str) -> Iterator[Connection]:
    """Open a transaction of the owner, one at a time."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        yield connection
    engine.dispose()
