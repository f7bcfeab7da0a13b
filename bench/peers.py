"""Measure boxes and tiles beside tipg and pygeoapi on the same rows; see bench/README.md."""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from load import EAST, NORTH, SOUTH, WEST
from run import (
    MAIL,
    PASSWORD,
    PRODUCT,
    ROOT,
    Loaded,
    Target,
    arguments,
    boxes_script,
    compare,
    loaded,
    server,
)
from sqlalchemy import make_url

from lagesbild.base.geo import CELL_ZOOM, cell

TIPG, PYGEOAPI = 8733, 8734
PACKAGES = {  # each in an environment of its own, made at the first run
    "tipg": ("tipg==1.6.1", "uvicorn", "gunicorn"),
    "pygeoapi": ("pygeoapi==0.21.0", "gunicorn", "psycopg2-binary", "geoalchemy2"),
}
WEEK = "2026-W44"  # the last whole one of the rows
YEAR = "datetime=2025-10-30T00:00:00Z/2026-10-29T00:00:00Z"  # the same 52 weeks
TILE = "/collections/plain.incident/tiles/WebMercatorQuad"
MAX_TILE = 100 * 1024


class Weight(NamedTuple):
    """How many bytes tiles have: in the middle, and at most."""

    usual: int
    most: int


def environment_of(name: str) -> Path:
    """Return the programs of a peer, installed if they are not."""
    folder = ROOT / ".tools" / f"peers-{name}"
    if not (folder / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-qq", *PACKAGES[name]], check=True)
        (folder / "done").touch()
    return folder / "bin"


def pygeoapi_settings(url: str) -> str:
    """Return the settings of pygeoapi for the plain table."""
    where = make_url(url)
    data = (
        f"{{host: {where.query['host']}, dbname: {where.database}, user: {where.username},"
        " password: x, port: 5432, search_path: [plain, public]}"
    )
    return f"""
server:
  bind: {{host: 127.0.0.1, port: {PYGEOAPI}}}
  url: http://127.0.0.1:{PYGEOAPI}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: false
  languages: [en-US]
  pretty_print: false
  limits: {{default_items: 100, max_items: 1000}}
  map: {{url: 'http://127.0.0.1/none', attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: bench, description: bench, keywords: [bench], keywords_type: theme, terms_of_service: none, url: http://127.0.0.1}}
  license: {{name: none, url: http://127.0.0.1}}
  provider: {{name: bench, url: http://127.0.0.1}}
  contact: {{name: bench, position: bench, address: bench, city: bench, stateorprovince: bench, postalcode: bench, country: bench, phone: bench, fax: bench, email: bench, url: http://127.0.0.1, hours: bench, instructions: bench, role: pointOfContact}}
resources:
  incident:
    type: collection
    title: incidents
    description: bench
    keywords: [bench]
    links: []
    extents:
      spatial: {{bbox: [{WEST},{SOUTH},{EAST},{NORTH}], crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {data}
        id_field: id
        table: incident
        geom_field: place
"""


@contextmanager
def peers(full: Loaded) -> Iterator[tuple[int, int]]:
    """Run both peers with two workers each on the plain table; yield their processes."""
    where = make_url(full.environment["DSN"])
    host = str(where.query["host"]).replace("/", "%2F")
    options = "options=-c%20max_parallel_workers_per_gather%3D0%20-c%20jit%3Doff"
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "pygeoapi.yml"
        settings.write_text(pygeoapi_settings(full.environment["DSN"]))
        openapi = Path(folder) / "openapi.yml"
        programs = environment_of("pygeoapi")
        known = os.environ | {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(openapi),
                              "PGOPTIONS": "-c max_parallel_workers_per_gather=0 -c jit=off"}  # fmt: skip
        made = subprocess.run(
            [programs / "pygeoapi", "openapi", "generate", settings],
            env=known, check=True, capture_output=True, text=True,
        )  # fmt: skip
        openapi.write_text(made.stdout)
        database = f"postgresql://{where.username}@{host}/{where.database}?{options}"
        tipg = {
            "DATABASE_URL": database,
            "TIPG_DB_SCHEMAS": '["plain"]',
            "TIPG_DB_MAX_CONN_SIZE": "8",
        }
        with (
            server(["-k", "uvicorn.workers.UvicornWorker", "tipg.main:app"], TIPG, tipg,
                   python=environment_of("tipg") / "python", live="/healthz") as first,
            server(["pygeoapi.flask_app:APP"], PYGEOAPI, known,
                   python=programs / "python", live="/conformance?f=json") as second,
        ):  # fmt: skip
            yield first, second


def cookie() -> str:
    """Sign in as a person would, and return the header that a browser sends."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{PRODUCT}/logga-in"
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    form = {"mail": MAIL, "password": PASSWORD, "csrf_token": token[1]}
    browser.open(Request(address, urlencode(form).encode(), {"Referer": address}))
    return '["Cookie"]="' + "; ".join(f"{each.name}={each.value}" for each in jar) + '"'


def tiles(zoom: int) -> list[str]:
    """Return tiles all over the districts as z/x/y, the same for everybody."""
    draw = random.Random(11)  # noqa: S311 – the same tiles each time
    found = []
    for _ in range(300):
        number = cell(
            draw.uniform(WEST + 0.03, EAST - 0.03), draw.uniform(SOUTH + 0.02, NORTH - 0.02)
        )
        column, row = number >> CELL_ZOOM, number & ((1 << CELL_ZOOM) - 1)
        up = CELL_ZOOM - zoom
        found.append(f"{zoom}/{column >> up}/{row >> up}")
    return found


def tiles_script(before: str, zoom: int, after: str, header: str) -> str:
    """Return a wrk script that asks for the tiles of a zoom."""
    paths = ",".join(f'"{before}/{tile}{after}"' for tile in tiles(zoom))
    return (
        f"local paths = {{{paths}}}\nlocal i = 0\n"
        f"request = function() i = i % #paths + 1;"
        f" return wrk.format('GET', paths[i], {{{header}}}) end\n"
    )


def weigh(port: int, before: str, zoom: int, after: str, header: str) -> Weight:
    """Return what a server's tiles weigh."""
    name, value = re.findall('"([^"]+)"', header) if header else ("Accept", "*/*")
    sizes = sorted(
        len(
            urlopen(
                Request(f"http://127.0.0.1:{port}{before}/{tile}{after}", headers={name: value})
            ).read()
        )
        for tile in dict.fromkeys(tiles(zoom))
    )
    return Weight(sizes[len(sizes) // 2], sizes[-1])


def compare_tiles(
    zoom: int, header: str, given: argparse.Namespace, parents: tuple[int, ...]
) -> None:
    """Measure the tiles of one zoom, and say what they weigh."""
    ours = ("/g/bench/karta/handelser", zoom, f".mvt?week={WEEK}&weeks=52", header)
    theirs = (TILE, zoom, f"?{YEAR}", "")
    everything = (TILE, zoom, "", "")
    compare(
        f"a vector tile, z{zoom}",
        [
            Target("product, 52 weeks", PRODUCT, tiles_script(*ours)),
            Target("tipg, 52 weeks", TIPG, tiles_script(*theirs)),
            Target("tipg, all years", TIPG, tiles_script(*everything)),
        ],
        given,
        parents=parents,
    )
    for name, port, tile in (("product", PRODUCT, ours), ("tipg, 52 weeks", TIPG, theirs)):
        weight = weigh(port, *tile)
        print(f"  {name:28}{weight.usual / 1024:7.1f} KiB, at most {weight.most / 1024:.1f}")
        assert name != "product" or weight.most <= MAX_TILE


def main() -> None:
    """Load, start the product and both peers, and compare them."""
    given = arguments()
    with (
        loaded(given.rows, given.generator) as full,
        server(["product:app"], PRODUCT, full.environment) as product,
        peers(full) as (tipg, pygeoapi),
    ):
        parents = (full.postmaster, product, tipg, pygeoapi)
        for _ in range(4):  # the first answers of a worker wait for its libraries
            urlopen(f"http://127.0.0.1:{TIPG}/collections/plain.incident/items?limit=1").read()
            urlopen(f"http://127.0.0.1:{PYGEOAPI}/collections/incident/items?f=json&limit=1").read()
        header = cookie()
        compare(
            "100 incidents in a box",
            [
                Target("product", PRODUCT, boxes_script("/api/v1/incidents?", full.header)),
                Target(
                    "tipg", TIPG, boxes_script("/collections/plain.incident/items?limit=100&", "")
                ),
                Target(
                    "pygeoapi",
                    PYGEOAPI,
                    boxes_script("/collections/incident/items?f=json&limit=100&", ""),
                ),
            ],
            given,
            parents=parents,
        )
        for zoom in (14, 12):
            compare_tiles(zoom, header, given, parents)


if __name__ == "__main__":
    main()
