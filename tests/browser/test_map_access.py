"""The maps for everybody: by keyboard, by ear, enlarged, still, in both themes, by thumb."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.people.rules import Actor, Group, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.browser.conftest import PHONE, SCHEMES, WIDE, Scheme, Visit, looked_at
from tests.browser.test_map_layers import (
    POPUP,
    add_problem,
    page_of_this_week,
    panel,
    place,
    report,
    report_crowd,
)

pytestmark = pytest.mark.browser

SEARCH, FOUND = "Sök en plats på kartan", "#found-places:not([hidden]) [role=option]"
WHOLE = page_of_this_week().replace("omraden/norra-as", "karta")
NARROW = ViewportSize(width=320, height=700)
ZOOMED = ViewportSize(width=720, height=450)  # what is left of 1440 × 900 at 200 %


@pytest.fixture
def busy(signed_in_page: Visit, live_member: Actor, live_group: Group) -> Iterator[Visit]:
    """Many incidents, one alone and unsure, one without a place, a problem, and a known place."""
    report_crowd(live_member)
    early = clock.now() - timedelta(minutes=1)
    alone = place(17.95, 59.29)
    [reference] = report(live_member, place=alone, place_precision_m=250, occurred_from=early)
    report(live_member, place=None, district="norra-as", occurred_from=early)
    add_problem(live_member, reference)
    known = NewPlace("1", "Norra torget vid järnvägsstationsbyggnaden", "torg", Point(17.96, 59.28))
    with transaction(system(live_group).gate) as session:
        places.put(session, system(live_group), "prov", [known], now=clock.now())
    yield signed_in_page
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def drawn(page: Page) -> Page:
    expect(page.locator(".leaflet-marker-icon.sign")).to_have_count(1)
    expect(page.locator(".cluster")).not_to_have_count(0)
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return page


def with_popup(page: Page) -> Page:
    page.locator(".rows [data-ref]").filter(has_text="osäker plats").locator("a").click()
    expect(page.locator(f"{POPUP} .open a")).to_be_focused()
    return page


def with_sign(page: Page) -> Page:
    page.locator(".leaflet-marker-icon.sign").focus()
    page.keyboard.press("Enter")
    expect(page.locator(POPUP)).to_contain_text("Buskörning")
    return page


def with_found(page: Page) -> Page:
    page.get_by_role("combobox", name=SEARCH).fill("norra torg")
    expect(page.locator(FOUND)).to_have_count(1)
    return page


def with_spot(page: Page) -> Page:
    with_found(page)
    page.keyboard.press("Enter")
    expect(page.locator(".spotted")).to_be_visible()
    return page


def unfolded(page: Page) -> Page:
    folded = page.locator("main details:not([open]) > summary:visible")
    while folded.count():
        folded.first.click()
    return page


STATES: dict[str, Callable[[Page], Page]] = {
    "as it comes": lambda page: page,
    "layers": panel,
    "popup": with_popup,
    "sign": with_sign,
    "found": with_found,
    "spot": with_spot,
    "unfolded": unfolded,
}


# --- axe -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_axe_objects_to_no_state_of_a_map(busy: Visit, state: str) -> None:
    page = drawn(busy.open(page_of_this_week()))
    STATES[state](page)
    assert looked_at(busy) == []


@pytest.mark.parametrize(
    "path",
    [
        WHOLE,
        f"{WHOLE}&weeks=52&lager=rutor,pagaende,handelser",
        f"{page_of_this_week()}&category=VAP",  # nothing
        "/g/as/omraden/sodra-as?week=2026-W30",  # nothing at all
        f"/g/as/omraden?{WHOLE.partition('?')[2]}",
        "/g/as/handelser/ny",
        "/g/as/uttag",
    ],
)
def test_axe_objects_to_no_page_with_a_map(busy: Visit, path: str) -> None:
    busy.open(path)
    assert looked_at(busy) == []


# --- The keyboard --------------------------------------------------------------------------------

# Number all that can be reached and return how many that are; of radio buttons one of each group.
NUMBER = """() => {
  const can = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const groups = new Set();
  const seen = [...document.querySelectorAll(can)].filter(each => {
    if (each.tabIndex < 0 || each.disabled || each.type === 'hidden') return false;
    if (!each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.type !== 'radio') return true;
    return !groups.has(each.name) && groups.add(each.name);
  });
  seen.forEach((each, n) => { each.dataset.walk = n; });
  return seen.map(each => each.outerHTML.slice(0, 120));
}"""
# Where the focus is, and whether one sees it: an outline, or a way over the page that comes forth.
HERE = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(here);
  const { top, bottom, left, right } = here.getBoundingClientRect();
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const hasLine = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  const face = here.outerHTML.slice(0, 120);
  return { walk: here.dataset.walk ?? '', seen: hasLine && isInside, face };
}"""


def walk(page: Page, most: int) -> list[dict[str, str | bool]]:
    """Press Tab from the top of the page until it is left, and return where that leads."""
    page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); scrollTo(0, 0); }")
    stops: list[dict[str, str | bool]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            return stops
        stops.append(here)
    raise AssertionError(f"The keyboard does not leave: {stops[-3:]}")


@pytest.mark.parametrize(
    ("path", "state"),
    [
        (page_of_this_week(), "as it comes"),
        (page_of_this_week(), "layers"),
        (page_of_this_week(), "popup"),
        (WHOLE, "as it comes"),
        ("/g/as/omraden", "as it comes"),
    ],
)
def test_the_keyboard_reaches_all_of_a_map_sees_where_it_is_and_leaves(
    busy: Visit, path: str, state: str
) -> None:
    page = STATES[state](busy.open(path))
    reachable = page.evaluate(NUMBER)
    stops = walk(page, len(reachable) + 10)
    reached = {stop["walk"] for stop in stops}
    assert [face for n, face in enumerate(reachable) if str(n) not in reached] == []
    assert [stop["face"] for stop in stops if not stop["seen"]] == []


def test_one_press_leads_over_the_map_to_the_list(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week()))
    way = page.get_by_role("link", name="Hoppa över kartan till listan")
    way.focus()
    expect(way).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("ol.rows")).to_be_focused()


def test_escape_closes_a_popup_and_goes_back_to_the_row(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week()))
    row = page.locator(".rows [data-ref]").filter(has_text="osäker plats").locator("a")
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{POPUP} .open a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(0)
    expect(row).to_be_focused()


def test_escape_closes_the_places_found_and_stays_in_the_field(busy: Visit) -> None:
    page = with_found(drawn(busy.open(page_of_this_week())))
    field = page.get_by_role("combobox", name=SEARCH)
    page.keyboard.press("Escape")
    expect(page.locator(FOUND)).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")


# --- The ear -------------------------------------------------------------------------------------

# The names of what one goes by, in the order of the page.
ORDER = """() => [...document.querySelectorAll('h1, h2, h3, h4')]
  .filter(each => each.checkVisibility()).map(each => Number(each.tagName[1]))"""
BEFORE = """([one, other]) => Boolean(document.querySelector(one)
  .compareDocumentPosition(document.querySelector(other)) & Node.DOCUMENT_POSITION_FOLLOWING)"""


@pytest.mark.parametrize("path", [page_of_this_week(), WHOLE, "/g/as/omraden"])
def test_no_level_of_headings_is_left_out(busy: Visit, path: str) -> None:
    levels = busy.open(path).evaluate(ORDER)
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_the_page_is_read_from_choice_over_map_to_list(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week()))
    order = [
        ".mapfilter",
        ".mapsearch",
        ".maplayers",
        ".mapctl",
        ".folium-map",
        ".maplegend",
        "ol.rows",
        ".mapout",
    ]
    pairs = list(pairwise(order))
    assert [pair for pair in pairs if not page.evaluate(BEFORE, pair)] == []


def test_map_list_and_legend_have_names(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week()))
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("region", name=re.compile("^Karta: Norra Ås"))).to_have_count(1)
    expect(page.get_by_role("list", name="Händelser i Norra Ås")).to_have_count(1)
    expect(page.get_by_role("list", name="Teckenförklaring", exact=True)).to_have_count(1)
    expect(page.get_by_role("form", name="Skriv ut och hämta")).to_have_count(1)


def test_what_is_found_is_said(busy: Visit) -> None:
    page = with_spot(drawn(busy.open(page_of_this_week())))
    said = page.get_by_role("status").filter(has_text="Kartan visar Norra torget")
    expect(said).to_have_count(1)


def test_a_layer_that_fails_is_said(busy: Visit) -> None:
    page = panel(drawn(busy.open(page_of_this_week())))
    page.route("**/rutnat.geojson*", lambda route: route.abort())
    page.get_by_role("checkbox", name="Rutor, 250 m").click()
    expect(page.get_by_role("status").filter(has_text="kunde inte hämtas")).to_have_count(1)
    busy.problems.clear()


# --- Enlarged, and narrow ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["320 px", "200 %"])
@pytest.mark.parametrize("state", STATES)
def test_no_state_is_wider_than_a_small_window(busy: Visit, state: str, size: ViewportSize) -> None:
    page = STATES[state](drawn(busy.open(page_of_this_week(), size)))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_the_whole_screen_shows_the_same_as_large_as_fits(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week()))
    zoom = "window[document.querySelector('[data-map]').dataset.map].getZoom()"
    before = page.evaluate(zoom)
    page.get_by_role("button", name="Hela skärmen").click()
    page.wait_for_function(f"(before) => {zoom} > before", arg=before)
    page.get_by_role("button", name="Hela skärmen").click()
    page.wait_for_function(f"(before) => {zoom} === before", arg=before)


def test_one_press_leads_past_a_long_list_where_it_stands_above_the_figures(busy: Visit) -> None:
    page = drawn(busy.open(page_of_this_week(), PHONE))
    way = page.get_by_role("link", name="Förbi listan, till siffror och åtgärder")
    way.click()
    expect(page.get_by_role("heading", name="Nu och tidigare")).to_be_in_viewport()
    page.set_viewport_size(WIDE)
    expect(way).to_be_hidden()


@pytest.mark.parametrize("size", [NARROW, ZOOMED, WIDE], ids=["320 px", "200 %", "wide"])
def test_nothing_that_can_be_pressed_lies_on_the_map_but_the_zoom(
    busy: Visit, size: ViewportSize
) -> None:
    page = drawn(busy.open(page_of_this_week(), size))
    face = page.locator(".folium-map").bounding_box()
    assert face is not None
    for control in (".mapsearch", ".maplayers"):
        box = page.locator(control).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= face["y"]


# --- Still ---------------------------------------------------------------------------------------

# Whether the map has arrived when a press is over, and nothing goes on.
ARRIVED = """doing => {
  const map = window[document.querySelector('[data-map]').dataset.map];
  const [zoom, centre] = [map.getZoom(), map.getCenter()];
  if (doing === 'zoom') document.querySelector('[data-do="in"]').click();
  else map.panBy([80, 0]);
  const goesOn = document.querySelector('.leaflet-zoom-anim, .leaflet-pan-anim') !== null;
  return !goesOn && (map.getZoom() !== zoom || !map.getCenter().equals(centre));
}"""


@pytest.mark.parametrize("doing", ["zoom", "pan"])
def test_who_asked_for_stillness_gets_the_next_view_at_once(busy: Visit, doing: str) -> None:
    page = drawn(busy.open(page_of_this_week()))
    assert page.evaluate(ARRIVED, doing) is True


@pytest.mark.parametrize("doing", ["zoom", "pan"])
def test_for_others_the_map_moves(busy: Visit, doing: str) -> None:
    busy.page.emulate_media(reduced_motion="no-preference")
    page = drawn(busy.open(page_of_this_week()))
    assert page.evaluate(ARRIVED, doing) is False


# --- The thumb -----------------------------------------------------------------------------------

SMALL = """() => {
  const can = ['a[href]', 'button', 'input:not([type=hidden])', 'select', 'summary'];
  const all = can.flatMap(each => [`main ${each}`, `.weekbar ${each}`]).join();
  const isShown = each => each.checkVisibility({ visibilityProperty: true });
  const isInText = each => each.closest('p') && getComputedStyle(each).display === 'inline';
  return [...document.querySelectorAll(all)]
    .filter(each => isShown(each) && !isInText(each) && !each.matches('.skip'))
    .map(each => [(each.closest('label') ?? each).getBoundingClientRect(), each])
    .filter(([{ width, height }]) => Math.min(width, height) < 23.9)
    .map(([{ width, height }, each]) => `${width} × ${height} ${each.outerHTML.slice(0, 160)}`);
}"""


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROW], ids=["wide", "phone", "320 px"])
@pytest.mark.parametrize("state", ["as it comes", "layers", "popup", "sign"])
def test_all_that_can_be_pressed_is_24_pixels_wide_and_high(
    busy: Visit, state: str, size: ViewportSize
) -> None:
    page = STATES[state](drawn(busy.open(page_of_this_week(), size)))
    assert page.evaluate(SMALL) == []


# --- What is drawn -------------------------------------------------------------------------------

BOXES = (
    "const boxes = of => [...document.querySelectorAll(of)].map(e => e.getBoundingClientRect());"
)
TOUCHING = f"""of => {{
  {BOXES}
  const all = boxes(of).map(({{ x, y, width: w }}) => ({{ x: x + w / 2, y: y + w / 2, r: w / 2 }}));
  const meet = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) < a.r + b.r;
  return all.flatMap((a, n) => all.slice(n + 1).filter(b => meet(a, b))).length;
}}"""
LYING = f"""([upper, lower]) => {{
  {BOXES}
  const cross = (a, b) => a.left < b.right - 1 && b.left < a.right - 1;
  const lie = (a, b) => cross(a, b) && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return boxes(upper).filter(a => boxes(lower).some(b => lie(a, b))).length;
}}"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_discs_signs_and_names_lie_on_no_other(
    busy: Visit, live_member: Actor, size: ViewportSize
) -> None:
    for east in range(9):
        report(live_member, 2 + 3 * (east % 3), place=place(17.92 + east * 0.004, 59.26))
        report(live_member, 3, place=place(17.921 + east * 0.004, 59.255 + east * 0.001))
    page = drawn(busy.open(page_of_this_week(), size))
    assert page.locator(".cluster").count() > 1
    assert page.evaluate(TOUCHING, ".cluster") == 0
    assert page.evaluate(LYING, [".sign", ".cluster"]) == 0
    assert page.evaluate(LYING, [".area-name > :not(.hidden)", ".cluster, .pin, .sign"]) == 0


# Pairs of tokens of static/tokens.css that must be told apart: what is drawn, on what.
PAIRS = [
    ("--map-cluster", "--map-ground"),
    ("--map-cluster", "--normal-map"),
    ("--map-point", "--normal-map"),
    ("--map-edge", "--map-ground"),
    ("--map-unsure", "--normal-map"),
    ("--accent", "--normal-map"),
    ("--accent", "--map-ground"),
    ("--on-accent", "--accent"),
    ("--line-strong", "--surface"),
]
CONTRAST = """pairs => {
  const probe = document.body.appendChild(document.createElement('i'));
  const light = token => {
    probe.style.color = `var(${token})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[0-9.]+/g).map(n => n / 255)
      .map(n => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return pairs.map(([one, other]) => [light(one), light(other)].sort((a, b) => b - a))
    .map(([more, less], n) => [(more + 0.05) / (less + 0.05), ...pairs[n]])
    .filter(([found]) => found < 3);
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_drawn_stands_out_from_its_ground(busy: Visit, scheme: Scheme) -> None:
    busy.page.emulate_media(color_scheme=scheme)
    page = busy.open(page_of_this_week())
    assert page.evaluate(CONTRAST, PAIRS) == []


def test_nothing_is_told_by_the_colour_of_the_system_alone(chromium: Browser, busy: Visit) -> None:
    """With the colours of the reader's system a chosen week and an open row still have a line."""
    state = busy.page.context.storage_state()
    context = chromium.new_context(locale="sv-SE", forced_colors="active", storage_state=state)
    page = context.new_page()
    page.goto(f"{busy.address}{page_of_this_week()}", wait_until="networkidle")
    with_popup(page)
    for chosen in (".rows [data-now] a", ".stretches [aria-current]"):
        style = page.locator(chosen).evaluate("each => getComputedStyle(each).outlineStyle")
        assert style == "solid"
    context.close()
