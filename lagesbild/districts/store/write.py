"""How districts get their outlines."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session, new_id
from lagesbild.base.geo import WGS84
from lagesbild.districts.rules import NewDistrict, Source, slug_of
from lagesbild.districts.store.tables import DistrictRow, DivisionRow, OutlineRow, VersionRow


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
    ids = _put_districts(session, municipality_id, division_id, found)
    version = {
        "municipality_id": municipality_id,
        "id": new_id(),
        "division_id": division_id,
        "valid_from": source.valid_from,
        "source": source.source,
        "schematic": source.schematic,
        "imported_at": now,
    }
    session.execute(insert(VersionRow), [version])
    session.execute(
        insert(OutlineRow),
        [
            {
                "municipality_id": municipality_id,
                "version_id": version["id"],
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
    put = upsert(DistrictRow)
    session.execute(
        put.on_conflict_do_update(
            index_elements=["municipality_id", "division_id", "key"],
            set_={"name": put.excluded.name, "slug": put.excluded.slug},
        ),
        rows,
    )
    known = session.execute(
        select(DistrictRow.key, DistrictRow.id).where(
            DistrictRow.municipality_id == municipality_id, DistrictRow.division_id == division_id
        )
    )
    return {key: id_ for key, id_ in known}  # noqa: C416 – a Row is not a pair


def version_exists(session: Session, municipality_id: UUID, source: Source) -> bool:
    """Whether the division already has a version from this day."""
    query = (
        select(VersionRow.id)
        .join(
            DivisionRow,
            (DivisionRow.municipality_id == VersionRow.municipality_id)
            & (DivisionRow.id == VersionRow.division_id),
        )
        .where(
            VersionRow.municipality_id == municipality_id,
            DivisionRow.slug == slug_of(source.division),
            VersionRow.valid_from == source.valid_from,
        )
    )
    return session.execute(query).first() is not None


def _division(session: Session, municipality_id: UUID, name: str) -> UUID:
    """Return the division's id; a new one is main unless there is one, or it is the whole."""
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
            is_main=has_main is None and slug_of(name) != "kommun",
        )
    )
    return id_
