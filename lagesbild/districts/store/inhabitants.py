"""The table of how many live in a district, and its queries."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.districts.rules import Inhabitants


class InhabitantsRow(Base):
    """How many lived in a district on a day, as a source has it."""

    __tablename__ = "district_inhabitants"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
        CheckConstraint("number >= 0", name="number"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    district_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_on: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    source: Mapped[str]


def put(session: Session, municipality_id: UUID, found: Mapping[UUID, Inhabitants]) -> None:
    """Store how many live in districts, by id; the same day again replaces what it said."""
    put = upsert(InhabitantsRow)
    session.execute(
        put.on_conflict_do_update(
            index_elements=["municipality_id", "district_id", "counted_on"],
            set_={"number": put.excluded.number, "source": put.excluded.source},
        ),
        [
            {
                "municipality_id": municipality_id,
                "district_id": district_id,
                "counted_on": known.counted_on,
                "number": known.number,
                "source": known.source,
            }
            for district_id, known in found.items()
        ],
    )


def known(session: Session, municipality_id: UUID, *, on: date) -> dict[UUID, Inhabitants]:
    """Return what is known for a day, by district: the newest until then, else the next."""
    row = InhabitantsRow
    query = (
        select(row.district_id, row.number, row.counted_on, row.source)
        .ext(distinct_on(row.district_id))
        .where(row.municipality_id == municipality_id)
        .order_by(
            row.district_id,
            (row.counted_on <= on).desc(),
            func.abs(row.counted_on - on),
        )
    )
    return {
        district_id: Inhabitants(number, counted_on, source)
        for district_id, number, counted_on, source in session.execute(query)
    }
