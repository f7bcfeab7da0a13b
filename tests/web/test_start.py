"""The first start in a browser: open while there is no municipality, and only with the code."""

import re
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock, db
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.service import recipients
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.members import service as members
from lagesbild.people.rules import Group, Organisation, Role, system
from lagesbild.start import service
from tests.build import NOW, SOURCE, SQUARES, draft
from tests.conftest import PASSWORD
from tests.web.conftest import SignIn, csrf

FORM = {
    "name": "Ås kommun",
    "code": "0001",
    "slug": "",
    "weekday": "1",
    "meeting": "13:30",
    "mail": "Samordnare@as.example",
    "person": "Säkerhetssamordnare",
    "password": PASSWORD,
    "again": PASSWORD,
}


@dataclass
class Beginner:
    """Somebody at a browser before there is a municipality."""

    client: FlaskClient
    code: str

    def enter(self, code: str | None = None) -> TestResponse:
        form = {"kod": code or self.code, "csrf_token": csrf(self.client, "/start")}
        return self.client.post("/start/kod", data=form)

    def begin(self, **changes: str) -> TestResponse:
        token = csrf(self.client, "/start")
        return self.client.post("/start", data=FORM | changes | {"csrf_token": token})


@pytest.fixture
def beginner(app: Flask) -> Beginner:
    return Beginner(app.test_client(), service.setup_code(app.config["SECRET_KEY"]))


def test_the_sign_in_leads_to_the_first_start(beginner: Beginner) -> None:
    assert beginner.client.get("/logga-in").location == "/start"


def test_without_the_code_there_is_no_form(beginner: Beginner) -> None:
    page = beginner.client.get("/start").text
    assert "Startkod" in page
    assert 'name="code"' not in page


def test_a_wrong_code_is_refused_in_words(beginner: Beginner) -> None:
    answer = beginner.enter("aaaa-aaaa-aaaa-aaaa")
    assert answer.status_code == 401
    assert "Det är inte startkoden" in answer.text
    assert 'name="code"' not in beginner.client.get("/start").text


def test_the_code_leaves_the_address(beginner: Beginner) -> None:
    answer = beginner.client.get(f"/start?kod={beginner.code}")
    assert answer.location == "/start"
    assert beginner.code not in beginner.client.get("/start").text


def test_after_forty_wrong_codes_the_right_one_waits(beginner: Beginner) -> None:
    token = csrf(beginner.client, "/start")
    for _ in range(40):
        form = {"kod": "fel", "csrf_token": token}
        assert beginner.client.post("/start/kod", data=form).status_code == 401
    assert beginner.enter().status_code == 429


def test_a_form_without_the_code_makes_nothing(beginner: Beginner) -> None:
    token = csrf(beginner.client, "/start")
    answer = beginner.client.post("/start", data=FORM | {"csrf_token": token})
    assert answer.location == "/start"
    assert service.is_waiting()


def test_a_form_without_its_token_is_refused(beginner: Beginner) -> None:
    beginner.enter()
    assert beginner.client.post("/start", data=FORM).status_code == 422


def test_the_first_person_is_signed_in_and_led_on(beginner: Beginner) -> None:
    beginner.enter()
    answer = beginner.begin()
    assert answer.location == "/g/as/kom-igang"
    assert "av 10 klart" in beginner.client.get(answer.location).text


def test_the_group_meets_when_the_form_said(beginner: Beginner) -> None:
    beginner.enter()
    beginner.begin()
    [group] = access.groups()
    assert group.meeting_weekday == 1
    assert f"{group.meeting_time:%H.%M}, {group.letter_time:%H.%M}" == "13.30, 15.30"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "126"}, "fyra siffror"),
        ({"code": "0000"}, "exempelkommunens kod"),
        ({"name": " "}, "Skriv ett namn"),
        ({"slug": "demo"}, "exempelkommunen"),
        ({"meeting": "22:00"}, "mellan 06.00 och 20.00"),
        ({"weekday": "7"}, "veckans dagar"),
        ({"mail": "samordnare"}, "e-postadress"),
        ({"person": ""}, "Skriv ett namn"),
        ({"again": "ett-annat-losenord"}, "samma som ovanför"),
        ({"password": "kort", "again": "kort"}, "för kort"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    beginner: Beginner, changes: dict[str, str], sentence: str
) -> None:
    beginner.enter()
    answer = beginner.begin(**changes)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert sentence in answer.text
    assert access.groups() == []


def test_a_password_never_comes_back_in_the_form(beginner: Beginner) -> None:
    beginner.enter()
    assert PASSWORD not in beginner.begin(code="1").text


def test_the_same_form_twice_makes_one_municipality(app: Flask, beginner: Beginner) -> None:
    beginner.enter()
    token = csrf(beginner.client, "/start")
    with beginner.client.session_transaction() as cookie:
        before = dict(cookie)
    first = beginner.client.post("/start", data=FORM | {"csrf_token": token})
    again = app.test_client()  # the second click leaves with the cookie of before
    with again.session_transaction() as cookie:
        cookie.update(before)
    second = again.post("/start", data=FORM | {"csrf_token": token})
    assert first.location == second.location
    assert len(access.groups()) == 1


def test_a_second_person_is_told_that_another_was_faster(beginner: Beginner) -> None:
    beginner.enter()
    token = csrf(beginner.client, "/start")
    access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    answer = beginner.client.post("/start", data=FORM | {"csrf_token": token})
    assert answer.status_code == 409
    assert "By kommun är redan upplagd" in answer.text
    assert [group.slug for group in access.groups()] == ["by"]


@pytest.mark.parametrize(("slug", "code"), [("as", "0001"), ("demo", "0000")])
def test_the_first_start_closes_with_the_first_municipality(
    beginner: Beginner, slug: str, code: str
) -> None:
    token = csrf(beginner.client, "/start")
    access.add_municipality(slug=slug, name="Ås kommun", code=code, now=NOW)
    assert beginner.client.get(f"/start?kod={beginner.code}").status_code == 404
    form = {"kod": beginner.code, "csrf_token": token}
    assert beginner.client.post("/start/kod", data=form).status_code == 404
    assert beginner.client.post("/start", data=FORM | form).status_code == 404


def test_production_lets_nobody_of_the_example_in(app: Flask) -> None:
    demo = access.add_municipality(slug="demo", name="Demo", code="0000", now=NOW)
    client = app.test_client()
    form = {"mail": "polis@demo.example", "password": PASSWORD}
    newcomer = Newcomer(form["mail"], "Medlem", PASSWORD)
    access.add_member(system(demo), newcomer, organisation="polis", role=Role.MEMBER, now=NOW)
    form["csrf_token"] = csrf(client, "/logga-in")
    assert client.post("/logga-in", data=form).status_code == 303
    assert client.get("/g/demo/handelser").status_code == 200
    app.config["IN_PRODUCTION"] = True
    assert client.get("/g/demo/handelser").status_code == 303  # a session of a restored database
    answer = client.post("/logga-in", data=form)
    assert answer.status_code in {401, 422}


def test_the_steps_count_what_is_there(sign_in: SignIn) -> None:
    page = sign_in(Role.COORDINATOR, "kommun").get("/g/as/kom-igang").text
    assert "3 av 10 klart" in page  # the municipality, its meeting, its districts
    assert "Ännu ingen från: Polisen och Brandförsvaret." in page
    command = "lagesbild districts import FIL --municipality as --division kommun --valid-from"
    assert command in re.sub("<[^>]+>", "", page)


def test_a_person_in_each_organisation_is_a_step(sign_in: SignIn) -> None:
    for organisation in ("polis", "brand"):
        sign_in(Role.MEMBER, organisation)
    page = sign_in(Role.COORDINATOR, "kommun").get("/g/as/kom-igang").text
    assert "5 av 10 klart" in page


def test_an_administrator_sees_the_steps_and_others_do_not(sign_in: SignIn) -> None:
    assert sign_in(Role.ADMIN, "kommun").get("/g/as/kom-igang").status_code == 200
    for role in (Role.REPORTER, Role.MEMBER, Role.ANALYST, Role.READER, Role.AUDITOR):
        assert sign_in(role, "polis").get("/g/as/kom-igang").status_code == 403, role


def test_the_secrets_of_the_mail_server_are_not_on_the_page(app: Flask, sign_in: SignIn) -> None:
    app.config.update(MAIL_URL="smtp://namn:hemligt@post.example", MAIL_FROM="osg@as.example")
    page = sign_in(Role.COORDINATOR, "kommun").get("/g/as/kom-igang").text
    assert "Genom post.example, från osg@as.example." in page
    assert "hemligt" not in page
    assert re.search(r"4 av 10 klart", page)


def test_when_everything_is_there_the_page_says_so(
    app: Flask, sign_in: SignIn, group: Group, organisations: dict[str, Organisation]
) -> None:
    app.config.update(MAIL_URL="smtp://post.example", MAIL_FROM="osg@as.example")
    outline = replace(SOURCE, division="kommun")
    with db.transaction(system(group).gate) as session:
        districts.put_version(session, system(group), outline, SQUARES, now=NOW)
    for organisation in organisations.values():
        actor = system(group, organisation.id)
        with db.transaction(actor.gate) as session:
            incidents.report(session, actor, draft(organisation_id=organisation.id), now=NOW)
    for role, name in ((Role.READER, "kommun"), (Role.MEMBER, "polis"), (Role.MEMBER, "brand")):
        sign_in(role, name)
    let_get_the_letter(group)
    page = sign_in(Role.COORDINATOR, "kommun").get("/g/as/kom-igang").text
    assert "10 av 10 klart" in page
    assert "Allt är klart för första torsdagen." in page


def let_get_the_letter(group: Group) -> None:
    today = clock.now().astimezone(clock.STOCKHOLM).date()
    chair = Recipient(db.new_id(), ListName.CHAIR, "ordforande@as.example", "Ordförande", today)
    with db.transaction(system(group).gate) as session:
        recipients.add(session, system(group), chair, now=clock.now())


def test_a_letter_without_recipients_is_a_step_until_it_has_one(
    sign_in: SignIn, group: Group
) -> None:
    boss = sign_in(Role.COORDINATOR, "kommun")
    assert "Ingen mottagare står på listorna" in boss.get("/g/as/kom-igang").text
    let_get_the_letter(group)
    assert "Ingen mottagare står på listorna" not in boss.get("/g/as/kom-igang").text


def test_a_letter_that_one_person_may_approve_is_a_step_until_there_are_two(
    sign_in: SignIn,
) -> None:
    boss = sign_in(Role.COORDINATOR, "kommun")
    lacking = "Bara en person i Ås kommun kan godkänna brevet"
    assert lacking in boss.get("/g/as/kom-igang").text
    sign_in(Role.MEMBER, "polis")
    assert lacking not in boss.get("/g/as/kom-igang").text


@pytest.mark.parametrize(("role", "links"), [(Role.COORDINATOR, 1), (Role.ADMIN, 0)])
def test_a_step_links_to_what_its_reader_may_do(role: Role, links: int, sign_in: SignIn) -> None:
    page = sign_in(role, "kommun").get("/g/as/kom-igang").text
    assert page.count('href="/g/as/utskick/mottagare"') == links


def test_the_first_person_is_the_groups_coordinator(beginner: Beginner) -> None:
    beginner.enter()
    beginner.begin()
    [group] = access.groups()
    with db.reading(system(group).gate) as session:
        [only] = members.members(session, system(group))
    assert (only.mail, only.role, only.organisation) == (
        "samordnare@as.example",
        Role.COORDINATOR,
        "Kommunen",
    )
