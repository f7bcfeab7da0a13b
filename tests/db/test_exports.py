"""Five thousand incidents in a file: each of them once, and memory does not grow with them."""

import re
import tracemalloc
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from pyogrio import raw

from lagesbild.base.db import reading, transaction
from lagesbild.exchange.rules.exports.records import Form
from lagesbild.exchange.service import exports as service
from lagesbild.exchange.service.exports import PAGE, Wanted
from lagesbild.exchange.web.exports import SPOKEN
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
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


def test_nothing_is_left_on_the_disk(
    coordinator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for form in Form:
        with reading(coordinator.gate) as session:
            order = Wanted(Filter(), form, SPOKEN, listed_feature)
            with service.export(session, coordinator, order, now=NOW).file:
                assert list(tmp_path.iterdir()) == []
