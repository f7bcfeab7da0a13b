"""Which fixed pictures count what is no longer so."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.meetings.rules.snapshot import Fixed
from lagesbild.meetings.store.fixed import HEAD, from_row
from lagesbild.meetings.store.tables import FixedIncidentRow, FixedRow
from lagesbild.people.rules import Group


def pictures(session: Session, group: Group, *, since: str) -> list[Fixed]:
    """Return the newest picture of each week since one that counts what is no longer so.

    That is an incident which was taken back, rejected, merged, lowered, or moved elsewhere.
    """
    newer = aliased(FixedRow)
    has_newer = (
        select(newer.id)
        .where(
            newer.municipality_id == FixedRow.municipality_id,
            newer.week_id == FixedRow.week_id,
            newer.number > FixedRow.number,
        )
        .exists()
    )
    query = (
        select(*HEAD)
        .where(
            FixedRow.municipality_id == group.municipality_id,
            FixedRow.group_id == group.id,
            FixedRow.week >= since,
            ~has_newer,
            _counts_wrongly(),
        )
        .order_by(FixedRow.number)
    )
    return [from_row(row) for row in session.execute(query)]


def _counts_wrongly() -> ColumnElement[bool]:
    still = (
        select(IncidentRow.id)
        .where(
            IncidentRow.municipality_id == FixedIncidentRow.municipality_id,
            IncidentRow.id == FixedIncidentRow.incident_id,
            IncidentRow.counted,
            IncidentRow.number >= FixedIncidentRow.number,
            IncidentRow.district_id.is_not_distinct_from(FixedIncidentRow.district_id),
        )
        .exists()
    )
    return (
        select(FixedIncidentRow.incident_id)
        .where(
            FixedIncidentRow.municipality_id == FixedRow.municipality_id,
            FixedIncidentRow.picture_id == FixedRow.id,
            ~still,
        )
        .exists()
    )
