"""Which outlines hold when, and the lock that keeps placing and correcting apart."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, select, text
from sqlalchemy.exc import OperationalError

from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError
from lagesbild.districts.rules import Version
from lagesbild.districts.store.tables import DivisionRow, OutlineRow, VersionRow

OF_OUTLINES = 0x6F75746C696E6573  # tells these locks from others of the municipality
LOCK_WAIT = "10s"

MAIN = DivisionRow.is_main.expression
OF_DIVISION = (DivisionRow.municipality_id == VersionRow.municipality_id) & (
    DivisionRow.id == VersionRow.division_id
)


def version_on(
    municipality_id: ColumnElement[UUID] | UUID,
    day: ColumnElement[date],
    division: ColumnElement[bool],
) -> Select[UUID]:
    """Return the query for a division's version of a day; the oldest for days before all."""
    return (
        select(VersionRow.id)
        .join(DivisionRow, OF_DIVISION)
        .where(
            VersionRow.municipality_id == municipality_id,
            VersionRow.replaced_by.is_(None),
            division,
        )
        .order_by(
            (VersionRow.valid_from <= day).desc(),
            case((VersionRow.valid_from <= day, VersionRow.valid_from)).desc(),
            VersionRow.valid_from,
        )
        .limit(1)
    )


def versions(session: Session, municipality_id: UUID, division: str | None = None) -> list[Version]:
    """Return the versions of a division (slug), or of the main one, the oldest first."""
    is_it = DivisionRow.is_main if division is None else DivisionRow.slug == division
    query = (
        select(
            VersionRow.id,
            VersionRow.valid_from,
            VersionRow.source,
            VersionRow.schematic,
            VersionRow.corrected_at,
        )
        .join(DivisionRow, OF_DIVISION)
        .where(
            VersionRow.municipality_id == municipality_id, VersionRow.replaced_by.is_(None), is_it
        )
        .order_by(VersionRow.valid_from)
    )
    return [Version(*row) for row in session.execute(query)]


def outline_on(session: Session, municipality_id: UUID, division: str, day: date) -> bytes | None:
    """Return the outlines of a division on a day as one area (WKB, WGS 84), None without any."""
    version = version_on(municipality_id, literal(day), DivisionRow.slug == division)
    query = select(func.ST_AsBinary(func.ST_Union(OutlineRow.outline))).where(
        OutlineRow.municipality_id == municipality_id,
        OutlineRow.version_id == version.scalar_subquery(),
    )
    found = session.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def lock_key(municipality_id: UUID) -> int:
    """Return the number of the municipality's lock, a PostgreSQL bigint."""
    return (municipality_id.int ^ OF_OUTLINES) & (2**63 - 1)


def may_place(key: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the question whether no correction is running; it then waits for this transaction.

    Part of the query that looks for the district, so that it costs no trip to the database.
    """
    return func.pg_try_advisory_xact_lock_shared(key)


def wait_for_correction(session: Session, municipality_id: UUID) -> None:
    """Wait until a running correction has ended; what is read after that has its outlines."""
    session.execute(
        select(func.pg_advisory_xact_lock_shared(literal(lock_key(municipality_id), BigInteger)))
    )


def keep_placing_out(session: Session, municipality_id: UUID) -> None:
    """Wait for those who are storing incidents, and keep others out until the transaction ends."""
    session.execute(select(func.set_config("lock_timeout", LOCK_WAIT, literal(value=True))))
    try:
        session.execute(
            select(func.pg_advisory_xact_lock(literal(lock_key(municipality_id), BigInteger)))
        )
    except OperationalError as error:
        raise ConflictError(
            "Någon läser in händelser just nu. Försök igen när det är klart."
        ) from error
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
