"""The week of a page with a map, by arrow keys and by a slider, in a real Chromium."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from lagesbild.base import clock, db
from lagesbild.base.clock import Period
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor
from tests.browser.conftest import PHONE, Visit, looked_at
from tests.build import draft

pytestmark = pytest.mark.browser

RUNNING = Period.of(clock.now())
WEEKS = 5
SLIDER = ".weekslide input"


@pytest.fixture
def page(signed_in_page: Visit, live_member: Actor) -> Iterator[Page]:
    """The week before last, with incidents in it and in those around."""
    now = clock.now()
    for n in range(WEEKS):
        made = draft(
            organisation_id=live_member.organisation_id,
            occurred_from=now - timedelta(weeks=n),
            place=None,
            district="norra-as",
            number=40,
            historical=n > 0,
        )
        with db.transaction(live_member.gate) as session:
            incidents.report(session, live_member, made, now=now)
    yield signed_in_page.open(address(RUNNING.previous(2)))
    assert signed_in_page.problems == []


def address(week: Period) -> str:
    return f"/g/as/omraden/norra-as?week={week.name}&category=BRA"


def expect_week(page: Page, week: Period) -> None:
    expect(page).to_have_url(re.compile(re.escape(address(week))))


def test_the_arrows_go_a_week_back_and_forth_and_keep_the_view(page: Page) -> None:
    page.keyboard.press("ArrowLeft")
    expect_week(page, RUNNING.previous(3))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("ArrowRight")
    expect_week(page, RUNNING.previous(2))


@pytest.mark.parametrize("place", [".leaflet-container", "#category", SLIDER, ".mapctl button"])
def test_what_uses_the_arrows_itself_keeps_them(page: Page, place: str) -> None:
    page.locator(place).first.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")  # a slider goes back
    page.wait_for_timeout(1200)
    expect_week(page, RUNNING.previous(2))


@pytest.mark.parametrize("key", ["Alt+ArrowRight", "Control+ArrowLeft", "Shift+ArrowLeft"])
def test_arrows_with_another_key_are_the_browsers(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_timeout(500)
    expect_week(page, RUNNING.previous(2))


def test_the_slider_says_the_week_and_shows_it_when_the_keys_rest(page: Page) -> None:
    slider = page.locator(SLIDER)
    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(rf"v\. {RUNNING.previous(2).week},")
    )
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(rf"v\. {RUNNING.previous(3).week},")
    )
    page.keyboard.press("ArrowLeft")
    expect_week(page, RUNNING.previous(4))


def test_the_slider_shows_a_week_when_it_is_let_go(page: Page) -> None:
    box = page.locator(SLIDER).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    expect_week(page, RUNNING)


def test_without_javascript_the_slider_is_not_there(page: Page, signed_in_page: Visit) -> None:
    assert page.context.browser is not None
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)  # type: ignore[arg-type] # what one context gives the other takes
    bare = plain.new_page()
    bare.goto(f"{signed_in_page.address}{address(RUNNING)}")
    expect(bare.locator(SLIDER)).to_be_hidden()
    expect(bare.locator("#week")).to_be_visible()
    plain.close()


def test_what_stands_beside_is_for_everybody(page: Page, signed_in_page: Visit) -> None:
    assert page.locator("table.hours").count() == 1
    assert looked_at(signed_in_page) == []


def test_on_a_phone_the_days_stand_side_by_side(page: Page, signed_in_page: Visit) -> None:
    signed_in_page.open(address(RUNNING.previous(2)), PHONE)
    monday, tuesday = (
        page.locator("table.hours tbody tr").nth(n).locator("th").bounding_box() for n in (0, 1)
    )
    assert monday is not None
    assert tuesday is not None
    assert monday["y"] == tuesday["y"]
    assert monday["x"] < tuesday["x"]
