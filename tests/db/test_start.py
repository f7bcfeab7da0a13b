"""What an empty database becomes, and several who begin at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import Connection

from lagesbild import running
from lagesbild.access import service as access
from lagesbild.access.rules import EXAMPLE, EXAMPLE_MAIL, Newcomer
from lagesbild.base import db
from lagesbild.base.errors import ConflictError, SetupError
from lagesbild.base.settings import Settings
from lagesbild.demo import service as demo
from lagesbild.people.rules import system
from lagesbild.start import service
from lagesbild.start.cli import start_code
from lagesbild.start.rules import First
from tests.build import NOW
from tests.conftest import PASSWORD


def first(slug: str = "as", code: str = "0001") -> First:
    person = Newcomer(f"samordnare@{slug}.example", "Säkerhetssamordnare", PASSWORD)
    return First(f"{slug} kommun", code, slug, 3, time(9), person)


@pytest.fixture
def keyed(connection: Connection, tmp_path: Path) -> Settings:
    """Settings of an installation whose database is empty."""
    assert connection.in_transaction()
    return Settings(data_dir=tmp_path, secret_key=SecretStr("nyckel"))


@pytest.fixture
def committed(own_database: Settings) -> Iterator[Settings]:
    """A database that several may write to at once, by the program's own login."""
    for factory in db.MAKERS:
        factory.configure(join_transaction_mode="conditional_savepoint")  # SQLAlchemy's default
    db.connect(own_database.database_url, own_database.reader_url)
    yield own_database
    db.forget_connections()


@pytest.mark.usefixtures("committed")
def test_the_programs_own_login_may_begin() -> None:
    service.begin(first(), now=NOW)
    assert access.sign_in("samordnare@as.example", PASSWORD, address="::1", now=NOW)


@pytest.mark.usefixtures("committed")
def test_of_several_who_begin_at_once_one_does() -> None:
    def attempt(number: int) -> str:
        try:
            service.begin(first(f"k{number}", f"000{number}"), now=NOW)
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(1, 5)))
    assert sorted(bool(answer) for answer in answers) == [False, True, True, True]
    assert len(access.groups()) == 1


@pytest.mark.usefixtures("committed")
def test_the_example_and_a_municipality_that_begin_at_once_do_not_meet() -> None:
    def example() -> None:
        access.add_municipality(slug="demo", name="Demo", code="0000", now=NOW)

    def own() -> None:
        service.begin(first(), now=NOW)

    def attempt(make: Callable[[], None]) -> bool:
        try:
            make()
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (example, own))) == [False, True]


@pytest.mark.usefixtures("connection")
def test_a_beginning_that_fails_leaves_nobody_behind() -> None:
    access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    with pytest.raises(ConflictError):
        service.begin(first("by", "0002"), now=NOW)
    with pytest.raises(ConflictError):
        service.begin(first("by", "0002"), now=NOW)
    known = access.groups()
    with db.reading(system(known[0]).gate) as session:
        assert access.members(session, system(known[0])) == []


def test_own_makes_nothing_and_says_where_to_go_on(keyed: Settings) -> None:
    said = running._begun(keyed, running.OWN)
    assert access.groups() == []
    assert f"http://localhost:8000/start?kod={service.setup_code('nyckel')}" in said


def test_production_is_never_asked_and_never_the_example(keyed: Settings) -> None:
    settings = keyed.model_copy(update={"env": "production"})
    assert running._chosen(settings, "") == running.OWN
    with pytest.raises(SetupError, match="i drift"):
        running._chosen(settings, running.DEMO)


def test_what_was_said_beforehand_is_not_asked(keyed: Settings) -> None:
    assert running._chosen(keyed, running.OWN) == running.OWN


def test_where_nobody_can_answer_nothing_is_asked(
    keyed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(click, "prompt", lambda *_, **__: pytest.fail("asked"))
    assert running._chosen(keyed, "") == ""


@pytest.mark.parametrize(("answer", "chosen"), [("1", running.DEMO), ("2", running.OWN)])
def test_somebody_at_a_terminal_is_asked(
    keyed: Settings, monkeypatch: pytest.MonkeyPatch, answer: str, chosen: str
) -> None:
    monkeypatch.setattr(running, "_can_answer", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: answer)
    assert running._chosen(keyed, "") == chosen


def test_a_database_with_a_municipality_asks_nothing(
    keyed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    monkeypatch.setattr(running, "_can_answer", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: pytest.fail("asked"))
    assert "Logga in med din e-post" in running._begun(keyed, running._chosen(keyed, ""))


def test_own_in_the_examples_database_is_refused(keyed: Settings) -> None:
    access.add_municipality(slug="demo", name="Demo", code="0000", now=NOW)
    with pytest.raises(SetupError, match="blandas aldrig"):
        running._begun(keyed, running.OWN)


def test_the_example_in_a_municipalitys_database_is_refused(keyed: Settings) -> None:
    access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    with pytest.raises(SetupError, match="har redan en kommun"):
        running._begun(keyed, running.DEMO)
    assert [group.slug for group in access.groups()] == ["as"]


def test_the_command_shows_the_code_until_there_is_a_municipality(keyed: Settings) -> None:
    shown = CliRunner().invoke(start_code, obj=keyed, catch_exceptions=False)
    assert service.setup_code("nyckel") in shown.output
    access.add_municipality(slug="as", name="Ås", code="0001", now=NOW)
    refused = CliRunner().invoke(start_code, obj=keyed)
    assert isinstance(refused.exception, SetupError)


def test_the_example_has_the_names_that_the_door_knows() -> None:
    assert demo.SLUG == EXAMPLE
    assert all(person.mail.endswith(EXAMPLE_MAIL) for person in demo.sign_ins())
