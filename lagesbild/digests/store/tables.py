"""The tables of the letters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base


class RunRow(Base):
    """The letter of one group and week. The unique row is what makes it one."""

    __tablename__ = "digest_runs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "publication_id"],
            ["publications.municipality_id", "publications.id"],
        ),
        UniqueConstraint("municipality_id", "group_id", "week"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str]
    late: Mapped[bool] = mapped_column(server_default="false")
    publication_id: Mapped[UUID | None]
    written_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)


class DeliveryRow(Base):
    """One letter to one address, and what the mail server answered."""

    __tablename__ = "digest_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "run_id"], ["digest_runs.municipality_id", "digest_runs.id"]
        ),
        UniqueConstraint("municipality_id", "run_id", "recipient"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID]
    recipient: Mapped[str]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime]
    first_attempt_at: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    answer: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]
