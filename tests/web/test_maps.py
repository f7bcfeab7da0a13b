"""The map of a district and the list beside it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base import db
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson
from lagesbild.people.rules import Actor, Role, system
from tests.build import NORTH, NOW, SOURCE, SOUTH, SQUARES, draft
from tests.hostile import MARKUP
from tests.web.conftest import SignIn

PAGE = "/g/as/omraden/norra-as"
DATA = f"{PAGE}/handelser.geojson"


def report(actor: Actor, **changes: Any) -> str:  # noqa: ANN401 – any field of a draft
    made = draft(organisation_id=actor.organisation_id, **changes)
    with db.transaction(actor.gate) as session:
        incidents.report(session, actor, made, now=NOW)
        return incidents.one(session, actor, made.id).reference


def references(client: FlaskClient, address: str = DATA) -> list[str]:
    body = json.loads(client.get(address).data)
    return [f["properties"]["reference"] for f in body["features"]]


def listed(client: FlaskClient, address: str = PAGE) -> list[str]:
    return re.findall(r'data-ref="([^"]+)"', client.get(address).text)


def test_list_and_map_say_the_same(police: FlaskClient, member: Actor) -> None:
    made = [report(member), report(member, place=None, district="norra-as")]
    report(member, place=SOUTH)
    assert listed(police) == references(police)
    assert set(references(police)) == set(made)


def test_the_list_says_how_many_are_without_a_place(police: FlaskClient, member: Actor) -> None:
    report(member, place=None, district="norra-as")
    assert "1 utan plats, bara i listan" in police.get(PAGE).text


def test_the_week_is_that_of_the_address(police: FlaskClient, member: Actor) -> None:
    report(member, occurred_from=NOW - timedelta(days=7))
    assert references(police) == []
    assert references(police, f"{DATA}?week=2026-W46") == ["L-2026-000001"]


def test_both_ends_of_the_week_are_kept_apart(police: FlaskClient, member: Actor) -> None:
    first = NOW.replace(day=11, hour=23, minute=0)  # Thursday 12 November 00:00 in Sweden
    inside = report(member, occurred_from=first)
    report(member, occurred_from=first - timedelta(minutes=1))
    assert references(police) == [inside]


def test_a_category_narrows_list_and_map(police: FlaskClient, member: Actor) -> None:
    report(member)
    other = report(member, category="ORD01")
    assert references(police, f"{DATA}?category=ORD") == [other]
    assert listed(police, f"{PAGE}?category=ORD") == [other]


def test_an_unknown_category_is_refused(police: FlaskClient) -> None:
    assert police.get(f"{PAGE}?category=XYZ").status_code == 422


def test_the_municipality_holds_all_districts(police: FlaskClient, member: Actor) -> None:
    made = [report(member), report(member, place=SOUTH), report(member, place=None)]
    assert set(references(police, "/g/as/karta/handelser.geojson")) == set(made)
    assert set(listed(police, "/g/as/karta")) == set(made)


def test_the_popup_says_the_time_in_swedish(police: FlaskClient, member: Actor) -> None:
    report(member, place_text="Lärkparken", place_precision_m=250)
    [found] = json.loads(police.get(DATA).data)["features"]
    assert found["geometry"] == json.loads(NORTH)
    assert found["properties"]["when"] == "ons\xa018\xa0nov\xa0kl.\xa013.00"
    assert found["properties"]["precision_m"] == 250
    assert found["properties"]["link"] == "/g/as/handelser/L-2026-000001"


@pytest.mark.parametrize(("metres", "shown"), [(99, 0), (100, 100)])
def test_a_place_is_uncertain_from_a_hundred_metres(
    police: FlaskClient, member: Actor, metres: int, shown: int
) -> None:
    report(member, place_precision_m=metres)
    [found] = json.loads(police.get(DATA).data)["features"]
    assert found["properties"]["precision_m"] == shown


def test_the_list_of_districts_is_alphabetical(police: FlaskClient, member: Actor) -> None:
    report(member)
    page = police.get("/g/as/omraden").text
    assert page.index("Norra Ås") < page.index("Södra Ås")
    assert "/g/as/omraden/norra-as?week=2026-W47" in page


def test_a_week_without_incidents_says_so(police: FlaskClient) -> None:
    assert "Inga rapporterade händelser v.&nbsp;47" in police.get(PAGE).text


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        (0, (False, False)),
        (1, (True, False)),
        (3, (True, False)),
        (4, (True, True)),
    ],
)
def test_a_week_that_nobody_reported_of_is_no_week_with_nothing(
    weeks: int, told: tuple[bool, bool], police: FlaskClient, member: Actor
) -> None:
    before = NOW - timedelta(weeks=weeks)
    made = draft(organisation_id=member.organisation_id, occurred_from=before)
    with db.transaction(member.gate) as session:
        incidents.report(session, member, made, now=before)
    page, areas = police.get(f"{PAGE}?week=2026-W47").text, police.get("/g/as/omraden").text
    assert ("<dt>Förra veckan</dt>" in page, "<dt>Snitt 4 v.</dt>" in page) == told
    assert ("förra veckan " in areas, ", snitt " in areas) == told


def test_a_sketched_outline_says_so(police: FlaskClient) -> None:
    assert "Schematisk karta" in police.get(PAGE).text


def test_an_unknown_district_is_not_found(police: FlaskClient) -> None:
    assert police.get("/g/as/omraden/mellersta-as").status_code == 404


@pytest.mark.parametrize("path", [PAGE, DATA, "/g/as/omraden", "/g/as/karta"])
def test_a_stranger_is_sent_to_sign_in(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Location"][:9]) == (303, "/logga-in")


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("path", [PAGE, DATA, "/g/as/omraden", "/g/as/karta"])
def test_roles_without_the_week_are_refused(sign_in: SignIn, role: Role, path: str) -> None:
    assert sign_in(role, "kommun").get(path).status_code == 403


def test_what_another_organisation_keeps_to_itself_is_on_no_map(
    police: FlaskClient, firefighter: Actor
) -> None:
    report(firefighter, visibility="egen")
    assert references(police) == []
    assert listed(police) == []


def test_nothing_of_another_municipality_is_shown(police: FlaskClient) -> None:
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    foreign = [replace(s, key=f"2-{s.key}", name="Bybyn") for s in SQUARES[:1]]
    with db.transaction(system(other).gate) as session:
        districts.put_version(session, system(other), SOURCE, foreign, now=NOW)
    with db.reading(system(other).gate) as session:
        organisation = access.organisation_named(session, system(other), "polis")
    report(system(other, organisation.id))
    pages = [police.get(p).text for p in (PAGE, "/g/as/omraden", "/g/as/omraden/granser.geojson")]
    assert references(police) == []
    assert not any("Bybyn" in page for page in pages)


@pytest.mark.parametrize("text", [text for text in MARKUP if "<" in text])
def test_hostile_text_never_stands_unescaped(police: FlaskClient, member: Actor, text: str) -> None:
    report(member, summary=text, place_text=text)
    page = police.get(PAGE).text
    assert text not in page
    assert text.replace("<", "&lt;").replace(">", "&gt;")[:10] in page


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_text_never_enters_the_frame(police: FlaskClient, member: Actor, text: str) -> None:
    def scripts(page: str) -> list[str]:
        return re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)

    before = scripts(police.get(PAGE).text)
    report(member, summary=text, place_text=text)
    after = scripts(police.get(PAGE).text)
    assert after == before


def test_a_district_with_a_hostile_name_stays_text(
    police: FlaskClient, connection: Connection
) -> None:
    connection.exec_driver_sql("RESET ROLE")
    connection.exec_driver_sql(
        "UPDATE districts SET name = '</script><script>alert(1)</script>' WHERE slug = 'sodra-as'"
    )
    page = police.get(PAGE).text
    assert "<script>alert(1)" not in page


def test_no_page_names_another_host(police: FlaskClient, member: Actor) -> None:
    report(member)
    for path in (PAGE, "/g/as/omraden", "/g/as/karta", "/g/as/handelser/ny"):
        page = police.get(path).text.replace("http://www.w3.org/", "")
        assert not re.search(r"(https?:)?//[a-z]", page)


def test_every_script_and_style_carries_the_nonce_of_its_request(police: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = police.get(PAGE)
        tags = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
        found = {m[1] if (m := re.search(r'nonce="([^"]+)"', tag)) else "" for tag in tags}
        [nonce] = found
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


def test_no_page_carries_a_style_attribute_or_an_inline_handler(
    police: FlaskClient, member: Actor
) -> None:
    report(member)
    for path in (PAGE, "/g/as/omraden", "/g/as/karta"):
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", police.get(path).text)


def test_tiles_are_asked_for_only_where_they_are_set(app: Flask, police: FlaskClient) -> None:
    assert "tileLayer" not in police.get(PAGE).text
    app.config["TILES_URL"] = "https://{s}.kartor.example/{z}/{x}/{y}.png"
    answer = police.get(PAGE)
    assert "tileLayer" in answer.text
    assert (
        "img-src 'self' data: https://*.kartor.example" in answer.headers["Content-Security-Policy"]
    )


def test_whoever_reports_gets_the_outlines_to_pick_in(sign_in: SignIn) -> None:
    answer = sign_in(Role.REPORTER, "kommun").get("/g/as/omraden/granser.geojson")
    names = [f["properties"]["name"] for f in json.loads(answer.data)["features"]]
    assert names == ["Norra Ås", "Södra Ås"]
    assert "private" in answer.headers["Cache-Control"]


def test_a_line_is_on_the_map_with_its_own_shape(police: FlaskClient, member: Actor) -> None:
    line = GeoJson('{"type":"LineString","coordinates":[[17.94,59.27],[17.96,59.28]]}')
    report(member, place=line)
    [found] = json.loads(police.get(DATA).data)["features"]
    assert found["geometry"] == json.loads(line)
