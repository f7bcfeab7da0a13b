"""What a sender's own words mean, and what an import must know of what is stored."""

from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session
from lagesbild.districts.rules import slug_of
from lagesbild.districts.store.tables import DistrictRow, DivisionRow


class SynonymRow(Base):
    """A sender's word for a category. `word` is in lower case."""

    __tablename__ = "category_synonyms"

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]


def synonyms(session: Session, municipality_id: UUID, organisation_id: UUID) -> dict[str, str]:
    """Return word → code for one sender."""
    query = (
        select(SynonymRow.word, SynonymRow.code)
        .where(
            SynonymRow.municipality_id == municipality_id,
            SynonymRow.organisation_id == organisation_id,
        )
        .order_by(SynonymRow.word)
    )
    return {word: code for word, code in session.execute(query)}  # noqa: C416 – a Row is not a pair


def put_synonym(
    session: Session, municipality_id: UUID, organisation_id: UUID, *, word: str, code: str
) -> None:
    """Remember what a sender's word means from now on."""
    put = upsert(SynonymRow).values(
        municipality_id=municipality_id,
        organisation_id=organisation_id,
        word=word.lower(),
        code=code,
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=["municipality_id", "organisation_id", "word"], set_={"code": code}
        )
    )


def lock(session: Session, municipality_id: UUID, organisation_id: UUID) -> bool:
    """Keep other imports of a sender out until the transaction ends; return whether that worked."""
    key = (municipality_id.int ^ organisation_id.int) & (2**63 - 1)  # a PostgreSQL bigint
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(key))).scalar_one())


def district_keys(session: Session, municipality_id: UUID, division: str) -> dict[str, str]:
    """Return slug → key for the districts that a division has had so far."""
    query = (
        select(DistrictRow.slug, DistrictRow.key)
        .join(
            DivisionRow,
            (DivisionRow.municipality_id == DistrictRow.municipality_id)
            & (DivisionRow.id == DistrictRow.division_id),
        )
        .where(
            DistrictRow.municipality_id == municipality_id, DivisionRow.slug == slug_of(division)
        )
        .order_by(DistrictRow.slug)
    )
    return {slug: key for slug, key in session.execute(query)}  # noqa: C416 – a Row is not a pair
