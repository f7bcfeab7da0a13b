"""The week through the page and the API."""

import re

import pytest
from flask.testing import FlaskClient

from lagesbild.digests.draw import letter
from lagesbild.people.rules import Group, Role
from tests.unit.digest_letters import district, numbers, of, told
from tests.web.conftest import SignIn, csrf

WEEK = "/g/as/vecka/2026-W47"


def test_where_nothing_was_ever_logged_the_week_says_what_will_stand_here(
    police: FlaskClient,
) -> None:
    page = police.get(WEEK).text
    assert "Inget är loggat ännu." in page
    assert "Logga den första" in page
    assert "snitt" not in page.partition("<h1")[2].partition("</header>")[0].lower()


def test_on_wednesday_the_running_week_is_shown_first(police: FlaskClient) -> None:
    page = police.get("/g/as/").text
    assert "v.&nbsp;47" in page
    assert "Norra Ås" in page


def test_nothing_to_report_is_one_press_and_twice_is_once(police: FlaskClient) -> None:
    token = csrf(police, WEEK)
    for _ in range(2):
        sent = police.post(f"{WEEK}/inget", data={"csrf_token": token})
        assert sent.status_code == 303
    coverage = police.get("/api/v1/weeks/2026-W47").get_json()["coverage"]
    assert {c["organisation"]: c["state"] for c in coverage} == {
        "kommun": "inte",
        "polis": "inget",
        "brand": "inte",
    }


def test_a_week_that_does_not_exist_is_named(police: FlaskClient) -> None:
    answer = police.get("/g/as/vecka/2026-W54")
    assert answer.status_code == 422
    assert "Veckan finns inte" in answer.text


def test_an_auditor_sees_the_log_and_a_member_does_not(
    sign_in: SignIn, police: FlaskClient
) -> None:
    assert "lade till en person" in sign_in(Role.AUDITOR, "kommun").get("/g/as/logg").text
    assert police.get("/g/as/logg").status_code == 403


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("2027-W10", "Veckan har inte börjat ännu."),
        ("2026-W47", "Inget är loggat ännu."),
        ("2026-W30", "Inget är loggat den veckan, och inget före den."),
    ],
)
def test_a_week_without_anything_says_why(police: FlaskClient, week: str, said: str) -> None:
    assert f'<h1 class="sentence">{said}</h1>' in police.get(f"/g/as/vecka/{week}").text


def test_the_list_lets_one_choose_the_week_as_it_is_said(police: FlaskClient) -> None:
    page = police.get("/g/as/handelser?week=2020-W10").text
    assert '<option value="2026-W47">v.&nbsp;47: tors 12 nov' in page
    assert '<option value="2020-W10" selected>' in page


LETTERS = "/g/as/utskick/2026-W47"


@pytest.mark.parametrize(
    ("name", "to"),
    [("Norra Ås", None), ("Utan känd kommundel", LETTERS), ("Hela kommunen", LETTERS)],
)
def test_the_links_of_a_letters_table_lead_a_reader_to_what_readers_see(
    sign_in: SignIn, group: Group, name: str, to: str | None
) -> None:
    """A district's to the map of the published weeks, the others to the letter."""
    rows = told(districts=[district("Norra Ås", 20, 10, 10, 10)], unplaced=numbers(6, 5, 5, 0))
    page = letter.compose(of(rows, group=group, base_url="")).html
    shown = re.sub("<wbr>|&nbsp;", "", page)
    [path] = re.findall(rf'<a class="name" href="([^"]*)"[^>]*>{name}<', shown)
    answer = sign_in(Role.READER, "kommun").get(path)
    assert (answer.status_code, answer.location) == (303 if to else 200, to), path
