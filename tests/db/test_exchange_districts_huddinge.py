"""Huddinge's real layers: joined, compared with Lantmäteriet's outline, and one in RT90."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.base.db import transaction
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import reports
from lagesbild.exchange.rules.outlines.checked import Checked
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.rules.outlines.tables import table
from lagesbild.exchange.service import outlines as service
from lagesbild.people.rules import Group, system
from tests.build import NOW
from tests.conftest import SHARED

pytestmark = pytest.mark.shared

BOUNDARIES = SHARED / "boundaries"
KOMMUNDELAR = BOUNDARIES / "huddinge_kommundelar_from_deso.geojson"
DESO = BOUNDARIES / "huddinge_deso2018.geojson"
SLIVERS = BOUNDARIES / "huddinge_deso2018_raw_slivers.geojson"
GEOPACKAGE = BOUNDARIES / "huddinge_epsg3006.gpkg"
LANTMATERIET = BOUNDARIES / "kommuner_lantmateriet_oversikt.geojson"
TRAP = BOUNDARIES / "TRAP_rt90_datum_as_wgs84.geojson"
WANTED = Wanted("kommundel", date(2026, 1, 1))
JOINED = replace(WANTED, group_by="kommundel")


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    """A municipality without districts."""
    assert connection.in_transaction()
    return access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)


@pytest.fixture
def outlined(huddinge: Group) -> Group:
    """Huddinge with its own outline from Lantmäteriet, found by its code among six."""
    take_in(huddinge, LANTMATERIET, replace(WANTED, division="kommun"))
    return huddinge


def take_in(group: Group, file: Path, wanted: Wanted = WANTED) -> Checked:
    with transaction(system(group).gate) as session:
        return service.import_districts(session, system(group), file, wanted, now=NOW)


def features(file: Path) -> list[dict[str, dict[str, object]]]:
    found = json.loads(file.read_text())["features"]
    assert isinstance(found, list)
    return found


def told() -> dict[object, object]:
    """Return the area of each kommundel as the derived layer says it."""
    rows = [feature["properties"] for feature in features(KOMMUNDELAR)]
    return {row["kommundel"]: row["area_km2"] for row in rows}


def test_the_deso_of_huddinge_become_its_seven_kommundelar(huddinge: Group) -> None:
    found = take_in(huddinge, DESO, JOINED)
    assert found.joined is not None
    assert (found.joined.areas, len(found.districts)) == (60, 7)
    assert found.square_km == pytest.approx(told(), rel=0.001)


def test_the_joined_districts_have_the_borders_of_the_derived_layer(huddinge: Group) -> None:
    expected = {
        f["properties"]["kommundel"]: shapely.from_geojson(json.dumps(f["geometry"]))
        for f in features(KOMMUNDELAR)
    }
    for district in take_in(huddinge, DESO, JOINED).districts:
        outline, other = shapely.from_wkb(district.wkb), expected[district.name]
        assert outline.is_valid
        assert outline.symmetric_difference(other).area < 0.001 * other.area


def test_the_same_comes_of_the_geopackage_in_metres(huddinge: Group) -> None:
    found = take_in(huddinge, GEOPACKAGE, replace(JOINED, layer="deso2018"))
    assert found.square_km == pytest.approx(told(), rel=0.001)


@pytest.mark.parametrize(
    ("layer", "number"), [("kommundel_deso", 7), ("deso2025", 63), ("regso2025", 22)]
)
def test_every_layer_of_the_geopackage_can_be_chosen(
    huddinge: Group, layer: str, number: int
) -> None:
    name = {"deso2025": "deso", "regso2025": "regso"}.get(layer)
    found = take_in(huddinge, GEOPACKAGE, replace(WANTED, layer=layer, name=name))
    assert len(found.districts) == number


def test_the_layers_of_the_geopackage_are_listed(huddinge: Group) -> None:
    with pytest.raises(InvalidError, match="Filen har 7 lager: deso2018, deso2025, regso2025"):
        take_in(huddinge, GEOPACKAGE)


def test_areas_of_basomraden_join_too(huddinge: Group) -> None:
    found = take_in(huddinge, BOUNDARIES / "huddinge_basomraden2010.geojson", JOINED)
    assert len(found.districts) == 7
    assert sum(found.square_km.values()) == pytest.approx(140.88, abs=0.01)


def test_a_dirty_layer_joins_by_a_table_and_is_mended(huddinge: Group) -> None:
    rows = [feature["properties"] for feature in features(DESO)]
    lines = ["DeSO;Kommundel", *(f"{row['deso']};{row['kommundel']}" for row in rows)]
    wanted = replace(WANTED, group_by="Kommundel", table=table("\n".join(lines).encode()))
    found = take_in(huddinge, SLIVERS, wanted)
    assert not found.flaws.overlaps
    assert not found.flaws.gaps
    assert found.square_km == pytest.approx(told(), rel=0.03)
    report = reports.district_lines(found, wanted, dry_run=False)
    assert any(line.startswith("Mellan områdena lagades 91 överlapp") for line in report)


# --- The municipality's own outline ---------------------------------------------------------

GOOD = (
    (KOMMUNDELAR, WANTED, (53, 166)),
    (BOUNDARIES / "huddinge_kommundelar_from_basomraden.geojson", WANTED, (96, 158)),
    (DESO, replace(WANTED, name="deso"), (53, 166)),
    (BOUNDARIES / "huddinge_deso2025.geojson", replace(WANTED, name="deso"), (53, 166)),
    (BOUNDARIES / "huddinge_regso.geojson", replace(WANTED, name="regso"), (53, 166)),
    (SLIVERS, replace(WANTED, name="id", accept_slivers=True), (89, 166)),
    (DESO, JOINED, (53, 166)),
)


@pytest.mark.parametrize(("file", "wanted", "hectares"), GOOD)
def test_a_good_layer_differs_from_lantmateriet_by_strips_only(
    outlined: Group, file: Path, wanted: Wanted, hectares: tuple[int, int]
) -> None:
    found = take_in(outlined, file, wanted).fit
    assert found is not None
    assert found.offset is None
    assert (round(found.missing), round(found.outside)) == hectares
    assert found.missing_pieces == found.outside_pieces == ()


def test_a_forgotten_kommundel_is_told(outlined: Group, tmp_path: Path) -> None:
    content = json.loads(KOMMUNDELAR.read_text())
    content["features"] = [
        f for f in content["features"] if f["properties"]["kommundel"] != "Skogås"
    ]
    file = tmp_path / "sex.geojson"
    file.write_text(json.dumps(content))
    found = take_in(outlined, file)
    lines = reports.district_lines(found, WANTED, dry_run=False)
    assert "Se efter: 1160 hektar saknas vid ”Trångsund”." in lines


def test_the_layer_in_rt90_is_refused(outlined: Group, connection: Connection) -> None:
    wanted = replace(WANTED, name="BASN2010")
    with pytest.raises(InvalidError, match=r"omkring 200 m fel åt nordost: .* vara i RT90"):
        take_in(outlined, TRAP, wanted)
    connection.execute(text("RESET ROLE"))
    slugs = connection.execute(text("SELECT slug FROM divisions ORDER BY slug")).scalars()
    assert list(slugs) == ["kommun"]


def test_the_layer_in_rt90_can_be_accepted(outlined: Group) -> None:
    wanted = replace(WANTED, name="BASN2010", accept_offset=True)
    found = take_in(outlined, TRAP, wanted).fit
    assert found is not None
    assert found.offset is not None
    assert (round(found.offset.metres), round(found.offset.corrected_metres)) == (140, 26)


def test_without_an_outline_the_layer_in_rt90_is_not_noticed(huddinge: Group) -> None:
    assert take_in(huddinge, TRAP, replace(WANTED, name="BASN2010")).fit is None
