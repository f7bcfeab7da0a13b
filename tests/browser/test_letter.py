"""The letter in a browser: approved by one key, seen whole, and its words counted as one writes."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from lagesbild.base import clock, db
from lagesbild.base.clock import STOCKHOLM
from lagesbild.digests.rules import RunState
from lagesbild.digests.service import drafting
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role
from tests.browser.conftest import PHONE, Visit, looked_at
from tests.browser.keys import Hands, button, hands, joined
from tests.letters import W47, WEEK, run

pytestmark = pytest.mark.browser

THURSDAY = datetime(2026, 11, 19, 13, 30, tzinfo=STOCKHOLM)
BOSS, OFFICER = "samordnare@as.example", "polisen@as.example"
LETTER = f"/g/as/utskick/{WEEK}"


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)


@pytest.fixture
def boss(empty_group: Group) -> Actor:
    """The coordinator, who has fixed the picture; it is half past one, and the letter waits."""
    actor = joined(empty_group, BOSS, "kommun", Role.COORDINATOR)
    with db.transaction(actor.gate) as session:
        fixing.fix(session, actor, W47, now=clock.now())
        drafting.draft(session, actor, W47, now=clock.now())
    return actor


@pytest.fixture
def officer(boss: Actor, chromium: Browser, live_server: str) -> Iterator[Hands]:
    """A police officer at a browser, with nothing but its keys."""
    joined(boss.group, OFFICER, "polis", Role.MEMBER)
    who = hands(chromium, live_server, OFFICER)
    who.sign_in()
    yield who
    who.page.context.close()


def height(page: Page) -> tuple[float, float]:
    """Return how high the frame is, and the letter in it."""
    frame = page.locator("iframe[data-letter]")
    expect(frame).to_have_attribute("style", re.compile("height"))
    inside: float = frame.evaluate("f => f.contentDocument.documentElement.scrollHeight")
    outside: float = frame.evaluate("f => f.clientHeight")
    return outside, inside


def test_one_key_approves_the_letter_from_the_table(officer: Hands, boss: Actor) -> None:
    officer.go(f"/g/as/mote/{WEEK}/brev")
    officer.press("g")
    officer.arrive(rf"{LETTER}\?version=1#godkann")
    expect(button(officer, "Godkänn för Polisen")).to_be_visible()
    officer.press("g")
    officer.arrive("klart=godkant")
    officer.see(officer.page.get_by_text("Brevet är godkänt."))
    assert run(boss).run.state is RunState.APPROVED


def test_the_key_is_a_letter_while_somebody_writes(officer: Hands, boss: Actor) -> None:
    officer.go(LETTER)
    officer.press("e")
    officer.arrive("/andra")
    officer.reach(officer.page.get_by_label("Behöver uppmärksamhet"))
    officer.type("Något gick sönder, 1 2 3.")
    expect(officer.page.get_by_label("Behöver uppmärksamhet")).to_have_value(
        "Något gick sönder, 1 2 3."
    )
    assert run(boss).run.state is RunState.DRAFT


def test_who_may_not_approve_has_no_key_for_it(
    boss: Actor, chromium: Browser, live_server: str
) -> None:
    who = hands(chromium, live_server, BOSS)
    who.sign_in()
    who.go(LETTER)
    who.press("g")
    who.see(who.page.get_by_text("Du har skrivit brevet."))
    assert run(boss).run.state is RunState.DRAFT
    who.page.context.close()


def test_the_frame_is_as_high_as_its_letter_on_every_screen(officer: Hands) -> None:
    for keys, wide in (("1", True), ("2", False)):
        officer.go(LETTER)
        officer.press(keys)
        officer.arrive("som=")
        outside, inside = height(officer.page)
        assert outside == inside > 500
        narrow = officer.page.locator("iframe").evaluate("f => f.clientWidth") <= PHONE["width"]
        assert narrow is not wide


def test_the_words_are_counted_as_they_are_written(officer: Hands) -> None:
    officer.go(f"{LETTER}/andra")
    said = officer.page.locator("[data-words]")
    before = int(said.inner_text().partition(" ")[0])
    officer.reach(officer.page.get_by_label("Kommande vecka"))
    officer.press("Control+End")
    officer.type(" Julmarknad lör 28 nov – i Norra Ås.")
    expect(said).to_have_text(f"{before + 7} ord av 400")
    officer.type(" ord" * 400)
    expect(said).to_have_text(re.compile(rf"{before + 407} ord av 400, \d+ för många"))


@pytest.mark.usefixtures("officer")
def test_a_refused_text_and_a_conflict_are_open_to_everybody(visit: Visit, boss: Actor) -> None:
    page = visit.open("/logga-in")
    page.get_by_label("E-post").fill(OFFICER)
    page.get_by_label("Lösenord").fill("ett-langt-losenord")
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_load_state("networkidle")
    visit.open(f"{LETTER}/andra")
    page.get_by_label("Behöver uppmärksamhet").fill("Ring 811228-9874.")
    page.get_by_role("button", name="Spara texten").click()
    expect(page.get_by_text("Texten innehåller ett personnummer.")).to_be_visible()
    assert looked_at(visit) == []
    page.get_by_label("Behöver uppmärksamhet").fill("Lamporna i parken.")
    other = visit.page.context.new_page()
    other.goto(f"{visit.address}{LETTER}/andra")
    other.get_by_label("Behöver uppmärksamhet").fill("Bänkarna i parken.")
    other.get_by_role("button", name="Spara texten").click()
    expect(other.get_by_text("Texten är sparad.")).to_be_visible()
    page.get_by_role("button", name="Spara texten").click()
    expect(page.get_by_text("Någon annan har ändrat brevet under tiden.")).to_be_visible()
    expect(page.get_by_text("Bänkarna i parken.")).to_be_visible()
    assert looked_at(visit) == []
    assert run(boss).run.state is RunState.DRAFT
