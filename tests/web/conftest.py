"""The whole application on the database of the test, as a browser or a program sees it."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.app import create_app
from lagesbild.base import clock, db
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Group, Role, system
from tests import letters
from tests.build import NOW
from tests.conftest import PASSWORD
from tests.letters import FIXED

BOSS = "coordinator.kommun@as.example"  # the mail address of `boss`
SignIn = Callable[[Role, str], FlaskClient]


def new_app(cluster: Settings) -> Flask:
    """Return an application that nobody has asked anything yet."""
    app = create_app(cluster.model_copy(update={"secret_key": SecretStr("prov")}))
    app.testing = True
    return app


@pytest.fixture(scope="session")
def made_app(cluster: Settings) -> Flask:
    """The application, made once: that takes longer than most tests."""
    return new_app(cluster)


@pytest.fixture
def app(
    made_app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The application, bound to the connection that the test rolls back, as are its settings."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for factory in db.MAKERS:
        factory.configure(bind=connection, join_transaction_mode="create_savepoint")
    usual = made_app.config.copy()
    yield made_app
    made_app.config.clear()
    made_app.config.update(usual)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, group: Group) -> SignIn:
    """Return a function that makes a person and signs them in through the page."""

    def signed_in(role: Role, organisation: str) -> FlaskClient:
        mail = f"{role}.{organisation}@as.example"
        access.add_member(
            system(group),
            Newcomer(mail, "Prov", PASSWORD),
            organisation=organisation,
            role=role,
            now=NOW,
        )
        client = app.test_client()
        form = {"mail": mail, "password": PASSWORD, "csrf_token": csrf(client, "/logga-in")}
        assert client.post("/logga-in", data=form).status_code == 303
        return client

    return signed_in


@pytest.fixture
def police(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.MEMBER, "polis")


@pytest.fixture
def boss(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.COORDINATOR, "kommun")


@pytest.fixture
def thursday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The day of the meeting, as it is now: who signs in the day before is out again."""
    assert app.testing
    monkeypatch.setattr(clock, "now", lambda: FIXED)
    return FIXED


@pytest.fixture
def chair_listed(thursday: datetime, boss: FlaskClient, group: Group) -> FlaskClient:
    """The coordinator, who has put the chair on a list that day."""
    coordinator = access.actor_named(group, BOSS)
    letters.listed(coordinator, starts_on=thursday.date(), now=thursday)
    return boss


@pytest.fixture
def program(app: Flask, group: Group, police: FlaskClient) -> dict[str, str]:
    """The headers of a program that acts for the police."""
    assert police.application is app
    secret = access.add_token(group, mail="member.polis@as.example", name="prov", now=NOW)
    return {"Authorization": f"Bearer {secret}"}


def csrf(client: FlaskClient, page: str) -> str:
    """Return the token of a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]
