"""Editing on the map in a real browser: moving, drawing, districts by hand, and finding a place."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.people.rules import Actor, Group, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.browser.conftest import PHONE, WIDE, Visit, choose, looked_at
from tests.browser.test_map import PIN, POPUP, page_of_this_week, place, report

pytestmark = pytest.mark.browser

NEW = "/g/as/handelser/ny"
WHY = "Larmet gav fel adress"
CENTRE = """() => {
  const { lat, lng } = window[document.querySelector("[data-map]").dataset.map].getCenter();
  return [lng, lat];
}"""
SAVED = re.compile(r"/handelser/L-2[0-9]{3}-[0-9]+\?saved=1$")


@pytest.fixture
def known_places(live_group: Group) -> None:
    named = [
        NewPlace("1", "Södertörns torg", "torg", Point(17.95, 59.22)),
        NewPlace("2", "Norra torget", "torg", Point(17.96, 59.28)),
    ]
    with transaction(system(live_group).gate) as session:
        places.put(session, system(live_group), "prov", named, now=clock.now())


@pytest.fixture
def reference(live_member: Actor) -> str:
    """An incident of the police, 1.1 km north of the border."""
    report(live_member, place=place(17.95, 59.26))
    return f"L-{clock.now().year}-000001"


@pytest.fixture
def moving(signed_in_page: Visit, reference: str) -> Page:
    page = signed_in_page.open(f"/g/as/handelser/{reference}/flytta")
    expect(page.locator("path.area").first).to_be_attached()
    expect(page.locator("#placed")).to_have_text("Norra Ås.")
    return page


def stored(page: Page) -> dict[str, Any]:
    """Return the newest incident as the server has it."""
    origin = page.url.split("/g/")[0]
    found = page.request.get(f"{origin}/api/v1/groups/as/incidents").json()["features"][0]
    whole: dict[str, Any] = page.request.get(
        f"{origin}/api/v1/groups/as/incidents/{found['id']}"
    ).json()
    return whole


def at(page: Page, x: int, y: int) -> tuple[float, float]:
    """Return a point of the map in the window: so many pixels from its left upper corner."""
    box = page.locator("#pick .drawing").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def press(page: Page, *points: tuple[int, int]) -> None:
    for x, y in points:
        page.mouse.click(*at(page, x, y))


def mode(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


# --- Moving -------------------------------------------------------------------------------------


def test_a_point_is_dragged_and_saved_with_a_reason(moving: Page, signed_in_page: Visit) -> None:
    spot = moving.locator("#pick .leaflet-marker-draggable")
    spot.hover()
    moving.mouse.down()
    moving.mouse.move(*at(moving, 100, 100), steps=5)
    moving.mouse.up()
    expect(moving.locator("#pick path.was")).to_have_count(1)
    moving.get_by_label("Varför?").fill(WHY)
    moving.get_by_role("button", name="Flytta hit").click()
    expect(moving).to_have_url(SAVED)
    longitude, latitude = stored(moving)["geometry"]["coordinates"]
    assert longitude < 17.95
    assert latitude > 59.26
    expect(moving.get_by_text(f": {WHY}")).to_be_visible()
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_point_is_moved_by_keyboard_alone(moving: Page) -> None:
    face = moving.get_by_role("application")
    face.focus()
    expect(moving.locator(".cross")).to_be_visible()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        moving.keyboard.press(key)
        moving.wait_for_timeout(400)  # the map glides
    expect(moving.get_by_label("Longitud")).not_to_have_value("17.950000")
    for _ in range(30):
        moving.keyboard.press("Tab")
        if moving.get_by_label("Varför?").evaluate("e => e === document.activeElement"):
            break
    moving.keyboard.type(WHY)
    moving.keyboard.press("Tab")
    moving.keyboard.press("Enter")
    expect(moving).to_have_url(SAVED)
    assert stored(moving)["geometry"]["coordinates"][0] > 17.95


def test_a_name_and_typed_coordinates_move_a_point(moving: Page, known_places: None) -> None:
    assert known_places is None
    moving.get_by_label("Plats, sök").fill("sodertorn")
    moving.get_by_role("option", name="Södertörns torg").click()
    expect(moving.locator("#placed")).to_have_text("Södra Ås, inom 50 m.")
    moving.get_by_label("Latitud").fill("59,23")
    expect(moving.locator("#placed")).to_have_text("Södra Ås, inom 50 m.")
    moving.get_by_label("Varför?").fill(WHY)
    moving.get_by_role("button", name="Flytta hit").click()
    expect(moving).to_have_url(SAVED)
    found = stored(moving)
    assert found["geometry"]["coordinates"] == [17.95, 59.23]
    assert found["properties"]["place_text"] == "Södertörns torg"


def test_a_move_without_a_reason_stays_with_what_was_chosen(moving: Page) -> None:
    press(moving, (80, 80))
    chosen = moving.get_by_label("Longitud").input_value()
    moving.get_by_role("button", name="Flytta hit").click()
    expect(moving.get_by_role("alert")).to_contain_text("Skriv varför platsen flyttas.")
    expect(moving.get_by_label("Varför?")).to_be_focused()
    assert float(moving.get_by_label("Longitud").input_value()) == pytest.approx(float(chosen))


def test_two_presses_on_the_button_move_once(moving: Page) -> None:
    press(moving, (80, 80))
    moving.get_by_label("Varför?").fill(WHY)
    moving.get_by_role("button", name="Flytta hit").dblclick()
    expect(moving).to_have_url(SAVED)
    assert stored(moving)["properties"]["version"] == 2


def test_somebody_elses_move_is_shown_beside_the_own_and_may_be_overruled(
    moving: Page, live_member: Actor
) -> None:
    origin, name = moving.url.split("/g/")[0], moving.url.split("/")[-2]
    token = moving.locator('[name="csrf_token"]').first.input_value()
    other: dict[str, str | float | bool] = {
        "csrf_token": token,
        "version": "1",
        "reason": "Först",
        "place_text": "Torget",
        "longitude": "17.95",
        "latitude": "59.22",
        "shape": "",
    }
    moving.request.post(f"{origin}/g/as/handelser/{name}/flytta", form=other)
    press(moving, (80, 80))
    moving.get_by_label("Varför?").fill(WHY)
    moving.get_by_role("button", name="Flytta hit").click()
    expect(moving.get_by_role("heading", name="Så står det nu")).to_be_visible()
    expect(moving.get_by_text("59.22000, 17.95000, Torget")).to_be_visible()
    expect(moving.get_by_label("Varför?")).to_have_value(WHY)
    expect(moving.locator("#pick path.was")).to_have_count(1)
    moving.get_by_role("button", name="Flytta hit").click()
    expect(moving).to_have_url(SAVED)
    assert stored(moving)["properties"]["district"] == "norra-as"
    assert live_member.person_id


def test_the_popup_leads_to_the_move_and_back_to_the_map(
    signed_in_page: Visit, reference: str
) -> None:
    page = signed_in_page.open(f"{page_of_this_week()}&category=BRA")
    page.locator(PIN).click()
    page.locator(POPUP).get_by_role("link", name="Flytta").click()
    expect(page).to_have_url(re.compile(f"/{reference}/flytta"))
    page.get_by_label("Latitud").fill("59,27")
    page.get_by_label("Varför?").fill(WHY)
    page.get_by_role("button", name="Flytta hit").click()
    expect(page).to_have_url(re.compile("/omraden/norra-as.*category=BRA"))


def test_only_a_changed_place_is_asked_about_in_the_form(
    signed_in_page: Visit, reference: str
) -> None:
    page = signed_in_page.open(f"/g/as/handelser/{reference}/andra")
    why = page.get_by_label("Varför flyttas platsen?")
    expect(why).to_be_hidden()
    page.locator("#where summary").first.click()
    page.get_by_label("Latitud").fill("59,27")
    expect(why).to_be_visible()
    page.get_by_label("Latitud").fill("59,26")
    expect(why).to_be_hidden()
    page.get_by_label("Latitud").fill("59,27")
    why.fill(WHY)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)


# --- Drawing ------------------------------------------------------------------------------------


@pytest.fixture
def logging(signed_in_page: Visit) -> Page:
    page = signed_in_page.open(NEW)
    expect(page.locator("path.area").first).to_be_attached()
    choose(page, "SKA01")
    page.locator("#pick").scroll_into_view_if_needed()
    return page


def save(page: Page) -> dict[str, Any]:
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)
    return stored(page)


def test_an_area_is_drawn_by_mouse_and_never_crosses_itself(
    logging: Page, signed_in_page: Visit
) -> None:
    mode(logging, "Yta").click()
    press(logging, (200, 60), (300, 60), (300, 120))
    press(logging, (250, 30))  # over the first edge
    expect(logging.locator("#placed")).to_contain_text("Ytan får inte korsa sig själv")
    press(logging, (200, 120))
    expect(logging.locator("#placed")).to_contain_text("Yta med 4 hörn")
    mode(logging, "Klar").click()
    expect(logging.get_by_role("button", name="Fortsätt rita")).to_be_focused()
    press(logging, (230, 90))  # it is ready: a stray press adds nothing
    geometry = save(logging)["geometry"]
    assert geometry["type"] == "Polygon"
    assert len(geometry["coordinates"][0]) == 5
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_line_is_drawn_by_keyboard_alone(logging: Page) -> None:
    mode(logging, "Linje").focus()
    logging.keyboard.press("Enter")
    logging.get_by_role("application").focus()
    for key in ("Enter", "ArrowRight", "Enter", "ArrowUp", "Enter", "Backspace"):
        logging.keyboard.press(key)
        logging.wait_for_timeout(400)
    expect(logging.locator("#placed")).to_contain_text("Linje med 2 hörn")
    mode(logging, "Klar").focus()
    logging.keyboard.press("Enter")
    geometry = save(logging)["geometry"]
    assert geometry["type"] == "LineString"
    assert len(geometry["coordinates"]) == 2


def test_the_same_corner_twice_is_one(logging: Page) -> None:
    mode(logging, "Linje").click()
    press(logging, (200, 60), (200, 60))
    expect(logging.locator("#placed")).to_contain_text("Hörnet ligger på det förra")
    expect(logging.locator("#shape")).to_have_value("")


def test_a_half_drawn_area_is_told_of_and_not_dropped(logging: Page) -> None:
    mode(logging, "Yta").click()
    press(logging, (200, 60), (300, 60))
    logging.get_by_role("button", name="Spara", exact=True).click()
    expect(logging.locator("#placed")).to_contain_text("En yta behöver minst tre hörn.")
    expect(logging).to_have_url(re.compile(f"{NEW}$"))
    press(logging, (300, 120))
    assert save(logging)["geometry"]["type"] == "Polygon"


def test_a_point_a_line_and_an_area_replace_each_other(logging: Page) -> None:
    longitude, shape = logging.locator("#longitude"), logging.locator("#shape")
    press(logging, (200, 60))
    expect(longitude).not_to_have_value("")
    mode(logging, "Linje").click()
    press(logging, (200, 60), (260, 60), (260, 120))
    expect(longitude).to_have_value("")
    assert json.loads(shape.input_value())["type"] == "LineString"
    mode(logging, "Yta").click()
    assert json.loads(shape.input_value())["type"] == "Polygon"
    mode(logging, "Punkt").click()
    press(logging, (220, 80))
    expect(shape).to_have_value("")
    expect(longitude).not_to_have_value("")


def test_a_hundred_corners_are_enough(logging: Page) -> None:
    corners = [[17.9 + n / 2000, 59.26 + (n % 2) / 1000] for n in range(100)]
    logging.evaluate(
        """corners => {
          const field = document.querySelector("#shape");
          field.value = JSON.stringify({ type: "LineString", coordinates: corners });
          field.dispatchEvent(new Event("input"));
        }""",
        corners,
    )
    logging.get_by_role("button", name="Fortsätt rita").click()
    press(logging, (200, 60))
    expect(logging.locator("#placed")).to_contain_text("Högst 100 hörn får plats.")


def test_a_draft_keeps_its_drawing_when_the_tab_is_lost(logging: Page) -> None:
    mode(logging, "Linje").click()
    press(logging, (200, 60), (260, 60))
    kept = logging.locator("#shape").input_value()
    logging.reload(wait_until="networkidle")
    expect(logging.locator("#shape")).to_have_value(kept)
    expect(logging.locator("#placed")).to_contain_text("Linje med 2 hörn")


def test_a_thumb_draws_on_a_phone(signed_in_page: Visit) -> None:
    before = signed_in_page.page.context
    assert before.browser is not None
    context = before.browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, storage_state=before.storage_state()
    )
    page = context.new_page()
    page.goto(f"{signed_in_page.address}{NEW}", wait_until="networkidle")
    mode(page, "Linje").tap()
    page.locator("#pick").scroll_into_view_if_needed()
    for x in (60, 160):
        page.touchscreen.tap(*at(page, x, 90))
        page.wait_for_timeout(300)
    expect(page.locator("#placed")).to_contain_text("Linje med 2 hörn")
    heights = page.locator(".drawbar button").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24
    context.close()


# --- Districts ----------------------------------------------------------------------------------


def test_a_point_near_a_border_is_flagged_and_put_by_hand_and_back(logging: Page) -> None:
    logging.locator("#where summary").first.click()
    logging.get_by_label("Longitud").fill("17,95")
    logging.get_by_label("Latitud").fill("59,2502")
    near = logging.locator("#nearby")
    expect(near).to_have_text("Nära gränsen till Södra Ås: välj område om det blev fel.")
    logging.get_by_role("button", name="Välj Södra Ås").click()
    expect(near).to_have_text("Området är valt för hand: Södra Ås.")
    expect(logging.get_by_role("button", name="Efter platsen")).to_be_focused()
    logging.get_by_label("Latitud").fill("59,27")
    expect(near).to_contain_text("Platsen ligger i Norra Ås, inte nära gränsen dit.")
    logging.get_by_label("Latitud").fill("59,2502")
    expect(near).to_have_text("Området är valt för hand: Södra Ås.")
    logging.get_by_role("button", name="Efter platsen").click()
    expect(near).to_contain_text("Nära gränsen till Södra Ås")
    logging.get_by_label("Latitud").fill("59,27")
    expect(near).to_be_hidden()
    logging.get_by_label("Latitud").fill("59,2502")
    logging.get_by_role("button", name="Välj Södra Ås").click()
    found = save(logging)["properties"]
    assert (found["district"], found["district_chosen"]) == ("sodra-as", True)
    expect(logging.get_by_text("(valt för hand)")).to_be_visible()


# --- Finding a place ----------------------------------------------------------------------------


def searching(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Sök en plats på kartan")


def test_a_place_is_found_on_the_map_by_keyboard_however_it_is_spelt(
    signed_in_page: Visit, known_places: None
) -> None:
    assert known_places is None
    page = signed_in_page.open("/g/as/karta")
    field = searching(page)
    field.focus()
    page.keyboard.type("sodertons tor")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#found-places [aria-selected=true]")).to_contain_text("Södertörns torg")
    page.keyboard.press("Enter")
    said = page.locator("#found-place")
    expect(said).to_have_text("Kartan visar Södertörns torg, torg, Södra Ås.")
    expect(page.locator(".spotted")).to_be_visible()
    centre = page.evaluate(CENTRE)
    assert centre == [pytest.approx(17.95, abs=1e-3), pytest.approx(59.22, abs=1e-3)]
    field.fill("")
    expect(page.locator(".spotted")).to_have_count(0)
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_name_that_nothing_is_like_is_told(signed_in_page: Visit, known_places: None) -> None:
    assert known_places is None
    page = signed_in_page.open("/g/as/omraden/norra-as")
    searching(page).fill("xyzzy")
    expect(page.locator("#found-place")).to_have_text("Ingen plats i listan liknar det.")


# --- For everybody ------------------------------------------------------------------------------


def test_the_pages_that_edit_have_no_fault_that_axe_sees(
    moving: Page, signed_in_page: Visit, known_places: None
) -> None:
    assert known_places is None
    mode(moving, "Yta").click()
    press(moving, (200, 60), (300, 60), (300, 120))
    assert looked_at(signed_in_page) == []
    page = signed_in_page.open("/g/as/karta", WIDE)
    searching(page).fill("torg")
    expect(page.locator("#found-places li").first).to_be_visible()
    assert looked_at(signed_in_page) == []
