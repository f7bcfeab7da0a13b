"""The letter and the clock: cases 6, 8, 9 and 10."""

import os
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lagesbild import jobs
from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import transaction
from lagesbild.base.errors import InvalidError, SetupError
from lagesbild.digests.rules import Kind, RunState
from lagesbild.digests.service import settling
from lagesbild.people.rules import Actor
from tests import letters
from tests.build import NOW
from tests.letters import (
    A_WEEK,
    APPROVED,
    DAY,
    DUE,
    FIXED,
    HOUR,
    MINUTE,
    SECOND,
    W47,
    House,
)
from tests.post import Server

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def house() -> Iterator[House]:
    with letters.house(Server()) as house:
        yield house


@pytest.fixture
def chair(coordinator: Actor, connection: Connection) -> str:
    """The chair of a group that has sent letters for years."""
    mail = letters.listed(coordinator).mail
    connection.execute(text("RESET ROLE"))
    connection.execute(text("UPDATE groups SET schedule_since = '2026-01-01'"))
    connection.execute(text("UPDATE digest_recipients SET starts_on = '2026-01-01'"))
    return mail


# --- 6: the server is down at the time --------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 14])
def test_case_06_a_restart_at_three_sends_the_letter_once_and_punctually(
    coordinator: Actor, member: Actor, chair: str, house: House, minutes: int
) -> None:
    letters.approved(coordinator, member)
    house.tick(DUE - MINUTE)
    up_again = DUE + minutes * MINUTE
    house.tick(*(up_again + minute * MINUTE for minute in range(5)))
    assert house.arrived[chair] == 1
    assert not letters.run(coordinator).run.late


@pytest.mark.usefixtures("member")
def test_case_06_after_a_restart_the_notice_goes_once_as_well(
    coordinator: Actor, chair: str, house: House
) -> None:
    letters.fixed(coordinator)
    house.tick(*(DUE + 3 * HOUR + minute * MINUTE for minute in range(3)))
    assert house.subjects(chair) == ["Lägesbild v. 47 är försenad"]


def test_case_06_a_host_that_sleeps_on_thursdays_skips_no_week_in_silence(
    coordinator: Actor, member: Actor, chair: str, house: House
) -> None:
    for week in range(2):
        letters.approved(
            coordinator,
            member,
            W47.previous(-week),
            fixed_at=FIXED + week * A_WEEK,
            now=APPROVED + week * A_WEEK,
        )
        house.tick(DUE + week * A_WEEK + DAY)  # it wakes on Friday
    assert house.arrived[chair] == 0
    for name in ("2026-W47", "2026-W48"):
        assert letters.run(coordinator, name).run.state is RunState.HELD
        assert Kind.ALARM in letters.kinds(coordinator, name)


# --- 8: spring and autumn ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2026-03-26", 14), ("2026-04-02", 13), ("2026-10-22", 13), ("2026-10-29", 14)],
)
def test_case_08_thursday_at_three_is_thursday_at_three_across_both_clock_changes(
    coordinator: Actor, member: Actor, chair: str, house: House, day: str, hour: int
) -> None:
    due = datetime.fromisoformat(f"{day}T{hour}:00:00+00:00")
    approved(coordinator, member, due)
    house.tick(due - SECOND)
    assert not house.arrived[chair]
    house.tick(due, due + MINUTE, due + HOUR, due + HOUR + MINUTE)
    assert house.arrived[chair] == 1
    assert house.to(chair)[0]["Date"].startswith("Thu, ")


def approved(coordinator: Actor, member: Actor, due: datetime) -> None:
    """Approve the letter that is due at a moment."""
    period = Period.of(due, weekday=coordinator.group.meeting_weekday).previous()
    letters.approved(coordinator, member, period, fixed_at=due - 4 * HOUR, now=due - HOUR)


@pytest.mark.parametrize("three", ["2026-03-29T13:00Z", "2026-10-25T14:00Z"])
def test_case_08_on_the_days_of_the_clock_change_themselves_it_goes_once_at_three(
    coordinator: Actor,
    member: Actor,
    chair: str,
    connection: Connection,
    house: House,
    three: str,
) -> None:
    connection.execute(text("UPDATE groups SET meeting_weekday = 6"))
    sunday = [letters.again(actor) for actor in (coordinator, member)]
    due = datetime.fromisoformat(three)
    approved(sunday[0], sunday[1], due)
    house.tick(*(due + minutes * MINUTE for minutes in (-61, -60, -1)))
    assert not house.arrived[chair]
    house.tick(*(due + minutes * MINUTE for minutes in (0, 1, 59, 60, 61)))
    assert house.arrived[chair] == 1


@pytest.mark.parametrize("at", [time(2), time(2, 30), time(2, 59), time(5, 59)])
def test_case_08_no_letter_can_be_set_to_an_hour_that_comes_twice_or_not_at_all(
    coordinator: Actor, at: time
) -> None:
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        wanted = before._replace(letter_time=at)
        with pytest.raises(InvalidError) as refused:
            settling.settle(session, coordinator, wanted, now=NOW)
    assert refused.value.field == "letter_time"


# --- 9: zone data -----------------------------------------------------------------------------


def in_a_machine_with(zones: str) -> subprocess.CompletedProcess[str]:
    """Ask a new process when a letter is due in summer, and let its clock look at its zones."""
    program = (
        "from datetime import UTC, datetime\n"
        "from lagesbild.base.clock import STOCKHOLM, check_zone\n"
        "print(datetime(2026, 4, 2, 15, tzinfo=STOCKHOLM).astimezone(UTC).hour, flush=True)\n"
        "check_zone()\n"
    )
    return subprocess.run(  # noqa: S603 – our own program
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONTZPATH": zones},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_case_09_a_machine_without_zone_data_uses_what_the_program_brings() -> None:
    found = in_a_machine_with("")
    assert (found.stdout, found.returncode) == ("13\n", 0)


def test_case_09_stale_zone_data_stops_the_clock_and_says_why(tmp_path: Path) -> None:
    stale = tmp_path / "Europe" / "Stockholm"
    stale.parent.mkdir()
    [known] = [Path(p) / "Etc/GMT-1" for p in zoneinfo.TZPATH if (Path(p) / "Etc/GMT-1").exists()][
        :1
    ]
    shutil.copy(known, stale)  # from before there was summer time
    found = in_a_machine_with(str(tmp_path))
    assert found.stdout == "14\n"
    assert found.returncode == 1
    assert "tidszoner är fel eller gamla" in found.stderr


def test_case_09_with_wrong_zones_nothing_leaves_at_a_wrong_hour(
    coordinator: Actor, member: Actor, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.approved(coordinator, member)
    monkeypatch.setattr(clock, "STOCKHOLM", zoneinfo.ZoneInfo("Etc/GMT-1"))
    with pytest.raises(SetupError, match="tidszoner"):
        house.tick(DUE)
    with pytest.raises(SetupError, match="tidszoner"):
        jobs.run(house.settings)
    assert not house.got


def test_case_09_the_zone_is_one_that_there_is() -> None:
    assert str(STOCKHOLM) in zoneinfo.available_timezones()


# --- 10: the weekday --------------------------------------------------------------------------


@pytest.mark.parametrize("weekday", range(7))
def test_case_10_the_weekday_is_that_on_the_wall_though_utc_has_the_day_before(
    coordinator: Actor,
    member: Actor,
    chair: str,
    connection: Connection,
    house: House,
    weekday: int,
) -> None:
    late = "meeting_time = '20:00', letter_time = '20:00'"
    connection.execute(text(f"UPDATE groups SET meeting_weekday = {weekday}, {late}"))  # noqa: S608 – numbers
    sitting = [letters.again(actor) for actor in (coordinator, member)]
    # Half an hour after midnight on the day of the meeting: in UTC it is still the day before.
    midnight = datetime(2026, 7, 6 + weekday, 0, 30, tzinfo=STOCKHOLM)
    assert midnight.astimezone(UTC).weekday() == (weekday - 1) % 7
    period = Period.of(midnight, weekday=weekday).previous()
    assert (period.meeting_day, period.meeting_day.weekday()) == (midnight.date(), weekday)
    due = datetime(2026, 7, 6 + weekday, 22, tzinfo=STOCKHOLM).astimezone(
        UTC
    )  # when they may be done
    letters.approved(sitting[0], sitting[1], period, fixed_at=due - HOUR, now=due - MINUTE)
    house.tick(midnight.astimezone(UTC), due - SECOND)
    assert not house.arrived[chair]
    house.tick(due)
    assert house.arrived[chair] == 1
