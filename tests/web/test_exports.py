"""Taking incidents out: who may, what comes, and what the log says about it."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from flask.testing import FlaskClient
from pyogrio import raw

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import reading, transaction
from lagesbild.exchange.rules.exports import records
from lagesbild.incidents import service
from lagesbild.incidents.rules import GeoJson, TimePrecision, Visibility
from lagesbild.people.rules import ALLOWED, Group, Organisation, Permission, Role, system
from tests.build import NOW, SOUTH, draft
from tests.web.conftest import SignIn

FORMS = tuple(records.Form)
PAGE = "/g/as/uttag"
API = "/api/v1/groups/as/incidents"
MAY = ALLOWED[Permission.READ_INCIDENTS] - {Role.SYSTEM}
ROLES = sorted(set(Role) - {Role.SYSTEM})
LINE = GeoJson('{"type":"LineString","coordinates":[[17.93,59.26],[17.94,59.27],[17.96,59.26]]}')
AREA = GeoJson(
    '{"type":"Polygon","coordinates":[[[17.93,59.26],[17.96,59.26],[17.95,59.27],[17.93,59.26]]]}'
)

Report = Callable[..., None]


@pytest.fixture
def report(group: Group, organisations: dict[str, Organisation]) -> Report:
    """Return a function that stores an incident of an organisation."""

    def stored(organisation: str = "polis", **changes: Any) -> None:  # noqa: ANN401 – of a draft
        actor = system(group, organisations[organisation].id)
        made = draft(**({"organisation_id": actor.organisation_id} | changes))
        with transaction(actor.gate) as session:
            service.report(session, actor, made, now=NOW)

    return stored


def log(group: Group) -> list[Entry]:
    with reading(system(group).gate) as session:
        entries = audit.history(session, group.municipality_id)
    return [entry for entry in entries if entry.verb == "incidents.exported"]


def table(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"{PAGE}.csv{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def book(client: FlaskClient, query: str = "") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}.xlsx{query}").data))


def layer(client: FlaskClient, form: str, folder: Path, query: str = "") -> Any:  # noqa: ANN401 – arrays
    """Return the rows of a layer as GDAL reads it: about it, and field → values."""
    file = folder / f"uttag.{form}"
    file.write_bytes(client.get(f"{PAGE}.{form}{query}").data)
    about, _, shapes, columns = raw.read(file, datetime_as_string=True)
    names = [str(name) for name in about["fields"]]
    return about | dict(zip(names, columns, strict=True)) | {"shapes": shapes, "file": file}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_read_the_list_may_take_it_out_and_nobody_else(
    role: Role, sign_in: SignIn, report: Report, group: Group
) -> None:
    report("kommun")
    client = sign_in(role, "kommun")
    expected = 200 if role in MAY else 403
    addresses = [PAGE, *(f"{start}.{form}" for start in (PAGE, API) for form in FORMS)]
    assert {client.get(address).status_code for address in addresses} == {expected}
    assert len(log(group)) == (2 * len(FORMS) if role in MAY else 0)


@pytest.mark.parametrize("form", FORMS)
def test_a_reporter_takes_out_the_own_organisations_rows(
    form: str, sign_in: SignIn, report: Report
) -> None:
    report("kommun", summary="Vår egen")
    report("polis", summary="Polisens")
    answer = sign_in(Role.REPORTER, "kommun").get(f"{PAGE}.{form}")
    if form == "xlsx":
        text = str(list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values))
    else:
        text = answer.data.decode(errors="replace")
    assert "Vår egen" in text
    assert "Polisens" not in text


@pytest.mark.parametrize("form", FORMS)
def test_what_an_organisation_keeps_never_leaves_with_another(
    form: str, police: FlaskClient, sign_in: SignIn, report: Report, tmp_path: Path
) -> None:
    report("brand", visibility=Visibility.OWN, summary="Bara vi")
    counts = []
    for client in (police, sign_in(Role.MEMBER, "brand")):
        file = tmp_path / f"uttag.{form}"
        file.write_bytes(client.get(f"{PAGE}.{form}").data)
        if form == "xlsx":
            counts.append(openpyxl.load_workbook(file).worksheets[0].max_row - 1)
        elif form == "csv":
            counts.append(len(table(client)))
        else:
            counts.append(pyogrio.read_info(file)["features"])
    assert counts == [0, 1]


def test_details_and_the_senders_own_words_stay(police: FlaskClient, report: Report) -> None:
    secret = "Hemligt ord"
    report(details=secret, reporter_role=secret, secrecy_basis=secret, source_ref=secret)
    for form in FORMS:
        data = police.get(f"{PAGE}.{form}").data
        assert secret.encode() not in data
    values = [cell for sheet in book(police) for row in sheet.values for cell in row]
    assert secret not in values


def test_another_groups_cookie_opens_nothing(police: FlaskClient) -> None:
    assert police.get("/g/annan/uttag").status_code == 404
    for form in FORMS:
        assert police.get(f"/g/annan/uttag.{form}").status_code == 404
        assert police.get(f"/api/v1/groups/annan/incidents.{form}").status_code == 404


def test_a_program_takes_out_with_its_key(
    police: FlaskClient, program: dict[str, str], report: Report
) -> None:
    report()
    police.delete_cookie("lagesbild")
    for address in (f"{API}.csv", "/api/v1/incidents.csv"):
        assert b"L-2026-000001" in police.get(address, headers=program).data
    refused = police.get(f"{API}.csv?week=2026", headers=program)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_the_page_names_the_local_zone_and_keeps_the_choice(
    police: FlaskClient, report: Report
) -> None:
    report()
    page = police.get(f"{PAGE}?crs=3011").text
    assert '<option value="3011" selected>SWEREF 99 18 00 (lokal zon)' in page


@pytest.mark.parametrize("address", [f"{PAGE}.gpkg", f"{API}.gpkg"])
def test_a_layer_leaves_in_the_system_that_was_asked_for(
    address: str, police: FlaskClient, report: Report, group: Group, tmp_path: Path
) -> None:
    report()
    file = tmp_path / "uttag.gpkg"
    file.write_bytes(police.get(f"{address}?crs=3006").data)
    assert raw.read(file)[0]["crs"] == "EPSG:3006"
    assert log(group)[0].changes["koordinater"] == "SWEREF 99 TM"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("geojson?crs=3006", "GeoJSON är alltid WGS 84"), ("csv?crs=1", "Koordinatsystemet finns")],
)
def test_a_system_that_cannot_be_is_refused_and_nothing_leaves(
    query: str, sentence: str, police: FlaskClient, report: Report, group: Group
) -> None:
    report()
    answer = police.get(f"{PAGE}.{query}")
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert log(group) == []


def test_the_page_says_which_system_it_does_not_know(police: FlaskClient, report: Report) -> None:
    report()
    page = police.get(f"{PAGE}?crs=1")
    assert page.status_code == 422
    assert "Koordinatsystemet finns inte här." in page.text


def test_a_file_goes_to_the_disk_of_who_asked_and_nowhere_else(
    police: FlaskClient, report: Report
) -> None:
    report()
    for form in FORMS:
        answer = police.get(f"{PAGE}.{form}?week=2026-W47")
        named = f"attachment; filename=handelser-as-2026-W47.{form}"
        assert answer.headers["Content-Disposition"] == named
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content_length == len(answer.data)
        assert answer.mimetype == records.MIMETYPES[form]


def test_a_part_of_a_file_cannot_be_asked_for(police: FlaskClient, report: Report) -> None:
    report()
    answer = police.get(f"{PAGE}.csv", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, len(answer.data)) == (200, answer.content_length)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"A", "B", "C"}),
        ("?district=sodra-as", {"B"}),
        ("?week=2026-W47", {"A", "B"}),
        ("?from=2026-11-18T12:00", {"A", "B"}),
        ("?to=2026-11-18T12:00", {"C"}),
        ("?category=ORD", {"B"}),
        ("?organisation=brand", {"C"}),
        ("?status=bekraftad", {"A"}),
        ("?q=Kyrk", {"C"}),
        ("?bbox=17.94,59.21,17.96,59.23", {"B"}),
        ("?week=&district=&q=&from=&to=&status=", {"A", "B", "C"}),
    ],
)
def test_a_file_obeys_the_filter_of_the_list(
    query: str, found: set[str], police: FlaskClient, report: Report
) -> None:
    report(summary="A", verification="bekraftad")
    report(summary="B", place=SOUTH, category="ORD01")
    report("brand", summary="C", occurred_from=NOW - timedelta(days=20), place_text="Kyrkan")
    assert {row["Beskrivning"] for row in table(police, query)} == found
    listed = police.get(f"{API}{query}").get_json()["features"]
    assert {feature["properties"]["summary"] for feature in listed} == found


def test_geojson_is_the_apis_whole(police: FlaskClient, report: Report, tmp_path: Path) -> None:
    for place in (LINE, AREA, None, SOUTH):
        report(place=place, district="norra-as", summary="Åäö = ‹5")
    whole, part = (police.get(f"{API}{end}").get_json() for end in (".geojson", ""))
    assert whole == part
    read = layer(police, "geojson", tmp_path)
    assert read["geometry_type"] in {"Unknown", "GeometryCollection"}
    assert len(read["shapes"]) == 4


def test_a_geopackage_has_types_shapes_and_rows_without_a_place(
    police: FlaskClient, report: Report, tmp_path: Path
) -> None:
    night = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the hour that comes twice
    for place in (LINE, AREA, None):
        report(place=place, district="norra-as", summary="Åäö", occurred_from=night)
    read = layer(police, "gpkg", tmp_path, "?district=norra-as")
    info = pyogrio.read_info(read["file"])
    types = dict(zip(map(str, info["fields"]), info["ogr_types"], strict=True))
    assert {types[name] for name in ("fran", "till", "registrerad")} == {"OFTDateTime"}
    assert (types["datum"], types["allvar"], types["osakerhet_m"]) == (
        "OFTDate", "OFTInteger", "OFTInteger"
    )  # fmt: skip
    assert (info["crs"], info["features"], info["layer_name"]) == ("EPSG:4326", 3, "handelser")
    assert "sekretess" in info["layer_metadata"]["DESCRIPTION"]
    assert set(read["fran"]) == {"2026-10-25T01:30:00Z"}
    assert set(read["klockslag"]) == {"02:30"}
    assert set(read["kommundel"]) == {"Norra Ås"}
    assert [shape is None for shape in read["shapes"]].count(True) == 1


def test_swedish_letters_and_formulas_survive_every_table(
    police: FlaskClient, report: Report
) -> None:
    report(summary="=HYPERLINK(1)", place_text="Ångströms väg é 🙂", place=None)
    [row] = table(police)
    assert (row["Beskrivning"], row["Plats"]) == ("'=HYPERLINK(1)", "Ångströms väg é 🙂")
    cells = next(book(police)["Händelser"].iter_rows(min_row=2))
    assert (cells[18].value, cells[17].data_type) == ("=HYPERLINK(1)", "s")
    assert cells[9].value == "Ångströms väg é 🙂"


def test_a_day_without_a_clock_has_none_anywhere(
    police: FlaskClient, report: Report, tmp_path: Path
) -> None:
    report(time_precision=TimePrecision.DAY)
    [row] = table(police)
    assert (row["Klockslag"], row["Tid"]) == ("", "någon gång den dagen")
    assert list(layer(police, "gpkg", tmp_path)["klockslag"]) == [None]


def test_an_empty_file_has_its_headings(police: FlaskClient, group: Group, tmp_path: Path) -> None:
    assert table(police) == []
    assert book(police)["Händelser"]["A1"].value == "Nummer"
    assert len(layer(police, "gpkg", tmp_path)["fields"]) == 18
    assert police.get(f"{API}.geojson").get_json()["features"] == []
    assert {entry.changes["rader"] for entry in log(group)} == {"0"}


@pytest.mark.parametrize("form", FORMS)
def test_each_file_is_in_the_log_without_what_was_searched_for(
    form: str, police: FlaskClient, report: Report, group: Group
) -> None:
    report(summary="Brand vid skolan")
    police.get(f"{PAGE}.{form}?q=skolan&week=2026-W47")
    [entry] = log(group)
    assert entry.changes == {
        "form": form,
        "urval": "v. 47 (tors 12 nov – ons 18 nov 2026); med ett sökord",
        "rader": "1",
    }
    assert entry.person_id is not None
    assert entry.organisation_id is not None
    assert "skolan" not in str(book(police, "?q=skolan")["Om uttaget"]["B4"].value)


def test_a_download_that_breaks_is_in_the_log(
    police: FlaskClient, report: Report, group: Group
) -> None:
    report()
    answer = police.get(f"{PAGE}.csv", buffered=False)
    answer.close()  # before the first byte was read
    assert len(log(group)) == 1


def test_the_log_tells_what_was_taken_out(
    police: FlaskClient, sign_in: SignIn, report: Report
) -> None:
    report()
    police.get(f"{PAGE}.csv?week=2026-W47")
    page = sign_in(Role.AUDITOR, "kommun").get("/g/as/logg").text
    assert "tog ut händelser" in page
    assert "1 rad: v. 47 (tors 12 nov – ons 18 nov 2026)" in page


def test_the_sheet_about_it_names_a_role_and_no_person(police: FlaskClient, report: Report) -> None:
    report()
    told = {str(k): v for k, v in book(police)["Om uttaget"].iter_rows(values_only=True)}
    assert told["Gjort av"] == "medlem, Polisen"
    assert told["När"] == "2026-11-18 13:00"
    assert told["Antal händelser"] == 1
    assert "Prov" not in str(told)


def test_too_much_is_refused_with_a_sentence(
    police: FlaskClient, report: Report, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    report()
    report()
    monkeypatch.setitem(records.MAX_ROWS, records.Form.XLSX, 1)
    answer = police.get(f"{PAGE}.xlsx")
    assert answer.status_code == 422
    assert "Urvalet har 2 händelser, och filen rymmer 1." in answer.text
    assert log(group) == []
    page = police.get(PAGE).text
    assert "Högst 1 händelser ryms" in page
    assert f'formaction="{PAGE}.xlsx"' not in page
    assert f'formaction="{PAGE}.csv"' in page


def test_the_list_leads_to_the_page_with_its_filter(police: FlaskClient, report: Report) -> None:
    report()
    listed = police.get("/g/as/handelser?district=norra-as&q=Br%26and&limit=1").text
    assert 'href="/g/as/uttag?district=norra-as&amp;q=Br%26and"' in listed
    assert 'href="/g/as/uttag"' in police.get("/g/as/handelser").text


def test_the_page_says_what_will_come(police: FlaskClient, report: Report, group: Group) -> None:
    report()
    page = police.get(f"{PAGE}?category=BRA01&from=2026-11-18T13:00%2B01:00").text
    assert "1 händelse" in page
    assert "Urvalet: från ons 18 nov 2026 kl. 13.00; typ" in page
    assert 'value="2026-11-18T13:00"' in page
    assert '<option value="BRA01" selected>' in page
    assert "sekretess" in page
    for form in FORMS:
        assert f'formaction="/g/as/uttag.{form}"' in page
    assert log(group) == []  # looking is not taking


def test_an_empty_page_offers_nothing_to_take(police: FlaskClient) -> None:
    page = police.get(f"{PAGE}?week=2026-W30").text
    assert "Inget att ta ut" in page
    assert "formaction" not in page


def test_a_wrong_filter_is_told_beside_its_field_and_never_repeats_a_number(
    police: FlaskClient,
) -> None:
    answer = police.get(f"{PAGE}?week=46&q=811228-9874")
    assert answer.status_code == 422
    assert "Veckan finns inte" in answer.text
    assert "811228-9874" not in answer.text


def test_the_bare_address_leads_to_the_group(police: FlaskClient) -> None:
    assert police.get("/uttag?week=2026-W47").location == "/g/as/uttag?week=2026-W47"
