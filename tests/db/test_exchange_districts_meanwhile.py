"""A correction of outlines, and others who store incidents at the same time."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from lagesbild.access import service as access
from lagesbild.base import db
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import ConflictError
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.districts.store import versions as locks
from lagesbild.exchange.rules.outlines.moves import Moves
from lagesbild.exchange.service import outlines as service
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.service import single as incidents
from lagesbild.people.rules import Group, Organisation, system
from tests.build import NOW, SOURCE, SQUARES, draft
from tests.db.corrected import CORRECT, LATER, correct, place_of, report, write

# --- Others at the same time ----------------------------------------------------------------


@pytest.fixture
def committed(own_database: Settings) -> Iterator[tuple[Group, Organisation]]:
    """A municipality in a database of its own, where others may write at the same time."""
    db.connect(own_database.database_url, own_database.reader_url)
    group = access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    with transaction(system(group).gate) as session:
        districts.put_version(session, system(group), SOURCE, SQUARES, now=NOW)
        police = access.organisation_named(session, system(group), "polis")
    yield group, police
    db.forget_connections()


def wait_for_a_waiter(session: Session) -> None:
    """Return when another transaction waits for the lock of the outlines."""
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    until = time.monotonic() + 10
    while not session.execute(query).scalar_one():
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)


def test_who_reports_during_a_correction_waits_and_gets_the_right_district(
    committed: tuple[Group, Organisation], tmp_path: Path
) -> None:
    group, police = committed
    actor = system(group, police.id)
    done = list[Incident]()
    reporter = threading.Thread(target=lambda: done.append(report(actor)))
    with transaction(system(group).gate) as session:
        service.import_districts(session, system(group), write(tmp_path), CORRECT, now=LATER)
        reporter.start()
        wait_for_a_waiter(session)
    reporter.join(10)
    assert place_of(actor, done[0]) == "Södra Ås"


def test_a_correction_waits_for_those_who_report(
    committed: tuple[Group, Organisation], tmp_path: Path
) -> None:
    group, police = committed
    actor = system(group, police.id)
    moves = list[Moves]()
    file = write(tmp_path)
    corrector = threading.Thread(target=lambda: moves.append(correct(group, file)))
    with transaction(actor.gate) as session:
        wanted = draft(organisation_id=police.id)
        incident = incidents.report(session, actor, wanted, now=NOW)
        corrector.start()
        wait_for_a_waiter(session)
    corrector.join(10)
    assert moves[0].total == 1
    assert place_of(actor, incident) == "Södra Ås"


def test_a_correction_gives_up_when_a_long_import_runs(
    committed: tuple[Group, Organisation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, police = committed
    actor = system(group, police.id)
    monkeypatch.setattr(locks, "LOCK_WAIT", "100ms")
    with transaction(actor.gate) as session:
        incidents.report(session, actor, draft(organisation_id=police.id), now=NOW)
        with pytest.raises(ConflictError, match="Någon läser in händelser just nu"):
            correct(group, write(tmp_path))


def test_the_locks_of_two_municipalities_differ() -> None:
    assert locks.lock_key(UUID(int=1)) != locks.lock_key(UUID(int=2))
