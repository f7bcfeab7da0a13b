"""The coordinate systems of a file: which local zone is whose, and what each form says of them."""

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.draw import tables
from lagesbild.exchange.rules.exports import cells, systems
from lagesbild.exchange.rules.exports.records import Form
from lagesbild.exchange.rules.exports.systems import DEGREES, NATIONAL, System
from lagesbild.exchange.rules.lists.columns import Column
from lagesbild.exchange.rules.lists.headings import matched
from lagesbild.exchange.rules.rows import grids
from tests.conftest import SHARED
from tests.unit.test_exports_rules import made

STOCKHOLM = System(3011, "SWEREF 99 18 00")

# From the municipalities' own pages: what each of them measures in.
TOWNS = [
    ("Göteborg", 11.97, 57.70, 3007),
    ("Höganäs", 12.56, 56.20, 3008),
    ("Malmö", 13.00, 55.60, 3008),
    ("Karlstad", 13.50, 59.38, 3008),
    ("Jönköping", 14.16, 57.78, 3008),
    ("Falun", 15.63, 60.60, 3009),
    ("Linköping", 15.62, 58.41, 3009),
    ("Kalmar", 16.36, 56.66, 3010),
    ("Gävle", 17.14, 60.67, 3010),
    ("Stockholm", 18.06, 59.33, 3011),
    ("Huddinge", 17.98, 59.24, 3011),
    ("Uppsala", 17.64, 59.86, 3011),
    ("Visby", 18.30, 57.64, 3015),
    ("Östersund", 14.64, 63.18, 3012),
    ("Sundsvall", 17.31, 62.39, 3014),
    ("Örnsköldsvik", 18.71, 63.29, 3015),
    ("Umeå", 20.26, 63.83, 3016),
    ("Kiruna", 20.23, 67.86, 3016),
    ("Luleå", 22.15, 65.58, 3017),
    ("Haparanda", 24.13, 65.84, 3018),
]


@pytest.mark.parametrize(("town", "longitude", "latitude", "zone"), TOWNS)
def test_a_town_is_in_its_own_zone(town: str, longitude: float, latitude: float, zone: int) -> None:
    assert systems.zone_at(longitude, latitude) == zone, town


@pytest.mark.parametrize(
    ("longitude", "latitude", "west", "east"),
    [
        (12.75, 58.0, 3007, 3008),
        (14.25, 55.9, 3008, 3009),
        (14.25, 58.0, 3008, 3009),
        (15.75, 58.0, 3009, 3010),
        (17.25, 59.5, 3010, 3011),
        (17.8, 57.5, 3014, 3015),
        (15.0, 63.0, 3012, 3013),
        (16.5, 63.0, 3013, 3014),
        (18.0, 63.2, 3014, 3015),
        (19.5, 64.5, 3015, 3016),
        (21.0, 65.3, 3016, 3017),
        (22.5, 65.9, 3017, 3018),
        (21.75, 67.0, 3016, 3018),
    ],
)
def test_a_zone_ends_where_the_next_begins(
    longitude: float, latitude: float, west: int, east: int
) -> None:
    assert systems.zone_at(longitude + 0.001, latitude) == east
    if (longitude, west) != (17.8, 3014):  # the sea west of Gotland is nobody's
        assert systems.zone_at(longitude - 0.001, latitude) == west


@pytest.mark.parametrize(
    ("longitude", "latitude", "south", "north"),
    [
        (12.5, 60.0, 3007, 3013),
        (13.5, 62.17, 3008, 3012),
        (15.0, 61.5, 3009, 3012),
        (16.5, 62.33, 3010, 3013),
        (18.0, 60.67, 3011, 3014),
        (18.5, 58.5, 3015, 3011),
    ],
)
def test_a_strip_of_the_south_ends_where_the_north_begins(
    longitude: float, latitude: float, south: int, north: int
) -> None:
    assert systems.zone_at(longitude, latitude - 0.001) == south
    assert systems.zone_at(longitude, latitude + 0.001) in {north, 3012, 3013}


@given(st.floats(10.9, 24.2), st.floats(55.2, 69.1))
def test_every_place_of_the_country_has_one_of_the_twelve_zones(
    longitude: float, latitude: float
) -> None:
    assert systems.zone_at(longitude, latitude) in range(3007, 3019)


@pytest.mark.shared
def test_every_municipality_lies_where_its_zone_may_be_used() -> None:
    file = SHARED / "boundaries/sverige_kommuner_290_generaliserad.geojson"
    wrong = []
    for feature in json.loads(file.read_text())["features"]:
        positions = list(_positions(feature["geometry"]["coordinates"]))
        zone = systems.zone_of(positions)
        assert zone is not None
        use = CRS.from_epsg(zone).area_of_use
        assert use is not None
        west, south, east, north = use.bounds
        middle = [sum(sides) / len(sides) for sides in zip(*positions, strict=True)]
        if not (west <= middle[0] <= east and south <= middle[1] <= north):
            wrong.append((zone, feature["properties"]))
    assert wrong == []


def _positions(value: list) -> list[tuple[float, float]]:  # type: ignore[type-arg] # nested lists
    if isinstance(value[0], float | int):
        return [(value[0], value[1])]
    return [position for part in value for position in _positions(part)]


def test_without_outlines_there_is_no_local_zone_to_choose() -> None:
    assert systems.choices([]) == [DEGREES, NATIONAL]
    assert systems.choices([(17.9, 59.2), (18.1, 59.3)]) == [DEGREES, NATIONAL, STOCKHOLM]


@pytest.mark.parametrize(
    ("text", "code"), [("", 4326), ("4326", 4326), ("EPSG:3006", 3006), ("epsg:3018", 3018)]
)
def test_a_system_is_named_by_its_code(text: str, code: int) -> None:
    assert systems.system(text).code == code


@pytest.mark.parametrize("text", ["3005", "3019", "3857", "lokal", "30 06", "٣٠٠٦", "3006; --"])
def test_another_system_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidError, match=r"Koordinatsystemet finns inte här\."):
        systems.system(text)


def test_geojson_is_always_wgs_84() -> None:
    systems.check_form(Form.GEOJSON, DEGREES)
    with pytest.raises(InvalidError, match="GeoJSON är alltid WGS 84"):
        systems.check_form(Form.GEOJSON, NATIONAL)
    for form in set(Form) - {Form.GEOJSON}:
        systems.check_form(form, NATIONAL)


@pytest.mark.parametrize("system", [NATIONAL, STOCKHOLM])
def test_a_table_names_its_system_and_holds_its_metres(system: System) -> None:
    file = io.BytesIO()
    tables.write_csv(file, [made(), made(place=None)], system)
    [row, nowhere] = csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";")
    north, east = (f"{side} ({system.name}, EPSG:{system.code})" for side in "NE")
    to = Transformer.from_crs(4326, system.code, always_xy=True)
    metres = [float(row[name].replace(",", ".")) for name in (east, north)]
    assert metres == pytest.approx(to.transform(17.95, 59.27), abs=0.006)
    assert "Latitud" not in row
    assert (nowhere[north], nowhere[east]) == ("", "")


@pytest.mark.parametrize("code", systems.CODES[1:])
def test_a_file_that_left_is_read_again_in_its_own_system(code: int) -> None:
    north, east = (column.heading for column in cells.columns(systems.system(str(code)))[10:12])
    found = matched({0: "Datum", 1: north, 2: east}, {}).found
    assert found == {0: Column.DATE, 1: Column.LATITUDE, 2: Column.LONGITUDE}
    assert set(grids.read(f"{north} {east}").codes) == {code}


def test_a_workbook_holds_the_same_metres_and_says_so() -> None:
    file = io.BytesIO()
    tables.write_xlsx(file, [made()], [], STOCKHOLM)
    book = openpyxl.load_workbook(file)
    sheet = book["Händelser"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    to = Transformer.from_crs(4326, 3011, always_xy=True)
    east, north = to.transform(17.95, 59.27)
    assert row["N (SWEREF 99 18 00, EPSG:3011)"].value == pytest.approx(north, abs=0.006)
    assert row["E (SWEREF 99 18 00, EPSG:3011)"].value == pytest.approx(east, abs=0.006)
    assert row["E (SWEREF 99 18 00, EPSG:3011)"].number_format == "0.00"
    assert sheet.auto_filter.ref == "A1:S2"
    told = {str(heading): str(value) for heading, value in book["Om uttaget"].values}
    assert "SWEREF 99 18 00 (EPSG:3011) i meter" in told["Kolumnerna"]
