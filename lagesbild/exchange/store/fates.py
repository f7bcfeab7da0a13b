"""What became of the rows of a list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from lagesbild.base.db import Session
from lagesbild.exchange.rules.imports.reports import Fate, Insist, State
from lagesbild.exchange.rules.imports.stages import Import, KeptRow, Said, Which
from lagesbild.exchange.rules.lists import Column
from lagesbild.exchange.store.tables import FateRow
from lagesbild.incidents.store.tables import IncidentRow

_ROW = (
    FateRow.line,
    FateRow.state,
    FateRow.heading,
    FateRow.text,
    FateRow.insist,
    FateRow.cells,
    FateRow.incident_id,
    IncidentRow.reference,
    FateRow.category_code,
    FateRow.occurred_from,
    FateRow.time_precision,
    FateRow.place_text,
    FateRow.longitude,
    FateRow.latitude,
)


def forget_rows(session: Session, municipality_id: UUID, id_: UUID) -> None:
    """Forget what became of the rows, before it is told anew."""
    session.execute(
        delete(FateRow).where(FateRow.municipality_id == municipality_id, FateRow.import_id == id_)
    )


def add_rows(
    session: Session, municipality_id: UUID, found: Import, batch: Sequence[KeptRow]
) -> None:
    """Keep what became of some rows."""
    if not batch:
        return
    session.execute(
        insert(FateRow),
        [
            {
                "municipality_id": municipality_id,
                "import_id": found.id,
                "line": row.fate.line,
                "organisation_id": found.organisation_id,
                "state": row.fate.state,
                "heading": row.fate.column,
                "text": row.fate.text,
                "insist": row.fate.insist,
                "cells": {c.value: text for c, text in row.cells.items()} or None,
                "incident_id": row.incident_id,
                **_said_values(row.said),
            }
            for row in batch
        ],
    )


def _said_values(said: Said | None) -> dict[str, object]:
    return {
        "category_code": said.code if said else None,
        "occurred_from": said.occurred_from if said else None,
        "time_precision": said.time_precision if said else None,
        "place_text": said.place_text if said else "",
        "longitude": said.longitude if said else None,
        "latitude": said.latitude if said else None,
    }


def rows(session: Session, municipality_id: UUID, id_: UUID, which: Which) -> list[KeptRow]:
    """Return rows of a list in order, each with its incident's reference if it became one."""
    query = (
        select(*_ROW)
        .outerjoin(
            IncidentRow,
            (IncidentRow.municipality_id == FateRow.municipality_id)
            & (IncidentRow.id == FateRow.incident_id),
        )
        .where(
            FateRow.municipality_id == municipality_id,
            FateRow.import_id == id_,
            FateRow.line > which.after,
        )
        .order_by(FateRow.line)
        .limit(which.limit)
    )
    if which.only is not None:
        query = query.where(FateRow.state == which.only)
    if which.mending:
        query = query.where(FateRow.insist != Insist.WORD)
    if which.placed:
        query = query.where(FateRow.longitude.is_not(None))
    return [_row(*row) for row in session.execute(query)]


def _row(*row: Any) -> KeptRow:  # noqa: ANN401 – the columns of `_ROW`
    line, state, heading, text, insist, cells, incident, reference, code, *said = row
    return KeptRow(
        Fate(line, State(state), heading, text, Insist(insist)),
        {Column(column): cell for column, cell in (cells or {}).items()},
        Said(code, *said) if code else None,
        incident,
        reference,
    )


def cells_of(
    session: Session, municipality_id: UUID, id_: UUID, lines: Sequence[int]
) -> dict[int, dict[Column, str]]:
    """Return the kept cells of some lines."""
    query = select(FateRow.line, FateRow.cells).where(
        FateRow.municipality_id == municipality_id,
        FateRow.import_id == id_,
        FateRow.line.in_(lines),
    )
    return {
        line: {Column(column): cell for column, cell in (cells or {}).items()}
        for line, cells in session.execute(query)
    }


def incident_ids(session: Session, municipality_id: UUID, id_: UUID) -> list[UUID]:
    """Return the incidents that a list became."""
    query = select(FateRow.incident_id).where(
        FateRow.municipality_id == municipality_id,
        FateRow.import_id == id_,
        FateRow.incident_id.is_not(None),
    )
    return [found for found in session.execute(query).scalars() if found is not None]
