"""Hostile texts in everything that a map fetches or leaves as a file: they stay text."""

import html
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import Connection, text

from lagesbild.base import basemap
from lagesbild.base.errors import InvalidError
from lagesbild.base.map_layers import MapLayer
from lagesbild.people.rules import Actor, Group, Role
from tests import hostile
from tests.basemaps import archive, png
from tests.build import NOW
from tests.pdfs import active
from tests.web.conftest import SignIn
from tests.web.test_maps import report
from tests.web.thursday import fix

LISTING, WHOLE = "/g/as/omraden", "/g/as/karta"
DISTRICT = "/g/as/omraden/window-pwned-3-2"
PAGES = (LISTING, WHOLE, DISTRICT, f"{WHOLE}?weeks=52&lager=rutor,varme")
TAGS = frozenset({"img", "iframe", "base", "object", "embed", "image", "foreignobject"})


class Reading(HTMLParser):
    """What a browser would make of a page that a text must not change."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in TAGS or (tag in {"script", "style"} and said.get("nonce") != self.nonce):
            self.faults.append(f"<{tag} {said}>")
        for name, value in attrs:
            is_link = name in {"href", "src", "action", "formaction"}
            if name.startswith("on") or (is_link and "javascript:" in (value or "").lower()[:20]):
                self.faults.append(f"{tag} {name}={value}")


def read(page: str) -> list[str]:
    nonce = re.search(r'nonce="([^"]+)"', page)
    reading = Reading(nonce[1] if nonce else "")
    reading.feed(page)
    reading.close()
    return reading.faults


@pytest.fixture
def group(connection: Connection) -> Group:
    """The municipality in which everything has a hostile name."""
    assert connection.in_transaction()
    return hostile.municipality(NOW)


@pytest.fixture
def world(connection: Connection, member: Actor) -> Actor:
    hostile.happened(member, now=NOW)
    connection.execute(text("RESET ROLE"))
    for n, (code,) in enumerate(connection.execute(text("SELECT DISTINCT code FROM categories"))):
        connection.execute(
            text(
                "INSERT INTO categories (code, version, name, severity, sensitivity, valid_from)"
                " VALUES (:code, 99, :name, 1, 'A', '2026-01-01')"
            ),
            {"code": code, "name": f"{hostile.TEXTS[n % len(hostile.TEXTS)]} {n}"},
        )
    return member


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("address", PAGES)
def test_no_text_becomes_an_element_or_an_attribute(police: FlaskClient, address: str) -> None:
    answer = police.get(address)
    assert answer.status_code == 200
    assert read(answer.text) == []
    assert html.escape(hostile.TEXTS[2]) in html.escape(html.unescape(answer.text))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("address", PAGES)
def test_nothing_but_numbers_and_fixed_words_is_in_a_script_of_a_page(
    police: FlaskClient, address: str
) -> None:
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", police.get(address).text, re.DOTALL)
    assert any("L.map(" in script for script in scripts)
    assert not [script for script in scripts if "pwned" in script or "alert" in script]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "address",
    [
        f"{WHOLE}/handelser.geojson", f"{WHOLE}/rutnat.geojson", f"{WHOLE}/pagaende.geojson",
        f"{WHOLE}/grund.geojson?zoom=15", "/g/as/omraden/granser.geojson",
        "/g/as/omraden/granser.geojson?division=byar-img-src-x-onerror-window-pwned-2",
        "/api/v1/groups/as/places?q=torg",
    ],
)  # fmt: skip
def test_what_a_map_fetches_is_data_and_never_a_page(police: FlaskClient, address: str) -> None:
    answer = police.get(address)
    assert answer.status_code == 200
    assert answer.mimetype in {"application/geo+json", "application/json"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = json.dumps(json.loads(answer.data), ensure_ascii=False)
    assert "pwned" in said


def texts_of(found: Any) -> set[str]:  # noqa: ANN401 – whatever JSON holds
    if isinstance(found, dict):
        return set().union(*(texts_of(each) for each in found.values()))
    if isinstance(found, list):
        return set().union(*(texts_of(each) for each in found))
    return {found} if isinstance(found, str) else set()


@pytest.mark.usefixtures("world")
def test_every_text_comes_through_as_it_was_written(police: FlaskClient) -> None:
    said = texts_of(json.loads(police.get(f"{WHOLE}/handelser.geojson").data))
    assert set(hostile.TEXTS) <= said


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("address", [f"{WHOLE}/blad.pdf", f"{DISTRICT}/blad.pdf"])
def test_the_sheet_has_texts_and_no_script_form_or_link(police: FlaskClient, address: str) -> None:
    answer = police.get(address, query_string={"diarienr": hostile.TEXTS[0]})
    assert answer.status_code == 200
    reader = PdfReader(io.BytesIO(answer.data))
    said = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert "".join(hostile.TEXTS[2].split()) in said
    assert active(answer.data) == set()
    assert [page for page in reader.pages if "/Annots" in page] == []


@pytest.mark.usefixtures("world")
def test_the_picture_is_drawn_with_any_record_number(police: FlaskClient) -> None:
    for record in hostile.TEXTS:
        answer = police.get(f"{DISTRICT}/blad.png", query_string={"diarienr": record[:60]})
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


def set_tiles(app: Flask, setting: str, path: str = "") -> None:
    url = f"https://k.example/{path}{{z}}/{{x}}/{{y}}.png"
    app.config.update(TILES_URL=url, TILES_ATTRIBUTION=setting)


def shown_as(page: str) -> str:
    """Return what Leaflet is told to write as the source of the ground: HTML."""
    [script] = re.findall(r"<script[^>]*>([^<]*L\.map\([^<]*)</script>", page)
    found = re.search(r'"attribution": ("(?:[^"\\]|\\.)*")', script)
    assert found is not None
    return str(json.loads(found[1]))


def test_who_a_ground_is_from_is_text(app: Flask, police: FlaskClient) -> None:
    for setting in (*hostile.TEXTS, hostile.ATTRIBUTION):
        set_tiles(app, setting)
        page = police.get(WHOLE).text
        assert not set(shown_as(page)) & set("<>\"'{}")
        assert read(page) == []


def test_a_usual_attribution_keeps_its_words(app: Flask, police: FlaskClient) -> None:
    set_tiles(app, '&copy; <a href="https://osm.example/x">OpenStreetMap</a>, Lantmäteriet & Ås')
    assert shown_as(police.get(WHOLE).text) == "© OpenStreetMap, Lantmäteriet &amp; Ås"


def test_nothing_that_a_file_of_tiles_says_of_itself_is_run(
    app: Flask, police: FlaskClient, tmp_path: Path
) -> None:
    path = archive(
        tmp_path / "k.pmtiles",
        {(9, 281, 150): png(1, 2, 3)},
        attribution="{{ 7 * 191 }} {% raw %} {# © Kartan",
    )
    app.config["BASEMAP"] = basemap.opened(str(path))
    page = police.get(WHOLE).text
    assert html.unescape(shown_as(page)) == "{{ 7 * 191 }} {% raw %} {# © Kartan"
    assert "1337" not in page


@pytest.mark.parametrize("path", ["{{ 7 * 191 }}/", "{% raw %}/", "{#/"])
def test_an_address_of_tiles_is_not_run(app: Flask, police: FlaskClient, path: str) -> None:
    set_tiles(app, "© Kartan", path)
    page = police.get(WHOLE)
    assert page.status_code == 200
    assert path.replace("{", "%7B", 1) in page.text


@pytest.mark.usefixtures("world")
def test_the_words_of_a_layer_are_data(app: Flask, police: FlaskClient) -> None:
    layer = MapLayer(
        name=hostile.LAYER_NAME,
        type="wms",
        url="https://k.example/wms",
        layers=hostile.TEXTS[1],
        attribution=hostile.ATTRIBUTION,
    )
    app.config["MAP_LAYERS"] = (layer,)
    page = police.get(WHOLE).text
    found = re.search(r'id="ground" hidden data-found="([^"]*)"', page)
    assert found is not None
    [told] = json.loads(html.unescape(found[1]))["layers"]
    assert (told["name"], told["attribution"]) == (hostile.LAYER_NAME, hostile.ATTRIBUTION)
    assert read(page) == []


@pytest.mark.usefixtures("world")
def test_the_page_of_readers_has_texts_as_texts(
    chair_listed: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(chair_listed, monkeypatch)
    reader = sign_in(Role.READER, "kommun")
    for address in (LISTING, WHOLE, DISTRICT):
        page = reader.get(f"{address}?week=2026-W47").text
        assert html.escape("${window.pwned=3} 2") in html.escape(html.unescape(page))
        assert read(page) == []
        assert f"Vid {hostile.TEXTS[2]}" not in html.unescape(page)  # of an incident


@pytest.mark.parametrize("sign", ["\x00", "\u202e", "\u2066"])
@pytest.mark.parametrize("field", ["summary", "place_text"])
def test_what_turns_a_text_around_or_ends_it_is_refused(
    member: Actor, sign: str, field: str
) -> None:
    with pytest.raises(InvalidError):
        report(member, **{field: f"a{sign}b", "outside": True})


@pytest.mark.parametrize("field", ["week", "category", "lager", "diarienr", "bbox", "sort"])
def test_an_address_with_a_nul_is_refused(police: FlaskClient, field: str) -> None:
    for path in (WHOLE, f"{WHOLE}/handelser.geojson", f"{WHOLE}/blad.png"):
        answer = police.get(path, query_string={field: "a\x00<script>window.pwned=1</script>"})
        assert answer.status_code == 422
        assert read(answer.text) == []


@pytest.mark.parametrize("field", ["week", "weeks", "category", "organisation", "lager", "bbox"])
def test_what_an_address_says_is_not_said_back_as_code(police: FlaskClient, field: str) -> None:
    for value in hostile.TEXTS:
        answer = police.get(WHOLE, query_string={field: value})
        assert answer.status_code in {404, 422}
        assert read(answer.text) == []
