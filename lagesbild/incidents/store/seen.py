"""What of a place a scope sees: all of it, a square, or only the district.

This stands in the queries themselves, so that boxes, search words, pages and files all work on
what is shown and never on what lies behind it.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, any_, case, func, literal, null, select
from sqlalchemy.dialects.postgresql import distinct_on

from lagesbild.base.geo import SWEREF99TM, WGS84
from lagesbild.incidents.rules import Shown
from lagesbild.incidents.rules.audiences import GRID_M
from lagesbild.incidents.store.tables import CategoryRow

PLACE = ("place", "place_precision_m", "place_text", "place_kind")
OWNERS = ("crime_code", "source_ref")


def columns(
    incidents: FromClause, organisation: ColumnElement[Any]
) -> dict[str, ColumnElement[Any]]:
    """Return the columns that depend on which organisation looks, and `shown`.

    The crime code may tell of a victim, and the sender's reference leads into its own register:
    both are the owner's.
    """
    incident = incidents.c
    how = _how(incidents, organisation)
    own = incident.organisation_id == organisation
    place, precision = incident.place, incident.place_precision_m
    return {
        "shown": how,
        "place": case(
            (how == Shown.EXACT, place),
            (how == Shown.GRID, square(place)),
            else_=null(),
        ),
        "place_precision_m": case(
            (how == Shown.EXACT, precision),
            (how == Shown.GRID, func.greatest(precision, GRID_M)),
            else_=null(),
        ),
        "place_text": case((how == Shown.EXACT, incident.place_text), else_=""),
        "place_kind": case((how == Shown.EXACT, incident.place_kind), else_=null()),
        **{name: case((own, incident[name]), else_=null()) for name in OWNERS},
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
        (incidents.c.organisation_id == organisation, literal(Shown.EXACT.value)),
        (~is_said, literal(Shown.EXACT.value)),  # there is nothing to hide
        (code == any_(_codes("D")), literal(Shown.DISTRICT.value)),
        (code == any_(_codes("C")), literal(Shown.GRID.value)),
        else_=literal(Shown.EXACT.value),
    )


def _is_said(incidents: FromClause) -> ColumnElement[bool]:
    """Return whether anything is known of the place but its district."""
    row = incidents.c
    return row.place.is_not(None) | (row.place_text != "") | row.place_kind.is_not(None)


def _codes(sensitivity: str) -> ColumnElement[Any]:
    """Return the codes that are this sensitive now, as an array that is asked for once a query."""
    newest = (
        select(CategoryRow.code, CategoryRow.sensitivity)
        .ext(distinct_on(CategoryRow.code))
        .order_by(CategoryRow.code, CategoryRow.version.desc())
        .subquery()
    )
    found = select(newest.c.code).where(newest.c.sensitivity == sensitivity)
    return func.array(found.scalar_subquery())
