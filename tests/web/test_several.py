"""Logging several at once, "7 inbrott, Segeltorp": form, program, file."""

import csv
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.base import clock
from lagesbild.people.rules import Role
from tests.build import NOW
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature, form

ONE = "/g/as/handelser/L-2026-000001"
WRONG = "Antalet ska vara ett helt tal mellan 1 och 500."


def several(client: FlaskClient, **changes: str) -> dict[str, str]:
    usual = {"longitude": "", "latitude": "", "category": "STO03", "number": "7"}
    return form(client, **(usual | {"area": "norra-as"} | changes))


def test_seven_are_stored_as_one_row_in_a_district_and_count_as_seven(
    police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert police.post(NEW, data=several(police)).status_code == 303
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    [row] = police.get(API).get_json()["features"]
    assert row["geometry"] is None
    assert (row["properties"]["number"], row["properties"]["district"]) == (7, "norra-as")
    assert "(7 händelser)" in police.get("/g/as/handelser").text
    assert "7, loggade på en gång" in police.get(ONE).text
    assert "7 rapporterade händelser" in police.get("/g/as/omraden/norra-as?week=2026-W47").text
    week = police.get("/api/v1/weeks/2026-W47").get_json()
    assert week["total"]["this_week"] == 7
    assert {c["organisation"]: c["incidents"] for c in week["coverage"]}["polis"] == 7


def test_they_may_be_in_no_known_district(
    police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert police.post(NEW, data=several(police, area="")).status_code == 303
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    week = police.get("/api/v1/weeks/2026-W47").get_json()
    assert week["without_district"]["this_week"] == 7


def test_the_coordinator_writes_what_another_says_aloud(sign_in: SignIn) -> None:
    coordinator = sign_in(Role.COORDINATOR, "kommun")
    assert coordinator.post(NEW, data=several(coordinator, spoken_by="polis")).status_code == 303
    [row] = coordinator.get(API).get_json()["features"]
    said = row["properties"]
    assert (said["number"], said["organisation"], said["source"]) == (7, "polis", "muntligt")


@pytest.mark.parametrize("number", ["1", "500", " 7 "])
def test_a_number_from_1_to_500_is_taken(number: str, police: FlaskClient) -> None:
    assert police.post(NEW, data=several(police, number=number)).status_code == 303


@pytest.mark.parametrize("number", ["0", "501", "-7", "sju", "7,5", "٧", "9999999999"])
def test_what_is_no_number_is_refused_in_words_and_kept_in_the_form(
    number: str, police: FlaskClient
) -> None:
    answer = police.post(NEW, data=several(police, number=number))
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert f'value="{number}"' in answer.text
    assert police.get(API).get_json()["numberReturned"] == 0


@pytest.mark.parametrize(
    "place",
    [
        {"place_text": "Torget"},
        {"longitude": "17,95", "latitude": "59,27"},
        {"place_precision_m": "50"},
    ],
)
def test_several_have_no_place(place: dict[str, str], police: FlaskClient) -> None:
    answer = police.post(NEW, data=several(police, **place))
    assert answer.status_code == 422
    assert "Flera på en gång har ingen plats" in answer.text


@pytest.mark.parametrize("number", [0, 501, True, 7.5, "sju", None])
def test_a_program_is_told_the_same(number: object, police: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf(police, NEW)}
    sent = feature(number=number) | {"geometry": None}
    problem = police.post(API, json=sent, headers=headers).get_json()
    assert (problem["field"], problem["detail"]) == ("number", WRONG)


def test_a_change_keeps_the_number(police: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf(police, NEW)}
    sent = feature(number=7) | {"geometry": None}
    made = police.post(API, json=sent, headers=headers)
    changed = police.patch(
        f"{API}/{made.get_json()['id']}",
        json={"properties": {"summary": "Inbrott"}},
        headers=headers | {"If-Match": made.headers["ETag"]},
    )
    assert changed.get_json()["properties"]["number"] == 7
    page = police.get(f"{ONE}/andra").text
    assert 'name="number" type="text" value="7"' in page


def test_a_file_says_how_many(police: FlaskClient) -> None:
    police.post(NEW, data=several(police))
    text = police.get("/g/as/uttag.csv").data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["Antal"] == "7"
    assert "7 händelser" in police.get("/g/as/uttag").text
