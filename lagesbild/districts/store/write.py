"""How districts get their outlines."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import String, cast, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.geo import WGS84
from lagesbild.districts.rules import AROUND, Corrected, NewDistrict, Source, slug_of
from lagesbild.districts.store.tables import DistrictRow, DivisionRow, OutlineRow, VersionRow
from lagesbild.districts.store.versions import OF_DIVISION, versions


def put_version(
    session: Session,
    municipality_id: UUID,
    source: Source,
    found: Sequence[NewDistrict],
    *,
    now: datetime,
) -> None:
    """Store a new version of a division; new districts are added, known ones keep their id."""
    division_id = _division(session, municipality_id, source.division)
    version_id = new_id()
    session.execute(
        insert(VersionRow).values(
            municipality_id=municipality_id,
            id=version_id,
            division_id=division_id,
            valid_from=source.valid_from,
            source=source.source,
            schematic=source.schematic,
            imported_at=now,
        )
    )
    _put_outlines(session, municipality_id, (division_id, version_id), found)


def correct_version(
    session: Session,
    municipality_id: UUID,
    source: Source,
    found: Sequence[NewDistrict],
    *,
    now: datetime,
) -> Corrected | None:
    """Put right outlines in the version of a day, keeping the wrong ones; None without one."""
    row = session.execute(
        select(VersionRow.id, VersionRow.division_id, DivisionRow.is_main)
        .join(DivisionRow, OF_DIVISION)
        .where(
            VersionRow.municipality_id == municipality_id,
            DivisionRow.slug == slug_of(source.division),
            VersionRow.valid_from == source.valid_from,
            VersionRow.replaced_by.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    version_id, division_id, is_main = row
    _keep_wrong(session, municipality_id, version_id)
    session.execute(
        update(VersionRow)
        .where(VersionRow.municipality_id == municipality_id, VersionRow.id == version_id)
        .values(source=source.source, schematic=source.schematic, imported_at=now, corrected_at=now)
    )
    _put_outlines(session, municipality_id, (division_id, version_id), found)
    return _corrected(session, municipality_id, source, version_id, is_main=is_main)


def _keep_wrong(session: Session, municipality_id: UUID, version_id: UUID) -> None:
    """Move the outlines of a version to a row of their own that never holds."""
    kept = new_id()
    copied = [
        *("municipality_id", "division_id", "valid_from", "source", "schematic"),
        *("imported_at", "corrected_at"),
    ]
    session.execute(
        insert(VersionRow).from_select(
            [*copied, "id", "replaced_by"],
            select(
                *(getattr(VersionRow, name) for name in copied), literal(kept), VersionRow.id
            ).where(VersionRow.municipality_id == municipality_id, VersionRow.id == version_id),
        )
    )
    session.execute(
        update(OutlineRow)
        .where(OutlineRow.municipality_id == municipality_id, OutlineRow.version_id == version_id)
        .values(version_id=kept)
    )


def _corrected(
    session: Session, municipality_id: UUID, source: Source, version_id: UUID, *, is_main: bool
) -> Corrected:
    since = session.execute(
        select(func.min(VersionRow.imported_at)).where(
            VersionRow.municipality_id == municipality_id,
            or_(VersionRow.id == version_id, VersionRow.replaced_by == version_id),
        )
    ).scalar_one()
    days = [v.valid_from for v in versions(session, municipality_id, slug_of(source.division))]
    place = days.index(source.valid_from)
    return Corrected(
        version_id,
        is_main,
        since,
        valid_from=days[place] if place else None,
        valid_until=days[place + 1] if place + 1 < len(days) else None,
    )


def withdraw(session: Session, municipality_id: UUID, ids: Sequence[UUID]) -> None:
    """Take away districts that came by mistake and that nothing refers to."""
    session.execute(
        update(DistrictRow)
        .where(DistrictRow.municipality_id == municipality_id, DistrictRow.id.in_(ids))
        .values(withdrawn=True)
    )


def without_outlines(session: Session, municipality_id: UUID) -> list[UUID]:
    """Return the districts that only replaced versions have outlines of."""
    holds = (
        select(OutlineRow.district_id)
        .join(
            VersionRow,
            (VersionRow.municipality_id == OutlineRow.municipality_id)
            & (VersionRow.id == OutlineRow.version_id),
        )
        .where(
            OutlineRow.municipality_id == DistrictRow.municipality_id,
            OutlineRow.district_id == DistrictRow.id,
            VersionRow.replaced_by.is_(None),
        )
    )
    query = (
        select(DistrictRow.id)
        .where(DistrictRow.municipality_id == municipality_id, ~holds.exists())
        .order_by(DistrictRow.id)
    )
    return list(session.execute(query).scalars())


def _put_outlines(
    session: Session,
    municipality_id: UUID,
    of: tuple[UUID, UUID],  # division and version
    found: Sequence[NewDistrict],
) -> None:
    division_id, version_id = of
    ids = _put_districts(session, municipality_id, division_id, found)
    session.execute(
        insert(OutlineRow),
        [
            {
                "municipality_id": municipality_id,
                "version_id": version_id,
                "district_id": ids[district.key],
                "outline": WKBElement(district.wkb, srid=WGS84),
            }
            for district in found
        ],
    )


def _put_districts(
    session: Session, municipality_id: UUID, division_id: UUID, found: Sequence[NewDistrict]
) -> dict[str, UUID]:
    """Store the districts that are new, rename those that are known, and return key → id."""
    rows = [
        {
            "municipality_id": municipality_id,
            "id": new_id(),
            "division_id": division_id,
            "key": district.key,
            "slug": slug_of(district.name),
            "name": district.name,
        }
        for district in found
    ]
    # Two districts may have changed names with each other: no slug is in the way of another.
    session.execute(
        update(DistrictRow)
        .where(
            DistrictRow.municipality_id == municipality_id,
            DistrictRow.division_id == division_id,
            DistrictRow.key.in_([district.key for district in found]),
        )
        .values(slug=cast(DistrictRow.id, String))
    )
    put = upsert(DistrictRow)
    session.execute(
        put.on_conflict_do_update(
            index_elements=["municipality_id", "division_id", "key"],
            set_={"name": put.excluded.name, "slug": put.excluded.slug, "withdrawn": False},
        ),
        rows,
    )
    known = session.execute(
        select(DistrictRow.key, DistrictRow.id).where(
            DistrictRow.municipality_id == municipality_id, DistrictRow.division_id == division_id
        )
    )
    return {key: id_ for key, id_ in known}  # noqa: C416 – a Row is not a pair


def _division(session: Session, municipality_id: UUID, name: str) -> UUID:
    """Return the division's id; a new one is main unless there is one, or it divides nothing."""
    known = session.execute(
        select(DivisionRow.id).where(
            DivisionRow.municipality_id == municipality_id, DivisionRow.slug == slug_of(name)
        )
    ).scalar_one_or_none()
    if known is not None:
        return known
    has_main = session.execute(
        select(DivisionRow.id).where(
            DivisionRow.municipality_id == municipality_id, DivisionRow.is_main
        )
    ).first()
    id_ = new_id()
    session.execute(
        insert(DivisionRow).values(
            municipality_id=municipality_id,
            id=id_,
            slug=slug_of(name),
            name=name,
            is_main=has_main is None and slug_of(name) not in {"kommun", *AROUND},
        )
    )
    return id_
