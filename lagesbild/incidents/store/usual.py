"""What an organisation usually logs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from lagesbild.base.db import Session
from lagesbild.incidents.store.tables import IncidentRow


def codes(
    session: Session, municipality_id: UUID, organisation_id: UUID, *, since: datetime, limit: int
) -> list[str]:
    """Return the codes that an organisation has logged most often, the commonest first."""
    often = func.sum(IncidentRow.number)
    query = (
        select(IncidentRow.category_code)
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.occurred_from >= since,
            IncidentRow.organisation_id == organisation_id,
            IncidentRow.counted,
        )
        .group_by(IncidentRow.category_code)
        .order_by(often.desc(), IncidentRow.category_code)
        .limit(limit)
    )
    return list(session.execute(query).scalars())
