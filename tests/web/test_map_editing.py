"""Where an incident is: moved with a reason, drawn as a line or area, put in a district by hand."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, PERSONAL_NUMBER, feature, form

ONE = "/g/as/handelser/L-2026-000001"
MOVE = f"{ONE}/flytta"
AREA = "/g/as/handelser/omrade"
WHY = "Larmet gav fel adress"
SOUTH = {"longitude": "17,95", "latitude": "59,22"}
LINE = {"type": "LineString", "coordinates": [[17.94, 59.27], [17.95, 59.28], [17.96, 59.27]]}
RING = [[17.94, 59.21], [17.96, 59.21], [17.95, 59.23], [17.94, 59.21]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
BOW = [[17.91, 59.21], [17.95, 59.24], [17.91, 59.24], [17.95, 59.21], [17.91, 59.21]]


@pytest.fixture
def logged(police: FlaskClient) -> FlaskClient:
    """The police, who have logged a fire in the northern district."""
    assert police.post(NEW, data=form(police)).status_code == 303
    return police


def moved(client: FlaskClient, **changes: str) -> dict[str, str]:
    """Return what a browser sends from the page that moves."""
    usual = {"version": "1", "place_text": "", "place_precision_m": "", "district": "", "shape": ""}
    return usual | {"csrf_token": csrf(client, NEW), "reason": WHY} | SOUTH | changes


def stored(client: FlaskClient) -> dict[str, Any]:
    [one] = client.get(API).get_json()["features"]
    found: dict[str, Any] = client.get(f"{API}/{one['id']}").get_json()
    return found


def log(client: FlaskClient) -> list[dict[str, Any]]:
    """Return the history as it is told to somebody, the newest first."""
    [one] = client.get(API).get_json()["features"]
    entries: list[dict[str, Any]] = client.get(f"{API}/{one['id']}/history").get_json()["entries"]
    return entries


# --- Moving -------------------------------------------------------------------------------------


def test_a_move_looks_up_the_district_anew_and_tells_why_and_where_from(
    logged: FlaskClient,
) -> None:
    assert logged.post(MOVE, data=moved(logged)).location == f"{ONE}?saved=1"
    now = stored(logged)
    assert now["geometry"]["coordinates"] == [17.95, 59.22]
    assert now["properties"]["district"] == "sodra-as"
    newest = log(logged)[0]
    assert newest["verb"] == "incident.placed"
    told = newest["changes"]
    assert json.loads(told["från plats"])["coordinates"] == [17.95, 59.27]
    assert json.loads(told["till plats"])["coordinates"] == [17.95, 59.22]
    assert told["skäl"] == WHY
    page = logged.get(ONE).text
    assert "flyttade platsen" in page
    assert (
        f'59.27000, 17.95000</span> till <span class="nw">59.22000, 17.95000</span>: {WHY}' in page
    )


def test_what_is_not_about_the_place_stays_as_it_was(logged: FlaskClient) -> None:
    before = stored(logged)["properties"]
    logged.post(MOVE, data=moved(logged))
    after = stored(logged)["properties"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"district", "version"}


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_move_without_a_reason_is_refused_and_keeps_what_was_written(
    reason: str, logged: FlaskClient
) -> None:
    answer = logged.post(MOVE, data=moved(logged, reason=reason))
    assert answer.status_code == 422
    assert "Skriv varför platsen flyttas." in answer.text
    assert re.search(r'name="latitude"[^>]*value="59.22"', answer.text)
    assert stored(logged)["properties"]["version"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": f"hos {PERSONAL_NUMBER}"}, "personnummer"),
        ({"place_text": f"hos {PERSONAL_NUMBER}"}, "personnummer"),
        ({"reason": "å" * 281}, "Högst 280"),
        ({"place_text": "å" * 121}, "Högst 120"),
        ({"longitude": "11,9"}, "utanför kommunen"),
        ({"latitude": ""}, "både longitud och latitud"),
        ({"latitude": "norr"}, "inte ett tal"),
        ({"district": "finns-inte"}, "Området finns inte"),
        ({"place_precision_m": "-1"}, "mellan 0 och"),
    ],
)
def test_a_wrong_move_is_told_in_swedish_and_nothing_is_moved(
    changes: dict[str, str], words: str, logged: FlaskClient
) -> None:
    answer = logged.post(MOVE, data=moved(logged, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert PERSONAL_NUMBER not in answer.text
    assert stored(logged)["geometry"]["coordinates"] == [17.95, 59.27]


def test_a_place_outside_the_municipality_needs_a_word(logged: FlaskClient) -> None:
    answer = logged.post(MOVE, data=moved(logged, longitude="11,9"))
    assert 'name="outside"' in answer.text
    assert logged.post(MOVE, data=moved(logged, longitude="11,9", outside="true")).location
    assert stored(logged)["properties"]["district"] is None


def test_a_double_click_moves_once(logged: FlaskClient) -> None:
    sent = moved(logged)
    assert [logged.post(MOVE, data=sent).status_code for _ in range(2)] == [303, 303]
    assert stored(logged)["properties"]["version"] == 2
    assert [entry["verb"] for entry in log(logged)].count("incident.placed") == 1


def test_a_move_that_came_second_shows_both_places_and_may_be_insisted_on(
    logged: FlaskClient,
) -> None:
    logged.post(MOVE, data=moved(logged, place_text="Torget"))
    late = logged.post(MOVE, data=moved(logged, latitude="59,21", reason="Sett på plats"))
    assert late.status_code == 409
    assert "59.22000, 17.95000, Torget" in late.text
    assert re.search(r'name="latitude"[^>]*value="59.21"', late.text)
    assert ">Sett på plats</textarea>" in late.text
    assert stored(logged)["geometry"]["coordinates"] == [17.95, 59.22]
    [version] = re.findall(r'name="version" value="(\d+)"', late.text)
    again = moved(logged, latitude="59,21", reason="Sett på plats", version=version)
    assert logged.post(MOVE, data=again).status_code == 303
    assert stored(logged)["geometry"]["coordinates"] == [17.95, 59.21]


def test_only_who_may_change_an_incident_moves_it(logged: FlaskClient, sign_in: SignIn) -> None:
    fire = sign_in(Role.MEMBER, "brand")
    assert fire.get(MOVE).status_code == 403
    assert fire.post(MOVE, data=moved(fire)).status_code == 403
    assert MOVE not in fire.get(ONE).text
    assert MOVE in logged.get(ONE).text
    assert stored(logged)["properties"]["version"] == 1


def test_what_was_taken_back_is_not_moved(logged: FlaskClient) -> None:
    token = {"csrf_token": csrf(logged, NEW)}
    logged.post(f"{ONE}/ta-tillbaka", data=token | {"version": "1", "reason": "fel"})
    assert logged.get(MOVE).status_code == 409
    assert logged.post(MOVE, data=moved(logged, version="2")).status_code == 409


def test_several_at_once_have_no_place_to_move(police: FlaskClient) -> None:
    police.post(NEW, data=form(police, number="7", longitude="", latitude=""))
    answer = police.post(MOVE, data=moved(police))
    assert answer.status_code == 422
    assert "Flera på en gång har ingen plats" in answer.text


@pytest.mark.parametrize(
    ("back", "there"),
    [
        ("/g/as/karta?week=2026-W47", "/g/as/karta?week=2026-W47"),
        ("/g/as/omraden/norra-as", "/g/as/omraden/norra-as"),
        ("//annan.example/g/as/karta", "/g/as/karta"),
        ("/logga-ut", f"{ONE}?saved=1"),
        ("", f"{ONE}?saved=1"),
    ],
)
def test_who_came_from_a_map_goes_back_to_it(back: str, there: str, logged: FlaskClient) -> None:
    answer = logged.post(MOVE, data=moved(logged), query_string={"tillbaka": back})
    assert answer.location == there


# --- Who is told --------------------------------------------------------------------------------


def history_of(client: FlaskClient, category: str, sign_in: SignIn) -> dict[str, Any]:
    """Return what the fire brigade is told of a move of the police's incident of a type."""
    client.post(NEW, data=form(client, category=category, visibility="osg"))
    client.post(MOVE, data=moved(client))
    fire = sign_in(Role.MEMBER, "brand")
    assert WHY not in fire.get(ONE).text or category == "BRA01"
    changes: dict[str, Any] = log(fire)[0]["changes"]
    return changes


def codes(client: FlaskClient) -> dict[str, str]:
    """Return a code of each sensitivity, with a severity that counts."""
    known = client.get("/api/v1/categories").get_json()["categories"]
    return {c["sensitivity"]: c["code"] for c in reversed(known)}


@pytest.mark.parametrize("sensitivity", ["C", "D"])
def test_where_a_sensitive_incident_was_is_told_to_its_owner_alone(
    sensitivity: str, police: FlaskClient, sign_in: SignIn
) -> None:
    code = codes(police)[sensitivity]
    told = history_of(police, code, sign_in)
    assert not {"från plats", "till plats", "skäl"} & told.keys()
    assert {"från plats", "till plats", "skäl"} <= log(police)[0]["changes"].keys()


def test_where_an_open_incident_was_is_told_to_the_group_until_it_is_taken_back(
    police: FlaskClient, sign_in: SignIn
) -> None:
    assert history_of(police, "BRA01", sign_in)["skäl"] == WHY
    [one] = police.get(API).get_json()["features"]
    token = {"csrf_token": csrf(police, NEW)}
    police.post(f"{ONE}/ta-tillbaka", data=token | {"version": "2", "reason": "fel"})
    fire = sign_in(Role.MEMBER, "kommun")
    entries = fire.get(f"{API}/{one['id']}/history").get_json()["entries"]
    assert [e["verb"] for e in entries][:2] == ["incident.withdrawn", "incident.placed"]
    assert "skäl" not in entries[1]["changes"]


def test_the_auditor_reads_that_it_was_moved_and_not_where(
    logged: FlaskClient, sign_in: SignIn
) -> None:
    logged.post(MOVE, data=moved(logged))
    page = sign_in(Role.AUDITOR, "kommun").get("/g/as/logg").text
    assert "flyttade platsen" in page
    assert "59.2" not in page
    assert WHY not in page


# --- The same by the form that changes, and by a program ------------------------------------------


def test_the_form_that_changes_asks_why_when_the_place_is_moved(logged: FlaskClient) -> None:
    sent = form(logged, version="1", **SOUTH)
    refused = logged.post(f"{ONE}/andra", data=sent)
    assert refused.status_code == 422
    assert "Skriv varför platsen flyttas." in refused.text
    assert logged.post(f"{ONE}/andra", data=sent | {"reason": WHY}).status_code == 303
    assert log(logged)[0]["changes"]["skäl"] == WHY


def test_a_change_that_leaves_the_place_needs_no_reason(logged: FlaskClient) -> None:
    sent = form(logged, version="1", summary="Brand i container")
    assert logged.post(f"{ONE}/andra", data=sent).status_code == 303
    assert not {"från plats", "skäl"} & log(logged)[0]["changes"].keys()


def test_a_place_for_what_had_none_needs_no_reason(police: FlaskClient) -> None:
    police.post(NEW, data=form(police, longitude="", latitude=""))
    sent = form(police, version="1")
    assert police.post(f"{ONE}/andra", data=sent).status_code == 303
    assert "från plats" not in log(police)[0]["changes"]


def patched(client: FlaskClient, headers: dict[str, str], **body: object) -> Any:  # noqa: ANN401
    made = client.post(API, json=feature(), headers=headers)
    address = f"{API}/{made.get_json()['id']}"
    read = headers | {"If-Match": made.headers["ETag"]}
    south = {"type": "Point", "coordinates": [17.95, 59.22]}
    answer = client.patch(address, json={"geometry": south, **body}, headers=read)
    return answer, client.get(f"{address}/history", headers=headers).get_json()["entries"]


def test_a_program_moves_without_a_word_as_before_and_may_say_why(
    stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer, entries = patched(stranger, program)
    assert answer.status_code == 200
    assert "från plats" in entries[0]["changes"]
    assert "skäl" not in entries[0]["changes"]
    answer, entries = patched(stranger, program, reason=WHY)
    assert answer.get_json()["properties"]["district"] == "sodra-as"
    assert entries[0]["changes"]["skäl"] == WHY


@pytest.mark.parametrize("reason", ["", 7, f"hos {PERSONAL_NUMBER}", "\x00"])
def test_a_program_that_says_why_is_held_to_it(
    reason: object, stranger: FlaskClient, program: dict[str, str]
) -> None:
    answer, entries = patched(stranger, program, reason=reason)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "reason"
    assert len(entries) == 1


# --- Lines and areas ----------------------------------------------------------------------------


def drawn(client: FlaskClient, shape: object, **changes: str) -> dict[str, str]:
    return form(client, longitude="", latitude="", shape=json.dumps(shape), **changes)


@pytest.mark.parametrize(("shape", "district"), [(LINE, "norra-as"), (SQUARE, "sodra-as")])
def test_a_drawn_line_or_area_is_stored_where_most_of_it_lies(
    shape: dict[str, Any], district: str, police: FlaskClient
) -> None:
    assert police.post(NEW, data=drawn(police, shape)).status_code == 303
    found = stored(police)
    assert found["geometry"] == shape
    assert found["properties"]["district"] == district
    assert "hörn, kring 59.2" in police.get(ONE).text


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"type": "LineString", "coordinates": [[17.95, 59.27]]}, "minst två hörn"),
        ({"type": "LineString", "coordinates": [[17.95, 59.27]] * 2}, "minst två hörn"),
        ({"type": "Polygon", "coordinates": [[*RING[:2], RING[0]]]}, "minst tre hörn"),
        ({"type": "Polygon", "coordinates": [[]]}, "punkter"),
        ({"type": "Polygon", "coordinates": [BOW]}, "korsar sig själv"),
        ({"type": "LineString", "coordinates": [[18, 59.22], [18, 59.68]]}, "större än 50 km"),
        ({"type": "LineString", "coordinates": [[17.95, 59.2]] * 1001}, "1–1000 punkter"),
        ({"type": "GeometryCollection", "geometries": []}, "."),
        ("hej", "."),
        (None, "."),
    ],
)  # fmt: skip
def test_a_line_or_area_that_cannot_be_is_refused_in_words(
    shape: object, words: str, police: FlaskClient
) -> None:
    answer = police.post(NEW, data=drawn(police, shape))
    assert answer.status_code == 422
    assert 'id="place-error"' in answer.text
    assert words in answer.text
    assert police.get(API).get_json()["numberReturned"] == 0


def test_what_is_no_json_is_refused_and_not_shown_again(police: FlaskClient) -> None:
    sent = form(police, longitude="", latitude="", shape='"><script>alert(1)</script>')
    answer = police.post(NEW, data=sent)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert 'name="shape" id="shape" value=""' in answer.text


def test_an_area_that_is_not_closed_is_closed(police: FlaskClient) -> None:
    police.post(NEW, data=drawn(police, {"type": "Polygon", "coordinates": [RING[:3]]}))
    assert stored(police)["geometry"] == SQUARE


def test_a_refused_form_shows_the_drawing_again(police: FlaskClient) -> None:
    page = police.post(NEW, data=drawn(police, LINE, summary="å" * 281)).text
    assert "17.96,59.27" in page


def test_a_typed_point_holds_before_a_drawing(police: FlaskClient) -> None:
    police.post(NEW, data=form(police, shape=json.dumps(LINE)))
    assert stored(police)["geometry"]["type"] == "Point"


def test_a_change_keeps_a_line_that_the_form_held(police: FlaskClient) -> None:
    police.post(NEW, data=drawn(police, LINE))
    page = police.get(f"{ONE}/andra").text
    assert "[17.96,59.27]" in page.replace("&#34;", '"')
    sent = drawn(police, LINE, version="1", summary="Ändrad")
    assert police.post(f"{ONE}/andra", data=sent).status_code == 303
    assert stored(police)["geometry"] == LINE
    assert "från plats" not in log(police)[0]["changes"]


def test_a_form_without_the_field_keeps_a_line(police: FlaskClient) -> None:
    police.post(NEW, data=drawn(police, LINE))
    sent = form(police, version="1", longitude="", latitude="", summary="Ändrad")
    assert police.post(f"{ONE}/andra", data=sent).status_code == 303
    assert stored(police)["geometry"] == LINE


def test_a_line_is_moved_to_an_area_with_a_reason(police: FlaskClient) -> None:
    police.post(NEW, data=drawn(police, LINE))
    no_point = {"longitude": "", "latitude": ""}
    sent = moved(police, shape=json.dumps(SQUARE), **no_point)
    assert police.post(MOVE, data=sent).status_code == 303
    assert stored(police)["geometry"] == SQUARE
    page = police.get(ONE).text
    assert "linje med 3 hörn, kring 59.27500, 17.95000" in page
    assert "yta med 3 hörn, kring 59.22000, 17.95000" in page


def test_a_change_that_came_second_tells_of_the_line_in_words(police: FlaskClient) -> None:
    police.post(NEW, data=drawn(police, LINE))
    sent = moved(police, shape=json.dumps(SQUARE), longitude="", latitude="")
    police.post(MOVE, data=sent)
    late = police.post(f"{ONE}/andra", data=drawn(police, LINE, version="1", summary="Sedan"))
    assert late.status_code == 409
    assert "yta med 3 hörn, kring 59.22000, 17.95000" in late.text
    assert "Sedan" in late.text


# --- Districts ----------------------------------------------------------------------------------


def asked(client: FlaskClient, **place: str) -> dict[str, Any]:
    answer = client.post(AREA, data=place | {"csrf_token": csrf(client, NEW)})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_form_is_told_of_the_district_and_of_a_border_nearby(police: FlaskClient) -> None:
    north = {"slug": "norra-as", "name": "Norra Ås"}
    south = {"slug": "sodra-as", "name": "Södra Ås"}
    near = asked(police, longitude="17.95", latitude="59.2502")
    assert near == {"district": north, "near": south, "outside": False, "broken": False}
    assert asked(police, longitude="17,95", latitude="59,27")["near"] is None
    assert asked(police, longitude="11.9", latitude="59.27")["outside"] is True
    assert asked(police, shape=json.dumps(SQUARE))["district"] == south
    bow = {"type": "Polygon", "coordinates": [BOW]}
    assert asked(police, shape=json.dumps(bow))["broken"] is True


@pytest.mark.parametrize(
    "place", [{}, {"longitude": "17.95"}, {"longitude": "x", "latitude": "1"}, {"shape": "{"}]
)
def test_an_area_cannot_be_told_of_what_is_no_place(
    place: dict[str, str], police: FlaskClient
) -> None:
    data = place | {"csrf_token": csrf(police, NEW)}
    assert police.post(AREA, data=data).status_code == 422


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.ANALYST, Role.ADMIN])
def test_who_logs_nothing_is_not_told(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role, "kommun")
    data = SOUTH | {"csrf_token": csrf(client, "/losenord")}
    assert client.post(AREA, data=data).status_code == 403


def test_an_incident_near_a_border_is_flagged_on_its_page_and_in_the_list(
    police: FlaskClient,
) -> None:
    police.post(NEW, data=form(police, latitude="59,2502"))
    assert "Nära gränsen till Södra Ås." in police.get(ONE).text
    assert f'{MOVE}#district">Välj område</a>' in police.get(ONE).text
    assert "(nära gränsen till Södra Ås)" in police.get("/g/as/handelser").text


def test_an_incident_far_from_a_border_is_not_flagged(logged: FlaskClient) -> None:
    assert "Nära gränsen" not in logged.get(ONE).text
    assert "nära gränsen" not in logged.get("/g/as/handelser").text


@pytest.mark.parametrize("sensitivity", ["C", "D"])
def test_a_place_that_is_not_shown_is_not_told_to_be_near_a_border(
    sensitivity: str, police: FlaskClient, sign_in: SignIn
) -> None:
    code = codes(police)[sensitivity]
    police.post(NEW, data=form(police, category=code, visibility="osg", latitude="59,2502"))
    fire = sign_in(Role.MEMBER, "brand")
    for page in (ONE, "/g/as/handelser"):
        assert "ära gränsen" in police.get(page).text
        assert "L-2026-000001" in fire.get(page).text
        assert "ära gränsen" not in fire.get(page).text


def test_a_district_is_chosen_by_hand_kept_and_given_back_to_the_place(
    logged: FlaskClient,
) -> None:
    here = {"longitude": "17,95", "latitude": "59,27"}
    assert logged.post(MOVE, data=moved(logged, district="sodra-as", **here)).status_code == 303
    assert stored(logged)["properties"]["district"] == "sodra-as"
    assert stored(logged)["properties"]["district_chosen"] is True
    assert "(valt för hand)" in logged.get(ONE).text
    assert "flyttade platsen" not in logged.get(ONE).text  # it is where it was
    assert re.search(r'value="sodra-as" selected', logged.get(MOVE).text)
    assert logged.post(MOVE, data=moved(logged, version="2", **here)).status_code == 303
    assert stored(logged)["properties"]["district"] == "norra-as"
    assert stored(logged)["properties"]["district_chosen"] is False


def test_the_list_beside_the_map_says_what_is_near_a_border(police: FlaskClient) -> None:
    police.post(NEW, data=form(police, latitude="59,2502"))
    page = police.get("/g/as/omraden/norra-as?week=2026-W47").text
    assert "nära gränsen till Södra Ås" in page


def test_the_map_leads_only_the_owner_to_the_move(logged: FlaskClient, sign_in: SignIn) -> None:
    data = "/g/as/karta/handelser.geojson?week=2026-W47"
    for client, move in ((logged, MOVE), (sign_in(Role.MEMBER, "brand"), None)):
        [found] = json.loads(client.get(data).data)["features"]
        assert found["properties"].get("move") == move
