"""What the scripts of the maps do when answers are late, wrong or unusual, in a real Chromium."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from lagesbild.access import service as access
from lagesbild.base import clock, db
from lagesbild.districts import service as districts
from lagesbild.maps.web import pages
from lagesbild.people.rules import Actor, Group, system
from tests.browser.conftest import Visit
from tests.browser.test_map import CLUSTER, PIN, POPUP, page_of_this_week, place, report_some
from tests.browser.test_map_layers import SIGN, add_problem, panel, report
from tests.build import SOURCE, SQUARES

pytestmark = pytest.mark.browser

MAP = "window[document.querySelector('[data-map]').dataset.map]"
ONGOING = "Pågående problem och åtgärder"
HAS_FOCUS = "face => face === document.activeElement"
# Whether any sign lies on a number, at once when the paper asks, before any frame.
ON_PAPER = """() => {
  dispatchEvent(new Event("beforeprint"));
  const boxes = (faces) =>
    [...document.querySelectorAll(faces)].map((face) => face.getBoundingClientRect());
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top < other.bottom && other.top < one.bottom;
  const numbers = boxes(".cluster, .pin");
  return boxes(".sign").map((sign) => numbers.filter((each) => meet(sign, each)).length);
}"""
# Where on the earth the first sign lies on paper.
WHERE_ON_PAPER = """() => {
  const map = window[document.querySelector("[data-map]").dataset.map];
  dispatchEvent(new Event("beforeprint"));
  const sign = document.querySelector(".sign").getBoundingClientRect();
  const whole = map.getContainer().getBoundingClientRect();
  const at = [sign.left + sign.width / 2 - whole.left, sign.top + sign.height / 2 - whole.top];
  const { lng, lat } = map.containerPointToLatLng(at);
  dispatchEvent(new Event("afterprint"));
  return [lng, lat];
}"""


@pytest.fixture
def empty_group(live_server: str, request: pytest.FixtureRequest) -> Group:
    """The same, without any district where a test asks for that."""
    assert live_server
    now = clock.now()
    made = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=now)
    if getattr(request, "param", "") != "no districts":
        with db.transaction(system(made).gate) as session:
            districts.put_version(session, system(made), SOURCE, SQUARES, now=now)
    return made


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_POINTS", 2)


def held(page: Page, address: str) -> list[Route]:
    """Hold what is asked for until the test lets it go."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:  # what is built in tells no signature
        waiting.append(route)

    page.route(address, hold)
    return waiting


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(50):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It never came.")


def test_a_layer_turned_off_and_on_while_it_is_fetched_is_one_layer(
    signed_in_page: Visit, live_member: Actor
) -> None:
    add_problem(live_member)
    page = panel(signed_in_page.open(page_of_this_week() + "&lager=handelser"))
    waiting = held(page, "**/pagaende.geojson*")
    for wanted in (True, False, True):
        page.get_by_label(ONGOING).set_checked(wanted)
    until(page, lambda: bool(waiting))
    for each in waiting:
        each.continue_()
    expect(page.locator(SIGN)).to_have_count(1)
    page.get_by_label(ONGOING).uncheck()
    expect(page.locator(SIGN)).to_have_count(0)


def neighbours(number: int) -> dict[str, object]:
    """Return a ground of so many neighbours, one east of the other."""
    rings = [
        [[e, 59.2], [e + 0.1, 59.2], [e + 0.1, 59.3], [e, 59.2]] for e in range(17, 17 + number)
    ]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"kind": "neighbour", "name": "Berg"},
            }
            for ring in rings
        ],
    }


def test_a_late_ground_of_another_zoom_is_not_drawn(signed_in_page: Visit) -> None:
    page = signed_in_page.open(page_of_this_week("karta"))
    waiting = held(page, "**/*.geojson?zoom=*")
    page.reload(wait_until="load")
    until(page, lambda: len(waiting) == 1)
    page.evaluate(f"{MAP}.setZoom(17, {{ animate: false }})")
    until(page, lambda: len(waiting) == 2)
    waiting[1].fulfill(json=neighbours(2))
    expect(page.locator("path.neighbour")).to_have_count(2)
    waiting[0].fulfill(json=neighbours(1))
    page.wait_for_timeout(300)
    expect(page.locator("path.neighbour")).to_have_count(2)


def test_signs_are_grouped_for_the_zoom_at_which_they_are_turned_on(
    signed_in_page: Visit, live_member: Actor
) -> None:
    for east in range(2):
        [reference] = report(live_member, place=place(17.95 + east / 200, 59.27))
        add_problem(live_member, reference, title=f"Buskörning {east}")
    page = panel(signed_in_page.open(page_of_this_week()))
    page.evaluate(f"{MAP}.setView([59.27, 17.95], 10, {{ animate: false }})")
    expect(page.locator(SIGN)).to_have_count(1)
    page.get_by_label(ONGOING).uncheck()
    page.evaluate(f"{MAP}.setView([59.27, 17.95], 16, {{ animate: false }})")
    page.get_by_label(ONGOING).check()
    expect(page.locator(SIGN)).to_have_count(2)


@pytest.mark.usefixtures("few_are_many")
def test_the_keyboard_stays_on_the_map_when_a_disc_opens(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member, 3, place=place(17.95, 59.27))
    page = signed_in_page.open(page_of_this_week())
    disc = page.locator(CLUSTER).first
    disc.focus()
    zoom = page.evaluate(f"{MAP}.getZoom()")
    page.keyboard.press("Enter")
    until(page, lambda: page.evaluate(f"{MAP}.getZoom()") > zoom)
    page.wait_for_load_state("networkidle")
    assert page.locator(".leaflet-container").evaluate(HAS_FOCUS)


@pytest.mark.usefixtures("few_are_many")
def test_rows_that_come_late_leave_the_reader_where_the_reader_is(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    waiting = held(page, "**/handelser.geojson*")
    page.locator(PIN).focus()
    page.keyboard.press("Enter")
    until(page, lambda: bool(waiting))
    week = page.locator("#week")
    week.focus()
    waiting[0].continue_()
    expect(page.locator(f"{POPUP} a", has_text="Öppna L-")).to_be_visible()
    assert week.evaluate(HAS_FOCUS)


def put_shape(page: Page, geometry: object) -> None:
    page.locator("#shape").evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }",
        json.dumps(geometry),
    )


def square(west: float, south: float) -> list[list[list[float]]]:
    corners = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01), (0.0, 0.0)]
    return [[[west + x, south + y] for x, y in corners]]


def test_a_shape_that_no_hand_draws_is_told_and_left_alone(signed_in_page: Visit) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    put_shape(
        page,
        {"type": "MultiPolygon", "coordinates": [square(17.91, 59.26), square(17.93, 59.26)]},
    )
    said = "Yta av flera delar, Norra Ås. Den kan tas bort, men inte ändras här."
    expect(page.locator("#placed")).to_have_text(said)
    page.locator("#pick .drawing").click()
    expect(page.locator("#placed")).to_have_text(said)
    expect(page.get_by_role("button", name="Fortsätt rita")).to_be_hidden()
    assert signed_in_page.problems == []


@pytest.mark.parametrize(("corners", "handles"), [(100, 100), (101, 0)])
def test_a_line_of_more_corners_than_a_hand_draws_has_no_handles(
    signed_in_page: Visit, corners: int, handles: int
) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    line = [[17.91 + n / 10_000, 59.26] for n in range(corners)]
    put_shape(page, {"type": "LineString", "coordinates": line})
    expect(page.locator("#pick path.trace")).to_have_count(1)
    expect(page.locator("#pick .corner")).to_have_count(handles)
    expect(page.locator("#placed")).to_have_text(re.compile(rf"^Linje med {corners} hörn, \d+ m"))


def test_a_place_is_kept_when_the_answer_is_the_page_to_sign_in_on(signed_in_page: Visit) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    area = page.locator("#pick").get_attribute("data-area")
    page.route(f"**{area}", lambda route: route.fulfill(content_type="text/html", body="<p>Hej"))
    with page.expect_response(f"**{area}"):
        page.locator("#pick .drawing").click()
    page.wait_for_timeout(200)
    expect(page.locator("#longitude")).to_have_value(re.compile("^17"))
    assert signed_in_page.problems == []


@pytest.mark.parametrize("empty_group", ["no districts"], indirect=True)
def test_without_districts_the_whole_is_where_the_incidents_are(
    signed_in_page: Visit, live_member: Actor
) -> None:
    for east in range(2):
        report(live_member, place=place(17.95 + east / 100, 59.27), district=None)
    page = signed_in_page.open(page_of_this_week("karta"))
    expect(page.locator(PIN)).to_have_count(2)
    zoom = page.evaluate(f"{MAP}.getZoom()")
    page.evaluate(f"{MAP}.setZoom({zoom} - 3, {{ animate: false }})")
    page.get_by_role("button", name="Visa hela området").click()
    until(page, lambda: page.evaluate(f"Math.abs({MAP}.getZoom() - {zoom}) < 0.6"))


def test_a_sign_makes_way_for_a_number_on_paper_too(
    signed_in_page: Visit, live_member: Actor
) -> None:
    add_problem(live_member)
    page = signed_in_page.open(page_of_this_week())
    expect(page.locator(SIGN)).to_have_count(1)
    under = place(*page.evaluate(WHERE_ON_PAPER))
    report(live_member, 2, place=under)
    page.reload(wait_until="networkidle")
    expect(page.locator(CLUSTER)).to_have_count(1)
    expect(page.locator(SIGN)).to_have_count(1)
    assert page.evaluate(ON_PAPER) == [0]
