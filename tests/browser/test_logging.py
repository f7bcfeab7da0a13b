"""Twenty seconds: logging by thumb and by keys, without a network, twice, and back again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor, Group, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from tests.browser.conftest import MAIL, PHONE, WIDE, Visit, choose
from tests.build import draft
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

WEDNESDAY = datetime(2026, 11, 18, 13, tzinfo=UTC)
NEW = "/g/as/handelser/ny"
MOST = 6  # interactions after opening
SAVED = re.compile(r"/handelser/L-2026-[0-9]+\?saved=1$")
NEXT = re.compile(r"/handelser/ny\?.*saved=L-2026-")


@pytest.fixture(autouse=True)
def wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program's clock begin on a known Wednesday, and go a second each time it is read."""
    moment = WEDNESDAY

    def now() -> datetime:
        nonlocal moment
        moment += timedelta(seconds=1)
        return moment

    monkeypatch.setattr(clock, "now", now)


@pytest.fixture
def known_places(live_group: Group) -> None:
    named = [
        NewPlace("1", "Norra torget", "torg", Point(17.95, 59.27)),
        NewPlace("2", "Södra stationen", "station", Point(17.95, 59.22)),
    ]
    with transaction(system(live_group).gate) as session:
        places.put(session, system(live_group), "prov", named, now=clock.now())


@pytest.fixture
def thumb(signed_in_page: Visit, known_places: None) -> Iterator[Page]:
    """A phone on which the police officer is signed in, near the northern square."""
    assert known_places is None
    before: BrowserContext = signed_in_page.page.context
    assert before.browser is not None
    context = before.browser.new_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="sv-SE",
        reduced_motion="reduce",
        permissions=["geolocation"],
        geolocation={"longitude": 17.95, "latitude": 59.27, "accuracy": 40},
        storage_state=before.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{signed_in_page.address}{NEW}", wait_until="networkidle")
    yield page
    context.close()


def stored(page: Page) -> list[dict[str, object]]:
    """Return what the server has, oldest first."""
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin is not None
    answer = page.request.get(f"{origin[0]}/api/v1/groups/as/incidents")
    features = answer.json()["features"]
    return [feature["properties"] for feature in reversed(features)]


def drop(route: Route) -> None:
    route.abort("internetdisconnected")


def test_five_taps_on_a_phone_log_an_incident_where_one_stands(thumb: Page) -> None:
    taps = [
        thumb.locator("label.tile", has_text="Brand"),
        thumb.get_by_text("Anlagd eller misstänkt anlagd brand ute", exact=True).last,
        thumb.get_by_role("button", name="Här"),
        thumb.get_by_text("I natt", exact=True),
        thumb.get_by_role("button", name="Spara", exact=True),
    ]
    assert len(taps) <= MOST
    for tap in taps:
        tap.tap()
    expect(thumb).to_have_url(SAVED)
    [one] = stored(thumb)
    assert (one["category"], one["district"]) == ("BRA01", "norra-as")
    assert (one["place_precision_m"], one["time_precision"]) == (50, "mellan")


def test_five_keys_and_a_name_log_an_incident(signed_in_page: Visit, known_places: None) -> None:
    assert known_places is None
    page = signed_in_page.open(NEW, WIDE)
    keys = page.keyboard
    keys.press("b")  # 1: the focus stands among the groups from the start
    keys.press("1")  # 2
    keys.type("sodra sta")  # 3: without å, ä and ö
    expect(page.get_by_role("option", name="Södra stationen")).to_be_visible()
    keys.press("Enter")  # 4
    keys.press("Control+Enter")  # 5
    expect(page).to_have_url(SAVED)
    [one] = stored(page)
    assert (one["category"], one["place_text"]) == ("BRA01", "Södra stationen")
    assert one["district"] == "sodra-as"
    assert (signed_in_page.problems, signed_in_page.outside) == ([], [])


def test_what_is_saved_without_a_network_is_sent_once_when_it_is_back(
    signed_in_page: Visit,
) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_label("Kort beskrivning").fill("Klotter på plank")
    page.route("**/handelser/ny", drop)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("Inget nät. Händelsen ligger kvar här")
    choose(page, "BRA01")  # one goes on with the next
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("2 händelser ligger kvar här")
    assert stored(page) == []
    page.unroute("**/handelser/ny")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sending")).to_contain_text("Skickat som L-2026-000002")
    assert [one["category"] for one in stored(page)] == ["SKA01", "BRA01"]


def test_an_answer_that_is_lost_on_the_way_makes_no_double(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/handelser/ny", swallow)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("Inget nät")
    page.unroute("**/handelser/ny")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sending")).to_contain_text("Skickat som L-2026-000001")
    assert len(stored(page)) == 1


def test_a_draft_survives_a_closed_tab_and_can_be_thrown_away(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_label("Kort beskrivning").fill("Klotter på plank")
    page.get_by_text("I går kväll", exact=True).click()
    other = page.context.new_page()
    page.close()
    other.goto(f"{signed_in_page.address}{NEW}", wait_until="networkidle")
    expect(other.get_by_text(re.compile("^Utkastet från .* finns kvar"))).to_be_visible()
    expect(other.get_by_label("Kort beskrivning")).to_have_value("Klotter på plank")
    expect(other.locator('[name="category"][value="SKA01"]')).to_be_checked()
    expect(other.locator('[name="when"][value="i-gar-kvall"]')).to_be_checked()
    other.get_by_role("button", name="Börja om").click()
    expect(other.get_by_label("Kort beskrivning")).to_have_value("")
    other.reload()
    expect(other.get_by_text("finns kvar")).to_be_hidden()


def test_a_saved_incident_leaves_no_draft(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)
    signed_in_page.open(NEW)
    expect(page.locator('[name="category"]:checked')).to_have_count(0)


def test_the_way_back_leads_to_an_empty_form(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_label("Kort beskrivning").fill("Klotter på plank")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)
    page.go_back(wait_until="networkidle")
    expect(page.get_by_label("Kort beskrivning")).to_have_value("")
    choose(page, "BRA01")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)
    assert [one["category"] for one in stored(page)] == ["SKA01", "BRA01"]


def test_several_in_one_sitting_keep_the_time_and_who_may_see(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_text("I går kväll", exact=True).click()
    page.get_by_label(re.compile("^Bara vi")).check()
    page.get_by_role("button", name="Spara och logga en till").click()
    expect(page).to_have_url(NEXT)
    expect(page.locator('[name="when"][value="i-gar-kvall"]')).to_be_checked()
    expect(page.locator('[name="visibility"][value="egen"]')).to_be_checked()


def test_a_personal_number_is_told_while_one_writes_and_stopped_when_one_saves(
    signed_in_page: Visit,
) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_label("Kort beskrivning").fill("Uppgift från 811228-9874")
    expect(page.locator("#summary-look")).to_contain_text("personnummer")
    page.get_by_label("Plats, sök").fill("hos 811228-9874")
    expect(page.locator("#place_text-look")).to_contain_text("personnummer")
    page.get_by_label("Plats, sök").fill("")
    page.get_by_text("Fler uppgifter").click()
    page.get_by_label("Mer för gruppen").fill("Ring 070-174 06 05")
    expect(page.locator("#details-look")).to_contain_text("telefonnummer")
    page.get_by_label("Mer för gruppen").fill("")
    expect(page.locator("#details-look")).to_be_empty()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("personnummer")
    expect(page.get_by_label("Kort beskrivning")).not_to_have_value(re.compile("811228"))
    page.get_by_label("Kort beskrivning").fill("Klotter på plank")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page).to_have_url(SAVED)


def test_what_is_like_it_is_shown_and_one_may_insist(
    signed_in_page: Visit, live_group: Group, live_member: Actor
) -> None:
    actor = system(live_group, live_member.organisation_id)
    with transaction(actor.gate) as session:
        incidents.report(
            session, actor, draft(organisation_id=live_member.organisation_id), now=clock.now()
        )
    page = signed_in_page.open(f"{NEW}?typ=BRA01")
    for name, value in (("longitude", "17.95"), ("latitude", "59.27")):
        page.locator(f"#{name}").evaluate("(field, value) => { field.value = value }", value)
    page.get_by_text("Annan tid", exact=True).click()
    page.get_by_label("Från", exact=True).fill("2026-11-18T12:30")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("heading", name="Är det samma händelse?")).to_be_visible()
    assert len(stored(page)) == 1
    page.get_by_role("button", name="Nej, spara som ny").click()
    expect(page).to_have_url(SAVED)
    assert len(stored(page)) == 2


def test_somebody_who_was_signed_out_meanwhile_loses_nothing(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_label("Kort beskrivning").fill("Klotter på plank")
    page.context.clear_cookies()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("#sending")).to_contain_text("Du har loggats ut")
    page.reload()
    page.get_by_label("E-post").fill(MAIL)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_load_state("networkidle")
    signed_in_page.open(NEW)
    expect(page.get_by_label("Kort beskrivning")).to_have_value("Klotter på plank")


def test_the_keys_are_only_heard_among_the_groups(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    page.get_by_label("Kort beskrivning").press("b")
    expect(page.locator('[name="group"]:checked')).to_have_count(0)
    expect(page.get_by_label("Kort beskrivning")).to_have_value("b")


def test_the_tab_key_passes_what_where_when_text_and_save_in_that_order(
    signed_in_page: Visit,
) -> None:
    page = signed_in_page.open(f"{NEW}?typ=BRA01")
    page.locator('[name="group"]:checked').focus()
    passed = ["group"]
    for _ in range(25):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.className")
        if name not in passed:
            passed.append(name)
    named = ["group", "category", "place_text", "place_precision_m", "when", "summary"]
    wanted = [*named, "visibility", "again"]
    assert [name for name in passed if name in wanted] == wanted
