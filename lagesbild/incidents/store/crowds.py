"""Incidents taken together by where they lie, or by what they are. Places as the scope sees them.

The database groups a hundred thousand rows; what comes back fits on a sheet of paper.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Subquery,
    case,
    false,
    func,
    literal_column,
    null,
    select,
)

from lagesbild.base.db import Session
from lagesbild.base.geo import SWEREF99TM
from lagesbild.incidents.rules import Filter
from lagesbild.incidents.rules.crowds import Crowd, Pane, Tally
from lagesbild.incidents.store import filtering, unsure
from lagesbild.people.rules import Group, Scope


def crowds(
    session: Session, group: Group, wanted: Filter, pane: Pane, *, scope: Scope
) -> list[Crowd]:
    """Return what lies in each square of a pane that is not empty, the largest first."""
    shape, values = filtering.asked(group, wanted, scope)
    row = _placed(shape).c
    squares = (func.floor(at / pane.square_m) for at in (row.east, row.north))
    rows, place = func.count(), _first(row.place)
    is_shape = (rows == 1) & (func.ST_Dimension(place) > 0)
    query = (
        select(
            rows,
            func.avg(row.north),
            func.avg(row.east),
            _first(row.category_code),
            _first(row.organisation_id),
            _first(row.precision_m),
            _first(row.unsure_time),
            case((is_shape, func.ST_AsGeoJSON(place, 6)), else_=null()),
        )
        .where(row.east.between(pane.west, pane.east), row.north.between(pane.south, pane.north))
        .group_by(*squares)
        .order_by(rows.desc(), func.avg(row.north), func.avg(row.east))
    )
    return [Crowd._make(each) for each in session.execute(query, values)]


def tallies(session: Session, group: Group, wanted: Filter, *, scope: Scope) -> list[Tally]:
    """Return how many a filter finds of each type, in each district, of each organisation."""
    shape, values = filtering.asked(group, wanted, scope)
    by = ("category_code", "district_id", "organisation_id")
    row = filtering.matching(shape, *by, "number").subquery().c
    names = [row[name] for name in by]
    query = select(*names, func.sum(row.number)).group_by(*names).order_by(*names)
    return [Tally._make(each) for each in session.execute(query, values)]


def _placed(shape: frozenset[str]) -> Subquery:
    """Return the incidents that show a place, with one point of it in metres."""
    place, precision = (filtering.SEEN[name] for name in ("place", "place_precision_m"))
    point = func.ST_Transform(func.ST_PointOnSurface(place), SWEREF99TM)
    found = (
        filtering.matching(
            shape,
            "category_code",
            "organisation_id",
            place.label("place"),
            precision.label("precision_m"),
            func.coalesce(unsure.IS_UNSURE, false()).label("unsure_time"),
            point.label("point"),
        )
        .offset(literal_column("0"))  # else each point would be worked out wherever it is used
        .subquery()
    )
    row = found.c
    east, north = func.ST_X(row.point).label("east"), func.ST_Y(row.point).label("north")
    return select(*row, east, north).where(row.place.is_not(None)).subquery()


def _first(values: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.array_agg(values, type_=ARRAY(values.type))[1]
