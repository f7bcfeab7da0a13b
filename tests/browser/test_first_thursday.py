"""The first Thursday: clicks on a map become the picture of the week and one letter."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Actor, Group, Role, system
from tests.browser.conftest import Visit, choose
from tests.conftest import PASSWORD
from tests.letters import approved
from tests.post import Server, running

pytestmark = pytest.mark.browser

WEDNESDAY = datetime(2026, 11, 18, 13, tzinfo=UTC)  # the last day of 2026-W47
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
MINUTE = timedelta(minutes=1)
COORDINATOR = "samordnare@as.example"
NEW = "/g/as/handelser/ny"
CHOICE_OF_PLACE = "#pick .drawing"
BORDER = 59.25  # between Norra Ås and Södra Ås
# A browser may send both presses of a double click or only the last: this always sends two.
TWICE = """async () => {
  const form = document.querySelector(".logform");
  const send = () => fetch("", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const answers = await Promise.all([send(), send()]);
  return answers.map((answer) => answer.url);
}"""

Place = tuple[float, float]  # longitude, latitude


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
def three_places(signed_in_page: Visit) -> list[Place]:
    """Log two incidents close together in the north and one in the south; return where."""
    page = signed_in_page.open(NEW)
    face = page.locator(CHOICE_OF_PLACE).bounding_box()
    assert face is not None
    middle, height = face["width"] / 2, face["height"]
    places = [
        log(page, 1, "BRA01", (middle, height * 0.3), button="Spara och logga en till"),
        log(page, 2, "SKA01", (middle + 4, height * 0.3 + 4), button="Spara och logga en till"),
        log(page, 3, "ORD01", (middle, height * 0.7), button="Spara"),
    ]
    expect(page).to_have_url(re.compile(r"/handelser/L-2026-000003\?saved=1$"))
    return places


def log(page: Page, number: int, category: str, at: tuple[float, float], *, button: str) -> Place:
    """Fill in the form, with a click on the map for the place; return what the click wrote."""
    expect(page.locator("#pick path.area")).to_have_count(2)
    choose(page, category)
    page.get_by_label("Kort beskrivning").fill("Påhittad händelse")
    page.locator(CHOICE_OF_PLACE).click(position={"x": at[0], "y": at[1]})
    place = (
        float(page.locator("#longitude").input_value()),
        float(page.locator("#latitude").input_value()),
    )
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=f"L-2026-00000{number}")).to_be_visible()
    return place


def references(page: Page) -> list[str | None]:
    return [row.get_attribute("data-ref") for row in page.locator(".rows [data-ref]").all()]


def drawn(visit: Visit, district: str) -> dict[str, list[float]]:
    """Return what the map of a district fetches: reference and position."""
    answer = visit.page.request.get(f"{visit.address}/g/as/omraden/{district}/handelser.geojson")
    found = answer.json()["features"]
    return {f["properties"]["reference"]: f["geometry"]["coordinates"] for f in found}


def this_week(page: Page, name: str) -> str:
    return page.get_by_role("row", name=name).locator("td.now").inner_text()


def only_clean(visit: Visit) -> None:
    assert (visit.problems, visit.outside) == ([], [])


def test_what_is_clicked_is_counted_where_it_was_clicked(
    signed_in_page: Visit, three_places: list[Place]
) -> None:
    page = signed_in_page.open("/g/as/")
    assert [latitude > BORDER for _, latitude in three_places] == [True, True, False]
    page.get_by_role("link", name="Veckan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 rapporterade händelser hittills.")
    names = ("Norra Ås", "Södra Ås", "Utan känt område", "Hela kommunen")
    assert [this_week(page, name) for name in names] == ["2", "1", "0", "3"]
    only_clean(signed_in_page)


def test_the_map_of_each_district_shows_its_clicks_and_the_list_says_the_same(
    signed_in_page: Visit, three_places: list[Place]
) -> None:
    page = signed_in_page.open("/g/as/")
    page.get_by_role("link", name="Norra Ås", exact=True).click()
    expect(page.locator(".leaflet-marker-icon.cluster")).to_have_text(re.compile("^2"))
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(0)
    north = drawn(signed_in_page, "norra-as")
    assert references(page) == [*north] == ["L-2026-000002", "L-2026-000001"]
    assert [tuple(at) for at in north.values()] == three_places[1::-1]
    page = signed_in_page.open("/g/as/omraden/sodra-as")
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(1)
    south = drawn(signed_in_page, "sodra-as")
    assert references(page) == [*south] == ["L-2026-000003"]
    assert [tuple(at) for at in south.values()] == three_places[2:]
    only_clean(signed_in_page)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def settings(own_database: Settings, live_group: Group, server: Server) -> Iterator[Settings]:
    """The settings of a group with a coordinator, whose letters go to the server."""
    newcomer = Newcomer(COORDINATOR, "Prov", PASSWORD)
    access.add_member(
        system(live_group),
        newcomer,
        organisation="kommun",
        role=Role.COORDINATOR,
        now=clock.now(),
    )
    with running(server) as port:
        yield own_database.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})


@pytest.mark.usefixtures("three_places")
def test_on_thursday_the_coordinator_gets_one_letter_and_no_second(
    settings: Settings, server: Server, live_group: Group, live_member: Actor
) -> None:
    approved(access.actor_named(live_group, COORDINATOR), live_member)
    jobs.tick(settings, DUE - MINUTE)
    before = list(server.got)  # that the picture is fixed
    jobs.tick(settings, DUE)
    content = server.got[-1]
    assert server.got == [*before, content]
    letter = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert (letter["To"], letter["Cc"], letter["Bcc"]) == (COORDINATOR, None, None)
    assert letter["Subject"] == "Lägesbild v. 47 – få rapporterade händelser"
    for minute in range(1, 11):
        jobs.tick(settings, DUE + minute * MINUTE)
    assert server.got == [*before, content]


def test_a_double_click_makes_one_incident(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    page.get_by_role("button", name="Spara", exact=True).dblclick()
    expect(page).to_have_url(re.compile(r"/handelser/L-2026-[0-9]+\?saved=1$"))
    signed_in_page.open("/g/as/handelser")
    expect(page.locator(".inlist li")).to_have_count(1)
    only_clean(signed_in_page)


def test_a_form_that_is_sent_twice_at_once_makes_one_incident(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    choose(page, "SKA01")
    first, second = page.evaluate(TWICE)
    assert re.search(r"/handelser/L-2026-[0-9]+\?saved=1$", first)
    assert first == second
    signed_in_page.open("/g/as/handelser")
    expect(page.locator(".inlist li")).to_have_count(1)
    only_clean(signed_in_page)


@pytest.fixture
def without_javascript(signed_in_page: Visit) -> Iterator[Visit]:
    """A second window of the police officer, in a browser that runs no scripts."""
    before = signed_in_page.page.context
    assert before.browser is not None
    context = before.browser.new_context(
        java_script_enabled=False, storage_state=before.storage_state()
    )
    made = Visit(context.new_page(), signed_in_page.address)
    made.page.on("console", made.note)
    made.page.on("request", made.ask)
    yield made
    context.close()


def test_the_form_takes_typed_coordinates_without_javascript(without_javascript: Visit) -> None:
    page = without_javascript.open(NEW)
    choose(page, "SKA01")
    page.get_by_text("Område för hand, eller koordinater").click()
    page.get_by_label("Latitud").fill("59,22")
    page.get_by_label("Longitud").fill("17,95")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Sparat som L-2026-000001.")).to_be_visible()
    assert drawn(without_javascript, "sodra-as") == {"L-2026-000001": [17.95, 59.22]}
    only_clean(without_javascript)
