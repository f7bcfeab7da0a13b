"""The tables of the letters: what there is to send, what it says, and how far each has come."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base

OF_A_RUN = ["municipality_id", "run_id"]
RUN = ["digest_runs.municipality_id", "digest_runs.id"]


class RunRow(Base):
    """One mailing of a group: a letter, or something told of it. The unique row makes it one."""

    __tablename__ = "digest_runs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "publication_id"],
            ["publications.municipality_id", "publications.id"],
        ),
        UniqueConstraint("municipality_id", "group_id", "week", "kind", "version"),
        Index(
            "ix_digest_runs_open",
            "due_at",
            postgresql_where=text("state::text = ANY (ARRAY['draft'::text, 'approved'::text])"),
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="brev")
    version: Mapped[int] = mapped_column(server_default="1")
    number: Mapped[int | None]  # in the year's series of letters
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str]
    late: Mapped[bool] = mapped_column(server_default="false")
    publication_id: Mapped[UUID | None]
    written_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_for: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    released_at: Mapped[datetime | None]
    returns_on: Mapped[date | None]  # the day that a notice of no meeting has told


class WordingRow(Base):
    """What people say in a letter, as somebody left it. Version 0 was made by the program."""

    __tablename__ = "digest_wordings"
    __table_args__ = (ForeignKeyConstraint(OF_A_RUN, RUN),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    wording: Mapped[dict[str, object]] = mapped_column(JSONB)


class LetterRow(Base):
    """A letter in one form as it was approved. Readers get those that have left."""

    __tablename__ = "digest_letters"
    __table_args__ = (ForeignKeyConstraint(OF_A_RUN, RUN),)

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    week: Mapped[str]
    kind: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str]
    html: Mapped[str]
    text: Mapped[str]
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    released_at: Mapped[datetime | None]


class DeliveryRow(Base):
    """One letter to one address, and what the mail server answered."""

    __tablename__ = "digest_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_RUN, RUN),
        Index(
            "uq_digest_deliveries_first",
            "municipality_id",
            "run_id",
            "recipient",
            unique=True,
            postgresql_where=text("resend_of IS NULL"),
        ),
        UniqueConstraint("municipality_id", "resend_of"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID]
    recipient: Mapped[str]
    form: Mapped[str] = mapped_column(server_default="hela")
    list: Mapped[str] = mapped_column(server_default="samordnare")
    resend_of: Mapped[UUID | None]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime]
    first_attempt_at: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    answer: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]


class EventRow(Base):
    """Something that has happened to a mailing or one of its deliveries. Rows are only added."""

    __tablename__ = "digest_events"
    __table_args__ = (
        ForeignKeyConstraint(OF_A_RUN, RUN),
        Index(None, "municipality_id", "run_id"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID]
    delivery_id: Mapped[UUID | None]
    at: Mapped[datetime]
    what: Mapped[str]
    detail: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[UUID | None]
