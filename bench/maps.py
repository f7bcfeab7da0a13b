"""The map of a district beside plain folium, in Chromium, with 100, 10,000 and 100,000 incidents.

All of them lie in one district and in one week. The product runs as it ships and is signed in to;
folium's pages are files, made beforehand (how long that took stands beside them), and what they
fetch from other hosts comes from this machine. Each page is opened cold in a window of its own.
"""

import argparse
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import folium
import psycopg
from folium.plugins import FastMarkerCluster
from load import CENTRES, rows
from pages import ARGUMENTS, CHROMIUM, QUIET, WIDE, signed_in
from playwright.sync_api import Browser, Page, Route, StorageState, sync_playwright
from run import MAIL, PASSWORD, PRODUCT, ROOT, Loaded, loaded, server
from sqlalchemy import make_url

FILES = 8735
WEEK = "2026-W44"
FIRST_DAY = "2026-10-22 02:00+02"
CENTRE = CENTRES[2]
SIZES = (100, 10_000, 100_000)
ROUNDS = 3
PATIENCE_MS = 120_000
MANY = 10_000  # more than this takes plain markers minutes
VENDOR = {
    "leaflet.js": "leaflet/leaflet.js",
    "leaflet.css": "leaflet/leaflet.css",
    "leaflet.markercluster.js": "leaflet.markercluster/leaflet.markercluster.js",
    "MarkerCluster.css": "leaflet.markercluster/MarkerCluster.css",
    "MarkerCluster.Default.css": "leaflet.markercluster/MarkerCluster.Default.css",
}
CALLED = {  # what folium calls of two libraries that are not here
    "leaflet.awesome-markers.js": "L.AwesomeMarkers = { icon: () => new L.Icon.Default() };",
    "jquery": "window.$ = (text) => [document.createRange().createContextualFragment(text).firstElementChild];",
}
LONGEST = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => { for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration); })
    .observe({ type: "longtask" });
}"""

ZOOM = """() => new Promise((done) => {
  const map = Object.entries(window).find(([name, one]) => name.startsWith("map_") && one?.setZoom)[1];
  const began = performance.now();
  map.once("zoomend", () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)))));
  map.setZoom(map.getZoom() + 1, { animate: false });
})"""


@dataclass(frozen=True)
class Seen:
    """One opening: kilobytes, then ms until it could be used and until a zoom was drawn.

    `longest` is the longest task while the map was moved, 0 for none of 50 ms.
    """

    weight: float
    usable: float
    zoomed: float
    longest: float


@dataclass(frozen=True)
class Way:
    """A page to open: where it is, what stands there once it is drawn, and what making it took."""

    name: str
    address: str
    ready: str
    made: float
    state: StorageState | None
    rounds: int = ROUNDS


def spots(count: int) -> list[tuple[float, float]]:
    """Return latitude and longitude of so many incidents, close enough for one district."""
    return [
        (CENTRE[1] + (y - 59.2) * 0.2, CENTRE[0] + (x - 18.0) * 0.2) for _, x, y, *_ in rows(count)
    ]


def gather(full: Loaded) -> None:
    """Move every incident into one district and one week."""
    where = make_url(full.environment["DSN"])
    with psycopg.connect(
        host=str(where.query["host"]), user=where.username, dbname=where.database, autocommit=True
    ) as owner:
        owner.execute("ALTER TABLE incidents DROP CONSTRAINT IF EXISTS ck_incidents_window")
        owner.execute(
            "WITH moved AS (SELECT id, ST_SetSRID(ST_MakePoint(%(x)s + (ST_X(place) - 18.0) * 0.2,"
            " %(y)s + (ST_Y(place) - 59.2) * 0.2), 4326) AS spot, row_number() OVER () AS n FROM incidents)"
            " UPDATE incidents i SET place = spot, occurred_from = %(day)s::timestamptz + interval '5 s' * mod(n, 100000),"
            " occurred_to = NULL, registered_at = %(day)s::timestamptz + interval '7 days',"
            " cell = (floor((ST_X(spot) + 180) / 360 * 32768)::int << 15)"
            " | floor((1 - asinh(tan(radians(ST_Y(spot)))) / pi()) / 2 * 32768)::int,"
            " district_id = (SELECT d.id FROM districts d WHERE d.name = 'Område 2')"
            " FROM moved WHERE moved.id = i.id",
            {"x": CENTRE[0], "y": CENTRE[1], "day": FIRST_DAY},
        )
        owner.execute("VACUUM ANALYZE")


def with_markers(drawn: folium.Map, at: list[tuple[float, float]]) -> None:
    """Draw a marker with a popup for each, as folium's first example does."""
    for number, place in enumerate(at):
        folium.Marker(place, popup=f"Händelse {number}").add_to(drawn)


def with_clusters(drawn: folium.Map, at: list[tuple[float, float]]) -> None:
    """Hand all positions to the browser, which clusters them; without popups."""
    FastMarkerCluster(at).add_to(drawn)  # type: ignore[no-untyped-call] # folium's plugins have no types


def made(folder: Path, name: str, count: int, draw: Callable[[folium.Map, Any], None]) -> Way:
    """Write a page of plain folium."""
    at = spots(count)
    began = time.perf_counter()
    drawn = folium.Map((CENTRE[1], CENTRE[0]), zoom_start=12, prefer_canvas=True)
    draw(drawn, at)
    drawn.save(folder / f"{name}-{count}.html")
    took = time.perf_counter() - began
    ready = ".leaflet-marker-icon"
    return Way(
        f"folium, {name}", f"http://127.0.0.1:{FILES}/{name}-{count}.html", ready, took, None
    )


@contextmanager
def files(folder: Path) -> Iterator[None]:
    """Serve a folder on loopback until the block ends."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – its name there
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", FILES), partial(Silent, directory=folder))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        web.shutdown()
        web.server_close()


def from_here(route: Route) -> None:
    """Answer what a page asks of other hosts from this machine; with nothing, if we lack it."""
    address = route.request.url
    name = re.split(r"[?#]", address)[0].rsplit("/", 1)[-1]
    if "127.0.0.1" in address:
        route.continue_()
    elif name in VENDOR:
        route.fulfill(path=ROOT / "static/vendor" / VENDOR[name])
    elif called := next((body for part, body in CALLED.items() if name.startswith(part)), ""):
        route.fulfill(body=called, content_type="text/javascript")
    else:
        kind = {"css": "text/css", "js": "text/javascript"}.get(
            name.rsplit(".", 1)[-1], "image/png"
        )
        route.fulfill(body="", content_type=kind)


def zoom(page: Page) -> float:
    """Zoom in by one and return how long it took until that was drawn, in ms."""
    taken: float = page.evaluate(ZOOM)
    return taken


def pan(page: Page) -> float:
    """Drag the map about and return the longest task meanwhile, in ms; 0 for none above 50."""
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(LONGEST)
    for step in (1, -1, 1):
        page.mouse.move(x, y)
        page.mouse.down()
        for n in range(12):
            page.mouse.move(x + step * 12 * n, y + step * 6 * n)
            page.wait_for_timeout(16)
        page.mouse.up()
        page.wait_for_timeout(500)
    longest: float = page.evaluate("window.longest")
    return longest


def open_cold(browser: Browser, way: Way) -> Seen:
    """Open a page with an empty cache; it can be used when the map is drawn and all is quiet."""
    context = browser.new_context(locale="sv-SE", viewport=WIDE, storage_state=way.state)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    if way.state is None:
        page.route("**/*", from_here)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[int] = []
    wire.on(
        "Network.loadingFinished", lambda event: weights.append(int(event["encodedDataLength"]))
    )
    page.goto(way.address)
    page.wait_for_selector(way.ready, state="attached")
    drawn: float = page.evaluate("performance.now()")
    usable = max(drawn, page.evaluate(QUIET))
    weight = sum(weights) / 1000
    page.locator(".leaflet-container").scroll_into_view_if_needed()
    longest, zoomed = pan(page), zoom(page)
    assert not problems, problems
    context.close()
    return Seen(weight, usable, zoomed, longest)


def measure(browser: Browser, count: int, folder: Path) -> None:
    """Open every way some times in turns, and print medians."""
    address = f"http://127.0.0.1:{PRODUCT}"
    page = f"{address}/g/bench/omraden/omrade-2?week={WEEK}"
    state = signed_in(browser, address, MAIL, PASSWORD)
    ways = [Way("product", page, ".leaflet-marker-icon", 0, state)]
    ways.append(made(folder, "clusters", count, with_clusters))
    if count <= MANY:
        slow = made(folder, "markers", count, with_markers)
        ways.append(replace(slow, rounds=1 if count > SIZES[0] else ROUNDS))
    open_cold(browser, ways[0])  # the first map of a worker waits for folium
    open_cold(browser, ways[0])
    found: list[list[Seen]] = [[] for _ in ways]
    for number in range(ROUNDS):
        for way, seen in zip(ways, found, strict=True):
            if number < way.rounds:
                seen.append(open_cold(browser, way))
    ours = median(seen.usable for seen in found[0])
    for way, seen in zip(ways, found, strict=True):
        usable = median(each.usable for each in seen)
        print(
            f"{count:8,} {way.name:18}{median(e.weight for e in seen):9,.0f} kB{usable:9,.0f} ms"
            f"  {usable / ours:5.1f} × product  zoom {median(e.zoomed for e in seen):6.0f} ms"
            f"  longest task {median(e.longest for e in seen):6.0f} ms"
            f"  made in {way.made:6.2f} s",
            flush=True,
        )


def main() -> None:
    """Measure each number of incidents on a database of its own."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes: list[int] = reader.parse_args().sizes
    with TemporaryDirectory() as name, files(Path(name)), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for count in sizes:
            with loaded(count) as full:
                gather(full)
                with server(["product:app"], PRODUCT, full.environment):
                    measure(browser, count, Path(name))
        browser.close()


if __name__ == "__main__":
    main()
