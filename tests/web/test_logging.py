"""Logging through the form: quick times, what is usual, what is like it, what programs get."""

import re

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, PERSONAL_NUMBER, form

OTHER = "0197f5aa-0000-7000-8000-000000000002"
NOON = "2026-11-18T12:30:00+01:00"  # a Wednesday; the program's clock says 13:00
JSON = {"Accept": "application/json"}


def only(client: FlaskClient) -> dict[str, str]:
    [feature] = client.get(API).get_json()["features"]
    properties: dict[str, str] = feature["properties"]
    return properties


@pytest.mark.parametrize(
    ("when", "start", "end", "precision"),
    [
        ("nu", "2026-11-18T11:30:00+00:00", None, "exakt"),
        ("i-dag", "2026-11-17T23:00:00+00:00", "2026-11-18T11:30:00+00:00", "dygn"),
        ("i-natt", "2026-11-17T21:00:00+00:00", "2026-11-18T05:00:00+00:00", "mellan"),
        ("i-gar-kvall", "2026-11-17T17:00:00+00:00", "2026-11-17T22:59:00+00:00", "mellan"),
    ],
)
def test_a_quick_time_counts_from_when_the_form_was_opened(
    when: str, start: str, end: str | None, precision: str, police: FlaskClient
) -> None:
    sent = form(police, when=when, opened_at=NOON, occurred_from="")
    assert police.post(NEW, data=sent).status_code == 303
    stored = only(police)
    told = (stored["occurred_from"], stored["occurred_to"], stored["time_precision"])
    assert told == (start, end, precision)


def test_a_form_from_the_future_is_taken_as_opened_now(police: FlaskClient) -> None:
    sent = form(police, when="nu", opened_at="2027-01-01T00:00:00+01:00")
    police.post(NEW, data=sent)
    assert only(police)["occurred_from"].startswith("2026-11-18T12:0")


@pytest.mark.parametrize("opened_at", ["", "i går", "2026-99-99"])
def test_a_quick_time_without_a_readable_opening_asks_for_the_time(
    opened_at: str, police: FlaskClient
) -> None:
    sent = form(police, when="i-natt", opened_at=opened_at, occurred_from="")
    answer = police.post(NEW, data=sent)
    assert answer.status_code == 422
    assert "Tiden saknas" in answer.text


def test_two_times_are_taken_as_they_are_written(police: FlaskClient) -> None:
    sent = form(police, when="mellan", opened_at=NOON, occurred_from="2026-11-16T22:00")
    police.post(NEW, data=sent)
    assert only(police)["occurred_from"] == "2026-11-16T21:00:00+00:00"


def test_each_choice_of_time_says_what_it_means_and_which_week_it_counts_in(
    police: FlaskClient,
) -> None:
    page = police.get(NEW).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "tis 17 nov kl. 18.00–23.59. Räknas till v. 47." in page


@pytest.mark.parametrize(
    ("tile", "code", "words"),
    [
        ("BRA", "", "Välj också vilken sort inom brand"),
        ("BRA", "SKA01", "Välj också vilken sort inom brand"),
        ("", "", "Välj vad som har hänt"),
    ],
)
def test_a_group_needs_one_of_its_codes(
    tile: str, code: str, words: str, police: FlaskClient
) -> None:
    answer = police.post(NEW, data=form(police, group=tile, category=code))
    assert answer.status_code == 422
    assert words in answer.text


def test_a_form_without_a_kind_asks_for_it(police: FlaskClient) -> None:
    sent = form(police)
    del sent["category"]  # as a browser sends it when nothing is chosen
    answer = police.post(NEW, data=sent)
    assert answer.status_code == 422
    assert 'id="category-error"' in answer.text


def test_what_is_like_it_is_shown_before_anything_is_saved(
    police: FlaskClient, sign_in: SignIn
) -> None:
    police.post(NEW, data=form(police))
    fire = sign_in(Role.MEMBER, "brand")
    sent = form(fire, id=OTHER, category="BRA02", occurred_from="2026-11-18T11:00")
    answer = fire.post(NEW, data=sent)
    assert answer.status_code == 409
    assert "Är det samma händelse?" in answer.text
    assert "L-2026-000001" in answer.text
    assert only(fire)["reference"] == "L-2026-000001"
    assert fire.post(NEW, data=sent | {"distinct": "true"}).status_code == 303
    assert fire.get(API).get_json()["numberReturned"] == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "SKA01"},
        {"occurred_from": "2026-11-18T09:29"},
        {"latitude": "59,2714"},
        {"longitude": "", "latitude": "", "district": "norra-as"},
    ],
    ids=["another-group", "three-hours-and-a-minute", "156-metres", "no-place"],
)
def test_what_differs_in_kind_time_or_place_is_saved_at_once(
    changes: dict[str, str], police: FlaskClient
) -> None:
    police.post(NEW, data=form(police))
    assert police.post(NEW, data=form(police, id=OTHER, **changes)).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [{"occurred_from": "2026-11-18T09:30"}, {"latitude": "59,2713"}],
    ids=["three-hours", "144-metres"],
)
def test_what_is_just_near_enough_is_shown(changes: dict[str, str], police: FlaskClient) -> None:
    police.post(NEW, data=form(police))
    assert police.post(NEW, data=form(police, id=OTHER, **changes)).status_code == 409


def test_what_only_another_organisation_may_see_is_not_shown_as_like_it(
    police: FlaskClient, sign_in: SignIn
) -> None:
    police.post(NEW, data=form(police, visibility="egen"))
    fire = sign_in(Role.MEMBER, "brand")
    assert fire.post(NEW, data=form(fire, id=OTHER)).status_code == 303


def test_what_is_wrong_is_told_before_what_is_like_it(police: FlaskClient) -> None:
    police.post(NEW, data=form(police))
    answer = police.post(NEW, data=form(police, id=OTHER, summary="å" * 281))
    assert answer.status_code == 422


def test_the_same_form_again_is_not_like_itself(police: FlaskClient) -> None:
    sent = form(police)
    first = police.post(NEW, data=sent | {"distinct": "true"}).location
    assert police.post(NEW, data=sent).location == first


def test_a_script_gets_the_next_address_instead_of_a_page(police: FlaskClient) -> None:
    answer = police.post(NEW, data=form(police), headers=JSON)
    assert answer.status_code == 201
    assert answer.get_json() == {
        "next": "/g/as/handelser/L-2026-000001?saved=1",
        "reference": "L-2026-000001",
    }


def test_what_is_usual_is_kept_for_the_next_one(police: FlaskClient) -> None:
    sent = form(
        police, when="i-natt", opened_at=NOON, visibility="egen", known_by="larm", again="1"
    )
    page = police.get(police.post(NEW, data=sent).location).text
    assert re.search(r'name="when" value="i-natt" checked', page)
    assert re.search(r'name="visibility" value="egen" checked', page)
    assert '<option value="larm" selected>' in page


def test_two_written_times_are_kept_for_the_next_one(police: FlaskClient) -> None:
    sent = form(police, when="mellan", occurred_to="2026-11-18T12:45", again="1")
    page = police.get(police.post(NEW, data=sent).location).text
    assert 'value="2026-11-18T12:30"' in page
    assert 'value="2026-11-18T12:45"' in page


def test_the_form_offers_what_the_organisation_often_logs(
    police: FlaskClient, sign_in: SignIn
) -> None:
    assert "Ofta:" not in police.get(NEW).text
    police.post(NEW, data=form(police))
    assert 'data-code="BRA01"' in police.get(NEW).text
    assert "Ofta:" not in sign_in(Role.MEMBER, "brand").get(NEW).text


def test_nothing_to_report_is_offered_until_something_is_logged(police: FlaskClient) -> None:
    assert "/g/as/vecka/2026-W47/inget" in police.get(NEW).text
    police.post(NEW, data=form(police))
    assert "/g/as/vecka/2026-W47/inget" not in police.get(NEW).text


@pytest.mark.parametrize(
    ("text", "stops", "words"),
    [
        ("Stökigt vid torget", False, ""),
        (f"hos {PERSONAL_NUMBER}", True, "personnummer"),
        ("Ring 070-174 06 05", False, "telefonnummer"),
    ],
)
def test_the_guard_gives_its_hint_while_one_writes(
    text: str,
    stops: bool,  # noqa: FBT001 – a table of cases
    words: str,
    police: FlaskClient,
) -> None:
    sent = {"text": text, "csrf_token": csrf(police, NEW)}
    answer = police.post("/g/as/handelser/granska", data=sent).get_json()
    assert answer["stops"] is stops
    assert words in answer["sentence"]
    assert PERSONAL_NUMBER not in answer["sentence"]


def test_a_reader_gets_no_hint(sign_in: SignIn) -> None:
    reader = sign_in(Role.READER, "kommun")
    sent = {"text": "x", "csrf_token": csrf(reader, "/g/as/utskick")}
    assert reader.post("/g/as/handelser/granska", data=sent).status_code == 403
