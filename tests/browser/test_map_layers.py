"""The layers of the map in a real Chromium: what is chosen is drawn, told in words, and kept."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from lagesbild.base import clock, db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson, TimePrecision
from lagesbild.maps.rules.layers import TOO_FEW
from lagesbild.people.rules import Actor, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.browser.conftest import PHONE, WIDE, Visit, looked_at
from tests.build import draft

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} </script><script>alert(3)</script>"
PIN, SIGN, POPUP = ".leaflet-marker-icon.pin", ".leaflet-marker-icon.sign", ".leaflet-popup"
HEX = "path.hex"
HEAT = "svg.leaflet-image-layer"
LAYER = re.compile("[?&]lager=")


def place(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}')


def report(actor: Actor, number: int = 1, **changes: Any) -> list[str]:  # noqa: ANN401 – of a draft
    now, everybody = clock.now(), system(actor.group, actor.organisation_id)
    usual = {"occurred_from": now, "organisation_id": actor.organisation_id}
    made = [draft(**(usual | changes)) for _ in range(number)]
    with db.transaction(everybody.gate) as session:
        incidents.report_all(session, everybody, made, now=now)
        return [incidents.one(session, everybody, each.id).reference for each in made]


def report_crowd(actor: Actor) -> None:
    """Report enough for a density: many at one place, some at another."""
    report(actor, 25, place=place(17.92, 59.26), place_text="Torget")
    report(actor, 5, place=place(17.97, 59.28), place_text=HOSTILE[:80])


def add_problem(actor: Actor, *references: str, title: str = "Buskörning") -> None:
    now = clock.now()
    said = ProblemDraft(
        new_id(), title, since=now.astimezone(STOCKHOLM).date(), district="norra-as"
    )
    with db.transaction(actor.gate) as session:
        made = problems.add(session, actor, said, now=now)
        for reference in references:
            problems.link(session, actor, made.id, reference, now=now)


def page_of_this_week(query: str = "") -> str:
    return f"/g/as/omraden/norra-as?week={Period.of(clock.now()).name}{query}"


def panel(page: Page) -> Page:
    page.locator(".maplayers summary").click()
    return page


@pytest.fixture
def crowd(signed_in_page: Visit, live_member: Actor) -> Iterator[Visit]:
    report_crowd(live_member)
    yield signed_in_page
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_hexagons_are_drawn_with_legend_and_list_and_the_address_keeps_them(crowd: Visit) -> None:
    page = panel(crowd.open(page_of_this_week()))
    page.get_by_role("checkbox", name="Rutor, 250 m").check()
    expect(page.locator(HEX)).to_have_count(2)  # one shape for each colour
    steps = page.locator('[data-steps="rutor"]')
    expect(steps).to_have_text(re.compile("1.*2–4.*5–9.*10–19.*20–25"))
    page.get_by_text("Här är det tätast").click()
    rows = page.locator("[data-densest] li")
    expect(rows).to_have_text(
        ["Torget, Norra Ås: 25 händelser", f"{HOSTILE[:80]}, Norra Ås: 5 händelser"]
    )
    expect(page).to_have_url(re.compile("lager=rutor%2Cpagaende"))
    expect(page.locator(".weekbar a[rel=prev]").first).to_have_attribute("href", LAYER)
    page.reload(wait_until="networkidle")
    expect(page.locator(HEX)).to_have_count(2)
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page).to_have_url(LAYER)


def test_numbers_stand_in_the_hexagons_where_they_fit(crowd: Visit) -> None:
    page = crowd.open(page_of_this_week("&lager=rutor"))
    expect(page.locator(HEX)).to_have_count(2)
    seen = page.locator(".hexnumber")
    shown = "window[document.querySelector('.map').dataset.map]"
    look = f"{shown}.setView([59.26, 17.92], ZOOM, {{ animate: false }})"
    page.evaluate(look.replace("ZOOM", "12"))
    expect(seen).to_have_count(0)
    page.evaluate(look.replace("ZOOM", "15"))
    expect(seen).to_have_text(["25"])


def test_incidents_make_way_and_come_back(crowd: Visit) -> None:
    page = panel(crowd.open(page_of_this_week()))
    shown = page.locator(".cluster, .pin").first
    expect(shown).to_be_visible()
    page.get_by_role("checkbox", name="Rutor, 250 m").check()
    expect(shown).to_be_hidden()
    page.get_by_label("Händelser", exact=True).check()
    expect(shown).to_be_visible()
    expect(page.locator(HEX)).to_have_count(2)
    page.get_by_role("checkbox", name="Rutor, 250 m").uncheck()
    expect(page.locator(HEX)).to_have_count(0)
    expect(page).not_to_have_url(LAYER)


def test_a_sheet_is_asked_for_with_the_layers_of_the_map(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member)
    page = panel(signed_in_page.open(page_of_this_week()))
    sent = "new FormData(document.querySelector('.mapout')).get('lager')"
    page.get_by_label("Pågående problem och åtgärder").uncheck()
    assert page.evaluate(sent) == "handelser"
    page.get_by_label("Pågående problem och åtgärder").check()
    assert page.evaluate(sent) is None


def test_heat_takes_the_place_of_hexagons(crowd: Visit) -> None:
    page = panel(crowd.open(page_of_this_week("&lager=rutor")))
    page.get_by_role("checkbox", name="Värmekarta").check()
    expect(page.locator(f"{HEAT} path")).to_have_count(5)
    expect(page.locator(HEX)).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Rutor, 250 m")).not_to_be_checked()
    # 25 incidents in a kernel of 400 m: 25 × 3 / (π 0.4²) = 149 per km², and 5 of them 30.
    expect(page.locator('[data-steps="varme"] li')).to_have_text(
        [f"från {n}" for n in (5, 10, 20, 50, 100)]
    )


def test_few_incidents_disable_the_density_and_say_why(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member, 29)
    page = panel(signed_in_page.open(page_of_this_week("&lager=rutor,handelser")))
    for label in ("Rutor, 250 m", "Värmekarta"):
        choice = page.get_by_role("checkbox", name=label)
        expect(choice).to_be_disabled()
        expect(choice).to_have_accessible_description(TOO_FEW)
    expect(page.locator(HEX)).to_have_count(0)
    page.locator(".weekbar a[rel=prev]").first.click()
    expect(page).to_have_url(LAYER)  # another week may have more


def test_the_server_has_the_last_word_on_how_many_are_enough(
    signed_in_page: Visit, live_member: Actor
) -> None:
    report(live_member, 30, place_precision_m=500)  # places enough, but none of them sure
    page = panel(signed_in_page.open(page_of_this_week()))
    page.get_by_role("checkbox", name="Rutor, 250 m").click()
    expect(page.get_by_role("checkbox", name="Rutor, 250 m")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="Värmekarta")).to_have_accessible_description(TOO_FEW)


def test_a_layer_that_cannot_be_fetched_says_so_and_can_be_tried_again(crowd: Visit) -> None:
    crowd.page.route("**/rutnat.geojson*", lambda route: route.abort())
    page = panel(crowd.open(page_of_this_week()))
    choice = page.get_by_role("checkbox", name="Rutor, 250 m")
    choice.click()
    expect(choice).to_have_accessible_description("Lagret kunde inte hämtas. Försök igen.")
    expect(choice).not_to_be_checked()
    crowd.problems.clear()  # the console tells of it
    page.unroute("**/rutnat.geojson*")
    choice.check()
    expect(page.locator(HEX)).to_have_count(2)


def test_a_sign_tells_of_a_problem_in_text_and_leads_to_it(
    signed_in_page: Visit, live_member: Actor
) -> None:
    [reference] = report(live_member, place=place(17.95, 59.27))
    add_problem(live_member, reference, title=HOSTILE[:80])
    page = signed_in_page.open(page_of_this_week())
    page.on("dialog", lambda dialog: signed_in_page.problems.append(dialog.message))
    sign = page.locator(SIGN)
    expect(sign).to_have_attribute("aria-label", f"Problem: {HOSTILE[:80]}")
    sign.focus()
    page.keyboard.press("Enter")
    expect(page.locator(POPUP)).to_contain_text(HOSTILE[:80])
    expect(page.locator(POPUP)).to_contain_text("Visas vid händelsen som hör till.")
    expect(page.locator(f"{POPUP} .open a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sign).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(f"{POPUP} .open a").click()
    expect(page).to_have_url(re.compile("/problem/P-1$"))
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_a_pin_under_a_sign_can_be_pressed_and_so_can_the_sign(
    signed_in_page: Visit, live_member: Actor
) -> None:
    [reference] = report(live_member, place=place(17.95, 59.27))
    add_problem(live_member, reference)
    page = signed_in_page.open(page_of_this_week())
    pin = page.locator(PIN).bounding_box()
    assert pin is not None
    page.mouse.click(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2)
    expect(page.locator(POPUP)).to_contain_text(reference)
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(0)
    sign = page.locator(SIGN).bounding_box()
    assert sign is not None
    assert min(sign["width"], sign["height"]) >= 24
    page.locator(SIGN).click()  # waits until it stands still, and fails where another lies over it
    expect(page.locator(POPUP)).to_contain_text("Buskörning")


def test_what_stands_at_one_place_is_one_sign(signed_in_page: Visit, live_member: Actor) -> None:
    add_problem(live_member, title="Buskörning")
    add_problem(live_member, title="Klotter")
    page = panel(signed_in_page.open(page_of_this_week()))
    sign = page.locator(SIGN)
    expect(sign).to_have_count(1)
    expect(sign).to_have_text("2")
    sign.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{POPUP} .title")).to_have_text(["Klotter", "Buskörning"])
    page.get_by_label("Pågående problem och åtgärder").uncheck()
    expect(sign).to_have_count(0)


@pytest.mark.parametrize(
    ("precision", "clocks"), [(TimePrecision.EXACT, 0), (TimePrecision.DAY, 1)]
)
def test_an_unsure_time_is_drawn_and_said(
    signed_in_page: Visit, live_member: Actor, precision: TimePrecision, clocks: int
) -> None:
    early = clock.now() - timedelta(minutes=1)
    report(live_member, time_precision=precision, occurred_from=early)
    page = signed_in_page.open(page_of_this_week())
    pin = page.locator(PIN)
    expect(pin).to_have_count(1)
    expect(pin.locator(".pt-dial")).to_have_count(clocks)
    assert ("osäker tid" in (pin.get_attribute("aria-label") or "")) is bool(clocks)
    pin.click()
    said = expect(page.locator(POPUP))
    (said.to_contain_text if clocks else said.not_to_contain_text)("(osäker tid)")


def test_the_panel_is_worked_by_keyboard(crowd: Visit) -> None:
    page = crowd.open(page_of_this_week())
    summary = page.locator(".maplayers summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Händelser", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(HEX)).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".maplayers[open]")).to_have_count(0)
    expect(summary).to_be_focused()


@pytest.mark.parametrize("layer", ["rutor", "varme"])
def test_axe_finds_nothing_in_the_layers(crowd: Visit, live_member: Actor, layer: str) -> None:
    add_problem(live_member)
    page = panel(crowd.open(page_of_this_week(f"&lager={layer},pagaende,handelser")))
    page.get_by_text("Här är det tätast").click()
    assert looked_at(crowd) == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_choice_is_large_enough_to_touch(crowd: Visit, size: ViewportSize) -> None:

    page = panel(crowd.open(page_of_this_week(), size))
    for box in [each.bounding_box() for each in page.locator(".maplayers label").all()]:
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
