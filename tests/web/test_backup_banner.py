"""A restored copy says so on every page, and asks the database once a minute."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text

from lagesbild.base.settings import Settings
from lagesbild.instance import web
from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, new_app

BANNER = "Det här är en återställd kopia. Inga brev skickas."
PAGES = ("", "handelser", "omraden", "utskick", "handelser/ny", "logg")


@pytest.fixture
def made_app(cluster: Settings) -> Flask:
    """What it has heard of the database, an application keeps for a minute."""
    return new_app(cluster)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the watch sees, which the test moves."""
    seconds = [0.0]
    monkeypatch.setattr(web, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def restored(connection: Connection) -> None:
    connection.execute(text("DELETE FROM installation"))


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("role", Role)
def test_every_page_of_every_role_says_that_it_is_a_copy(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role, "kommun")
    for page in PAGES:
        answer = client.get(f"/g/as/{page}", follow_redirects=True)
        assert BANNER in answer.text, (page, answer.status_code)
        assert "lagesbild resume" in answer.text


@pytest.mark.usefixtures("restored", "group")
def test_strangers_and_lost_people_are_told_too(stranger: FlaskClient) -> None:
    assert BANNER in stranger.get("/logga-in").text
    assert BANNER in stranger.put("/logga-in").text


@pytest.mark.usefixtures("group")
def test_an_installation_of_its_own_says_nothing(stranger: FlaskClient) -> None:
    assert BANNER not in stranger.get("/logga-in").text


@pytest.mark.usefixtures("group")
def test_the_database_is_asked_once_a_minute(
    stranger: FlaskClient, connection: Connection, clock: list[float]
) -> None:
    asked = []

    @event.listens_for(connection, "before_cursor_execute")
    def _note(*arguments: object) -> None:
        asked.extend([a for a in arguments if isinstance(a, str) and "installation" in a])

    for seconds in (0, 1, 60, 61, 62):
        clock[0] = seconds
        assert stranger.get("/logga-in").status_code == 200
    assert len(asked) == 2


@pytest.mark.usefixtures("group")
def test_pages_notice_a_restore_within_a_minute(
    stranger: FlaskClient, connection: Connection, clock: list[float]
) -> None:
    assert BANNER not in stranger.get("/logga-in").text
    connection.execute(text("RESET ROLE"))
    connection.execute(text("DELETE FROM installation"))
    assert BANNER not in stranger.get("/logga-in").text
    clock[0] = 61
    assert BANNER in stranger.get("/logga-in").text


def test_neither_the_api_nor_the_sign_of_life_asks(
    app: Flask, program: dict[str, str], connection: Connection, clock: list[float]
) -> None:
    clock[0] = 1000  # what was known when the program's person signed in is old
    asked = []

    @event.listens_for(connection, "before_cursor_execute")
    def _note(*arguments: object) -> None:
        asked.extend([a for a in arguments if isinstance(a, str) and "installation" in a])

    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    assert client.get("/api/v1/incidents", headers=program).status_code == 200
    assert asked == []
