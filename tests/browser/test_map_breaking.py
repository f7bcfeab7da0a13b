"""A map that is treated badly in a real Chromium: it says what is wrong, and the rest goes on."""

import re

import pytest
from playwright.sync_api import Route, expect

from lagesbild.maps.web import data, pages
from lagesbild.people.rules import Actor
from tests.browser.conftest import Visit
from tests.browser.test_map_layers import page_of_this_week, place, report

pytestmark = pytest.mark.browser

POPUP, FAILED = ".leaflet-popup", ".mapfail"
NOT_THERE = "Händelsen kunde inte hämtas. Listan bredvid fungerar."
COPENHAGEN = place(12.57, 55.68)


def test_heat_is_drawn_as_finely_with_an_incident_far_away(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member, 30, place=place(17.92, 59.26))
    report(live_member, place=COPENHAGEN, outside=True)
    page = signed_in_page.open(
        page_of_this_week("&lager=varme").replace("omraden/norra-as", "karta")
    )
    # 30 incidents in a kernel of 400 m: 30 × 3 / (π 0.4²) = 179 per km².
    expect(page.locator('[data-steps="varme"] li').last).to_have_text("från 100")
    heat = page.locator("svg.leaflet-image-layer")
    expect(heat).to_have_count(2)
    sides = [box["width"] for box in (each.bounding_box() for each in heat.all()) if box]
    assert max(sides) < 200  # px, each about its own place
    assert signed_in_page.problems == []


@pytest.mark.parametrize("answer", ["\n<!doctype html><title>Logga in</title>", "x", "\n\x3c" * 40])
def test_tiles_that_are_none_are_told(
    signed_in_page: Visit, live_member: Actor, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(pages, "MAX_POINTS", 2)
    report(live_member, 3, place=place(17.92, 59.26))

    def sign_in_first(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=answer)

    signed_in_page.page.route("**/*.mvt*", sign_in_first)
    page = signed_in_page.open(page_of_this_week())
    expect(page.locator(FAILED)).to_be_visible()


def test_an_incident_among_more_than_can_be_sent_is_not_said_to_be_none(
    signed_in_page: Visit, live_member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_POINTS", 2)
    monkeypatch.setattr(data, "MAX_POINTS", 2)
    report(live_member, 4, place=place(17.92, 59.26))
    page = signed_in_page.open(page_of_this_week())
    page.locator(".rows li").last.click()
    expect(page.locator(POPUP)).to_have_text(re.compile(re.escape(NOT_THERE)))


def test_paper_that_is_left_twice_is_left_once(signed_in_page: Visit, live_member: Actor) -> None:
    report(live_member)
    page = signed_in_page.open(page_of_this_week())
    for event in ("afterprint", "beforeprint", "beforeprint", "afterprint", "afterprint"):
        page.evaluate(f"dispatchEvent(new Event('{event}'))")
    assert signed_in_page.problems == []


def test_a_search_that_fails_is_not_said_to_have_found_nothing(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member)
    page = signed_in_page.open(page_of_this_week())
    said = page.locator("#found-place")
    page.route("**/places?*", lambda route: route.fulfill(status=500, body="{}"))
    page.locator("#find-place").fill("torg")
    expect(said).to_have_text("Sökningen svarar inte. Försök igen.")
    page.route("**/places?*", lambda route: route.abort())
    page.locator("#find-place").fill("torge")
    expect(said).to_have_text("Sökningen svarar inte. Försök igen.")
    page.unroute("**/places?*")
    page.locator("#find-place").fill("torget")
    expect(said).to_have_text("Ingen plats i listan liknar det.")
    expect(said).not_to_have_class("sr")  # whoever sees no list is told why
    page.locator("#find-place").fill("t")
    expect(said).to_have_text("")


def test_layers_come_back_with_the_page_that_one_goes_back_to(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member, 30, place=place(17.92, 59.26))
    page = signed_in_page.open(page_of_this_week())
    page.locator(".maplayers summary").click()
    page.get_by_role("checkbox", name="Rutor, 250 m").check()
    expect(page.locator("path.hex")).to_have_count(1)
    page.locator(".rows a").first.click(modifiers=["Shift"])
    page.goto(f"{signed_in_page.address}/g/as/omraden", wait_until="networkidle")
    page.go_back(wait_until="networkidle")
    expect(page.locator("path.hex")).to_have_count(1)
    page.locator(".maplayers summary").click()
    assert page.get_by_role("checkbox", name="Rutor, 250 m").is_checked()
    assert not page.get_by_label("Händelser", exact=True).is_checked()
