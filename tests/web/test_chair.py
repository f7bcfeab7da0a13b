"""What somebody outside the group reads: the letters that have left, and no sign of any other."""

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.base.db import new_id, transaction
from lagesbild.digests.rules.questions import Answer, Asking
from lagesbild.digests.service import drafting, questions
from lagesbild.people.rules import Group, Role, system
from tests.letters import DUE, MINUTE
from tests.web.conftest import SignIn
from tests.web.thursday import (
    LETTER,
    MEETING,
    WEEK,
    Refusing,
    approve,
    be,
    edit,
    fix,
    leave,
    plain,
    post,
    press,
)

pytestmark = pytest.mark.usefixtures("thursday", "chair_listed")

CHAIR = "reader.kommun@as.example"
SECRET = "ettordsomingenfårläsa"
START = "/g/as/utskick"
API = "/api/v1/groups/as"
# Every address at which a reader might find something of a letter.
WHICH = ("", "?version=1", "?version=2", "?extra=1", "?besked=forsenad")
FILES = ("brev.html", "brev.txt", "brev.pdf", "arkiv.pdf", "brev.json")
EVERYWHERE = (
    START,
    f"{START}/fragor",
    f"{START}/mottagare",
    f"{START}/installningar",
    f"{LETTER}/lasare",
    f"{LETTER}/kanda",
    *(f"{LETTER}{which}" for which in WHICH),
    *(f"{LETTER}/{name}{which}" for name in (*FILES, "andra") for which in WHICH),
    *(f"{LETTER}/{name}?form=kort" for name in FILES),
    f"{MEETING}/brev",
    f"{MEETING}/brev.html",
    f"{MEETING}/protokoll",
    f"{API}/digests",
    f"{API}/digests/{WEEK}",
    f"{API}/digests/{WEEK}?version=2",
    f"{API}/deliveries?week={WEEK}",
)


@pytest.fixture
def chair(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.READER, "kommun")


@pytest.fixture
def sent(
    chair_listed: FlaskClient, police: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """The coordinator, whose letter has left; it is three o'clock."""
    fix(chair_listed, monkeypatch)
    approve(police)
    leave(group, Refusing())
    be(monkeypatch, DUE)
    return chair_listed


def signs(reader: FlaskClient) -> list[str]:
    """Return where a reader finds the word that stands in what is not released."""
    found = []
    for address in EVERYWHERE:
        with reader.get(address) as answer:
            assert answer.status_code < 500, address
            data = answer.data.decode("utf-8", "replace")
            if SECRET in html.unescape(data) + str(answer.headers):
                found.append(address)
    return found


# --- What has not left ------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.READER, Role.ANALYST])
def test_there_is_no_sign_of_a_letter_before_it_has_left(
    boss: FlaskClient,
    police: FlaskClient,
    sign_in: SignIn,
    group: Group,
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
) -> None:
    reader = sign_in(role, "kommun")
    fix(boss, monkeypatch)
    edit(boss, short=SECRET, attention=SECRET, coming=SECRET)
    assert SECRET in plain(boss.get(f"{LETTER}/brev.html"))
    assert signs(reader) == []  # a draft
    press(boss, "test")
    leave(group, Refusing(), DUE - MINUTE)
    assert signs(reader) == []  # sent to who asked for it
    approve(police)
    assert signs(reader) == []  # approved
    press(boss, "ta-tillbaka")
    assert signs(reader) == []  # taken back
    approve(police)
    leave(group, Refusing())
    assert f"{LETTER}/brev.html" in signs(reader)  # the same eyes see what has left


def test_a_held_letter_is_no_more_to_be_seen(
    boss: FlaskClient,
    police: FlaskClient,
    chair: FlaskClient,
    group: Group,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fix(boss, monkeypatch)
    edit(boss, short=SECRET)
    approve(police)
    leave(group, Refusing(), DUE + timedelta(hours=13))
    assert "hålls inne" in plain(boss.get(LETTER))
    assert signs(chair) == []


def test_a_draft_of_a_correction_shows_only_what_has_left(
    sent: FlaskClient, police: FlaskClient, chair: FlaskClient, group: Group
) -> None:
    press(sent, "ratta")
    edit(sent, changed=SECRET, short=SECRET)
    assert signs(chair) == []
    assert "version 2" not in plain(chair.get(LETTER))
    approve(police)
    assert signs(chair) == []
    leave(group, Refusing())
    assert f"{LETTER}/brev.html" in signs(chair)
    page = plain(chair.get(LETTER))
    assert "Brevet är rättat. Läs version 1" in page
    assert "det här brevet ersätter version 1" in plain(chair.get(f"{LETTER}/brev.html"))
    assert SECRET not in plain(chair.get(f"{LETTER}/brev.html?version=1"))


def test_a_published_week_whose_letter_waits_is_its_figures(
    boss: FlaskClient, chair: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Inga veckor är publicerade ännu." in plain(chair.get(START))
    assert chair.get(LETTER).status_code == 404
    fix(boss, monkeypatch)
    assert f'href="{LETTER}/lasare"' in chair.get(START).text
    page = plain(chair.get(LETTER))
    assert "Lägesbild vecka 47" in page
    assert "Rapporterade händelser per område" in page
    assert chair.get(f"{LETTER}/brev.txt").status_code == 404


# --- What has left ----------------------------------------------------------------------------


@pytest.mark.usefixtures("sent")
def test_the_newest_letter_is_the_first_thing_that_a_reader_sees(chair: FlaskClient) -> None:
    for address in (START, LETTER):
        page = chair.get(address)
        assert f'src="{LETTER}/brev.html?version=1"' in page.text
        assert "Brevet gick tors 19 nov kl. 15.00" in plain(page)
    assert "Lägesbild vecka 47" in plain(chair.get(f"{LETTER}/brev.html"))
    assert chair.get(f"{LETTER}/arkiv.pdf").data.startswith(b"%PDF")
    assert chair.get(f"{LETTER}/brev.json").get_json()["week"] == WEEK


def test_the_group_sees_the_figures_that_readers_see(sent: FlaskClient, chair: FlaskClient) -> None:
    ours, theirs = (plain(who.get(f"{LETTER}/lasare")) for who in (sent, chair))
    told = "Rapporterade händelser per område"
    assert ours.partition(told)[2][:200] == theirs.partition(told)[2][:200] != ""


@pytest.mark.usefixtures("sent")
def test_the_map_has_areas_and_words_and_nothing_else(
    chair: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = [
        {"slug": "norra-as", "name": "Norra Ås", "mark": "tydligt-fler", "this_week": 17},
        {"slug": "sodra-as", "name": "Södra Ås", "mark": "som-vanligt", "this_week": 23},
        {"slug": "", "name": "Hela kommunen", "mark": "fler", "this_week": 40},
    ]
    letter = chair.get(f"{LETTER}/brev.json").get_json()
    monkeypatch.setattr("lagesbild.digests.web.reading._figures_of", lambda _content: figures)
    assert letter["week"] == WEEK
    page = chair.get(LETTER)
    [drawn] = re.findall(r'<svg class="draw".*?</svg>', page.text, re.DOTALL)
    said = " ".join(re.findall(r"<t(?:ext|span)[^>]*>([^<]+)", drawn))
    assert said == "Norra Ås tydligt fler Södra Ås som vanligt"
    assert "<circle" not in drawn
    assert "<a " not in drawn
    assert "Norra Ås tydligt fler Södra Ås som vanligt Schematisk karta." in plain(page)


def test_earlier_letters_are_a_list_with_their_subjects(
    sent: FlaskClient, police: FlaskClient, chair: FlaskClient, group: Group
) -> None:
    press(sent, "ratta")
    edit(sent, changed="Ett ord.")
    approve(police)
    leave(group, Refusing())
    page = chair.get(START)
    assert page.text.count(f'href="{LETTER}?version=2"') == 1  # each letter once, as it is now
    assert "Rättad lägesbild v. 47" in plain(page)


# --- Questions --------------------------------------------------------------------------------


@pytest.mark.usefixtures("sent")
def test_a_reader_asks_about_the_letter_in_one_field(chair: FlaskClient) -> None:
    page = chair.get(LETTER)
    assert f'name="week" value="{WEEK}"' in page.text
    asking = {"id": str(new_id()), "week": WEEK, "text": "Är lampan lagad?"}
    assert post(chair, f"{START}/fragor", **asking).status_code == 303
    assert "Är lampan lagad? Väntar på gruppen" in plain(chair.get(LETTER))


def test_an_answer_is_shown_when_a_letter_has_told_it_and_not_before(
    sent: FlaskClient, police: FlaskClient, chair: FlaskClient, group: Group
) -> None:
    reader, actor = access.actor_named(group, CHAIR), system(group)
    with transaction(reader.gate) as session:
        asked = questions.ask(session, reader, Asking(new_id(), WEEK, "Lampan?"), now=DUE)
    with transaction(actor.gate) as session:
        questions.answer(session, actor, asked.id, Answer(SECRET, 1), now=DUE)
        drafting.correct(session, actor, WEEK, now=DUE)
    assert signs(chair) == []
    assert "Svaret kommer i nästa brev" in plain(chair.get(LETTER))
    edit(sent, answers=f"Fråga (v. 47): Lampan? Svar: {SECRET}")
    approve(police)
    leave(group, Refusing())
    assert f"{SECRET} Svar i brevet v. 47 ." in plain(chair.get(LETTER))


@pytest.mark.usefixtures("sent")
def test_an_analyst_reads_what_readers_read_and_has_nothing_to_ask(sign_in: SignIn) -> None:
    page = sign_in(Role.ANALYST, "polis").get(LETTER)
    assert f'src="{LETTER}/brev.html?version=1"' in page.text
    assert "Fråga gruppen" not in plain(page)
