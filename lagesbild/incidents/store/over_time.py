"""How the incidents of a filter lie in time. Every question takes a scope, which has no default.

Counted are those that the figures of a week count. Grouping is PostgreSQL's: no incident leaves it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    union_all,
)

from lagesbild.base.db import Session
from lagesbild.incidents.rules import Filter, TimePrecision
from lagesbild.incidents.rules.over_time import DAY, HOUR, LEFT_OUT, SLOTS, SPREAD, Hours, Range
from lagesbild.incidents.store import filtering, unsure
from lagesbild.incidents.store.tables import IncidentRow
from lagesbild.people.rules import Group, Scope

_ZONE = "Europe/Stockholm"


def in_ranges(
    session: Session, group: Group, wanted: Filter, ranges: Sequence[Range], *, scope: Scope
) -> list[int]:
    """Return how many incidents of a filter happened in each range; its own times do not matter."""
    around = replace(
        wanted, start=min(each.start for each in ranges), end=max(each.end for each in ranges)
    )
    shape, values = filtering.asked(group, around, scope)
    given = {f"{side}_{n}": at for n, each in enumerate(ranges) for side, at in _sides(each)}
    found = session.execute(_in_ranges(shape, len(ranges)), values | given).one()
    return [number or 0 for number in found]


def _sides(each: Range) -> tuple[tuple[str, datetime], ...]:
    return ("from", each.start), ("to", each.end)


@lru_cache
def _in_ranges(shape: frozenset[str], many: int) -> Select[*tuple[Any, ...]]:
    row = filtering.counted(shape, "occurred_from", "number").subquery().c
    return select(
        *(
            func.sum(row.number).filter(
                row.occurred_from >= bindparam(f"from_{n}"),
                row.occurred_from < bindparam(f"to_{n}"),
            )
            for n in range(many)
        )
    )


def first(session: Session, group: Group, *, until: datetime) -> datetime | None:
    """Return when the first incident happened that figures count; None before a moment."""
    query = select(func.min(IncidentRow.occurred_from)).where(
        IncidentRow.municipality_id == group.municipality_id,
        IncidentRow.counted,
        IncidentRow.occurred_from < until,
    )
    return session.execute(query).scalar_one()


def hours(session: Session, group: Group, wanted: Filter, *, scope: Scope) -> Hours:
    """Return how many incidents of a filter happened at each hour of the week, Swedish time.

    One with a span is spread evenly over it (aoristic), and a day without a time over the day.
    What spans more than a day, or has no known time, is left out and counted.
    """
    shape, values = filtering.asked(group, wanted, scope)
    found = {slot: float(number) for slot, number in session.execute(_hours(shape), values)}
    return Hours(
        tuple(found.get(slot, 0.0) for slot in range(SLOTS)),
        left_out=round(found.get(LEFT_OUT, 0)),
        spread=round(found.get(SPREAD, 0)),
    )


@lru_cache
def _hours(shape: frozenset[str]) -> Select[*tuple[int, float]]:
    """Return the query for slot and number, and two slots below zero for what stands beside."""
    spans = _spans(shape)
    begin, length, number = spans.c.begin, spans.c.length, spans.c.number
    first_hour, last_hour = begin // HOUR, (begin + length - 1) // HOUR
    is_known = length.is_not(None) & (length <= DAY)
    hours_in = func.generate_series(first_hour, last_hour).table_valued(column("at", Integer))
    hour = hours_in.render_derived("hour")
    at = hour.c.at
    share = func.least(begin + length, (at + 1) * HOUR) - func.greatest(begin, at * HOUR)
    slot = (at % SLOTS).label("slot")
    spread = (
        select(slot, func.sum(number * cast(share, Double) / length))
        .select_from(spans)
        .join(hour, true())
        .where(is_known)
        .group_by(slot)
    )
    beside = (
        select(literal(LEFT_OUT), func.sum(number)).where(length.is_(None) | (length > DAY)),
        select(literal(SPREAD), func.sum(number)).where(is_known, last_hour > first_hour),
    )
    rows = union_all(spread, *beside).subquery()
    slots, numbers = rows.columns
    return select(slots, numbers).where(numbers.is_not(None))


def _spans(shape: frozenset[str]) -> CTE:
    """Return spans with how many incidents have each: minutes into the week, and how many.

    Few, however many incidents there are: the times of people are whole hours and quarters. Clocks
    are read as they hang on the wall, so a night is a night when they are put forward, too.
    """
    local = (
        func.timezone(_ZONE, IncidentRow.occurred_from).label("began"),
        func.timezone(_ZONE, IncidentRow.occurred_to).label("ended"),
    )
    # Worked out once a row: without it each is worked out wherever it is used.
    rows = filtering.counted(shape, *local, "time_precision", "number").cte("local")
    row = rows.prefix_with("MATERIALIZED", dialect="postgresql").c
    began, ended, precision = row.began, row.ended, row.time_precision
    no_end = ended.is_(None)
    is_day = (precision == TimePrecision.DAY) & no_end
    minutes = func.greatest(_minutes(func.date_part("epoch", ended - began)), 0)
    into = _minutes(func.date_part("epoch", began - func.date_trunc("week", began)))
    is_point = no_end | (minutes == 0)
    begin = case((is_day, into - into % DAY), (is_point, into - into % HOUR), else_=into)
    length = case(
        (unsure.is_unknown(ended, precision), None), (is_day, DAY), (is_point, HOUR), else_=minutes
    )
    return (
        select(begin.label("begin"), length.label("length"), func.sum(row.number).label("number"))
        .group_by("begin", "length")
        .cte("spans")
    )


def _minutes(seconds: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.floor(seconds / 60), Integer)
