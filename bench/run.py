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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import orjson
import psycopg
from load import EAST, NORTH, SOUTH, WEST, districts, load, rows, rows_of
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


class Measured(NamedTuple):
    """What a run has found: requests per second, milliseconds of processor each, latencies."""

    rate: float
    cpu: float
    latency: str


class Loaded(NamedTuple):
    """A full database, the servers' environment, and the header that lets a program in."""

    settings: Settings
    environment: dict[str, str]
    header: str
    postmaster: int


def prepare(settings: Settings, count: int, generator: Path | None) -> tuple[str, str]:
    """Fill the database; return a token and the organisation's id."""
    schema.upgrade(settings)
    db.connect(settings.database_url, settings.reader_url)
    now = datetime.now(UTC)
    group = access.add_municipality(slug="bench", name="Bench", code="0009", now=now)
    actor = system(group)
    source = Source("kommundel", date(2010, 1, 1), "bench")
    with db.transaction(actor.gate) as session:
        district_service.put_version(session, actor, source, districts(), now=now)
        known = {o.slug: o.id for o in access.organisations(session, actor)}
    newcomer = Newcomer(MAIL, "Mätning", PASSWORD)
    access.add_member(actor, newcomer, organisation="kommun", role=Role.MEMBER, now=now)
    token = access.add_token(group, mail=MAIL, name="bench", now=now)
    url = make_url(settings.owner_url)
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as owner:
        dsn = owner.info.dsn
        told = rows_of(generator, dsn, count) if generator else rows(count)
        load(owner, told, municipality=group.municipality_id, organisations=known)
    db.forget_connections()
    return token, str(known["kommun"])


@contextmanager
def server(
    command: list[str],
    port: int,
    environment: dict[str, str],
    *,
    python: Path = Path(sys.executable),
    live: str = "/health/live",
) -> Iterator[int]:
    """Run a gunicorn of two workers until the block ends; yield its process."""
    process = subprocess.Popen(
        [python, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}", *command],
        env=os.environ | environment,
        cwd=ROOT,
    )
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}{live}").read()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
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


def cpu_seconds(parents: tuple[int, ...]) -> float:
    """Return the processor time that the children of some processes have had so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = stat.read_text().rpartition(") ")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) in parents else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(target: Target, seconds: int, parents: tuple[int, ...]) -> Measured:
    """Let wrk ask for some seconds; fail when anything was refused."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(target.script)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
                   "-s", script.name, f"http://127.0.0.1:{target.port}"]  # fmt: skip
        before = cpu_seconds(parents)
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = cpu_seconds(parents) - before
    if "Non-2xx" in out:
        raise RuntimeError(f"{target.name}: {out}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    answers = re.search(r"(\d+) requests in", out)
    latency = re.findall(r"(?m)^ +(?:50|99)%\s+(\S+)", out)
    if rate is None or answers is None:
        raise RuntimeError(out)
    if not int(answers[1]):
        raise RuntimeError(f"{target.name} gave no answer: {out}")
    return Measured(float(rate[1]), 1000 * used / int(answers[1]), "/".join(latency))


def compare(
    title: str, targets: list[Target], given: argparse.Namespace, *, parents: tuple[int, ...]
) -> None:
    """Measure in rounds of changing order; print medians, and the first target's ratios.

    A first round is not counted: caches and plans are made in it.
    """
    draw = random.Random(9)  # noqa: S311 – the same order each time
    found: dict[str, list[Measured]] = {target.name: [] for target in targets}
    for _ in range(given.rounds + 1):
        for target in draw.sample(targets, len(targets)):
            found[target.name].append(measure(target, given.seconds, parents))
    print(f"\n{title}")
    ours = found[targets[0].name][1:]
    for name, results in found.items():
        pairs = list(zip(ours, results[1:], strict=True))
        rate = statistics.median(its.rate for _, its in pairs)
        cpu = statistics.median(its.cpu for _, its in pairs)
        print(f"  {name:28}{rate:5.0f}/s  p50/p99 {results[-1].latency:18} CPU {cpu:5.1f} ms"
              f"  product = {_middle([mine.rate / its.rate for mine, its in pairs])} of it,"
              f" by CPU {_middle([its.cpu / mine.cpu for mine, its in pairs])}")  # fmt: skip


def _middle(ratios: list[float]) -> str:
    """Return the median and the middle half."""
    several = ratios if len(ratios) > 1 else 2 * ratios  # quartiles are of two at least
    low, middle, high = statistics.quantiles(several, n=4, method="inclusive")
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def arguments() -> argparse.Namespace:
    """Return how much is to be loaded and how long it is to be asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--generator", type=Path, help="takes its rows: called with DSN and ROWS")
    return parser.parse_args()


@contextmanager
def loaded(count: int, generator: Path | None = None) -> Iterator[Loaded]:
    """Fill a private database, and remove it when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="lagesbild-bench-"))
    folder.chmod(0o755)
    try:
        with postgres.available(Settings(data_dir=folder)) as settings:
            began = time.time()
            token, organisation = prepare(settings, count, generator)
            print(f"{count} incidents loaded in {time.time() - began:.0f} s")
            dsn = make_url(settings.owner_url).set(drivername="postgresql+psycopg")
            environment = {
                "LAGESBILD_DATABASE_URL": settings.database_url,
                "LAGESBILD_OWNER_URL": settings.owner_url,
                "LAGESBILD_READER_URL": settings.reader_url,
                "LAGESBILD_SECRET_KEY": "bench-only-bench-only-bench-only",
                "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}",
                "ORGANISATION": organisation,
                "DSN": dsn.render_as_string(),
            }
            [pid] = folder.rglob("postmaster.pid")
            header = f'["Authorization"]="Bearer {token}"'
            yield Loaded(settings, environment, header, int(pid.read_text().split()[0]))
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Load, start both servers and compare them."""
    given = arguments()
    with (
        loaded(given.rows, given.generator) as full,
        server(["product:app"], PRODUCT, full.environment) as product,
        server(["plain:app"], PLAIN, full.environment) as plain,
    ):
        parents = (full.postmaster, product, plain)
        boxes = [
            Target("product", PRODUCT, boxes_script("/api/v1/incidents?", full.header)),
            Target("plain, newest first", PLAIN, boxes_script("/newest?", "")),
            Target("plain, any hundred", PLAIN, boxes_script("/any?", "")),
        ]
        writes = [
            Target("product", PRODUCT, writes_script("/api/v1/incidents", full.header)),
            Target("plain, one statement", PLAIN, writes_script("/incidents", "")),
        ]
        compare("100 incidents in a box, newest first", boxes, given, parents=parents)
        compare("one incident written", writes, given, parents=parents)


if __name__ == "__main__":
    main()
