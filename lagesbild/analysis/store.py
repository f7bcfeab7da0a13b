"""Counts of incidents, read from one covering index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Values,
    and_,
    any_,
    column,
    func,
    literal,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY

from lagesbild.analysis.rules import Count, Counted, Kept, Window
from lagesbild.analysis.rules.cells import CellCount
from lagesbild.analysis.rules.types import TypeCount
from lagesbild.base.db import Session
from lagesbild.incidents.rules import UNCERTAIN_M
from lagesbild.incidents.rules.audiences import OUTWARD
from lagesbild.incidents.store.tables import IncidentRow


def counts(
    session: Session,
    municipality_id: UUID,
    windows: Sequence[Window],
    *,
    open_codes: Sequence[str],
    known_at: datetime,
) -> list[Count]:
    """Return the counts of each window, as they were known at a moment.

    Severity 0, rejected, merged, withdrawn and private incidents are not in the index at all.
    Open are those of the open codes that their owner lets out and nobody has marked.
    """
    window, rows = _in_windows(municipality_id, windows)
    query = (
        rows.add_columns(
            IncidentRow.district_id,
            IncidentRow.organisation_id,
            may_go_out(open_codes).label("open"),
            func.sum(IncidentRow.number),
            _late_number(window),
        )
        .where(IncidentRow.registered_at < known_at)
        .group_by(window.c.n, IncidentRow.district_id, IncidentRow.organisation_id, "open")
        .order_by(window.c.n, IncidentRow.district_id, IncidentRow.organisation_id, "open")
    )
    return [Count(*row) for row in session.execute(query)]


def by_district(
    session: Session, municipality_id: UUID, windows: Sequence[Window], *, category_group: str = ""
) -> dict[tuple[int, UUID | None], int]:
    """Return how many incidents are known of each window and district, by number and district.

    `category_group` are the first letters that a type has to have.
    """
    window, rows = _in_windows(municipality_id, windows)
    query = (
        rows.add_columns(IncidentRow.district_id, func.sum(IncidentRow.number))
        .where(func.starts_with(IncidentRow.category_code, category_group))
        .group_by(window.c.n, IncidentRow.district_id)
        .order_by(window.c.n, IncidentRow.district_id)
    )
    return {(n, district_id): number for n, district_id, number in session.execute(query)}


def cells(
    session: Session,
    municipality_id: UUID,
    windows: Sequence[Window],
    *,
    known_at: datetime,
    open_codes: Sequence[str] | None = None,
) -> list[CellCount]:
    """Return how many of each kind in each district and window, without what came late.

    With `open_codes` only of what may be counted outside the group.
    """
    window, rows = _in_windows(municipality_id, windows)
    outward = () if open_codes is None else (may_go_out(open_codes),)
    query = (
        rows.add_columns(
            IncidentRow.district_id, IncidentRow.category_code, func.sum(IncidentRow.number)
        )
        .where(IncidentRow.registered_at < known_at, ~_late(window), *outward)
        .group_by(window.c.n, IncidentRow.district_id, IncidentRow.category_code)
        .order_by(window.c.n, IncidentRow.district_id, IncidentRow.category_code)
    )
    return [CellCount(*row) for row in session.execute(query)]


def types(
    session: Session,
    municipality_id: UUID,
    windows: Sequence[Window],
    *,
    known_at: datetime,
    district_id: UUID | None = None,
) -> list[TypeCount]:
    """Return how many of each kind in each district, or in one, in each window."""
    window, rows = _in_windows(municipality_id, windows)
    query = (
        rows.add_columns(
            IncidentRow.district_id,
            IncidentRow.category_code,
            func.sum(IncidentRow.number),
            _late_number(window),
        )
        .where(IncidentRow.registered_at < known_at)
        .group_by(window.c.n, IncidentRow.district_id, IncidentRow.category_code)
        .order_by(window.c.n, IncidentRow.district_id, IncidentRow.category_code)
    )
    if district_id is not None:
        query = query.where(IncidentRow.district_id == district_id)
    return [TypeCount(*row) for row in session.execute(query)]


def uncertain(
    session: Session,
    municipality_id: UUID,
    window: Window,
    *,
    open_codes: Sequence[str],
    known_at: datetime,
) -> Mapping[UUID | None, int]:
    """Return how many of the open counts of a window have an uncertain place, by district."""
    query = (
        select(IncidentRow.district_id, func.sum(IncidentRow.number))
        .where(
            _known_of(municipality_id, window, known_at),
            may_go_out(open_codes),
            IncidentRow.place.is_not(None),
            IncidentRow.place_precision_m >= UNCERTAIN_M,
        )
        .group_by(IncidentRow.district_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def open_numbers(
    session: Session,
    municipality_id: UUID,
    window: Window,
    *,
    open_codes: Sequence[str],
    known_at: datetime,
) -> dict[UUID, int]:
    """Return how many each of the incidents behind the open counts of a window stands for."""
    query = (
        select(IncidentRow.id, IncidentRow.number)
        .where(_known_of(municipality_id, window, known_at), may_go_out(open_codes))
        .order_by(IncidentRow.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def kept_inside(
    session: Session,
    municipality_id: UUID,
    window: Window,
    *,
    open_codes: Sequence[str],
    known_at: datetime,
) -> list[Kept]:
    """Return how many of a window are counted in the group and not outside it, by what they are."""
    of = (IncidentRow.category_code, IncidentRow.marked, IncidentRow.visibility)
    query = (
        select(*of, func.sum(IncidentRow.number))
        .where(_known_of(municipality_id, window, known_at), ~may_go_out(open_codes))
        .group_by(*of)
        .order_by(*of)
    )
    return [Kept(*row) for row in session.execute(query)]


def counted(
    session: Session, municipality_id: UUID, window: Window, *, known_at: datetime
) -> list[Counted]:
    """Return the incidents behind all counts of a window, by id."""
    query = (
        select(IncidentRow.id, IncidentRow.district_id, IncidentRow.number)
        .where(_known_of(municipality_id, window, known_at))
        .order_by(IncidentRow.id)
    )
    return [Counted(*row) for row in session.execute(query)]


def may_go_out(codes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition of incidents that may be counted outside the group.

    `codes` are the open ones; the owner lets it out and nobody has marked it.
    """
    return (
        (IncidentRow.category_code == any_(literal(list(codes), ARRAY(String))))
        & IncidentRow.visibility.in_(OUTWARD)
        & ~IncidentRow.marked
    )


def _known_of(municipality_id: UUID, window: Window, known_at: datetime) -> ColumnElement[bool]:
    """Return the condition of incidents that were known to count in a window."""
    return and_(
        IncidentRow.municipality_id == municipality_id,
        IncidentRow.occurred_from >= window.start,
        IncidentRow.occurred_from < window.end,
        IncidentRow.counted,
        IncidentRow.registered_at < known_at,
    )


def _in_windows(municipality_id: UUID, windows: Sequence[Window]) -> tuple[Values, Select[int]]:
    """Return the windows as rows, and the query of the counted incidents in each, by its number."""
    moment = DateTime(timezone=True)
    window = values(
        column("n", Integer),
        column("start", moment),
        column("end", moment),
        column("late_from", moment),
        name="w",
    ).data([(n, w.start, w.end, w.late_from) for n, w in enumerate(windows)])
    query = (
        select(window.c.n)
        .join(
            IncidentRow,
            (IncidentRow.occurred_from >= window.c.start)
            & (IncidentRow.occurred_from < window.c.end),
        )
        .where(
            IncidentRow.municipality_id == municipality_id,
            IncidentRow.counted,
            # The join alone does not tell where in the index to begin and end.
            IncidentRow.occurred_from >= min(each.start for each in windows),
            IncidentRow.occurred_from < max(each.end for each in windows),
        )
    )
    return window, query


def _late(window: Values) -> ColumnElement[bool]:
    """Return the condition of incidents that came too late for the meeting of their window."""
    return (IncidentRow.registered_at >= window.c.late_from) & ~IncidentRow.historical


def _late_number(window: Values) -> ColumnElement[int]:
    return func.coalesce(func.sum(IncidentRow.number).filter(_late(window)), 0)
