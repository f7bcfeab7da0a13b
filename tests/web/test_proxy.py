"""Behind a proxy of one's own, and without one."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from pydantic import SecretStr
from sqlalchemy import Connection

from lagesbild.app import create_app
from lagesbild.base import db
from lagesbild.base.settings import Settings

Build = Callable[..., Flask]
FORGED = {"X-Forwarded-For": "203.0.113.7, 198.51.100.9", "X-Forwarded-Proto": "https"}


@pytest.fixture
def build(cluster: Settings, connection: Connection) -> Iterator[Build]:
    assert not connection.closed

    def built(**changes: object) -> Flask:
        secret = {"secret_key": SecretStr("prov")}
        app = create_app(cluster.model_copy(update=secret | changes))
        app.add_url_rule("/prov", "static_prov", lambda: f"{request.remote_addr} {request.scheme}")
        app.view_functions["access.live"] = app.view_functions["static_prov"]
        return app

    yield built
    db.forget_connections()  # these applications ask the real database


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1 http"), (1, "198.51.100.9 https")])
def test_a_forwarded_address_is_believed_only_from_a_proxy_of_ones_own(
    proxies: int, seen: str, build: Build
) -> None:
    client = build(proxies=proxies).test_client()
    assert client.get("/health/live", headers=FORGED).text == seen


@pytest.mark.parametrize(
    ("base_url", "told"), [("https://as.example", "max-age=31536000"), ("http://as.example", None)]
)
def test_browsers_are_told_to_stay_with_https_where_there_is_one(
    base_url: str, told: str | None, build: Build
) -> None:
    answer = build(base_url=base_url).test_client().get("/logga-in")
    assert answer.headers.get("Strict-Transport-Security") == told
