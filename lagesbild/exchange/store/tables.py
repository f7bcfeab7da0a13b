"""The tables of lists that were taken in, and of what their senders' words mean."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base


class WordRow(Base):
    """What a sender's word means: a code, a column or a place, by kind. `word` is plain."""

    __tablename__ = "sender_words"

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str]


class ImportRow(Base):
    """A list that somebody brought, and how far it has come. `content` is the file itself."""

    __tablename__ = "imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "group_id"], ["groups.municipality_id", "groups.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None]
    name: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    ways: Mapped[dict[str, object]] = mapped_column(JSONB)
    state: Mapped[str]
    message: Mapped[str] = mapped_column(server_default="")
    told: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    done: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class FateRow(Base):
    """What became of a row of a list. `cells` are kept only where somebody may correct them."""

    __tablename__ = "import_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "import_id"], ["imports.municipality_id", "imports.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    state: Mapped[str]
    heading: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")
    insist: Mapped[str] = mapped_column(server_default="")
    cells: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    category_code: Mapped[str | None]
    occurred_from: Mapped[datetime | None]
    time_precision: Mapped[str | None]
    place_text: Mapped[str] = mapped_column(server_default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    incident_id: Mapped[UUID | None]
