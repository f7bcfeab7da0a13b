"""Lists that were taken in, and what became of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.exchange.rules.imports.reports import State
from lagesbild.exchange.rules.imports.stages import Brought, Import, Stage
from lagesbild.exchange.rules.imports.ways import Ways, as_json, from_json
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


def latest(session: Session, municipality_id: UUID, *, limit: int = 50) -> list[Brought]:
    """Return the lists of the own organisation, newest first."""
    saved = func.coalesce(ImportRow.told["numbers"][State.SAVED.value].as_integer(), 0)
    query = (
        select(ImportRow.id, ImportRow.name, ImportRow.state, ImportRow.created_at, saved)
        .where(ImportRow.municipality_id == municipality_id)
        .order_by(ImportRow.id.desc())
        .limit(limit)
    )
    return [
        Brought(id_, name, Stage(state), created_at, number)
        for id_, name, state, created_at, number in session.execute(query)
    ]


def unfinished(session: Session, municipality_id: UUID) -> int:
    """Return how many lists of the own organisation were never saved."""
    query = select(func.count()).where(
        ImportRow.municipality_id == municipality_id, ImportRow.saved_at.is_(None)
    )
    return session.execute(query).scalar_one()


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
    before: Sequence[Stage],
    to: Stage,
    values: Mapping[str, object],
) -> bool:
    """Bring a list from one of some stages to another; return whether it was in one of them."""
    result = session.execute(
        update(ImportRow)
        .where(
            ImportRow.municipality_id == municipality_id,
            ImportRow.id == id_,
            ImportRow.state.in_(before),
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


def remove(session: Session, municipality_id: UUID, ids: Sequence[UUID]) -> None:
    """Forget lists, their files and rows."""
    session.execute(
        delete(FateRow).where(
            FateRow.municipality_id == municipality_id, FateRow.import_id.in_(ids)
        )
    )
    session.execute(
        delete(ImportRow).where(ImportRow.municipality_id == municipality_id, ImportRow.id.in_(ids))
    )


_FORGOTTEN = {"unclear": [], "unplaced": [], "meant": [], "forgotten": True}


def forget_files(
    session: Session, municipality_id: UUID, *, unfinished: datetime, finished: datetime
) -> None:
    """Forget lists that were brought before a moment and never saved.

    Of those that were saved before another, what they became is kept, not what they said.
    """
    mine = ImportRow.municipality_id == municipality_id
    old = select(ImportRow.id).where(
        mine, ImportRow.saved_at.is_(None), ImportRow.created_at < unfinished
    )
    remove(session, municipality_id, list(session.execute(old).scalars()))
    kept = ImportRow.saved_at < finished
    done = select(ImportRow.id).where(mine, kept, ~ImportRow.told.has_key("forgotten"))
    ids = list(session.execute(done).scalars())
    if not ids:
        return
    session.execute(
        update(ImportRow)
        .where(mine, ImportRow.id.in_(ids))
        .values(
            content=None,
            ways=as_json(Ways()),
            told=ImportRow.told.op("||")(cast(_FORGOTTEN, JSONB)),
        )
    )
    session.execute(
        update(FateRow)
        .where(FateRow.municipality_id == municipality_id, FateRow.import_id.in_(ids))
        .values(cells=None, text="", place_text="")
    )
