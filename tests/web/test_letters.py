"""The page of a letter: what it shows, and what is done there until it has left."""

import base64
import hashlib
import html
import io
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from lagesbild.access import service as access
from lagesbild.base.errors import InvalidError
from lagesbild.digests.rules import RunState
from lagesbild.meetings.web import writing
from lagesbild.people.rules import Group, Role
from tests.letters import CHAIR, listed, run
from tests.web.conftest import BOSS, SignIn
from tests.web.thursday import (
    DUE,
    LETTER,
    MEETING,
    Refusing,
    approve,
    be,
    edit,
    fix,
    form,
    leave,
    plain,
    post,
    press,
    sign_in_again,
)

pytestmark = pytest.mark.usefixtures("thursday")

STYLE = re.compile(r'style="([^"]*)"')
SHEET = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
FILES = ("brev.html", "brev.txt", "brev.pdf", "arkiv.pdf", "brev.json")


@pytest.fixture
def drafted(boss: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The coordinator, who has fixed the week's picture; the chair is on a list."""
    listed(access.actor_named(group, BOSS))
    fix(boss, monkeypatch)
    return boss


def state(group: Group) -> RunState:
    return run(access.actor_named(group, BOSS)).run.state


# --- Drafted ----------------------------------------------------------------------------------


def test_the_letter_is_there_when_the_picture_is_fixed_and_the_minutes_lead_to_it(
    drafted: FlaskClient,
) -> None:
    assert f'href="{LETTER}"' in drafted.get(f"{MEETING}/protokoll").text
    page = plain(drafted.get(LETTER))
    assert "Brevet till ordföranden, v. 47" in page
    assert "Går tors 19 nov kl. 15.00 om någon från en annan organisation" in page


def test_an_extra_picture_has_its_letter_at_once(
    boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch, "extra")
    page = plain(boss.get(f"{LETTER}?extra=1"))
    assert "Extra brev till ordföranden, v. 47" in page
    assert "Det står inget i brevet. Skriv tre korta rader." in page


def test_a_picture_whose_letter_cannot_be_drafted_is_not_fixed(
    boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise InvalidError("week", "Brevet gick inte att skriva.")

    monkeypatch.setattr(writing, "AFTER_FIX", [fail])
    be(monkeypatch, DUE)
    assert post(boss, f"{MEETING}/faststall", steg="9").status_code == 422
    assert "Bilden är inte fastställd." in plain(boss.get(LETTER))


def test_before_the_picture_is_fixed_the_page_says_so_and_leads_to_the_meeting(
    boss: FlaskClient,
) -> None:
    answer = boss.get(LETTER)
    assert "Brevet v. 47 är inte skrivet än" in plain(answer)
    assert f'href="{MEETING}?steg=9"' in answer.text
    assert boss.get("/g/as/utskick/2026-W49").status_code == 404


@pytest.mark.parametrize("wrong", ["version=2", "version=x", "extra=1", "besked=brev"])
def test_a_letter_that_there_is_not_is_not_found(drafted: FlaskClient, wrong: str) -> None:
    assert drafted.get(f"{LETTER}?{wrong}").status_code == 404
    assert drafted.get(f"{LETTER}/brev.html?{wrong}").status_code == 404


# --- Shown ------------------------------------------------------------------------------------


def test_the_letter_runs_no_script_and_each_of_its_styles_is_allowed_by_hash(
    drafted: FlaskClient,
) -> None:
    answer = drafted.get(f"{LETTER}/brev.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert "sandbox allow-same-origin" in policy  # else nobody knows how high it is
    styles = [html.unescape(style) for style in STYLE.findall(answer.text)]
    assert styles
    for style in (*styles, *SHEET.findall(answer.text)):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize(("way", "there"), [("epost", "<iframe"), ("telefon", "is-phone")])
def test_the_letter_is_seen_as_on_a_desk_or_in_a_hand(
    drafted: FlaskClient, way: str, there: str
) -> None:
    page = drafted.get(f"{LETTER}?som={way}").text
    assert there in page
    assert re.search(r'<iframe src="[^"]*/brev\.html\?[^"]*version=1"', page)


def test_the_letter_is_seen_as_text(drafted: FlaskClient) -> None:
    said = drafted.get(f"{LETTER}/brev.txt").text
    page = drafted.get(f"{LETTER}?som=text").text
    assert html.escape(said.splitlines()[0]) in page
    assert "<iframe" not in page


def test_head_and_recipients_say_to_whom_it_goes(drafted: FlaskClient) -> None:
    page = plain(drafted.get(LETTER))
    assert "Från lagesbild@localhost Till Ordförande, Kopia till samordnare" in page
    assert f"Svar till {BOSS}" in page
    assert f"{CHAIR} Ordförande" in page


@pytest.mark.parametrize("form_", ["kort", "avisering"])
def test_what_a_list_gets_that_gets_less_can_be_seen(drafted: FlaskClient, form_: str) -> None:
    whole = drafted.get(f"{LETTER}/brev.txt").text
    less = drafted.get(f"{LETTER}/brev.txt?form={form_}").text
    assert len(less) < len(whole)
    assert f"form={form_}" in drafted.get(f"{LETTER}?form={form_}").text


def test_checks_stand_there_the_gravest_first(drafted: FlaskClient) -> None:
    assert edit(drafted, deviations="Skogås: 3 bränder.").status_code == 303
    page = plain(drafted.get(LETTER))
    assert page.index("är ett litet tal") < page.index("Diarienummer saknas")
    assert page.index("Diarienummer saknas") < page.index("Inga långa meningar")


def test_the_letter_can_be_taken_along_before_and_after_it_is_approved(
    drafted: FlaskClient, police: FlaskClient
) -> None:
    for _ in range(2):
        answers = {name: drafted.get(f"{LETTER}/{name}") for name in FILES}
        assert answers["brev.pdf"].data.startswith(b"%PDF")
        said = PdfReader(io.BytesIO(answers["arkiv.pdf"].data)).xmp_metadata
        assert said is not None
        assert "pdfaid" in said.stream.get_data().decode()
        assert answers["brev.json"].get_json()["week"] == "2026-W47"
        name = answers["brev.pdf"].headers["Content-Disposition"]
        assert 'filename="lagesbild-2026-W47-version-1.pdf"' in name
        approve(police)


# --- Approved ---------------------------------------------------------------------------------


def test_one_key_approves_it_for_another_organisation(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    page = police.get(LETTER).text
    assert re.search(r'<button[^>]*data-key="g">Godkänn för Polisen', page)
    answer = approve(police)
    assert answer.status_code == 303
    assert state(group) is RunState.APPROVED
    page = plain(drafted.get(answer.location))
    assert "godkänt, går tors 19 nov kl. 15.00" in page
    assert "Godkänt för Polisen Prov, tors 19 nov kl. 13.30" in page
    assert "Godkänn för" not in page


def test_who_has_fixed_the_picture_is_told_why_they_may_not_approve(
    drafted: FlaskClient, group: Group
) -> None:
    page = drafted.get(LETTER)
    assert "Du har skrivit brevet. Någon annan måste godkänna det." in plain(page)
    assert 'data-key="g"' not in page.text
    seen = {"seen": "0" * 64}
    assert approve(drafted, **seen).status_code == 409
    assert state(group) is RunState.DRAFT


def test_who_may_not_approve_is_refused_although_they_saw_it(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    answer = post(drafted, f"{LETTER}/godkann", **form(police))
    assert answer.status_code == 403
    assert "Någon annan måste godkänna det." in plain(answer)
    assert state(group) is RunState.DRAFT


def test_what_was_changed_since_it_was_seen_is_not_approved(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    seen = form(police)
    assert edit(drafted, coming="Julmarknad i Norra Ås lör 28 nov.").status_code == 303
    answer = post(police, f"{LETTER}/godkann", **seen)
    assert answer.status_code == 409
    assert "Brevet har ändrats sedan du läste det." in plain(answer)
    assert "Julmarknad" in plain(answer)  # what has to be read now
    assert state(group) is RunState.DRAFT
    assert approve(police).status_code == 303


def test_a_check_that_stops_it_stands_in_the_place_of_the_button(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    edit(drafted, deviations="Norra Ås: 3 bränder.")
    page = police.get(LETTER)
    assert "Brevet kan inte godkännas så här." in plain(page)
    assert 'data-key="g"' not in page.text
    assert state(group) is RunState.DRAFT


def test_an_approval_is_taken_back_while_it_has_not_left(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    approve(police)
    assert press(drafted, "ta-tillbaka").status_code == 303
    assert state(group) is RunState.DRAFT
    leave(group, post := Refusing(), DUE)
    assert post.got == []


def test_a_letter_that_has_left_is_not_taken_back(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    approve(police)
    leave(group, Refusing())
    answer = press(drafted, "ta-tillbaka")
    assert answer.status_code == 409
    assert "Brevet har redan gått." in plain(answer)


def test_a_test_letter_goes_to_who_asks_once(drafted: FlaskClient, group: Group) -> None:
    once = form(drafted)["id"]
    for _ in range(2):
        assert press(drafted, "test", id=once).status_code == 303
    leave(group, post := Refusing())
    assert [m["To"] for m in post.got] == [BOSS]
    assert post.got[0]["Subject"].startswith("Test: ")
    assert state(group) is RunState.DRAFT


# --- Sent -------------------------------------------------------------------------------------


def test_an_address_that_failed_is_sent_to_again_and_no_other(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    approve(police)
    post = Refusing({CHAIR})
    leave(group, post)
    page = drafted.get(LETTER)
    assert "delvis skickat, 1 av 2 nådda" in plain(page)
    assert "delvis skickat, 1 av 2 nådda" in plain(drafted.get("/g/as/utskick"))
    [failed] = re.findall(r'name="leverans" value="([^"]*)"', page.text)
    post.refused.clear()
    assert press(drafted, "skicka-igen", leverans=failed).status_code == 303
    leave(group, post)
    assert [m["To"] for m in post.got] == [BOSS, CHAIR]
    assert 'class="tag state-tag tag-good"' in drafted.get(LETTER).text
    assert "2026:1 skickat tors 19 nov" in plain(drafted.get("/g/as/utskick"))
    assert press(drafted, "skicka-igen", leverans=failed).status_code == 303  # twice is once
    leave(group, post)
    assert len(post.got) == 2


def test_a_held_letter_goes_when_somebody_says_so(
    drafted: FlaskClient, police: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(police)
    late = DUE.replace(day=21)
    leave(group, post := Refusing(), late)
    assert state(group) is RunState.HELD
    be(monkeypatch, late)
    sign_in_again(drafted, BOSS)
    assert "Hålls inne. Det skulle ha gått tors 19 nov kl. 15.00." in plain(drafted.get(LETTER))
    assert press(drafted, "skicka").status_code == 303
    leave(group, post, late)
    assert sorted(m["To"] for m in post.got) == sorted([BOSS, CHAIR])
    page = plain(drafted.get(LETTER))
    assert "Överst Det här brevet skulle ha gått tors 19 nov kl. 15.00." in page


def test_a_letter_that_has_left_is_corrected_and_the_correction_may_be_struck(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    assert press(drafted, "ratta").status_code == 409  # it has not left
    approve(police)
    leave(group, Refusing())
    answer = press(drafted, "ratta")
    assert answer.location == f"{LETTER}?klart=rattelse&version=2"
    page = plain(drafted.get(LETTER))
    assert "Rättat brev till ordföranden, v. 47" in page
    assert "Vad som är rättat" in plain(drafted.get(f"{LETTER}/andra"))
    assert press(drafted, "stryk", "?version=2").status_code == 303
    assert "Brevet till ordföranden, v. 47" in plain(drafted.get(LETTER))
    assert "Struket. Det skickas inte." in plain(drafted.get(f"{LETTER}?version=2"))
    assert "Rätta brevet" in plain(drafted.get(LETTER))
    assert press(drafted, "ratta").location == f"{LETTER}?klart=rattelse&version=3"


def test_the_weeks_own_letter_cannot_be_struck(drafted: FlaskClient) -> None:
    answer = press(drafted, "stryk")
    assert answer.status_code == 422
    assert "Veckans brev kan inte strykas." in plain(answer)


# --- Who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.REPORTER])
def test_who_has_no_business_with_letters_reads_none(
    drafted: FlaskClient, sign_in: SignIn, role: Role
) -> None:
    assert drafted.get(LETTER).status_code == 200
    other = sign_in(role, "polis")
    for page in ("", *(f"/{name}" for name in (*FILES, "lasare", "andra"))):
        assert other.get(f"{LETTER}{page}").status_code == 403, page
    assert other.get("/g/as/utskick").status_code == 403


@pytest.mark.parametrize("role", [Role.READER, Role.ANALYST, Role.ADMIN])
@pytest.mark.parametrize(
    "what",
    ["godkann", "ta-tillbaka", "test", "skicka", "skicka-igen", "ratta", "stryk", "andra"],
)
def test_who_only_reads_changes_nothing(
    drafted: FlaskClient, sign_in: SignIn, group: Group, role: Role, what: str
) -> None:
    found = form(drafted)
    other = sign_in(role, "polis")
    assert post(other, f"{LETTER}/{what}", **found).status_code == 403
    assert state(group) is RunState.DRAFT


# --- The list ---------------------------------------------------------------------------------


def test_the_list_says_how_far_each_letter_has_come(
    drafted: FlaskClient, police: FlaskClient, group: Group
) -> None:
    page = plain(drafted.get("/g/as/utskick"))
    assert "Så står det till" in page
    assert "v. 47 2026 Brev utkast" in page
    approve(police)
    page = plain(drafted.get("/g/as/utskick"))
    assert "v. 47 2026 Brev 2026:1 godkänt, går tors 19 nov kl. 15.00" in page
    leave(group, Refusing())
    assert "v. 47 2026 Brev 2026:1 skickat" in plain(drafted.get("/g/as/utskick"))


def test_a_new_group_is_told_when_its_first_letter_comes(boss: FlaskClient) -> None:
    page = plain(boss.get("/g/as/utskick"))
    assert "Inga brev ännu. Det första skrivs när ni fastställer bilden på nästa möte." in page
