"""Incidents through the page and through the API."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf

NEW = "/g/as/handelser/ny"
API = "/api/v1/incidents"
SAID = "2026-11-18T12:30"
PERSONAL_NUMBER = "811228-9874"


EMPTY = (
    "occurred_to", "reported_at", "place_precision_m", "place_kind", "place_text", "district",
    "details", "secrecy_basis", "reporter_role", "severity", "severity_reason", "known_by",
    "crime_code", "tags", "source_ref",
)  # fmt: skip


def form(client: FlaskClient, **changes: str) -> dict[str, str]:
    """Return what a browser sends: every field, most of them empty."""
    usual = dict.fromkeys(EMPTY, "") | {
        "csrf_token": csrf(client, NEW),
        "id": "0197f5aa-0000-7000-8000-000000000001",
        "category": "BRA01",
        "occurred_from": SAID,
        "longitude": "17,95",
        "latitude": "59,27",
        "summary": "Brand i papperskorg",
    }
    return usual | changes


def feature(geometry: object = None, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 – JSON
    usual = {"category": "BRA01", "occurred_from": "2026-11-18T12:30:00+01:00"}
    where = geometry or {"type": "Point", "coordinates": [17.95, 59.27]}
    return {"type": "Feature", "geometry": where, "properties": usual | properties}


def test_the_form_stores_an_incident_and_shows_it(police: FlaskClient) -> None:
    answer = police.post(NEW, data=form(police))
    assert answer.location == "/g/as/handelser/L-2026-000001?saved=1"
    page = police.get(answer.location).text
    assert "Sparat som L-2026-000001" in page
    assert "Norra Ås" in page


def test_a_double_click_makes_one_incident(police: FlaskClient) -> None:
    sent = form(police)
    first, second = (police.post(NEW, data=sent).location for _ in range(2))
    assert first == second
    assert police.get(API).get_json()["numberReturned"] == 1


def test_a_place_without_position_is_allowed_with_a_chosen_district(police: FlaskClient) -> None:
    sent = form(police, longitude="", latitude="", district="sodra-as")
    assert police.post(NEW, data=sent).status_code == 303
    [stored] = police.get(API).get_json()["features"]
    assert stored["geometry"] is None
    assert stored["properties"]["district"] == "sodra-as"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("category", "", "Välj vad som har hänt"),
        ("category", "XXX01", "Typen finns inte"),
        ("occurred_from", "", "Tiden saknas"),
        ("occurred_from", "i går", "Det är inte en tid"),
        ("occurred_from", "2026-11-18T13:06", "framtiden"),
        ("occurred_from", "2026-03-29T02:30", "finns inte"),
        ("occurred_from", "0001-01-01T00:00", "rimligt"),
        ("occurred_to", "2026-11-18T12:29", "före starttiden"),
        ("longitude", "öst", "inte ett tal"),
        ("longitude", "nan", "tal"),
        ("longitude", "11.9", "utanför kommunen"),
        ("latitude", "", "både longitud och latitud"),
        ("summary", "å" * 281, "Högst 280"),
        ("summary", "noll\x00tecken", "går att spara"),
        ("district", "finns-inte", "Området finns inte"),
        ("place_precision_m", "-1", "mellan 0 och"),
        ("crime_code", "12", "fyra siffror"),
        ("severity", "5", "varför allvaret"),
        ("id", "1", "id"),
    ],
)
def test_a_wrong_field_is_named_in_swedish_and_nothing_is_stored(
    field: str, value: str, words: str, police: FlaskClient
) -> None:
    answer = police.post(NEW, data=form(police, **{field: value}))
    assert answer.status_code == 422
    assert words in answer.text
    assert police.get(API).get_json()["numberReturned"] == 0


@pytest.mark.parametrize(
    "field", ["summary", "details", "place_text", "reporter_role", "severity_reason",
              "secrecy_basis", "source_ref", "tags"],
)  # fmt: skip
def test_a_personal_number_is_stopped_in_every_field_and_never_repeated(
    field: str, police: FlaskClient
) -> None:
    answer = police.post(NEW, data=form(police, **{field: f"hos {PERSONAL_NUMBER} i går"}))
    assert answer.status_code == 422
    assert "personnummer" in answer.text
    assert PERSONAL_NUMBER not in answer.text
    sent = feature(**{field: [PERSONAL_NUMBER] if field == "tags" else PERSONAL_NUMBER})
    answer = police.post(API, json=sent, headers={"X-CSRFToken": csrf(police, NEW)})
    assert answer.get_json()["field"] == field
    assert PERSONAL_NUMBER not in answer.text
    assert police.get(API).get_json()["numberReturned"] == 0


def test_a_telephone_number_only_warns(police: FlaskClient) -> None:
    sent = form(police, summary="Ring 070-174 06 05")
    answer = police.post(NEW, data=sent)
    assert answer.status_code == 422
    assert 'name="confirmed"' in answer.text
    assert police.post(NEW, data=sent | {"confirmed": "true"}).status_code == 303


def test_ten_megabytes_of_text_are_refused_in_words(police: FlaskClient) -> None:
    answer = police.post(NEW, data=form(police, details="x" * 10_000_000))
    assert answer.status_code == 413
    assert "för stort" in answer.text
    answer = police.post(API, data=b"x" * 10_000_000, content_type="application/json")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "body"),
        ("[]", "body"),
        (json.dumps({"type": "Feature"}), "properties"),
        (json.dumps(feature(category=7)), "category"),
        (json.dumps(feature(okänt="x")), "okänt"),
        (json.dumps(feature({"type": "Point", "coordinates": [[1, 2]]})), "geometry"),
        (json.dumps(feature({"type": "Point", "coordinates": [59.27, 117.95]})), "geometry"),
        (json.dumps(feature({"type": "Point", "coordinates": []})), "geometry"),
        (json.dumps(feature({"type": "GeometryCollection", "geometries": []})), "geometry"),
        (json.dumps(feature({"type": "Point", "coordinates": [11.9, 57.7]})), "place"),
        (json.dumps(feature({"type": "Polygon", "coordinates": [
            [[17.91, 59.21], [17.95, 59.25], [17.91, 59.25], [17.95, 59.21], [17.91, 59.21]]]}),
        ), "place"),
        (json.dumps(feature({"type": "Polygon", "coordinates": [[[17.9, 59.2]]]})), "place"),
        (json.dumps(feature({"type": "LineString", "coordinates": [[17.95, 59.2]]})), "place"),
    ],
)  # fmt: skip
def test_a_wrong_body_gets_one_sentence_that_names_the_field(
    body: str, field: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer = stranger.post(API, data=body, headers=program, content_type="application/json")
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["field"] == field
    assert problem["detail"].endswith(".")
    assert stranger.get(API, headers=program).get_json()["numberReturned"] == 0


@pytest.mark.parametrize(
    "query", ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=20,59,18,60", "week=2026-47", "week=2026-W54",
              "limit=0", "limit=1001", "limit=x", "from=x", "status=x", "cursor=%C3%A5",
              "cursor=AA==", "category=ord01", "category=%25", "bbox=1_7,59,18,60",
              "bbox=١٧,٥٩,١٨,٦٠", "bbox=nan,59,18,60", "to=2026-11-01T00:00&from=2026-11-01T00:00"],
)  # fmt: skip
def test_a_wrong_filter_is_named(
    query: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer = stranger.get(f"{API}?{query}", headers=program)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == query.split("=", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("2026-11-01T00:00:00", ""),
        ("2026-11-01", ""),
        ("2026-W44", ""),
        ("0001-01-01T00:00:00+14:00", ""),
        ("9999-12-31T23:59:59-23:59", ""),
        ("5", ""),
        ("", ""),
        ("12", "allvar"),
        ("012345", "allvar"),
        ("6", "allvar"),
        ("", "allvar"),
        ("1", "inkommet"),
    ],
)
@pytest.mark.parametrize("box", ["", "&bbox=17.9,59.2,17.95,59.25"])
def test_a_page_that_no_answer_has_named_is_refused(
    box: str, key: str, order: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    cursor = base64.urlsafe_b64encode(f"{key}|{UUID(int=7)}".encode()).decode()
    answer = stranger.get(f"{API}?sort={order}&cursor={cursor}{box}", headers=program)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "cursor"


@pytest.mark.parametrize("moment", ["2026-11-01T00:00:00+20:00", "0001-01-01T00:00:00+00:00"])
def test_a_page_may_begin_at_any_moment(
    moment: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    cursor = base64.urlsafe_b64encode(f"{moment}|{UUID(int=7)}".encode()).decode()
    address = f"{API}?bbox=17.9,59.2,17.95,59.25&cursor={cursor}"
    assert stranger.get(address, headers=program).get_json()["features"] == []


def test_the_severity_of_a_type_follows_it_where_nobody_has_judged_otherwise(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(category="ORD01"), headers=program)
    headers = program | {"If-Match": made.headers["ETag"]}
    address = f"{API}/{made.get_json()['id']}"
    change = {"properties": {"category": "STO01"}}
    changed = stranger.patch(address, json=change, headers=headers).get_json()["properties"]
    known = stranger.get("/api/v1/categories", headers=program).get_json()["categories"]
    severity = {each["code"]: each["severity"] for each in known}
    assert (changed["category"], changed["severity"]) == ("STO01", severity["STO01"])
    assert severity["STO01"] != severity["ORD01"]


def test_the_same_key_makes_one_incident_and_another_body_is_refused(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    headers = program | {"Idempotency-Key": "en gång"}
    first, second = (stranger.post(API, json=feature(), headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.get_json()["id"] == second.get_json()["id"]
    other = stranger.post(API, json=feature(category="BRA02"), headers=headers)
    assert other.status_code == 422
    assert stranger.get(API, headers=program).get_json()["numberReturned"] == 1


def test_a_change_needs_the_version_that_was_read(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(summary="Brand"), headers=program)
    address = f"{API}/{made.get_json()['id']}"
    change = {"properties": {"summary": "Brand i container"}}
    assert stranger.patch(address, json=change, headers=program).status_code == 422
    read = program | {"If-Match": made.headers["ETag"]}
    changed = stranger.patch(address, json=change, headers=read)
    assert changed.get_json()["properties"]["summary"] == "Brand i container"
    stale = stranger.patch(address, json=change, headers=read)
    assert stale.status_code == 409
    assert stale.get_json()["current"]["properties"]["version"] == 2


def test_a_change_keeps_what_was_not_sent(stranger: FlaskClient, program: dict[str, str]) -> None:
    sent = feature(summary="Brand", details="mer", tags=["moped"], place_kind="park")
    made = stranger.post(API, json=sent, headers=program)
    before = made.get_json()
    changed = stranger.patch(
        f"{API}/{before['id']}",
        json={"properties": {"verification": "bekraftad"}},
        headers=program | {"If-Match": made.headers["ETag"]},
    ).get_json()
    expected = before["properties"] | {"verification": "bekraftad", "version": 2}
    assert changed["properties"] == expected
    assert changed["geometry"] == before["geometry"]


def test_withdrawing_needs_a_reason_and_hides_it_from_lists(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(), headers=program)
    address = f"{API}/{made.get_json()['id']}/withdraw"
    headers = program | {"If-Match": made.headers["ETag"]}
    assert stranger.post(address, json={"reason": " "}, headers=headers).status_code == 422
    assert stranger.post(address, json={"reason": "fel"}, headers=headers).status_code == 200
    assert stranger.get(API, headers=program).get_json()["numberReturned"] == 0


def test_only_the_owner_changes_an_incident(
    stranger: FlaskClient, program: dict[str, str], sign_in: SignIn
) -> None:
    made = stranger.post(API, json=feature(), headers=program)
    fire = sign_in(Role.MEMBER, "brand")
    headers = {"If-Match": made.headers["ETag"], "X-CSRFToken": csrf(fire, NEW)}
    change = {"properties": {"summary": "annat"}}
    answer = fire.patch(f"{API}/{made.get_json()['id']}", json=change, headers=headers)
    assert answer.status_code == 403


def test_what_only_the_owner_may_see_is_not_there_for_others(
    stranger: FlaskClient, program: dict[str, str], sign_in: SignIn
) -> None:
    made = stranger.post(API, json=feature(visibility="egen"), headers=program).get_json()
    fire = sign_in(Role.MEMBER, "brand")
    assert fire.get(API).get_json()["numberReturned"] == 0
    assert fire.get(f"{API}/{made['id']}").status_code == 404
    assert fire.get(f"/g/as/handelser/{made['properties']['reference']}").status_code == 404
    assert stranger.get(f"{API}/{made['id']}", headers=program).status_code == 200


def test_a_reporter_reads_only_what_the_own_organisation_logged(
    stranger: FlaskClient, program: dict[str, str], sign_in: SignIn
) -> None:
    made = stranger.post(API, json=feature(), headers=program).get_json()
    municipal = sign_in(Role.REPORTER, "kommun")
    assert municipal.get(API).get_json()["numberReturned"] == 0
    assert municipal.get(f"{API}/{made['id']}").status_code == 404
    assert sign_in(Role.REPORTER, "polis").get(API).get_json()["numberReturned"] == 1


def test_pages_follow_each_other_without_gaps_or_doubles(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    for _ in range(5):
        stranger.post(API, json=feature(), headers=program)
    address: str | None = f"{API}?limit=2"
    seen = []
    while address:
        page = stranger.get(address, headers=program).get_json()
        seen += [f["id"] for f in page["features"]]
        address = next((link["href"] for link in page["links"]), None)
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bbox=17.94,59.26,17.96,59.28", 1),
        ("bbox=17.96,59.26,17.98,59.28", 0),
        ("bbox=10,55,25,70", 1),
        ("district=norra-as", 1),
        ("district=sodra-as", 0),
        ("week=2026-W47", 1),
        ("week=2026-W48", 0),
        ("from=2026-11-18T12:30", 1),
        ("from=2026-11-18T12:31", 0),
        ("to=2026-11-18T12:30", 0),
        ("category=BRA", 1),
        ("category=BRA02", 0),
        ("organisation=polis", 1),
        ("organisation=brand", 0),
        ("status=obekraftad", 1),
        ("status=bekraftad", 0),
        ("q=papperskorg", 1),
        ("q=%25", 0),
    ],
)
def test_filters_narrow_the_list(
    query: str, found: int, stranger: FlaskClient, program: dict[str, str]
) -> None:
    stranger.post(API, json=feature(summary="Brand i papperskorg"), headers=program)
    answer = stranger.get(f"{API}?{query}", headers=program)
    assert answer.get_json()["numberReturned"] == found, answer.text


def test_an_area_is_found_in_a_box_that_it_only_touches(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    ring = [[17.91, 59.21], [17.99, 59.21], [17.99, 59.29], [17.91, 59.29], [17.91, 59.21]]
    area = {"type": "Polygon", "coordinates": [ring]}
    assert stranger.post(API, json=feature(area), headers=program).status_code == 201
    answer = stranger.get(f"{API}?bbox=17.98,59.28,18.1,59.4", headers=program)
    assert answer.get_json()["numberReturned"] == 1


def test_the_page_refuses_a_change_that_came_second(police: FlaskClient) -> None:
    address = police.post(NEW, data=form(police)).location.partition("?")[0] + "/andra"
    sent = form(police, version="1", summary="först")
    assert police.post(address, data=sent).status_code == 303
    late = police.post(address, data=sent | {"summary": "sedan"})
    assert late.status_code == 409
    assert "sedan" in late.text


def test_history_tells_who_did_what_without_the_text(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(summary="Brand"), headers=program).get_json()
    answer = stranger.get(f"{API}/{made['id']}/history", headers=program)
    [entry] = answer.get_json()["entries"]
    assert (entry["verb"], entry["organisation"]) == ("incident.reported", "polis")
    assert "Brand" not in answer.text


def test_an_empty_filter_is_no_filter(police: FlaskClient) -> None:
    police.post(NEW, data=form(police))
    page = police.get("/g/as/handelser?week=&category=BRA&district=&organisation=&q=&status=")
    assert page.status_code == 200
    assert "L-2026-000001" in page.text


def test_an_id_that_is_taken_is_a_conflict_and_not_a_fault(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    sent = feature() | {"id": "0197f5aa-0000-7000-8000-000000000009"}
    assert stranger.post(API, json=sent, headers=program).status_code == 201
    answer = stranger.post(API, json=sent, headers=program)
    assert answer.status_code == 409
    assert "samma id" in answer.get_json()["detail"]


def test_a_reference_that_is_taken_names_its_field(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    sent = feature(source_ref="K-ett")
    assert stranger.post(API, json=sent, headers=program).status_code == 201
    assert stranger.post(API, json=sent, headers=program).get_json()["field"] == "source_ref"


@pytest.mark.parametrize(
    "path", ["/g/as/handelser?q=%00", "/g/as/handelser/%00", "/g/as/utskick/%00", "/%00",
             "/g/as/vecka/0001-W02", "/g/as/vecka/٢٠٢٦-W٤٧"],
)  # fmt: skip
def test_an_odd_address_is_refused_in_words(path: str, police: FlaskClient) -> None:
    assert police.get(path).status_code in (403, 404, 422)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source_ref", "noll\x00"),
        ("summary", "\u202e4789-822118"),
        ("tags", "811228, 9874"),
        ("source_ref", "x" * 300),
        ("reported_at", "2030-01-01T12:00"),
        ("occurred_to", "2027-01-01T12:00"),
        ("crime_code", "٠٩٠١"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: str, police: FlaskClient) -> None:
    assert police.post(NEW, data=form(police, **{field: value})).status_code == 422


def test_a_withdrawal_reason_with_a_sign_that_cannot_be_stored_is_refused(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(), headers=program)
    headers = program | {"If-Match": made.headers["ETag"]}
    address = f"{API}/{made.get_json()['id']}/withdraw"
    assert stranger.post(address, json={"reason": "\x00"}, headers=headers).status_code == 422
    headers["If-Match"] = '"' + "1" * 5000 + '"'
    assert stranger.post(address, json={"reason": "fel"}, headers=headers).status_code in (400, 422)


def test_the_same_form_with_another_text_is_not_dropped_in_silence(police: FlaskClient) -> None:
    sent = form(police)
    police.post(NEW, data=sent)
    answer = police.post(NEW, data=sent | {"summary": "något annat"})
    assert answer.status_code == 409
    assert "något annat" in answer.text
    assert "Öppna L-2026-000001" in answer.text


def test_another_organisations_incident_has_no_form(police: FlaskClient, sign_in: SignIn) -> None:
    address = police.post(NEW, data=form(police)).location.partition("?")[0] + "/andra"
    assert police.get(address).status_code == 200
    assert sign_in(Role.MEMBER, "brand").get(address).status_code == 403


def test_a_refused_change_leads_to_the_version_that_won(police: FlaskClient) -> None:
    address = police.post(NEW, data=form(police)).location.partition("?")[0]
    sent = form(police, version="1", summary="först")
    police.post(f"{address}/andra", data=sent)
    late = police.post(f"{address}/andra", data=sent | {"summary": "sedan"})
    assert f'href="{address}"' in late.text
    assert "Ändra L-2026-000001" in late.text


def test_the_page_repeats_only_a_reference_as_saved(police: FlaskClient) -> None:
    assert "811228" not in police.get(f"{NEW}?saved=811228-9874").text
    page = police.get(f"{NEW}?saved=L-2026-000001").text
    assert 'Sparat som <a href="/g/as/handelser/L-2026-000001">' in page


def test_a_refusal_says_what_would_be_let_in(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    assert stranger.get(API).headers["WWW-Authenticate"] == "Bearer"
    assert "GET" in stranger.delete(API, headers=program).headers["Allow"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"occurred_from": 253402300799}, "occurred_from"),  # the year 9999, in seconds
        ({"occurred_from": "253402300799"}, "occurred_from"),
        ({"occurred_from": True}, "occurred_from"),
        ({"occurred_to": 0}, "occurred_to"),
    ],
)
def test_a_number_is_no_time(
    changed: dict[str, Any], field: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer = stranger.post(API, json=feature(**changed), headers=program)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field


def test_a_change_with_a_thousand_levels_is_refused(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    made = stranger.post(API, json=feature(), headers=program)
    deep = '{"geometry": ' + "[" * 900 + "]" * 900 + "}"
    headers = program | {"If-Match": made.headers["ETag"]}
    answer = stranger.patch(f"{API}/{made.get_json()['id']}", data=deep, headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "body"


@pytest.mark.parametrize(
    ("query", "field"), [("q=a%00b", "q"), ("okänd=%00", "okänd"), ("limit=" + "9" * 5000, "limit")]
)
def test_an_odd_value_in_an_address_names_its_parameter(
    query: str, field: str, stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer = stranger.get(f"{API}?{query}", headers=program)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field


def test_a_key_that_cannot_be_stored_is_refused(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    headers = program | {"Idempotency-Key": "a\x00b"}
    answer = stranger.post(API, json=feature(), headers=headers)
    assert answer.get_json()["field"] == "Idempotency-Key"
