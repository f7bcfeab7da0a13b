"""The series of meetings on a real database: made once, changed by one at a time, followed."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.audit import service as audit
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.settings import Settings as Installation
from lagesbild.digests.rules import Form, Kind
from lagesbild.digests.service import composing, looking
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.series import SUMMER, Meeting, Plan, Settings, State
from lagesbild.meetings.service import fixing, series
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW, draft
from tests.conftest import join

W47 = Period(date(2026, 11, 12))
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=STOCKHOLM)
FRIDAY = THURSDAY + timedelta(days=1)
MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(weeks=1)
USUAL = Settings(3, time(9))


def made(group: Group, now: datetime = NOW) -> list[str]:
    with transaction(system(group).gate) as session:
        return [p.name for p in series.make_ahead(session, system(group), now=now)]


def listed(actor: Actor, now: datetime = NOW) -> list[Meeting]:
    with reading(actor.gate) as session:
        return series.listing(session, actor, now=now)


def one(actor: Actor, period: Period = W47) -> Meeting:
    with reading(actor.gate) as session:
        return meetings.meeting(session, actor, period)


def move(actor: Actor, to: datetime, *, period: Period = W47, version: int = 1) -> None:
    plan = Plan(to.date(), to.time(), "", "Brandövning")
    with transaction(actor.gate) as session:
        series.move(session, actor, period, plan, version=version, now=NOW)


def skip(actor: Actor, *, version: int = 1) -> None:
    with transaction(actor.gate) as session:
        series.skip(session, actor, W47, "Få kan komma", version=version, now=NOW)


def settle(actor: Actor, wanted: Settings, *, version: int = 1, now: datetime = NOW) -> None:
    with transaction(actor.gate) as session:
        series.settle(session, actor, wanted, version=version, now=now)


def group_now() -> Group:
    [found] = access.groups()
    return found


def report(actor: Actor, at: datetime) -> None:
    with transaction(actor.gate) as session:
        thing = draft(occurred_from=NOW, organisation_id=actor.organisation_id, category="ORD01")
        incidents.report(session, actor, thing, now=at)


@pytest.fixture
def post(tmp_path: Path) -> Installation:
    """An installation whose letters go into a folder."""
    return Installation(data_dir=tmp_path)


# --- Made ahead -------------------------------------------------------------------------------


def test_eight_weeks_of_meetings_are_made_and_twice_is_once(group: Group) -> None:
    assert made(group) == [
        *(f"2026-W{week}" for week in range(47, 54)),
        "2027-W01",
    ]
    assert made(group) == []
    assert made(group, NOW + WEEK) == ["2027-W02"]


def test_what_a_standstill_of_five_weeks_left_out_is_filled(group: Group, member: Actor) -> None:
    made(group)
    made(group, NOW + 13 * WEEK)
    days = [meeting.day for meeting in listed(member, NOW + 13 * WEEK)]
    assert days == [date(2026, 11, 19) + n * timedelta(weeks=1) for n in range(21)]


def test_a_published_week_before_the_first_meeting_gets_one_too(group: Group) -> None:
    with transaction(system(group).gate) as session:
        meetings.publish(session, system(group), W47.previous(3), now=NOW)
    assert made(group)[:4] == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]


def test_what_was_said_of_an_old_week_makes_no_meetings(group: Group, member: Actor) -> None:
    with transaction(member.gate) as session:
        meetings.report_nothing(session, member, Period.named("1950-W10"), now=NOW)
    assert made(group)[0] == "2026-W47"


def test_the_log_says_once_that_meetings_were_made(group: Group) -> None:
    made(group)
    made(group)
    with reading(system(group).gate) as session:
        entries = audit.log(session, system(group))
    assert [e.subject for e in entries if e.verb == "meetings.made"] == ["week:2027-W01"]


def test_two_meetings_for_one_week_are_refused(group: Group, connection: Connection) -> None:
    made(group)
    connection.execute(text("SET LOCAL ROLE NONE"))
    with pytest.raises(IntegrityError, match="pk_meetings"):
        connection.execute(
            text(
                "INSERT INTO meetings (municipality_id, week_id, group_id, starts_at)"
                " SELECT municipality_id, week_id, group_id, now() FROM meetings LIMIT 1"
            )
        )


@pytest.fixture
def committed(own_database: Installation) -> Iterator[Group]:
    """A group that several connections see."""
    db.connect(own_database.database_url, own_database.reader_url)
    yield access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    db.forget_connections()


def test_two_schedulers_at_once_make_one_series(committed: Group) -> None:
    together = threading.Barrier(4)
    found: list[str] = []

    def make() -> None:
        together.wait()
        found.extend(made(committed))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [*(f"2026-W{week}" for week in range(47, 54)), "2027-W01"]
    assert len(listed(system(committed))) == 8


# --- Changed ----------------------------------------------------------------------------------


def test_a_meeting_can_be_moved_before_the_clock_has_made_it(coordinator: Actor) -> None:
    move(coordinator, FRIDAY, version=0)
    found = one(coordinator)
    assert (found.starts_at, found.state, found.version) == (FRIDAY, State.MOVED, 2)


def test_skipped_and_held_again_it_is_an_ordinary_meeting(coordinator: Actor) -> None:
    skip(coordinator)
    assert one(coordinator).reason == "Få kan komma"
    with transaction(coordinator.gate) as session:
        series.hold(session, coordinator, W47, version=2, now=NOW)
    assert one(coordinator).state is State.PLANNED


def test_who_saw_an_older_meeting_is_told_and_changes_nothing(coordinator: Actor) -> None:
    move(coordinator, FRIDAY)
    with pytest.raises(ConflictError, match="Någon annan"):
        skip(coordinator)
    assert one(coordinator).state is State.MOVED


def test_far_away_there_is_no_meeting_to_change(coordinator: Actor) -> None:
    for period in (W47.previous(-8), W47.previous()):
        with pytest.raises(NotFoundError, match="inget möte"):
            move(coordinator, period.end, period=period)


def test_only_who_plans_may_change_a_meeting(member: Actor, reader: Actor) -> None:
    with pytest.raises(NotAllowedError):
        move(member, FRIDAY)
    with pytest.raises(NotAllowedError):
        settle(member, USUAL)
    with pytest.raises(NotAllowedError):
        listed(reader)


def test_an_administrator_plans_as_well(
    group: Group, organisations: dict[str, Organisation]
) -> None:
    admin = join(group, organisations["kommun"], Role.ADMIN)
    move(admin, FRIDAY)
    assert [m.state for m in listed(admin)][:2] == [State.MOVED, State.PLANNED]


def test_the_log_knows_when_but_neither_why_nor_where(coordinator: Actor) -> None:
    move(coordinator, FRIDAY)
    with reading(coordinator.gate) as session:
        entries = audit.log(session, system(coordinator.group))
    [entry] = [e for e in entries if e.verb == "meeting.moved"]
    assert entry.changes == {
        "starts_at": "tors 19 nov kl. 9.00 → fre 20 nov kl. 9.00",
        "state": "planerat → flyttat",
    }


# --- Settings ---------------------------------------------------------------------------------


def test_coming_meetings_follow_the_settings(coordinator: Actor) -> None:
    made(coordinator.group)
    settle(coordinator, Settings(3, time(10), "Rum 2", 53, 53))
    group = group_now()
    assert (group.meeting_time, group.meeting_place, group.version) == (time(10), "Rum 2", 2)
    found = {m.period.name: m for m in listed(system(group))}
    assert found["2026-W47"].starts_at == THURSDAY + HOUR
    assert (found["2026-W47"].place, found["2026-W53"].reason) == ("Rum 2", SUMMER)


def test_a_meeting_that_was_held_does_not_follow(coordinator: Actor) -> None:
    made(coordinator.group)
    settle(coordinator, Settings(3, time(10)), now=FRIDAY)
    assert one(coordinator).starts_at == THURSDAY


def test_who_saw_older_settings_is_told(coordinator: Actor) -> None:
    settle(coordinator, Settings(3, time(10)))
    with pytest.raises(ConflictError, match="Någon annan"):
        settle(coordinator, USUAL)


def test_before_anything_is_told_the_weekday_changes_and_the_weeks_with_it(
    coordinator: Actor,
) -> None:
    made(coordinator.group)
    settle(coordinator, Settings(4, time(9)))
    group = group_now()
    found = listed(system(group))
    assert [m.day.weekday() for m in found] == [4] * 8
    assert (found[0].starts_at, found[0].period.name) == (FRIDAY, "2026-W47")
    assert group.schedule_since == NOW
    assert made(group) == []


def test_no_letter_is_due_at_once_because_the_weekday_is_another(
    coordinator: Actor, post: Installation
) -> None:
    settle(coordinator, Settings(1, time(9)))
    jobs.tick(post, NOW)
    with reading(coordinator.gate) as session:
        assert looking.runs(session, coordinator) == []


def test_once_a_week_is_published_its_weekday_stays(coordinator: Actor) -> None:
    with transaction(system(coordinator.group).gate) as session:
        meetings.publish(session, system(coordinator.group), W47, now=NOW)
    with pytest.raises(InvalidError, match="redan publicerade") as refused:
        settle(coordinator, Settings(4, time(9)))
    assert refused.value.field == "weekday"


def test_once_a_week_is_fixed_its_weekday_stays(coordinator: Actor, connection: Connection) -> None:
    made(coordinator.group)
    fix(connection, THURSDAY)
    with pytest.raises(InvalidError, match="fastställda"):
        settle(coordinator, Settings(4, time(9)))


def fix(connection: Connection, at: datetime) -> None:
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(text("UPDATE weeks SET fixed_at = :at WHERE week = '2026-W47'"), {"at": at})


# --- What follows the meeting -----------------------------------------------------------------


def late(actor: Actor, now: datetime) -> tuple[int, int]:
    with reading(actor.gate) as session:
        total = meetings.picture(session, actor, W47, now=now).total
    return total.this, total.late


def test_reports_are_late_from_the_moved_meeting_on(coordinator: Actor) -> None:
    move(coordinator, FRIDAY)
    report(coordinator, THURSDAY + HOUR)
    report(coordinator, FRIDAY + HOUR)
    assert late(coordinator, FRIDAY + 2 * HOUR) == (2, 0)
    assert late(coordinator, FRIDAY + 24 * HOUR) == (2, 1)


def test_reports_are_late_from_the_moment_at_which_the_week_was_fixed(
    coordinator: Actor, connection: Connection
) -> None:
    made(coordinator.group)
    for minutes in (29, 31):
        report(coordinator, THURSDAY + minutes * MINUTE)
    fix(connection, THURSDAY + 30 * MINUTE)
    assert late(coordinator, THURSDAY + HOUR) == (2, 1)


def test_a_skipped_week_has_its_picture_and_its_ordinary_moment(coordinator: Actor) -> None:
    skip(coordinator)
    report(coordinator, THURSDAY + HOUR)
    assert late(coordinator, THURSDAY + 2 * HOUR) == (1, 1)


def test_the_closed_week_is_shown_first_until_its_moved_meeting_is_over(
    coordinator: Actor,
) -> None:
    move(coordinator, FRIDAY)
    for now, week in ((FRIDAY, "2026-W47"), (FRIDAY + 24 * HOUR, "2026-W48")):
        with reading(coordinator.gate) as session:
            assert meetings.shown_first(session, coordinator, now=now).name == week


@pytest.mark.parametrize(
    ("starts", "due"),
    [(FRIDAY, FRIDAY + 6 * HOUR), (FRIDAY + 9 * HOUR, FRIDAY + 11 * HOUR)],
)
def test_the_letter_follows_a_moved_meeting_and_is_drafted_once(
    coordinator: Actor, post: Installation, starts: datetime, due: datetime
) -> None:
    move(coordinator, starts)
    fix_picture(coordinator, starts)
    for now in (starts, due - MINUTE):
        jobs.tick(post, now)
    assert runs(coordinator) == {("2026-W47", Kind.LETTER): due.astimezone(UTC)}


def test_that_there_is_no_meeting_is_told_when_its_letter_would_have_gone(
    coordinator: Actor, post: Installation
) -> None:
    skip(coordinator)
    jobs.tick(post, THURSDAY + 6 * HOUR - MINUTE)
    assert runs(coordinator) == {}
    jobs.tick(post, THURSDAY + 6 * HOUR)
    assert runs(coordinator) == {("2026-W47", Kind.NONE): (THURSDAY + 6 * HOUR).astimezone(UTC)}


def test_a_letter_says_when_the_next_one_comes(coordinator: Actor, post: Installation) -> None:
    made(coordinator.group)
    following = W47.previous(-1)
    move(coordinator, FRIDAY + WEEK, period=following)
    fix_picture(coordinator, THURSDAY)
    jobs.tick(post, THURSDAY + HOUR)
    with reading(coordinator.gate) as session:
        run = looking.newest(session, coordinator, "2026-W47")
    found = composing.composed(coordinator, run.id, base_url="http://localhost", now=THURSDAY)
    assert "Nästa: fre 27 nov." in " ".join(found.letters[Form.FULL].text.split())


def fix_picture(actor: Actor, at: datetime) -> None:
    with transaction(actor.gate) as session:
        fixing.fix(session, actor, W47, now=at)


def runs(actor: Actor) -> dict[tuple[str, Kind], datetime]:
    with reading(actor.gate) as session:
        return {(run.week, run.kind): run.due_at for run in looking.runs(session, actor)}
