"""When the police's service was asked, for the whole installation: the service counts our calls."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.police.rules.calls import Call

_LOCK = 5_204  # one at a time decides whether to call


class PoliceCallRow(Base):
    """The last call to one address. Read and written by the door: it is about no municipality."""

    __tablename__ = "police_calls"

    address: Mapped[str] = mapped_column(primary_key=True)
    called_at: Mapped[datetime]
    not_before: Mapped[datetime]
    refusals: Mapped[int] = mapped_column(server_default="0")
    stopped_at: Mapped[datetime | None]
    etag: Mapped[str] = mapped_column(server_default="")
    last_modified: Mapped[str] = mapped_column(server_default="")
    said: Mapped[str] = mapped_column(server_default="")


_COLUMNS = (
    "address", "called_at", "not_before", "refusals",
    "stopped_at", "etag", "last_modified", "said",
)  # fmt: skip


def locked(session: Session) -> list[Call]:
    """Return every call, and let no other process decide on one until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    query = select(*(getattr(PoliceCallRow, name) for name in _COLUMNS))
    return [Call(*row) for row in session.execute(query.order_by(PoliceCallRow.address))]


def put(session: Session, call: Call) -> None:
    """Store what is known of an address."""
    values = {name: getattr(call, name) for name in _COLUMNS}
    put = upsert(PoliceCallRow).values(values)
    session.execute(put.on_conflict_do_update(index_elements=["address"], set_=values))
