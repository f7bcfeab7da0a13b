"""A list on a page: brought, looked at row by row, corrected, saved, undone."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import Connection, text

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf

PAGE = "/g/as/inlasning"
HEADINGS = "Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Beskrivning"
RIGHT = "2026-11-10;22:45;Klotter;Torget;59,27;17,95;Klotter på fasad"
WRONG = "2026-11-11;25:99;Bråk;Parken;59,22;17,95;Två grupper"


def content(*rows: str) -> bytes:
    return "\n".join([HEADINGS, *rows]).encode()


def bring(client: FlaskClient, data: bytes, name: str = "lista.csv", **options: str) -> str:
    """Bring a list and return the address of its page."""
    form: dict[str, Any] = {
        "csrf_token": csrf(client, PAGE),
        "file": (io.BytesIO(data), name),
        **options,
    }
    answer = client.post(PAGE, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.location


def post(client: FlaskClient, address: str, step: str, **form: str) -> str:
    """Take a step with a list and return the page that follows."""
    data = {"csrf_token": csrf(client, PAGE), **form}
    answer = client.post(f"{address}/{step}", data=data)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def incidents(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/groups/as/incidents").get_json()["features"]
    return found


def test_a_list_is_looked_at_before_anything_is_saved(police: FlaskClient) -> None:
    page = police.get(bring(police, content(RIGHT))).text
    assert "Inget är sparat än" in page
    assert "Spara 1 rad" in page
    assert incidents(police) == []


def test_a_list_that_is_right_is_saved_with_one_press(police: FlaskClient) -> None:
    page = post(police, bring(police, content(RIGHT)), "spara")
    assert "1 rad blev händelser" in page
    [found] = incidents(police)
    assert found["properties"]["place_text"] == "Torget"


def test_a_second_press_saves_nothing_twice(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "spara")
    post(police, address, "spara")
    assert len(incidents(police)) == 1


def test_the_same_list_again_finds_everything_there(police: FlaskClient) -> None:
    post(police, bring(police, content(RIGHT)), "spara")
    page = police.get(bring(police, content(RIGHT))).text
    assert "Det finns inget nytt att spara" in page


def test_a_wrong_row_is_told_with_its_column_and_reason(police: FlaskClient) -> None:
    page = police.get(bring(police, content(RIGHT, WRONG))).text
    assert "<strong>Rad 3.</strong> Klockslag: Klockslaget" in page


def test_a_wrong_row_is_corrected_in_place(police: FlaskClient) -> None:
    address = bring(police, content(WRONG))
    page = post(police, address, "kontrollera", **{"rad-2-time": "23:15"})
    assert "Alla rader är rätt" in page
    post(police, address, "spara")
    assert incidents(police)[0]["properties"]["occurred_from"].startswith("2026-11-11T22:15")


def test_the_right_rows_are_saved_and_the_wrong_ones_come_back_as_a_file(
    police: FlaskClient,
) -> None:
    address = bring(police, content(RIGHT, WRONG))
    page = post(police, address, "spara", good_rows="1")
    assert len(incidents(police)) == 1
    assert f"{address}/fel.csv" in page
    rows = police.get(f"{address}/fel.csv").text.splitlines()
    assert rows[0].endswith(HEADINGS)
    assert len(rows) == 2
    assert "25:99" in rows[1]


def test_without_being_asked_a_list_with_a_wrong_row_saves_nothing(police: FlaskClient) -> None:
    page = post(police, bring(police, content(RIGHT, WRONG)), "spara")
    assert "Inget är sparat" in page
    assert incidents(police) == []
    assert "<strong>Rad 3.</strong>" in page


def test_an_unclear_word_is_answered_and_remembered(police: FlaskClient) -> None:
    unclear = RIGHT.replace("Klotter;", "Fikapaus;")
    address = bring(police, content(unclear))
    assert 'name="ord:Fikapaus"' in police.get(address).text
    page = post(police, address, "kontrollera", **{"ord:Fikapaus": "ORD01"})
    assert "Spara 1 rad" in page
    post(police, address, "spara")
    again = police.get(bring(police, content(unclear.replace("Torget", "Parken")))).text
    assert "Spara 1 rad" in again


def test_unknown_headings_are_asked_about(police: FlaskClient) -> None:
    odd = content(RIGHT).replace("Händelsetyp".encode(), b"Rutan till v\xc3\xa4nster")
    address = bring(police, odd)
    page = police.get(address).text
    assert 'name="kolumn:Rutan till vänster"' in page
    answers = {
        f"kolumn:{heading}": re.search(
            rf'name="kolumn:{heading}">.*?<option value="([a-z_]+)" selected', page, re.DOTALL
        )[1]  # type: ignore[index] # the page has a choice for each
        for heading in ("Datum", "Klockslag", "Plats", "Latitud", "Longitud", "Beskrivning")
    }
    after = post(
        police, address, "kontrollera", **answers, **{"kolumn:Rutan till vänster": "category"}
    )
    assert "Spara 1 rad" in after


def test_a_row_outside_the_municipality_can_be_insisted_on(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT.replace("59,27", "59,33")))
    assert 'name="utanfor-2"' in police.get(address).text
    assert "Spara 1 rad" in post(police, address, "kontrollera", **{"utanfor-2": "1"})


def test_a_personal_number_stops_its_row_and_is_not_in_the_log(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT.replace("fasad", "fasad 19121212-1212")))
    page = police.get(address).text
    assert "personnummer" in page
    assert "Spara" not in page.split("submit")[-1]


def test_an_import_is_undone_as_a_whole(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "spara")
    assert "1 händelse är tillbakatagen" in post(police, address, "angra")
    assert incidents(police) == []


def test_an_undone_list_can_come_in_again(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "spara")
    post(police, address, "angra")
    post(police, bring(police, content(RIGHT)), "spara")
    assert len(incidents(police)) == 1


def test_an_incident_that_somebody_changed_stays_when_its_list_is_undone(
    police: FlaskClient,
) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "spara")
    [found] = incidents(police)
    reference = found["properties"]["reference"]
    form = f"/g/as/handelser/{reference}/andra"
    values = dict(re.findall(r'name="([a-z_]+)"[^>]*value="([^"]*)"', police.get(form).text))
    values |= {"group": "SKA", "category": "SKA01", "summary": "Ändrad", "visibility": "osg"}
    values |= {"when": "mellan", "place_precision_m": ""}  # of several choices one is checked
    assert police.post(form, data=values).status_code == 303
    assert "1 ligger kvar" in post(police, address, "angra")
    assert len(incidents(police)) == 1


def test_a_workbook_is_taken_as_it_is(police: FlaskClient) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Lägesbild"])
    sheet.append(HEADINGS.split(";"))
    sheet.append(["2026-11-10", "22:45", "Klotter", "Torget", 59.27, 17.95, "Klotter"])
    file = io.BytesIO()
    book.save(file)
    page = police.get(bring(police, file.getvalue(), "lista.xlsx")).text
    assert "Spara 1 rad" in page


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 50, b"hej"])
def test_what_is_no_list_gets_a_sentence(police: FlaskClient, data: bytes) -> None:
    form = {"csrf_token": csrf(police, PAGE), "file": (io.BytesIO(data), "fil.csv")}
    answer = police.post(PAGE, data=form, content_type="multipart/form-data")
    if answer.status_code == 303:  # text, but no headings: the page asks what is what
        assert "Vad är vad?" in police.get(answer.location).text
    else:
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_a_missing_file_gets_a_sentence(police: FlaskClient) -> None:
    form = {"csrf_token": csrf(police, PAGE), "file": (io.BytesIO(b""), "")}
    answer = police.post(PAGE, data=form, content_type="multipart/form-data")
    assert (answer.status_code, "Välj en fil först" in answer.text) == (422, True)


def test_the_map_gets_every_row_with_a_place(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT, WRONG))
    found = police.get(f"{address}/rader.geojson").get_json()
    assert [(f["properties"]["line"], f["properties"]["state"]) for f in found["features"]] == [
        (2, "sparas")
    ]


@pytest.mark.parametrize("step", ["", "/fel.csv", "/rader.geojson"])
def test_another_organisation_never_sees_a_list(
    police: FlaskClient, sign_in: SignIn, step: str
) -> None:
    address = bring(police, content(RIGHT))
    assert sign_in(Role.MEMBER, "brand").get(f"{address}{step}").status_code == 404


@pytest.mark.parametrize("step", ["kontrollera", "spara", "angra"])
def test_another_organisation_never_touches_a_list(
    police: FlaskClient, sign_in: SignIn, step: str
) -> None:
    address = bring(police, content(RIGHT))
    other = sign_in(Role.MEMBER, "brand")
    data = {"csrf_token": csrf(other, PAGE)}
    assert other.post(f"{address}/{step}", data=data).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.REPORTER, 403),
        (Role.MEMBER, 200),
        (Role.COORDINATOR, 200),
        (Role.ANALYST, 403),
        (Role.READER, 403),
        (Role.ADMIN, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_may_bring_a_list(sign_in: SignIn, role: Role, status: int) -> None:
    assert sign_in(role, "kommun").get(PAGE).status_code == status


def owned(connection: Connection, statement: str, **values: str) -> None:
    """Do something to the database that no page does."""
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(text(statement), values)


@pytest.mark.parametrize("stage", ["checking", "saving"])
def test_work_that_died_is_told_and_can_be_begun_again(
    police: FlaskClient, connection: Connection, stage: str
) -> None:
    address = bring(police, content(RIGHT))
    owned(connection, "UPDATE imports SET state = :stage", stage=stage)
    assert "Arbetet avbröts, och inget är sparat" in police.get(address).text
    assert "Spara 1 rad" in post(police, address, "kontrollera")


def test_a_file_that_is_no_longer_kept_is_told(police: FlaskClient, connection: Connection) -> None:
    address = bring(police, b"Datum;Vad\n2026-01-01;Klotter")
    owned(connection, "UPDATE imports SET content = NULL")
    assert "Filen sparas inte längre" in police.get(address).text


def test_a_checked_list_whose_file_is_gone_saves_nothing(
    police: FlaskClient, connection: Connection
) -> None:
    address = bring(police, content(RIGHT))
    owned(connection, "UPDATE imports SET content = NULL")
    assert "Filen sparas inte längre" in post(police, address, "spara")
    assert incidents(police) == []


def test_a_cell_that_nobody_changed_is_no_correction(police: FlaskClient) -> None:
    hidden = RIGHT.replace("fasad", "fasad 19121212-1212")
    address = bring(police, content(hidden))
    page = police.get(address).text
    assert "19121212-1212" not in page
    shown = re.search(r'name="rad-2-summary" value="([^"]*)"', page)
    assert shown is not None
    assert "personnummer" in post(police, address, "kontrollera", **{"rad-2-summary": shown[1]})


def test_a_list_of_six_hundred_rows_is_shown_in_pages(police: FlaskClient) -> None:
    rows = [RIGHT.replace("Torget", f"Plats {n}") for n in range(600)]
    page = police.get(bring(police, content(*rows))).text
    assert "Spara 600 rader" in page
    assert "rad 201<" in page
    assert "rad 202<" not in page
    assert "Visa fler rader" in page


def test_what_was_written_is_checked_before_anything_is_saved(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT, WRONG))
    page = post(police, address, "spara", good_rows="1", **{"rad-3-time": "23:15"})
    assert "Spara 2 rader" in page
    assert incidents(police) == []


def test_an_answer_from_before_can_be_changed(police: FlaskClient) -> None:
    odd = content(RIGHT.replace("Klotter;", "Fikapaus;"))
    post(police, bring(police, odd), "kontrollera", **{"ord:Fikapaus": "ORD01"})
    address = bring(police, odd)
    post(police, address, "kontrollera", **{"ord:Fikapaus": "ORD01"})
    page = post(police, address, "kontrollera", **{"ord:Fikapaus": "ORD05"})
    assert "Nedskräpning, dumpning</strong>" in page


def test_all_texts_that_only_warn_are_confirmed_at_once(police: FlaskClient) -> None:
    rows = [RIGHT.replace("fasad", f"fasad {n}, ring 070-174 06 05") for n in range(30)]
    address = bring(police, content(*rows))
    assert "Spara 30 rader" in post(police, address, "kontrollera", **{"bekrafta-alla": "1"})


def test_a_list_that_is_not_wanted_is_removed(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT))
    assert "Inga listor ännu" in post(police, address, "bort")
    assert police.get(address).status_code == 404


def test_a_saved_list_is_not_removed(police: FlaskClient) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "spara")
    data = {"csrf_token": csrf(police, PAGE)}
    assert police.post(f"{address}/bort", data=data).status_code == 409


def test_each_saved_row_leads_to_its_incident(police: FlaskClient) -> None:
    page = post(police, bring(police, content(RIGHT)), "spara")
    assert '<a href="/g/as/handelser/L-2026-000001">Klotter</a>' in page


@pytest.mark.parametrize(
    "answer",
    [
        {"kolumn:Ring 811228-9874": "summary"},
        {"plats:811228-9874": "00000000-0000-0000-0000-000000000000"},
        {"ord:811228-9874": "SKA01"},
        {"rad-2-summary": "Anna 811228-9874"},
        {"ark": "a\x00b", "rad-2-summary": "a\x00b", "plats:x": "nej", "ord:nej": "NOSUCH"},
    ],
)
def test_an_answer_to_nothing_is_not_kept(
    police: FlaskClient, connection: Connection, answer: dict[str, str]
) -> None:
    address = bring(police, content(RIGHT))
    post(police, address, "kontrollera", **answer)
    owned(connection, "SELECT 1")
    kept = connection.execute(text("SELECT ways::text || told::text FROM imports")).scalar_one()
    assert "9874" not in kept
    assert "NOSUCH" not in kept
    assert "Spara 1 rad" in police.get(address).text


def test_a_word_with_a_personal_number_is_shown_without_it(police: FlaskClient) -> None:
    page = police.get(bring(police, content(RIGHT.replace("Klotter;", "Fika 811228-9874;")))).text
    assert "811228-9874" not in page


@pytest.mark.parametrize("query", ["efter=99999999999999999999", "efter=-1", "rad=x", "visa=allt"])
def test_an_odd_address_shows_the_list(police: FlaskClient, query: str) -> None:
    assert police.get(f"{bring(police, content(RIGHT))}?{query}").status_code == 200


def test_the_columns_can_be_looked_at_again(police: FlaskClient) -> None:
    page = police.get(f"{bring(police, content(RIGHT))}?kolumner=1").text
    assert 'name="kolumn:Beskrivning"' in page


@pytest.mark.parametrize(
    ("clock", "shown"),
    [("22:45", "tis 10 nov kl. 22.45"), ("ca 22", "tis 10 nov kl. 22–23"), ("", "tis 10 nov")],
)
def test_a_time_is_shown_as_well_as_it_is_known(
    police: FlaskClient, clock: str, shown: str
) -> None:
    row = RIGHT.replace("22:45", clock)
    address = bring(police, content(row))
    page = police.get(address).text.replace("\xa0", " ")
    assert f'<span class="sub">{shown}, Torget</span>' in page
    post(police, address, "spara")
    listed = police.get("/g/as/handelser").text.replace("\xa0", " ")
    assert f"<span>{shown}</span>" in listed


def test_a_row_that_only_waits_for_a_word_is_not_one_to_correct(police: FlaskClient) -> None:
    rows = [RIGHT.replace("Klotter;", f"{word};") for word in ("Fikapaus", "Fika 811228-9874")]
    page = police.get(bring(police, content(*rows))).text
    assert 'name="ord:Fikapaus"' in page
    assert 'name="rad-2-category"' not in page
    assert 'name="rad-3-category"' in page
