"""What is sent is small where that gives nothing away."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from lagesbild.people.rules import Actor
from tests.web.test_maps import DATA, PAGE, report

TAKES = {"Accept-Encoding": "gzip, deflate, br, zstd"}
FILE = "/static/map.css"
AREAS, MAP = "/g/as/omraden", "/g/as/karta"


def fetched(client: FlaskClient, path: str, headers: dict[str, str]) -> Response:
    with client.get(path, headers=headers) as answer:  # a file is open until then
        assert answer.data is not None
        return answer


@pytest.mark.parametrize("path", [FILE, "/static/map.js", "/static/symbols.svg"])
def test_files_are_packed_for_who_can_unpack_them(path: str, police: FlaskClient) -> None:
    plain, packed = fetched(police, path, {}), fetched(police, path, TAKES)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] in {"br", "gzip", "zstd"}
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 2


def test_a_file_that_the_browser_has_is_not_sent_again(police: FlaskClient) -> None:
    tag = fetched(police, FILE, TAKES).headers["ETag"]
    assert fetched(police, FILE, TAKES | {"If-None-Match": tag}).status_code == 304


def test_what_a_map_fetches_is_packed(police: FlaskClient, member: Actor) -> None:
    for _ in range(3):
        report(member)
    assert "Content-Encoding" in police.get(DATA, headers=TAKES).headers


@pytest.mark.parametrize(
    "path",
    [
        f"{MAP}/rutnat.geojson",
        f"{MAP}/pagaende.geojson",
        f"{MAP}/grund.geojson?zoom=10",
        f"{MAP}/handelser/9/281/150.mvt",
        f"{AREAS}/granser.geojson",
    ],
)
def test_what_was_packed_is_not_sent_again(
    app: Flask, police: FlaskClient, member: Actor, path: str
) -> None:
    app.config["COMPRESS_MIN_SIZE"] = 0
    report(member)
    first = police.get(path, headers=TAKES)
    assert "Content-Encoding" in first.headers
    again = police.get(path, headers=TAKES | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_with_a_token_in_it_is_not_packed(police: FlaskClient) -> None:
    """How small it became would tell a little of the token (BREACH)."""
    assert "Content-Encoding" not in police.get(PAGE, headers=TAKES).headers


def test_the_tag_of_an_incident_is_the_same_for_all(
    police: FlaskClient, program: dict[str, str], member: Actor
) -> None:
    made = f"/api/v1/incidents/{report(member)}"
    tags = {police.get(made, headers=program | extra).headers["ETag"] for extra in ({}, TAKES)}
    assert len(tags) == 1
