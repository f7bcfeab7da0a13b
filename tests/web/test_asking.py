"""Asking another organisation for input, on the page."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature, form

LIST = "/g/as/handelser"
INTAKE = f"{LIST}?status=ny"
ONE = f"{LIST}/L-2026-000001"
ID = "0197f5aa-0000-7000-8000-0000000000f1"


@pytest.fixture
def coordinator(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.COORDINATOR, "kommun")


@pytest.fixture
def reporter(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.REPORTER, "polis")


def post(client: FlaskClient, path: str, **said: str) -> TestResponse:
    data = {"csrf_token": csrf(client, "/losenord")} | said
    return client.post(f"{LIST}/underlag{path}", data=data)


def ask(client: FlaskClient, **said: str) -> TestResponse:
    return post(client, "", **({"id": ID, "asked": "polis", "question": "Hur gick det?"} | said))


def answer(client: FlaskClient, **said: str) -> TestResponse:
    return post(client, f"/{ID}/svar", **({"answer": "Det gick bra.", "version": "1"} | said))


def log(client: FlaskClient, **properties: object) -> None:
    headers = {"X-CSRFToken": csrf(client, NEW)}
    assert client.post(API, json=feature(**properties), headers=headers).status_code == 201


def test_the_asked_see_the_question_and_the_asker_the_answer(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    assert ask(coordinator).location == f"{INTAKE}#underlag"
    assert 'Frågor till er <span class="tag tag-accent">1</span>' in police.get(LIST).text
    shown = police.get(INTAKE).text
    assert "Hur gick det?" in shown
    assert "inför v.&nbsp;47" in shown
    assert "Inget svar ännu" in coordinator.get(INTAKE).text
    assert answer(police).status_code == 303
    assert "Det gick bra." in coordinator.get(INTAKE).text
    assert "Frågor till er <span" not in police.get(LIST).text


def test_a_double_click_asks_once(coordinator: FlaskClient, police: FlaskClient) -> None:
    for _ in range(2):
        assert ask(coordinator).status_code == 303
    assert police.get(INTAKE).text.count("Hur gick det?") == 1


def test_a_reporter_of_the_asked_sees_it_where_the_day_begins_and_answers(
    coordinator: FlaskClient, reporter: FlaskClient
) -> None:
    ask(coordinator)
    shown = reporter.get("/g/as/", follow_redirects=True).text
    assert "Frågor till er" in shown
    assert "Hur gick det?" in shown
    done = answer(reporter)
    assert done.location == f"{LIST}#underlag"
    assert "Det gick bra." in reporter.get(done.location).text


def test_the_others_of_the_group_see_nothing_of_it(
    coordinator: FlaskClient, sign_in: SignIn
) -> None:
    ask(coordinator)
    fire = sign_in(Role.MEMBER, "brand")
    assert "Hur gick det?" not in fire.get(INTAKE).text
    assert answer(fire).status_code == 404
    assert post(fire, f"/{ID}/ta-tillbaka").status_code == 404


def test_a_question_about_an_incident_stands_on_its_page(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    log(police)
    assert ask(coordinator, about="L-2026-000001").location == f"{ONE}#underlag"
    for client in (coordinator, police):
        assert "Hur gick det?" in client.get(ONE).text
        assert ONE in client.get(INTAKE).text
    assert answer(police, about="L-2026-000001").location == f"{ONE}#underlag"
    assert "Det gick bra." in coordinator.get(ONE).text


def test_a_reporter_who_may_not_see_the_incident_is_asked_without_its_number(
    coordinator: FlaskClient, reporter: FlaskClient, sign_in: SignIn
) -> None:
    log(sign_in(Role.MEMBER, "brand"))
    ask(coordinator, about="L-2026-000001")
    shown = reporter.get(LIST).text
    assert "Hur gick det?" in shown
    assert "L-2026-000001" not in shown


def test_an_incident_that_is_logged_is_an_answer(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    ask(coordinator)
    assert f"fraga={ID}" in police.get(INTAKE).text
    assert f'name="inquiry" value="{ID}"' in police.get(f"{NEW}?fraga={ID}").text
    assert police.post(NEW, data=form(police, inquiry=ID)).status_code == 303
    assert "Loggat som L-2026-000001." in coordinator.get(INTAKE).text


def test_logging_goes_on_where_the_question_is_gone(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    ask(coordinator)
    post(coordinator, f"/{ID}/ta-tillbaka")
    assert police.post(NEW, data=form(police, inquiry=ID)).status_code == 303


def test_a_question_may_be_taken_back_until_it_is_answered(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    ask(coordinator)
    for _ in range(2):
        assert post(coordinator, f"/{ID}/ta-tillbaka").status_code == 303
    assert "Hur gick det?" not in police.get(INTAKE).text
    late = answer(police)
    assert late.status_code == 409
    assert "Frågan har tagits tillbaka" in late.text
    other = "0197f5aa-0000-7000-8000-0000000000f2"
    ask(coordinator, id=other)
    assert post(police, f"/{other}/svar", answer="Ja", version="1").status_code == 303
    refused = post(coordinator, f"/{other}/ta-tillbaka")
    assert refused.status_code == 409
    assert "redan fått ett svar" in refused.text


def test_only_the_asker_takes_it_back_and_only_the_asked_answers(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    ask(coordinator)
    assert post(police, f"/{ID}/ta-tillbaka").status_code == 403
    assert answer(coordinator).status_code == 403


def test_the_first_answer_stays_and_the_second_is_not_lost(
    coordinator: FlaskClient, police: FlaskClient, reporter: FlaskClient
) -> None:
    ask(coordinator)
    assert answer(police).status_code == 303
    assert answer(police).status_code == 303, "the same again is done already"
    late = answer(reporter, answer="Det gick illa.")
    assert late.status_code == 409
    assert "redan besvarad" in late.text
    assert "Det gick illa." in late.text
    assert "Det gick bra." in coordinator.get(INTAKE).text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"asked": ""}, "Välj en annan organisation i gruppen."),
        ({"asked": "kommun"}, "Välj en annan organisation i gruppen."),
        ({"asked": "finns-inte"}, "Välj en annan organisation i gruppen."),
        ({"question": " "}, "Skriv vad ni vill veta, i en mening."),
        ({"question": "å" * 281}, "Högst 280"),
        ({"question": "hos 811228-9874"}, "personnummer"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why_and_stays_in_the_form(
    said: dict[str, str], words: str, coordinator: FlaskClient
) -> None:
    log(coordinator)
    for about in ("", "L-2026-000001"):
        refused = ask(coordinator, about=about, **said)
        assert refused.status_code == 422
        assert words in refused.text
        assert 'class="more" open' in refused.text
        assert "811228" not in refused.text


def test_an_empty_answer_says_what_to_do(coordinator: FlaskClient, police: FlaskClient) -> None:
    ask(coordinator)
    refused = answer(police, answer=" ")
    assert refused.status_code == 422
    assert "Skriv ett svar, eller logga en händelse i stället." in refused.text


def test_nothing_is_asked_about_what_is_withdrawn_or_kept(
    coordinator: FlaskClient, police: FlaskClient
) -> None:
    log(police, visibility="egen")
    assert ask(coordinator, about="L-2026-000001").status_code == 404
    data = {"id": ID, "asked": "kommun", "question": "Vet ni?", "about": "L-2026-000001"}
    refused = post(police, "", **data)
    assert refused.status_code == 422
    assert "inte delad med gruppen" in refused.text
    log(coordinator)
    gone = {"csrf_token": csrf(coordinator, NEW), "reason": "Fel", "version": "1"}
    coordinator.post(f"{LIST}/L-2026-000002/ta-tillbaka", data=gone)
    refused = ask(coordinator, about="L-2026-000002")
    assert refused.status_code == 422
    assert "tillbakatagen" in refused.text


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ANALYST, Role.READER])
def test_others_than_members_and_coordinators_ask_nothing(role: Role, sign_in: SignIn) -> None:
    assert ask(sign_in(role, "kommun")).status_code == 403


def test_an_analyst_answers_nothing(coordinator: FlaskClient, sign_in: SignIn) -> None:
    ask(coordinator)
    assert answer(sign_in(Role.ANALYST, "polis")).status_code == 403
