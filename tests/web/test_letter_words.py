"""The words of a letter, changed in the browser: nothing that somebody wrote is lost."""

import html
import re

import pytest
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.base.db import reading
from lagesbild.digests.rules.checks import words_of
from lagesbild.digests.rules.wording import Wording
from lagesbild.digests.service import drafting
from lagesbild.people.rules import Group, Role
from tests.letters import run
from tests.web.conftest import BOSS, SignIn
from tests.web.thursday import LETTER, approve, edit, fix, form, plain, post

pytestmark = pytest.mark.usefixtures("thursday")

NUMBER = "811228-9874"
WORDS = f"{LETTER}/andra"
ASKED = "Belysning i gångtunnel, Norra Ås. Förslag: lyft frågan till nämnden."


@pytest.fixture
def boss(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The coordinator, who has fixed the week's picture."""
    client = sign_in(Role.COORDINATOR, "kommun")
    fix(client, monkeypatch)
    return client


def stored(group: Group) -> Wording:
    actor = access.actor_named(group, BOSS)
    with reading(actor.gate) as session:
        return drafting.drafted(session, actor, run(actor).run).latest


def written(page: str, name: str) -> str:
    """Return what stands in a field."""
    found = re.search(rf'<textarea[^>]*id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_what_was_written_stands_in_the_letter_and_as_a_difference(
    boss: FlaskClient, group: Group
) -> None:
    before = stored(group).deviations
    answer = edit(boss, attention=ASKED, deviations="Inga avvikelser alls.")
    assert answer.location == f"{LETTER}?klart=andrat&version=1"
    page = boss.get(answer.location)
    assert "Texten är sparad." in plain(page)
    assert f"<ins>{ASKED}</ins>" in page.text
    assert f"<del>{html.escape(before.splitlines()[0])}</del>" in page.text
    assert "lyft frågan till nämnden" in plain(boss.get(f"{LETTER}/brev.html"))


def test_the_first_words_stand_beside_the_field(boss: FlaskClient, group: Group) -> None:
    first = stored(group).deviations
    edit(boss, deviations="Inga avvikelser alls.")
    page = boss.get(WORDS)
    assert written(page.text, "deviations") == "Inga avvikelser alls."
    assert f"Det första utkastet : Avvikelser {first}" in plain(page)


def test_the_server_counts_the_words_of_the_whole_letter(boss: FlaskClient) -> None:
    for texts in ({}, {"coming": "Två ord"}):
        edit(boss, **texts)
        number = words_of(boss.get(f"{LETTER}/brev.txt").text)
        assert f"{number} ord av 400" in plain(boss.get(WORDS))


def test_too_many_words_are_told_with_how_many(boss: FlaskClient) -> None:
    edit(boss, coming="ord " * 500)
    assert re.search(r"\d+ ord av 400, \d+ för många", plain(boss.get(WORDS)))
    assert "för många. Tabellen är inte räknad." in plain(boss.get(LETTER))


def test_a_stale_version_shows_both_and_is_then_saved_over(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    seen = form(boss, WORDS)
    assert edit(police, short="Polisens rad.", coming="Julmarknad.").status_code == 303
    answer = post(boss, WORDS, **seen, short="Kommunens rad.", attention=ASKED)
    assert answer.status_code == 409
    assert "Någon annan har ändrat brevet under tiden." in plain(answer)
    assert written(answer.text, "short") == "Kommunens rad."
    assert written(answer.text, "attention") == ASKED
    assert written(answer.text, "coming") == "Julmarknad."
    assert "Så står det nu Polisens rad." in plain(answer)
    assert stored(group).short == "Polisens rad."
    again = dict(
        re.findall(r'<input type="hidden" name="(brev|version)" value="(.*?)"', answer.text)
    )
    assert post(boss, WORDS, **again, short="Båda raderna.").status_code == 303
    assert stored(group).short == "Båda raderna."


def test_a_field_that_nobody_else_has_touched_is_not_shown_twice(
    boss: FlaskClient, police: FlaskClient
) -> None:
    seen = form(boss, WORDS)
    edit(police, short="Polisens rad.")
    answer = post(boss, WORDS, **seen, short="Polisens rad.", attention=ASKED)
    assert answer.text.count("<h2>Så står det nu</h2>") == 1


def test_a_personal_number_is_refused_beside_its_field_and_the_rest_is_kept(
    boss: FlaskClient, group: Group
) -> None:
    before = stored(group)
    answer = edit(boss, attention=f"Ring {NUMBER}.", coming="Julmarknad lör 28 nov.")
    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert re.search(
        r'id="attention-error".*?Texten innehåller ett personnummer', answer.text, re.DOTALL
    )
    assert written(answer.text, "attention") == "Ring [borttaget]."
    assert written(answer.text, "coming") == "Julmarknad lör 28 nov."
    assert stored(group) == before


def test_what_only_looks_like_a_person_is_stored_when_somebody_insists(
    boss: FlaskClient, group: Group
) -> None:
    said = "Ring kommunen, 0701234567."
    answer = edit(boss, coming=said)
    assert answer.status_code == 422
    assert 'name="confirmed"' in answer.text
    assert edit(boss, coming=said, confirmed="true").status_code == 303
    assert stored(group).coming == said


def test_a_refused_form_is_still_of_the_version_that_was_seen(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    seen = form(boss, WORDS)
    edit(police, short="Polisens rad.")
    answer = post(boss, WORDS, **seen, short=f"Min {NUMBER}")
    assert answer.status_code == 422
    assert f'name="version" value="{seen["version"]}"' in answer.text  # else theirs would be lost
    assert stored(group).short == "Polisens rad."


def test_words_that_come_after_the_approval_are_kept_on_the_page(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    seen = form(boss, WORDS)
    approve(police)
    assert boss.get(WORDS).location == f"{LETTER}?version=1"
    answer = post(boss, WORDS, **seen, attention=ASKED)
    assert answer.status_code == 409
    assert "Brevet är godkänt. Ta tillbaka godkännandet" in plain(answer)
    assert written(answer.text, "attention") == ASKED
    assert stored(group).attention == ""


def test_only_a_correction_says_what_is_corrected(boss: FlaskClient) -> None:
    assert 'id="changed"' not in boss.get(WORDS).text
