"""What a filter and a scope ask of incidents, as conditions of queries.

The scope has no default. What a filter asks of a place it asks of what the scope sees of it.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.base.db import Base
from lagesbild.base.geo import SHAPELESS_CELL, WGS84, Box, cells
from lagesbild.incidents.rules import Filter, Visibility
from lagesbild.incidents.rules.audiences import GRID_M
from lagesbild.incidents.store import seen, tables
from lagesbild.people.rules import Group, Scope

# Plain tables: the mapper would look at every value again.
_TABLES = Base.metadata.tables
_incidents = _TABLES[tables.IncidentRow.__tablename__]
_incident = _incidents.c
_part = _TABLES[tables.PartRow.__tablename__]
_review = _TABLES[tables.ReviewRow.__tablename__].c

SEEN = seen.columns(_incidents, bindparam("actors", type_=Uuid))
_SIDES = ("west", "south", "east", "north")
_AROUND = func.ST_MakeEnvelope(*(bindparam(f"around_{side}") for side in _SIDES), WGS84)


def _meets_box(place: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether a place reaches into the box: `&&` alone rounds it outwards, to a metre."""
    west, south, east, north = (bindparam(side, type_=Float) for side in _SIDES)
    return and_(
        func.ST_XMax(place) >= west,
        func.ST_YMax(place) >= south,
        func.ST_XMin(place) <= east,
        func.ST_YMin(place) <= north,
    )


_OWNERS_PART = and_(
    _part.c.municipality_id == _incident.municipality_id,
    _part.c.incident_id == _incident.id,
    _part.c.organisation_id == _incident.organisation_id,
)
# Somebody in the group has gone through it, as long as that has not been taken back.
REVIEWED = exists().where(
    _review.municipality_id == _incident.municipality_id,
    _review.group_id == bindparam("group"),
    _review.incident_id == _incident.id,
)
_CONDITIONS = {
    "own": _incident.organisation_id == bindparam("actors"),
    "shared": or_(
        _incident.visibility != Visibility.OWN, _incident.organisation_id == bindparam("actors")
    ),
    # Asks nothing that the box does not, and is cheap: it spares most rows that.
    "around": _incident.place.op("&&", is_comparison=True)(_AROUND),
    "box": _meets_box(SEEN["place"]),
    "cells": _incident.cell == any_(bindparam("cells", type_=ARRAY(Integer))),
    "start": _incident.occurred_from >= bindparam("start"),
    "end": _incident.occurred_from < bindparam("end"),
    "district_id": _incident.district_id == bindparam("district_id"),
    "organisation_id": _incident.organisation_id == bindparam("organisation_id"),
    "verification": _incident.verification == bindparam("verification"),
    "category": func.starts_with(_incident.category_code, bindparam("category")),
    "ids": _incident.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    # What an organisation keeps to itself is not the group's, and what is merged was looked at.
    "new_since": and_(
        _incident.registered_at >= bindparam("new_since"),
        ~_incident.historical,
        _incident.visibility != Visibility.OWN,
        _incident.duplicate_of.is_(None),
        ~REVIEWED,
    ),
    "words": or_(
        SEEN["place_text"].ilike(bindparam("pattern"), escape="/"),
        _part.c.summary.ilike(bindparam("pattern"), escape="/"),
        _incident.reference == bindparam("words"),
    ),
}


class Asked(NamedTuple):
    """A filter as queries take it: the names of its conditions, and a value for each parameter."""

    shape: frozenset[str]
    values: dict[str, object]


def asked(group: Group, wanted: Filter, scope: Scope, *, near: Box | None = None) -> Asked:
    """Return what a filter and a scope ask for; queries of `matching` take it.

    `near` leaves out most of what has its middle elsewhere, and nothing else.
    """
    values = _values(wanted, scope) | _places(wanted.box, near)
    shape = frozenset(values.keys() & _CONDITIONS.keys())
    return Asked(shape, {"municipality": group.municipality_id, "group": group.id} | values)


def matching(shape: frozenset[str], *columns: str | ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the query of the incidents that meet conditions; withdrawn ones are left out.

    Names stand for columns as stored, a place too, which only its owner may see: what is shown
    of it is in `SEEN`.
    """
    query = select(*(_incident[c] if isinstance(c, str) else c for c in columns)).where(
        _incident.municipality_id == bindparam("municipality"),
        _incident.withdrawn_at.is_(None),
        *(_CONDITIONS[name] for name in sorted(shape)),
    )
    return query.outerjoin(_part, _OWNERS_PART) if "words" in shape else query


def counted(shape: frozenset[str], *columns: str | ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the same of those that the figures of a week count."""
    return matching(shape, *columns).where(_incident.counted)


def _values(wanted: Filter, scope: Scope) -> dict[str, object]:
    """Return a value for each condition that holds, and what else these need."""
    values: dict[str, object] = {"actors": scope.organisation_id}
    values["own" if scope.own_only else "shared"] = True
    plain = (
        "start", "end", "district_id", "organisation_id", "verification", "category", "new_since",
    )  # fmt: skip
    values |= {name: value for name in plain if (value := getattr(wanted, name)) is not None}
    if wanted.ids is not None:
        values["ids"] = list(wanted.ids)
    if wanted.words:
        escaped = wanted.words.replace("/", "//").replace("%", "/%").replace("_", "/_")
        values |= {"words": wanted.words.strip(), "pattern": f"%{escaped}%"}
    return values


def _places(box: Box | None, near: Box | None) -> dict[str, object]:
    """Return a value for each condition of a place. What is shown in a box may lie beside it."""
    wide = [each.grown(GRID_M) for each in (box, near) if each is not None]
    if not wide:
        return {}
    values: dict[str, object] = {"box": True, **vars(box)} if box else {}
    # A line may reach into the box and have its middle elsewhere.
    values |= {"around": True} | {f"around_{side}": at for side, at in vars(wide[-1]).items()}
    common = wide[0].common(wide[-1])
    touched = cells(common) if common else []
    return values if touched is None else values | {"cells": [SHAPELESS_CELL, *touched]}
