"""Which incidents lie so near each other that they may be the same: one query for all of them.

Points are put into squares as wide as two may be apart, so that each is compared only with those
of its own and the eight around it.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    DateTime,
    Executable,
    Integer,
    Interval,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    true,
    values,
)

from lagesbild.base.db import Base, Session
from lagesbild.base.geo import SHAPELESS_CELL, SWEREF99TM
from lagesbild.incidents.rules import Shown, Visibility
from lagesbild.incidents.store import seen, tables
from lagesbild.people.rules import Group, Scope

_incident = Base.metadata.tables[tables.IncidentRow.__tablename__]
_review = Base.metadata.tables[tables.ReviewRow.__tablename__].c


class Near(NamedTuple):
    """Two incidents by their ids, the first logged first, and how far apart they are."""

    one: UUID
    other: UUID
    metres: int
    apart: timedelta


def near(
    session: Session, group: Group, since: datetime, *, scope: Scope, limit: int
) -> list[Near]:
    """Return what was logged since a moment and may be the same, the newest first.

    Only where the scope sees both places exactly, and not everybody has gone through both.
    """
    given = {
        "municipality": group.municipality_id,
        "group": group.id,
        "looks": scope.organisation_id,
        "since": since,
        "metres": group.near_metres,
        "hours": timedelta(hours=group.near_hours),
        "limit": limit,
    }
    return [Near(*row) for row in session.execute(_near(), given)]


def metres(session: Session, municipality_id: UUID, one: UUID, other: UUID) -> int | None:
    """Return how far apart two incidents are; None where one has no place. Whoever may see it."""
    first, second = _incident.alias("first"), _incident.alias("second")
    places = (func.ST_Transform(each.c.place, SWEREF99TM) for each in (first, second))
    query = (
        select(cast(func.round(func.ST_Distance(*places)), Integer))
        .join_from(first, second, second.c.municipality_id == first.c.municipality_id)
        .where(first.c.municipality_id == municipality_id, first.c.id == one, second.c.id == other)
    )
    return session.execute(query).scalar_one_or_none()


@cache
def _near() -> Executable:
    """Return the query of pairs: of one group of types, near in place and time, of two owners."""
    points = _points()
    one, other = points.alias("one"), points.alias("other")
    around = values(column("east", Integer), column("north", Integer), name="around")
    around = around.data([(east, north) for east in (-1, 0, 1) for north in (-1, 0, 1)])
    metres = func.round(func.ST_Distance(one.c.place, other.c.place))
    begun = func.greatest(one.c.occurred_from, other.c.occurred_from)
    apart = func.greatest(begun - func.least(one.c.ended, other.c.ended), timedelta())
    return (
        select(one.c.id, other.c.id, cast(metres, Integer), apart)
        .select_from(one)
        .join(around, true())
        .join(
            other,
            and_(
                other.c.types == one.c.types,
                other.c.east == one.c.east + around.c.east,
                other.c.north == one.c.north + around.c.north,
                other.c.id > one.c.id,
                other.c.organisation_id != one.c.organisation_id,
                or_(one.c.is_new, other.c.is_new),
            ),
        )
        .where(
            metres <= bindparam("metres", type_=Integer),
            apart <= bindparam("hours", type_=Interval),
        )
        .order_by(begun.desc(), one.c.id.desc(), other.c.id.desc())
        .limit(bindparam("limit", type_=Integer))
    )


def _points() -> CTE:
    """Return the counted points since a moment whose place is seen as it is, in metres."""
    row = _incident.c
    reviewed = select(_review.incident_id).where(
        _review.municipality_id == row.municipality_id,
        _review.group_id == bindparam("group", type_=Uuid),
        _review.incident_id == row.id,
    )
    place = func.ST_Transform(row.place, SWEREF99TM)
    wide = bindparam("metres", type_=Integer) + 1  # distances are rounded
    return (
        select(
            row.id,
            row.organisation_id,
            row.occurred_from,
            func.coalesce(row.occurred_to, row.occurred_from).label("ended"),
            func.left(row.category_code, 3).label("types"),
            place.label("place"),
            func.floor(func.ST_X(place) / wide).label("east"),
            func.floor(func.ST_Y(place) / wide).label("north"),
            (~reviewed.exists()).label("is_new"),
        )
        .where(
            row.municipality_id == bindparam("municipality", type_=Uuid),
            row.registered_at >= bindparam("since", type_=DateTime(timezone=True)),
            ~row.historical,
            row.counted,
            row.visibility != Visibility.OWN,
            row.cell != SHAPELESS_CELL,
            seen.columns(_incident, bindparam("looks", type_=Uuid))["shown"] == Shown.EXACT,
        )
        .cte("points")
    )
