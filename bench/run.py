"""Measure the product beside a plain Flask + Core endpoint; see bench/README.md."""

import argparse
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import orjson
import psycopg
from load import EAST, NORTH, SOUTH, WEST, districts, load
from sqlalchemy import make_url

from lagesbild import schema
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db, postgres
from lagesbild.base.settings import Settings
from lagesbild.districts import service as district_service
from lagesbild.districts.rules import Source
from lagesbild.people.rules import Role, system

ROOT = Path(__file__).resolve().parent.parent
PRODUCT, PLAIN = 8731, 8732
CONNECTIONS = 8
MAIL, PASSWORD = "matning@bench.example", "ett-langt-losenord"


@dataclass(frozen=True)
class Target:
    """What is asked of which server."""

    name: str
    port: int
    script: str


def prepare(settings: Settings, count: int) -> tuple[str, str]:
    """Fill the database; return a token and the organisation's id."""
    schema.upgrade(settings)
    db.connect(settings.database_url, settings.reader_url)
    now = datetime.now(UTC)
    group = access.add_municipality(slug="bench", name="Bench", code="0009", now=now)
    actor = system(group)
    source = Source("kommundel", date(2010, 1, 1), "bench")
    with db.transaction(actor.gate) as session:
        district_service.put_version(session, actor, source, districts(), now=now)
        police = access.organisation_named(session, actor, "polis")
    newcomer = Newcomer(MAIL, "Mätning", PASSWORD)
    access.add_member(actor, newcomer, organisation="polis", role=Role.MEMBER, now=now)
    token = access.add_token(group, mail=MAIL, name="bench", now=now)
    url = make_url(settings.owner_url)
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as owner:
        load(owner, count, municipality=group.municipality_id, organisation=police.id)
    db.forget_connections()
    return token, str(police.id)


@contextmanager
def server(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """Run a gunicorn of two sync workers until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}", *command],
        env=os.environ | environment,
        cwd=ROOT,
    )
    try:
        for _ in range(100):
            try:
                urlopen(
                    f"http://127.0.0.1:{port}/health/live"
                    if port == PRODUCT
                    else f"http://127.0.0.1:{port}/hello"
                ).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def boxes_script(path: str, header: str) -> str:
    """Return a wrk script that asks for boxes of about 1.1 × 1.1 km, the same for everybody."""
    draw = random.Random(7)  # noqa: S311 – the same boxes each time
    lines = []
    for _ in range(500):
        x, y = draw.uniform(WEST + 0.03, EAST - 0.05), draw.uniform(SOUTH + 0.02, NORTH - 0.04)
        lines.append(f'"{path}bbox={x:.4f},{y:.4f},{x + 0.02:.4f},{y + 0.01:.4f}"')
    return (
        f"local paths = {{{','.join(lines)}}}\nlocal i = 0\n"
        f"request = function() i = i % #paths + 1;"
        f" return wrk.format('GET', paths[i], {{{header}}}) end\n"
    )


def writes_script(path: str, header: str) -> str:
    """Return a wrk script that posts Features at points all over the districts."""
    draw = random.Random(8)  # noqa: S311 – the same points each time
    points = ",".join(
        f'"{draw.uniform(WEST + 0.03, EAST - 0.03):.5f},{draw.uniform(SOUTH + 0.03, NORTH - 0.03):.5f}"'
        for _ in range(500)
    )
    body = orjson.dumps(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": ["@"]},
         "properties": {"category": "SKA01", "summary": "klotter på en vägg",
                        "occurred_from": "2026-11-01T12:00:00Z"}}
    ).decode().replace('"@"', "' .. points[i] .. '")  # fmt: skip
    header = ", ".join(filter(None, [header, '["Content-Type"]="application/json"']))
    return (
        f"local points = {{{points}}}\nlocal i = 0\n"
        f"request = function() i = i % #points + 1;"
        f" return wrk.format('POST', '{path}', {{{header}}}, '{body}') end\n"
    )


def measure(target: Target, seconds: int) -> tuple[float, str]:
    """Return requests per second and wrk's latencies; fail when anything was refused."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(target.script)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
                   "-s", script.name, f"http://127.0.0.1:{target.port}"]  # fmt: skip
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(f"{target.name}: {out}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    latency = re.findall(r"(?:50|99)%\s+(\S+)", out)
    if found is None:
        raise RuntimeError(out)
    return float(found[1]), "/".join(latency)


def compare(title: str, ours: Target, peers: list[Target], *, seconds: int, rounds: int) -> None:
    """Measure in alternating rounds and print the median of each and of the ratios."""
    found: dict[str, list[tuple[float, str]]] = {}
    for _ in range(rounds):
        for target in (ours, *peers):
            found.setdefault(target.name, []).append(measure(target, seconds))
    print(f"\n{title}")
    mine = [rate for rate, _ in found[ours.name]]
    for name, results in found.items():
        rates = [rate for rate, _ in results]
        ratio = statistics.median(m / r for m, r in zip(mine, rates, strict=True))
        print(f"  {name:34} {statistics.median(rates):8.0f}/s  p50/p99 {results[-1][1]:20}"
              f" product = {ratio:.2f} of it")  # fmt: skip


def main() -> None:
    """Load, serve and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lagesbild-bench-"))
    folder.chmod(0o755)
    try:
        with postgres.available(Settings(data_dir=folder)) as settings:
            began = time.time()
            token, organisation = prepare(settings, given.rows)
            print(f"{given.rows} incidents loaded in {time.time() - began:.0f} s")
            run(settings, token, organisation, given)
    finally:
        shutil.rmtree(folder)


def run(settings: Settings, token: str, organisation: str, given: argparse.Namespace) -> None:
    """Start both servers and compare them."""
    environment = {
        "LAGESBILD_DATABASE_URL": settings.database_url,
        "LAGESBILD_OWNER_URL": settings.owner_url,
        "LAGESBILD_READER_URL": settings.reader_url,
        "LAGESBILD_SECRET_KEY": "bench-only-bench-only-bench-only",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}",
        "ORGANISATION": organisation,
        "DSN": make_url(settings.owner_url).set(drivername="postgresql+psycopg").render_as_string(),
    }
    product = ["product:app"]
    header = f'["Authorization"]="Bearer {token}"'
    with server(product, PRODUCT, environment), server(["plain:app"], PLAIN, environment):
        request = Request(f"http://127.0.0.1:{PRODUCT}/api/v1/incidents?bbox=18,59.2,18.02,59.21",
                          headers={"Authorization": f"Bearer {token}"})  # fmt: skip
        print("one answer:", len(urlopen(request).read()), "bytes")
        compare(
            "100 incidents in a box, newest first",
            Target("product", PRODUCT, boxes_script("/api/v1/incidents?", header)),
            [
                Target("plain, newest first", PLAIN, boxes_script("/newest?", "")),
                Target("plain, any hundred", PLAIN, boxes_script("/any?", "")),
            ],
            seconds=given.seconds,
            rounds=given.rounds,
        )
        compare(
            "one incident written",
            Target("product", PRODUCT, writes_script("/api/v1/incidents", header)),
            [Target("plain, one statement", PLAIN, writes_script("/incidents", ""))],
            seconds=given.seconds,
            rounds=given.rounds,
        )


if __name__ == "__main__":
    main()
