"""Running numbers of a municipality, beside those of incidents."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.incidents.store.tables import CounterRow


def take(session: Session, municipality_id: UUID, series: str, *, year: int = 0) -> int:
    """Return the next number of a series; others wait for theirs until the transaction ends.

    Rows of other groups are hidden, so that the largest number in a table would not do.
    """
    counter = upsert(CounterRow).values(
        municipality_id=municipality_id, series=series, year=year, last=1
    )
    raised = counter.on_conflict_do_update(
        index_elements=["municipality_id", "series", "year"], set_={"last": CounterRow.last + 1}
    )
    return session.execute(raised.returning(CounterRow.last)).scalar_one()
