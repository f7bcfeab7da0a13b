"""Fixing the picture of a week, on a real database."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings import service
from lagesbild.meetings.draw import minutes as paper
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.rules.minutes import of_fixed
from lagesbild.meetings.rules.sitting import Note
from lagesbild.meetings.rules.snapshot import Fixed, Fixing, broken
from lagesbild.meetings.service import fixing, sitting
from lagesbild.people.rules import Actor, system
from tests.build import NORTH, NOW, SOUTH, draft

W47 = Period.named("2026-W47")
MEETING = W47.end + timedelta(hours=9)
WRONG = "Något som inte skulle ha stått här."
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)


def logged(actor: Actor, number: int, *, now: datetime = NOW, **changes: object) -> list[Incident]:
    with transaction(actor.gate) as session:
        return [
            incidents.report(
                session, actor, draft(organisation_id=actor.organisation_id, **changes), now=now
            )
            for _ in range(number)
        ]


def part_of(fixed: Fixed, part: str) -> Any:  # noqa: ANN401 – JSON
    return fixed.content(part)


def fix(actor: Actor, *, now: datetime = MEETING, period: Period = W47) -> Fixed:
    with transaction(actor.gate) as session:
        return fixing.fix(session, actor, period, now=now)


def fixed(actor: Actor, period: Period = W47) -> list[Fixed]:
    with reading(actor.gate) as session:
        return fixing.fixed(session, actor, period)


def assess(actor: Actor, slug: str, word: Word, sentence: str = "", version: int = 0) -> None:
    with transaction(actor.gate) as session:
        found = districts.district(session, actor, slug)
        said = Assessment(found.id, None, word, sentence, version)
        sitting.assess(session, actor, W47, [said], now=MEETING)


def note(actor: Actor, said: str, version: int = 0) -> None:
    with transaction(actor.gate) as session:
        made = Note(Step.DISTRICTS, said, version)
        sitting.note(session, actor, W47, made, now=MEETING)


def erase(actor: Actor, part: str) -> None:
    with transaction(actor.gate) as session:
        fixing.erase(session, actor, 1, part, "GDPR art. 17", now=MEETING)


def written(actor: Actor) -> tuple[list[str], list[str]]:
    """The sentences about districts and the notes that the page of the meeting has."""
    with reading(actor.gate) as session:
        found = sitting.written(session, actor, W47)
    return [each.sentence for each in found.said], [each.text for each in found.notes.values()]


def test_a_fixed_picture_says_every_number_of_the_week(coordinator: Actor, member: Actor) -> None:
    logged(member, 4, place=NORTH)
    logged(coordinator, 3, place=SOUTH)
    made = fix(coordinator)
    picture = part_of(made, "picture")
    assert [(d["name"], d["this_week"]) for d in picture["districts"]] == [
        ("Norra Ås", 4),
        ("Södra Ås", 3),
    ]
    assert picture["total"]["this_week"] == 7
    assert {c["organisation"]: c["incidents"] for c in picture["coverage"]} == {
        "brand": 0,
        "kommun": 3,
        "polis": 4,
    }


def test_a_fixed_picture_verifies_as_it_is_stored(coordinator: Actor, member: Actor) -> None:
    logged(member, 2)
    made = fix(coordinator)
    [stored] = fixed(coordinator)
    assert (broken(stored), stored.sha256) == ([], made.sha256)


def test_it_says_who_was_there_and_who_was_not(coordinator: Actor) -> None:
    with transaction(coordinator.gate) as session:
        present = {"polis": True, "brand": False}
        sitting.attend(session, coordinator, W47, present, now=MEETING)
    said = {a["slug"]: a["present"] for a in part_of(fix(coordinator), "attendance")}
    assert said == {"polis": True, "brand": False, "kommun": None}


def test_the_groups_word_stands_beside_the_computed_one(coordinator: Actor) -> None:
    assess(coordinator, "norra-as", Word.ACTION, "Fyra bränder vid parken.")
    said = part_of(fix(coordinator), "district:norra-as")
    assert (said["word"], said["sentence"]) == ("kräver åtgärd", "Fyra bränder vid parken.")
    assert said["computed"] == "för få för att bedöma"


def test_pictures_are_numbered_in_one_series(coordinator: Actor) -> None:
    later = W47.previous(-1)
    assert fix(coordinator).head.number == 1
    assert fix(coordinator, period=later, now=MEETING + WEEK).head.number == 2


def test_who_presses_second_is_told_when_it_was_fixed(coordinator: Actor) -> None:
    fix(coordinator)
    with pytest.raises(ConflictError, match=r"v\. 47 fastställdes redan tors 19 nov kl\. 9\.00"):
        fix(coordinator, now=MEETING + MINUTE)
    assert len(fixed(coordinator)) == 1


def test_a_week_that_goes_on_cannot_be_fixed(coordinator: Actor) -> None:
    with pytest.raises(InvalidError, match=r"Bilden kan fastställas från tors 19 nov kl\. 0\.00"):
        fix(coordinator, now=W47.end - MINUTE)
    assert fix(coordinator, now=W47.end).head.number == 1


def test_an_extra_picture_is_fixed_between_meetings_and_the_week_stays_open(
    coordinator: Actor, member: Actor
) -> None:
    logged(member, 1)
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W47, now=NOW)
    logged(member, 1)
    fix(coordinator)
    first, second = fixed(coordinator)
    assert (first.head.kind, first.head.number) == (Fixing.EXTRA, 1)
    assert (second.head.kind, second.head.number) == (Fixing.ORDINARY, 2)
    assert part_of(second, "picture")["total"]["this_week"] == 2


def test_a_member_does_not_fix(member: Actor) -> None:
    with pytest.raises(NotAllowedError):
        fix(member)


def test_nothing_is_written_in_a_meeting_whose_picture_is_fixed(coordinator: Actor) -> None:
    fix(coordinator)
    with pytest.raises(ConflictError, match="Det du skrev är inte sparat"):
        assess(coordinator, "norra-as", Word.WATCHED, "Sent.")


def test_nothing_is_noted_in_a_meeting_whose_picture_is_fixed(coordinator: Actor) -> None:
    fix(coordinator)
    said = Note(Step.DISTRICTS, "Sent.")
    with transaction(coordinator.gate) as session, pytest.raises(ConflictError):
        sitting.note(session, coordinator, W47, said, now=MEETING)


def test_a_withdrawn_incident_makes_a_correction_and_no_silent_change(
    coordinator: Actor, member: Actor
) -> None:
    gone, *_ = logged(member, 3, place=NORTH)
    before = fix(coordinator)
    with transaction(member.gate) as session:
        incidents.withdraw(session, member, gone.id, version=1, reason=Reason("Fel"), now=MEETING)
    clock = system(coordinator.group)
    for _ in range(2):  # twice is once
        with transaction(clock.gate) as session:
            fixing.correct_fixed(session, clock, now=MEETING + MINUTE)
    first, second = fixed(coordinator)
    assert first == replace(before, parts=first.parts)
    assert part_of(first, "picture")["total"]["this_week"] == 3
    assert (second.head.kind, second.head.corrects) == (Fixing.CORRECTION, 1)
    assert part_of(second, "correction") == [
        {"name": "Norra Ås", "was": 3, "is": 2},
        {"name": "Hela kommunen", "was": 3, "is": 2},
    ]


def test_a_correction_counts_nothing_that_came_in_since(coordinator: Actor, member: Actor) -> None:
    gone, *_ = logged(member, 3, place=NORTH)
    fix(coordinator)
    logged(member, 5, place=NORTH, now=MEETING + MINUTE)
    with transaction(member.gate) as session:
        incidents.withdraw(session, member, gone.id, version=1, reason=Reason("Fel"), now=MEETING)
    clock = system(coordinator.group)
    with transaction(clock.gate) as session:
        [made] = fixing.correct_fixed(session, clock, now=MEETING + 2 * MINUTE)
    assert part_of(made, "picture")["total"]["this_week"] == 2


def test_a_part_is_removed_by_law_and_the_rest_verifies(coordinator: Actor) -> None:
    note(coordinator, WRONG)
    fix(coordinator)
    erase(coordinator, "note:3")
    [stored] = fixed(coordinator)
    part = stored.part("note:3")
    assert part is not None
    assert (part.text, part.salt, part.removed_reason) == (None, None, "GDPR art. 17")
    assert broken(stored) == []


def test_what_was_removed_leaves_the_page_of_the_meeting_too(coordinator: Actor) -> None:
    assess(coordinator, "norra-as", Word.WATCHED, WRONG)
    note(coordinator, WRONG)
    fix(coordinator)
    erase(coordinator, "district:norra-as")
    assert written(coordinator) == ([""], [""])


def test_a_part_is_removed_of_a_district_that_has_another_name_by_then(
    coordinator: Actor, connection: Connection
) -> None:
    assess(coordinator, "norra-as", Word.WATCHED, WRONG)
    fix(coordinator)
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE districts SET slug = slug || '-1', withdrawn = true"))
    erase(coordinator, "district:norra-as")
    assert written(coordinator) == ([""], [])


def test_what_was_written_after_an_extra_picture_stays_when_a_part_of_it_is_removed(
    coordinator: Actor,
) -> None:
    assess(coordinator, "norra-as", Word.WATCHED, WRONG)
    note(coordinator, WRONG)
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W47, now=NOW)
    assess(coordinator, "norra-as", Word.WATCHED, "Sagt sedan.", version=1)
    note(coordinator, "Antecknat sedan.", version=1)
    erase(coordinator, "district:norra-as")
    erase(coordinator, "note:3")
    assert written(coordinator) == (["Sagt sedan."], ["Antecknat sedan."])


def test_the_database_itself_refuses_to_change_a_fixed_part(
    coordinator: Actor, connection: Connection
) -> None:
    fix(coordinator)
    connection.execute(text("RESET ROLE"))  # the owner of the tables, no less
    with pytest.raises(DBAPIError, match="can only be removed"), connection.begin_nested():
        connection.execute(text("UPDATE fixed_parts SET text = '{}'"))


def test_fixing_publishes_what_readers_get(coordinator: Actor, member: Actor) -> None:
    logged(member, 9, place=NORTH)
    fix(coordinator)
    with reading(coordinator.gate) as session:
        [edition] = service.editions(session, coordinator)
    total: Any = edition.content["total"]
    assert (edition.week, total["this"]) == ("2026-W47", 9)


def test_what_differs_from_the_last_picture_is_told(coordinator: Actor) -> None:
    assess(coordinator, "norra-as", Word.WATCHED, "Fler än en händelse vid torget.")
    first = part_of(fix(coordinator), "changes")
    second = part_of(fix(coordinator, period=W47.previous(-1), now=MEETING + WEEK), "changes")
    assert [(c["name"], c["words"]) for c in first] == [("Norra Ås", "nytt")]
    assert [(c["name"], c["words"]) for c in second] == [("Norra Ås", "avslutat")]


def test_a_stale_assessment_is_refused_with_what_is_stored(coordinator: Actor) -> None:
    assess(coordinator, "norra-as", Word.WATCHED, "Den första.")
    with pytest.raises(ConflictError, match="bedömt Norra Ås under tiden") as error:
        assess(coordinator, "norra-as", Word.ACTION, "Den andra.")
    current: Any = error.value.current
    [stored] = current
    assert stored.sentence == "Den första."


def test_a_word_that_is_not_nothing_needs_a_sentence(coordinator: Actor) -> None:
    with pytest.raises(InvalidError, match="Skriv en mening om Norra Ås: varför ”följs”"):
        assess(coordinator, "norra-as", Word.WATCHED)
    assess(coordinator, "norra-as", Word.NOTHING)


def test_minutes_are_printed_without_the_parts_that_were_removed(
    coordinator: Actor, member: Actor
) -> None:
    logged(member, 2, place=NORTH)
    assess(coordinator, "norra-as", Word.WATCHED, "Två bränder.")
    made = fix(coordinator)
    for part in made.parts:
        erase(coordinator, part.name)
    [stored] = fixed(coordinator)
    minutes = of_fixed(stored, "Ås", W47, broken(stored))
    told = paper.text(minutes)
    assert "Två bränder." not in told
    assert "GDPR art. 17" in told
    assert paper.pdf(minutes).startswith(b"%PDF")


def test_the_minutes_on_paper_are_tagged_and_say_what_was_fixed(coordinator: Actor) -> None:
    assess(coordinator, "norra-as", Word.ACTION, "Fyra bränder vid parken.")
    [stored] = [fix(coordinator)]
    reader = PdfReader(io.BytesIO(paper.pdf(of_fixed(stored, "Ås", W47, broken(stored)))))
    told = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "Fyra bränder vid parken." in told
    assert stored.sha256.hex() in told.replace(" ", "")
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
