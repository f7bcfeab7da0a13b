"""What an import of outlines must know of what is stored."""

from uuid import UUID

from sqlalchemy import select

from lagesbild.base.db import Session
from lagesbild.districts.rules import slug_of
from lagesbild.districts.store.tables import DistrictRow, DivisionRow
from lagesbild.people.store.tables import MunicipalityRow


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


def municipality_code(session: Session, municipality_id: UUID) -> str:
    """Return the four digits of a municipality (SCB)."""
    query = select(MunicipalityRow.code).where(MunicipalityRow.id == municipality_id)
    return session.execute(query).scalar_one()
