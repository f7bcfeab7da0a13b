"""What lies around Huddinge, from the real layers of the whole country."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.exchange.rules.gazetteer.reading import Fields
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import outlines
from lagesbild.exchange.service import places as gazetteer
from lagesbild.maps.rules import ground as rules
from lagesbild.maps.service import ground
from lagesbild.people.rules import Group, system
from tests.build import NOW
from tests.conftest import SHARED

pytestmark = pytest.mark.shared

DAY = date(2026, 1, 1)
WANTED = Wanted("kommundel", DAY)
BOUNDARIES, STOPS = SHARED / "boundaries", SHARED / "gazetteer" / "hallplatser_huddinge_2500m.csv"
BUILT_UP = SHARED / "basemap" / "tatorter_oversiktskartan_huddinge_4km.geojson"
COUNTRY = BOUNDARIES / "sverige_kommuner_290_generaliserad.geojson"


def take_in(group: Group, file: Path, division: str) -> None:
    with transaction(system(group).gate) as session:
        wanted = replace(WANTED, division=division)
        outlines.import_districts(session, system(group), file, wanted, now=NOW)


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    """Huddinge with its districts, the country around it, and its stops."""
    assert connection.in_transaction()
    made = access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)
    take_in(made, BOUNDARIES / "kommuner_lantmateriet_oversikt.geojson", "kommun")
    take_in(made, COUNTRY, "grannar")
    take_in(made, BUILT_UP, "tätort")
    take_in(made, BOUNDARIES / "huddinge_kommundelar_from_deso.geojson", "kommundel")
    with transaction(system(made).gate) as session:
        content = STOPS.read_bytes()
        gazetteer.import_places(session, system(made), content, "hpl", Fields(), now=NOW)
    return made


def drawn(group: Group, zoom: int) -> bytes:
    with reading(system(group).gate) as session:
        return ground.schematic(session, system(group), zoom=zoom, on=DAY)


def test_of_the_country_the_neighbours_are_kept_and_not_huddinge_itself(huddinge: Group) -> None:
    found = orjson.loads(drawn(huddinge, 10))["features"]
    names = {f["properties"]["name"] for f in found if f["properties"]["kind"] == "neighbour"}
    assert {"Botkyrka", "Ekerö", "Haninge", "Stockholm", "Tyresö"} <= names
    assert not names & {"Huddinge", "Uppsala", "Borås"}


def test_the_kommundelar_are_still_what_is_counted_in(huddinge: Group) -> None:
    with reading(system(huddinge).gate) as session:
        assert len(districts.districts(session, system(huddinge))) == 7


def test_the_name_of_stockholms_built_up_area_stands_outside_huddinge(huddinge: Group) -> None:
    found = orjson.loads(drawn(huddinge, 10))["features"]
    [stockholm] = [
        f
        for f in found
        if f["properties"]["kind"] == "built" and f["properties"]["name"] == "Stockholm"
    ]
    assert stockholm["properties"]["at"][1] > 59.26  # north of Stuvsta


@pytest.mark.parametrize("level", rules.LEVELS, ids=lambda level: str(level.zoom))
def test_each_degree_of_detail_stays_below_its_limit(huddinge: Group, level: rules.Level) -> None:
    body = drawn(huddinge, level.zoom)
    assert 10_000 < len(body) <= rules.MOST_BYTES


def test_the_posts_of_the_real_stops_are_one_dot_each(huddinge: Group) -> None:
    found = orjson.loads(drawn(huddinge, 15))["features"]
    names = found[-1]["properties"]["names"]
    assert 300 < len(names) <= 681
    assert "Huddinge station" in names
