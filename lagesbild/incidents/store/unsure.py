"""How well the time of an incident is known, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement

from lagesbild.incidents.rules import TimePrecision
from lagesbild.incidents.rules.moments import SURE


def is_unknown(end: ColumnElement[Any], precision: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition of a time of which nothing is known, as one between two without both."""
    is_half = (precision == TimePrecision.WINDOW) & end.is_(None)
    return (precision == TimePrecision.UNKNOWN) | is_half


def is_unsure(
    start: ColumnElement[Any], end: ColumnElement[Any], precision: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Return the condition of `moments.is_unsure`; null may stand for false."""
    return is_unknown(end, precision) | (precision == TimePrecision.DAY) | (end - start > SURE)
