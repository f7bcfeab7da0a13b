"""The ground of the maps in a real Chromium, with a real WMS beside it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pmtiles.tile import Compression, TileType
from shapely import MultiPolygon, Polygon, box, to_wkb
from sqlalchemy import Engine, text

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.base.map_layers import MapLayer
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.service import outlines
from lagesbild.people.rules import Group, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.basemaps import archive, png
from tests.browser.conftest import Visit, looked_at
from tests.browser.wms import Peer, listening
from tests.conftest import SHARED

pytestmark = pytest.mark.browser

PAGE, LISTING, WHOLE = "/g/as/omraden/norra-as", "/g/as/omraden", "/g/as/karta"
NAMES = "[...document.querySelectorAll('.ground-name > span')].map((face) => face.textContent)"
# Whether any name of the ground lies on a district's, or on another.
MEETING = """() => {
  const boxes = [...document.querySelectorAll('.ground-name > span, .area-name > :not(.hidden)')]
    .map((face) => face.getBoundingClientRect());
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top < other.bottom && other.top < one.bottom;
  return boxes.some((one, i) => boxes.slice(i + 1).some((other) => meet(one, other)));
}"""
MOVE = """([latitude, longitude, zoom]) => {
  const map = window[document.querySelector('[data-map]').dataset.map];
  map.setView([latitude, longitude], zoom, { animate: false });
}"""
LEVEL = "(face) => Number(getComputedStyle(face.closest('.leaflet-pane')).zIndex)"
# The first pixel of a drawing, if it has the colour of water.
PIXEL = """(face) => {
  const pen = document.createElement('canvas').getContext('2d');
  const style = getComputedStyle(document.querySelector('.map'));
  pen.fillStyle = style.getPropertyValue('--map-water');
  pen.fillRect(0, 0, 1, 1);
  const first = (of) => [...of.getImageData(0, 0, 1, 1).data];
  const found = first(face.getContext('2d'));
  return String(first(pen)) === String(found) && found;
}"""
HOSTILE = "<img src=x onerror=alert(1)>"
ZOOMS = range(8, 15)
SETTLED_MS = 400


def tile_of(longitude: float, latitude: float, zoom: int) -> tuple[int, int, int]:
    size = 1 << zoom
    x = int((longitude + 180) / 360 * size)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * size)
    return zoom, x, y


def around() -> Iterator[tuple[int, int, int]]:
    """Return the tiles that a map of the two districts may show."""
    for zoom in ZOOMS:
        _, left, top = tile_of(17.7, 59.4, zoom)
        _, right, bottom = tile_of(18.2, 59.1, zoom)
        yield from ((zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


@pytest.fixture
def peer() -> Iterator[Peer]:
    with listening() as found:
        yield found


@pytest.fixture
def own_database(
    own_database: Settings,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    peer: Peer,
    engine: Engine,
) -> Settings:
    """The same, with the ground that a test asks for: raster, vector, layers, or a silent layer."""
    asked = getattr(request, "param", "")
    if asked == "raster":
        tiles = dict.fromkeys(around(), png(90, 140, 200))
        return changed(own_database, pmtiles=str(archive(tmp_path / "k.pmtiles", tiles)))
    if asked == "vector":
        path = archive(
            tmp_path / "k.pmtiles",
            dict.fromkeys(around(), water(engine)),
            kind=TileType.MVT,
            packed=Compression.GZIP,
            attribution="© <b>Kartan</b>",
        )
        return changed(own_database, pmtiles=str(path))
    if asked:
        address = peer.address if asked == "layers" else "http://127.0.0.1:9"
        wms = MapLayer(
            name="Ortofoto",
            type="wms",
            url=f"{address}/wms",
            layers="orto",
            attribution=HOSTILE,
        )
        wmts = wms.model_copy(update={"name": "Plan", "type": "wmts", "url": f"{address}/wmts"})
        return changed(own_database, map_layers=(wms, wmts))
    return own_database


def changed(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update=changes)


def water(engine: Engine) -> bytes:
    """Return a vector tile that is water all over, with a road through it."""
    query = """
        WITH whole AS (SELECT ST_TileEnvelope(9, 281, 150) AS box)
        SELECT
          (SELECT ST_AsMVT(w, 'water') FROM (
             SELECT 'lake' AS kind, ST_AsMVTGeom(box, box) AS geom FROM whole) w)
          || (SELECT ST_AsMVT(r, 'roads') FROM (
             SELECT 'highway' AS kind, ST_AsMVTGeom(
               ST_Boundary(ST_Buffer(ST_Centroid(box), 9000)), box) AS geom FROM whole) r)
    """
    with engine.connect() as connection:
        return bytes(connection.execute(text(query)).scalar_one())


def take_in(group: Group, division: str, *areas: tuple[str, Polygon]) -> None:
    found = [NewDistrict(name, name, to_wkb(MultiPolygon([area]))) for name, area in areas]
    with transaction(system(group).gate) as session:
        source = Source(division, date(2020, 1, 1), "påhittad")
        districts.put_version(session, system(group), source, found, now=clock.now())


@pytest.fixture
def surrounded(live_group: Group) -> Group:
    """The two districts with neighbours, built-up areas and stops."""
    take_in(
        live_group,
        "grannar",
        ("Berg", box(18.0, 59.1, 18.3, 59.4)),
        ("Dal", box(17.6, 59.1, 17.9, 59.4)),
    )
    take_in(
        live_group,
        "tätort",
        (HOSTILE, box(17.91, 59.21, 17.94, 59.23)),
        ("Norra Ås", box(17.92, 59.26, 17.98, 59.29)),
        ("Bergby", box(18.02, 59.22, 18.06, 59.26)),
    )
    take_in(
        live_group,
        "DeSO",
        ("A0010", box(17.9, 59.2, 17.95, 59.3)),
        ("A0020", box(17.95, 59.2, 18.0, 59.3)),
    )
    found = [
        NewPlace(str(n), f"Hållplats {n}", "hållplats", Point(17.95 + n / 400, 59.27))
        for n in range(4)
    ]
    with transaction(system(live_group).gate) as session:
        places.put(session, system(live_group), "prov", found, now=clock.now())
    return live_group


def names(page: Page) -> list[str]:
    found: list[str] = page.evaluate(NAMES)
    return found


def move(page: Page, latitude: float, longitude: float, zoom: float) -> None:
    """Move the map, and let it fetch what it draws there."""
    page.evaluate(MOVE, [latitude, longitude, zoom])
    page.wait_for_timeout(SETTLED_MS)


def turn(page: Page, name: str) -> None:
    """Turn a layer on or off, as somebody with a keyboard does."""
    panel = page.locator(".maplayers")
    if panel.get_attribute("open") is None:
        panel.locator("summary").press("Enter")
    page.get_by_role("checkbox", name=name).press("Space")


def test_the_schematic_ground_is_drawn_under_the_districts(
    signed_in_page: Visit, surrounded: Group
) -> None:
    assert surrounded.slug
    for address in (LISTING, PAGE, WHOLE):
        page = signed_in_page.open(address)
        expect(page.locator("path.neighbour")).to_have_count(2)
        expect(page.locator("path.built")).to_have_count(3)
        levels = [page.locator(f"path.{each}").first.evaluate(LEVEL) for each in ("built", "area")]
        assert levels == sorted(levels)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_names_of_the_ground_are_text_and_lie_on_no_other(
    signed_in_page: Visit, surrounded: Group
) -> None:
    assert surrounded.slug
    page = signed_in_page.open(LISTING)
    expect(page.locator(".ground-name > span").first).to_be_visible()
    assert {"Berg", "Dal"} <= set(names(page))
    assert "Norra Ås" not in names(page)  # a district is called so
    for zoom in (11, 11.75, 12.5, 13.25, 14, 16):
        move(page, 59.25, 17.95, zoom)
        assert not page.evaluate(MEETING), zoom
    assert page.locator(".map img").count() == 0
    assert signed_in_page.problems == []


def test_a_neighbour_is_named_in_the_part_that_is_seen(
    signed_in_page: Visit, surrounded: Group
) -> None:
    assert surrounded.slug
    page = signed_in_page.open(LISTING)
    for latitude in (59.15, 59.35):
        move(page, latitude, 18.0, 12)
        assert "Berg" in names(page)


@pytest.mark.parametrize(("zoom", "dots", "named"), [(13.75, 0, 0), (14, 4, 0), (16, 4, 4)])
def test_stops_are_dots_from_close_by_and_have_names_from_closer(
    signed_in_page: Visit, surrounded: Group, zoom: float, dots: int, named: int
) -> None:
    assert surrounded.slug
    page = signed_in_page.open(WHOLE)
    move(page, 59.27, 17.954, zoom)
    expect(page.locator("path.stop")).to_have_count(dots)
    assert sum(name.startswith("Hållplats") for name in names(page)) == named


def test_borders_of_another_division_are_turned_on_and_stay_in_the_address(
    signed_in_page: Visit, surrounded: Group
) -> None:
    assert surrounded.slug
    page = signed_in_page.open(WHOLE)
    expect(page.locator("path.border-line")).to_have_count(0)
    turn(page, "Gränser: DeSO")
    expect(page.locator("path.border-line")).to_have_count(2)
    assert {"A0010", "A0020"} <= set(names(page))
    page.reload(wait_until="networkidle")
    expect(page.locator("path.border-line")).to_have_count(2)
    turn(page, "Gränser: DeSO")
    expect(page.locator("path.border-line")).to_have_count(0)
    assert "A0010" not in names(page)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_page_with_a_ground_has_nothing_for_axe_to_object_to(
    signed_in_page: Visit, surrounded: Group
) -> None:
    assert surrounded.slug
    page = signed_in_page.open(f"{WHOLE}?lager=granser-deso")
    expect(page.locator("path.border-line")).to_have_count(2)
    assert looked_at(signed_in_page) == []


def test_on_paper_the_ground_is_there(signed_in_page: Visit, surrounded: Group) -> None:
    assert surrounded.slug
    page = signed_in_page.open(LISTING)
    page.emulate_media(media="print")
    expect(page.locator("path.built").first).to_be_visible()
    assert page.evaluate(NAMES)


# --- Layers of one's own -------------------------------------------------------------------------


def tiles_loaded(page: Page) -> Locator:
    """Return the tiles of the layers when all of them are there."""
    tile = page.locator(".leaflet-layers-pane img")
    expect(tile.first).to_be_visible()
    expect(tile.and_(page.locator(":not(.leaflet-tile-loaded)"))).to_have_count(0)
    return tile


@pytest.mark.parametrize("own_database", ["layers"], indirect=True)
def test_a_wms_is_asked_when_somebody_turns_it_on_and_not_before(
    signed_in_page: Visit, live_group: Group, peer: Peer
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    assert (peer.asked, signed_in_page.outside) == ([], [])
    turn(page, "Ortofoto")
    tile = tiles_loaded(page)
    first = peer.of("WMS")[0]
    assert (first["layers"], first["crs"], first["version"]) == ("orto", "EPSG:3857", "1.3.0")
    assert (first["width"], first["format"]) == ("256", "image/png")
    west, south, east, north = (float(each) for each in first["bbox"].split(","))
    assert east - west == pytest.approx(north - south)
    assert all(url.startswith(peer.address) for url in signed_in_page.outside)
    assert set(peer.referrers) == {""}  # nobody is told which page somebody looks at
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(HOSTILE)
    assert page.locator(".leaflet-control-attribution img").count() == 0
    turn(page, "Ortofoto")
    expect(tile).to_have_count(0)
    assert signed_in_page.problems == []


@pytest.mark.parametrize("own_database", ["layers"], indirect=True)
def test_a_wmts_is_asked_for_the_tiles_that_the_map_shows(
    signed_in_page: Visit, live_group: Group, peer: Peer
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    turn(page, "Plan")
    tiles_loaded(page)
    asked = peer.of("WMTS")
    at = {(int(a["tilematrix"]), int(a["tilecol"]), int(a["tilerow"])) for a in asked}
    zoom = next(iter(at))[0]
    assert tile_of(17.95, 59.25, zoom) in at
    assert {a["layer"] for a in asked} == {"orto"}


@pytest.mark.parametrize("own_database", ["layers"], indirect=True)
def test_a_shared_address_asks_no_other_host_for_who_opens_it(
    signed_in_page: Visit, live_group: Group, peer: Peer
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    turn(page, "Plan")
    tiles_loaded(page)
    peer.asked.clear()
    page.reload(wait_until="networkidle")
    assert peer.asked == []


@pytest.mark.parametrize("own_database", ["silent"], indirect=True)
def test_a_layer_that_does_not_answer_is_told_and_the_map_is_there(
    signed_in_page: Visit, live_group: Group
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    turn(page, "Plan")
    expect(page.get_by_text("Lagret ”Plan” svarar inte.")).to_be_visible()
    expect(page.locator("path.area").first).to_be_visible()
    turn(page, "Plan")
    expect(page.get_by_text("Lagret ”Plan” svarar inte.")).to_have_count(0)


# --- An archive ----------------------------------------------------------------------------------


@pytest.mark.parametrize("own_database", ["raster"], indirect=True)
def test_pictures_of_an_archive_lie_under_the_districts(
    signed_in_page: Visit, live_group: Group
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    expect(page.locator(".leaflet-tile-pane img.leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© Kommunen")
    move(page, 59.25, 17.95, 16)  # closer than the archive: its tiles are made larger
    expect(page.locator(".leaflet-tile-pane img.leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator("path.neighbour")).to_have_count(0)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


@pytest.mark.parametrize("own_database", ["raster"], indirect=True)
def test_the_place_of_an_incident_is_picked_on_the_same_ground(
    signed_in_page: Visit, live_group: Group
) -> None:
    assert live_group.slug
    page = signed_in_page.open("/g/as/handelser/ny")
    expect(page.locator("#pick img.leaflet-tile-loaded").first).to_be_attached()
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


@pytest.mark.parametrize("own_database", ["vector"], indirect=True)
def test_vectors_of_an_archive_are_drawn_in_the_colours_of_the_page(
    signed_in_page: Visit, live_group: Group
) -> None:
    assert live_group.slug
    page = signed_in_page.open(WHOLE)
    canvas = page.locator(".leaflet-tile-pane canvas").first
    expect(canvas).to_be_visible()
    light = canvas.evaluate(PIXEL)
    assert light
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(SETTLED_MS)
    dark = page.locator(".leaflet-tile-pane canvas").first.evaluate(PIXEL)
    assert dark
    assert dark != light
    move(page, 59.25, 17.95, 16)
    sides = "[...document.querySelectorAll('.leaflet-tile-pane canvas')].map((face) => face.width)"
    assert min(page.evaluate(sides)) >= 1024  # sharp, though the archive ends at 14
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© Kartan")
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


# --- Real layers ---------------------------------------------------------------------------------

BOUNDARIES = SHARED / "boundaries"
WANTED = Wanted("kommundel", date(2026, 1, 1))
REAL = (
    ("huddinge_deso2018.geojson", replace(WANTED, division="DeSO", name="deso", key="deso"), 60),
    ("huddinge_regso.geojson", replace(WANTED, division="RegSO", name="regso", key="regsokod"), 22),
    (
        "huddinge_kommundelar_from_deso.geojson",
        replace(WANTED, division="delar", name="kommundel"),
        7,
    ),
    (
        "botkyrka_deso2018.geojson",
        replace(WANTED, division="Botkyrka", name="deso", key="deso"),
        50,
    ),
)


@pytest.fixture
def real(live_group: Group) -> Group:
    """A municipality with the layers of Huddinge and Botkyrka, and what lies around them."""
    basemap = SHARED / "basemap" / "tatorter_oversiktskartan_huddinge_4km.geojson"
    neighbours = replace(WANTED, division="grannar")
    files = [(BOUNDARIES / name, wanted) for name, wanted, _ in REAL]
    files += [(BOUNDARIES / "kommuner_lantmateriet_oversikt.geojson", neighbours)]
    files += [(basemap, replace(WANTED, division="tätort"))]
    with transaction(system(live_group).gate) as session:
        for file, wanted in files:
            outlines.import_districts(session, system(live_group), file, wanted, now=clock.now())
    return live_group


@pytest.mark.shared
def test_the_real_layers_of_two_municipalities_are_drawn(
    signed_in_page: Visit, real: Group
) -> None:
    assert real.slug
    page = signed_in_page.open(WHOLE)
    expect(page.locator("path.built").first).to_be_attached()
    expect(page.locator("path.neighbour").first).to_be_attached()
    for _, wanted, number in REAL:
        turn(page, f"Gränser: {wanted.division}")
        expect(page.locator("path.border-line")).to_have_count(number)
        move(page, 59.21, 17.95, 11.5)
        assert not page.evaluate(MEETING)
        turn(page, f"Gränser: {wanted.division}")
        expect(page.locator("path.border-line")).to_have_count(0)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])
