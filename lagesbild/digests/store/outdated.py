"""Which letters rest on figures that were corrected since."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased

from lagesbild.base.db import Session
from lagesbild.digests.rules import Kind, Run, What
from lagesbild.digests.store.runs import RUN, from_row, of
from lagesbild.digests.store.tables import EventRow, RunRow
from lagesbild.meetings.store.publications import PublicationRow
from lagesbild.people.rules import Group


def outdated(session: Session, group: Group) -> list[Run]:
    """Return, locked, the newest version of each week's letter whose figures were corrected since.

    That is one that has left, or a correction that is drafted or was struck: the figures that it
    was drafted for count. One that was compared with the newest figures is left out.
    """
    query = are_outdated(group).order_by(RunRow.week).with_for_update(of=RunRow, key_share=True)
    return [from_row(row) for row in session.execute(query)]


def are_outdated(group: Group) -> Select[*tuple[Any, ...]]:
    """Return the question for them."""
    is_open = (RunRow.approved_at.is_(None)) & (RunRow.version > 1)
    return (
        select(*RUN)
        .join(
            PublicationRow,
            (PublicationRow.municipality_id == RunRow.municipality_id)
            & (PublicationRow.id == RunRow.publication_id),
        )
        .where(
            *of(group),
            RunRow.kind == Kind.LETTER,
            or_(RunRow.released_at.is_not(None), is_open),
            _is_newest(),
            _is_corrected(),
        )
    )


def _is_newest() -> ColumnElement[bool]:
    """Whether a letter has no later version."""
    later = aliased(RunRow)
    return ~exists().where(
        later.municipality_id == RunRow.municipality_id,
        later.group_id == RunRow.group_id,
        later.week == RunRow.week,
        later.kind == RunRow.kind,
        later.version > RunRow.version,
    )


def _is_corrected() -> ColumnElement[bool]:
    """Whether there is a newer publication that a letter was not compared with."""
    newer = aliased(PublicationRow)
    is_compared = (
        exists()
        .where(
            EventRow.municipality_id == RunRow.municipality_id,
            EventRow.run_id == RunRow.id,
            EventRow.what == What.COMPARED,
            EventRow.at >= newer.made_at,
        )
        .correlate(RunRow, newer)  # two levels out, which is not found by itself
    )
    return exists().where(
        newer.municipality_id == PublicationRow.municipality_id,
        newer.week_id == PublicationRow.week_id,
        newer.kind == PublicationRow.kind,
        newer.version > PublicationRow.version,
        ~is_compared,
    )
