"""The pages of questions to the group and of publicly known events."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.base import db
from lagesbild.base.db import new_id
from lagesbild.digests.rules.questions import Question
from lagesbild.digests.service import known, questions
from lagesbild.people.rules import Group, Role, system
from tests.web.conftest import SignIn
from tests.web.test_recipients import plain, post

PAGE, KNOWN = "/g/as/utskick/fragor", "/g/as/utskick/2026-W47/kanda"
TEXT = "Är belysningen vid gångtunneln lagad?"
EVENT = {
    "text": "En skottlossning inträffade i Norra Ås.",
    "link": "https://polisen.example/aktuellt/47",
    "owner": "polis",
}


@pytest.fixture
def chair(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.READER, "kommun")


def ask(client: FlaskClient, **changes: str) -> TestResponse:
    usual = {"id": str(new_id()), "week": "2026-W46", "text": TEXT}
    return post(client, PAGE, **usual | changes)


def stored(group: Group) -> list[Question]:
    with db.reading(system(group).gate) as session:
        return questions.listing(session, system(group))


# --- Who asks ---------------------------------------------------------------------------------


def test_a_reader_asks_in_one_field_and_hears_when_it_is_taken_up(
    chair: FlaskClient, group: Group
) -> None:
    assert "tors 19 nov kl. 9.00" in plain(chair.get(PAGE))
    answer = ask(chair)
    assert answer.status_code == 303
    page = plain(chair.get(answer.location))
    assert "Frågan är skickad och står på gruppens dagordning." in page
    assert f"{TEXT} Om brevet v. 46" in page
    assert "Väntar på gruppen" in page
    assert [(q.text, q.week) for q in stored(group)] == [(TEXT, "2026-W46")]


def test_a_double_click_is_one_question(chair: FlaskClient, group: Group) -> None:
    once = str(new_id())
    assert ask(chair, id=once).status_code == ask(chair, id=once).status_code == 303
    assert [q.id for q in stored(group)] == [UUID(once)]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": " "}, "text", "Skriv vad du vill fråga."),
        ({"text": "x" * 501}, "text", "Högst 500 tecken får plats."),
        ({"week": "2026-W48"}, "week", "Välj en vecka under det senaste halvåret."),
        ({"week": "snart"}, "week", "Veckan finns inte."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_with_the_text_kept(
    chair: FlaskClient, group: Group, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = ask(chair, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in plain(answer)
    if field == "week":
        assert f">{TEXT}</textarea>" in answer.text
    assert stored(group) == []


def test_a_sixth_open_question_about_a_letter_is_refused_in_words(chair: FlaskClient) -> None:
    for n in range(5):
        assert ask(chair, text=f"Fråga {n}?").status_code == 303
    answer = ask(chair)
    assert answer.status_code == 422
    assert "Du har redan 5 frågor om v. 46 som väntar på svar." in plain(answer)
    assert f">{TEXT}</textarea>" in answer.text


def test_a_reader_sees_no_others_question_and_answers_none(
    chair: FlaskClient, police: FlaskClient, group: Group
) -> None:
    ask(police)
    [question] = stored(group)
    assert TEXT not in chair.get(PAGE).text
    page = f"{PAGE}/{question.id}"
    assert post(chair, f"{page}/svar", answer="Ja.", version="1").status_code == 403
    assert post(chair, f"{page}/stang", version="1").status_code == 403


def test_the_page_of_a_letter_names_its_week(chair: FlaskClient) -> None:
    page = chair.get(f"{PAGE}?vecka=2026-W44").text
    assert '<option value="2026-W44" selected>' in page
    assert 'value="2026-W99"' not in chair.get(f"{PAGE}?vecka=2026-W99").text


# --- Who answers ------------------------------------------------------------------------------


def test_an_answer_goes_with_the_next_letter_and_only_then_to_who_asked(
    chair: FlaskClient, boss: FlaskClient, group: Group
) -> None:
    ask(chair)
    [question] = stored(group)
    assert "En fråga väntar på svar." in plain(boss.get(PAGE))
    page = f"{PAGE}/{question.id}/svar"
    assert post(boss, page, answer="Ja, sedan tisdag.", version="1").status_code == 303
    told = plain(boss.get(PAGE))
    assert "Inga frågor väntar på svar." in told
    assert "Svaret går med nästa brev" in told
    assert "Ja, sedan tisdag." in told
    before = plain(chair.get(PAGE))
    assert "Svaret kommer i nästa brev" in before
    assert "Ja, sedan tisdag." not in before
    with db.transaction(system(group).gate) as session:
        questions.mark_told(session, system(group), "2026-W47", question.text)
    after = plain(chair.get(PAGE))
    assert "Ja, sedan tisdag." in after
    assert "Svar i brevet v. 47." in after
    assert "Ändra svaret" not in boss.get(PAGE).text


def test_an_answer_over_somebody_elses_shows_both_and_saving_again_wins(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    ask(boss)
    [question] = stored(group)
    page = f"{PAGE}/{question.id}/svar"
    post(police, page, answer="Nej.", version="1")
    answer = post(boss, page, answer="Ja.", version="1")
    assert answer.status_code == 409
    told = plain(answer)
    assert "Någon annan hann före." in told
    assert "Nej." in told
    assert "Du skrev: ”Ja.”" in told
    version = re.search(rf'{question.id}/svar".*?name="version" value="(\d+)"', answer.text)
    assert version
    assert post(boss, page, answer="Ja.", version=version[1]).status_code == 303
    assert stored(group)[0].answer == "Ja."


def test_a_question_is_closed_without_an_answer(
    chair: FlaskClient, police: FlaskClient, group: Group
) -> None:
    ask(chair)
    [question] = stored(group)
    answer = post(police, f"{PAGE}/{question.id}/stang", answer="", version="1")
    assert answer.status_code == 303
    assert "Frågan är stängd, utan svar i brevet." in plain(police.get(answer.location))
    assert "Gruppen har tagit upp frågan och svarar inte i brevet." in plain(chair.get(PAGE))


def test_an_empty_answer_is_refused_where_it_was_written(boss: FlaskClient, group: Group) -> None:
    ask(boss)
    [question] = stored(group)
    answer = post(boss, f"{PAGE}/{question.id}/svar", answer=" ", version="1")
    assert answer.status_code == 422
    assert "Skriv ett svar, eller stäng frågan utan svar." in plain(answer)
    assert 'id="answer-error"' in answer.text


# --- Publicly known events --------------------------------------------------------------------


def propose(client: FlaskClient, **changes: str) -> TestResponse:
    return post(client, KNOWN, **{"id": str(new_id())} | EVENT | changes)


def test_an_event_waits_for_its_owner_and_is_then_in_the_letter(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    assert "Inget är föreslaget för v. 47." in plain(police.get(KNOWN))
    answer = propose(boss)
    assert answer.status_code == 303
    page = boss.get(answer.location)
    assert "Väntar på Polisen" in plain(page)
    assert "/godkann" not in page.text
    [address] = re.findall(r'action="([^"]+/godkann)"', police.get(KNOWN).text)
    assert post(boss, address).status_code == 403
    done = post(police, address)
    assert done.status_code == 303
    assert "Godkänt. Händelsen är med i brevet." in plain(police.get(done.location))
    with db.reading(system(group).gate) as session:
        [found] = known.approved(session, system(group), "2026-W47")
    assert (found.text, found.link, found.owner) == (EVENT["text"], EVENT["link"], "Polisen")
    assert post(boss, address.replace("godkann", "ta-tillbaka")).status_code == 303
    assert "Tillbakatagna, 1" in plain(boss.get(KNOWN))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": ""}, "text", "Skriv vad som har hänt"),
        ({"text": "x" * 281}, "text", "Högst 280 tecken får plats."),
        ({"link": "http://polisen.example/"}, "link", "Länken ska börja med https://"),
        ({"link": "javascript:alert(1)"}, "link", "Länken ska börja med https://"),
        ({"owner": "tidningen"}, "owner", "Välj vilken organisation"),
    ],
)
def test_what_is_wrong_with_an_event_stands_beside_its_field(
    police: FlaskClient, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = propose(police, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in plain(answer)
    assert EVENT["text"] in answer.text or field == "text"


def test_a_week_that_has_not_begun_has_no_events(police: FlaskClient) -> None:
    answer = post(police, KNOWN.replace("W47", "W48"), **{"id": str(new_id())} | EVENT)
    assert answer.status_code == 422
    assert "går inte att skriva om nu" in plain(answer)
