"""The letter and what stops it anywhere: cases 1, 3, 7 and 20. Committed data, own processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Kind, RunState
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role, system
from tests import letters
from tests.build import NOW
from tests.conftest import _autocommit
from tests.killed import APPROVER, STEPS, stopping
from tests.letters import APPROVED, CHAIR, DUE, FIXED, HOUR, MINUTE, W47, WEEK, House
from tests.post import HANG, Server

ROOT = Path(__file__).parent.parent.parent
WRITER = "kommun@as.example"
LATER = [DUE + minutes * MINUTE for minutes in (1, 2, 10, 11, 12, 60)]


@dataclass(frozen=True)
class Those:
    """Whoever writes a letter, and whoever approves it."""

    writer: Actor
    approver: Actor

    @property
    def group(self) -> Group:
        return self.writer.group


@pytest.fixture
def house(own_database: Settings, tmp_path: Path) -> Iterator[House]:
    """An installation with a database of its own."""
    db.connect(own_database.database_url, own_database.reader_url)
    with letters.house(Server(), own_database, data_dir=tmp_path) as house:
        yield house
    db.forget_connections()


@pytest.fixture
def those(house: House) -> Those:
    """A group with a chair, and two who may write and approve."""
    assert house.settings.database_url
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    for mail, role in ((WRITER, Role.COORDINATOR), (APPROVER, Role.MEMBER)):
        access.add_member(
            system(group),
            Newcomer(mail, "Prov"),
            organisation=mail.partition("@")[0],
            role=role,
            now=NOW,
        )
    writer, approver = (access.actor_named(group, mail) for mail in (WRITER, APPROVER))
    letters.listed(writer)
    return Those(writer, approver)


def environment(house: House, **more: str) -> dict[str, str]:
    names = ("database_url", "owner_url", "reader_url", "smtp_url", "mail_from", "base_url")
    values = {f"LAGESBILD_{name.upper()}": getattr(house.settings, name) for name in names}
    return {**os.environ, **values, "LAGESBILD_DATA_DIR": str(house.settings.data_dir), **more}


def clock(house: House, step: str, at: datetime, **more: str) -> subprocess.Popen[str]:
    """Start a clock in a process of its own."""
    return subprocess.Popen(  # noqa: S603 – our own program
        [sys.executable, "-m", "tests.killed", step, at.isoformat()],
        env=environment(house, **more),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(house: House, step: str, at: datetime, **more: str) -> None:
    """Let a clock run until it is killed at a step."""
    process = clock(house, step, at, **more)
    process.communicate(timeout=60)
    assert process.returncode == -9, step


# --- 1: many clocks ---------------------------------------------------------------------------


def three_clocks(house: House, at: datetime) -> None:
    """Let three clocks strike ten minutes in a row, all at once."""
    clocks = [clock(house, "", at) for _ in range(3)]
    for each in clocks:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in clocks:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate(timeout=120)[0] for each in clocks] == ["", "", ""]
    assert [each.returncode for each in clocks] == [0, 0, 0]


def test_case_01_three_schedulers_make_one_draft_one_letter_and_one_mail_each(
    house: House, those: Those
) -> None:
    with db.transaction(those.writer.gate) as session:
        fixing.fix(session, those.writer, W47, now=FIXED)
    three_clocks(house, FIXED + MINUTE)
    [made] = letters.runs(those.writer, kind=Kind.LETTER)
    letters.approve(those.approver, made.id)
    three_clocks(house, DUE)
    assert house.arrived == {CHAIR: 1, WRITER: 1}
    assert {*letters.states(those.writer).values()} == {State.ACCEPTED}
    assert [run.kind for run in letters.runs(those.writer)] == [Kind.LETTER]


def test_case_01_three_schedulers_tell_of_what_is_not_approved_once(
    house: House, those: Those
) -> None:
    letters.fixed(those.writer)
    three_clocks(house, DUE - 5 * MINUTE)
    assert sorted(letters.kinds(those.writer)) == sorted(
        [Kind.LETTER, Kind.REMINDER, Kind.ESCALATION, Kind.DELAYED]
    )
    assert house.arrived == {CHAIR: 1, WRITER: 3, APPROVER: 2}


# --- 3: kill -9 at each step ------------------------------------------------------------------

# What has arrived at the chair in the end, by itself.
ARRIVES = dict.fromkeys(STEPS, 1) | {"after claim": 0, "during SMTP": 0}
DRAFTING = ("before draft", "in draft", "after draft")
SENDING = [step for step in STEPS if not step.endswith(("draft", "approval", "telling"))]


@pytest.mark.parametrize("step", DRAFTING)
def test_case_03_killed_while_drafting_the_next_tick_drafts_it_once(
    house: House, those: Those, step: str
) -> None:
    with db.transaction(those.writer.gate) as session:
        fixing.fix(session, those.writer, W47, now=FIXED)
    killed(house, step, FIXED + MINUTE)
    house.tick(FIXED + 2 * MINUTE)
    [made] = letters.runs(those.writer, kind=Kind.LETTER)
    letters.approve(those.approver, made.id)
    house.tick(DUE, *LATER)
    assert house.arrived == {CHAIR: 1, WRITER: 1}


@pytest.mark.parametrize("step", ["in approval", "after approval"])
def test_case_03_killed_while_approving_it_is_approved_or_it_is_not(
    house: House, those: Those, step: str
) -> None:
    made = letters.fixed(those.writer)
    killed(house, step, APPROVED, LETTER=str(made.id))
    found = letters.run(those.writer)
    is_approved = step == "after approval"
    assert (found.run.approved_at is not None) is is_approved
    assert bool(found.letters) is is_approved
    house.tick(DUE, *LATER)
    assert house.arrived[CHAIR] == 1
    assert ("försenad" in house.subjects(CHAIR)[0]) is not is_approved


@pytest.mark.parametrize("step", SENDING)
def test_case_03_killed_while_sending_no_step_sends_twice(
    house: House, those: Those, step: str
) -> None:
    letters.approved(those.writer, those.approver)
    killed(house, step, DUE)
    house.tick(*LATER)
    assert house.arrived[CHAIR] == ARRIVES[step]
    sent = [each for each in house.to(WRITER) if "nådde inte" not in each["Subject"]]
    assert len(sent) == 1
    is_known = step in ("after claim", "during SMTP", "after DATA")
    assert letters.states(those.writer)[CHAIR] is (State.UNKNOWN if is_known else State.ACCEPTED)


@pytest.mark.parametrize("step", ["after claim", "during SMTP"])
def test_case_03_what_nobody_knows_of_a_person_sends_and_it_arrives_once(
    house: House, those: Those, step: str
) -> None:
    letters.approved(those.writer, those.approver)
    killed(house, step, DUE)
    house.tick(*LATER)
    [lost] = [d for d in letters.deliveries(those.writer) if d.state is State.UNKNOWN]
    letters.resend(those.writer, lost, now=DUE + 2 * HOUR)
    house.tick(DUE + 2 * HOUR, DUE + 3 * HOUR)
    assert house.arrived[CHAIR] == 1


def test_case_03_killed_while_the_server_hangs_in_the_middle_of_the_letter(
    house: House, those: Those
) -> None:
    letters.approved(those.writer, those.approver)
    house.server.next["DATA"] = [HANG]
    process = clock(house, "after settle", DUE)
    while "DATA" not in house.server.heard:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    house.tick(*LATER)
    assert house.arrived[CHAIR] == 0
    assert letters.states(those.writer) == {CHAIR: State.UNKNOWN, WRITER: State.ACCEPTED}


@pytest.mark.parametrize("step", ["in telling", "after telling"])
def test_case_03_killed_while_telling_each_is_told_once(
    house: House, those: Those, step: str
) -> None:
    letters.fixed(those.writer)
    killed(house, step, DUE)
    house.tick(*LATER[:3])
    assert house.subjects(CHAIR) == ["Lägesbild v. 47 är försenad"]
    assert house.arrived == {CHAIR: 1, WRITER: 2, APPROVER: 1}


# --- 7: a worker that died --------------------------------------------------------------------


def test_case_07_a_worker_that_died_stops_neither_this_run_nor_the_next(
    house: House, those: Those
) -> None:
    letters.approved(those.writer, those.approver)
    killed(house, "after claim", DUE)
    following = W47.previous(-1)
    a_week = following.end - W47.end
    letters.approved(
        those.writer,
        those.approver,
        following,
        fixed_at=FIXED + a_week,
        now=APPROVED + a_week,
    )
    house.tick(DUE + a_week, DUE + a_week + MINUTE)
    assert letters.states(those.writer)[CHAIR] is State.UNKNOWN
    assert letters.states(those.writer, following.name)[CHAIR] is State.ACCEPTED
    assert house.arrived[CHAIR] == 1


# --- 20: the database goes away ---------------------------------------------------------------


@dataclass
class Database:
    """The database of a house, which can go away and come back."""

    engine: Engine
    name: str

    def go(self) -> None:
        with _autocommit(self.engine) as connection:
            connection.execute(text(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false'))
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                ),
                {"name": self.name},
            )

    def come(self) -> None:
        with _autocommit(self.engine) as connection:
            connection.execute(text(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true'))


@pytest.fixture
def database(house: House, engine: Engine) -> Database:
    return Database(engine, make_url(house.settings.owner_url).database or "")


@contextmanager
def once(step: str, do: Callable[[], None]) -> Iterator[None]:
    """Do something when a step is reached for the first time."""
    done: list[str] = []

    def at_first() -> None:
        if not done:
            done.append(step)
            do()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*stopping(step, at_first))
        yield
    assert done, "the step was never reached"


@pytest.mark.parametrize("step", ["before draft", *SENDING])
def test_case_20_a_database_that_goes_away_in_the_middle_of_a_tick_loses_and_repeats_nothing(
    house: House,
    those: Those,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    monkeypatch.setattr(db, "TRUSTED_SECONDS", -1)  # a minute goes by between two ticks
    letters.approved(those.writer, those.approver)
    with once(step, database.go):
        house.tick(DUE)
    with pytest.raises(OperationalError):
        house.tick(DUE + MINUTE // 2)
    database.come()
    house.tick(*LATER)
    assert house.arrived[CHAIR] == 1
    sent = [each for each in house.to(WRITER) if "nådde inte" not in each["Subject"]]
    assert len(sent) == 1


PROGRAM = """
import sys
from datetime import datetime, timedelta
from lagesbild import jobs
from lagesbild.base import clock, db
from lagesbild.base.settings import Settings
began, due = clock.now(), datetime.fromisoformat(sys.argv[1])
real, jobs.BEAT_SECONDS = clock.now, 0.3
clock.now = lambda: due + (real() - began)
settings = Settings()
db.connect(settings.database_url, settings.reader_url)
jobs.run(settings)
"""


def test_case_20_the_clock_outlives_its_database_and_goes_on_when_it_is_back(
    house: House, those: Those, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "TRUSTED_SECONDS", -1)  # of this process, which is no clock
    house.server.always["RCPT"] = "451 Not yet"
    letters.approved(those.writer, those.approver)
    with ticking(house) as process:
        until(lambda: State.PENDING in letters.states(those.writer).values())
        until(lambda: "RCPT" in house.server.heard)
        database.go()
        time.sleep(1)
        house.server.always.clear()
        database.come()
        with db.transaction(those.writer.gate) as session:  # the server is asked again by and by
            now = "UPDATE digest_deliveries SET next_attempt_at = :due"
            session.execute(text(now), {"due": DUE})
        until(lambda: house.arrived[CHAIR] == 1)
        process.terminate()
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert "OperationalError" in said
    assert letters.run(those.writer, WEEK).run.state is RunState.RELEASED


@contextmanager
def ticking(house: House) -> Iterator[subprocess.Popen[str]]:
    """Run a clock that ticks three times a second, from when the letter is due."""
    process = subprocess.Popen(  # noqa: S603 – our own program
        [sys.executable, "-c", PROGRAM, DUE.isoformat()],
        env=environment(house),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.05)
