"""No page opens for a stranger unless it is on the list."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.access.web import OPEN
from lagesbild.base.errors import ConflictError
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn, csrf

SIGN_IN = "/logga-in"


def test_every_other_door_is_closed(app: Flask, stranger: FlaskClient) -> None:
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        path = re.sub(r"<uuid:[^>]+>", "00000000-0000-7000-8000-000000000000", rule.rule)
        path = re.sub(r"<[^>]+>", "1", path)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            tried += 1
            answer = stranger.open(path, method=method)
            to_sign_in = answer.status_code == 303 and SIGN_IN in answer.location
            assert to_sign_in or answer.status_code == 401, f"{method} {path}"
    assert tried > 20


def test_a_stranger_comes_back_to_the_page_after_signing_in(stranger: FlaskClient) -> None:
    assert stranger.get("/g/as/handelser?q=1").location == "/logga-in?next=/g/as/handelser?q%3D1"


def test_the_sign_in_page_never_leads_to_another_site(sign_in: SignIn, app: Flask) -> None:
    sign_in(Role.MEMBER, "polis")
    client = app.test_client()
    for bad in ("https://ond.example/", "//ond.example", "/\\ond.example", "javascript:alert(1)"):
        form = {"mail": "member.polis@as.example", "password": "ett-langt-losenord", "next": bad}
        form["csrf_token"] = csrf(client, SIGN_IN)
        location = client.post(SIGN_IN, data=form).location
        assert location.startswith("/")
        assert "ond" not in location


def test_another_group_is_not_there(police: FlaskClient) -> None:
    assert police.get("/g/annan/handelser").status_code == 404
    assert police.get("/g/as/handelser").status_code == 200


def test_a_program_with_a_wrong_key_is_refused_in_words(stranger: FlaskClient) -> None:
    answer = stranger.get("/api/v1/incidents", headers={"Authorization": "Bearer fel"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert "Nyckeln gäller inte" in answer.get_json()["detail"]


def test_a_form_without_its_token_is_refused(police: FlaskClient) -> None:
    answer = police.post("/g/as/handelser/ny", data={"category": "BRA01"})
    assert answer.status_code == 422
    assert "Ladda om" in answer.text


def test_after_eight_wrong_passwords_the_right_one_waits(sign_in: SignIn, app: Flask) -> None:
    sign_in(Role.MEMBER, "polis")
    client = app.test_client()
    token = csrf(client, SIGN_IN)
    form = {"mail": "member.polis@as.example", "password": "fel", "csrf_token": token}
    for _ in range(8):
        assert client.post(SIGN_IN, data=form).status_code == 401
    form["password"] = "ett-langt-losenord"
    assert client.post(SIGN_IN, data=form).status_code == 429


def test_signing_out_ends_the_session_itself(police: FlaskClient) -> None:
    with police.session_transaction() as cookie:
        secret = cookie["secret"]
    token = csrf(police, "/g/as/handelser")
    assert police.post("/logga-ut", data={"csrf_token": token}).status_code == 303
    with police.session_transaction() as cookie:
        cookie["secret"] = secret
    assert police.get("/g/as/handelser").status_code == 303


def test_roles_begin_where_their_work_is(sign_in: SignIn) -> None:
    assert sign_in(Role.REPORTER, "kommun").get("/g/as/").location == "/g/as/handelser"
    assert sign_in(Role.READER, "kommun").get("/g/as/").location == "/g/as/utskick"
    assert sign_in(Role.AUDITOR, "kommun").get("/g/as/").location == "/g/as/logg"


def test_a_reader_gets_no_incident_and_no_week(sign_in: SignIn) -> None:
    reader = sign_in(Role.READER, "kommun")
    pages = ("handelser", "handelser/ny", "karta/handelser.geojson", "karta/blad.pdf")
    for page in pages:
        assert reader.get(f"/g/as/{page}").status_code == 403, page
    assert reader.get("/g/as/vecka/2026-W47").location == "/g/as/utskick/2026-W47"
    assert reader.get("/api/v1/incidents").status_code == 403
    assert reader.get("/api/v1/weeks/2026-W47").status_code == 403


def test_every_page_carries_a_strict_policy(police: FlaskClient, stranger: FlaskClient) -> None:
    for answer in (police.get("/g/as/"), stranger.get(SIGN_IN), stranger.get("/finns/inte")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r'\sstyle="|\son\w+="', answer.text)


def test_a_new_password_ends_old_sessions_and_opens_the_door(
    police: FlaskClient, group: Group, app: Flask
) -> None:
    mail = "member.polis@as.example"
    access.change_password(system(group), mail, "ett-nytt-losenord", now=NOW)
    assert police.get("/g/as/handelser").status_code == 303
    client = app.test_client()
    form = {"mail": mail, "password": "ett-nytt-losenord", "csrf_token": csrf(client, SIGN_IN)}
    assert client.post(SIGN_IN, data=form).location == "/"


def test_a_disabled_person_is_out_at_once(
    police: FlaskClient, program: dict[str, str], group: Group
) -> None:
    access.disable(system(group), "member.polis@as.example", now=NOW)
    assert police.get("/g/as/handelser").status_code == 303
    assert police.get("/api/v1/incidents", headers=program).status_code == 401
    with pytest.raises(ConflictError, match="user enable"):
        access.add_member(
            system(group),
            Newcomer("member.polis@as.example", "Prov"),
            organisation="polis",
            role=Role.MEMBER,
            now=NOW,
        )
    access.enable(system(group), "member.polis@as.example", now=NOW)
    csrf(police, SIGN_IN)
