"""What of a place a scope sees: all of it, a square, or only the district.

This stands in the queries themselves, so that boxes, search words, pages and files all work on
what is shown and never on what lies behind it.
"""

from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, any_, case, func, literal, null, select
from sqlalchemy.dialects.postgresql import distinct_on

from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.incidents.rules import Shown
from lagesbild.incidents.rules.audiences import GRID_M
from lagesbild.incidents.store.tables import CategoryRow

PLACE = ("place", "place_precision_m", "place_text", "place_kind")
OWNERS = ("crime_code", "source_ref")
_EXACT, _GRID, _DISTRICT = (literal(s.value) for s in (Shown.EXACT, Shown.GRID, Shown.DISTRICT))


def columns(
    incidents: FromClause, organisation: ColumnElement[Any]
) -> dict[str, ColumnElement[Any]]:
    """Return the columns that depend on which organisation looks, and `shown`.

    The crime code may tell of a victim, and the sender's reference leads into its own register:
    both are the owner's.
    """
    how = _how(incidents, organisation)
    own = incidents.c.organisation_id == organisation
    owners = {name: case((own, incidents.c[name]), else_=null()) for name in OWNERS}
    return {"shown": how, **places(incidents, how), **owners}


def places(incidents: FromClause, how: ColumnElement[str]) -> dict[str, ColumnElement[Any]]:
    """Return the columns that tell of a place, as far as `how` lets them."""
    incident = incidents.c
    place, precision = incident.place, incident.place_precision_m
    rough = func.greatest(precision, GRID_M)
    return {
        "place": case({_EXACT: place, _GRID: square(place)}, value=how, else_=null()),
        "place_precision_m": case({_EXACT: precision, _GRID: rough}, value=how, else_=null()),
        "place_text": case({_EXACT: incident.place_text}, value=how, else_=""),
        "place_kind": case({_EXACT: incident.place_kind}, value=how, else_=null()),
    }


def square(place: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the middle of the 100 m square in SWEREF 99 TM that holds a place, in WGS 84.

    Always the same one: a new random point each time could be averaged away.
    """
    metres = func.ST_Transform(func.ST_Centroid(place), SWEREF99TM)
    middle = func.ST_SnapToGrid(metres, GRID_M / 2, GRID_M / 2, GRID_M, GRID_M)
    return func.ST_Transform(middle, WGS84, type_=place.type)


def _how(incidents: FromClause, organisation: ColumnElement[Any]) -> ColumnElement[str]:
    code, is_said = incidents.c.category_code, _is_said(incidents)
    return case(
        (incidents.c.organisation_id == organisation, _EXACT),
        ((code == any_(_codes("D"))) & is_said, _DISTRICT),
        ((code == any_(_codes("C"))) & is_said, _GRID),
        else_=_EXACT,
    )


@cache
def _newest() -> CTE:
    """Return each code as it is now: asked once a query, however often it is used."""
    return (
        select(CategoryRow.code, CategoryRow.sensitivity)
        .ext(distinct_on(CategoryRow.code))
        .order_by(CategoryRow.code, CategoryRow.version.desc())
        .cte("newest_codes")
    )


def _is_said(incidents: FromClause) -> ColumnElement[bool]:
    """Return whether anything is known of the place but its district."""
    row = incidents.c
    return row.place.is_not(None) | (row.place_text != "") | row.place_kind.is_not(None)


def _codes(sensitivity: str) -> ColumnElement[Any]:
    """Return the codes that are this sensitive now, as an array."""
    code = _newest().c
    return func.array(select(code.code).where(code.sensitivity == sensitivity).scalar_subquery())
