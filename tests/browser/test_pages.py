"""Every page, wide and narrow, light and dark: quiet, inside its window, and open to everybody."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Literal

import pytest
from playwright.sync_api import expect

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft, Effect, Kind, Move, Result, State
from lagesbild.base import clock, db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.settings import Settings
from lagesbild.digests.rules.known import Proposal
from lagesbild.digests.rules.questions import Answer, Asking
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.schedule import Duty, seen
from lagesbild.digests.service import known, questions, recipients, settling
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson, Part, Verification, Visibility
from lagesbild.incidents.rules.inquiries import Asking as Inquiring
from lagesbild.incidents.service import inquiries
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.rules.sitting import Coming, Note
from lagesbild.meetings.service import fixing, sitting
from lagesbild.notices import service as notices
from lagesbild.people.rules import Actor, Group, Role, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.browser.conftest import MAIL, PHONE, WIDE, Visit, looked_at
from tests.browser.letters import furnish, long_ago
from tests.build import NORTH, SOUTH, draft
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

BEFORE, WEEK = "2026-W46", "2026-W47"
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 19, 16, tzinfo=STOCKHOLM)  # after the meeting and the letter
LONG = "Nedskräpningsbekämpningssamordningsansvarsområdesgränsen vid järnvägsstationsbyggnaden"
ROAD = GeoJson('{"type":"LineString","coordinates":[[17.93,59.26],[17.94,59.27],[17.96,59.26]]}')
MISSING = "/g/as/finns-inte"
REFUSED: dict[tuple[str | None, str], int] = {
    ("samordnare@as.example", MISSING): 404,
    ("lasare@as.example", "/g/as/handelser"): 403,
}
COMPLAINT = "Failed to load resource: the server responded with a status of"
PAGES = {
    None: ("/logga-in", "/tillganglighet", "/om-uppgifterna"),
    "samordnare@as.example": (
        f"/g/as/vecka/{WEEK}",
        "/g/as/vecka/2026-W30",
        "/g/as/handelser",
        "/g/as/handelser?week=2026-W30",
        "/g/as/handelser?status=ny",
        "/g/as/handelser/L-2026-000001/sla-ihop?med=L-2026-000002",
        "/g/as/uttag?district=norra-as",
        "/g/as/uttag?week=2026-W30",
        "/g/as/handelser/ny",
        "/g/as/handelser/L-2026-000001",
        "/g/as/handelser/L-2026-000001/andra",
        "/g/as/handelser/L-2026-000007",
        "/g/as/atgarder",
        "/g/as/atgarder?status=avbrutna",
        "/g/as/atgarder/ny?handelse=L-2026-000001",
        "/g/as/atgarder/2026-001",
        "/g/as/atgarder/2026-001/andra",
        "/g/as/atgarder/2026-002",
        "/g/as/problem",
        "/g/as/problem?status=avslutade",
        "/g/as/problem/ny",
        "/g/as/problem/P-1",
        "/g/as/problem/P-1/andra",
        f"/g/as/omraden?week={WEEK}",
        f"/g/as/omraden/norra-as?week={WEEK}",
        f"/g/as/karta?week={WEEK}",
        "/g/as/utskick",
        f"/g/as/utskick/{WEEK}",
        f"/g/as/utskick/{BEFORE}",
        f"/g/as/utskick/{BEFORE}?version=1",
        f"/g/as/utskick/{BEFORE}?version=1&som=telefon",
        f"/g/as/utskick/{BEFORE}?version=1&som=text",
        f"/g/as/utskick/{BEFORE}/andra?version=2",
        f"/g/as/utskick/{BEFORE}/lasare",
        "/g/as/utskick/2026-W45",
        "/g/as/utskick/mottagare",
        "/g/as/utskick/installningar",
        "/g/as/utskick/fragor",
        f"/g/as/utskick/{WEEK}/kanda",
        "/g/as/kom-igang",
        "/g/as/mote",
        f"/g/as/mote/{WEEK}/andra",
        "/g/as/mote/2026-W52/andra",
        "/g/as/mote/installningar",
        *(f"/g/as/mote/{WEEK}?steg={step}&skarm=egen" for step in (1, 2, 4, 5, 6, 7, 9)),
        f"/g/as/mote/{WEEK}?steg=3&omrade=norra-as&skarm=egen",
        f"/g/as/mote/{WEEK}/brev",
        f"/g/as/mote/{BEFORE}/brev",
        f"/g/as/mote/{WEEK}/underlag",
        "/g/as/mote/2026-W46?steg=9",
        "/g/as/mote/2026-W46/protokoll",
        "/g/as/aviseringar",
        "/g/as/aviseringar/skickade",
        "/g/as/personer",
        "/g/as/inlasning",
        "/losenord",
        "/tillganglighet",
        "/api/v1/docs",
        MISSING,
    ),
    "granskare@as.example": ("/g/as/logg",),
    MAIL: (
        "/g/as/utskick/installningar",
        f"/g/as/utskick/{WEEK}/kanda",
        f"/g/as/utskick/{BEFORE}",
    ),
    "lasare@as.example": (
        "/g/as/utskick",
        f"/g/as/utskick/{BEFORE}/lasare",
        "/g/as/utskick/mottagare",
        "/g/as/utskick/fragor",
        "/g/as/handelser",
    ),
}
# What a map still fetches is on its way, and what it has fetched is drawn.
READY = """() => !document.querySelector(".mapstate:not([hidden])")
  && (!document.querySelector("#pick:not([hidden])") || document.querySelector("path.area"))"""


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)


@pytest.fixture
def furnished(live_group: Group, live_member: Actor, own_database: Settings) -> Group:
    """A group with something on every page: incidents of all shapes, people, and a letter."""
    for mail_address, role in (
        ("samordnare@as.example", Role.COORDINATOR),
        ("granskare@as.example", Role.AUDITOR),
        ("lasare@as.example", Role.READER),
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
    report(live_member, category="STO01")  # a square for the others
    remark(own, "L-2026-000007")
    act(own)
    report(own, category="ORD01", summary=LONG, place_text=LONG)  # near two of the police's
    report(live_member, category="STO02", place=None, number=7)
    ask(own, "L-2026-000007")
    meet(system(live_group))
    settle(system(live_group), live_member, access.actor_named(live_group, "lasare@as.example"))
    weeks = Period.named(BEFORE), Period.named(WEEK)
    group = long_ago(live_group, own_database)
    furnish(group, live_member, weeks, LONG, now=THURSDAY.astimezone(UTC))
    notices.drop_all(system(live_group), now=THURSDAY)
    return live_group


def settle(actor: Actor, police: Actor, reader: Actor) -> None:
    """Let there be something around the letter: recipients, questions, a known event."""
    day = THURSDAY.date()
    mail_address = "ordforande.i.brottsforebyggande.radet@trygghet.as.example"
    chair = Recipient(db.new_id(), ListName.CHAIR, mail_address, LONG[:80], day)
    with db.transaction(actor.gate) as session:
        recipients.add(session, actor, chair, now=THURSDAY)
        recipients.end(session, actor, chair.id, day, version=1, now=THURSDAY)
        own = replace(chair, id=db.new_id(), mail="lasare@as.example", list=ListName.COUNCIL)
        recipients.add(session, actor, own, now=THURSDAY)
        gone = replace(chair, id=db.new_id(), mail="gammal@as.example")
        recipients.add(session, actor, gone, now=THURSDAY)
        recipients.end(session, actor, gone.id, day - timedelta(days=1), version=1, now=THURSDAY)
        noted = questions.add(session, actor, Asking(db.new_id(), WEEK, LONG), now=THURSDAY)
        questions.answer(session, actor, noted.id, Answer(LONG, 1), now=THURSDAY)
        duties = {p.place.person_id: {Duty.APPROVES} for p in settling.signers(session, actor)}
        word = seen(settling.signers(session, actor))
        settling.sign(session, actor, duties, seen=word, now=THURSDAY)
    with db.transaction(reader.gate) as session:
        questions.ask(session, reader, Asking(db.new_id(), WEEK, LONG), now=THURSDAY)
    with db.transaction(police.gate) as session:
        link = f"https://polisen.example/{LONG[:50].encode('ascii', 'ignore').decode()}"
        for owner in ("polis", "brand"):
            event = Proposal(db.new_id(), LONG, link, owner)
            known.propose(session, police, Period.named(WEEK), event, now=THURSDAY)


def meet(actor: Actor) -> None:
    """Write in the meeting of the week, and fix the picture of the one before."""
    week, before = Period.named(WEEK), Period.named("2026-W46")
    with db.transaction(actor.gate) as session:
        sitting.open_(session, actor, before, "", now=WEDNESDAY)
        sitting.note(session, actor, before, Note(Step.DISTRICTS, LONG), now=WEDNESDAY)
        fixing.fix(session, actor, before, now=WEDNESDAY)
        sitting.attend(session, actor, week, {"polis": True, "brand": False}, now=THURSDAY)
        coming = Coming(db.new_id(), date(2026, 11, 20), date(2026, 11, 22), LONG[:160])
        sitting.expect(session, actor, coming, now=THURSDAY)
        for organisation in (None, *(o.id for o in access.organisations(session, actor))):
            area = districts.district(session, actor, "norra-as")
            said = Assessment(area.id, organisation, Word.ACTION, LONG)
            sitting.assess(session, actor, week, [said], now=THURSDAY)


def ask(actor: Actor, name: str) -> None:
    """Ask the police about an incident, and for the week."""
    for about in (name, None):
        asking = Inquiring(db.new_id(), "polis", LONG, about)
        with db.transaction(actor.gate) as session:
            inquiries.ask(session, actor, asking, now=THURSDAY)


def remark(actor: Actor, name: str) -> None:
    """Add a part that judges otherwise, with a mark, and a remark."""
    assert actor.organisation_id
    part = Part(
        actor.organisation_id,
        LONG,
        visibility=Visibility.GROUP,
        secrecy_basis="18:1",
        verification=Verification.REJECTED,
        version=0,
    )
    with db.transaction(actor.gate) as session:
        incidents.say(session, actor, name, part, now=THURSDAY)
        incidents.comment(session, actor, name, id_=db.new_id(), text=LONG, now=THURSDAY)


def act(own: Actor) -> None:
    """Make a problem of an incident, an action that is late, and one that is done."""
    assert own.organisation_id
    actor = system(own.group)
    with db.transaction(actor.gate) as session:
        said = ProblemDraft(
            db.new_id(), LONG[:80], LONG, since=date(2026, 10, 1), district="norra-as"
        )
        problem = problems.add(session, actor, said, now=WEDNESDAY)
        problems.link(session, actor, problem.id, "L-2026-000001", now=WEDNESDAY)
        deed = Draft(
            db.new_id(),
            LONG,
            own.organisation_id,
            Kind.SOCIAL,
            due=date(2026, 11, 12),
            decided_on=date(2026, 10, 1),
            district="norra-as",
            owner_role=LONG[:80],
            place_text=LONG,
            problem=problem.reference,
            incidents=("L-2026-000001",),
        )
        actions.decide(session, actor, deed, now=WEDNESDAY)
        made = actions.decide(session, actor, replace(deed, id=db.new_id()), now=WEDNESDAY)
        done = Move(State.DONE, Result.PARTLY, Effect.LESS, note=LONG)
        actions.move(session, actor, made.id, done, version=1, now=WEDNESDAY)


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


def faults(visit: Visit, path: str, expected: int = 200) -> list[str]:
    """Open a page, wide and narrow, and return what is wrong with it."""
    found: list[str] = []
    for size in (WIDE, PHONE):
        visit.problems.clear()
        visit.page.set_viewport_size(size)
        answer = visit.page.goto(f"{visit.address}{path}")
        visit.page.wait_for_function(READY)
        assert answer is not None
        found += looked_at(visit, [size])
        found += [] if answer.status == expected else [f"status {answer.status}"]
        moved = visit.page.url != f"{visit.address}{path}"
        found += [f"moved to {visit.page.url}"] if moved else []
        # The console complains of every page that is refused.
        is_known = expected >= HTTPStatus.BAD_REQUEST
        found += [said for said in visit.problems if not (is_known and COMPLAINT in said)]
    return found


@pytest.mark.usefixtures("furnished")
def test_every_page_is_quiet_and_open_to_everybody(visit: Visit) -> None:
    found = {}
    for person, paths in PAGES.items():
        if person is not None:
            sign_in(visit, person)
        for path in paths:
            found[person, path] = faults(visit, path, REFUSED.get((person, path), 200))
    assert {where: what for where, what in found.items() if what} == {}
    assert visit.outside == []


# How far the page goes on, and each table behind the edge of what cuts it off.
REACH = """() => [document.scrollingElement, ...document.querySelectorAll("table")]
  .map((part) => [part, part.parentElement ?? part])
  .filter(([part, around]) => part.tagName === "TABLE"
    ? ["clip", "hidden"].includes(getComputedStyle(around).overflowX)
      && part.scrollWidth > around.clientWidth
    : part.scrollWidth > innerWidth)
  .map(([part]) => `${part.tagName} ${part.scrollWidth}`)"""


@pytest.mark.usefixtures("furnished")
def test_no_page_or_table_is_wider_than_its_window(visit: Visit) -> None:
    wide = {}
    for person, paths in PAGES.items():
        if person is not None:
            sign_in(visit, person)
        for path in paths:
            visit.page.set_viewport_size({"width": 1024, "height": 800})
            visit.page.goto(f"{visit.address}{path}")
            visit.page.wait_for_function(READY)
            for width in (1024, 768, 320):
                visit.page.set_viewport_size({"width": width, "height": 800})
                wide[person, path, width] = visit.page.evaluate(REACH)
    assert {where: found for where, found in wide.items() if found} == {}


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("group", "Vad har hänt?"),
        ("radio", "Brand"),
        ("group", "Vilken sorts brand?"),
        ("group", "Var?"),
        ("combobox", "Plats, sök bland kända namn eller skriv"),
        ("radiogroup", "Hur säker är platsen?"),
        ("group", "När?"),
        ("radio", "I går kväll"),
        ("textbox", "Kort beskrivning"),
        ("group", "Hur långt får den gå?"),
        ("button", "Spara"),
        ("button", "Spara och logga en till"),
    ],
)
def test_what_the_form_of_an_incident_asks_for_has_a_name(
    role: Literal["group", "radio", "radiogroup", "combobox", "textbox", "button"],
    name: str,
    signed_in_page: Visit,
) -> None:
    page = signed_in_page.open("/g/as/handelser/ny?typ=BRA01")
    expect(page.get_by_role(role, name=name, exact=True)).to_be_attached()
