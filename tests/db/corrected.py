"""Builders for tests of corrected outlines."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.exchange.cli import outlines as cli
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.rules.outlines.moves import Moves
from lagesbild.exchange.service import outlines as service
from lagesbild.incidents.rules import GeoJson, Incident
from lagesbild.incidents.service import single as incidents
from lagesbild.people.rules import Actor, Group, system
from tests.build import NOW, draft

# Norra and Södra share a border at latitude 59.25, and NORTH lies at 59.27: too far south.
RIGHT_BORDER = 59.28
LATER = datetime(2026, 11, 18, 13, tzinfo=UTC)
CORRECT = Wanted("kommundel", date(2020, 1, 1), correct=True)
OUTSIDE = GeoJson('{"type":"Point","coordinates":[17.95,59.35]}')


def write(folder: Path, border: float = RIGHT_BORDER, north: float = 59.3, **names: str) -> Path:
    """Write the two districts with the border at a latitude; `N` and `S` give other names."""
    known = {"N": "Norra Ås", "S": "Södra Ås"} | names
    parts = {"N": (border, north), "S": (59.2, border)}
    features = [
        {
            "type": "Feature",
            "properties": {"key": f"0001-{key}", "name": known[key]},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[17.9, low], [18.0, low], [18.0, high], [17.9, high], [17.9, low]]
                ],
            },
        }
        for key, (low, high) in parts.items()
        if known[key]
    ]
    file = folder / "ratt.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def report(actor: Actor, **changes: Any) -> Incident:  # noqa: ANN401 – any field of a draft
    wanted = draft(organisation_id=actor.organisation_id, **changes)
    with transaction(actor.gate) as session:
        return incidents.report(session, actor, wanted, now=NOW)


def correct(group: Group, file: Path, wanted: Wanted = CORRECT) -> Moves:
    with transaction(system(group).gate) as session:
        found = service.import_districts(session, system(group), file, wanted, now=LATER)
    assert found.moves is not None
    return found.moves


def place_of(actor: Actor, incident: Incident) -> str | None:
    """Return the name of the district that an incident lies in now."""
    with reading(actor.gate) as session:
        facts = incidents.one(session, actor, incident.id).facts
        known = {d.id: d.name for d in districts.districts(session, actor)}
    return known[facts.district_id] if facts.district_id else None


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.districts, ["import", *map(str, arguments)])


DAY = ("--division", "kommundel", "--valid-from", "2020-01-01", "--correct")
