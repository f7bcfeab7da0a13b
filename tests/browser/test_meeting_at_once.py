"""A meeting in several browsers when things go wrong: no network, and two presses at once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role
from tests.browser.keys import AT_ONCE, Hands, Watch, button, hands, joined

pytestmark = pytest.mark.browser

W47 = Period.named("2026-W47")
THURSDAY = datetime(2026, 11, 19, 8, tzinfo=UTC)
MAILS = ("ett@as.example", "tva@as.example")
MEETING = "/g/as/mote/2026-W47"


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", Watch(THURSDAY).now)


@pytest.fixture
def coordinators(empty_group: Group) -> list[Actor]:
    return [joined(empty_group, mail, "kommun", Role.COORDINATOR) for mail in MAILS]


@pytest.fixture
def two(chromium: Browser, live_server: str, coordinators: list[Actor]) -> Iterator[list[Hands]]:
    """Two coordinators in the same meeting, each at a browser."""
    assert coordinators
    made = [hands(chromium, live_server, mail) for mail in MAILS]
    for each in made:
        each.sign_in()
        each.go(MEETING)
    yield made
    for each in made:
        each.page.context.close()


def test_a_sentence_is_not_lost_with_the_connection(two: list[Hands]) -> None:
    one, _ = two
    one.press("a")
    one.type("Polisen ser samma ")
    one.page.context.set_offline(True)
    one.type("sak i söder.")
    one.press("Tab", "Enter")
    one.see(one.page.get_by_text("Ingen kontakt med servern."))
    one.page.context.set_offline(False)
    one.page.reload()
    expect(one.page.locator("#text")).to_have_value("Polisen ser samma sak i söder.")
    one.push(button(one, "Spara anteckningen"))
    one.see(one.page.locator("#text", has_text="Polisen ser samma sak i söder."))
    expect(one.page.get_by_text("Ingen kontakt med servern.")).to_be_hidden()


def test_the_focus_stays_on_its_button_when_others_change_what_is_around_it(
    two: list[Hands],
) -> None:
    one, other = two
    mine = button(other, "Frånvarande, Polisen")
    other.reach(mine)
    one.push(button(one, "Alla är här"))
    expect(button(other, "Här, Polisen")).to_have_attribute("aria-pressed", "true", timeout=AT_ONCE)
    expect(mine).to_be_focused()


def test_a_picture_is_fixed_once_however_often_and_by_whomever_it_is_pressed(
    two: list[Hands], coordinators: list[Actor]
) -> None:
    for each in two:
        each.step(9)
        each.reach(button(each, "Fastställ bilden"))
    for each in two:
        each.press("Enter", "Enter")
    for each in two:
        minutes = each.page.get_by_role("heading", name="Protokoll, vecka 47")
        expect(minutes.or_(each.page.get_by_role("alert"))).to_be_visible()
    said = [alert for each in two for alert in each.page.get_by_role("alert").all_inner_texts()]
    assert said == ["Bilden för v. 47 fastställdes redan tors 19 nov kl. 9.00."]
    with reading(coordinators[0].gate) as session:
        assert len(fixing.fixed(session, coordinators[0], W47)) == 1
