"""Long names of places, as Swedish has them, on a phone and on a projector."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, ViewportSize

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.db import transaction
from lagesbild.districts import service as districts
from lagesbild.people.rules import Role, system
from tests.browser.keys import Watch, hands, joined
from tests.build import SOURCE, SQUARES

pytestmark = pytest.mark.browser

THURSDAY = datetime(2026, 11, 19, 8, tzinfo=UTC)
MAIL = "samordnare@as.example"
LONG = "Flemingsbergs universitetsområde och sjukhus"
PAGES = (
    "vecka/2026-W47",
    "mote",
    "mote/2026-W47?steg=3",
    "mote/2026-W47?steg=4",
    "mote/2026-W47?steg=7",
    "mote/2026-W47/brev",
    "mote/2026-W47/underlag",
)
SIZES = {
    "phone": ViewportSize(width=390, height=844),
    "projector": ViewportSize(width=1920, height=1080),
}
TOO_WIDE = "document.scrollingElement.scrollWidth - innerWidth"
MAP_ABOVE_FOOT = """document.querySelector(".m-map").getBoundingClientRect().bottom
  < document.querySelector(".m-foot").getBoundingClientRect().top"""


def test_no_page_is_wider_than_its_screen_and_a_map_fits_the_projector(
    chromium: Browser, live_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", Watch(THURSDAY).now)
    group = access.add_municipality(
        slug="as", name="Västra Storängsbottens kommun", code="0001", now=clock.now()
    )
    north, south = SQUARES
    named = [replace(north, name=LONG), south]
    with transaction(system(group).gate) as session:
        districts.put_version(session, system(group), SOURCE, named, now=clock.now())
    joined(group, MAIL, "kommun", Role.COORDINATOR)
    who = hands(chromium, live_server, MAIL)
    who.sign_in()
    wrong = []
    for view, size in SIZES.items():
        who.page.set_viewport_size(size)
        cookie = {"name": "vy", "value": view, "url": live_server}
        who.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a plain cookie
        for page in PAGES:
            who.go(f"/g/as/{page}")
            if (over := who.page.evaluate(TOO_WIDE)) > 0:
                wrong.append(f"{page} on a {view}: {over} px too wide")
    who.go("/g/as/mote/2026-W47?steg=3&omrade=sodra-as")
    assert wrong == []
    assert who.page.evaluate(MAP_ABOVE_FOOT)
    who.page.context.close()
