"""The first start in a real browser: from an empty database to a person in each organisation."""

import pytest
from playwright.sync_api import Page

from lagesbild.start import service
from tests.browser.conftest import Visit, looked_at

pytestmark = pytest.mark.browser

PASSWORD = "fyra ord i rad"


def fill_in(page: Page) -> None:
    page.get_by_label("Kommunens namn").fill("Ås kommun")
    page.get_by_label("Kommunkod").fill("0001")
    page.get_by_label("E-post").fill("samordnare@as.example")
    page.get_by_label("Namn i listan").fill("Säkerhetssamordnare")
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_label("Lösenordet en gång till").fill(PASSWORD)


def test_from_the_code_to_the_first_colleague(visit: Visit) -> None:
    page = visit.open("/")
    assert looked_at(visit) == []
    page.get_by_label("Startkod").fill(service.setup_code("prov"))
    page.get_by_role("button", name="Fortsätt").click()
    assert looked_at(visit) == []
    fill_in(page)
    page.get_by_role("button", name="Lägg upp kommunen").click()
    page.wait_for_url("**/g/as/kom-igang")
    assert page.get_by_text("2 av 10 klart").is_visible()
    assert looked_at(visit) == []
    page.get_by_role("link", name="Släpp in").click()
    page.wait_for_url("**/personer")
    assert looked_at(visit) == []
    page.get_by_label("E-post").fill("narpolis@as.example")
    page.get_by_label("Namn i listan").fill("Närpolischef")
    page.get_by_label("Organisation", exact=True).select_option("polis")
    page.get_by_role("button", name="Släpp in").click()
    page.wait_for_url("**/personer?klart=ny*")
    assert page.get_by_text("Närpolischef är med i gruppen").is_visible()
    page.get_by_role("link", name="Ändra Närpolischef").click()
    page.wait_for_load_state("networkidle")
    assert looked_at(visit) == []
    visit.open("/losenord")
    assert looked_at(visit) == []
    assert visit.problems == []
    assert visit.outside == []


def test_a_double_click_makes_one_municipality(visit: Visit) -> None:
    page = visit.open(f"/start?kod={service.setup_code('prov')}")
    fill_in(page)
    page.get_by_role("button", name="Lägg upp kommunen").dblclick()
    page.wait_for_url("**/g/as/kom-igang")
    assert not service.is_waiting()


def test_the_first_start_needs_no_mouse(visit: Visit) -> None:
    page = visit.open("/start")
    page.keyboard.type(service.setup_code("prov"))  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("#name:focus")
    for text in ("Ås kommun", "0001", "", "t", "0930AM", "chef@as.example", "Chef"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        if text == "0930AM":  # the time field has parts, and a button in some browsers
            page.get_by_label("E-post").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/g/as/kom-igang")
