"""The letter in the meeting: as it would leave now, and the readers' questions beside it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from lagesbild.base.db import new_id, reading, transaction
from lagesbild.digests.rules.questions import Asking, Question
from lagesbild.digests.service import questions
from lagesbild.people.rules import Actor, Group, Role, system
from tests.db.test_publication_parts import log
from tests.web.conftest import SignIn
from tests.web.thursday import FIXED, LETTER, MEETING, fix, plain, post

pytestmark = pytest.mark.usefixtures("thursday")

QUESTION = "Är belysningen lagad?"
STEP = f"{MEETING}/brev"


@pytest.fixture
def asked(group: Group) -> Question:
    """A question about the letter of the week before, noted by the group."""
    actor = system(group)
    with transaction(actor.gate) as session:
        asking = Asking(new_id(), "2026-W46", QUESTION)
        return questions.add(session, actor, asking, now=FIXED)


def answers(group: Group) -> list[str]:
    with reading(system(group).gate) as session:
        return [each.answer for each in questions.listing(session, system(group))]


def test_before_the_picture_is_fixed_the_letter_is_seen_as_it_would_be(
    boss: FlaskClient, connection: Connection
) -> None:
    page = boss.get(STEP)
    assert f'src="{STEP}.html"' in page.text
    assert "Så här skulle brevet se ut om bilden fastställdes nu." in plain(page)
    assert "Lägesbild vecka 47" in plain(boss.get(f"{STEP}.html"))
    connection.execute(text("SET LOCAL ROLE NONE"))
    for table in ("publications", "digest_runs", "digest_wordings"):
        stored = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 – names from above
        assert stored == 0, table


def test_the_preview_says_what_the_letter_then_says(
    boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plain(boss.get(f"{STEP}.html"))
    fix(boss, monkeypatch)
    after = plain(boss.get(f"{LETTER}/brev.html"))
    assert before.partition("I korthet")[2] == after.partition("I korthet")[2] != ""


def test_a_type_that_the_letter_may_not_name_is_not_proposed_beside_it(
    boss: FlaskClient, member: Actor
) -> None:
    log(member, back=12)
    log(member, 9)
    log(member, category="ORD01")  # the one that nine of the district's ten would give away
    assert "anlagd brand" not in plain(boss.get(STEP))


def test_after_it_one_key_leads_to_the_approval(
    boss: FlaskClient, police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch)
    page = police.get(STEP)
    assert "brevet är skrivet: utkast" in plain(page)
    assert f'data-key="g" href="{LETTER}?version=1#godkann"' in page.text
    assert f'src="{LETTER}/brev.html?version=1"' in page.text


def test_a_question_is_answered_where_it_is_on_the_agenda(
    boss: FlaskClient, asked: Question, group: Group
) -> None:
    assert QUESTION in plain(boss.get(STEP))
    form = {"answer": "Ja, sedan i går.", "version": "1", "fraga": str(asked.id), "steg": "8"}
    answer = post(boss, f"{MEETING}/fragor/{asked.id}/svar", **form)
    assert answer.location == f"{STEP}?steg=8"
    assert answers(group) == ["Ja, sedan i går."]
    assert QUESTION not in plain(boss.get(STEP))
    assert "Svar: Ja, sedan i går." in plain(boss.get(f"{STEP}.html"))


def test_a_refused_answer_is_kept_in_its_field(
    boss: FlaskClient, asked: Question, group: Group
) -> None:
    form = {"answer": "Ring 811228-9874 nu.", "version": "1", "fraga": str(asked.id), "steg": "8"}
    answer = post(boss, f"{MEETING}/fragor/{asked.id}/svar", **form)
    assert answer.status_code == 422
    assert "811228-9874" not in answer.text
    assert "Ring [borttaget] nu.</textarea>" in answer.text
    assert "Texten innehåller ett personnummer." in plain(answer)
    assert answers(group) == [""]


def test_an_answer_that_came_second_is_kept_on_the_page(
    boss: FlaskClient, asked: Question, group: Group
) -> None:
    form = {"version": "1", "fraga": str(asked.id), "steg": "8"}
    path = f"{MEETING}/fragor/{asked.id}/svar"
    assert post(boss, path, answer="Ja.", **form).status_code == 303
    answer = post(boss, path, answer="Nej.", **form)
    assert answer.status_code == 409
    assert "Du skrev Nej." in plain(answer)
    assert answers(group) == ["Ja."]


@pytest.mark.parametrize("role", [Role.READER, Role.ADMIN, Role.REPORTER])
def test_the_step_is_for_the_group(sign_in: SignIn, role: Role) -> None:
    other = sign_in(role, "polis")
    for page in ("", ".html"):
        assert other.get(f"{STEP}{page}").status_code == 403


def test_an_analyst_sees_what_it_would_be_but_not_the_draft(
    boss: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = sign_in(Role.ANALYST, "kommun")
    assert "Lägesbild vecka 47" in plain(analyst.get(f"{STEP}.html"))
    fix(boss, monkeypatch)
    page = analyst.get(STEP)
    assert page.status_code == 200
    assert LETTER not in page.text
    assert "Här läser du det när det har gått." in plain(page)
    assert analyst.get(f"{STEP}.html").status_code == 404
