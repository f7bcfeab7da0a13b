"""Scenarios of the letter by their numbers in the domain: 3, 4, 6, 7, 8 and 16; cases 21 and 22."""

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.base.db import publications, transaction
from lagesbild.digests.draw.words import NOT_INCLUDED
from lagesbild.digests.rules import Form, Kind, RunState, What
from lagesbild.digests.service import settling
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Group, Role
from tests import letters
from tests.build import NORTH, NOW, SOUTH
from tests.killed import stopping
from tests.letters import CHAIR, DAY, DUE, FIXED, HOUR, MINUTE, W47, WEEK, House
from tests.post import Server
from tests.web.conftest import SignIn
from tests.web.thursday import LETTER, approve, be, fix, form, plain, post, press, sign_in_again

BOSS, POLICE = "coordinator.kommun@as.example", "member.polis@as.example"
READER = "reader.kommun@as.example"
API = "/api/v1/groups/as"


@dataclass(frozen=True)
class Town:
    """A municipality on a Thursday: who writes, who approves, who reads, and its clock."""

    group: Group
    house: House
    boss: FlaskClient
    police: FlaskClient
    reader: FlaskClient
    monkeypatch: pytest.MonkeyPatch

    def actor(self, mail: str) -> Actor:
        return access.actor_named(self.group, mail)

    def drafted(self) -> None:
        """Let the coordinator fix the picture of the week."""
        fix(self.boss, self.monkeypatch)

    def left(self) -> EmailMessage:
        """Let the letter be approved by the police, and leave; return what the chair got."""
        self.drafted()
        assert approve(self.police).status_code == 303
        self.house.tick(DUE)
        be(self.monkeypatch, DUE + MINUTE)
        return self.house.to(CHAIR)[-1]


@pytest.fixture
def town(
    app: Flask, group: Group, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    assert app.testing
    be(monkeypatch, FIXED)
    boss = sign_in(Role.COORDINATOR, "kommun")
    police, reader = sign_in(Role.MEMBER, "polis"), sign_in(Role.READER, "kommun")
    coordinator = access.actor_named(group, BOSS)
    letters.listed(coordinator)
    with transaction(coordinator.gate) as session:
        before = settling.settled(session, coordinator)
        schedule = replace(
            before.schedule, contact="08-123 456 78", record="KS-2026/0123", attach_pdf=True
        )
        settling.settle(session, coordinator, before._replace(schedule=schedule), now=NOW)
    with letters.house(Server()) as house:
        yield Town(group, house, boss, police, reader, monkeypatch)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def pdf_of(mail: EmailMessage) -> PdfReader:
    [attached] = mail.iter_attachments()
    return PdfReader(io.BytesIO(attached.get_content()))


def words_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def alt_of(mail: EmailMessage) -> str:
    [alt] = re.findall(r'<img[^>]*\balt="([^"]*)"', body(mail, "html"))
    return html.unescape(alt)


# --- 3: what may not be told ------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """All that anybody outside the group can get of a week."""

    mail: tuple[str, ...]
    paper: str
    pages: tuple[str, ...]
    machines: Any
    publication: Any
    letters: Any


def everything(town: Town) -> Told:
    """Let the letter leave, and collect all that there is of it outside the group."""
    mail = town.left()
    sign_in_again(town.reader, READER)
    pages = (
        LETTER,
        "/g/as/utskick",
        f"{LETTER}/lasare",
        f"{LETTER}/brev.html",
        f"{LETTER}/brev.txt",
        f"{LETTER}/brev.json",
    )
    found = [town.reader.get(page) for page in pages]
    assert [answer.status_code for answer in found] == [200] * len(pages)
    archive = PdfReader(io.BytesIO(town.reader.get(f"{LETTER}/arkiv.pdf").data))
    reader = town.actor(READER)
    with publications(reader.gate) as session:
        [edition] = meetings.editions(session, reader)
    whole = letters.run(town.actor(BOSS))
    parts = (str(mail["Subject"]), body(mail, "plain"), body(mail, "html"), alt_of_any(mail))
    return Told(
        parts,
        words_of(pdf_of(mail)) + words_of(archive),
        tuple(
            re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|nonce-\S+|value=\"\S+\"", "", a.text) for a in found
        ),
        town.reader.get(f"{API}/digests/{WEEK}").get_json(),
        edition.content,
        {form: (each.subject, each.text, each.html) for form, each in whole.letters.items()},
    )


def alt_of_any(mail: EmailMessage) -> str:
    return " ".join(re.findall(r'alt="([^"]*)"', body(mail, "html")))


def with_and_without(
    town: Town,
    connection: Connection,
    without: Callable[[], object],
    with_: Callable[[], object],
) -> list[Told]:
    """Return what is told of a week in two worlds that differ in one thing."""
    found = []
    for happens in (without, with_):
        world = connection.begin_nested()
        happens()
        town.house.server.got.clear()
        found.append(everything(town))
        world.rollback()
        be(town.monkeypatch, FIXED)
        sign_in_again(town.boss, BOSS)
        sign_in_again(town.police, POLICE)
    return found


def test_scenario_3_a_single_blocked_event_leaves_no_trace_anywhere(
    town: Town, connection: Connection
) -> None:
    police = town.actor(POLICE)
    letters.log(police, 9, place=NORTH)
    letters.log(police, 12, place=SOUTH)
    without, with_ = with_and_without(
        town,
        connection,
        lambda: None,
        lambda: letters.log(police, 1, category="VAL05", place=SOUTH, summary="Kanariefågel"),
    )
    assert with_ == without
    assert NOT_INCLUDED in " ".join(with_.mail[1].split())
    assert "21 händelser" in with_.mail[1]


def test_scenario_3_a_week_with_nothing_else_is_a_week_with_nothing(
    town: Town, connection: Connection
) -> None:
    """Whoever had a blocked event looks like whoever said that there was nothing to report."""
    police = town.actor(POLICE)

    def nothing() -> None:
        with transaction(police.gate) as session:
            meetings.report_nothing(session, police, W47, now=NOW)

    without, with_ = with_and_without(
        town,
        connection,
        nothing,
        lambda: letters.log(police, 1, category="VAL05", place=SOUTH, summary="Kanariefågel"),
    )
    assert with_ == without
    assert with_.mail[0] == "Lägesbild v. 47 – inget nytt att rapportera"


# --- 4: small numbers -------------------------------------------------------------------------


def test_scenario_4_a_small_number_is_hidden_in_every_form_and_cannot_be_worked_out(
    town: Town,
) -> None:
    police = town.actor(POLICE)
    letters.log(police, 3, place=NORTH)
    letters.log(police, 14, place=SOUTH)
    mail = town.left()
    text, paper = body(mail, "plain"), words_of(pdf_of(mail))
    assert re.search(r"Norra Ås +‹5", text)
    assert re.search(r"Norra Ås ‹5", paper)
    assert "Norra Ås ‹5" in alt_of(mail)
    table = body(mail, "html")
    assert re.search(r"Norra Ås</a></th>\s*<td[^>]*><a[^>]*>‹5", table)
    sign_in_again(town.reader, READER)
    known = town.reader.get(f"{API}/digests/{WEEK}").get_json()
    told = {row["slug"] or row["name"]: row["this_week"] for row in known["figures"]}
    assert told["norra-as"] is None
    assert_that_nothing_follows(told)
    reader = town.actor(READER)
    with publications(reader.gate) as session:
        [edition] = meetings.editions(session, reader)
    rows: Any = edition.content
    assert_that_nothing_follows(
        {row["slug"]: row["this"] for row in rows["districts"]}
        | {"utan": rows["unplaced"]["this"], "Hela kommunen": rows["total"]["this"]}
    )
    assert all(cell["number"] is None or cell["number"] >= 5 for cell in rows["cells"])
    for said in (text, paper, alt_of(mail), plain(town.reader.get(LETTER))):
        assert not re.search(r"\b(3|14)\b (händelser|rapporterade)", said)
        assert not re.search(r"(Norra|Södra) Ås:? (3|14)\b", said)


def assert_that_nothing_follows(told: dict[str, int | None]) -> None:
    """Assert that no hidden number is what a told total leaves over."""
    total = told.pop("Hela kommunen")
    hidden = [name for name, number in told.items() if number is None]
    assert hidden
    assert total is None or len(hidden) >= 2


def test_scenario_4_what_readers_may_ask_programs_for_says_no_more(town: Town) -> None:
    letters.log(town.actor(POLICE), 3, place=NORTH)
    letters.log(town.actor(POLICE), 14, place=SOUTH)
    town.left()
    sign_in_again(town.reader, READER)
    for address in (
        f"{API}/incidents",
        f"{API}/weeks/{WEEK}",
        f"{API}/deliveries?week={WEEK}",
        "/g/as/uttag.csv",
        "/g/as/handelser",
        "/g/as/karta/handelser.geojson",
    ):
        assert town.reader.get(address).status_code == 403, address


# --- 6: how it is read ------------------------------------------------------------------------


def test_scenario_6_the_mail_is_read_without_images_as_text_aloud_and_on_one_page(
    town: Town,
) -> None:
    letters.log(town.actor(POLICE), 12, place=NORTH)
    letters.log(town.actor(POLICE), 21, place=SOUTH)
    mail = town.left()
    page, text = body(mail, "html"), body(mail, "plain")
    # Without images: all that the picture shows stands in the table, and in its own words.
    shown = plain_words(re.sub(r"<img[^>]*>", "", page))
    for name, number in (("Norra Ås", 12), ("Södra Ås", 21), ("Hela kommunen", 33)):
        assert f"{name} {number} " in shown
        assert re.search(rf"{name} +{number} ", text)
    assert "Norra Ås 12" in alt_of(mail)
    # Nothing is fetched: no tracking, and no picture that a reader has to allow.
    assert re.findall(r'\b(?:src|background)="([^"]*)"', page) == ["cid:karta"]
    assert "url(" not in page
    # Aloud: the language, one head, heads in order, tables that say what their cells are.
    assert '<html lang="sv"' in page
    heads = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert heads[0] == 1
    assert heads.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(heads))
    for table in re.findall(r"<table[^>]*>", page):
        assert 'role="presentation"' in table or "class" in table
    assert 'scope="col"' in page
    assert 'scope="row"' in page
    # On paper: one tagged page of A4.
    paper = pdf_of(mail)
    assert len(paper.pages) == 1
    width, height = (float(side) * 25.4 / 72 for side in paper.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("sv")
    assert paper.metadata is not None
    assert paper.metadata.title == mail["Subject"]


def plain_words(page: str) -> str:
    page = re.sub(r"<(style|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(page)).split())


# --- 7: once ----------------------------------------------------------------------------------


def test_scenario_7_pressed_twice_restarted_and_put_off_once_the_chair_gets_one_mail(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.drafted()
    seen = form(town.police)
    for _ in range(2):  # approved twice
        assert post(town.police, f"{LETTER}/godkann", **seen).status_code == 303
    later = DUE + DAY  # the machine was off: a person decides
    town.house.tick(later)
    assert letters.run(town.actor(BOSS)).run.state is RunState.HELD
    be(monkeypatch, later)
    sign_in_again(town.boss, BOSS)
    sending = form(town.boss)["brev"]
    assert press(town.boss, "skicka").status_code == 303
    assert post(town.boss, f"{LETTER}/skicka", brev=sending).status_code == 409
    town.house.server.next["RCPT"] = ["451 4.7.1 Later"]

    def stops() -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(*stopping("after settle", stops))
        with pytest.raises(SystemExit):
            town.house.tick(later)
    town.house.tick(*(later + minutes * MINUTE for minutes in (1, 2, 5, 6, 60)))
    assert town.house.arrived[CHAIR] == 1
    [chairs] = [d for d in letters.deliveries(town.actor(BOSS)) if d.recipient == CHAIR]
    assert chairs.attempt == 2


# --- 8: not approved --------------------------------------------------------------------------


def test_scenario_8_not_approved_by_three_readers_get_a_notice_and_no_content_anywhere(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.log(town.actor(POLICE), 12, place=NORTH)
    town.drafted()
    letters.edited(town.actor(BOSS), letters.run(town.actor(BOSS)).run, short="Kanariefågel.")
    town.house.tick(DUE - HOUR, DUE, DUE + MINUTE)
    assert town.house.subjects(CHAIR) == ["Lägesbild v. 47 är försenad"]
    assert all("Kanariefågel" not in each.as_string() for each in town.house.got)
    be(monkeypatch, DUE + MINUTE)
    for client, mail in ((town.reader, READER), (town.boss, BOSS), (town.police, POLICE)):
        sign_in_again(client, mail)
    assert "Kanariefågel" not in town.reader.get(LETTER).text
    assert "Kanariefågel" not in town.reader.get("/g/as/utskick").text
    assert town.reader.get(f"{API}/digests/{WEEK}").status_code == 404
    assert town.reader.get(f"{LETTER}/brev.html").status_code == 404
    assert "Kanariefågel" in town.police.get(f"{LETTER}/brev.txt").text
    assert approve(town.police).status_code == 303
    town.house.tick(DUE + 2 * MINUTE)
    assert "Kanariefågel" in body(town.house.to(CHAIR)[-1], "plain")
    assert "Kanariefågel" in town.reader.get(f"{LETTER}/brev.html").text


# --- 16: the same figures ---------------------------------------------------------------------


# Name: this week, the one before, and the same of the year before.
FIGURES = {"Norra Ås": (12, 8, 6), "Södra Ås": (21, 17, 10), "Hela kommunen": (33, 25, 16)}


@pytest.fixture
def counted(town: Town) -> Town:
    """A town with a history."""
    police = town.actor(POLICE)
    for weeks, north, south in ((0, 12, 21), (1, 8, 17), (2, 11, 9), (3, 7, 14), (52, 6, 10)):
        at = NOW - MINUTE - weeks * 7 * DAY
        letters.log(police, north, at=at, place=NORTH)
        letters.log(police, south, at=at, place=SOUTH)
    return town


def test_scenario_16_the_same_figures_come_out_of_mail_paper_programs_and_pages(
    counted: Town,
) -> None:
    mail = counted.left()
    sign_in_again(counted.reader, READER)
    told = counted.reader.get(f"{API}/digests/{WEEK}").get_json()
    rows = {row["name"]: row for row in told["figures"]}
    shown = {
        "text": body(mail, "plain"),
        "html": plain_words(body(mail, "html")),
        "pdf": words_of(pdf_of(mail)),
        "page": plain(counted.reader.get(f"{LETTER}/lasare")),
        "frame": plain_words(counted.reader.get(f"{LETTER}/brev.html").text),
    }
    for name, (this, last, year) in FIGURES.items():
        row = rows[name]
        assert [row[n] for n in ("this_week", "last_week", "same_week_last_year")] == [
            *(this, last, year)
        ]
        line = rf"{name}\s+{this}\s+{last}\s+{row['mean_of_four']}\s+{year}\b"
        for where, said in shown.items():
            assert re.search(line, said), (where, name)
    assert re.search(r"Norra Ås:? 12\b", alt_of(mail))
    assert "33 händelser i hela kommunen" in shown["text"]


def test_scenario_16_the_groups_own_figures_map_and_lists_say_the_same(counted: Town) -> None:
    counted.left()
    sign_in_again(counted.reader, READER)
    sign_in_again(counted.boss, BOSS)
    told = counted.reader.get(f"{API}/digests/{WEEK}").get_json()
    assert told == counted.boss.get(f"{LETTER}/brev.json").get_json()
    known = {row["slug"]: row["this_week"] for row in told["figures"] if row["slug"]}
    own = counted.boss.get(f"{API}/weeks/{WEEK}").get_json()
    assert {d["slug"]: d["this_week"] for d in own["districts"]} == known
    assert own["total"]["this_week"] == sum(known.values()) == 33
    listed = counted.boss.get(f"{API}/incidents?week={WEEK}&limit=200").get_json()["features"]
    drawn = counted.boss.get(f"/g/as/karta/handelser.geojson?week={WEEK}").get_json()["features"]
    assert len(listed) == len(drawn) == 33
    assert counted.boss.get(f"/g/as/uttag.csv?week={WEEK}").text.count("BRA01") == 33


# --- Cases 21 and 22 --------------------------------------------------------------------------


def test_case_21_a_scanner_that_follows_every_link_approves_and_sends_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.drafted()
    town.house.tick(DUE - HOUR)
    links = {
        link.removeprefix(letters.BASE_URL)
        for each in town.house.got
        for link in re.findall(r"https://\S+", body(each, "plain"))
    }
    assert LETTER in links
    be(monkeypatch, DUE - HOUR)
    sign_in_again(town.police, POLICE)
    seen = form(town.police)
    said = "&".join(f"{name}={value}" for name, value in seen.items())
    buttons = ("godkann", "ta-tillbaka", "skicka", "skicka-igen", "ratta", "stryk", "test")
    for client in (town.police, town.police.application.test_client()):
        for link in (*links, LETTER):
            for query in ("", f"?{said}"):
                client.get(f"{link}{query}")
                client.head(f"{link}{query}")
        for button in buttons:
            assert client.get(f"{LETTER}/{button}?{said}").status_code in (403, 404, 405, 303, 302)
    found = letters.run(town.actor(BOSS))
    assert found.run.state is RunState.DRAFT
    assert [event.what for event in found.events] == [What.DRAFTED]
    assert letters.runs(town.actor(BOSS), kind=Kind.TEST) == []


def test_case_21_without_a_sign_in_a_post_approves_nothing_either(town: Town) -> None:
    town.drafted()
    seen = form(town.police)
    stranger = town.police.application.test_client()
    assert stranger.post(f"{LETTER}/godkann", data=seen).status_code in (302, 303, 400, 401, 403)
    assert letters.run(town.actor(BOSS)).run.state is RunState.DRAFT


def test_case_22_a_form_that_is_sent_twice_does_its_thing_once(town: Town) -> None:
    town.drafted()
    testing = form(town.police)
    for _ in range(2):
        assert post(town.police, f"{LETTER}/test", **testing).status_code == 303
    seen = form(town.police)
    for _ in range(2):
        assert post(town.police, f"{LETTER}/godkann", **seen).status_code == 303
    town.house.tick(letters.APPROVED + MINUTE)
    assert [s for s in town.house.subjects(POLICE) if s.startswith("Test: ")] != []
    assert town.house.arrived[POLICE] == 1
    steps = [event.what for event in letters.events(town.actor(BOSS))]
    assert steps.count(What.APPROVED) == 1
    assert Form.FULL in letters.run(town.actor(BOSS)).letters
