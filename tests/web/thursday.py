"""A Thursday in the browser: the picture is fixed, and its letter goes its way."""

import html
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lagesbild.base import clock
from lagesbild.base.mail import Mailer, Post, RefusedError
from lagesbild.digests.service import delivering
from lagesbild.people.rules import Group, system
from tests.conftest import PASSWORD
from tests.letters import APPROVED, DUE, FIXED, WEEK
from tests.web.conftest import csrf
from tests.web.test_recipients import post

__all__ = ["APPROVED", "DUE", "FIXED", "WEEK", "post"]
LETTER = f"/g/as/utskick/{WEEK}"
MEETING = f"/g/as/mote/{WEEK}"
HIDDEN = re.compile(r'<input type="hidden" name="(brev|seen|version|id)" value="([^"]*)"')


def be(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let it be a moment."""
    monkeypatch.setattr(clock, "now", lambda: now)


def plain(answer: TestResponse) -> str:
    """Return the words of a page as they are read, with a space where an element ends."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(answer.text)).split())


def sign_in_again(client: FlaskClient, mail: str) -> None:
    """Sign somebody in whose session is over."""
    data = {"mail": mail, "password": PASSWORD, "csrf_token": csrf(client, "/logga-in")}
    assert client.post("/logga-in", data=data).status_code == 303


def fix(boss: FlaskClient, monkeypatch: pytest.MonkeyPatch, kind: str = "faststall") -> None:
    """Fix the picture of the week as the meeting does, at ten; then it is half past one."""
    be(monkeypatch, FIXED)
    assert post(boss, f"{MEETING}/{kind}", steg="9").status_code == 303
    be(monkeypatch, APPROVED)


def form(client: FlaskClient, page: str = LETTER) -> dict[str, str]:
    """Return what the forms of a page carry hidden: the mailing, and what was seen of it."""
    return dict(HIDDEN.findall(client.get(page).text))


def approve(client: FlaskClient, page: str = "", **changes: str) -> TestResponse:
    """Approve a letter as its page shows it; `page` is what its address says beside the week."""
    return post(client, f"{LETTER}/godkann{page}", **(form(client, f"{LETTER}{page}") | changes))


def press(client: FlaskClient, what: str, page: str = "", **changes: str) -> TestResponse:
    """Press another button of a letter's page."""
    found = form(client, f"{LETTER}{page}")
    return post(client, f"{LETTER}/{what}{page}", **({"brev": found.get("brev", "")} | changes))


def edit(client: FlaskClient, page: str = "", **changes: str) -> TestResponse:
    """Change the words of a letter, over the version that the page shows."""
    found = form(client, f"{LETTER}/andra{page}")
    return post(client, f"{LETTER}/andra{page}", **(found | changes))


def leave(group: Group, mailer: Mailer, now: datetime = DUE) -> None:
    """Let the clock release what is due, and deliver it."""
    by = Post(mailer, "lagesbild@as.example", "http://localhost:8000")
    delivering.release(system(group), domain="as.example", now=now)
    delivering.send_all(system(group), by, now=now, stop=lambda: False)


@dataclass
class Refusing:
    """What takes letters, but for those to some addresses."""

    refused: set[str] = field(default_factory=set)
    got: list[EmailMessage] = field(default_factory=list)
    name: str = "prov"

    def opened(self) -> "AbstractContextManager[Refusing]":
        return nullcontext(self)

    def send(self, message: EmailMessage) -> str:
        if message["To"] in self.refused:
            raise RefusedError("550 5.1.1 No such user")
        self.got.append(message)
        return "250 OK"
