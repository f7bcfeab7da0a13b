"""How well the time of an incident is known, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement

from lagesbild.base.db import Base
from lagesbild.incidents.rules import TimePrecision
from lagesbild.incidents.rules.moments import SURE
from lagesbild.incidents.store.tables import IncidentRow


def is_unknown(end: ColumnElement[Any], precision: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition of a time of which nothing is known, as one between two without both."""
    is_half = (precision == TimePrecision.WINDOW) & end.is_(None)
    return (precision == TimePrecision.UNKNOWN) | is_half


_row = Base.metadata.tables[IncidentRow.__tablename__].c
# `moments.is_unsure` of an incident; null may stand for false.
IS_UNSURE = (
    is_unknown(_row.occurred_to, _row.time_precision)
    | (_row.time_precision == TimePrecision.DAY)
    | (_row.occurred_to - _row.occurred_from > SURE)
)
