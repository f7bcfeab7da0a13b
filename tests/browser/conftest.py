"""The application on a real port, and a Chromium that notes what a page must not do."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Literal
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from pydantic import SecretStr
from werkzeug.serving import ThreadedWSGIServer, make_server

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.app import create_app
from lagesbild.base import clock, db
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.people.rules import Actor, Group, Role, system
from tests.build import SOURCE, SQUARES
from tests.conftest import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
MAIL = "polis@as.example"
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
POLL = 0.01  # seconds until the server sees that it is to end
AXE = Path(__file__).resolve().parents[2] / ".tools" / "axe-core" / "axe.min.js"
LOOK = """async () => {
  const page = document.scrollingElement;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const options = { runOnly: tags, resultTypes: ["violations"], iframes: false };
  const { violations } = await axe.run(document, options);
  return [
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `axe ${id}: ${target}`)),
    ...(page.scrollWidth > innerWidth ? [`${page.scrollWidth} px wide`] : []),
    ...(document.querySelectorAll("h1").length === 1 ? [] : ["not one h1"]),
    ...(document.documentElement.lang === "sv" ? [] : ["not in Swedish"]),
  ];
}"""


@dataclass
class Visit:
    """A page, what its console complained about, and whom it asked besides our server."""

    page: Page
    address: str  # of the server
    problems: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(message.text)

    def ask(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, path: str, size: ViewportSize = WIDE) -> Page:
        """Open a page of the server and wait until nothing more is fetched."""
        self.page.set_viewport_size(size)
        self.page.goto(f"{self.address}{path}", wait_until="networkidle")
        return self.page


def looked_at(visit: Visit, sizes: Sequence[ViewportSize] = (WIDE, PHONE)) -> list[str]:
    """Return what axe and our own eyes object to in the page as it stands, light and dark."""
    found: list[str] = []
    visit.page.evaluate(AXE.read_text())
    for size, scheme in product(sizes, SCHEMES):
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(color_scheme=scheme)
        # At the end of a page, where the bar with the buttons lies on nothing.
        visit.page.evaluate("scrollTo(0, document.scrollingElement.scrollHeight)")
        found += [f"{size['width']} {scheme}: {said}" for said in visit.page.evaluate(LOOK)]
    return found


def choose(page: Page, code: str) -> None:
    """Choose what has happened in the form: the tile of its group, then its sort."""
    page.locator(f'[name="group"][value="{code[:3]}"]').check()
    page.locator(f'[name="category"][value="{code}"]').check()


def closing_always(app: WSGIApplication) -> WSGIApplication:
    """Return the application with each answer closed, also where the browser has hung up.

    The server of the tests forgets it then, and what it sent stays open.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            getattr(body, "close", lambda: None)()

    return answer


@pytest.fixture
def live_server(own_database: Settings) -> Iterator[str]:
    """The application on a port of its own; what is committed is dropped with the database."""
    app = create_app(own_database.model_copy(update={"secret_key": SecretStr("prov")}))
    server = make_server("127.0.0.1", 0, closing_always(app), threaded=True)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False  # closing waits for the last answer, and its connection
    thread = threading.Thread(target=server.serve_forever, args=[POLL])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    db.forget_connections()


@pytest.fixture
def empty_group(live_server: str) -> Group:
    """A municipality with two districts, and nobody in its group."""
    assert live_server
    now = clock.now()
    made = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=now)
    with db.transaction(system(made).gate) as session:
        districts.put_version(session, system(made), SOURCE, SQUARES, now=now)
    return made


@pytest.fixture
def live_group(empty_group: Group) -> Group:
    """The same with a police officer who can sign in as `MAIL`."""
    made, newcomer = empty_group, Newcomer(MAIL, "Prov", PASSWORD)
    now = clock.now()
    access.add_member(system(made), newcomer, organisation="polis", role=Role.MEMBER, now=now)
    return made


@pytest.fixture
def live_member(live_group: Group) -> Actor:
    """The police officer, to report incidents as."""
    secret = access.sign_in(MAIL, PASSWORD, address="127.0.0.1", now=clock.now())
    visitor = access.visitor_by_session(secret, now=clock.now())
    assert visitor is not None
    actor = visitor.actor_in(live_group.slug)
    assert actor is not None
    return actor


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: str) -> Iterator[Visit]:
    """A browser window that nobody has signed in with."""
    context = chromium.new_context(locale="sv-SE", reduced_motion="reduce")
    made = Visit(context.new_page(), live_server)
    made.page.on("console", made.note)
    made.page.on("pageerror", lambda error: made.problems.append(str(error)))
    made.page.on("request", made.ask)
    yield made
    context.close()


@pytest.fixture
def signed_in_page(visit: Visit, live_member: Actor) -> Visit:
    """A browser window in which the police officer has signed in, and nothing is open yet."""
    assert live_member.person_id
    address, ask = f"{visit.address}/logga-in", visit.page.context.request
    token = re.search(r'name="csrf_token" value="([^"]+)"', ask.get(address).text())
    assert token is not None
    form = {"mail": MAIL, "password": PASSWORD, "csrf_token": token[1]}
    answer = ask.post(address, form=form, headers={"Referer": address}, max_redirects=0)
    assert answer.status == HTTPStatus.SEE_OTHER
    return visit
