"""A whole Thursday: three organisations at three browsers, by keyboard alone.

From Wednesday's intake to the picture that is fixed. What one does the others see within two
seconds; at the end every number of the picture is what was said and logged.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.geo import Point
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.snapshot import broken
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.browser.keys import AT_ONCE, Hands, Watch, button, hands, joined, seen
from tests.browser.picture import EXPECTED
from tests.build import NORTH, SOUTH, draft

pytestmark = pytest.mark.browser

W47 = Period.named("2026-W47")
WEDNESDAY = datetime(2026, 11, 18, 14, tzinfo=UTC)  # 15.00
THURSDAY = datetime(2026, 11, 19, 7, 55, tzinfo=UTC)  # five minutes before the meeting
SUNDAY = datetime(2026, 11, 8, 12, tzinfo=UTC)  # of the week before
LAST_MEETING = datetime(2026, 11, 12, 9, tzinfo=UTC)
MOST_SECONDS = 10  # a decision is written in under ten
NEW, MEETING = "/g/as/handelser/ny", "/g/as/mote/2026-W47"
WHY = "Brand och klotter vid samma torg."
NOTED, TOO_LATE = "Mötet slutade kl. 9.40.", " Men ett ord till."
PEOPLE = {
    "kommun": ("kommun@as.example", Role.COORDINATOR),
    "polis": ("polis@as.example", Role.MEMBER),
    "brand": ("brand@as.example", Role.MEMBER),
}


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch(WEDNESDAY)
    monkeypatch.setattr(clock, "now", watch.now)
    return watch


@pytest.fixture
def actors(empty_group: Group) -> dict[str, Actor]:
    """The three who meet, to do by program what was done in the weeks before."""
    return {slug: joined(empty_group, mail, slug, role) for slug, (mail, role) in PEOPLE.items()}


def before(actor: Actor, place: GeoJson, occurred: datetime, known: datetime) -> None:
    with transaction(actor.gate) as session:
        said = draft(organisation_id=actor.organisation_id, place=place, occurred_from=occurred)
        incidents.report(session, actor, said, now=known)


@pytest.fixture
def weeks_before(actors: dict[str, Actor]) -> None:
    """What there was: two and one last week, one of them late, one a year ago, work, places."""
    boss, police = actors["kommun"], actors["polis"]
    before(boss, NORTH, SUNDAY, SUNDAY)
    before(boss, NORTH, SUNDAY, SUNDAY + timedelta(hours=1))
    before(police, SOUTH, SUNDAY, LAST_MEETING + timedelta(days=1))
    before(police, NORTH, SUNDAY - timedelta(days=357), SUNDAY - timedelta(days=350))
    named = [
        NewPlace("1", "Norra torget", "torg", Point(17.95, 59.27)),
        NewPlace("2", "Södra stationen", "station", Point(17.95, 59.22)),
    ]
    since, due = date(2026, 11, 5), date(2026, 11, 18)
    problem = ProblemDraft(new_id(), "Bränder vid torget", since=since, district="norra-as")
    with transaction(boss.gate) as session:
        places.put(session, system(boss.group), "prov", named, now=WEDNESDAY)
        problems.add(session, boss, problem, now=LAST_MEETING)
        for what, owner in (("Se över belysningen", boss), ("Rondera torget", police)):
            decision = ActionDraft(
                new_id(), what, owner.organisation_id, Kind.SITUATIONAL, due, "norra-as"
            )
            actions.decide(session, boss, decision, now=LAST_MEETING)


@dataclass
class Three:
    """The three, each at a browser."""

    kommun: Hands
    polis: Hands
    brand: Hands

    @property
    def all(self) -> list[Hands]:
        return [self.kommun, self.polis, self.brand]


@pytest.fixture
def three(chromium: Browser, live_server: str, weeks_before: None) -> Iterator[Three]:
    assert weeks_before is None
    made = {slug: hands(chromium, live_server, mail) for slug, (mail, _) in PEOPLE.items()}
    yield Three(**made)
    for each in made.values():
        each.page.context.close()


def test_a_whole_thursday(three: Three, watch: Watch, actors: dict[str, Actor]) -> None:
    for each in three.all:
        each.sign_in()
    wednesday(three)
    watch.set(THURSDAY)
    for each in three.all:
        each.sign_in()  # the night has ended their sessions
        each.go(MEETING)
    attendance(three)
    last_actions(three)
    each_district(three)
    going_on(three)
    to_come(three)
    decide(three)
    assess(three)
    fix(three)
    with reading(actors["kommun"].gate) as session:
        [fixed] = fixing.fixed(session, actors["kommun"], W47)
        [edition] = meetings.editions(session, actors["kommun"])
    assert broken(fixed) == []
    assert {part.name: part.content for part in fixed.parts if part.name != "basis"} == EXPECTED
    basis: Any = fixed.content("basis")
    assert (basis["outlines_from"], set(basis["categories"].values())) == ("2020-01-01", {1})
    assert (edition.week, edition.version) == ("2026-W47", 1)


def log_fire(who: Hands) -> None:
    who.go(NEW)
    who.press("b", "1")
    who.type("norra to")
    who.see(who.page.get_by_role("option", name="Norra torget"))
    who.press("Enter", "Control+Enter")


def wednesday(three: Three) -> None:
    """All three log; what two have logged of the same is merged; all is gone through."""
    boss, police, brigade = three.all
    log_fire(police)
    police.arrive(r"\?saved=1$")
    log_fire(brigade)
    brigade.see(brigade.page.get_by_text("Är det samma händelse?"))
    brigade.push(button(brigade, "Nej, spara som ny"))
    brigade.arrive(r"\?saved=1$")
    boss.go(NEW)
    boss.press("s", "1")
    boss.type("sodra")
    boss.see(boss.page.get_by_role("option", name="Södra stationen"))
    boss.press("Enter", "Control+Enter")
    boss.arrive(r"\?saved=1$")
    boss.go("/g/as/handelser?status=ny")
    boss.push(button(boss, "Slå ihop, behåll L-2026-000005"))
    boss.see(boss.page.get_by_text("Ihopslagna."))
    boss.push(button(boss, "Markera alla"))
    boss.see(boss.page.get_by_text("Allt är genomgånget."))


def attendance(three: Three) -> None:
    """Step 1: the purpose once, everybody is here but the brigade, which comes later."""
    boss, *others = three.all
    boss.push(button(boss, "Öppna mötet"))
    for each in others:
        seen(each, "main", "Öppnat tors 19 nov")
    boss.see(boss.page.get_by_text("Ändamål: Lägesbild och beslut"))
    boss.push(button(boss, "Alla är här"))
    boss.see(boss.page.locator(".m-who", has_text="Polisen"))
    boss.push(button(boss, "Frånvarande, Brandförsvaret"))
    boss.see(boss.page.locator(".m-who", has_text="frånvarande"))
    for each in others:
        seen(each, ".m-who", "frånvarande")


def last_actions(three: Three) -> None:
    """Step 2: one action is done, with its effect; the other is late and goes on."""
    boss, police, brigade = three.all
    for each in three.all:
        each.step(2)
    police.push(police.page.locator("summary", has_text="Följ upp 2026-002"))
    police.reach(police.page.locator("#result-2026-002"))
    police.press("g")
    police.press("Tab")
    police.press("m")
    police.press("Tab")
    police.type("Sex ronder")
    police.press("Enter")
    police.see(police.page.get_by_role("heading", name="Klara den här veckan, 1"))
    for each in (boss, brigade):
        seen(each, "main", "Genomförd som planerat. Minskat.")


def each_district(three: Three) -> None:
    """Step 3: by arrows; the brigade comes; what is told is logged where one stands."""
    boss, police, brigade = three.all
    for each in (boss, police):
        each.step(3)
    expect(boss.page.locator("h1")).to_have_text("Norra Ås")
    boss.press("l")  # what is told is logged where one stands, and one is back there
    boss.arrive(r"handelser/ny")
    boss.press("s", "1")
    boss.type("norra to")
    boss.see(boss.page.get_by_role("option", name="Norra torget"))
    boss.press("Enter")
    yesterday(boss)
    boss.press("Control+Enter")
    boss.arrive(r"mote/2026-W47\?steg=3.*&loggad=L-2026-000007")
    seen(police, ".m-fig", "2")
    boss.press("p")  # told aloud by the police, seven at once and nowhere on the map
    boss.arrive(r"handelser/ny")
    boss.press("i", "1")
    boss.push(boss.page.locator("summary", has_text="Flera på en gång"))
    boss.reach(boss.page.get_by_label("Hur många?"))
    boss.type("7")
    boss.press("Tab")
    boss.press("s")
    yesterday(boss)
    boss.press("Control+Enter")
    boss.arrive(r"&loggad=L-2026-000008")
    for key, name in (("ArrowRight", "Södra Ås"), ("ArrowLeft", "Norra Ås")):
        boss.press(key)
        boss.see(boss.page.get_by_role("heading", level=1, name=name))
    brigade.step(1)
    brigade.push(button(brigade, "Här, Brandförsvaret"))
    for each in (boss, police):
        expect(each.page.locator(".m-who .is-away")).to_have_count(0, timeout=AT_ONCE)


def yesterday(who: Hands) -> None:
    """Choose when it happened: a group of choices is one stop, and the arrows go through it."""
    who.reach(who.page.locator("input[name=when]:checked"))  # between two days of the week
    who.press("ArrowLeft")
    expect(who.page.locator("#says")).to_contain_text("Räknas till v.\N{NO-BREAK SPACE}47.")


def going_on(three: Three) -> None:
    """Step 4: which way a problem goes."""
    boss, *others = three.all
    for each in three.all:
        each.step(4)
    boss.push(button(boss, "Minskar, P-1"))
    for each in others:
        seen(each, '[aria-pressed="true"]', "Minskar")


def to_come(three: Three) -> None:
    """Step 5: somebody else writes what is coming."""
    boss, police, brigade = three.all
    for each in three.all:
        each.step(5)
    brigade.press("b")
    brigade.type("Lucia i centrum")
    brigade.press("Enter")
    brigade.see(brigade.page.locator(".m-lines", has_text="Lucia"))
    for each in (boss, police):
        seen(each, ".m-lines", "Lucia i centrum")


def decide(three: Three) -> None:
    """Step 6: B, what, who, Enter. It is the clock of the machine that is measured here."""
    boss, *others = three.all
    for each in three.all:
        each.step(6)
    began = time.monotonic()
    boss.press("b")
    boss.type("Informera om papperskorgar vid torget")
    boss.press("Tab")
    boss.press("b")
    boss.push(boss.page.get_by_text("Funktion, sort, område, problem"))
    boss.reach(boss.page.get_by_label("Funktion, aldrig namn"))
    boss.type("Förebyggande enheten")
    boss.press("Enter")
    boss.see(boss.page.locator(".m-dec", has_text="2026-003"))
    assert time.monotonic() - began < MOST_SECONDS
    for each in others:
        seen(each, ".m-dec", "2026-003")


def assess(three: Three) -> None:
    """Step 7: the group's word, and the brigade's own beside it."""
    boss, police, brigade = three.all
    for each in three.all:
        each.step(7)
    boss.reach(boss.page.get_by_label("Gruppens bedömning av Norra Ås"))
    boss.press("k")
    boss.press("Tab")
    boss.type(WHY)
    boss.press("Enter")
    boss.see(boss.page.locator("#sentence-norra-as[value]:not([value=''])"))
    for each in (police, brigade):
        expect(each.page.locator("#sentence-norra-as")).to_have_value(WHY, timeout=AT_ONCE)
    brigade.push(brigade.page.locator("summary", has_text="bedömer annorlunda"))
    brigade.reach(brigade.page.get_by_label("Område", exact=True))
    brigade.press("n")
    brigade.press("Tab")
    brigade.press("f")
    brigade.press("Tab")
    brigade.type("Båda var små.")
    brigade.press("Enter")
    for each in (boss, police):
        seen(each, ".m-other", "följs: Båda var små.")


def fix(three: Three) -> None:
    """Steps 8 and 9: the letter, a note, and the picture is fixed for everybody."""
    boss, police, brigade = three.all
    boss.step(8)
    letter = boss.page.frame_locator("iframe.letterframe")
    expect(letter.locator("body")).to_contain_text("Norra Ås")
    for each in three.all:
        each.step(9)
    boss.press("a")
    boss.type(NOTED)
    boss.press("Tab", "Enter")
    for each in (police, brigade):
        expect(each.page.locator("#text")).to_have_value(NOTED, timeout=AT_ONCE)
    boss.see(boss.page.locator("#text", has_text=NOTED))
    brigade.press("a")
    brigade.press("End")
    brigade.type(TOO_LATE)  # and the picture is fixed meanwhile
    boss.push(button(boss, "Fastställ bilden"))
    boss.arrive(r"/protokoll$")
    for each in (police, brigade):
        seen(each, ".m-state", "Fastställd tors 19 nov")
    expect(police.page.locator("#text")).to_have_count(0)  # nothing is left to write in
    police.step(7)
    expect(police.page.locator("main form")).to_have_count(0)
    brigade.press("Tab", "Enter")
    brigade.see(brigade.page.get_by_text("Det du skrev är inte sparat. Ta upp det på nästa möte."))
    expect(brigade.page.locator("main")).to_contain_text(TOO_LATE)
