"""The map as readers outside the group see it: published areas and words, and no sign of more."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pmtiles.tile import TileType

from lagesbild.base import basemap
from lagesbild.people.rules import Actor, Role
from tests.basemaps import archive
from tests.build import NOW
from tests.letters import WEEK
from tests.web.conftest import SignIn
from tests.web.test_map_ground import offered
from tests.web.test_maps import report
from tests.web.thursday import fix, plain

pytestmark = pytest.mark.usefixtures("thursday", "chair_listed")

AREAS, MAP, AREA = "/g/as/omraden", "/g/as/karta", "/g/as/omraden/norra-as"
PAGES = (AREAS, MAP, AREA)
WEEKS = 12  # that tell what is usual
FEW = 3  # too few to be told


@pytest.fixture
def reader(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.READER, "kommun")


@pytest.fixture
def fixed(
    chair_listed: FlaskClient,
    member: Actor,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> FlaskClient:
    """The coordinator, who has fixed a week with 8 incidents in the north and some in the south."""

    def several(district: str, number: int, weeks_ago: int = 0) -> None:
        report(
            member,
            number=number,
            place=None,
            district=district,
            occurred_from=NOW - timedelta(weeks=weeks_ago),
            historical=weeks_ago > 0,
        )

    for n in range(WEEKS + 1):
        several("norra-as", 8, n)
    several("sodra-as", getattr(request, "param", FEW))
    fix(chair_listed, monkeypatch)
    return chair_listed


def rows(text: str) -> dict[str, tuple[str, str]]:
    """Return the number and the word of each area in the list of a page."""
    [listing] = re.findall(r'<ul class="areas">.*?</ul>', text, re.DOTALL)
    row = re.compile(r'class="what">([^<]+)<small>(.*?)</small>.*?class="n">([^<]+)<', re.DOTALL)
    found = row.findall(html.unescape(listing))
    return {name: (number, re.sub("<[^>]+>", "", word)) for name, word, number in found}


def labels(text: str) -> dict[str, tuple[str, str]]:
    """Return the number and the word of each area's name on the map of a page."""
    [told] = re.findall(r'data-labels="([^"]+)"', text)
    return {label[0]: (label[3], label[6]) for label in json.loads(html.unescape(told))}


@pytest.mark.parametrize("page", PAGES[:2])
def test_before_the_first_week_is_published_there_is_nothing_but_that(
    page: str, reader: FlaskClient
) -> None:
    assert "Ingen vecka är publicerad ännu" in plain(reader.get(page))


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
def test_a_reader_sees_the_published_week(page: str, reader: FlaskClient) -> None:
    said = plain(reader.get(page))
    assert "Norra Ås" in said
    assert "för få för att bedöma" in said
    assert "Läs brevet för veckan" in said


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("fixed", "numbers"),
    [(9, ("8", "9")), (FEW, ("‹5", "‹5"))],  # a few would be known from the whole and the other
    indirect=["fixed"],
)
def test_the_page_tells_the_numbers_that_the_letter_tells(
    page: str, numbers: tuple[str, str], reader: FlaskClient
) -> None:
    found = {name: number for name, (number, _) in rows(reader.get(page).text).items()}
    assert found == dict(zip(("Norra Ås", "Södra Ås"), numbers, strict=True))
    told = plain(reader.get(f"/g/as/utskick/{WEEK}/lasare"))
    for name, number in found.items():
        assert f" {name} {number} " in told


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
def test_the_page_fetches_its_ground_alone_and_has_no_filter(
    page: str, reader: FlaskClient
) -> None:
    text = reader.get(page).text
    assert set(offered(text)) == {"ground", "levels", "vector"}
    assert 'data-source=""' in text
    assert "data-tiles" not in text
    assert "<form" not in text.partition("<main")[2].partition("</main>")[0]
    assert "L-2026-" not in text


@pytest.mark.usefixtures("fixed")
def test_readers_see_the_vectors_of_an_archive(
    app: Flask, reader: FlaskClient, tmp_path: Path
) -> None:
    path = archive(tmp_path / "k", {(9, 281, 150): b"prov"}, kind=TileType.MVT)
    app.config["BASEMAP"] = basemap.opened(str(path))
    found = offered(reader.get(MAP).text)
    assert (found["ground"], found["vector"]["high"]) == ("", 9)
    tile = found["vector"]["url"].replace("{z}/{x}/{y}", "9/281/150")
    assert reader.get(tile).data == b"prov"


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("query", ["category=BRA", "organisation=polis", "bbox=17,59,18,60"])
def test_no_filter_changes_what_a_reader_sees(query: str, reader: FlaskClient) -> None:
    def main(address: str) -> list[str]:
        told = r'<ul class="areas">.*?</ul>|data-labels="[^"]+"|<tbody>.*?</tbody>'
        return re.findall(told, reader.get(address).text, re.DOTALL)

    assert len(main(AREA)) == 3
    assert main(AREA) == main(f"{AREA}?{query}")


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
def test_a_week_that_is_not_published_is_not_there(page: str, reader: FlaskClient) -> None:
    assert reader.get(f"{page}?week={WEEK}").status_code == 200
    assert reader.get(f"{page}?week=2026-W40").status_code == 404


@pytest.mark.usefixtures("fixed")
def test_an_area_that_is_not_there_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/g/as/omraden/finns-inte").status_code == 404


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize(
    "data",
    [
        f"{MAP}/handelser.geojson",
        f"{MAP}/handelser/10/563/301.mvt",
        f"{AREA}/handelser.geojson",
        f"{MAP}/rutnat.geojson",
        f"{MAP}/pagaende.geojson",
        f"{MAP}/blad.png",
        f"{MAP}/blad.pdf",
    ],
)
def test_the_data_of_the_groups_map_is_not_a_readers(data: str, reader: FlaskClient) -> None:
    assert reader.get(data).status_code == 403


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("fixed", [9], indirect=True)
def test_names_on_the_map_say_number_and_word_as_the_list_does(
    page: str, reader: FlaskClient
) -> None:
    text = reader.get(page).text
    assert labels(text) == {"Norra Ås": ("8", "som vanligt"), "Södra Ås": ("9", "")}
    assert rows(text) == {
        "Norra Ås": ("8", "som vanligt"),
        "Södra Ås": ("9", "för få för att bedöma"),  # on the map no word, but its pattern
    }


def test_who_may_read_neither_week_nor_publication_has_no_map(sign_in: SignIn) -> None:
    assert sign_in(Role.REPORTER, "polis").get(AREAS).status_code == 403
