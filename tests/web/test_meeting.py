"""The page of a meeting, as browsers send its forms."""

import hashlib
import re
from datetime import timedelta
from html import escape, unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.people.rules import Role
from tests.build import NOW
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature, form

W47 = Period.named("2026-W47")
MEETING = W47.end + timedelta(hours=9)
PAGE = "/g/as/mote/2026-W47"


@pytest.fixture
def thursday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The morning of the meeting, before anybody signs in."""
    assert app.testing
    monkeypatch.setattr(clock, "now", lambda: MEETING)


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(f"{PAGE}/{path}", data=data | {"csrf_token": csrf(client, NEW)})


def log(client: FlaskClient, **properties: object) -> None:
    headers = {"X-CSRFToken": csrf(client, NEW)}
    assert client.post(API, json=feature(**properties), headers=headers).status_code == 201


@pytest.mark.parametrize("step", range(1, 10))
def test_every_step_has_a_page_that_names_it(step: int, boss: FlaskClient) -> None:
    answer = boss.get(f"{PAGE}?steg={step}", follow_redirects=True)
    assert answer.status_code == 200
    assert 'aria-current="step"' in answer.text


def test_the_district_that_one_looks_at_stands_in_the_address(boss: FlaskClient) -> None:
    assert boss.get(f"{PAGE}?steg=3").location == f"{PAGE}?steg=3&omrade=norra-as"


@pytest.mark.parametrize("step", ["0", "10", "ett", "-1"])
def test_another_step_is_told_that_there_are_nine(step: str, boss: FlaskClient) -> None:
    answer = boss.get(f"{PAGE}?steg={step}")
    assert answer.status_code == 422
    assert "Mötet har nio steg" in answer.text


def test_a_shared_screen_hides_types_c_and_d_and_says_how_many(
    boss: FlaskClient, police: FlaskClient
) -> None:
    log(police, category="BRA01", summary="Brand i papperskorg")
    log(police, category="ORD04", summary="Kanariefågel")
    shared = boss.get(f"{PAGE}?steg=3&omrade=norra-as").text
    assert "Brand i papperskorg" in shared
    assert "Kanariefågel" not in shared
    assert "1 visas inte här" in shared
    own = boss.get(f"{PAGE}?steg=3&omrade=norra-as&skarm=egen").text
    assert "Kanariefågel" in own


def test_the_next_page_is_on_the_same_sort_of_screen(boss: FlaskClient) -> None:
    following = re.compile(r'href="([^"]+)" rel="next"')
    for screen, kept in (("&skarm=egen", True), ("", False)):
        found = following.search(boss.get(f"{PAGE}?steg=4{screen}").text)
        assert found is not None
        assert ("skarm=egen" in found[1]) is kept


def test_the_purpose_is_noted_once(boss: FlaskClient) -> None:
    send(boss, "oppna", purpose="Lägesbild")
    send(boss, "oppna", purpose="Något annat")
    page = boss.get(PAGE).text
    assert "Ändamål: Lägesbild." in page
    assert "Något annat" not in page


def test_absence_is_shown(boss: FlaskClient) -> None:
    assert send(boss, "narvaro", borta="brand").status_code == 303
    assert "frånvarande" in boss.get(PAGE).text


def test_nothing_said_aloud_counts_as_their_report(boss: FlaskClient) -> None:
    assert send(boss, "inget", organisation="brand").status_code == 303
    found = boss.get("/api/v1/groups/as/weeks/2026-W47").get_json()["coverage"]
    assert {c["organisation"]: c["state"] for c in found}["brand"] == "inget"


def test_a_member_does_not_say_nothing_for_others(police: FlaskClient) -> None:
    assert send(police, "inget", organisation="brand").status_code == 403


def test_what_was_noted_by_two_at_once_is_shown_to_the_second(
    boss: FlaskClient, police: FlaskClient
) -> None:
    send(boss, "anteckning", steg="3", text="Den första.", version="0")
    answer = send(police, "anteckning", steg="3", text="Den andra.", version="0")
    assert answer.status_code == 409
    assert "Den första." in answer.text
    assert ">Den andra.</textarea>" in answer.text


def test_a_refused_assessment_keeps_all_that_was_written(boss: FlaskClient) -> None:
    data = {"word-norra-as": "foljs", "word-sodra-as": "atgard", "steg": "7"}
    answer = send(boss, "bedomning", **data, **{"sentence-norra-as": "Mer än vanligt."})
    assert answer.status_code == 422
    assert "Skriv en mening om Södra Ås: varför ”kräver åtgärd”?" in answer.text
    assert 'value="Mer än vanligt."' in answer.text
    assert "Mer än vanligt." not in boss.get(f"{PAGE}?steg=7").text


def test_both_judgements_stay_visible_where_organisations_differ(
    boss: FlaskClient, police: FlaskClient
) -> None:
    send(boss, "bedomning", **{"word-norra-as": "inget", "version-norra-as": "0"})
    whose = police.get("/g/as/mote/2026-W47?steg=7").text
    [own] = [part for part in whose.split('<option value="') if part.startswith(("0", "1"))][:1]
    said = {"district": "norra-as", "word": "foljs", "sentence": "Vi ser mer än så."}
    assert send(police, "bedomning", whose=own[:36], **said).status_code == 303
    page = boss.get(f"{PAGE}?steg=7").text
    assert "följs: Vi ser mer än så." in page
    assert 'value="inget" selected' in page


def test_a_last_day_before_the_first_is_refused(boss: FlaskClient) -> None:
    data = {"id": "00000000-0000-7000-8000-000000000001", "text": "Höstlov", "steg": "5"}
    answer = send(boss, "kommande", first_day="2026-11-20", last_day="2026-11-19", **data)
    assert answer.status_code == 422
    assert "Sista dagen ligger före den första." in answer.text
    assert 'value="Höstlov"' in answer.text


def test_the_same_coming_event_twice_is_once(boss: FlaskClient) -> None:
    data = {"id": "00000000-0000-7000-8000-000000000001", "text": "Höstlov", "steg": "5"}
    for _ in range(2):
        send(boss, "kommande", first_day="2026-11-20", **data)
    assert boss.get(f"{PAGE}?steg=5").text.count("<span>Höstlov</span>") == 1


@pytest.mark.usefixtures("thursday")
def test_a_picture_that_is_fixed_twice_is_one_picture(boss: FlaskClient) -> None:
    assert send(boss, "faststall", steg="9").location.endswith("/mote/2026-W47/protokoll")
    answer = send(boss, "faststall", steg="9")
    assert answer.status_code == 409
    assert "Bilden för v. 47 fastställdes redan tors 19 nov kl. 9.00." in answer.text


@pytest.mark.usefixtures("thursday")
def test_an_assessment_of_a_fixed_meeting_is_refused_and_shown(boss: FlaskClient) -> None:
    send(boss, "faststall")
    answer = send(boss, "anteckning", steg="3", text="Det här kom för sent.", version="0")
    assert answer.status_code == 409
    assert "Det du skrev är inte sparat. Ta upp det på nästa möte." in answer.text


def test_a_week_that_goes_on_says_from_when_it_can_be_fixed(boss: FlaskClient) -> None:
    answer = send(boss, "faststall", steg="9")
    assert answer.status_code == 422
    assert "Bilden kan fastställas från tors 19 nov kl. 0.00." in answer.text


@pytest.mark.usefixtures("thursday")
def test_the_minutes_say_the_same_on_the_page_as_text_and_as_pdf(boss: FlaskClient) -> None:
    send(boss, "bedomning", **{"word-norra-as": "foljs", "sentence-norra-as": "Fler bränder."})
    send(boss, "narvaro", har="polis", borta="brand")
    send(boss, "faststall")
    page = boss.get(f"{PAGE}/protokoll").text
    text = boss.get(f"{PAGE}/protokoll.txt").text
    pdf = boss.get(f"{PAGE}/protokoll.pdf")
    for said in ("följs", "Fler bränder.", "frånvarande"):
        assert said in page
        assert said in text
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")


def test_before_the_picture_is_fixed_there_are_no_minutes(boss: FlaskClient) -> None:
    answer = boss.get(f"{PAGE}/protokoll")
    assert answer.status_code == 404
    assert "inte fastställd" in answer.text


def test_a_basis_on_paper_leaves_out_types_c_and_d_and_says_so(
    boss: FlaskClient, police: FlaskClient
) -> None:
    log(police, category="BRA01", place_text="Lekparken")
    log(police, category="ORD04", place_text="Kanariegatan")
    page = boss.get(f"{PAGE}/underlag").text
    assert "Lekparken" in page
    assert "Kanariegatan" not in page
    assert "1 händelser av typ C och D skrivs inte ut" in page


def test_nothing_has_changed_is_told_without_a_page(boss: FlaskClient) -> None:
    first = boss.get(f"{PAGE}/puls")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert boss.get(f"{PAGE}/puls", headers=tag).status_code == 304
    send(boss, "narvaro", har="polis")
    assert boss.get(f"{PAGE}/puls", headers=tag).status_code == 200


def test_what_is_left_out_of_the_letter_is_told_to_the_group(
    boss: FlaskClient, police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(police, category="BRA01")
    log(police, category="ORD04")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    page = boss.get(f"{PAGE}/brev").text
    assert '<span>Typ C, känslig</span><strong class="num">1</strong>' in page


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.REPORTER])
def test_others_have_no_meeting(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role, "kommun")
    for path in ("", "/puls", "/underlag", "/protokoll", "/brev", "/brev.html"):
        assert client.get(f"{PAGE}{path}").status_code == 403, path


@pytest.mark.usefixtures("thursday")
def test_a_program_can_check_a_fixed_picture_itself(
    boss: FlaskClient, program: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(boss, "faststall")
    monkeypatch.setattr(clock, "now", lambda: MEETING + timedelta(minutes=1))
    found = boss.get("/api/v1/groups/as/meetings/2026-W47/pictures", headers=program).get_json()
    [picture] = found["pictures"]
    assert (picture["number"], picture["kind"], picture["broken"]) == (1, "ordinarie", [])
    for part in picture["parts"]:
        whole = bytes.fromhex(part["salt"]) + part["text"].encode()
        assert hashlib.sha256(whole).hexdigest() == part["digest"]


def test_what_is_logged_in_a_meeting_leads_back_to_where_the_meeting_was(
    boss: FlaskClient,
) -> None:
    step = "/g/as/mote/2026-W47?steg=3&omrade=norra-as"
    link = re.search(r'href="([^"]+)" data-key="l"', boss.get(step).text)
    assert link is not None
    address = unescape(link[1])
    assert f'href="{escape(step)}">Avbryt' in boss.get(address).text
    answer = boss.post(address, data=form(boss))
    assert answer.location == f"{step}&loggad=L-2026-000001"
    assert "Sparad som" in boss.get(answer.location).text


def test_what_is_logged_elsewhere_leads_to_no_other_site(boss: FlaskClient) -> None:
    address = f"{NEW}?tillbaka=//evil.example/g/as/mote/2026-W47"
    answer = boss.post(address, data=form(boss))
    assert answer.location == "/g/as/mote/2026-W47?loggad=L-2026-000001"


def test_a_note_that_is_refused_beside_the_letter_is_shown_there(boss: FlaskClient) -> None:
    answer = send(boss, "anteckning", steg="8", text="hos 811228-9874", version="0")
    assert answer.status_code == 422
    assert "personnummer" in answer.text
    assert 'aria-current="step"' in answer.text


@pytest.mark.usefixtures("thursday")
def test_what_was_written_too_late_is_shown_to_be_copied(boss: FlaskClient) -> None:
    send(boss, "faststall")
    answer = send(boss, "anteckning", steg="3", text="Det här kom för sent.", version="0")
    assert "<q>Det här kom för sent.</q>" in answer.text
    said = {"word-norra-as": "foljs", "sentence-norra-as": "Fler bränder."}
    assert "<q>Fler bränder.</q>" in send(boss, "bedomning", steg="7", **said).text


def test_the_size_for_a_projector_holds_in_the_meeting(boss: FlaskClient) -> None:
    boss.set_cookie("vy", "projector")
    for page in (PAGE, f"{PAGE}/brev"):
        assert 'data-view="projector"' in boss.get(page).text


def test_districts_that_nobody_touched_keep_what_others_said_meanwhile(
    boss: FlaskClient, police: FlaskClient
) -> None:
    send(boss, "bedomning", steg="7", **{"word-norra-as": "foljs", "sentence-norra-as": "Först."})
    seen_before = {"word-norra-as": "", "was-norra-as": "|", "version-norra-as": "0"}
    own = {"word-sodra-as": "foljs", "sentence-sodra-as": "Sedan.", "was-sodra-as": "|"}
    assert send(police, "bedomning", steg="7", **seen_before, **own).status_code == 303
    page = boss.get(f"{PAGE}?steg=7").text
    assert 'value="Först."' in page
    assert 'value="Sedan."' in page


@pytest.mark.usefixtures("thursday")
def test_a_note_that_the_law_removes_is_gone_from_the_meeting_too(boss: FlaskClient) -> None:
    send(boss, "anteckning", steg="3", text="Skulle inte ha stått här.", version="0")
    send(boss, "faststall")
    removed = {"nr": "1", "part": "note:3", "reason": "GDPR art. 17"}
    answer = send(boss, "protokoll/ta-bort", **removed)
    assert "Delen är borttagen" in boss.get(answer.location).text
    assert "Skulle inte" not in boss.get(f"{PAGE}?steg=3").text


@pytest.mark.parametrize("week", ["1900-W01", "2026-W20", "2027-W10"])
def test_a_week_that_nobody_meets_over_is_not_fixed(boss: FlaskClient, week: str) -> None:
    data = {"csrf_token": csrf(boss, NEW), "steg": "9"}
    answer = boss.post(f"/g/as/mote/{week}/faststall", data=data)
    assert answer.status_code == 422
    assert f"Det finns inget möte om {week}." in answer.text


@pytest.mark.usefixtures("thursday")
def test_what_is_decided_too_late_is_refused_and_shown(boss: FlaskClient) -> None:
    send(boss, "faststall")
    answer = send(boss, "beslut", steg="6", what="Tänd lamporna", owner="polis", kind="social")
    assert answer.status_code == 409
    assert "<q>Tänd lamporna</q>" in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("narvaro", {"har": "okand"}),
        ("inget", {"organisation": "okand"}),
        ("kommande", {"id": "x", "text": "Lov", "first_day": "2026-11-20", "steg": "5"}),
        ("anteckning", {"text": "x", "version": "99999999999999999999"}),
    ],
)
def test_every_refusal_says_something(boss: FlaskClient, path: str, data: dict[str, str]) -> None:
    answer = send(boss, path, **data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_day_in_another_century_is_refused(boss: FlaskClient) -> None:
    data = {"id": "00000000-0000-7000-8000-000000000001", "text": "Lov", "steg": "5"}
    answer = send(boss, "kommande", first_day="1900-01-01", **data)
    assert answer.status_code == 422
    assert "Kontrollera årtalet." in answer.text


@pytest.mark.usefixtures("thursday")
def test_what_is_said_aloud_on_thursday_happened_in_the_week_of_the_meeting(
    boss: FlaskClient,
) -> None:
    link = re.search(r'href="([^"]+)" data-key="p"', boss.get(f"{PAGE}?steg=4").text)
    assert link is not None
    page = boss.get(unescape(link[1])).text
    assert 'value="2026-11-12T00:00"' in page
    assert 'value="2026-11-18T23:59"' in page
