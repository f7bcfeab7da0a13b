"""Take pictures: those of the README, or of every page in every way, with errors and empty."""

import argparse
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
THURSDAY = 3
WIDE, PHONE, PROJECTOR, ENLARGED = (
    ViewportSize(width=1440, height=960),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1920, height=1080),
    ViewportSize(width=720, height=480),  # what 200 % leaves of the wide one
)
Scheme = Literal["light", "dark"]
WAYS: tuple[tuple[ViewportSize, Scheme], ...] = (
    (WIDE, "light"),
    (WIDE, "dark"),
    (PHONE, "light"),
    (PHONE, "dark"),
    (PROJECTOR, "light"),
    (ENLARGED, "light"),
)


def stay(_page: Page) -> None:
    """Do nothing: the page is seen as it opens."""


def sign_in_wrongly(page: Page) -> None:
    """Give a password that is not right."""
    page.get_by_label("E-post").fill("brand@demo.example")
    page.get_by_label("Lösenord").fill("fel lösenord")
    page.get_by_role("button", name="Logga in").click()


def choose(page: Page) -> None:
    """Choose what has happened, so that the sorts of the group are seen."""
    page.locator('[name="group"][value="BRA"]').check()
    page.locator('[name="category"][value="BRA01"]').check()


def send_nothing(page: Page) -> None:
    """Send the form without having said what has happened."""
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("alert").first.wait_for()


def send_a_number(page: Page) -> None:
    """Send a text that the identity guard stops."""
    choose(page)
    page.get_by_label("Kort beskrivning").fill("Papperskorg brann. Uppgift från 811228-9874")
    send_nothing(page)


def open_one(page: Page) -> None:
    """Open the first of a list."""
    page.locator(".inlist a").first.click()


def change_one(page: Page) -> None:
    """Open the form of the first of a list."""
    open_one(page)
    page.get_by_role("link", name="Ändra").first.click()


def change_too_late(page: Page) -> None:
    """Save what somebody else has saved meanwhile."""
    change_one(page)
    page.wait_for_load_state("networkidle")
    other = page.context.new_page()
    other.goto(page.url, wait_until="networkidle")
    other.get_by_role("button", name="Spara", exact=True).click()
    other.wait_for_url("**/handelser/L-*")
    other.close()
    send_nothing(page)


def choose_looks(page: Page) -> None:
    """Open the choice of light and size."""
    page.get_by_text("Visning", exact=True).click()


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it, after what they have done on it."""

    mail: str
    name: str
    path: str
    act: Callable[[Page], None] = stay


def shots(week: str) -> Iterator[Shot]:
    """Return the pages of the example; the closed week is that with something to see."""
    group, kommun = "/g/demo", "kommun@demo.example"
    yield Shot("", "sign-in", "/logga-in")
    yield Shot("", "sign-in-wrong", "/logga-in", sign_in_wrongly)
    yield Shot("", "accessibility", "/tillganglighet", choose_looks)
    yield Shot("", "data", "/om-uppgifterna")
    own = f"{group}/handelser?organisation=kommun"
    for name, path, act in (
        ("week", f"{group}/vecka/{week}", stay),
        ("week-now", f"{group}/", stay),
        ("week-empty", f"{group}/vecka/2019-W20", stay),
        ("districts", f"{group}/omraden?week={week}", stay),
        ("district", f"{group}/omraden/skogas?week={week}", stay),
        ("district-empty", f"{group}/omraden/skogas?week=2019-W20", stay),
        ("map", f"{group}/karta?week={week}", stay),
        ("incidents", f"{group}/handelser", stay),
        ("incidents-empty", f"{group}/handelser?week=2019-W20", stay),
        ("incident", own, open_one),
        ("change", own, change_one),
        ("change-stale", own, change_too_late),
        ("log", f"{group}/handelser/ny", choose),
        ("log-missing", f"{group}/handelser/ny", send_nothing),
        ("log-number", f"{group}/handelser/ny", send_a_number),
        ("import", f"{group}/inlasning", stay),
        ("export", f"{group}/uttag", stay),
        ("export-empty", f"{group}/uttag?week=2019-W20", stay),
        ("export-wrong", f"{group}/uttag?week=47", stay),
        ("letters", f"{group}/utskick", stay),
        ("letter", f"{group}/utskick/{week}", stay),
        ("letter-phone", f"{group}/utskick/{week}?som=telefon", stay),
        ("letter-text", f"{group}/utskick/{week}?som=text", stay),
        ("letter-words", f"{group}/utskick/{week}/andra", stay),
        ("letter-figures", f"{group}/utskick/{week}/lasare", stay),
        ("steps", f"{group}/kom-igang", stay),
        ("people", f"{group}/personer", stay),
        ("password", "/losenord", stay),
        ("missing", f"{group}/finns-inte", stay),
        ("intake", f"{group}/handelser?status=ny", stay),
        ("actions", f"{group}/atgarder", stay),
        ("problems", f"{group}/problem", stay),
        ("meetings", f"{group}/mote", stay),
        ("meetings-settings", f"{group}/mote/installningar", stay),
        ("basis", f"{group}/mote/{week}/underlag", stay),
        *((f"meeting-{n}", f"{group}/mote/{week}?steg={n}", stay) for n in range(1, 10)),
    ):
        yield Shot(kommun, name, path, act)
    yield Shot("granskare@demo.example", "audit", f"{group}/logg")
    yield Shot("ordforande@demo.example", "letters-reader", f"{group}/utskick")
    yield Shot("ordforande@demo.example", "letter-reader", f"{group}/utskick/{week}")
    yield Shot("ordforande@demo.example", "forbidden", f"{group}/handelser")


def first_shots(address: str) -> Iterator[Shot]:
    """Return the pages of a first start; the address has the code in it."""
    yield Shot("", "first-code", "/start")
    yield Shot("", "first", urlsplit(address).path + "?" + urlsplit(address).query)


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
    """Return a page that has come to rest; at the projector's size shown as for a projector."""
    context = browser.new_context(
        locale="sv-SE",
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        storage_state=state,
    )
    if size is PROJECTOR:
        context.add_cookies([{"name": "vy", "value": "projector", "url": url}])
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
    choose(page)
    page.evaluate("scrollTo(0, 120)")
    save(page, PICTURES / "log-phone.webp", width=390)


def of_every(
    browser: Browser, wanted: Iterable[Shot], address: str, password: str, folder: Path
) -> None:
    """Take pages in every way: wide and narrow in light and dark, projected, enlarged, printed."""
    folder.mkdir(parents=True, exist_ok=True)
    states: dict[str, StorageState | None] = {}
    for shot in wanted:
        if shot.mail not in states:
            states[shot.mail] = signed_in(browser, address, shot.mail, password)
        for size, scheme in WAYS:
            page = opened(browser, address + shot.path, states[shot.mail], size, scheme)
            shot.act(page)
            page.wait_for_load_state("networkidle")
            file = folder / f"{shot.name}-{size['width']}-{scheme}.png"
            page.screenshot(path=file, full_page=size is not PROJECTOR)
            if (size, scheme) == (WIDE, "light"):
                page.pdf(path=folder / f"{shot.name}-print.pdf", format="A4")
            page.context.close()


def main() -> None:
    """Take pictures of a running example."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("address")
    reader.add_argument("password")
    reader.add_argument("folder", nargs="?", default="")
    reader.add_argument("first", nargs="?", default="", help="address of a first start")
    given = reader.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if given.folder:
            folder = Path(given.folder)
            of_every(browser, shots(closed_week()), given.address, given.password, folder)
            at = urlsplit(given.first)
            if at.netloc:
                of_every(browser, first_shots(given.first), f"http://{at.netloc}", "", folder)
        else:
            of_the_readme(browser, given.address, given.password)
        browser.close()


if __name__ == "__main__":
    main()
