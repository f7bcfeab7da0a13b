"""What a letter says, whatever happens: cases 14 to 18, and double clicks, 22."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from lagesbild.base.db import new_id, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.digests.draw import letter as draw
from lagesbild.digests.draw import pdf, picture
from lagesbild.digests.draw.picture import PictureError
from lagesbild.digests.rules import Form, Kind, Letter, RunState, What, checks
from lagesbild.digests.service import approving, composing, planning, settling, testing
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor
from tests import letters
from tests.build import NOW, SOUTH
from tests.letters import APPROVED, BASE_URL, DAY, DOMAIN, DUE, FIXED, HOUR, MINUTE, W47, House
from tests.post import Server

MEGABYTE = 1_000_000


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def chair(coordinator: Actor) -> str:
    return letters.listed(coordinator).mail


def with_pdf(coordinator: Actor) -> None:
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        wanted = before._replace(schedule=replace(before.schedule, attach_pdf=True))
        settling.settle(session, coordinator, wanted, now=NOW)


# --- 14: too large ----------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "kept"), [(1.9, True), (2.3, False)])
def test_case_14_over_three_megabytes_the_pdf_goes_and_text_and_map_stay(
    coordinator: Actor,
    member: Actor,
    chair: str,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    size: float,
    *,
    kept: bool,
) -> None:
    with_pdf(coordinator)
    letters.log(member, 12)
    heavy = b"%PDF-1.7 " + b"\0" * int(size * MEGABYTE)
    monkeypatch.setattr(pdf, "pdf", lambda _letter: heavy)
    letters.approved(coordinator, member)
    house.tick(DUE)
    [arrived] = house.to(chair)
    assert ([*arrived.iter_attachments()] != []) is kept
    assert any(part.get_content_type() == "image/png" for part in arrived.walk())
    assert "12 händelser" in letters.text(arrived)
    assert all(len(each) <= checks.LARGEST for each in house.server.got)
    [approval] = [e for e in letters.events(coordinator) if e.what is What.APPROVED]
    assert ("utan PDF" in approval.detail) is not kept  # what the letter's page tells


def test_case_14_a_letter_that_is_too_large_without_its_pdf_is_not_approved(
    coordinator: Actor, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = letters.fixed(coordinator)
    monkeypatch.setattr(checks, "LARGEST", 10_000)
    with pytest.raises(InvalidError, match="för stort att skicka"):
        letters.approve(member, made.id)


# --- 15: the picture fails --------------------------------------------------------------------


def fails(*_arguments: object, **_options: object) -> bytes:
    raise PictureError("blank")


def test_case_15_without_a_picture_the_letter_goes_and_says_so(
    coordinator: Actor, member: Actor, chair: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.log(member, 12)
    monkeypatch.setattr(picture, "png", fails)
    letters.approved(coordinator, member)
    house.tick(DUE)
    [arrived] = house.to(chair)
    assert not any(part.get_content_type() == "image/png" for part in arrived.walk())
    html = arrived.get_body(("html",))
    assert html is not None
    assert "Kartan gick inte att rita" in " ".join(html.get_content().split())
    assert "Kartan gick inte att rita" in letters.text(arrived)
    assert "cid:" not in html.get_content()
    assert "Norra Ås 12" in letters.text(arrived)  # the table says the same


def test_case_15_without_outlines_there_is_no_picture_and_the_letter_goes(
    coordinator: Actor, member: Actor, chair: str, house: House, connection: Connection
) -> None:
    letters.log(member, 12)
    connection.execute(text("RESET ROLE"))
    connection.execute(text("DELETE FROM district_outlines"))
    letters.approved(coordinator, member)
    house.tick(DUE)
    assert house.arrived[chair] == 1
    assert "Kartan gick inte att rita" in letters.text(house.to(chair)[0])


def test_case_15_whoever_approves_has_seen_that_the_picture_is_missing(
    coordinator: Actor, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.log(member, 12)
    made = letters.fixed(coordinator)
    seen = composing.composed(member, made.id, base_url=BASE_URL, now=APPROVED).seen
    monkeypatch.setattr(picture, "png", fails)
    with pytest.raises(ConflictError, match="ändrats"):
        approving.approve(member, made.id, seen, base_url=BASE_URL, now=APPROVED)


# --- 16: faults are no content ----------------------------------------------------------------


def test_case_16_what_cannot_be_drawn_is_neither_approved_nor_sent(
    coordinator: Actor, member: Actor, chair: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = letters.fixed(coordinator)

    def broken(*_arguments: object) -> Letter:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(draw, "compose", broken)
        with pytest.raises(ZeroDivisionError):
            letters.approve(member, made.id)
        house.tick(DUE)
    assert letters.run(coordinator).letters == {}
    assert house.subjects(chair) == ["Lägesbild v. 47 är försenad"]
    letters.approve(member, made.id, now=DUE + MINUTE)
    house.tick(DUE + 2 * MINUTE)
    assert house.arrived[chair] == 2


def test_case_16_a_draft_that_cannot_be_made_stops_no_letter_that_is_approved(
    coordinator: Actor,
    member: Actor,
    chair: str,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letters.approved(coordinator, member)

    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("kommun@as.example")

    for name in ("plan", "plan_extra", "plan_corrections"):
        monkeypatch.setattr(planning, name, broken)
    house.tick(DUE)
    assert house.arrived[chair] == 1
    assert "ZeroDivisionError" in caplog.text
    assert "as.example" not in caplog.text  # what is in a fault may be secret


# --- 17: old or wrong content -----------------------------------------------------------------


def test_case_17_what_was_approved_is_what_arrives_though_all_else_has_changed(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    reported = letters.log(member, 12)
    letters.approved(coordinator, member)
    frozen = letters.run(coordinator).letters[Form.FULL]
    letters.withdrawn(member, reported[:6], now=APPROVED + MINUTE)
    letters.log(member, 20, at=NOW + DAY, place=SOUTH)
    house.tick(APPROVED + 2 * MINUTE, DUE)
    [arrived] = house.to(chair)
    assert letters.text(arrived) == " ".join(frozen.text.split())
    assert "12 händelser" in frozen.text
    house.tick(DUE + MINUTE)  # and what was corrected meanwhile waits to be approved
    assert letters.run(coordinator).run.version == 2
    assert letters.run(coordinator).run.state is RunState.DRAFT


def test_case_17_what_was_reported_after_the_picture_was_fixed_is_next_weeks_news(
    coordinator: Actor, member: Actor
) -> None:
    letters.log(member, 12)
    made = letters.fixed(coordinator)
    letters.log(member, 9, at=FIXED + MINUTE, occurred_from=NOW)
    letters.approve(member, made.id)
    assert "12 händelser" in letters.run(coordinator).letters[Form.FULL].text


# --- 18: nothing to say -----------------------------------------------------------------------


def test_case_18_a_week_with_nothing_has_a_letter_that_says_so(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    assert house.subjects(chair) == ["Lägesbild v. 47 – inget nytt att rapportera"]
    assert "Inga händelser i hela kommunen" in letters.text(house.to(chair)[0])


def test_case_18_few_incidents_give_no_number_in_the_subject(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    letters.log(member, 3)
    letters.sent(coordinator, member, house.settings)
    [subject] = house.subjects(chair)
    assert not any(sign.isdigit() for sign in subject.partition("–")[2])


# --- 22: double clicks ------------------------------------------------------------------------


def test_case_22_a_picture_that_is_fixed_twice_has_one_letter(coordinator: Actor) -> None:
    letters.fixed(coordinator)
    with transaction(coordinator.gate) as session, pytest.raises(ConflictError):
        fixing.fix(session, coordinator, W47, now=FIXED + MINUTE)
    assert len(letters.runs(coordinator)) == 1


def test_case_22_approved_twice_it_is_approved_once(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = letters.fixed(coordinator)
    seen = composing.composed(member, made.id, base_url=BASE_URL, now=APPROVED).seen
    for _ in range(2):
        approving.approve(member, made.id, seen, base_url=BASE_URL, now=APPROVED)
    house.tick(DUE)
    approving.approve(member, made.id, seen, base_url=BASE_URL, now=DUE)
    house.tick(DUE + MINUTE)
    assert house.arrived[chair] == 1
    steps = [event.what for event in letters.events(coordinator)]
    assert steps.count(What.APPROVED) == steps.count(What.RELEASED) == 1


def test_case_22_a_test_letter_asked_for_twice_arrives_once(
    coordinator: Actor, member: Actor, house: House
) -> None:
    made, id_ = letters.fixed(coordinator), new_id()
    for minute in range(2):
        now = APPROVED + minute * MINUTE
        testing.test_letter(member, made.id, id_, base_url=BASE_URL, domain=DOMAIN, now=now)
    house.tick(APPROVED + 2 * MINUTE)
    testing.test_letter(
        member, made.id, id_, base_url=BASE_URL, domain=DOMAIN, now=APPROVED + 9 * MINUTE
    )
    house.tick(APPROVED + 9 * MINUTE)
    assert house.arrived.total() == 1
    testing.test_letter(
        member, made.id, new_id(), base_url=BASE_URL, domain=DOMAIN, now=APPROVED + 9 * MINUTE
    )
    house.tick(APPROVED + 10 * MINUTE)
    assert house.arrived.total() == 2  # asked for anew


def test_case_22_words_saved_twice_are_one_change(coordinator: Actor, member: Actor) -> None:
    made = letters.fixed(coordinator)
    for _ in range(2):
        letters.edited(member, made, short="Lugn vecka.")
    assert letters.drafted(coordinator, made).version == 1


def test_case_22_a_correction_that_is_begun_twice_is_one(
    coordinator: Actor, member: Actor, house: House
) -> None:
    letters.sent(coordinator, member, house.settings)
    letters.corrected(coordinator, now=DUE + HOUR)
    with pytest.raises(ConflictError, match="inte gått"):
        letters.corrected(coordinator, now=DUE + HOUR)
    assert [run.version for run in letters.runs(coordinator, kind=Kind.LETTER)] == [1, 2]


def test_case_22_struck_twice_is_once(coordinator: Actor, member: Actor, house: House) -> None:
    letters.sent(coordinator, member, house.settings)
    letters.corrected(coordinator, now=DUE + HOUR)
    made = letters.run(coordinator).run
    for _ in range(2):
        letters.struck(coordinator, made, now=DUE + HOUR)
    assert [e.what for e in letters.events(coordinator)].count(What.DROPPED) == 1
