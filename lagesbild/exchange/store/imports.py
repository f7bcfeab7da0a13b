"""Lists that were taken in, and what became of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select, update

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.exchange.rules.imports.reports import Fate, Insist, State
from lagesbild.exchange.rules.imports.stages import Import, KeptRow, Stage
from lagesbild.exchange.rules.imports.ways import as_json, from_json
from lagesbild.exchange.rules.lists import Column
from lagesbild.exchange.store.tables import FateRow, ImportRow
from lagesbild.people.rules import Group

_IMPORT = (
    ImportRow.id,
    ImportRow.name,
    ImportRow.organisation_id,
    ImportRow.person_id,
    ImportRow.ways,
    ImportRow.state,
    ImportRow.message,
    ImportRow.told,
    ImportRow.done,
    ImportRow.created_at,
    ImportRow.saved_at,
    ImportRow.undone_at,
    ImportRow.content.is_not(None),
)
_FIELDS = [each.name for each in fields(Import)]


def put(session: Session, group: Group, found: Import, content: bytes | None) -> None:
    """Store a list that was brought; `content` is None where the file is kept elsewhere."""
    session.execute(
        insert(ImportRow).values(
            municipality_id=group.municipality_id,
            id=found.id,
            group_id=group.id,
            organisation_id=found.organisation_id,
            person_id=found.person_id,
            name=found.name,
            content=content,
            ways=as_json(found.ways),
            state=found.stage,
            told=dict(found.told),
            created_at=found.created_at,
            saved_at=found.saved_at,
        )
    )


def one(session: Session, municipality_id: UUID, id_: UUID) -> Import:
    """Return a list of the own organisation, or raise `NotFoundError`."""
    row = session.execute(
        select(*_IMPORT).where(ImportRow.municipality_id == municipality_id, ImportRow.id == id_)
    ).one_or_none()
    if row is None:
        raise NotFoundError("Det finns ingen sådan inläsning.")
    return _import(*row)


def latest(session: Session, municipality_id: UUID, *, limit: int = 50) -> list[Import]:
    """Return the lists of the own organisation, newest first."""
    query = (
        select(*_IMPORT)
        .where(ImportRow.municipality_id == municipality_id)
        .order_by(ImportRow.id.desc())
        .limit(limit)
    )
    return [_import(*row) for row in session.execute(query)]


def _import(*row: Any) -> Import:  # noqa: ANN401 – the columns of `_IMPORT`
    values = dict(zip(_FIELDS, row, strict=True))
    return Import(**values | {"ways": from_json(row[4]), "stage": Stage(row[5])})


def content(session: Session, municipality_id: UUID, id_: UUID) -> bytes:
    """Return the file of a list, or raise `NotFoundError` when it is no longer kept."""
    found = session.execute(
        select(ImportRow.content).where(
            ImportRow.municipality_id == municipality_id, ImportRow.id == id_
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("Filen sparas inte längre. Ladda upp listan igen.")
    return found


def move(
    session: Session,
    municipality_id: UUID,
    id_: UUID,
    *,
    frm: Sequence[Stage],
    to: Stage,
    values: Mapping[str, object],
) -> bool:
    """Bring a list from one of some stages to another; return whether it was in one of them."""
    result = session.execute(
        update(ImportRow)
        .where(
            ImportRow.municipality_id == municipality_id,
            ImportRow.id == id_,
            ImportRow.state.in_(frm),
        )
        .values(state=to, **values)
        .returning(ImportRow.id)
    )
    return result.first() is not None


def put_progress(session: Session, municipality_id: UUID, id_: UUID, done: int) -> None:
    """Note how many rows are through."""
    session.execute(
        update(ImportRow)
        .where(ImportRow.municipality_id == municipality_id, ImportRow.id == id_)
        .values(done=done)
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
                "longitude": row.longitude,
                "latitude": row.latitude,
                "incident_id": row.incident_id,
            }
            for row in batch
        ],
    )


def rows(
    session: Session,
    municipality_id: UUID,
    id_: UUID,
    *,
    only: State | None = None,
    after: int = 0,
    limit: int,
) -> list[KeptRow]:
    """Return the rows of a list after a line, in order; those of one fate if given."""
    query = (
        select(
            FateRow.line,
            FateRow.state,
            FateRow.heading,
            FateRow.text,
            FateRow.insist,
            FateRow.cells,
            FateRow.longitude,
            FateRow.latitude,
            FateRow.incident_id,
        )
        .where(
            FateRow.municipality_id == municipality_id,
            FateRow.import_id == id_,
            FateRow.line > after,
        )
        .order_by(FateRow.line)
        .limit(limit)
    )
    if only is not None:
        query = query.where(FateRow.state == only)
    return [_row(*row) for row in session.execute(query)]


def _row(*row: Any) -> KeptRow:  # noqa: ANN401 – the columns of `rows`
    line, state, heading, text, insist, cells, longitude, latitude, incident = row
    return KeptRow(
        Fate(line, State(state), heading, text, Insist(insist)),
        {Column(column): cell for column, cell in (cells or {}).items()},
        longitude,
        latitude,
        incident,
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


def forget_files(
    session: Session, municipality_id: UUID, *, unfinished: datetime, finished: datetime
) -> None:
    """Let go of the files of lists that were brought or saved before some moments."""
    old = or_(
        (ImportRow.saved_at < finished),
        (ImportRow.saved_at.is_(None)) & (ImportRow.created_at < unfinished),
    )
    session.execute(
        update(ImportRow)
        .where(ImportRow.municipality_id == municipality_id, ImportRow.content.is_not(None), old)
        .values(content=None)
    )
