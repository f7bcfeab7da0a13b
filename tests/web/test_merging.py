"""Two incidents become one, on the page."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.incidents.rules.merging import UNKNOWN
from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature

FIRST, SECOND, THIRD = (f"L-2026-00000{n}" for n in (1, 2, 3))


@pytest.fixture
def fire(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.MEMBER, "brand")


@pytest.fixture
def coordinator(sign_in: SignIn, police: FlaskClient, fire: FlaskClient) -> FlaskClient:
    """Who goes through an incident of the police and one of the fire brigade."""
    log(police, summary="Rök")
    log(fire, summary="Släckt av oss")
    return sign_in(Role.COORDINATOR, "kommun")


def log(client: FlaskClient, **properties: object) -> None:
    headers = {"X-CSRFToken": csrf(client, NEW)}
    assert client.post(API, json=feature(**properties), headers=headers).status_code == 201


def page(name: str) -> str:
    return f"/g/as/handelser/{name}"


def merge(client: FlaskClient, name: str = FIRST, **said: str) -> TestResponse:
    usual = {"other": SECOND, "version": "1", "other_version": "1", "keep": "one"}
    data = usual | {"csrf_token": csrf(client, NEW)} | said
    return client.post(f"{page(name)}/sla-ihop", data=data)


def split(client: FlaskClient, name: str = SECOND, version: str = "2") -> TestResponse:
    data = {"csrf_token": csrf(client, NEW), "version": version}
    return client.post(f"{page(name)}/dela-upp", data=data)


@pytest.mark.parametrize(
    ("keep", "kept", "other"), [("one", FIRST, SECOND), ("other", SECOND, FIRST)]
)
def test_the_kept_one_shows_both_and_the_other_leads_to_it(
    keep: str, kept: str, other: str, coordinator: FlaskClient
) -> None:
    answer = merge(coordinator, keep=keep)
    assert answer.location == f"{page(kept)}#ihop"
    shown = coordinator.get(page(kept)).text
    assert "Rök" in shown
    assert "Släckt av oss" in shown
    assert f"{other}</a>, räknas inte för sig" in shown
    assert f'slog ihop händelsen med en annan, <span class="nw">{other}' in shown
    shown = coordinator.get(page(other)).text
    assert f'href="{page(kept)}#ihop">{kept}</a>, som är den som räknas' in shown


def test_split_again_neither_knows_of_the_other(coordinator: FlaskClient) -> None:
    merge(coordinator)
    assert split(coordinator).status_code == 303
    assert "Ihopslaget med den här" not in coordinator.get(page(FIRST)).text
    assert "Ihopslagen med" not in coordinator.get(page(SECOND)).text


def test_a_stale_split_says_so(coordinator: FlaskClient) -> None:
    merge(coordinator)
    answer = split(coordinator, version="1")
    assert answer.status_code == 409
    assert "Någon har ändrat en av händelserna" in answer.text


def test_from_the_list_it_leads_back_to_the_list(coordinator: FlaskClient) -> None:
    answer = merge(coordinator, intake="1")
    assert answer.location == f"/g/as/handelser?status=ny&ihop={FIRST}"
    assert f"Öppna {FIRST}" in coordinator.get(answer.location).text


def test_a_number_leads_to_both_side_by_side(coordinator: FlaskClient) -> None:
    shown = coordinator.get(f"{page(FIRST)}/sla-ihop?med= {SECOND.lower()} ")
    assert shown.status_code == 200
    assert "Är det samma händelse?" in shown.text
    assert f'behåll <span class="nw">{SECOND}' in shown.text


@pytest.mark.parametrize("other", ["L-2026-999999", "", "x", "noll\x00", "811228-9874"])
def test_what_is_not_there_is_one_sentence_beside_the_field(
    other: str, coordinator: FlaskClient
) -> None:
    answers = [merge(coordinator, other=other)]
    if "\x00" not in other:
        answers.append(coordinator.get(f"{page(FIRST)}/sla-ihop?med={other}"))
    for answer in answers:
        assert answer.status_code == 422
        assert 'id="other-error"' in answer.text
        assert UNKNOWN in answer.text or "\x00" in other
        assert "811228" not in answer.text


def test_an_incident_of_another_municipality_is_no_less_unknown(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    log(police, visibility="egen")
    hidden = merge(coordinator, other=THIRD)
    nowhere = merge(coordinator, other="L-2026-000099")
    assert hidden.status_code == nowhere.status_code == 422
    assert UNKNOWN in hidden.text
    assert UNKNOWN in nowhere.text


def test_with_itself_it_is_refused(coordinator: FlaskClient) -> None:
    answer = merge(coordinator, other=FIRST)
    assert answer.status_code == 422
    assert "med sig själv" in answer.text


def test_what_is_merged_already_is_refused(coordinator: FlaskClient, police: FlaskClient) -> None:
    log(police)
    merge(coordinator)
    answer = merge(coordinator, THIRD, other=SECOND, other_version="2")
    assert answer.status_code == 422
    assert "redan ihopslagen" in answer.text
    answer = merge(coordinator, THIRD, other=FIRST, other_version="2")
    assert answer.status_code == 422
    assert "ingår redan" in answer.text


def test_what_is_withdrawn_is_refused(coordinator: FlaskClient, police: FlaskClient) -> None:
    data = {"csrf_token": csrf(police, NEW), "reason": "Fel", "version": "1"}
    assert police.post(f"{page(FIRST)}/ta-tillbaka", data=data).status_code == 303
    answer = merge(coordinator, SECOND, other=FIRST)
    assert answer.status_code == 422
    assert "tillbakatagen" in answer.text


def test_what_is_stale_is_shown_again_as_it_is_now(coordinator: FlaskClient) -> None:
    answer = merge(coordinator, other_version="7")
    assert answer.status_code == 409
    assert "Någon har ändrat en av händelserna" in answer.text
    assert 'name="other_version" value="1"' in answer.text


def test_others_than_members_and_coordinators_are_refused(
    coordinator: FlaskClient, sign_in: SignIn
) -> None:
    assert coordinator.get(page(FIRST)).status_code == 200
    for role in (Role.REPORTER, Role.ANALYST):
        other = sign_in(role, "polis")
        token = {"csrf_token": csrf(other, "/losenord")}
        assert other.get(f"{page(FIRST)}/sla-ihop?med={SECOND}").status_code == 403
        data = token | {"other": SECOND, "version": "1", "other_version": "1"}
        assert other.post(f"{page(FIRST)}/sla-ihop", data=data).status_code == 403
        assert other.post(f"{page(SECOND)}/dela-upp", data=token).status_code == 403


def test_a_reporter_is_told_that_the_own_incident_is_merged_and_not_with_what(
    coordinator: FlaskClient, sign_in: SignIn
) -> None:
    merge(coordinator)
    reporter = sign_in(Role.REPORTER, "brand")
    shown = reporter.get(page(SECOND)).text
    assert "Ihopslagen med en händelse från en annan organisation" in shown
    assert "Rök" not in shown
