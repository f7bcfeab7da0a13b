"""What the week, a district and the logging form weigh, and when they can be used, in Chromium.

Signs in to a running product with a demo municipality: address and password are arguments.
Each page is opened cold (empty cache) in a window of its own, as it is and as on a slow phone:
390 px, four times slower processor, 1.6 Mbit/s, 150 ms. Beside it stands the sign-in page, which
has the same frame and no script.
"""

import argparse
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    ViewportSize,
    sync_playwright,
)

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = {  # where it is, and what is there once it can be used
    "sign-in, bare": ("logga-in", "form"),
    "week": ("g/demo/", "main table tbody tr"),
    "district": ("g/demo/omraden", ".leaflet-overlay-pane path, .areas a"),
    "logging": ("g/demo/handelser/ny", "#pick path.area"),
}
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
ROUNDS = 5
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
SLOWER = 4
QUIET = """() => new Promise((done) => {
  let last = performance.now();
  new PerformanceObserver((list) => { for (const task of list.getEntries()) last = task.startTime + task.duration; })
    .observe({ type: "longtask", buffered: true });
  setTimeout(() => done(last), 400);
})"""


@dataclass(frozen=True)
class Seen:
    """One opening: bytes and requests over the wire, milliseconds until it could be used."""

    weight: int
    requests: int
    usable: float


def signed_in(browser: Browser, address: str, mail: str, password: str) -> StorageState:
    """Sign in as a person would; return the cookies."""
    context = browser.new_context(locale="sv-SE")
    page = context.new_page()
    page.goto(f"{address}/logga-in")
    page.get_by_label("E-post").fill(mail)
    page.get_by_label("Lösenord").fill(password)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_load_state("networkidle")
    state = context.storage_state()
    context.close()
    return state


def open_cold(context: BrowserContext, address: str, ready: str, *, slow: bool) -> Seen:
    """Open a page with an empty cache; it can be used when what is needed stands and all is quiet."""
    page: Page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[int] = []
    wire.on(
        "Network.loadingFinished", lambda event: weights.append(int(event["encodedDataLength"]))
    )
    if slow:
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_selector(ready, state="attached")
    drawn: float = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    usable = max(drawn, page.evaluate(QUIET))
    page.close()
    return Seen(sum(weights), len(weights), usable)


def measure(browser: Browser, address: str, password: str, *, slow: bool) -> dict[str, Seen]:
    """Return the median of some cold openings of each page; the pages take turns."""
    state = signed_in(browser, address, "polis@demo.example", password)
    seen: dict[str, list[Seen]] = {name: [] for name in PAGES}
    for _ in range(ROUNDS):
        for name, (path, ready) in PAGES.items():
            size = PHONE if slow else WIDE
            known = None if path == "logga-in" else state
            context = browser.new_context(locale="sv-SE", viewport=size, storage_state=known)
            seen[name].append(open_cold(context, f"{address}/{path}", ready, slow=slow))
            context.close()
    return {
        name: Seen(
            round(median(one.weight for one in each)),
            round(median(one.requests for one in each)),
            median(one.usable for one in each),
        )
        for name, each in seen.items()
    }


def main() -> None:
    """Print a table for each kind of machine."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("address", help="http://localhost:8000")
    reader.add_argument("password")
    given = reader.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for slow in (False, True):
            found = measure(browser, given.address, given.password, slow=slow)
            bare = found["sign-in, bare"].usable
            print("slow phone" if slow else "this machine, 1440 px")
            print(f"{'page':16}{'kB':>8}{'requests':>10}{'ms':>8}{'/ bare':>8}")
            for name, one in found.items():
                kilobytes = one.weight / 1000
                ratio = one.usable / bare
                print(f"{name:16}{kilobytes:8.0f}{one.requests:10}{one.usable:8.0f}{ratio:8.1f}")
        browser.close()


if __name__ == "__main__":
    main()
