"""Many clocks and many stops: there is still one letter. Committed data, own connections."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.audit import store as audit
from lagesbild.base import clock, db
from lagesbild.base.errors import InvalidError, NotAllowedError, NotFoundError
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests.cli import digest
from lagesbild.digests.rules import RunState
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.service import approving, composing, delivering, drafting, planning
from lagesbild.districts import service as districts
from lagesbild.meetings import service as meetings
from lagesbild.meetings.service import fixing, series
from lagesbild.people.rules import Actor, Role, system
from tests import letters
from tests.build import NOW, SOURCE, SQUARES
from tests.letters import A_WEEK, APPROVED, CHAIR, DAY, DUE, FIXED, MINUTE, W47, WEEK, House
from tests.post import Server

WRITER, APPROVER = "kommun@as.example", "polis@as.example"


@pytest.fixture
def house(own_database: Settings, tmp_path: Path) -> Iterator[House]:
    """A database with a municipality, bound to this process, and a mail server."""
    db.connect(own_database.database_url, own_database.reader_url)
    with letters.house(Server(), own_database, data_dir=tmp_path) as house:
        yield house
    db.forget_connections()


@pytest.fixture
def writer(house: House) -> Actor:
    """A coordinator, in a group with a chair and somebody else who may approve."""
    assert house.settings.smtp_url
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    for mail, role in ((WRITER, Role.COORDINATOR), (APPROVER, Role.MEMBER)):
        organisation = mail.partition("@")[0]
        newcomer = Newcomer(mail, "Prov")
        access.add_member(system(group), newcomer, organisation=organisation, role=role, now=NOW)
    actor = access.actor_named(group, WRITER)
    letters.listed(actor)
    return actor


@pytest.fixture
def approver(writer: Actor) -> Actor:
    return access.actor_named(writer.group, APPROVER)


def environment(settings: Settings) -> dict[str, str]:
    names = ("database_url", "owner_url", "reader_url", "smtp_url")
    values = {f"LAGESBILD_{name.upper()}": getattr(settings, name) for name in names}
    return {**os.environ, **values, "LAGESBILD_DATA_DIR": str(settings.data_dir)}


def two_clocks(house: House, start: datetime) -> None:
    """Let two clocks strike ten minutes in a row, each minute at once."""
    together = threading.Barrier(2)

    def ticks() -> None:
        for minute in range(10):
            together.wait()
            jobs.tick(house.settings, start + minute * MINUTE)

    clocks = [threading.Thread(target=ticks) for _ in range(2)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()


def test_two_clocks_and_ten_ticks_make_one_draft_and_one_letter(
    house: House, writer: Actor, approver: Actor
) -> None:
    with db.transaction(writer.gate) as session:
        fixing.fix(session, writer, W47, now=FIXED)
    two_clocks(house, FIXED)
    letters.approve(approver, letters.run(writer).run.id)
    two_clocks(house, DUE)
    assert house.arrived == {CHAIR: 1, WRITER: 1}
    assert {*letters.states(writer).values()} == {State.ACCEPTED}
    with db.reading(writer.gate) as session:
        verbs = [e.verb for e in audit.history(session, writer.group.municipality_id)]
    for verb in ("publication.made", "digest.drafted", "digest.approved", "digest.released"):
        assert verbs.count(verb) == 1, verb


@pytest.fixture
def corrected(house: House, writer: Actor, approver: Actor) -> None:
    """A letter has left, its correction waits, and its figures have been corrected once more."""
    clock = system(writer.group)
    with db.transaction(clock.gate) as session:
        districts.put_version(session, clock, SOURCE, SQUARES, now=NOW)
    reported = letters.log(approver, 20)
    letters.approved(writer, approver)
    house.tick(DUE)
    letters.withdrawn(approver, reported[:8], now=DUE + MINUTE)
    house.tick(DUE + 2 * MINUTE)
    letters.withdrawn(approver, reported[8:14], now=DUE + 3 * MINUTE)
    with db.transaction(clock.gate) as session:
        assert meetings.correct(session, clock, now=DUE + 4 * MINUTE)


def clock_waits_for(house: House, writer: Actor, now: datetime) -> threading.Thread:
    """Let a clock bring corrections up to date, and return when it waits for who holds one."""
    plan = partial(planning.plan_corrections, system(writer.group), now=now)
    clock = threading.Thread(target=plan)
    clock.start()
    url = make_url(house.settings.owner_url).set(drivername="postgresql+psycopg")
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with owner.connect() as connection:
        while clock.is_alive() and not connection.execute(text(waits)).scalar_one():
            time.sleep(0.01)
    owner.dispose()
    return clock


@pytest.mark.usefixtures("corrected")
def test_a_correction_that_somebody_saves_at_that_moment_follows_the_figures_all_the_same(
    house: House, writer: Actor
) -> None:
    made = letters.run(writer).run
    found = letters.drafted(writer, made)
    wanted = replace(found.latest, changed=f"{found.latest.changed}\nDe var dubbletter.")
    with db.transaction(writer.gate) as session:
        edit = Edit(wanted, found.version)
        drafting.edit(session, writer, made.id, edit, now=DUE + 5 * MINUTE)
        clock = clock_waits_for(house, writer, DUE + 5 * MINUTE)
    clock.join()
    house.tick(DUE + 6 * MINUTE)
    changed = letters.drafted(writer, made).latest.changed
    assert "6 händelser v. 47, förut 20" in changed
    assert changed.endswith("De var dubbletter.")


@pytest.mark.usefixtures("corrected")
def test_a_correction_that_somebody_approves_at_that_moment_keeps_the_words_that_were_approved(
    house: House, writer: Actor, approver: Actor
) -> None:
    made = letters.run(writer).run
    found = composing.composed(approver, made.id, base_url="http://x", now=DUE + 5 * MINUTE)
    before = letters.drafted(writer, made).latest
    with db.transaction(approver.gate) as session:
        now = DUE + 5 * MINUTE
        approving.approve_composed(session, approver, found, found.seen, now=now)
        clock = clock_waits_for(house, writer, now)
    clock.join()
    assert letters.drafted(writer, made).latest == before


def test_who_reads_a_draft_does_not_wait_for_who_approves_another(
    writer: Actor, approver: Actor
) -> None:
    other = letters.fixed(writer, W47.previous(-1), now=FIXED + A_WEEK)
    made = letters.fixed(writer)
    found = composing.composed(approver, made.id, base_url="http://x", now=APPROVED)
    with db.transaction(approver.gate) as session:
        approving.approve_composed(session, approver, found, found.seen, now=APPROVED)
        assert composing.composed(writer, other.id, base_url="http://x", now=APPROVED).number == 1
    assert composing.composed(writer, other.id, base_url="http://x", now=APPROVED).number == 2


TABLES = ["digest_runs", "digest_letters", "digest_deliveries", "digest_events", "audit"]


@pytest.mark.parametrize("table", ["digest_runs", "digest_wordings", "digest_events", "audit"])
def test_a_stop_anywhere_while_it_is_drafted_is_repaired_by_the_next_tick(
    house: House, writer: Actor, table: str
) -> None:
    with db.transaction(writer.gate) as session:
        fixing.fix(session, writer, W47, now=FIXED)
    with refusing(house.settings, table):
        house.tick(FIXED + MINUTE)
    assert letters.runs(writer) == []
    house.tick(FIXED + 2 * MINUTE, FIXED + 3 * MINUTE)
    [made] = letters.runs(writer)
    assert letters.drafted(writer, made).first.deviations


@pytest.mark.parametrize("table", TABLES)
def test_a_stop_anywhere_while_it_is_told_is_repaired_by_the_next_tick(
    house: House, writer: Actor, table: str
) -> None:
    letters.fixed(writer)
    with refusing(house.settings, table):
        house.tick(DUE)
    assert not house.got
    house.tick(*(DUE + minute * MINUTE for minute in range(1, 4)))
    assert house.subjects(CHAIR) == ["Lägesbild v. 47 är försenad"]


@pytest.mark.parametrize("table", ["digest_runs", "digest_deliveries", "digest_events", "audit"])
def test_a_stop_anywhere_while_it_is_released_is_repaired_by_the_next_tick(
    house: House, writer: Actor, approver: Actor, table: str
) -> None:
    letters.approved(writer, approver)
    with refusing(house.settings, table):
        house.tick(DUE)
    assert not house.got
    house.tick(*(DUE + minute * MINUTE for minute in range(1, 4)))
    assert house.arrived == {CHAIR: 1, WRITER: 1}


class refusing:  # noqa: N801 – reads as a sentence
    """Let a table take no row for the time of a block."""

    def __init__(self, settings: Settings, table: str) -> None:
        url = make_url(settings.owner_url).set(drivername="postgresql+psycopg")
        self.owner, self.table = create_engine(url, isolation_level="AUTOCOMMIT"), table

    def __enter__(self) -> None:
        self._do("ADD CONSTRAINT stop CHECK (false) NOT VALID")

    def __exit__(self, *_error: object) -> None:
        self._do("DROP CONSTRAINT stop")
        self.owner.dispose()

    def _do(self, change: str) -> None:
        with self.owner.connect() as connection:
            connection.execute(text(f"ALTER TABLE {self.table} {change}"))


def test_the_clock_stops_tidily_when_told(house: House) -> None:
    unborn = datetime(2999, 1, 1, tzinfo=UTC)  # nothing of it is due by the real clock
    access.add_municipality(slug="as", name="Ås kommun", code="0001", now=unborn)
    program = (
        "from lagesbild import jobs; from lagesbild.base import db;"
        "from lagesbild.base.settings import Settings; s = Settings();"
        "db.connect(s.database_url, s.reader_url); print('ready', flush=True); jobs.run(s)"
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(  # noqa: S603 – our own program
            [sys.executable, "-c", program],
            env=environment(house.settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.7)
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


# --- The command line -------------------------------------------------------------------------


def asked(house: House, *words: str) -> str:
    result = CliRunner().invoke(digest, words, obj=house.settings, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The moment at which the command line is used."""
    moments: list[object] = [FIXED]
    monkeypatch.setattr(clock, "now", lambda: moments[-1])
    return moments


def test_on_the_command_line_a_letter_is_drafted_shown_and_approved_in_a_members_name(
    house: House, writer: Actor, at: list[object]
) -> None:
    with db.transaction(writer.gate) as session:
        fixing.fix(session, writer, W47, now=FIXED)
    assert asked(house, "draft", WEEK).startswith("Brev 2026-W47: utkast.")
    shown = asked(house, "preview", WEEK)
    assert shown.startswith("Ämne: Lägesbild v. 47 – inget nytt att rapportera\n\nLÄGESBILD")
    at.append(APPROVED)
    with pytest.raises(NotAllowedError, match="Du har skrivit brevet"):
        asked(house, "approve", WEEK, "--user", WRITER)
    assert "godkänt" in asked(house, "approve", WEEK, "--user", APPROVER)
    house.tick(DUE)
    assert house.arrived == {CHAIR: 1, WRITER: 1}
    assert f"{CHAIR}: mottaget" in asked(house, "status", WEEK)


def test_on_the_command_line_nobody_approves_without_a_name(house: House, writer: Actor) -> None:
    letters.fixed(writer)
    result = CliRunner().invoke(digest, ["approve", WEEK], obj=house.settings)
    assert result.exit_code != 0
    assert "--user" in result.output


def test_on_the_command_line_an_unapproved_letter_is_not_sent(
    house: House, writer: Actor, at: list[object]
) -> None:
    letters.fixed(writer)
    at.append(DUE + MINUTE)
    with pytest.raises(InvalidError, match="inte godkänt"):
        asked(house, "send", WEEK)
    assert not house.got


def test_on_the_command_line_a_held_letter_is_sent_and_what_became_of_it_is_said(
    house: House, writer: Actor, approver: Actor, at: list[object]
) -> None:
    letters.approved(writer, approver)
    house.tick(DUE + DAY)
    assert letters.run(writer).run.state is RunState.HELD
    at.append(DUE + DAY + MINUTE)
    said = asked(house, "send", WEEK)
    assert said.count("mottaget") == 2
    assert house.arrived[CHAIR] == 1
    assert "Brev 2026-W47: lämnat till mejlservern, försenat." in asked(house, "status", WEEK)
    assert "Larm om uteblivet brev 2026-W47" in asked(house, "status", WEEK)


def test_on_the_command_line_a_notice_that_is_held_is_sent(
    house: House, writer: Actor, at: list[object]
) -> None:
    with db.transaction(writer.gate) as session:
        series.make_ahead(session, system(writer.group), now=NOW)
        series.skip(session, writer, W47, "Få kan komma", version=1, now=NOW)
    house.server.rcpt = "451 Later"
    house.tick(DUE)
    delivering.hold_all(system(writer.group), now=DUE + MINUTE)  # as after a restore
    house.server.rcpt = "250 OK"
    at.append(DUE + 2 * MINUTE)
    assert "mottaget" in asked(house, "send", WEEK)
    assert house.subjects(CHAIR) == ["Ingen lägesbild v. 47"]


def test_on_the_command_line_a_week_without_a_letter_is_a_sentence(
    house: House, writer: Actor
) -> None:
    for command in ("draft", "preview", "status", "send"):
        with pytest.raises(NotFoundError, match="inget brev"):
            asked(house, command, "2026-W40")
    assert letters.runs(writer, "2026-W40") == []
