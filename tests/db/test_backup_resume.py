"""A restored copy sends nothing until it is told to; nor does a copy made in another way."""

import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, make_url

from lagesbild import jobs, schema
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.backup import service as backup
from lagesbild.backup.cli import resume
from lagesbild.base import clock, db
from lagesbild.base.clock import Period
from lagesbild.base.errors import SetupError
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests.cli import digest
from lagesbild.digests.rules import Kind, RunState
from lagesbild.digests.service import delivering, looking
from lagesbild.instance import service
from lagesbild.instance.rules import Standing
from lagesbild.meetings.service import series
from lagesbild.people.rules import Actor, Role, system
from tests.build import NOW
from tests.db.conftest import asked, backed_up, database_from, restored
from tests.letters import (
    A_WEEK,
    APPROVED,
    CHAIR,
    DUE,
    FIXED,
    HOUR,
    MINUTE,
    W47,
    House,
    approve,
    approved,
    edited,
    kinds,
    listed,
    run,
    send,
    taken_back,
)
from tests.post import Server, running

NONE = timedelta()
BUSY, FINE = "450 Try later", "250 OK"


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def port(server: Server) -> Iterator[int]:
    with running(server) as port:
        yield port


def person(organisation: str) -> Actor:
    return access.actor_named(access.group_named("as"), f"{organisation}@as.example")


def told(server: Server, to: str = CHAIR) -> list[str]:
    """Return the subjects of what somebody has got."""
    return House(Settings(), server).subjects(to)


def agreed(period: Period = W47, *, after: timedelta = NONE) -> None:
    """Let the group fix its picture and approve its letter."""
    approved(
        person("kommun"), person("polis"), period, fixed_at=FIXED + after, now=APPROVED + after
    )


def letters(server: Server) -> list[bytes]:
    """What has arrived of letters; notices say that a picture is fixed."""
    return [each for each in server.got if b"Subject: =?utf-8?q?L=C3=A4gesbild_v=2E" in each]


def bound(settings: Settings) -> Settings:
    db.forget_connections()
    for factory in db.MAKERS:
        factory.configure(join_transaction_mode="conditional_savepoint")  # SQLAlchemy's default
    db.connect(settings.database_url, settings.reader_url)
    return settings


@pytest.fixture
def original(own_database: Settings, tmp_path: Path, port: int) -> Iterator[Settings]:
    """A claimed installation with a group, whose letter is approved and not due yet."""
    (tmp_path / "original").mkdir()
    changes = {"data_dir": tmp_path / "original", "smtp_url": f"smtp://127.0.0.1:{port}"}
    settings = bound(own_database.model_copy(update=changes))
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)
    for organisation, role in (("kommun", Role.COORDINATOR), ("polis", Role.MEMBER)):
        newcomer = Newcomer(f"{organisation}@as.example", "Prov")
        access.add_member(system(group), newcomer, organisation=organisation, role=role, now=NOW)
    service.claim(settings)
    agreed()
    yield settings
    db.forget_connections()


@pytest.fixture
def target(target: Settings, port: int) -> Settings:
    return target.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})


def copied(original: Settings, target: Settings, tmp_path: Path) -> Settings:
    """Restore the original somewhere else, and work there from now on."""
    db.forget_connections()
    backed_up(original, tmp_path / "kopia")
    restored(target, tmp_path / "kopia")
    return bound(target)


def actor() -> Actor:
    return system(access.group_named("as"))


def states() -> tuple[list[RunState], list[State]]:
    with db.reading(actor().gate) as session:
        runs = [run for run in looking.runs(session, actor()) if run.kind is Kind.LETTER]
        wholes = [looking.run(session, actor(), run.id) for run in runs]
    deliveries = [delivery.state for whole in wholes for delivery in whole.deliveries]
    return [run.state for run in runs], deliveries


def test_the_installation_that_was_first_sends(original: Settings, server: Server) -> None:
    assert service.standing(original) is Standing.OURS
    jobs.tick(original, DUE)
    assert len(letters(server)) == 1


def test_case_02_a_restored_copy_writes_and_sends_nothing(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    for minute in range(3):
        jobs.tick(copy, DUE + minute * MINUTE)
    assert (server.got, states()) == ([], ([RunState.APPROVED], []))


def test_case_02_what_was_on_its_way_stays_as_it_was(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    server.rcpt = BUSY
    jobs.tick(original, DUE)
    before = states()
    server.rcpt = FINE
    copy = copied(original, target, tmp_path)
    jobs.tick(copy, DUE + HOUR)
    assert before == states() == ([RunState.RELEASED], [State.PENDING])
    assert server.got == []


@pytest.mark.usefixtures("original")
def test_case_02_no_letter_is_sent_by_hand_from_a_copy(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    result = CliRunner().invoke(digest, ["send", "2026-W40"], obj=copy)
    assert isinstance(result.exception, SetupError)
    assert "Kör lagesbild resume" in str(result.exception)
    assert (server.got, states()) == ([], ([RunState.APPROVED], []))


def test_case_02_even_where_the_original_was_the_restored_database_sends_nothing(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path).model_copy(update={"data_dir": original.data_dir})
    jobs.tick(copy, DUE)
    assert service.standing(copy) is Standing.RESTORED
    assert server.got == []


def test_case_02_after_resuming_what_was_due_waits_for_a_person(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    held = backup.resume(copy, now=DUE + HOUR)
    assert held is not None
    assert [(letter.group.slug, letter.run.week) for letter in held] == [("as", "2026-W47")]
    jobs.tick(copy, DUE + HOUR)
    assert (server.got, states()) == ([], ([RunState.HELD], []))


def test_case_02_after_resuming_only_the_coordinator_hears_that_the_letter_is_late(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + HOUR)
    for minutes in range(0, 180, 30):
        jobs.tick(copy, DUE + HOUR + minutes * MINUTE)
    [alarm] = server.got
    assert b"To: kommun@as.example" in alarm
    assert b"Larm" in alarm


def test_case_02_after_resuming_what_was_on_its_way_waits_for_a_person_too(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    server.rcpt = BUSY
    jobs.tick(original, DUE)
    server.rcpt = FINE
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + MINUTE)
    jobs.tick(copy, DUE + HOUR)
    assert (server.got, states()) == ([], ([RunState.HELD], [State.PENDING]))
    with db.reading(actor().gate) as session:
        run = looking.newest(session, actor(), W47.name)
    assert run.due_at == DUE
    with db.transaction(actor().gate) as session:
        delivering.send(session, actor(), run.id, domain="as.example", now=DUE + HOUR)
    jobs.tick(copy, DUE + HOUR)
    assert len(letters(server)) == 1


def test_case_02_after_resuming_the_next_letter_goes_by_itself(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + HOUR)
    agreed(W47.previous(-1), after=A_WEEK)
    jobs.tick(copy, DUE + A_WEEK)
    assert len(letters(server)) == 1
    assert states()[0] == [RunState.RELEASED, RunState.HELD]


def test_case_02_a_held_letter_goes_when_a_person_has_decided_and_once(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    listed(person("kommun"))
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + HOUR)
    send(person("kommun"), run(actor()).run, now=DUE + HOUR)
    jobs.tick(copy, DUE + HOUR + MINUTE)
    jobs.tick(copy, DUE + HOUR + 2 * MINUTE)
    assert [subject.partition(" –")[0] for subject in told(server)] == ["Lägesbild v. 47"]


def test_case_02_a_draft_that_was_due_waits_for_an_approval_and_for_a_decision(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    boss, police = person("kommun"), person("polis")
    listed(boss)
    made = run(boss).run
    taken_back(boss, made.id)
    copy = copied(original, target, tmp_path)
    held = backup.resume(copy, now=DUE + HOUR)  # the original may have sent it meanwhile
    assert held is not None
    assert [letter.run.id for letter in held] == [made.id]
    edited(boss, made, short="Lugn vecka.", now=DUE + HOUR)
    approve(police, made.id, now=DUE + HOUR)
    jobs.tick(copy, DUE + HOUR + MINUTE)
    assert (told(server), states()[0]) == ([], [RunState.HELD])
    taken_back(boss, made.id, now=DUE + HOUR)
    approve(police, made.id, now=DUE + HOUR)
    send(boss, run(boss).run, now=DUE + HOUR)
    jobs.tick(copy, DUE + HOUR + 2 * MINUTE)
    assert [subject.partition(" –")[0] for subject in told(server)] == ["Lägesbild v. 47"]


def test_case_02_neither_notice_nor_reminder_is_told_again(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    boss = person("kommun")
    listed(boss)
    taken_back(boss, run(boss).run.id)
    copy = copied(original, target, tmp_path)
    bound(original)
    jobs.tick(original, DUE - HOUR)  # after the backup was taken
    jobs.tick(original, DUE)
    before = len(server.got)
    bound(copy)
    backup.resume(copy, now=DUE + MINUTE)
    for minutes in (1, 2, 60):
        jobs.tick(copy, DUE + minutes * MINUTE)
    assert len(server.got) == before
    assert told(server) == ["Lägesbild v. 47 är försenad"]


def test_case_02_what_is_still_to_come_is_told(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    boss = person("kommun")
    listed(boss)
    taken_back(boss, run(boss).run.id)
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE - MINUTE)
    jobs.tick(copy, DUE - MINUTE)
    assert server.got == []  # the reminder may have gone
    jobs.tick(copy, DUE)
    assert told(server) == ["Lägesbild v. 47 är försenad"]
    jobs.tick(copy, DUE + 2 * HOUR)
    assert "Larm: brevet för v. 47 har inte gått" in told(server, "kommun@as.example")


def test_case_02_a_notice_of_no_meeting_is_not_told_again(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    listed(person("kommun"))
    following = W47.previous(-1)
    with db.transaction(person("kommun").gate) as session:
        series.make_ahead(session, actor(), now=NOW)
        series.skip(session, person("kommun"), following, "Få kan", version=1, now=NOW)
    jobs.tick(original, DUE)
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + A_WEEK + MINUTE)
    jobs.tick(copy, DUE + A_WEEK + MINUTE)
    assert [subject.partition(" –")[0] for subject in told(server)] == ["Lägesbild v. 47"]
    assert kinds(actor(), following.name) == [Kind.NONE]


def test_resuming_says_what_is_held_by_its_name(
    original: Settings,
    target: Settings,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boss, following = person("kommun"), W47.previous(-1)
    listed(boss)
    with db.transaction(boss.gate) as session:
        series.make_ahead(session, actor(), now=NOW)
        series.skip(session, boss, following, "Få kan", version=1, now=NOW)
    jobs.tick(original, DUE)
    server.rcpt = BUSY
    jobs.tick(original, DUE + A_WEEK)
    copy = copied(original, target, tmp_path)
    monkeypatch.setattr(clock, "now", lambda: DUE + A_WEEK + MINUTE)
    said = CliRunner().invoke(resume, obj=copy, catch_exceptions=False).output
    assert "Beskedet om uppehåll från v. 48 i gruppen Ås kommun skulle ha gått tors" in said
    assert "Brevet" not in said


def test_resuming_says_what_waits_and_that_the_original_may_still_run(
    original: Settings, target: Settings, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    said = CliRunner().invoke(resume, obj=copy, catch_exceptions=False).output
    assert "Från och med nu skickas brev härifrån." in said
    assert "stäng av ett av dem" in said
    again = CliRunner().invoke(resume, obj=copy, catch_exceptions=False).output
    assert again == "Brev skickas redan härifrån. Inget är ändrat.\n"


def test_the_original_is_not_touched_by_its_copy(
    original: Settings, target: Settings, server: Server, tmp_path: Path
) -> None:
    copy = copied(original, target, tmp_path)
    backup.resume(copy, now=DUE + HOUR)
    bound(original)
    assert service.standing(original) is Standing.OURS
    jobs.tick(original, DUE)
    assert len(letters(server)) == 1


def test_case_02_a_second_installation_on_the_same_database_sends_nothing(
    original: Settings, server: Server, tmp_path: Path
) -> None:
    second = original.model_copy(update={"data_dir": tmp_path})
    service.claim(second)
    assert service.standing(second) is Standing.STRANGER
    jobs.tick(second, DUE)
    assert server.got == []
    backup.resume(second, now=DUE - HOUR)
    assert service.standing(second) is Standing.OURS
    assert service.standing(original) is Standing.STRANGER


def test_a_copied_data_folder_is_noticed_though_the_database_is_the_same(
    original: Settings, tmp_path: Path
) -> None:
    (tmp_path / "instance").write_bytes((original.data_dir / "instance").read_bytes())
    moved = original.model_copy(update={"data_dir": tmp_path})
    assert service.standing(moved) is Standing.MOVED
    backup.resume(moved, now=NOW)
    assert service.standing(moved) is Standing.OURS


def test_a_database_that_was_copied_with_other_tools_is_noticed(
    original: Settings, cluster: Settings, engine: Engine
) -> None:
    db.forget_connections()
    template = make_url(original.owner_url).database or ""
    with database_from(cluster, engine, original.data_dir, template) as copy:
        bound(copy)
        assert service.standing(copy) is Standing.ELSEWHERE
        backup.resume(copy, now=NOW)
        assert service.standing(copy) is Standing.OURS


def test_machines_that_share_a_given_name_are_one_installation(
    original: Settings, tmp_path: Path
) -> None:
    named = {"instance": "as-drift"}
    one, other = (
        original.model_copy(update={**named, "data_dir": folder})
        for folder in (original.data_dir, tmp_path)
    )
    assert service.standing(one) is Standing.STRANGER
    backup.resume(one, now=NOW)
    assert service.standing(one) is service.standing(other) is Standing.OURS
    third = other.model_copy(update={"instance": "as-prov"})
    assert service.standing(third) is Standing.STRANGER


def test_a_new_database_is_taken_once_however_many_start(
    own_database: Settings, tmp_path: Path
) -> None:
    bound(own_database)
    many = []
    for number in range(6):
        (tmp_path / str(number)).mkdir()
        many.append(own_database.model_copy(update={"data_dir": tmp_path / str(number)}))
    starts = [threading.Thread(target=service.claim, args=[settings]) for settings in many]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    found = [service.standing(settings) for settings in many]
    assert sorted(found) == [Standing.OURS, *[Standing.STRANGER] * 5]
    owner = many[found.index(Standing.OURS)].data_dir / "instance"
    assert stat.S_IMODE(owner.stat().st_mode) == 0o600
    db.forget_connections()


def test_two_starts_in_one_folder_agree(own_database: Settings, tmp_path: Path) -> None:
    settings = bound(own_database.model_copy(update={"data_dir": tmp_path}))
    starts = [threading.Thread(target=service.claim, args=[settings]) for _ in range(4)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert service.standing(settings) is Standing.OURS
    db.forget_connections()


def test_no_start_takes_a_database_while_it_is_being_restored(
    own_database: Settings, tmp_path: Path
) -> None:
    settings = bound(own_database.model_copy(update={"data_dir": tmp_path}))
    with psycopg.connect(settings.owner_url, autocommit=True) as restoring:
        restoring.execute("SELECT pg_advisory_lock(hashtext('lagesbild.installation'))")
        start = threading.Thread(target=service.claim, args=[settings])
        start.start()
        start.join(0.3)
        assert start.is_alive()
        restoring.execute("DELETE FROM installation")
        restoring.execute("SELECT pg_advisory_unlock_all()")
        start.join()
    assert service.standing(settings) is Standing.RESTORED
    db.forget_connections()


def test_only_the_owner_writes_whose_database_it_is(own_database: Settings) -> None:
    for role in ("lagesbild_program", "lagesbild_door"):
        url = own_database.database_url
        with (
            psycopg.connect(url, options=f"-c role={role}") as login,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            login.execute("UPDATE installation SET name = 'x', place = 'y'")
    assert asked(own_database.owner_url, "SELECT name FROM installation") == [(None,)]
    assert schema.revisions(own_database.owner_url)[0] is not None
