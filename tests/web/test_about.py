"""The accessibility statement, what is stored, and the choice of light and size."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import csrf

STATEMENT = "/tillganglighet"


@pytest.mark.parametrize("page", [STATEMENT, "/om-uppgifterna"])
def test_anybody_may_read_what_the_service_says_about_itself(
    page: str, stranger: FlaskClient
) -> None:
    answer = stranger.get(page)
    assert answer.status_code == 200
    assert "Logga ut" not in answer.text


def test_who_is_signed_in_keeps_the_menu(police: FlaskClient) -> None:
    assert 'href="/g/as/handelser"' in police.get(STATEMENT).text


def test_the_statement_names_whom_to_write_to(app: Flask, stranger: FlaskClient) -> None:
    assert "gruppens samordnare" in stranger.get(STATEMENT).text
    app.config["CONTACT"] = "trygg@as.example"
    assert "mailto:trygg@as.example" in stranger.get(STATEMENT).text


@pytest.mark.parametrize(
    "said",
    ["delvis förenlig", "2018:1937", "Senaste bedömning", 'href="https://www.digg.se/tdosanmalan"'],
)
def test_the_statement_says_what_the_law_asks_for(said: str, stranger: FlaskClient) -> None:
    assert said in stranger.get(STATEMENT).text


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("tema", "dark", 'data-theme="dark"'),
        ("tema", "light", 'data-theme="light"'),
        ("vy", "projector", 'data-view="projector"'),
    ],
)
def test_a_choice_of_looks_is_kept(name: str, value: str, seen: str, police: FlaskClient) -> None:
    assert seen not in police.get("/g/as/").text
    sent = {
        name: value,
        "back": "/g/as/handelser?week=2026-W47",
        "csrf_token": csrf(police, "/g/as/"),
    }
    answer = police.post("/visning", data=sent)
    assert answer.location == "/g/as/handelser?week=2026-W47"
    assert seen in police.get("/g/as/").text


def test_an_unknown_look_is_not_kept(police: FlaskClient) -> None:
    police.post("/visning", data={"tema": '"><script>'})
    assert police.get_cookie("tema") is None


@pytest.mark.parametrize(
    "back", ["//ond.example", "https://ond.example/", "javascript:x", "", "\\\\ond.example"]
)
def test_the_way_back_never_leaves_the_service(back: str, police: FlaskClient) -> None:
    place = police.post("/visning", data={"vy": "normal", "back": back}).location
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
