"""A list that somebody drops in a browser, from the file to the map and back again."""

from pathlib import Path

import pytest

from lagesbild.base import clock
from lagesbild.people.rules import Actor
from tests.browser.conftest import MAIL, Visit
from tests.browser.test_pages import LONG, THURSDAY, faults, sign_in

pytestmark = pytest.mark.browser

PAGE = "/g/as/inlasning"
HEADINGS = "Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Beskrivning"
ROWS = (
    "2026-11-10;22:45;Klotter;Torget;59,27;17,95;Klotter på fasad",
    "2026-11-11;25:99;Bråk;Parken;59,22;17,95;Två grupper",
    f"2026-11-11;ca 21;Fikapaus;{LONG};59,22;17,95;{LONG}",
    "2026-11-12;21.15;Bråk;;59,33;17,96;Utanför",
    "2026-11-13;kvällen;Bilbrand;;59,235;17,99;Ring 070-174 06 05",
)


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)


def drop(visit: Visit, folder: Path, *rows: str, headings: str = HEADINGS) -> str:
    """Drop a list on the page and return the path of what becomes of it."""
    file = folder / f"{LONG}.csv"
    file.write_text("\n".join([headings, *rows]))
    page = visit.open(PAGE)
    page.get_by_label("Släpp filen här").set_input_files(file)
    page.get_by_role("button", name="Kontrollera listan").click()
    page.wait_for_url(f"{visit.address}{PAGE}/*")
    return page.url.removeprefix(visit.address)


def test_the_pages_of_a_list_are_quiet_and_open_to_everybody(
    live_member: Actor, visit: Visit, tmp_path: Path
) -> None:
    assert live_member.person_id
    sign_in(visit, MAIL)
    visit.outside.clear()
    paths = [
        PAGE,
        drop(visit, tmp_path, *ROWS),
        drop(visit, tmp_path, *ROWS, headings=HEADINGS.replace("Händelsetyp", LONG)),
    ]
    found = {path: faults(visit, path) for path in paths}
    assert {where: what for where, what in found.items() if what} == {}
    assert visit.outside == []


def test_a_list_is_corrected_saved_and_undone_in_a_browser(
    live_member: Actor, visit: Visit, tmp_path: Path
) -> None:
    assert live_member.person_id
    sign_in(visit, MAIL)
    drop(visit, tmp_path, *ROWS[:2])
    page = visit.page
    page.locator("#fates .leaflet-marker-icon").wait_for()
    page.get_by_label("Klockslag").fill("23:15")
    page.get_by_role("button", name="Kontrollera igen").click()
    page.get_by_role("button", name="Spara 2 rader").dblclick()
    page.get_by_role("link", name="Visa händelserna").click()
    assert page.get_by_text("Torget").count() == 1
    assert page.get_by_text("Parken").count() == 1
    page.go_back()
    page.get_by_text("Ångra inläsningen").click()
    page.get_by_role("button", name="Ta tillbaka 2 rader").click()
    page.get_by_text("2 händelser är tillbakatagna").wait_for()
    assert visit.problems == []
