"""Five thousand incidents in a file: each of them once, and memory does not grow with them."""

import json
import re
import tracemalloc
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from pyogrio import raw
from pyproj import CRS, Transformer

from lagesbild.base.db import reading, transaction
from lagesbild.base.geo import WGS84
from lagesbild.exchange.rules.exports import systems
from lagesbild.exchange.rules.exports.records import Form
from lagesbild.exchange.service import exports as service
from lagesbild.exchange.service.exports import PAGE, Wanted
from lagesbild.exchange.web.exports import SPOKEN
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, GeoJson
from lagesbild.incidents.web.features import listed_feature
from lagesbild.people.rules import Actor, system
from tests.build import NOW, draft

ROWS = 5 * PAGE
MOST_BYTES = 8_000_000  # a page of rows takes two; all five thousand would take twenty as cells


@pytest.fixture
def many(coordinator: Actor) -> Actor:
    """A coordinator of a group with many incidents, two hundred of them at each moment."""
    clock = system(coordinator.group, coordinator.organisation_id)
    drafts = [
        draft(
            organisation_id=coordinator.organisation_id,
            occurred_from=NOW - timedelta(hours=number // 200),
            summary=f"Händelse {number}",
        )
        for number in range(ROWS)
    ]
    with transaction(clock.gate) as session:
        incidents.report_all(session, clock, drafts, now=NOW)
    return coordinator


def references(file: Path) -> list[str]:
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as parts:  # openpyxl would take as long as writing it
            return re.findall("L-2026-[0-9]{6}", parts.read("xl/worksheets/sheet1.xml").decode())
    if file.suffix == ".csv":
        return [line.split(";")[0] for line in file.read_text("utf-8-sig").splitlines()[1:]]
    name = "nummer" if file.suffix == ".gpkg" else "reference"
    _, _, _, columns = raw.read(file, columns=[name], read_geometry=False)
    return [str(value) for value in columns[0]]


def test_each_incident_leaves_once_in_flat_memory(many: Actor, tmp_path: Path) -> None:
    wanted = Counter(f"L-2026-{number:06d}" for number in range(1, ROWS + 1))
    peaks = {}
    for form in Form:
        tracemalloc.start()
        with reading(many.gate) as session:
            order = Wanted(Filter(), form, SPOKEN, listed_feature)
            made = service.export(session, many, order, now=NOW)
        peaks[form.value] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        file = tmp_path / made.name
        with made.file:
            file.write_bytes(made.file.read())
        assert made.rows == ROWS
        assert Counter(references(file)) == wanted
    assert {form: peak for form, peak in peaks.items() if peak > MOST_BYTES} == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [(Form.GEOJSON, 4326), *((Form.GPKG, code) for code in (4326, 3006, 3011, 3018))],
)
def test_gdal_reads_every_position_within_a_centimetre(
    coordinator: Actor, tmp_path: Path, form: Form, code: int
) -> None:
    degrees = [(17.95, 59.27), (17.912345, 59.212345), (17.999999, 59.299999)]
    line = [(17.91, 59.21), (17.96, 59.26)]
    clock = system(coordinator.group, coordinator.organisation_id)
    shapes = [{"type": "Point", "coordinates": list(d)} for d in degrees]
    shapes.append({"type": "LineString", "coordinates": line})
    drafts = [
        draft(organisation_id=coordinator.organisation_id, place=GeoJson(json.dumps(shape)))
        for shape in shapes
    ]
    drafts.append(draft(organisation_id=coordinator.organisation_id, place=None))
    with transaction(clock.gate) as session:
        incidents.report_all(session, clock, drafts, now=NOW)
    chosen = systems.system(str(code))
    with reading(coordinator.gate) as session:
        order = Wanted(Filter(), form, SPOKEN, listed_feature, chosen)
        made = service.export(session, coordinator, order, now=NOW)
    file = tmp_path / made.name
    with made.file:
        file.write_bytes(made.file.read())
    about, _, shapes_read, _ = raw.read(file)
    assert CRS.from_user_input(about["crs"]) == CRS.from_epsg(code)
    found = [shapely.get_coordinates(s) for s in shapely.from_wkb(shapes_read) if s]
    wanted = Transformer.from_crs(WGS84, code, always_xy=True)
    near = 1e-7 if code == WGS84 else 0.01
    expected = [[wanted.transform(*d)] for d in degrees]
    expected.append([wanted.transform(*d) for d in line])
    assert len(found) == len(expected)
    by_place = sorted((c.tolist() for c in found), key=str)
    for one, other in zip(by_place, sorted(map(_plain, expected), key=str), strict=True):
        assert one == [pytest.approx(position, abs=near) for position in other]


def _plain(positions: list[tuple[float, float]]) -> list[list[float]]:
    return [list(position) for position in positions]


def test_the_choice_holds_the_municipalitys_own_zone(coordinator: Actor) -> None:
    with reading(coordinator.gate) as session:
        found = service.systems(session, coordinator, now=NOW)
    assert [each.code for each in found] == [4326, 3006, 3011]


def test_nothing_is_left_on_the_disk(
    coordinator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for form in Form:
        with reading(coordinator.gate) as session:
            order = Wanted(Filter(), form, SPOKEN, listed_feature)
            with service.export(session, coordinator, order, now=NOW).file:
                assert list(tmp_path.iterdir()) == []
