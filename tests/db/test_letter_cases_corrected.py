"""Corrections of letters that have left, extra letters, and the numbers of both."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.digests.rules import Form, Kind, Run, RunState, What
from lagesbild.digests.rules.schedule import Duty, seen
from lagesbild.digests.service import settling
from lagesbild.incidents.rules import Incident
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor
from tests import letters
from tests.letters import A_WEEK, APPROVED, DAY, DUE, FIXED, HOUR, MINUTE, SECOND, W47, WEEK, House
from tests.post import Server

W48 = W47.previous(-1)


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def chair(coordinator: Actor) -> str:
    return letters.listed(coordinator).mail


@pytest.fixture
def reported(coordinator: Actor, member: Actor, chair: str, house: House) -> Sequence[Incident]:
    """Incidents that a letter has told of, which has left."""
    assert chair
    found = letters.log(member, 20)
    letters.sent(coordinator, member, house.settings)
    return found


def versions(actor: Actor) -> list[tuple[int, RunState]]:
    return [(r.version, r.state) for r in letters.runs(actor, kind=Kind.LETTER)]


# --- A correction -----------------------------------------------------------------------------


def test_what_is_withdrawn_after_the_letter_is_corrected_by_one_that_says_what_changed(
    coordinator: Actor, member: Actor, chair: str, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE, DUE + HOUR + 2 * MINUTE)
    assert versions(coordinator) == [(1, RunState.RELEASED), (2, RunState.DRAFT)]
    assert house.arrived[chair] == 1  # not before it is approved
    made = letters.run(coordinator).run
    said = letters.drafted(coordinator, made).latest.changed
    assert "Norra Ås: 12 händelser v. 47, förut 20." in said.splitlines()
    letters.approve(member, made.id, now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR + MINUTE, DUE + 2 * HOUR + 2 * MINUTE)
    [_, arrived] = house.to(chair)
    assert arrived["Subject"].startswith("Rättad lägesbild v. 47")
    told = letters.text(arrived)
    assert "Nr 2026:1, version 2." in told
    assert "ersätter version 1" in told
    assert "Norra Ås: 12 händelser v. 47, förut 20." in told
    assert not letters.run(coordinator).run.late  # it has no time of its own
    assert "skulle ha gått" not in told


def test_a_correction_that_changes_nothing_for_readers_makes_no_letter_and_is_compared_once(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:1], now=DUE + HOUR)
    house.tick(*(DUE + HOUR + minute * MINUTE for minute in range(1, 5)))
    assert versions(coordinator) == [(1, RunState.RELEASED)]
    assert [e.what for e in letters.events(coordinator)].count(What.COMPARED) == 1


def test_what_was_compared_of_one_week_says_nothing_of_another(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    of_48 = letters.log(member, 20, at=DUE + DAY)
    letters.approved(coordinator, member, W48, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    letters.withdrawn(member, of_48[:8], now=APPROVED + A_WEEK + MINUTE)
    house.tick(APPROVED + A_WEEK + 2 * MINUTE)  # corrected before it has left
    letters.withdrawn(member, reported[:1], now=APPROVED + A_WEEK + 3 * MINUTE)
    house.tick(APPROVED + A_WEEK + 4 * MINUTE)
    assert What.COMPARED in [event.what for event in letters.events(coordinator)]
    house.tick(DUE + A_WEEK, DUE + A_WEEK + MINUTE)
    assert letters.run(coordinator, W48.name).run.version == 2


def test_after_one_that_changed_nothing_another_that_does_is_drafted(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:1], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE)
    letters.withdrawn(member, reported[1:9], now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR + MINUTE)
    assert versions(coordinator)[-1] == (2, RunState.DRAFT)


def test_a_struck_correction_is_not_drafted_again(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE)
    letters.struck(coordinator, letters.run(coordinator).run, now=DUE + 2 * HOUR)
    house.tick(*(DUE + 2 * HOUR + minute * MINUTE for minute in range(1, 5)))
    assert versions(coordinator) == [(1, RunState.RELEASED), (2, RunState.DROPPED)]


def test_figures_that_are_corrected_once_more_after_it_was_struck_make_another(
    coordinator: Actor, member: Actor, chair: str, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE)
    letters.struck(coordinator, letters.run(coordinator).run, now=DUE + 2 * HOUR)
    letters.withdrawn(member, reported[8:14], now=DUE + 3 * HOUR)
    house.tick(DUE + 3 * HOUR + MINUTE, DUE + 3 * HOUR + 2 * MINUTE)
    assert versions(coordinator)[-1] == (3, RunState.DRAFT)
    made = letters.run(coordinator).run
    assert "6 händelser v. 47, förut 20" in letters.drafted(coordinator, made).latest.changed
    letters.approve(member, made.id, now=DUE + 4 * HOUR)
    house.tick(DUE + 4 * HOUR + MINUTE)
    assert house.arrived[chair] == 2


def test_a_correction_that_waits_follows_the_figures_and_keeps_what_people_wrote(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE)
    made = letters.run(coordinator).run
    said = letters.drafted(coordinator, made).latest.changed
    letters.edited(coordinator, made, changed=f"{said}\nDe var dubbletter.", now=DUE + HOUR)
    letters.withdrawn(member, reported[8:14], now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR + MINUTE, DUE + 2 * HOUR + 2 * MINUTE)
    draft = letters.drafted(coordinator, made)
    assert "6 händelser v. 47, förut 20" in draft.latest.changed
    assert "12 händelser" not in draft.latest.changed
    assert draft.latest.changed.endswith("De var dubbletter.")
    assert draft.author.person_id == coordinator.person_id
    assert draft.version == 2


def test_the_clocks_correction_is_answered_for_by_who_wrote_the_letter(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(DUE + HOUR + MINUTE)
    draft = letters.drafted(coordinator, letters.run(coordinator).run)
    assert draft.author.person_id == coordinator.person_id


def test_a_person_corrects_words_without_any_new_figures(
    coordinator: Actor, member: Actor, chair: str, house: House, reported: Sequence[Incident]
) -> None:
    assert reported
    letters.corrected(coordinator, now=DUE + HOUR)
    made = letters.run(coordinator).run
    letters.edited(coordinator, made, changed="Datum för vandringen.", now=DUE + HOUR)
    letters.approve(member, made.id, now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR + MINUTE)
    assert "Datum för vandringen." in letters.text(house.to(chair)[-1])


def test_after_a_correction_was_struck_a_person_may_begin_another(
    coordinator: Actor, reported: Sequence[Incident]
) -> None:
    assert reported
    letters.corrected(coordinator, now=DUE + HOUR)
    letters.struck(coordinator, letters.run(coordinator).run, now=DUE + HOUR)
    letters.corrected(coordinator, now=DUE + 2 * HOUR)
    assert versions(coordinator)[1:] == [(2, RunState.DROPPED), (3, RunState.DRAFT)]


def test_only_what_has_left_is_corrected_and_the_weeks_letter_is_never_struck(
    coordinator: Actor,
) -> None:
    with pytest.raises(NotFoundError):
        letters.corrected(coordinator, now=FIXED)
    made = letters.fixed(coordinator)
    with pytest.raises(ConflictError, match="inte gått"):
        letters.corrected(coordinator, now=FIXED)
    with pytest.raises(InvalidError, match="kan inte strykas"):
        letters.struck(coordinator, made, now=FIXED)


def test_whoever_waits_for_a_correction_is_told_once(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    house.tick(*(DUE + HOUR + minute * MINUTE for minute in range(1, 5)))
    told = [each for each in house.got if "En rättelse" in each["Subject"]]
    assert len(told) == len({each["To"] for each in told}) == 2
    assert letters.run(coordinator, kind=Kind.REMINDER).run.version == 2


def test_a_correction_is_no_late_report(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    letters.withdrawn(member, reported[:8], now=DUE + HOUR)
    letters.log(member, 30, at=DUE + HOUR, occurred_from=FIXED - DAY)
    house.tick(DUE + 2 * HOUR)
    made = letters.run(coordinator).run
    letters.approve(member, made.id, now=DUE + 3 * HOUR)
    assert "12 händelser" in letters.run(coordinator).letters[Form.FULL].text


# --- An extra letter --------------------------------------------------------------------------

SHOOTING = datetime(2026, 11, 22, 21, tzinfo=STOCKHOLM).astimezone(UTC)


def extra(coordinator: Actor, house: House, at: datetime = SHOOTING) -> Run:
    """Fix an extra picture, and let the clock draft what follows it."""
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W48, now=at)
    house.tick(at + MINUTE, at + 2 * MINUTE)
    return letters.run(coordinator, W48.name, Kind.EXTRA).run


def test_an_extra_picture_makes_one_extra_letter_that_goes_when_it_is_approved(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = extra(coordinator, house)
    assert len(letters.runs(coordinator, W48.name, Kind.EXTRA)) == 1
    with pytest.raises(InvalidError, match="Det står inget i brevet"):
        letters.approve(member, made.id, now=SHOOTING + HOUR)
    words = "Explosion i Norra Ås. Polisen utreder.\nIngen är skadad."
    letters.edited(coordinator, made, short=words, now=SHOOTING + HOUR)
    letters.approve(member, made.id, now=SHOOTING + 2 * HOUR)
    house.tick(SHOOTING + 2 * HOUR + MINUTE, SHOOTING + 2 * HOUR + 2 * MINUTE)
    [arrived] = house.to(chair)
    assert arrived["Subject"].startswith("Extra lägesbild – Explosion i Norra Ås")
    assert "skulle ha gått" not in letters.text(arrived)  # it had no time to be late for
    assert not letters.run(coordinator, W48.name, Kind.EXTRA).run.late


def test_whoever_may_approve_an_extra_letter_is_told_of_it_once(
    coordinator: Actor, house: House
) -> None:
    extra(coordinator, house)
    told = [each["Subject"] for each in house.got if "extra" in each["Subject"]]
    assert told == ["Ett extra brev väntar på att godkännas"]


def test_when_an_extra_letter_waits_for_an_hour_deputies_are_told_as_well_and_once(
    coordinator: Actor, member: Actor, firefighter: Actor, house: House
) -> None:
    with transaction(coordinator.gate) as session:
        found = settling.signers(session, coordinator)
        duties = {coordinator: Duty.WRITES, member: Duty.APPROVES, firefighter: Duty.APPROVES_FOR}
        wanted = {a.person_id: [duty] for a, duty in duties.items() if a.person_id}
        settling.sign(session, coordinator, wanted, seen=seen(found), now=FIXED)
    extra(coordinator, house)
    told = [each for each in house.got if "extra" in each["Subject"]]
    assert len({each["To"] for each in told}) == len(told) == 2
    house.tick(*(SHOOTING + minutes * MINUTE for minutes in (59, 61, 62, 120)))
    told = [each for each in house.got if "extra" in each["Subject"]]
    assert len({each["To"] for each in told}) == 3
    assert len(told) == 2 + 3


def test_an_extra_picture_of_more_than_a_week_ago_is_no_news(
    coordinator: Actor, house: House
) -> None:
    with transaction(coordinator.gate) as session:
        fixing.fix_extra(session, coordinator, W48, now=SHOOTING)
    house.tick(SHOOTING + A_WEEK + SECOND)
    assert letters.runs(coordinator, W48.name, Kind.EXTRA) == []


def test_an_extra_letter_takes_no_place_of_the_weeks_own(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    made = extra(coordinator, house)
    letters.edited(coordinator, made, short="Explosion i Norra Ås.", now=SHOOTING + HOUR)
    letters.approve(member, made.id, now=SHOOTING + HOUR)
    house.tick(SHOOTING + HOUR + MINUTE)
    letters.approved(coordinator, member, W48, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    house.tick(DUE + A_WEEK)
    assert len(house.subjects(chair)) == 2
    assert letters.run(coordinator, W48.name).run.state is RunState.RELEASED


def test_a_second_extra_picture_makes_a_second_letter(coordinator: Actor, house: House) -> None:
    extra(coordinator, house)
    extra(coordinator, house, SHOOTING + DAY)
    assert [r.version for r in letters.runs(coordinator, W48.name, Kind.EXTRA)] == [1, 2]


# --- Numbers ----------------------------------------------------------------------------------


def test_letters_and_extra_letters_are_numbered_together_and_a_correction_keeps_its_number(
    coordinator: Actor, member: Actor, house: House, reported: Sequence[Incident]
) -> None:
    made = extra(coordinator, house)
    letters.edited(coordinator, made, short="Explosion i Norra Ås.", now=SHOOTING + HOUR)
    letters.approve(member, made.id, now=SHOOTING + HOUR)
    letters.approved(coordinator, member, W48, fixed_at=FIXED + A_WEEK, now=APPROVED + A_WEEK)
    letters.withdrawn(member, reported[:8], now=DUE + A_WEEK)
    house.tick(DUE + A_WEEK)
    correction = letters.run(coordinator).run
    letters.approve(member, correction.id, now=DUE + A_WEEK + HOUR)
    numbers = {
        (week, kind): [r.series for r in letters.runs(coordinator, week, kind)]
        for week in (WEEK, W48.name)
        for kind in (Kind.LETTER, Kind.EXTRA)
    }
    assert numbers == {
        (WEEK, Kind.LETTER): ["2026:1", "2026:1"],
        (WEEK, Kind.EXTRA): [],
        (W48.name, Kind.LETTER): ["2026:3"],
        (W48.name, Kind.EXTRA): ["2026:2"],
    }


def test_the_series_begins_anew_with_the_year_of_the_week(
    coordinator: Actor, member: Actor, connection: Connection
) -> None:
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE groups SET schedule_since = '2026-01-01'"))
    for name, series in (("2026-W52", "2026:1"), ("2026-W53", "2026:2"), ("2027-W01", "2027:1")):
        period = Period.named(name)
        due = datetime.combine(period.meeting_day, DUE.time(), UTC)
        made = letters.approved(
            coordinator, member, period, fixed_at=due - 4 * HOUR, now=due - HOUR
        )
        assert made.series == series


def test_an_approval_that_is_taken_back_leaves_no_gap_in_the_series(
    coordinator: Actor, member: Actor
) -> None:
    made = letters.approved(coordinator, member)
    letters.taken_back(coordinator, made.id)
    assert letters.run(coordinator).run.series == ""
    letters.approve(member, made.id, now=APPROVED + 2 * MINUTE)
    assert letters.run(coordinator).run.series == "2026:1"


def test_who_has_seen_a_number_that_another_letter_got_has_to_look_again(
    coordinator: Actor, member: Actor, house: House
) -> None:
    first = letters.fixed(coordinator)
    as_seen = letters.seen(member, first.id)
    made = extra(coordinator, house)
    letters.edited(coordinator, made, short="Explosion i Norra Ås.", now=SHOOTING + HOUR)
    letters.approve(member, made.id, now=SHOOTING + HOUR)
    with pytest.raises(ConflictError, match="ändrats"):
        letters.approve(member, first.id, now=APPROVED, as_seen=as_seen)
    letters.approve(member, first.id)
    assert letters.run(coordinator).run.series == "2026:2"
