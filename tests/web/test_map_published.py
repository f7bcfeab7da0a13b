"""The map as readers outside the group see it: published areas and words, and no sign of more."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.people.rules import Group, Role
from tests.letters import FIXED, WEEK, listed
from tests.web.conftest import SignIn
from tests.web.test_chair import BOSS
from tests.web.thursday import be, fix, plain

AREAS, MAP, AREA = "/g/as/omraden", "/g/as/karta", "/g/as/omraden/norra-as"
PAGES = (AREAS, MAP, AREA)


@pytest.fixture(autouse=True)
def thursday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.testing
    be(monkeypatch, FIXED)


@pytest.fixture
def boss(sign_in: SignIn, group: Group) -> FlaskClient:
    client = sign_in(Role.COORDINATOR, "kommun")
    listed(access.actor_named(group, BOSS))
    return client


@pytest.fixture
def reader(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.READER, "kommun")


@pytest.fixture
def fixed(boss: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    fix(boss, monkeypatch)
    return boss


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
def test_the_page_tells_the_numbers_that_the_letter_tells(page: str, reader: FlaskClient) -> None:
    text = reader.get(page).text
    told = plain(reader.get(f"/g/as/utskick/{WEEK}/lasare"))
    for name, number in re.findall(r'class="what">([^<]+)<.*?class="n">([^<]+)<', text):
        assert f"{name} {number}" in told


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("page", PAGES)
def test_the_page_fetches_nothing_and_has_no_filter(page: str, reader: FlaskClient) -> None:
    text = reader.get(page).text
    assert 'data-source=""' in text
    assert "data-tiles" not in text
    assert "<form" not in text.partition("<main")[2].partition("</main>")[0]
    assert "L-2026-" not in text


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
def test_names_on_the_map_say_number_and_word_as_the_list_does(reader: FlaskClient) -> None:
    [labels] = re.findall(r'data-labels="([^"]+)"', reader.get(AREAS).text)
    first = json.loads(labels.replace("&#34;", '"').replace("&lt;", "<"))[0]
    assert first[0] == "Norra Ås"
    assert first[3] in {"0", "‹5"}


def test_who_may_read_neither_week_nor_publication_has_no_map(sign_in: SignIn) -> None:
    assert sign_in(Role.REPORTER, "polis").get(AREAS).status_code == 403
