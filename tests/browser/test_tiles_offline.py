"""A background of tiles is a help: where it cannot be reached the map is there all the same."""

import pytest
from playwright.sync_api import expect

from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.base.settings import Settings
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor
from tests.browser.conftest import Visit
from tests.build import NOW, draft

pytestmark = pytest.mark.browser

TILES = "https://kartor.example/{z}/{x}/{y}.png"


@pytest.fixture
def own_database(own_database: Settings) -> Settings:
    """The same, with tiles from a server that nobody answers at."""
    return own_database.model_copy(update={"tiles_url": TILES})


def test_without_its_tiles_a_map_still_has_borders_and_incidents(
    signed_in_page: Visit, live_member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(live_member.gate) as session:
        said = draft(organisation_id=live_member.organisation_id)
        incidents.report(session, live_member, said, now=NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    signed_in_page.page.context.route("https://kartor.example/**", lambda route: route.abort())
    page = signed_in_page.open("/g/as/omraden/norra-as?week=2026-W47")
    assert signed_in_page.outside  # the tiles were asked for
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(1)
    expect(page.locator(".leaflet-overlay-pane path").first).to_be_visible()
    expect(page.locator(".inlist, .rows")).to_contain_text("Brand i papperskorg")
