"""The sheet of a map page: who gets it, what stands on it, and what the log says of it."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from shapely import box, to_wkb
from shapely.geometry import MultiPolygon
from sqlalchemy import Connection, delete, text

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.districts.store.tables import OutlineRow
from lagesbild.incidents.rules import Visibility
from lagesbild.people.rules import ALLOWED, Actor, Group, Permission, Role, system
from tests.build import NOW, SOUTH
from tests.hostile import INJECTIONS
from tests.pdfs import active
from tests.web.conftest import SignIn
from tests.web.test_maps import report

DISTRICT = "/g/as/omraden/norra-as/blad"
WHOLE = "/g/as/karta/blad"
ROLES = sorted(set(Role) - {Role.SYSTEM})
MAY = ALLOWED[Permission.READ_WEEK]


def pages(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    reader = PdfReader(io.BytesIO(answer.data))
    return [page.extract_text().replace("\xa0", " ") for page in reader.pages]


def log(group: Group) -> list[Entry]:
    with reading(system(group).gate) as session:
        entries = audit.history(session, group.municipality_id)
    return [entry for entry in entries if entry.verb == "incidents.exported"]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_read_the_page_gets_its_sheet_and_nobody_else(
    role: Role, sign_in: SignIn, member: Actor, group: Group
) -> None:
    report(member)
    client = sign_in(role, "kommun")
    answers = [client.get(f"{at}.{form}") for at in (DISTRICT, WHOLE) for form in ("pdf", "png")]
    assert {answer.status_code for answer in answers} == {200 if role in MAY else 403}
    assert len(log(group)) == (4 if role in MAY else 0)


def test_a_sheet_is_kept_by_nobody_on_its_way(police: FlaskClient) -> None:
    for form, kind in (("pdf", "application/pdf"), ("png", "image/png")):
        answer = police.get(f"{DISTRICT}.{form}?week=2026-W47")
        assert answer.mimetype == kind
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert f"karta-norra-as-2026-W47.{form}" in answer.headers["Content-Disposition"]


def test_both_the_drawing_and_its_words_say_what_and_whence(
    police: FlaskClient, member: Actor
) -> None:
    reference = report(member, summary="Rök från en container", place_text="Åvägen")
    drawn, said = pages(police, f"{DISTRICT}.pdf?diarienr=KS 2026/77")
    for page in (drawn, said):
        for told in (
            "Norra Ås", "v. 47, tors 12 nov – ons 18 nov 2026", "1 händelse.",
            "KS 2026/77", "Polisen", "påhittad", "Schematisk karta", "A och B som den är känd",
        ):  # fmt: skip
            assert told in " ".join(page.split())
    assert "1:" in drawn
    for told in (reference, "Rök från en container", "Åvägen", "Antal per typ"):
        assert told in said


def test_the_sheet_is_narrowed_as_its_page_is(police: FlaskClient, member: Actor) -> None:
    report(member, summary="Den som syns")
    report(member, category="ORD01", summary="En annan typ")
    report(member, summary="I förra veckan", occurred_from=NOW - timedelta(days=7))
    report(member, summary="I söder", place=SOUTH)
    drawn, said = pages(police, f"{DISTRICT}.pdf?category=BRA&status=obekraftad")
    assert "Den som syns" in said
    for other in ("En annan typ", "I förra veckan", "I söder"):
        assert other not in said
    assert "Urval: typ Brand; status obekräftad." in drawn


def test_the_whole_municipality_is_counted_by_district(police: FlaskClient, member: Actor) -> None:
    report(member)
    report(member, place=SOUTH, place_text="a")
    report(member, place=SOUTH, place_text="b")
    said = pages(police, f"{WHOLE}.pdf")[1]
    assert "Hela kommunen" in said
    table = said[said.index("Antal per område") :].split()
    assert table[table.index("Norra") + 2] == "1"
    assert table[table.index("Södra") + 2] == "2"


def test_the_sheet_says_what_the_page_does_not_count(police: FlaskClient, member: Actor) -> None:
    report(member)
    report(member, visibility=Visibility.OWN)
    page = police.get("/g/as/karta?week=2026-W47").text
    assert "1 av dem räknas inte i veckans siffra" in page
    drawn = " ".join(pages(police, f"{WHOLE}.pdf?week=2026-W47")[0].split())
    assert "2 händelser. 1 räknas inte i veckans siffra." in drawn


def test_nothing_of_another_organisations_own_is_on_a_sheet(
    police: FlaskClient, firefighter: Actor
) -> None:
    report(firefighter, visibility=Visibility.OWN, summary="Bara vi", place_text="Hemlig plats")
    text_of_all = " ".join(pages(police, f"{WHOLE}.pdf"))
    assert "Inga händelser." in text_of_all
    assert "Bara vi" not in text_of_all
    assert "Hemlig plats" not in text_of_all


def test_a_blocked_place_is_only_in_the_list(police: FlaskClient, firefighter: Actor) -> None:
    report(firefighter, category="VAL05", place_text="Hemlig port")
    text_of_all = " ".join(pages(police, f"{DISTRICT}.pdf"))
    assert "1 utan plats, bara i listan." in text_of_all
    assert "visas bara som område" in text_of_all
    assert "Hemlig port" not in text_of_all


def test_a_week_without_incidents_is_a_sheet_too(police: FlaskClient) -> None:
    assert "Inga händelser." in pages(police, f"{DISTRICT}.pdf?week=2026-W40")[0]
    assert police.get(f"{DISTRICT}.png?week=2026-W40").status_code == 200


def test_a_list_that_is_not_whole_says_so(
    police: FlaskClient, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lagesbild.maps.service.sheet.LISTED", 2)
    for number in range(2):
        report(member, place_text=str(number))
    sentence = "Här står de 2 första i listan. Tabellerna ovan räknar alla."
    assert sentence not in pages(police, f"{DISTRICT}.pdf")[1]
    report(member, place_text="till")
    assert sentence in pages(police, f"{DISTRICT}.pdf")[1]


def test_a_box_shows_its_own_ground(police: FlaskClient, member: Actor) -> None:
    report(member)
    drawn = pages(police, f"{WHOLE}.pdf?bbox=17.94,59.26,17.96,59.28")[0]
    assert "Urval: bara en del av kartan." in drawn
    assert "1 händelse." in drawn


def test_the_log_holds_the_sheet_and_never_its_record_number(
    police: FlaskClient, member: Actor, group: Group, connection: Connection
) -> None:
    report(member)
    police.get(f"{DISTRICT}.pdf?diarienr=KS 2026/4711")
    [entry] = log(group)
    assert entry.subject == "export:pdf"
    assert "Norra Ås" in entry.changes["urval"]
    assert entry.changes["rader"] == "1"
    connection.execute(text("SET LOCAL ROLE NONE"))
    kept = connection.execute(text("SELECT count(*) FROM audit WHERE changes::text ~ '4711'"))
    assert kept.scalar_one() == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("pdf?format=a5", "Pappret är a4 eller a3."),
        ("png?format=a5", "Pappret är a4 eller a3."),
        ("pdf?diarienr=19811228-9874", "Texten innehåller ett personnummer."),
        (f"png?diarienr={'x' * 61}", "Diarienumret är för långt. Högst 60 tecken får plats."),
        ("png?weeks=3", "Antalet veckor är 1, 4 eller 52."),
        ("pdf?category=XYZ", "Typen finns inte."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_leaves(
    query: str, sentence: str, police: FlaskClient, group: Group
) -> None:
    answer = police.get(f"{DISTRICT}.{query}")
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert log(group) == []


def test_a_record_number_of_sixty_signs_is_let_through(police: FlaskClient) -> None:
    assert police.get(f"{DISTRICT}.png?diarienr={'x' * 60}").status_code == 200


def test_an_unknown_district_or_group_has_no_sheet(police: FlaskClient) -> None:
    assert police.get("/g/as/omraden/ingen/blad.pdf").status_code == 404
    assert police.get("/g/annan/karta/blad.pdf").status_code == 404
    assert police.get(f"{DISTRICT}.svg").status_code == 404


def test_without_outlines_the_incidents_are_the_map(
    police: FlaskClient, member: Actor, connection: Connection
) -> None:
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(delete(OutlineRow))
    refused = police.get(f"{WHOLE}.png")
    assert (refused.status_code, "inga områden är inlästa" in refused.text) == (422, True)
    report(member, outside=True)
    assert police.get(f"{WHOLE}.png").status_code == 200


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_no_text_that_somebody_has_written_is_more_than_text(
    hostile: str, police: FlaskClient, member: Actor, group: Group
) -> None:
    written = "".join(sign for sign in hostile if sign.isprintable())[:100]  # the rest is refused
    report(member, summary=written, place_text=written, confirmed=True)
    square = to_wkb(MultiPolygon([box(17.9, 59.25, 18.0, 59.3)]))
    source = Source("kommundel", (NOW - timedelta(days=9)).date(), written)
    with transaction(system(group).gate) as session:
        named = [NewDistrict("0001-N", written, square)]
        districts.put_version(session, system(group), source, named, now=NOW)
    record = written[:60]
    answer = police.get(f"{WHOLE}.pdf", query_string={"diarienr": record})
    assert answer.status_code == 200, answer.text
    assert active(answer.data) == set()
    assert "root:x" not in " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages
    )
    picture = police.get(f"{WHOLE}.png", query_string={"diarienr": record})
    assert picture.data.startswith(b"\x89PNG")
    assert hostile not in police.get("/g/as/karta").text or "<" not in hostile


def test_the_page_has_all_ways_out_in_one_place(police: FlaskClient) -> None:
    page = police.get("/g/as/omraden/norra-as?week=2026-W47&weeks=4&category=ORD").text
    form = page[page.index('class="mapout') : page.index("</form>", page.index('class="mapout'))]
    for field in ('name="week" value="2026-W47"', 'name="weeks" value="4"', 'name="diarienr"'):
        assert field in form
    for way in ("blad.pdf", 'name="format" value="a4"', 'value="a3"', "blad.png", "/uttag?"):
        assert way in form
    assert page.count("Hämta som fil") == 1


def test_the_page_on_paper_says_what_the_sheet_says(police: FlaskClient) -> None:
    page = police.get("/g/as/omraden/norra-as?week=2026-W47&category=BRA").text
    on_paper = page[page.index('class="onpaper"') : page.index("</dl>", page.index("onpaper"))]
    for told in ("v.\xa047, tors 12 nov", "typ Brand", "påhittad", "A och B som den är känd"):
        assert told in on_paper


def test_a_sheet_fetches_and_runs_nothing_when_somebody_opens_it(police: FlaskClient) -> None:
    for address in (DISTRICT, WHOLE):
        assert active(police.get(f"{address}.pdf").data) == set()
