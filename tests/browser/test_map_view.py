"""The view that an address keeps: the part of the map, and what comes back with the way back."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from lagesbild.people.rules import Actor
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.browser.test_map import CLUSTER, page_of_this_week, report, report_some

pytestmark = pytest.mark.browser

MAP = "window[document.querySelector('[data-map]').dataset.map]"
ONLY, ALL = "Bara det kartan visar", "Hela området"


def seen(page: Page) -> list[float]:
    found: list[float] = page.evaluate(f"{MAP}.getBounds().toBBoxString().split(',').map(Number)")
    return found


def test_a_press_narrows_the_page_to_what_the_map_shows(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    rows = page.locator("ol.rows li")
    expect(rows).to_have_count(5)
    page.evaluate(f"{MAP}.setView([59.26, 17.92], 14, {{ animate: false }})")
    west, south, east, north = seen(page)
    page.get_by_role("button", name=ONLY).click()
    page.wait_for_url(re.compile("bbox="))
    expect(rows).to_have_count(3)
    expect(page.locator(CLUSTER)).to_have_text(re.compile("^3"))
    expect(page.locator("path.viewbox")).to_be_visible()
    around = seen(page)  # the same part, as it was looked at
    assert around == pytest.approx([west, south, east, north], abs=0.02)
    assert around[0] <= west + 1e-3
    assert around[2] >= east - 1e-3
    page.get_by_role("link", name=ALL, exact=True).click()
    expect(rows).to_have_count(5)
    expect(page.locator("path.viewbox")).to_have_count(0)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_on_the_way_back_the_form_says_what_is_shown(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member)
    page = signed_in_page.open(f"{page_of_this_week()}&category=STO")
    page.get_by_label("Typ", exact=True).select_option("BRA")
    page.get_by_role("button", name="Visa", exact=True).click()
    page.wait_for_url(re.compile("category=BRA"))
    page.go_back(wait_until="networkidle")
    expect(page.get_by_label("Typ", exact=True)).to_have_value("STO")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_more_of_the_list_is_shown_where_it_stands(
    signed_in_page: Visit, live_member: Actor, size: ViewportSize
) -> None:
    for _ in range(101):
        report(live_member, summary="")
    page = signed_in_page.open(page_of_this_week(), size)
    page.get_by_role("link", name="Visa fler").click()
    page.wait_for_url(re.compile("cursor="))
    expect(page.locator("#lista")).to_be_in_viewport()
    expect(page.locator("ol.rows li")).to_have_count(1)
