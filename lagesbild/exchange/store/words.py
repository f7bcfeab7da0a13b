"""What a sender's own words mean, and who may take in a list just now."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.exchange.store.tables import WordRow


class Kind(StrEnum):
    """What a word is a word for."""

    CATEGORY = "typ"
    COLUMN = "kolumn"
    PLACE = "plats"


def meanings(
    session: Session, municipality_id: UUID, organisation_id: UUID, kind: Kind
) -> dict[str, str]:
    """Return word → meaning for one sender."""
    query = (
        select(WordRow.word, WordRow.meaning)
        .where(
            WordRow.municipality_id == municipality_id,
            WordRow.organisation_id == organisation_id,
            WordRow.kind == kind,
        )
        .order_by(WordRow.word)
    )
    return {word: meaning for word, meaning in session.execute(query)}  # noqa: C416 – a Row is not a pair


def remember(
    session: Session,
    municipality_id: UUID,
    organisation_id: UUID,
    kind: Kind,
    words: Mapping[str, str],
) -> dict[str, str]:
    """Keep what a sender's words mean from now on; return those that were new or changed."""
    known = meanings(session, municipality_id, organisation_id, kind)
    news = {word: meaning for word, meaning in words.items() if known.get(word) != meaning}
    if news:
        put = upsert(WordRow)
        session.execute(
            put.on_conflict_do_update(
                index_elements=["municipality_id", "organisation_id", "kind", "word"],
                set_={"meaning": put.excluded.meaning},
            ),
            [
                {
                    "municipality_id": municipality_id,
                    "organisation_id": organisation_id,
                    "kind": kind,
                    "word": word,
                    "meaning": meaning,
                }
                for word, meaning in news.items()
            ],
        )
    return news


def lock(session: Session, municipality_id: UUID, name: UUID) -> bool:
    """Keep others from a sender or import until the transaction ends; return if that worked."""
    key = _key(municipality_id, name)
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(key))).scalar_one())


def is_locked(session: Session, municipality_id: UUID, name: UUID) -> bool:
    """Whether somebody keeps others from a sender or import, without getting in their way."""
    key = _key(municipality_id, name)
    query = text(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = :high AND objid = :low AND pid <> pg_backend_pid())"
    )
    found = session.execute(query, {"high": key >> 32, "low": key & 0xFFFFFFFF})
    return bool(found.scalar_one())


def _key(municipality_id: UUID, name: UUID) -> int:
    return (municipality_id.int ^ name.int) & (2**63 - 1)  # a PostgreSQL bigint


def plan_anew(session: Session) -> None:
    """Let the database plan its next queries for the tables as they are now.

    A long list fills tables that were empty when the checks of their foreign keys were planned,
    with whatever index was as good as any: each row would then be looked for among all others
    (measured: 11 ms a row at 47,000 rows instead of 0.5 ms).
    """
    session.execute(text("DISCARD PLANS"))
