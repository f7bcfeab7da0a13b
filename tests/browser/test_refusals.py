"""What one meets when something is wrong or nothing is there: told, and open to everybody."""

import pytest

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock, db
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Group, Role, system
from tests.browser.conftest import MAIL, Visit, choose, looked_at
from tests.build import draft
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

NEW = "/g/as/handelser/ny"


@pytest.fixture
def refused(signed_in_page: Visit) -> Visit:
    """The form of a new incident with a personal number in it, as it comes back."""
    page = signed_in_page.open(NEW)
    choose(page, "BRA01")
    page.get_by_label("Kort beskrivning").fill("Uppgift från 811228-9874")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("alert").wait_for()
    return signed_in_page


def test_a_wrong_password_is_told_on_the_page(visit: Visit, live_group: Group) -> None:
    assert live_group.slug
    page = visit.open("/logga-in")
    page.get_by_label("E-post").fill(MAIL)
    page.get_by_label("Lösenord").fill("fel lösenord")
    page.get_by_role("button", name="Logga in").click()
    assert page.get_by_role("alert").inner_text()
    assert looked_at(visit) == []


def test_a_refused_form_is_open_to_everybody(refused: Visit) -> None:
    assert looked_at(refused) == []


def test_a_refused_field_is_marked_and_says_why(refused: Visit) -> None:
    field = refused.page.get_by_label("Kort beskrivning")
    said = field.get_attribute("aria-describedby") or ""
    why = [refused.page.locator(f"#{name}").inner_text() for name in said.split()]
    assert field.get_attribute("aria-invalid") == "true"
    assert any("personnummer" in text for text in why)


def test_a_form_without_a_kind_is_open_to_everybody(signed_in_page: Visit) -> None:
    page = signed_in_page.open(NEW)
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert looked_at(signed_in_page) == []


def test_who_saves_too_late_is_told_on_the_page(signed_in_page: Visit, live_member: Actor) -> None:
    made = draft(organisation_id=live_member.organisation_id)
    with db.transaction(live_member.gate) as session:
        incidents.report(session, live_member, made, now=clock.now())
    page = signed_in_page.open("/g/as/handelser/L-2026-000001/andra")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Spara", exact=True).click()
    other.wait_for_url("**/handelser/L-2026-000001*")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert looked_at(signed_in_page) == []


def test_a_fault_of_ours_is_told_on_the_page(
    signed_in_page: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("prov")

    monkeypatch.setattr(meetings, "picture", broken)
    page = signed_in_page.open("/g/as/")
    assert page.get_by_role("heading", level=1).inner_text() == "Något gick fel hos oss"
    assert looked_at(signed_in_page) == []


@pytest.mark.parametrize(
    "path", ["", "handelser", "omraden", "omraden/norra-as", "karta", "inlasning", "uttag"]
)
def test_a_page_with_nothing_on_it_yet_is_open_to_everybody(
    path: str, signed_in_page: Visit
) -> None:
    signed_in_page.open(f"/g/as/{path}")
    assert looked_at(signed_in_page) == []
    assert signed_in_page.problems == []


def test_who_is_in_no_week_yet_finds_no_letters(visit: Visit, live_group: Group) -> None:
    reader = Newcomer("lasare@as.example", "Läsare", PASSWORD)
    access.add_member(
        system(live_group), reader, organisation="kommun", role=Role.READER, now=clock.now()
    )
    page = visit.open("/logga-in")
    page.get_by_label("E-post").fill("lasare@as.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_load_state("networkidle")
    visit.open("/g/as/utskick")
    assert page.get_by_text("Inga veckor är publicerade ännu.").is_visible()
    assert looked_at(visit) == []
