"""The police's events beside the week, as people meet them."""

import re

import pytest

from lagesbild.base import clock
from lagesbild.people.rules import Actor, Group
from lagesbild.police.service import events as police
from tests.browser.conftest import MAIL, Visit
from tests.browser.test_pages import LONG, THURSDAY, WEEK, faults, sign_in
from tests.police import event

pytestmark = pytest.mark.browser

WEEKS = (f"/g/as/vecka/{WEEK}", "/g/as/vecka/2026-W46")
FORM = "/g/as/handelser/ny?typ=TRA03&tid=2026-11-17T08:50&precision=exakt&referens=polisen:1"
EVENTS = (
    event(1),
    event(2, summary=f"{LONG} " * 6),
    event(3, summary="En man är försvunnen."),
    event(4, name="16 november, Stöld, Ås", type="Stöld", url=None),
    event(5, name="Bråk, Ås", type="Bråk", summary=""),
    event(6, type=LONG),
    *(event(id_, type="Misshandel, grov") for id_ in range(7, 15)),
)


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)


def test_the_events_are_quiet_and_open_to_everybody(
    live_group: Group, live_member: Actor, visit: Visit
) -> None:
    assert live_member.group == live_group
    police.take_in([live_group], EVENTS, now=THURSDAY, recent_only=True)
    sign_in(visit, MAIL)
    visit.outside.clear()
    found = {path: faults(visit, path) for path in (*WEEKS, FORM)}
    assert {where: what for where, what in found.items() if what} == {}
    assert visit.outside == []


def test_a_press_and_a_place_make_an_event_an_incident(
    live_group: Group, live_member: Actor, visit: Visit
) -> None:
    assert live_member.group == live_group
    police.take_in([live_group], [event()], now=THURSDAY, recent_only=True)
    sign_in(visit, MAIL)
    page = visit.open(WEEKS[0])
    page.get_by_role("link", name="Logga som händelse").click()
    page.get_by_label("Kort beskrivning").fill("Krock vid torget, vägen var stängd en timme.")
    page.get_by_label("Område", exact=True).select_option(label="Norra Ås")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_text("Sparat som L-2026-000001").wait_for()
    visit.open(WEEKS[0])
    page.get_by_text(re.compile("Loggad som")).wait_for()
    assert page.get_by_role("link", name="L-2026-000001").count() == 1
