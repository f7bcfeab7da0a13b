"""Hands on a keyboard: everything that somebody does in a browser without a mouse."""

import logging
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from playwright.sync_api import Browser, Locator, Page, expect

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock
from lagesbild.people.rules import Actor, Group, Role, system
from tests.browser.conftest import WIDE
from tests.conftest import PASSWORD

AT_ONCE = 2500  # milliseconds: two seconds, and a little for a slow machine
MOST_TABS = 200  # a page with more before what one wants is a page for the mouse

log = logging.getLogger(__name__)


class Watch:
    """The program's clock, set by hand. It goes a little each time it is read."""

    def __init__(self, moment: datetime) -> None:
        """Set it."""
        self._moment, self._lock = moment, Lock()

    def now(self) -> datetime:
        """Read it."""
        with self._lock:
            self._moment += timedelta(milliseconds=10)
            return self._moment

    def set(self, moment: datetime) -> None:
        """Set it forward."""
        with self._lock:
            self._moment = max(moment, self._moment)


@dataclass
class Hands:
    """Somebody at a browser of their own, who uses its keyboard alone."""

    page: Page
    address: str
    mail: str

    def go(self, path: str) -> None:
        """Write an address in the bar of the browser."""
        self.page.goto(f"{self.address}{path}", wait_until="load")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Write a text where the focus is."""
        self.page.keyboard.type(text)

    def reach(self, target: Locator) -> None:
        """Press Tab until something has the focus."""
        expect(target).to_be_attached()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"The keyboard does not reach {target}")

    def push(self, target: Locator) -> None:
        """Reach a button or a link, and press it."""
        self.reach(target)
        self.press("Enter")

    def arrive(self, address: str) -> None:
        """Wait until another page is there, scripts and all."""
        expect(self.page).to_have_url(re.compile(address))
        self.page.wait_for_load_state("load")

    def see(self, target: Locator) -> None:
        """Wait until a page that was asked for shows something."""
        expect(target).to_be_visible()
        self.page.wait_for_load_state("load")

    def sign_in(self) -> None:
        """Sign in. The focus stands in the first field."""
        self.go("/logga-in")
        expect(self.page.get_by_label("E-post")).to_be_focused()
        self.type(self.mail)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.arrive(r"/g/as/")

    def step(self, number: int) -> None:
        """Go to a step of the meeting by its digit."""
        self.press(str(number))
        self.see(self.page.locator(f'.m-rail a.now[data-step="{number}"]'))


def hands(browser: Browser, address: str, mail: str) -> Hands:
    """Return somebody at a new browser of their own."""
    context = browser.new_context(locale="sv-SE", viewport=WIDE, reduced_motion="reduce")
    return Hands(context.new_page(), address, mail)


def joined(group: Group, mail: str, organisation: str, role: Role) -> Actor:
    """Let somebody into a group, and return them to act by program."""
    now = clock.now()
    newcomer = Newcomer(mail, "Prov", PASSWORD)
    access.add_member(system(group), newcomer, organisation=organisation, role=role, now=now)
    secret = access.sign_in(mail, PASSWORD, address="127.0.0.1", now=now)
    visitor = access.visitor_by_session(secret, now=now)
    assert visitor is not None
    [actor] = visitor.actors
    return actor


def button(who: Hands, name: str) -> Locator:
    """Return a button by its name; a part that is for screen readers may be set off by a space."""
    pattern = re.escape(name).replace(",", r"\s*,")
    return who.page.get_by_role("button", name=re.compile(pattern)).first


def seen(who: Hands, find: str, text: str) -> None:
    """Wait until somebody sees what another one did, and note how long that was."""
    began = time.monotonic()
    expect(who.page.locator(find).filter(has_text=text).first).to_be_visible(timeout=AT_ONCE)
    log.info("%s saw %r after %.1f s", who.mail, text, time.monotonic() - began)
