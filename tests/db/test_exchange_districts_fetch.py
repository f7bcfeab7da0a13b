"""Districts from SCB's map service, tested against a recorded answer from this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from pyogrio import raw
from shapely import Polygon, box
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base.db import reading
from lagesbild.base.errors import LagesbildError, NotAllowedError
from lagesbild.districts import service as districts
from lagesbild.exchange.cli import outlines as cli
from lagesbild.exchange.rules.outlines import wfs
from lagesbild.exchange.service import fetching
from lagesbild.people.rules import Actor, Group, system
from tests.build import NOW

NORTH = box(669_000, 6_570_000, 671_000, 6_572_000)
SOUTH = box(669_000, 6_568_000, 671_000, 6_570_000)
DAY = ("--division", "kommundel", "--valid-from", "2026-01-01", "--municipality", "huddinge")


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    """A municipality without districts."""
    assert connection.in_transaction()
    return access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)


def names(group: Group) -> list[str]:
    with reading(system(group).gate) as session:
        return [d.name for d in districts.districts(session, system(group))]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.districts, [*map(str, arguments)])


def take_in(file: Path, *arguments: str) -> Result:
    return run("import", file, *DAY, *arguments)


def sentence(result: Result) -> str:
    assert isinstance(result.exception, LagesbildError), result.exception
    return str(result.exception)


def save(
    file: Path,
    *objects: tuple[str, Polygon],
    crs: str | None = "EPSG:3006",
    **options: str,
) -> Path:
    """Write a layer with GDAL: GeoPackage or Shapefile, as the ending of the name says."""
    driver = "GPKG" if file.suffix == ".gpkg" else "ESRI Shapefile"
    raw.write(
        file,
        shapely.to_wkb(np.array([shape for _, shape in objects])),
        [np.array([name for name, _ in objects], dtype=object)],
        ["namn"],
        geometry_type="Polygon",
        crs=crs,
        driver=driver,
        **options,
    )
    return file


TWO = (("Sjödalen", NORTH), ("Vårby", SOUTH))


class Answer(BaseHTTPRequestHandler):
    """The map service: says what the server was given, and remembers what it was asked."""

    server: "Service"

    def do_GET(self) -> None:
        self.server.asked.append(parse_qs(urlsplit(self.path).query))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Service(ThreadingHTTPServer):
    """A map service on this machine."""

    content = b""
    status = 200
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[dict[str, list[str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/geoserver/stat/wfs"


@pytest.fixture
def scb() -> Iterator[Service]:
    with Service() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        yield service
        service.shutdown()


def recorded(*areas: tuple[str, Polygon], **member: object) -> bytes:
    """Return an answer in the form of SCB's GeoServer."""
    features = [
        {
            "type": "Feature",
            "id": f"DeSO_2025.{number}",
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[list(map(list, shape.exterior.coords))]],
            },
            "geometry_name": "sp_geometry",
            "properties": {"desokod": code, "regsokod": "0126R001", "kommunkod": "0126"},
        }
        for number, (code, shape) in enumerate(areas)
    ]
    body = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": len(features),
        "numberReturned": len(features),
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
    }
    return json.dumps(body | member).encode()


AREAS = (("0126A0010", NORTH), ("0126C1010", SOUTH))


def test_a_layer_is_fetched_and_taken_in(huddinge: Group, tmp_path: Path, scb: Service) -> None:
    scb.content = recorded(*AREAS)
    file = tmp_path / "deso.geojson"
    result = run("fetch", file, "--municipality", "huddinge", "--url", scb.url)
    assert result.output.startswith("2 områden sparade i ")
    assert scb.asked[0]["cql_filter"] == ["kommunkod='0126'"]
    assert scb.asked[0]["typeNames"] == ["stat:DeSO_2025"]
    took = take_in(file, "--name", "desokod", "--key", "desokod")
    assert took.exception is None
    assert names(huddinge) == ["0126A0010", "0126C1010"]


def test_what_is_fetched_can_be_joined(huddinge: Group, tmp_path: Path, scb: Service) -> None:
    scb.content = recorded(*AREAS)
    file = tmp_path / "deso.geojson"
    run("fetch", file, "--municipality", "huddinge", "--url", scb.url)
    table = tmp_path / "delar.csv"
    table.write_text("desokod;kommundel\n0126A0010;Mitten\n0126C1010;Mitten\n")
    result = take_in(file, "--group-by", "kommundel", "--group-by-file", str(table))
    assert "2 områden slogs ihop till 1." in result.output
    assert names(huddinge) == ["Mitten"]


@pytest.mark.usefixtures("huddinge")
def test_a_table_without_its_column_is_wrong_usage(tmp_path: Path) -> None:
    file = save(tmp_path / "o.gpkg", *TWO)
    result = take_in(file, "--group-by-file", str(file))
    assert result.exit_code == 2
    assert "--group-by-file behöver --group-by" in result.output


@pytest.mark.usefixtures("huddinge")
@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        (
            200,
            b"<ows:ExceptionReport><ows:ExceptionText>Feature type unknown</ows:ExceptionText>",
            "Den säger: ”Feature type unknown”",
        ),
        (400, b"<ServiceException>Bad filter</ServiceException>", "”Bad filter”"),
        (503, b"upptagen", "svarade med fel 503"),
        (200, b"", "går inte att läsa"),
        (200, b'{"features":[]}', "inga områden i stat:DeSO_2025 med kommunkod 0126"),
        (200, recorded(*AREAS, numberMatched=63), "bara 2 av 63"),
    ],
)
def test_an_answer_without_the_areas_is_a_sentence_and_no_file(
    tmp_path: Path, scb: Service, status: int, content: bytes, words: str
) -> None:
    scb.status, scb.content = status, content
    file = tmp_path / "deso.geojson"
    result = run("fetch", file, "--municipality", "huddinge", "--url", scb.url)
    assert words in sentence(result)
    assert not file.exists()


@pytest.mark.usefixtures("huddinge")
def test_a_service_that_is_not_there_is_told(tmp_path: Path, scb: Service) -> None:
    url = scb.url
    scb.server_close()
    result = run("fetch", tmp_path / "o.geojson", "--municipality", "huddinge", "--url", url)
    assert "går inte att nå" in sentence(result)


@pytest.mark.usefixtures("huddinge")
def test_another_host_is_asked_by_https_only(tmp_path: Path) -> None:
    result = run("fetch", tmp_path / "o.geojson", "--url", "http://geodata.scb.se/geoserver/wfs")
    assert "adress ska börja med https://" in sentence(result)


@pytest.mark.usefixtures("huddinge")
def test_a_service_that_leads_to_another_host_is_not_followed(tmp_path: Path, scb: Service) -> None:
    scb.status = 302
    file = tmp_path / "deso.geojson"
    with Service() as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        other.content = recorded(*AREAS)
        scb.location = other.url
        assert "annan värd" in sentence(run("fetch", file, "--url", scb.url))
        other.shutdown()
    assert other.asked == []
    scb.location = f"{scb.url}?again"
    assert "ring" in sentence(run("fetch", file, "--url", scb.url))
    assert not file.exists()


@pytest.mark.usefixtures("huddinge")
def test_an_answer_that_is_too_large_is_stopped(
    tmp_path: Path, scb: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    scb.content = recorded(*AREAS)
    size = len(scb.content)
    monkeypatch.setattr(fetching, "LIMITS", replace(fetching.LIMITS, size=size))
    file = tmp_path / "deso.geojson"
    assert run("fetch", file, "--url", scb.url).exception is None
    monkeypatch.setattr(fetching, "LIMITS", replace(fetching.LIMITS, size=size - 1))
    assert "för stort" in sentence(run("fetch", file, "--url", scb.url))


@pytest.mark.usefixtures("huddinge")
def test_an_answer_that_takes_too_long_is_stopped(
    tmp_path: Path, scb: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    scb.content = recorded(*AREAS)
    monkeypatch.setattr(fetching, "LIMITS", replace(fetching.LIMITS, whole=0))
    assert "tog för lång tid" in sentence(run("fetch", tmp_path / "o.geojson", "--url", scb.url))


def test_a_member_may_not_fetch(member: Actor, tmp_path: Path) -> None:
    question = wfs.Question("0126", "stat:DeSO_2025", wfs.SCB, "kommunkod")
    with pytest.raises(NotAllowedError):
        fetching.fetch(member, question, tmp_path / "o.geojson")
    with reading(member.gate) as session, pytest.raises(NotAllowedError):
        fetching.municipality_code(session, member)
