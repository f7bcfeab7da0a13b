"""Who may let in whom, through the pages."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db
from lagesbild.base.errors import ConflictError, NotAllowedError
from lagesbild.members import service
from lagesbild.members.rules import Member
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import PASSWORD, join
from tests.web.conftest import SignIn, csrf

PAGE = "/g/as/personer"
NEWCOMER = {
    "mail": "Narpolis@as.example",
    "name": "Närpolischef",
    "organisation": "polis",
    "role": "member",
    "password": "fyra ord i rad",
}


def post(client: FlaskClient, page: str = PAGE, **form: str) -> TestResponse:
    return client.post(page, data=form | {"csrf_token": csrf(client, PAGE)})


def everybody(group: Group) -> dict[str, Member]:
    with db.reading(system(group).gate) as session:
        return {m.mail: m for m in service.members(session, system(group))}


def comes_in(app: Flask, mail: str, password: str) -> bool:
    client = app.test_client()
    form = {"mail": mail, "password": password, "csrf_token": csrf(client, "/logga-in")}
    return client.post("/logga-in", data=form).status_code == 303


def test_a_new_person_comes_in_with_the_first_password(boss: FlaskClient, app: Flask) -> None:
    answer = post(boss, **NEWCOMER)
    assert answer.status_code == 303
    assert "Närpolischef är med i gruppen" in boss.get(answer.location).text
    assert comes_in(app, "narpolis@as.example", NEWCOMER["password"])


def test_the_form_suggests_another_password_each_time(boss: FlaskClient) -> None:
    suggested = re.compile(r'name="password" type="text" value="([a-z2-9-]{19})"')
    first, second = (suggested.search(boss.get(PAGE).text) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[1] != second[1]


def test_the_same_person_twice_by_a_double_click_is_one(boss: FlaskClient, group: Group) -> None:
    first, second = post(boss, **NEWCOMER), post(boss, **NEWCOMER)
    assert first.location == second.location
    assert len(everybody(group)) == 2


def test_somebody_who_is_in_already_is_told_with_the_form_kept(boss: FlaskClient) -> None:
    post(boss, **NEWCOMER)
    answer = post(boss, **NEWCOMER | {"role": "reporter"})
    assert answer.status_code == 409
    assert "är redan med i gruppen" in answer.text
    assert NEWCOMER["password"] in answer.text


def test_a_known_address_keeps_its_password_and_the_page_says_so(
    boss: FlaskClient, app: Flask
) -> None:
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    known = Newcomer("narpolis@as.example", "Närpolischef", PASSWORD)
    access.add_member(system(other), known, organisation="polis", role=Role.MEMBER, now=NOW)
    answer = post(boss, **NEWCOMER)
    assert "det lösenord som personen redan har" in boss.get(answer.location).text
    assert comes_in(app, known.mail, PASSWORD)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mail": "narpolis"}, "e-postadress"),
        ({"name": ""}, "Skriv ett namn"),
        ({"password": "kort"}, "för kort"),
        ({"role": "auditor"}, "administratör"),
        ({"role": "system"}, "administratör"),
        ({"role": "chef"}, "finns inte i listan"),
    ],
)
def test_what_is_wrong_stands_in_the_form(
    boss: FlaskClient, group: Group, changes: dict[str, str], sentence: str
) -> None:
    answer = post(boss, **NEWCOMER | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(everybody(group)) == 1


def test_only_coordinators_and_administrators_see_who_is_in(sign_in: SignIn) -> None:
    for role in (Role.REPORTER, Role.MEMBER, Role.ANALYST, Role.READER, Role.AUDITOR):
        client = sign_in(role, "polis")
        assert client.get(PAGE).status_code == 403, role
        token = csrf(client, "/losenord")
        answer = client.post(PAGE, data=NEWCOMER | {"csrf_token": token})
        assert answer.status_code == 403, role


def test_a_stopped_person_is_out_at_once_and_comes_back_with_the_old_password(
    boss: FlaskClient, police: FlaskClient, program: dict[str, str], group: Group, app: Flask
) -> None:
    mail = "member.polis@as.example"
    page = f"{PAGE}/{everybody(group)[mail].id}"
    assert post(boss, page, gor="stang").status_code == 303
    assert police.get("/g/as/handelser").status_code == 303
    assert police.get("/api/v1/incidents", headers=program).status_code == 401
    assert not comes_in(app, mail, PASSWORD)
    assert post(boss, page, gor="slapp").status_code == 303
    assert comes_in(app, mail, PASSWORD)
    assert police.get("/api/v1/incidents", headers=program).status_code == 401


def test_stopping_somebody_here_leaves_their_other_group_alone(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    mail = "member.polis@as.example"
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    known = Newcomer(mail, "Prov")
    access.add_member(system(other), known, organisation="polis", role=Role.MEMBER, now=NOW)
    post(boss, f"{PAGE}/{everybody(group)[mail].id}", gor="stang")
    assert police.get("/g/by/handelser").status_code == 200
    assert police.get("/g/as/handelser").status_code == 404


def test_a_new_password_ends_the_old_session(
    boss: FlaskClient, police: FlaskClient, group: Group, app: Flask
) -> None:
    mail = "member.polis@as.example"
    page = f"{PAGE}/{everybody(group)[mail].id}"
    answer = post(boss, page, gor="losenord", password="ett-nytt-losenord")
    assert answer.status_code == 303
    assert police.get("/g/as/handelser").status_code == 303
    assert comes_in(app, mail, "ett-nytt-losenord")


def test_nobody_takes_over_an_account_that_another_group_trusts(
    boss: FlaskClient, police: FlaskClient, group: Group
) -> None:
    mail = "member.polis@as.example"
    assert police.get(PAGE).status_code == 403
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    access.add_member(
        system(other), Newcomer(mail, "Prov"), organisation="polis", role=Role.MEMBER, now=NOW
    )
    page = f"{PAGE}/{everybody(group)[mail].id}"
    answer = post(boss, page, gor="losenord", password="ett-nytt-losenord")
    assert answer.status_code == 409
    assert "med i andra grupper" in answer.text


def test_a_role_can_be_changed(boss: FlaskClient, police: FlaskClient, group: Group) -> None:
    page = f"{PAGE}/{everybody(group)['member.polis@as.example'].id}"
    answer = post(boss, page, gor="andra", role="reader", organisation="kommun")
    assert answer.status_code == 303
    found = everybody(group)["member.polis@as.example"]
    assert (found.role, found.organisation) == (Role.READER, "Kommunen")
    assert police.get("/g/as/handelser").status_code == 403


@pytest.mark.parametrize("wanted", ["andra", "stang", "slapp", "losenord"])
def test_nobody_changes_themselves_here(boss: FlaskClient, group: Group, wanted: str) -> None:
    page = f"{PAGE}/{everybody(group)['coordinator.kommun@as.example'].id}"
    form = {"gor": wanted, "role": "admin", "organisation": "kommun", "password": PASSWORD}
    answer = post(boss, page, **form)
    assert answer.status_code == 409
    assert "dig själv" in answer.text


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_a_coordinator_does_not_touch_who_is_over_the_group(
    boss: FlaskClient, sign_in: SignIn, group: Group, role: Role
) -> None:
    sign_in(role, "kommun")
    page = f"{PAGE}/{everybody(group)[f'{role}.kommun@as.example'].id}"
    for wanted in ("andra", "stang", "losenord"):
        form = {"role": "reader", "organisation": "kommun", "password": PASSWORD}
        assert post(boss, page, gor=wanted, **form).status_code == 403, wanted


def test_a_coordinator_appoints_the_first_administrator_and_no_second(boss: FlaskClient) -> None:
    assert post(boss, **NEWCOMER | {"role": "admin"}).status_code == 303
    again = NEWCOMER | {"role": "admin", "mail": "andra@as.example"}
    assert post(boss, **again).status_code == 422


def test_an_administrator_gives_every_role(sign_in: SignIn, group: Group) -> None:
    admin = sign_in(Role.ADMIN, "kommun")
    assert post(admin, **NEWCOMER | {"role": "auditor"}).status_code == 303
    assert everybody(group)["narpolis@as.example"].role == Role.AUDITOR


def test_somebody_of_another_group_is_not_there(boss: FlaskClient) -> None:
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    known = Newcomer("by@by.example", "Prov", PASSWORD)
    access.add_member(system(other), known, organisation="polis", role=Role.MEMBER, now=NOW)
    page = f"{PAGE}/{everybody(other)['by@by.example'].id}"
    assert boss.get(page).status_code == 404
    assert post(boss, page, gor="stang").status_code == 404


def places(group: Group, *actors: Actor) -> list[UUID]:
    by_person = {m.person_id: m.id for m in everybody(group).values()}
    return [by_person[actor.person_id] for actor in actors if actor.person_id]


def test_two_coordinators_who_stop_each_other_leave_one(
    group: Group, organisations: dict[str, Organisation]
) -> None:
    one, other = (join(group, organisations["kommun"], Role.COORDINATOR) for _ in range(2))
    first, second = places(group, one, other)
    service.stop(one, second, now=NOW)
    with pytest.raises(ConflictError, match="Utse en samordnare först"):
        service.stop(other, first, now=NOW)  # was let in before, and waited for the first


def test_the_last_administrator_stays(group: Group, organisations: dict[str, Organisation]) -> None:
    one, other = (join(group, organisations["kommun"], Role.ADMIN) for _ in range(2))
    join(group, organisations["kommun"], Role.COORDINATOR)
    first, second = places(group, one, other)
    service.stop(one, second, now=NOW)
    with pytest.raises(ConflictError, match="enda administratör"):
        service.stop(other, first, now=NOW)


def test_a_member_may_not_let_anybody_in(member: Actor) -> None:
    with pytest.raises(NotAllowedError):
        service.add(
            member,
            Newcomer("ny@as.example", "Prov", PASSWORD),
            organisation="polis",
            role=Role.MEMBER,
            now=NOW,
        )


OWN = "/losenord"
NEW = "fem nya ord i rad"


def change(client: FlaskClient, **changes: str) -> TestResponse:
    form = {"old": PASSWORD, "password": NEW, "again": NEW} | changes
    return client.post(OWN, data=form | {"csrf_token": csrf(client, OWN)})


def test_everybody_changes_their_own_password_and_stays_signed_in(
    police: FlaskClient, app: Flask
) -> None:
    answer = change(police)
    assert "Lösenordet är bytt" in police.get(answer.location).text
    assert comes_in(app, "member.polis@as.example", NEW)
    assert not comes_in(app, "member.polis@as.example", PASSWORD)


def test_other_browsers_of_the_same_person_are_signed_out(
    police: FlaskClient, app: Flask, program: dict[str, str]
) -> None:
    other = app.test_client()
    token = csrf(other, "/logga-in")
    form = {"mail": "member.polis@as.example", "password": PASSWORD, "csrf_token": token}
    other.post("/logga-in", data=form)
    change(police)
    assert other.get("/g/as/handelser").status_code == 303
    assert other.get("/api/v1/incidents", headers=program).status_code == 401


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"old": "fel"}, "inte ditt nuvarande"),
        ({"again": "något annat"}, "samma som ovanför"),
        ({"password": "kort", "again": "kort"}, "för kort"),
    ],
)
def test_a_wrong_field_changes_nothing(
    police: FlaskClient, app: Flask, changes: dict[str, str], sentence: str
) -> None:
    answer = change(police, **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert comes_in(app, "member.polis@as.example", PASSWORD)


def test_guessing_the_old_password_is_guessing_at_the_door(police: FlaskClient) -> None:
    for _ in range(8):
        assert change(police, old="fel").status_code == 422
    assert change(police).status_code == 429


def test_a_program_does_not_change_a_password(app: Flask, program: dict[str, str]) -> None:
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert app.test_client().post(OWN, data=form, headers=program).status_code == 403
