"""Hostile texts through every part of a map in a real Chromium: nothing runs, all is read."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, make_url, text

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.map_layers import MapLayer
from lagesbild.base.settings import Settings
from lagesbild.maps.web import pages
from lagesbild.people.rules import Actor, Group
from tests import hostile
from tests.browser.conftest import Visit
from tests.browser.wms import Peer, listening

pytestmark = pytest.mark.browser

POPUP, RING = ".leaflet-popup", ".leaflet-ongoing-pane .leaflet-marker-icon"
# What only a text that has become markup could have put into a page, or what it has done.
HARM = """() => {
  const made = 'iframe, base, object, embed, meta[http-equiv=refresh], img:not(.leaflet-tile)';
  const runs = ({ name, value }) => name.startsWith('on')
    || (name !== 'value' && /^\\s*javascript:/i.test(value));
  const attributes = [...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]);
  return [
    ...(window.pwned === undefined ? [] : [`pwned ${window.pwned}`]),
    ...[...document.querySelectorAll(made)].map((each) => each.outerHTML),
    ...attributes.filter(runs).map(({ name, value }) => `${name}=${value}`),
  ];
}"""
# The text of every popup that the markers of a map have, without pressing each.
POPUPS = """(pins) => {
  const map = window[document.querySelector('[data-map]').dataset.map];
  const said = [];
  const all = [];
  const gather = (layer) => {
    if (layer.getPopup?.()) all.push(layer);
    else layer.eachLayer?.(gather);
  };
  map.eachLayer(gather);
  window[document.querySelector('[data-map]').dataset.layer].eachLayer(gather);
  for (const layer of new Set(all)) {
    const content = layer.getPopup()._content;
    const body = typeof content === 'function' ? content(layer) : content;
    document.body.append(body); // what would run, runs
    said.push(...[...body.querySelectorAll('p')].map((each) => each.textContent));
    body.remove();
  }
  return said;
}"""


@pytest.fixture
def peer() -> Iterator[Peer]:
    with listening() as found:
        yield found


@pytest.fixture
def own_database(own_database: Settings, peer: Peer) -> Settings:
    """The same with hostile names of types, and tiles and layers with hostile words."""
    engine = create_engine(make_url(own_database.owner_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        codes = [code for (code,) in connection.execute(text("SELECT code FROM categories"))]
        for n, code in enumerate(dict.fromkeys(["BRA01", *codes])):
            connection.execute(
                text(
                    "INSERT INTO categories (code, version, name, severity, sensitivity,"
                    " valid_from) VALUES (:code, 99, :name, 1, 'A', '2026-01-01')"
                ),
                {"code": code, "name": f"Typ {hostile.TEXTS[n % len(hostile.TEXTS)]}"},
            )
    engine.dispose()
    layer = MapLayer(
        name=hostile.LAYER_NAME,
        type="wms",
        url=f"{peer.address}/wms",
        layers=hostile.TEXTS[1],
        attribution=hostile.ATTRIBUTION,
    )
    return own_database.model_copy(
        update={
            "tiles_url": f"{peer.address}/wmts?SERVICE=x&z={{z}}&x={{x}}&y={{y}}",
            "tiles_attribution": hostile.ATTRIBUTION,
            "map_layers": (layer,),
        }
    )


@pytest.fixture
def empty_group(live_server: str) -> Group:
    """The municipality in which everything is called so."""
    assert live_server
    return hostile.municipality(clock.now())


@pytest.fixture
def world(signed_in_page: Visit, live_member: Actor) -> Iterator[Visit]:
    """A browser in front of it, that may neither run, ask, nor complain."""
    hostile.happened(live_member, now=clock.now())
    signed_in_page.page.on("dialog", lambda each: signed_in_page.problems.append(each.message))
    yield signed_in_page
    assert signed_in_page.page.evaluate(HARM) == []
    assert signed_in_page.problems == []


def address(path: str, query: str = "") -> str:
    return f"/g/as/{path}?week={Period.of(clock.now()).name}{query}"


def harmless(page: Page) -> None:
    assert page.evaluate(HARM) == []


def test_the_map_its_layers_its_search_and_its_paper_show_texts_as_texts(
    world: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.open(address("karta", "&lager=rutor,pagaende,handelser"))
    harmless(page)
    said = set(page.evaluate(POPUPS))
    assert set(hostile.TEXTS) <= said
    assert {f"Typ {hostile.TEXTS[0]}"} <= said

    look_at_the_layers(page)
    search(page)
    page.emulate_media(media="print")
    harmless(page)
    page.emulate_media(media="screen")

    monkeypatch.setattr(pages, "MAX_POINTS", 2)
    look_at_tiles(world)
    look_at_the_rest(world)


def look_at_the_layers(page: Page) -> None:
    page.locator(".maplayers summary").click()
    for name in (f"Gränser: {hostile.DIVISION}", hostile.LAYER_NAME):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_text("Här är det tätast").click()
    expect(page.locator("[data-densest] li").first).to_contain_text("Vid ")
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("${window.pwned=3}")
    ring = page.locator(RING).first
    ring.focus()
    page.keyboard.press("Enter")
    expect(page.locator(POPUP)).to_be_visible()
    page.keyboard.press("Escape")
    harmless(page)


def search(page: Page) -> None:
    field = page.locator("#find-place")
    for asked in ("Torg <img src", "Torg ${win", "Torg </svg"):
        field.fill(asked)
        expect(page.locator("#found-places li").first).to_be_visible()
        field.press("Enter")
        expect(page.locator(".found-pin")).to_contain_text("Torg ")
        harmless(page)


def look_at_tiles(visit: Visit) -> None:
    page = visit.open(address("karta"))
    row = page.locator(".rows li", has_text=hostile.TEXTS[1]).first
    row.click()
    expect(page.locator(POPUP)).to_contain_text(hostile.TEXTS[1])
    harmless(page)


def look_at_the_rest(visit: Visit) -> None:
    page = visit.open(address("omraden/window-pwned-3-2", "&weeks=4"))
    expect(page.locator("h1")).to_contain_text("${window.pwned=3} 2")
    harmless(page)
    page = visit.open(address("omraden"))
    links = page.locator(".areas a", has_text="<img src=x onerror=window.pwned=2> 1")
    links.first.click()
    expect(page).to_have_url(re.compile("img-src-x-onerror"))
    harmless(page)
