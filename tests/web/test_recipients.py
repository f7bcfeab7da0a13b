"""The pages of recipients and of the letter's settings, as coordinators, members and readers."""

import html
import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.base import db
from lagesbild.base.db import new_id
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.schedule import Duty, Rule
from lagesbild.digests.service import recipients, settling
from lagesbild.digests.service.settling import Settled
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn, csrf

PAGE, SETTINGS = "/g/as/utskick/mottagare", "/g/as/utskick/installningar"
CHAIR = {
    "list": "ordforande",
    "mail": "ordforande@as.example",
    "title": "Ordförande",
    "starts_on": "2026-11-18",
}
LETTER = {
    "rule": "andra",
    "letter_time": "14:30",
    "sender": "Trygghet",
    "role": "säkerhetssamordnaren",
    "contact": "08-535 300 00",
    "reply_to": "",
    "record": "KS-2026/0123",
    "version": "0",
    "group_version": "1",
}


def post(client: FlaskClient, page: str = PAGE, **form: str | list[str]) -> TestResponse:
    return client.post(page, data=form | {"csrf_token": csrf(client, "/losenord")})


def add(client: FlaskClient, **changes: str) -> TestResponse:
    return post(client, PAGE, **{"id": str(new_id())} | CHAIR | changes)


def stored(group: Group) -> list[Recipient]:
    with db.reading(system(group).gate) as session:
        found = recipients.overview(session, system(group), now=NOW)
    return [one.recipient for one in found.standing]


def settled(group: Group) -> Settled:
    with db.reading(system(group).gate) as session:
        return settling.settled(session, system(group))


def plain(answer: TestResponse) -> str:
    """Return the words of a page as they are read."""
    text = re.sub(r"<[^>]+>", "", html.unescape(answer.text))
    return " ".join(text.split())


# --- Recipients -------------------------------------------------------------------------------


def test_a_new_recipient_is_told_from_which_letter_on(boss: FlaskClient, group: Group) -> None:
    answer = add(boss, starts_on="2026-11-20")
    assert answer.status_code == 303
    page = plain(boss.get(answer.location))
    assert "Mottagaren är tillagd." in page
    assert "Får brevet från och med v. 48" in page
    assert "Nästa brev går tors 19 nov kl. 15.00 till 1 adress." in page
    assert "Ingen ordförande står på listan den dagen, så brevet går bara till samordnaren." in page
    assert len(stored(group)) == 1


def test_a_double_click_adds_one(boss: FlaskClient, group: Group) -> None:
    once = str(new_id())
    assert add(boss, id=once).status_code == add(boss, id=once).status_code == 303
    assert [r.id for r in stored(group)] == [UUID(once)]


def test_a_change_of_chair_is_told_letter_by_letter(boss: FlaskClient, group: Group) -> None:
    add(boss)
    [old] = stored(group)
    page = f"{PAGE}/{old.id}/sista-dag"
    assert post(boss, page, ends_on="2026-11-22", version="1").status_code == 303
    add(boss, mail="ny@as.example", starts_on="2026-11-23")
    told = plain(boss.get(PAGE))
    assert "Får brevet till och med v. 47" in told
    assert "Får brevet från och med v. 48" in told
    assert post(boss, f"{PAGE}/{old.id}/kvar", version="2").status_code == 303
    assert "till och med" not in plain(boss.get(PAGE))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"mail": "Ordförande <a@as.example>"}, "mail", "E-postadressen ska vara en enda adress"),
        ({"mail": "a@as.example\r\nBcc: b@as.example"}, "mail", "E-postadressen ska vara"),
        ({"title": " "}, "title", "Skriv mottagarens funktion"),
        ({"starts_on": "2026-11-17"}, "starts_on", "ligger före i dag"),
        ({"starts_on": "snart"}, "starts_on", "Det är inte ett datum"),
        ({"ends_on": "2026-11-17"}, "ends_on", "Sista dagen ligger före den första"),
        ({"list": "alla"}, "list", "finns inte i listan"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    boss: FlaskClient, group: Group, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = add(boss, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in plain(answer)
    for name in {"mail", "title"} - changes.keys():
        assert f'value="{CHAIR[name]}"' in answer.text
    assert stored(group) == []


def test_the_same_address_twice_on_a_list_is_refused_in_words(boss: FlaskClient) -> None:
    add(boss)
    answer = add(boss)
    assert answer.status_code == 422
    assert "Adressen står redan på listan Ordförande under de dagarna." in plain(answer)


def test_a_last_day_over_somebody_elses_shows_both(boss: FlaskClient, group: Group) -> None:
    add(boss)
    [there] = stored(group)
    page = f"{PAGE}/{there.id}/sista-dag"
    post(boss, page, ends_on="2026-12-24", version="1")
    answer = post(boss, page, ends_on="2026-11-30", version="1")
    assert answer.status_code == 409
    told = plain(answer)
    assert "Nu får mottagaren brevet till och med tors 24 dec." in told
    assert "Du skrev 2026-11-30." in told


def test_a_wrong_last_day_opens_the_form_it_was_written_in(boss: FlaskClient, group: Group) -> None:
    add(boss)
    [there] = stored(group)
    answer = post(boss, f"{PAGE}/{there.id}/sista-dag", ends_on="2026-01-01", version="1")
    assert answer.status_code == 422
    assert "Sista dagen kan vara tidigast tis 17 nov." in plain(answer)
    assert '<details class="more" open>' in answer.text
    assert 'value="2026-01-01"' in answer.text


def test_a_list_gets_another_form(boss: FlaskClient, group: Group) -> None:
    sent: dict[str, str | list[str]] = {f"form-{name}": "hela" for name in ListName}
    sent |= {f"was-{name}": "hela" for name in ListName} | {"form-rad": "kort"}
    assert post(boss, f"{PAGE}/former", **sent).status_code == 303
    with db.reading(system(group).gate) as session:
        found = recipients.overview(session, system(group), now=NOW)
    assert found.forms[ListName.COUNCIL] is Form.SHORT
    assert post(boss, f"{PAGE}/former", **{"form-rad": "lite"}).status_code == 422
    stale = sent | {"form-rad": "avisering"}
    answer = post(boss, f"{PAGE}/former", **stale)
    assert answer.status_code == 409
    assert "Brottsförebyggande rådet får nu det viktigaste, med länk." in plain(answer)


def test_members_read_the_lists_and_change_nothing(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    add(boss)
    page = police.get(PAGE)
    assert "ordforande@as.example" in page.text
    assert "Lägg till en mottagare" not in page.text
    assert "sista-dag" not in page.text
    assert add(police, mail="ny@as.example").status_code == 403
    assert len(stored(group)) == 1


def test_a_reader_sees_the_own_address_and_whom_to_turn_to(
    boss: FlaskClient, sign_in: SignIn
) -> None:
    reader = sign_in(Role.READER, "kommun")
    add(boss, mail="vice@as.example", list="presidium")
    post(boss, SETTINGS, **LETTER)
    before = plain(reader.get(PAGE))
    assert "Din adress står inte på någon lista" in before
    assert "Säg till gruppens samordnare: 08-535 300 00." in before
    add(boss, mail="Reader.kommun@as.example")
    after = plain(reader.get(PAGE))
    assert "Du får brevet" in after
    assert "vice@as.example" not in after
    assert "inte med en länk i brevet" in after
    assert add(reader, mail="ny@as.example").status_code == 403


def test_the_link_in_the_letter_leads_to_the_own_group(boss: FlaskClient) -> None:
    answer = boss.get("/utskick/mottagare")
    assert answer.status_code == 303
    assert answer.location == PAGE


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ADMIN, Role.AUDITOR])
def test_who_reads_no_letter_sees_no_list(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role, "kommun")
    for page in (PAGE, SETTINGS, "/g/as/utskick/fragor", "/g/as/utskick/2026-W47/kanda"):
        assert client.get(page).status_code == 403, page


# --- Settings ---------------------------------------------------------------------------------


def test_settings_are_stored_and_shown(boss: FlaskClient, group: Group) -> None:
    assert post(boss, SETTINGS, **LETTER | {"attach_pdf": "true"}).status_code == 303
    plan = settled(group).schedule
    assert (plan.rule, plan.sender, plan.attach_pdf) == (Rule.SECOND, "Trygghet", True)
    page = boss.get(f"{SETTINGS}?klart=ja").text
    assert 'value="14:30"' in page
    assert "Sparat. Det gäller från nästa brev." in page
    assert 'name="attach_pdf" value="true" checked' in page


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"letter_time": "02:30"}, "letter_time", "Välj en tid mellan 06.00 och 20.00."),
        ({"letter_time": "kaffe"}, "letter_time", "Det är inte ett klockslag."),
        ({"reply_to": "samordnaren"}, "reply_to", "Svarsadressen ska vara en enda adress"),
        ({"sender": "x" * 61}, "sender", "Avsändaren är för lång."),
        ({"rule": "ingen"}, "rule", "finns inte i listan"),
    ],
)
def test_a_wrong_setting_stands_beside_its_field(
    boss: FlaskClient, group: Group, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = post(boss, SETTINGS, **LETTER | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in plain(answer)
    assert settled(group).schedule.version == 0


def test_settings_over_somebody_elses_show_both_and_saving_again_wins(
    boss: FlaskClient, group: Group
) -> None:
    post(boss, SETTINGS, **LETTER | {"contact": "Växeln"})
    answer = post(boss, SETTINGS, **LETTER)
    assert answer.status_code == 409
    [differs] = re.findall(r'<dl class="facts">(.*?)</dl>', answer.text)
    assert differs == "<dt>Kontakt</dt><dd>Växeln</dd>"
    assert 'value="08-535 300 00"' in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    group_version = re.search(r'name="group_version" value="(\d+)"', answer.text)
    assert version
    assert group_version
    again = LETTER | {"version": version[1], "group_version": group_version[1]}
    assert post(boss, SETTINGS, **again).status_code == 303
    assert settled(group).schedule.contact == "08-535 300 00"


def test_too_few_who_can_approve_are_told_on_the_page(boss: FlaskClient, sign_in: SignIn) -> None:
    assert "Bara en person i Ås kommun kan godkänna brevet." in plain(boss.get(SETTINGS))
    sign_in(Role.MEMBER, "kommun")
    assert "hör till samma organisation" in plain(boss.get(SETTINGS))
    post(boss, SETTINGS, **LETTER)
    assert "samma organisation" not in plain(boss.get(SETTINGS))


def test_duties_are_given_over_what_was_shown(
    boss: FlaskClient, sign_in: SignIn, group: Group
) -> None:
    sign_in(Role.MEMBER, "polis")
    page = boss.get(SETTINGS).text
    people = re.findall(r'name="person" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    duties = [f"{people[0]}:skriver", f"{people[1]}:godkanner", f"{people[1]}:skriver-ersattare"]
    sent = {"person": people, "seen": seen[1]}
    assert post(boss, f"{SETTINGS}/personer", **sent, duty=duties).status_code == 303
    with db.reading(system(group).gate) as session:
        found = {str(s.place.person_id): s.duties for s in settling.signers(session, system(group))}
    assert found == {
        people[0]: {Duty.WRITES},
        people[1]: {Duty.APPROVES, Duty.WRITES_FOR},
    }
    answer = post(boss, f"{SETTINGS}/personer", **sent, duty=[])
    assert answer.status_code == 409
    assert "Någon annan ändrade samtidigt." in plain(answer)
    for wrong in (["x"], [f"{people[0]}:sover"], [f"{new_id()}:skriver"]):
        answer = post(boss, f"{SETTINGS}/personer", **sent, duty=wrong)
        assert answer.status_code == 422
        assert 'id="duty-error"' in answer.text


def test_members_read_the_settings_and_change_nothing(police: FlaskClient, group: Group) -> None:
    page = plain(police.get(SETTINGS))
    assert "någon från en annan organisation än den som skrev" in page
    assert "kl. 15.00 på mötesdagen" in page
    assert "Spara" not in page
    assert post(police, SETTINGS, **LETTER).status_code == 403
    assert post(police, f"{SETTINGS}/personer", person=[], seen="").status_code == 403
    assert settled(group).schedule.version == 0
