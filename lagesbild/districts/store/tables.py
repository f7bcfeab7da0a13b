"""The tables of divisions, districts and outlines."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base
from lagesbild.base.geo import WGS84


class DivisionRow(Base):
    """A way to divide the municipality: kommundelar, DeSO, police areas. One is the main one."""

    __tablename__ = "divisions"
    __table_args__ = (
        UniqueConstraint("municipality_id", "slug"),
        Index(
            "uq_divisions_main", "municipality_id", unique=True, postgresql_where=text("is_main")
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    is_main: Mapped[bool]


class VersionRow(Base):
    """A set of outlines of a division, valid from a day until the next version.

    A correction puts right outlines in the row, so that incidents keep their version, and the
    wrong ones in a row of their own, `replaced_by` this one, which never holds.
    """

    __tablename__ = "division_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "division_id"], ["divisions.municipality_id", "divisions.id"]
        ),
        ForeignKeyConstraint(
            ["municipality_id", "replaced_by"],
            ["division_versions.municipality_id", "division_versions.id"],
        ),
        Index(
            "uq_division_versions_municipality_id_division_id_valid_from",
            "municipality_id",
            "division_id",
            "valid_from",
            unique=True,
            postgresql_where=text("replaced_by IS NULL"),
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_id: Mapped[UUID]
    valid_from: Mapped[date]
    source: Mapped[str]
    schematic: Mapped[bool]
    imported_at: Mapped[datetime]
    corrected_at: Mapped[datetime | None]
    replaced_by: Mapped[UUID | None]


class DistrictRow(Base):
    """A district. The key joins with other data; the slug stands in addresses.

    `withdrawn` means that it came by a mistake that was corrected, and has no incidents.
    """

    __tablename__ = "districts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "division_id"], ["divisions.municipality_id", "divisions.id"]
        ),
        UniqueConstraint("municipality_id", "division_id", "key"),
        UniqueConstraint("municipality_id", "division_id", "slug"),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    division_id: Mapped[UUID]
    key: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    withdrawn: Mapped[bool] = mapped_column(server_default="false")


class OutlineRow(Base):
    """The outline of a district in one version (MultiPolygon, WGS 84)."""

    __tablename__ = "district_outlines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_id", "version_id"],
            ["division_versions.municipality_id", "division_versions.id"],
        ),
        ForeignKeyConstraint(
            ["municipality_id", "district_id"], ["districts.municipality_id", "districts.id"]
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    district_id: Mapped[UUID] = mapped_column(primary_key=True)
    # No spatial index: a municipality has few outlines, and the policies keep && from using it.
    outline: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False)
    )
