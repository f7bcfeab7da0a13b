"""Builders: a usual thing, with the changes that the test is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shapely import box, to_wkb
from shapely.geometry import MultiPolygon

from lagesbild.base.db import new_id
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.incidents.rules import Draft, Facts, GeoJson, Part

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # Wednesday, the last day of 2026-W47
NOBODY = UUID(int=0)
NORTH = GeoJson('{"type":"Point","coordinates":[17.95,59.27]}')
SOUTH = GeoJson('{"type":"Point","coordinates":[17.95,59.22]}')

# Two districts that share a border at latitude 59.25.
SQUARES = (
    NewDistrict("0001-N", "Norra Ås", to_wkb(MultiPolygon([box(17.9, 59.25, 18.0, 59.3)]))),
    NewDistrict("0001-S", "Södra Ås", to_wkb(MultiPolygon([box(17.9, 59.2, 18.0, 59.25)]))),
)
SOURCE = Source("kommundel", date(2020, 1, 1), "påhittad", schematic=True)


def draft(**changes: Any) -> Draft:  # noqa: ANN401 – any field of a draft, its facts or its part
    facts = Facts("BRA01", severity=0, occurred_from=NOW, place=NORTH)
    usual = Draft(new_id(), facts, Part(NOBODY, summary="Brand i papperskorg"))
    for part in ("facts", "part"):
        fields = {k: v for k, v in changes.items() if k in vars(getattr(usual, part))}
        usual = replace(usual, **{part: replace(getattr(usual, part), **fields)})
        changes = {k: v for k, v in changes.items() if k not in fields or k in vars(usual)}
    return replace(usual, **changes)
