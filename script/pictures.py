"""Take pictures: those of the README, or of every page wide, on a projector, narrow and printed."""

import argparse
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
THURSDAY = 3
WIDE, PHONE, PROJECTOR = (
    ViewportSize(width=1440, height=960),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1920, height=1080),
)
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Pages:
    """The pages of the example, by who sees them; the closed week is that with something to see."""

    week: str

    def of(self) -> Iterator[tuple[str, str, str]]:
        """Return mail, name and path of each page."""
        group = "/g/demo"
        yield "", "sign-in", "/logga-in"
        yield "", "accessibility", "/tillganglighet"
        yield "", "data", "/om-uppgifterna"
        for name, path in (
            ("week", f"/vecka/{self.week}"),
            ("week-now", "/"),
            ("districts", f"/omraden?week={self.week}"),
            ("district", f"/omraden/skogas?week={self.week}"),
            ("map", f"/karta?week={self.week}"),
            ("incidents", "/handelser"),
            ("log", "/handelser/ny"),
            ("import", "/inlasning"),
            ("export", "/uttag"),
            ("letters", "/utskick"),
            ("steps", "/kom-igang"),
            ("people", "/personer"),
            ("missing", "/finns-inte"),
        ):
            yield "kommun@demo.example", name, group + path
        yield "granskare@demo.example", "audit", group + "/logg"
        yield "ordforande@demo.example", "letters-reader", group + "/utskick"


def closed_week() -> str:
    """Return the name of the week that closed last: 2026-W47."""
    today = datetime.now(ZoneInfo("Europe/Stockholm")).date()
    meeting = today - timedelta(days=(today.weekday() - THURSDAY) % 7)
    year, week, _ = meeting.isocalendar()
    return f"{year}-W{week:02d}"


def signed_in(browser: Browser, address: str, mail: str, password: str) -> StorageState | None:
    """Return the cookies of one of the example's people."""
    if not mail:
        return None
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


def opened(
    browser: Browser, url: str, state: StorageState | None, size: ViewportSize, scheme: Scheme
) -> Page:
    """Return a page that has come to rest."""
    context = browser.new_context(
        locale="sv-SE",
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        storage_state=state,
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    return page


def save(page: Page, file: Path, *, width: int) -> None:
    """Keep what is seen of a page as WebP, not wider than this, and close it."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    height = round(picture.height * width / picture.width)
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.resize((width, height), Image.Resampling.LANCZOS).save(file, quality=82)
    page.context.close()


def of_the_readme(browser: Browser, address: str, password: str) -> None:
    """Take the pictures of the README."""
    state = signed_in(browser, address, "kommun@demo.example", password)
    week = f"{address}/g/demo/vecka/{closed_week()}"
    district = f"{address}/g/demo/omraden/skogas?week={closed_week()}"
    save(opened(browser, week, state, WIDE, "light"), PICTURES / "week.webp", width=960)
    save(opened(browser, week, state, WIDE, "dark"), PICTURES / "week-dark.webp", width=960)
    save(opened(browser, district, state, WIDE, "light"), PICTURES / "district.webp", width=960)
    page = opened(browser, f"{address}/g/demo/handelser/ny", state, PHONE, "light")
    page.locator('[name="group"][value="BRA"]').check()
    page.locator('[name="category"][value="BRA01"]').check()
    page.evaluate("scrollTo(0, 120)")
    save(page, PICTURES / "log-phone.webp", width=390)


def of_everything(browser: Browser, address: str, password: str, folder: Path) -> None:
    """Take every page in every way."""
    folder.mkdir(parents=True, exist_ok=True)
    for mail, name, path in Pages(closed_week()).of():
        state = signed_in(browser, address, mail, password)
        for size in (WIDE, PHONE, PROJECTOR):
            for scheme in ("light", "dark") if size is not PROJECTOR else ("light",):
                page = opened(browser, address + path, state, size, scheme)
                if size is PROJECTOR:
                    page.evaluate("document.documentElement.dataset.view = 'projector'")
                file = folder / f"{name}-{size['width']}-{scheme}.png"
                page.screenshot(path=file, full_page=size is not PROJECTOR)
                page.context.close()
        page = opened(browser, address + path, state, WIDE, "light")
        page.pdf(path=folder / f"{name}-print.pdf", format="A4")
        page.context.close()


def main() -> None:
    """Take pictures of a running example."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("address")
    reader.add_argument("password")
    reader.add_argument("folder", nargs="?", default="")
    given = reader.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if given.folder:
            of_everything(browser, given.address, given.password, Path(given.folder))
        else:
            of_the_readme(browser, given.address, given.password)
        browser.close()


if __name__ == "__main__":
    main()
