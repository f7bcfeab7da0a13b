"""The map in a real Chromium, under the real Content-Security-Policy."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from lagesbild.base import clock, db
from lagesbild.base.clock import Period
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson
from lagesbild.people.rules import Actor
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.build import draft

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </script><script>alert(3)</script>"
PIN, CLUSTER, POPUP = ".leaflet-marker-icon.pin", ".leaflet-marker-icon.cluster", ".leaflet-popup"


def place(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}')


def report(actor: Actor, **changes: Any) -> None:  # noqa: ANN401 – any field of a draft
    now = clock.now()
    usual = {"occurred_from": now, "organisation_id": actor.organisation_id}
    with db.transaction(actor.gate) as session:
        incidents.report(session, actor, draft(**(usual | changes)), now=now)


def page_of_this_week(path: str = "omraden/norra-as") -> str:
    return f"/g/as/{path}?week={Period.of(clock.now()).name}"


def report_some(actor: Actor) -> None:
    """Report three close together, one alone and uncertain, one without a place."""
    for east in range(3):
        report(actor, place=place(17.9200 + east / 10000, 59.2600))
    report(
        actor,
        place=place(17.98, 59.29),
        summary=HOSTILE,
        place_text=HOSTILE[:40],
        place_precision_m=250,
        occurred_from=clock.now() - timedelta(minutes=1),
    )
    report(actor, place=None, district="norra-as")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_incidents_are_drawn_without_a_complaint_or_a_request_elsewhere(
    signed_in_page: Visit, live_member: Actor, size: ViewportSize
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week(), size)
    expect(page.locator(CLUSTER)).to_have_text(re.compile("^3"))
    expect(page.locator(PIN)).to_have_count(1)
    expect(page.locator("path.unsure")).to_have_count(1)
    expect(page.locator("path.area")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_popup_shows_text_as_text(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    page.on("dialog", lambda dialog: signed_in_page.problems.append(dialog.message))
    page.locator(PIN).click()
    expect(page.locator(POPUP)).to_contain_text(HOSTILE)
    expect(page.locator(POPUP)).to_contain_text("inom 250 m")
    assert page.locator(f"{POPUP} img, {POPUP} script").count() == 0
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_marker_marks_its_row_and_a_row_opens_its_popup(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    page.locator(PIN).click()
    expect(page.locator(".rows [data-now]")).to_have_attribute("data-ref", re.compile("000004$"))
    page.locator('.rows [data-ref$="000001"] a').click()
    expect(page.locator(f"{POPUP} a", has_text="000001")).to_be_visible()
    expect(page.locator(".rows [data-now]")).to_have_attribute("data-ref", re.compile("000001$"))
    page.locator('.rows [data-ref$="000005"] a').click()
    expect(page).to_have_url(re.compile("/handelser/L-[0-9]+-000005$"))


def test_a_marker_is_reached_and_opened_by_keyboard(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    pin = page.locator(PIN)
    expect(pin).to_have_attribute("aria-label", re.compile(".+Polisen"))
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{POPUP} .open a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(0)
    expect(pin).to_be_focused()


def test_the_symbols_are_drawn_and_large_enough(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    shape = page.locator(f"{PIN} use.pt").bounding_box()
    assert shape is not None
    assert min(shape["width"], shape["height"]) >= 24


def test_when_the_incidents_cannot_be_fetched_the_page_says_so(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    signed_in_page.page.route("**/handelser.geojson*", lambda route: route.abort())
    page = signed_in_page.open(page_of_this_week())
    alert = page.get_by_role("alert")
    expect(alert).to_have_text("Kartan kunde inte hämta händelserna. Listan bredvid fungerar.")
    expect(page.locator(".rows li")).to_have_count(5)


def test_the_page_works_without_javascript(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    browser = signed_in_page.page.context.browser
    assert browser is not None
    state = signed_in_page.page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{signed_in_page.address}{page_of_this_week()}")
    page.get_by_label("Typ").select_option("ORD")
    page.get_by_role("button", name="Visa").click()
    expect(page.get_by_text("Inga händelser i det urvalet")).to_be_visible()
    context.close()


@pytest.mark.parametrize("path", ["omraden", "karta"])
def test_the_maps_of_the_municipality_are_clean(
    signed_in_page: Visit, live_member: Actor, path: str
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week(path))
    expect(page.locator("path.area")).to_have_count(2)
    expect(page.locator(".area-name")).to_have_count(2)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_press_on_the_map_writes_the_place(signed_in_page: Visit) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    page.locator("#pick .drawing").click()
    expect(page.locator("#longitude")).to_have_value(re.compile(r"^17\.9\d{5}$"))
    expect(page.locator("#latitude")).to_have_value(re.compile(r"^59\.2\d{5}$"))
    expect(page.locator("#pick .spot")).to_have_count(1)
    page.get_by_label("inom 500 m").check()
    expect(page.locator("#pick path.unsure")).to_have_count(1)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_the_keyboard_picks_the_middle_of_the_map(signed_in_page: Visit) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    page.locator("#pick .drawing").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/handelser/ny$"))
    before = page.locator("#longitude").input_value()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)  # the map glides
    page.keyboard.press("Enter")
    assert float(page.locator("#longitude").input_value()) > float(before) > 17.9


def test_what_is_typed_moves_the_marker_and_can_be_taken_away(signed_in_page: Visit) -> None:
    page = signed_in_page.open("/g/as/handelser/ny")
    page.get_by_text("Område för hand, eller koordinater").click()
    page.locator("#longitude").fill("17,95")
    page.locator("#latitude").fill("59,27")
    expect(page.locator("#pick .spot")).to_have_count(1)
    page.get_by_role("button", name="Ta bort platsen").click()
    expect(page.locator("#longitude")).to_have_value("")
    expect(page.locator("#pick .spot")).to_have_count(0)


def test_a_printed_map_fits_the_paper_and_comes_back(signed_in_page: Visit) -> None:
    page = signed_in_page.open(page_of_this_week())
    pane = page.locator("[data-map]")
    before = pane.bounding_box()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = pane.bounding_box()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert printed is not None
    assert printed["width"] < 182 * 96 / 25.4  # an A4 less its margins
    assert pane.bounding_box() == before
