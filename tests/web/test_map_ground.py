"""The ground of the maps as a browser fetches it: tiles, what lies around, layers over it."""

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from pmtiles.tile import Compression, TileType
from pydantic import SecretStr
from shapely import MultiPolygon, Polygon, box, to_wkb

from lagesbild.access import service as access
from lagesbild.app import create_app
from lagesbild.base import basemap, clock
from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.base.map_layers import MapLayer
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.maps.web import ground
from lagesbild.people.rules import Group, Role, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.basemaps import archive, png
from tests.build import NOW, SOURCE, SQUARES
from tests.web.conftest import SignIn

PAGE, LISTING, WHOLE = "/g/as/omraden/norra-as", "/g/as/omraden", "/g/as/karta"
GROUND = "/g/as/karta/grund.geojson"
BORDERS = "/g/as/omraden/granser.geojson"
TILE = "/g/as/karta/grund/9/281/150"
GREY = png(200, 200, 200)
HOSTILE = "</script><img src=x onerror=alert(1)>"
WMS = MapLayer(name="Ortofoto", type="wms", url="https://karta.example/wms", layers="orto")
WMTS = MapLayer(name="Plan", type="wmts", url="https://plan.example:8443/wmts", layers="plan")


def take_in(group: Group, division: str, *areas: tuple[str, Polygon]) -> None:
    found = [NewDistrict(name, name, to_wkb(MultiPolygon([area]))) for name, area in areas]
    source = Source(division, date(2020, 1, 1), "påhittad")
    with transaction(system(group).gate) as session:
        districts.put_version(session, system(group), source, found, now=NOW)


def put_places(group: Group, *found: NewPlace) -> None:
    with transaction(system(group).gate) as session:
        places.put(session, system(group), "prov", found, now=NOW)


def place(name: str, kind: str = "hållplats", longitude: float = 17.95) -> NewPlace:
    return NewPlace(name, name, kind, Point(longitude, 59.25))


def fetched(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    found: list[dict[str, Any]] = json.loads(answer.data)["features"]
    return found


def said(client: FlaskClient, zoom: int = 15) -> list[tuple[str, str]]:
    """Return the kind and name of each thing of the ground, stops one by one."""
    told = []
    for feature in fetched(client, f"{GROUND}?zoom={zoom}"):
        about = feature["properties"]
        told += [(about["kind"], name) for name in about.get("names", [about.get("name")])]
    return told


def offered(page: str) -> dict[str, Any]:
    """Return what a page tells its script about the ground."""
    found = re.search(r'id="ground" hidden data-found="([^"]*)"', page)
    assert found is not None
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


# --- What lies around ----------------------------------------------------------------------------


def test_neighbours_lie_under_built_up_areas_and_stops_on_top(
    police: FlaskClient, group: Group
) -> None:
    take_in(group, "Tätort", ("Åsby", box(17.92, 59.22, 17.96, 59.26)))
    take_in(group, "grannar", ("Berg", box(18.0, 59.2, 18.1, 59.3)))
    put_places(group, place("Ås station"))
    assert said(police) == [("neighbour", "Berg"), ("built", "Åsby"), ("stops", "Ås station")]


def test_what_the_ground_is_drawn_from_is_never_the_main_division(
    group: Group,
) -> None:
    assert group.slug
    other = access.add_municipality(slug="dal", name="Dal", code="0003", now=NOW)
    take_in(other, "tätort", ("Dalby", box(17.9, 59.2, 18.0, 59.3)))
    take_in(other, "grannar", ("Ås", box(18.0, 59.2, 18.1, 59.3)))
    take_in(other, "kommundel", ("Norra Dal", box(17.9, 59.2, 18.0, 59.3)))
    with transaction(system(other).gate) as session:
        assert [d.name for d in districts.districts(session, system(other))] == ["Norra Dal"]


def test_a_neighbour_is_cut_to_what_a_map_of_the_municipality_shows(
    police: FlaskClient, group: Group
) -> None:
    take_in(group, "grannar", ("Berg", box(18.0, 59.2, 25.0, 59.3)))
    [found] = fetched(police, f"{GROUND}?zoom=10")
    east = max(x for ring in found["geometry"]["coordinates"] for x, _ in ring)
    assert east == pytest.approx(18.1)  # as far again as the districts are wide


def test_what_no_map_of_the_municipality_shows_is_left_out(
    police: FlaskClient, group: Group
) -> None:
    take_in(group, "grannar", ("Fjärran", box(20.0, 59.2, 21.0, 59.3)))
    assert said(police) == []


@pytest.mark.parametrize(("west", "inside"), [(17.97, False), (17.93, True)])
def test_a_name_stands_where_most_of_its_area_lies(
    police: FlaskClient, group: Group, west: float, *, inside: bool
) -> None:
    take_in(group, "tatort", ("Åsby", box(west, 59.24, west + 0.1, 59.26)))
    [found] = fetched(police, f"{GROUND}?zoom=10")
    assert (found["properties"]["at"][0] < 18.0) is inside


def test_only_stops_and_stations_are_drawn(police: FlaskClient, group: Group) -> None:
    put_places(
        group, place("Skolan", "skola"), place("Torget", "Hållplats"), place("T", "tunnelbana")
    )
    assert said(police) == [("stops", "T"), ("stops", "Torget")]


@pytest.mark.parametrize(("zoom", "stops"), [(13, []), (14, [("stops", "Torget")])])
def test_stops_are_sent_from_close_by(
    police: FlaskClient, group: Group, zoom: int, stops: list[tuple[str, str]]
) -> None:
    put_places(group, place("Torget"))
    assert said(police, zoom) == stops


def test_a_ground_that_is_too_much_is_drawn_coarser(police: FlaskClient, group: Group) -> None:
    teeth = 6000  # finer than any map shows, and higher than the finest degree of detail leaves out
    jagged = [(18.0 + 0.1 * n / teeth, 59.25 + 0.0002 * (n % 2)) for n in range(teeth)]
    jagged += [(18.1, 59.2), (18.0, 59.2)]
    take_in(group, "grannar", ("Berg", Polygon(jagged)))
    answer = police.get(f"{GROUND}?zoom=15")
    assert 0 < len(answer.data) <= 100_000


def test_what_is_taken_in_later_replaces_it_from_its_day(police: FlaskClient, group: Group) -> None:
    take_in(group, "grannar", ("Berg", box(18.0, 59.2, 18.1, 59.3)))
    found = [NewDistrict("B", "Nya Berg", to_wkb(MultiPolygon([box(18.0, 59.2, 18.1, 59.3)])))]
    for day in (date(2026, 11, 1), date(2027, 1, 1)):
        with transaction(system(group).gate) as session:
            source = Source("grannar", day, "påhittad")
            renamed = found if day.year == 2026 else [replace(found[0], name="Nyare Berg", key="C")]
            districts.put_version(session, system(group), source, renamed, now=NOW)
    assert said(police) == [("neighbour", "Nya Berg")]


def test_the_ground_of_another_municipality_is_not_ours(police: FlaskClient, group: Group) -> None:
    assert group.slug
    other = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    with transaction(system(other).gate) as session:
        districts.put_version(session, system(other), SOURCE, SQUARES, now=NOW)
    take_in(other, "grannar", ("Ås", box(18.0, 59.2, 18.1, 59.3)))
    take_in(other, "DeSO", ("Bergby", box(17.9, 59.2, 18.0, 59.3)))
    put_places(other, place("Torget"))
    assert said(police) == []
    assert offered(police.get(PAGE).text)["borders"] == []
    assert police.get(f"{BORDERS}?division=deso").status_code == 404


def test_a_ground_that_has_not_changed_is_not_sent_again(police: FlaskClient, group: Group) -> None:
    take_in(group, "grannar", ("Berg", box(18.0, 59.2, 18.1, 59.3)))
    first = police.get(f"{GROUND}?zoom=12")
    assert first.headers["Cache-Control"] == "private, max-age=3600"
    again = police.get(f"{GROUND}?zoom=12", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_ground_is_packed_and_still_not_sent_again(police: FlaskClient, group: Group) -> None:
    areas = [(f"By {n}", box(17.9 + n / 1000, 59.2, 17.9005 + n / 1000, 59.3)) for n in range(50)]
    take_in(group, "tätort", *areas)
    asked = {"Accept-Encoding": "gzip"}
    first = police.get(f"{GROUND}?zoom=12", headers=asked)
    assert first.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(first.data))["features"]) == 50
    tag = first.headers["ETag"]
    again = police.get(f"{GROUND}?zoom=12", headers=asked | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("zoom", ["", "x", "-1", "1.5", "25", "100", "²"])
def test_a_zoom_that_is_none_is_told(police: FlaskClient, zoom: str) -> None:
    answer = police.get(f"{GROUND}?zoom={zoom}")
    assert answer.status_code == 422
    assert "Zoom är ett heltal" in answer.text


@pytest.mark.parametrize("address", [f"{GROUND}?zoom=15", TILE, BORDERS])
def test_strangers_get_nothing(stranger: FlaskClient, group: Group, address: str) -> None:
    assert group.slug
    assert stranger.get(address).status_code in {302, 303, 401}


def test_readers_have_the_ground_that_all_have(sign_in: SignIn, group: Group) -> None:
    take_in(group, "grannar", ("Berg", box(18.0, 59.2, 18.1, 59.3)))
    assert ("neighbour", "Berg") in said(sign_in(Role.READER, "kommun"))


def test_whoever_reports_has_a_ground_to_pick_a_place_on(sign_in: SignIn) -> None:
    answer = sign_in(Role.REPORTER, "kommun").get(f"{GROUND}?zoom=15")
    assert answer.status_code == 200


# --- Borders of other divisions ------------------------------------------------------------------


def test_every_other_division_can_be_laid_over_the_map(police: FlaskClient, group: Group) -> None:
    take_in(group, "RegSO", ("Åsby", box(17.9, 59.2, 18.0, 59.3)))
    take_in(group, "kommun", ("Ås kommun", box(17.9, 59.2, 18.0, 59.3)))
    take_in(group, "tätort", ("Ås", box(17.9, 59.2, 18.0, 59.3)))
    for page in (PAGE, LISTING, WHOLE):
        found = offered(police.get(page).text)["borders"]
        assert [each[:2] for each in found] == [["kommun", "kommun"], ["RegSO", "regso"]]
        [about] = fetched(police, found[1][2])
        assert about["properties"]["name"] == "Åsby"
        west, south = about["properties"]["at"]
        assert 17.9 < west < 18.0
        assert 59.2 < south < 59.3


def test_a_division_with_a_hostile_name_stays_text(police: FlaskClient, group: Group) -> None:
    take_in(group, HOSTILE, (HOSTILE, box(17.9, 59.2, 18.0, 59.3)))
    page = police.get(PAGE).text
    assert HOSTILE not in page
    assert offered(page)["borders"][0][0] == HOSTILE


def test_without_a_division_the_borders_are_those_of_the_districts(police: FlaskClient) -> None:
    names = [each["properties"]["name"] for each in fetched(police, BORDERS)]
    assert names == ["Norra Ås", "Södra Ås"]


@pytest.mark.parametrize(("hour", "is_new"), [(22, False), (23, True)])
def test_borders_are_those_of_the_swedish_day(
    sign_in: SignIn, group: Group, monkeypatch: pytest.MonkeyPatch, hour: int, *, is_new: bool
) -> None:
    found = [NewDistrict("A", "Nya Ås", to_wkb(MultiPolygon([box(17.9, 59.2, 18.0, 59.3)])))]
    with transaction(system(group).gate) as session:
        source = replace(SOURCE, valid_from=date(2026, 12, 2))
        districts.put_version(session, system(group), source, found, now=NOW)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, hour, 30, tzinfo=UTC))
    found_now = fetched(sign_in(Role.MEMBER, "polis"), BORDERS)
    names = [each["properties"]["name"] for each in found_now]
    assert ("Nya Ås" in names) is is_new


def test_a_division_that_is_not_there_is_not_found(police: FlaskClient) -> None:
    assert police.get(f"{BORDERS}?division=finns-inte").status_code == 404


# --- Tiles ---------------------------------------------------------------------------------------


@pytest.fixture
def tiled(app: Flask, tmp_path: Path) -> Flask:
    path = archive(tmp_path / "karta.pmtiles", {(9, 281, 150): GREY})
    app.config["BASEMAP"] = basemap.opened(str(path))
    return app


def test_a_tile_is_served_from_the_archive(tiled: Flask, police: FlaskClient) -> None:
    assert tiled.config["BASEMAP"]
    answer = police.get(TILE)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", GREY)
    assert answer.headers["Cache-Control"] == "private, max-age=86400"


@pytest.mark.parametrize("place", ["9/0/0", "3/4/2", "99/0/0", "9/999999999999999999999/0"])
def test_where_the_archive_has_no_tile_nothing_is_served(
    tiled: Flask, police: FlaskClient, place: str
) -> None:
    assert tiled.config["BASEMAP"]
    answer = police.get(f"/g/as/karta/grund/{place}")
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_packed_tile_is_unpacked_by_the_browser(
    app: Flask, police: FlaskClient, tmp_path: Path
) -> None:
    path = archive(
        tmp_path / "k", {(9, 281, 150): b"prov"}, kind=TileType.MVT, packed=Compression.GZIP
    )
    app.config["BASEMAP"] = basemap.opened(str(path))
    answer = police.get(TILE)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == b"prov"
    assert offered(police.get(PAGE).text)["vector"]["high"] == 9


def test_a_reader_gets_tiles_and_is_told_where_they_are(
    tiled: Flask, sign_in: SignIn, police: FlaskClient
) -> None:
    assert tiled.config["BASEMAP"]
    reader = sign_in(Role.READER, "kommun")
    assert [each.get(TILE).data for each in (reader, police)] == [GREY, GREY]


def test_an_archive_that_cannot_be_read_sends_no_browser_to_another_host(
    cluster: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "karta.pmtiles"
    broken.write_bytes(b"not one")
    tiles = "https://kartor.example/{z}/{x}/{y}.png"
    app = create_app(
        cluster.model_copy(
            update={
                "secret_key": SecretStr("prov"),
                "pmtiles": str(broken),
                "tiles_url": tiles,
            }
        )
    )
    with app.test_request_context():
        ground.allow_tiles()
        assert "tile_host" not in g
        assert not ground.tiles().url


def test_without_an_archive_there_are_no_tiles(police: FlaskClient) -> None:
    assert police.get(TILE).status_code == 404


def test_pages_take_their_ground_from_the_archive_and_from_no_other_host(
    tiled: Flask, police: FlaskClient
) -> None:
    tiled.config["TILES_URL"] = "https://kartor.example/{z}/{x}/{y}.png"
    answer = police.get(PAGE)
    assert "/g/as/karta/grund/{z}/{x}/{y}?v=" in answer.text
    assert "kartor.example" not in answer.text
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
    assert offered(answer.text)["ground"] == ""


def test_a_form_takes_its_ground_from_the_archive_too(tiled: Flask, police: FlaskClient) -> None:
    assert tiled.config["BASEMAP"]
    assert "/g/as/karta/grund/{z}/{x}/{y}?v=" in police.get("/g/as/handelser/ny").text


def test_without_tiles_the_ground_is_the_schematic_one(police: FlaskClient) -> None:
    assert offered(police.get(PAGE).text)["ground"] == GROUND


# --- Layers of one's own -------------------------------------------------------------------------


def test_layers_are_offered_and_their_hosts_let_be_asked(app: Flask, police: FlaskClient) -> None:
    app.config["MAP_LAYERS"] = (WMS, WMTS, WMS.model_copy(update={"name": "Till"}))
    answer = police.get(PAGE)
    found = offered(answer.text)["layers"]
    assert [(each["name"], each["type"]) for each in found] == [
        ("Ortofoto", "wms"),
        ("Plan", "wmts"),
        ("Till", "wms"),
    ]
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://karta.example https://plan.example:8443;" in policy
    assert "connect-src 'self';" in policy


def test_a_layer_with_a_hostile_name_stays_text(app: Flask, police: FlaskClient) -> None:
    app.config["MAP_LAYERS"] = (WMS.model_copy(update={"name": HOSTILE, "attribution": HOSTILE}),)
    assert HOSTILE not in police.get(PAGE).text


def test_without_layers_no_other_host_may_be_asked(police: FlaskClient) -> None:
    answer = police.get(PAGE)
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
    assert offered(answer.text)["layers"] == []
