"""Choosing what one is told of, and where the link in a mail leads."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lagesbild.notices import service
from lagesbild.notices.rules import Kind
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.conftest import PASSWORD
from tests.web.conftest import SignIn, csrf

PAGE = "/g/as/aviseringar"


def choose(client: FlaskClient, *kinds: str) -> str:
    data = {"kind": list(kinds), "csrf_token": csrf(client, PAGE)}
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 303
    return client.get(answer.location).text


def test_everything_is_on_until_somebody_chooses(police: FlaskClient) -> None:
    assert police.get(PAGE).text.count(" checked") == len(Kind)


def test_what_is_chosen_is_kept(police: FlaskClient) -> None:
    page = choose(police, "bild", "fraga", "okand")
    assert "Sparat." in page
    assert page.count(" checked") == 2
    assert choose(police, *Kind).count(" checked") == len(Kind)


def test_one_persons_choice_is_nobody_elses(police: FlaskClient, sign_in: SignIn) -> None:
    choose(police)
    assert sign_in(Role.REPORTER, "polis").get(PAGE).text.count(" checked") == 4


@pytest.mark.parametrize(
    ("role", "number"), [(Role.REPORTER, 4), (Role.ANALYST, 1), (Role.READER, 0), (Role.ADMIN, 0)]
)
def test_a_role_chooses_among_what_it_may_be_told_of(
    sign_in: SignIn, role: Role, number: int
) -> None:
    page = sign_in(role, "kommun").get(PAGE)
    assert page.status_code == 200
    assert page.text.count('type="checkbox"') == number


def test_a_role_that_is_told_of_nothing_may_send_the_form_all_the_same(sign_in: SignIn) -> None:
    reader = sign_in(Role.READER, "kommun")
    data = {"kind": "bild", "csrf_token": csrf(reader, "/losenord")}
    assert reader.post(PAGE, data=data).status_code == 303


def test_every_page_leads_to_the_choice(police: FlaskClient) -> None:
    assert f'href="{PAGE}"' in police.get("/g/as/").text


def test_a_coordinator_sees_what_was_sent_and_others_do_not(
    sign_in: SignIn, police: FlaskClient, group: Group
) -> None:
    boss = sign_in(Role.COORDINATOR, "kommun")
    assert "Inga aviseringar ännu." in boss.get(f"{PAGE}/skickade").text
    service.drop_all(system(group), now=NOW.replace(hour=14))
    page = boss.get(f"{PAGE}/skickade").text
    assert "member.polis@as.example" in page
    assert "Påminnelse att rapportera" in page
    assert "avvisat" in page
    assert f"{PAGE}/skickade" not in police.get(PAGE).text
    assert police.get(f"{PAGE}/skickade").status_code == 403


@pytest.mark.parametrize(
    "path", ["handelser?status=ny", "atgarder/2026-001", "mote/2026-W47/protokoll?nr=1"]
)
def test_a_link_asks_to_sign_in_and_then_leads_on(
    app: Flask, police: FlaskClient, path: str
) -> None:
    assert police.get("/").status_code == 303  # there is such a person
    stranger = app.test_client()
    asked = stranger.get(f"/g/as/{path}")
    assert asked.status_code == 303
    assert urlsplit(asked.location).path == "/logga-in"
    form = stranger.get(asked.location).text
    wanted = f"/g/as/{path}"
    assert f'name="next" value="{wanted}"' in form
    data = {"mail": "member.polis@as.example", "password": PASSWORD, "next": wanted}
    answer = stranger.post("/logga-in", data=data | {"csrf_token": csrf(stranger, "/logga-in")})
    assert answer.location == wanted
