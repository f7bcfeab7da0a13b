"""Which incidents lie in another district after a correction of outlines, and moving them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    update,
)

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Base, Session
from lagesbild.districts.rules import Corrected
from lagesbild.districts.store import locating
from lagesbild.districts.store.tables import DistrictRow
from lagesbild.incidents.rules import Visibility
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.store.tables import ParticipantRow

BATCH = 2000


@dataclass(frozen=True)
class Placed:
    """An incident of a corrected version: the district it has, and the one it lies in now."""

    id: UUID
    reference: str
    before: UUID | None
    after: UUID | None


def participants(session: Session, municipality_id: UUID) -> list[UUID]:
    """Return every organisation of a municipality's groups."""
    query = (
        select(ParticipantRow.organisation_id)
        .distinct()
        .where(ParticipantRow.municipality_id == municipality_id)
        .order_by(ParticipantRow.organisation_id)
    )
    return list(session.execute(query).scalars())


def district_names(session: Session, municipality_id: UUID) -> dict[UUID, str]:
    """Return the name of every district of every division, also of those taken away."""
    query = (
        select(DistrictRow.id, DistrictRow.name)
        .where(DistrictRow.municipality_id == municipality_id)
        .order_by(DistrictRow.id)
    )
    return {id_: name for id_, name in session.execute(query)}  # noqa: C416 – a Row is not a pair


def placed(
    session: Session,
    municipality_id: UUID,
    corrected: Corrected,
    *,
    owner: UUID | None,
    after: UUID | None,
) -> list[Placed]:
    """Return the next `BATCH` incidents of a version, by id, with the district they lie in now.

    Those that everybody in the group may see, or those that only `owner` may, behind its gate.
    Besides those of the version, those that the wrong outlines left outside of everything.
    """
    place = func.ST_MakeValid(IncidentRow.place)
    version = literal(corrected.version_id)
    inside = locating.inside(municipality_id, version, place).lateral("inside")
    near = locating.nearest(municipality_id, version, place).lateral("near")
    query = (
        select(
            IncidentRow.id,
            IncidentRow.reference,
            IncidentRow.district_id,
            func.coalesce(inside.c.district_id, near.c.district_id),
        )
        .select_from(IncidentRow)
        .outerjoin(inside, true())
        .outerjoin(near, inside.c.district_id.is_(None))
        .where(*_of(municipality_id, corrected, owner), ~IncidentRow.district_chosen)
        .order_by(IncidentRow.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(IncidentRow.id > after)
    return [Placed(*row) for row in session.execute(query)]


def chosen(
    session: Session, municipality_id: UUID, corrected: Corrected, *, owner: UUID | None
) -> int:
    """Return how many incidents of a version stay in a district that was chosen by hand."""
    query = select(func.count()).where(
        *_of(municipality_id, corrected, owner), IncidentRow.district_chosen
    )
    return session.execute(query).scalar_one()


def move(
    session: Session,
    municipality_id: UUID,
    corrected: Corrected,
    moved: Sequence[Placed],
    *,
    at: datetime,
) -> None:
    """Put incidents into the districts they lie in; those in none leave the version too."""
    incidents = Base.metadata.tables[IncidentRow.__tablename__]
    to = bindparam("to", type_=incidents.c.district_id.type)
    session.execute(
        update(incidents)
        .where(incidents.c.municipality_id == municipality_id, incidents.c.id == bindparam("key"))
        .values(
            district_id=to,
            version_id=case((to.is_not(None), literal(corrected.version_id))),
            version=incidents.c.version + 1,
            updated_by=None,
            updated_at=at,
        ),
        [{"key": each.id, "to": each.after} for each in moved],
    )


def used(session: Session, municipality_id: UUID, districts: Sequence[UUID]) -> set[UUID]:
    """Return which districts have incidents, of those that the gate shows."""
    query = (
        select(IncidentRow.district_id)
        .distinct()
        .where(
            IncidentRow.municipality_id == municipality_id, IncidentRow.district_id.in_(districts)
        )
    )
    return {id_ for id_ in session.execute(query).scalars() if id_ is not None}


def _of(
    municipality_id: UUID, corrected: Corrected, owner: UUID | None
) -> list[ColumnElement[bool]]:
    outside = [
        IncidentRow.version_id.is_(None),
        IncidentRow.district_id.is_(None),
        IncidentRow.updated_at >= corrected.since,
    ]
    if corrected.valid_from is not None:
        outside.append(IncidentRow.occurred_from >= _midnight(corrected.valid_from))
    if corrected.valid_until is not None:
        outside.append(IncidentRow.occurred_from < _midnight(corrected.valid_until))
    whose = (
        IncidentRow.visibility != Visibility.OWN
        if owner is None
        else and_(IncidentRow.visibility == Visibility.OWN, IncidentRow.organisation_id == owner)
    )
    return [
        IncidentRow.municipality_id == municipality_id,
        IncidentRow.place.is_not(None),
        (IncidentRow.version_id == corrected.version_id) | and_(*outside),
        whose,
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM)
