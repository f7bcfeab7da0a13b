"""What one row of a list says: when, where, what."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Point
from lagesbild.exchange.rules.lists import Column, Row
from lagesbild.exchange.rules.rows import moments, positions, times
from lagesbild.exchange.rules.rows.moments import Moment
from lagesbild.exchange.rules.rows.positions import SWAPPED, Position, Systems
from lagesbild.incidents.rules import Draft, Facts, GeoJson, Part, Source


@dataclass(frozen=True)
class Told:
    """A row in the program's words, and what was decided where the row was not clear."""

    draft: Draft
    notes: tuple[str, ...] = ()


def told(row: Row, code: str, *, id_: UUID, part: Part, source_ref: str, systems: Systems) -> Told:
    """Return what a row says, or raise `InvalidError` that names a column."""
    if row.surplus:
        raise InvalidError("", "Raden har fler celler än rubrikraden.")
    when, where = _when(row), _where(row, systems)
    facts = Facts(
        code,
        severity=0,  # the category's own is put in when the draft is checked
        occurred_from=when.occurred_from,
        occurred_to=when.occurred_to,
        time_precision=when.precision,
        place=_geojson(where.point),
        place_text=row.text(Column.PLACE),
    )
    draft = Draft(id_, facts, part, source=Source.LIST, source_ref=source_ref)
    return Told(draft, (*when.notes, *where.notes))


def sample(row: Row) -> tuple[str, str]:
    """Return the two numbers of a row's position for `positions.systems`; empty when unclear."""
    try:
        return _cells(row)
    except InvalidError:
        return "", ""


def _when(row: Row) -> Moment:
    """Read the columns for day and clock. One for both may hold only the clock."""
    day, clock, both = (row.text(c) for c in (Column.DATE, Column.TIME, Column.MOMENT))
    is_whole = bool(both) and (not day or times.read(both) is None)
    day_column = Column.MOMENT if is_whole else Column.DATE
    clock_column = Column.TIME if is_whole or clock or not both else Column.MOMENT
    try:
        return moments.moment(
            row.text(day_column), row.text(clock_column), until=row.text(Column.UNTIL)
        )
    except InvalidError as error:
        column = {"date": day_column, "time": clock_column}.get(error.field, Column.UNTIL)
        raise InvalidError(column, str(error)) from error


def _where(row: Row, systems: Systems) -> Position:
    first, second = _cells(row)
    if not _in_one_cell(row):
        return positions.position(first, second, systems)
    try:
        found = positions.position(first, second, systems)
    except InvalidError as error:
        raise InvalidError(Column.POSITION, str(error)) from error
    # In one cell both orders are usual.
    return Position(found.point, tuple(note for note in found.notes if note != SWAPPED))


def _cells(row: Row) -> tuple[str, str]:
    if _in_one_cell(row):
        return positions.pair(row.text(Column.POSITION))
    return row.text(Column.LATITUDE), row.text(Column.LONGITUDE)


def _in_one_cell(row: Row) -> bool:
    return not row.text(Column.LATITUDE) and not row.text(Column.LONGITUDE)


def _geojson(point: Point | None) -> GeoJson | None:
    if point is None:
        return None
    shape = {"type": "Point", "coordinates": [point.longitude, point.latitude]}
    return GeoJson(orjson.dumps(shape).decode())
