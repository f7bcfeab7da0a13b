"""A map of more incidents than can be sent at once, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from lagesbild.maps.web import pages
from lagesbild.people.rules import Actor
from tests.browser.conftest import Visit
from tests.browser.test_map import (
    CLUSTER,
    HOSTILE,
    PIN,
    POPUP,
    page_of_this_week,
    place,
    report_some,
)
from tests.browser.test_map import report as report_one

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_POINTS", 2)


def drawn(page: Page) -> int:
    texts = page.locator(f"{CLUSTER} .disc").all_inner_texts()
    return sum(int(re.findall("[0-9]+", text)[0]) for text in texts) + page.locator(PIN).count()


def test_everything_that_has_a_place_is_drawn(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    expect(page.locator(CLUSTER)).to_have_text(re.compile("^3"))
    expect(page.locator(PIN)).to_have_count(1)
    expect(page.locator("path.unsure")).to_have_count(1)
    assert drawn(page) == 4
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_the_popup_of_one_says_what_the_list_says_as_text(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    page.on("dialog", lambda dialog: signed_in_page.problems.append(dialog.message))
    page.locator(PIN).click()
    expect(page.locator(POPUP)).to_contain_text(HOSTILE)
    expect(page.locator(f"{POPUP} a", has_text="Öppna L-")).to_be_focused()
    expect(page.locator(".rows [data-now]")).to_contain_text(HOSTILE)
    assert page.locator(f"{POPUP} img, {POPUP} script").count() == 0
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_closing_the_popup_brings_the_keyboard_back(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    page.locator(PIN).focus()
    page.keyboard.press("Enter")
    expect(page.locator(POPUP)).to_contain_text("Öppna L-")
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(0)
    expect(page.locator(PIN)).to_be_focused()


def test_a_cluster_opens_until_each_stands_alone(signed_in_page: Visit, live_member: Actor) -> None:
    for east in range(3):
        report_one(live_member, place=place(17.95 + east / 1000, 59.27))
    page = signed_in_page.open(page_of_this_week())
    for _ in range(6):
        if page.locator(CLUSTER).count() == 0:
            break
        page.locator(CLUSTER).first.click()
        page.wait_for_timeout(700)
    expect(page.locator(PIN)).to_have_count(3)


def test_those_at_the_same_spot_are_listed(signed_in_page: Visit, live_member: Actor) -> None:
    for _ in range(3):
        report_one(live_member, place=place(17.95, 59.27))
    page = signed_in_page.open(page_of_this_week())
    for _ in range(8):
        if page.locator(POPUP).count():
            break
        page.locator(CLUSTER).first.click()
        page.wait_for_timeout(700)
    expect(page.locator(POPUP)).to_contain_text("3 händelser på samma ställe")
    expect(page.locator(f"{POPUP} a", has_text="L-2")).to_have_count(3)


def test_a_row_shows_its_place(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    page = signed_in_page.open(page_of_this_week())
    page.locator(".rows li", has_text=HOSTILE).click()
    expect(page.locator(POPUP)).to_contain_text(HOSTILE)
    assert page.url.endswith(page_of_this_week())


def test_a_tile_that_cannot_be_had_is_said(signed_in_page: Visit, live_member: Actor) -> None:
    report_some(live_member)
    page = signed_in_page.open("/hjalp-finns-inte")
    page.route("**/*.mvt*", lambda route: route.abort())
    page = signed_in_page.open(page_of_this_week())
    expect(page.locator(".mapfail")).to_be_visible()
