"""Every page, wide and narrow, light and dark: quiet, inside its window, and open to everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import ViewportSize

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock, db, mail
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.digests import service as digests
from lagesbild.digests.service import Post
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson
from lagesbild.people.rules import Actor, Group, Role, system
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.build import NORTH, SOUTH, draft
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]

AXE = Path(__file__).resolve().parents[2] / ".tools" / "axe-core" / "axe.min.js"
WEEK = "2026-W47"
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 19, 16, tzinfo=STOCKHOLM)  # after the meeting and the letter
LONG = "Nedskräpningsbekämpningssamordningsansvarsområdesgränsen vid järnvägsstationsbyggnaden"
ROAD = GeoJson('{"type":"LineString","coordinates":[[17.93,59.26],[17.94,59.27],[17.96,59.26]]}')
MISSING = "/g/as/finns-inte"
COMPLAINT = "Failed to load resource: the server responded with a status of"
PAGES = {
    None: ("/logga-in", "/tillganglighet", "/om-uppgifterna"),
    "samordnare@as.example": (
        f"/g/as/vecka/{WEEK}",
        "/g/as/vecka/2026-W30",
        "/g/as/handelser",
        "/g/as/handelser?week=2026-W30",
        "/g/as/uttag?district=norra-as",
        "/g/as/uttag?week=2026-W30",
        "/g/as/handelser/ny",
        "/g/as/handelser/L-2026-000001",
        "/g/as/handelser/L-2026-000001/andra",
        f"/g/as/omraden?week={WEEK}",
        f"/g/as/omraden/norra-as?week={WEEK}",
        f"/g/as/karta?week={WEEK}",
        "/g/as/utskick",
        f"/g/as/utskick/{WEEK}",
        "/g/as/kom-igang",
        "/g/as/personer",
        "/tillganglighet",
        "/api/v1/docs",
        MISSING,
    ),
    "granskare@as.example": ("/g/as/logg",),
}
# What a map still fetches is on its way, and what it has fetched is drawn.
READY = """() => !document.querySelector(".mapstate:not([hidden])")
  && (!document.querySelector("#pick:not([hidden])") || document.querySelector("path.area"))"""
LOOK = """async () => {
  const page = document.scrollingElement;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const options = { runOnly: tags, resultTypes: ["violations"], iframes: false };
  const { violations } = await axe.run(document, options);
  return [
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `axe ${id}: ${target}`)),
    ...(page.scrollWidth > innerWidth ? [`${page.scrollWidth} px wide`] : []),
    ...(document.querySelectorAll("h1").length === 1 ? [] : ["not one h1"]),
    ...(document.documentElement.lang === "sv" ? [] : ["not in Swedish"]),
  ];
}"""


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)


@pytest.fixture
def furnished(live_group: Group, live_member: Actor, tmp_path: Path) -> Group:
    """A group with something on every page: incidents of all shapes, people, and a letter."""
    for mail_address, role in (
        ("samordnare@as.example", Role.COORDINATOR),
        ("granskare@as.example", Role.AUDITOR),
    ):
        newcomer = Newcomer(mail_address, "Prov", PASSWORD)
        access.add_member(
            system(live_group), newcomer, organisation="kommun", role=role, now=THURSDAY
        )
    with db.transaction(system(live_group).gate) as session:
        ids = {o.slug: o.id for o in access.organisations(session, system(live_group))}
    own = system(live_group, ids["kommun"])
    report(own, summary=LONG, place_text=LONG, place_precision_m=250, details=LONG)
    for place in (NORTH, NORTH, SOUTH, ROAD):
        report(live_member, place=place, category="ORD01")
    report(live_member, place=None, district="norra-as", category="TRA01")
    post = Post(mail.mailer(f"file:{tmp_path}"), "post@as.example", "http://localhost")
    digests.send(system(live_group), Period.named(WEEK), post, now=THURSDAY)
    return live_group


def report(actor: Actor, **changes: object) -> None:
    made = draft(occurred_from=WEDNESDAY, organisation_id=actor.organisation_id, **changes)
    with db.transaction(actor.gate) as session:
        incidents.report(session, actor, made, now=WEDNESDAY + timedelta(minutes=1))


def sign_in(visit: Visit, address: str) -> None:
    visit.page.context.clear_cookies()
    page = visit.open("/logga-in")
    page.get_by_label("E-post").fill(address)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("button", name="Logga ut").first.wait_for(state="attached")


def faults(visit: Visit, path: str, size: ViewportSize, scheme: Scheme) -> list[str]:
    """Open a page and return what is wrong with it."""
    page = visit.page
    visit.problems.clear()
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    answer = page.goto(f"{visit.address}{path}")
    page.wait_for_function(READY)
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(LOOK)
    assert answer is not None
    if path == MISSING:  # which the console complains about once
        visit.problems.remove(f"{COMPLAINT} 404 (NOT FOUND)")
    status = [] if answer.ok or path == MISSING else [f"status {answer.status}"]
    moved = [] if page.url == f"{visit.address}{path}" else [f"moved to {page.url}"]
    return [*found, *status, *moved, *visit.problems]


def ways() -> Iterator[tuple[ViewportSize, Scheme]]:
    for size in (WIDE, PHONE):
        yield size, "light"
        yield size, "dark"


@pytest.mark.usefixtures("furnished")
def test_every_page_is_quiet_and_open_to_everybody(visit: Visit) -> None:
    found = {}
    for person, paths in PAGES.items():
        if person is not None:
            sign_in(visit, person)
        for path in paths:
            for size, scheme in ways():
                found[path, size["width"], scheme] = faults(visit, path, size, scheme)
    assert {where: what for where, what in found.items() if what} == {}
    assert visit.outside == []
