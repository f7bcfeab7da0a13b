"""The identity guard stands on every way in. A new route or field has to take its place here."""

import html
import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from pydantic import BaseModel
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from lagesbild.actions.web.forms import ActionForm, MoveForm
from lagesbild.base.clock import Period
from lagesbild.base.db import Base, new_id, transaction
from lagesbild.base.errors import ConflictError
from lagesbild.digests.web.recipients import EndForm, KeepForm, RecipientForm
from lagesbild.digests.web.settling import LetterForm
from lagesbild.incidents.web.forms import Fields, IncidentForm
from lagesbild.incidents.web.placing import SpotForm
from lagesbild.incidents.web.sharing import PartForm
from lagesbild.meetings.service import fixing
from lagesbild.meetings.web.series import MeetingForm, SeenForm, SettingsForm
from lagesbild.meetings.web.writing import ComingForm, NoteForm
from lagesbild.members.web import NewForm, PlaceForm
from lagesbild.people.rules import Group, system
from lagesbild.problems.web.forms import ProblemForm
from lagesbild.start import service as start
from lagesbild.start.web import FirstForm
from tests import letters
from tests.build import NOW
from tests.conftest import PASSWORD
from tests.web.conftest import csrf
from tests.web.test_imports import RIGHT, bring, content, post
from tests.web.test_incidents import API, NEW, feature
from tests.web.test_incidents import form as incident_form
from tests.web.test_members import NEWCOMER, everybody
from tests.web.test_members import PAGE as PEOPLE
from tests.web.test_start import FORM as START

# Published for tests: with a minus sign, in pieces, and the last is a coordination number.
NUMBERS = ("811228-9874", "811228\u22129874", "811228 9874", "81 12 28 98 74", "701063-2391")
NUMBER = NUMBERS[0]
PHONE = "0701234567"  # like a personal number with a slip: asked about, and may be insisted on
WRITTEN = {"mail": "{}@as.example", "slug": "{}", "okand": "{}"}  # as it would come through there
WRITTEN |= {"link": "https://as.example/{}", "reply_to": "{}@as.example"}
TEXTS = (
    "place_text", "summary", "details", "reporter_role", "secrecy_basis", "severity_reason",
    "source_ref", "tags",
)  # fmt: skip
# Choices, times, numbers and ids: what is no such thing is refused by its type, and not repeated.
CHOICES = (
    "category", "occurred_from", "occurred_to", "time_precision", "reported_at",
    "place_precision_m", "place_kind", "district", "visibility", "severity", "verification",
    "known_by", "crime_code", "number",
)  # fmt: skip
PARTS = (
    "short", "attention", "deviations", "problems", "new", "late", "done", "answers", "coming",
)  # fmt: skip
INSISTING = ("confirmed", "outside")
PROBLEM = ("title", "description", "place_text")
PROBLEM_CHOICES = ("id", "since", "district", "direction", "version")
ACTION = ("what", "place_text", "owner_role", "decided_by", "focus")
ACTION_CHOICES = (
    "id", "owner", "kind", "due", "district", "decided_on", "problem", "category_group",
    "incident", "version",
)  # fmt: skip
ID = "0197f5aa-0000-7000-8000-000000000009"
DEED = {"what": "Besök", "owner": "brand", "kind": "social", "due": "2026-11-27"}
DAY = "2026-11-18"
LISTS, LETTER = "/g/as/utskick/mottagare", "/g/as/utskick/2026-W47"
CHAIR = {"list": "ordforande", "mail": "ordforande@as.example", "title": "Ordförande"}
CHAIR |= {"starts_on": DAY}
WHERE = ("steg", "omrade", "skarm")  # where in a meeting it was written
DECISION = {"id": ID, "what": "Tänd lamporna", "owner": "polis", "due": "2026-11-25"}
DECISION |= {"kind": "situationell", "steg": "6"}
COMING = {"id": str(UUID(int=47)), "text": "Höstlov", "first_day": "2026-11-20", "steg": "5"}
SPOT = ("longitude", "latitude", "shape")
FORM_ONLY = ("id", "version", *SPOT, "distinct", "spoken_by", "inquiry")
LOOSE = ("group", "when", "opened_at", "again", "area")  # read beside the form


class Door:
    """Who sends forms. Clients are made when they are needed: the first start has nobody yet."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def client(self, name: str) -> FlaskClient:
        found: FlaskClient = self._request.getfixturevalue(name)
        return found

    @property
    def group(self) -> Group:
        found: Group = self._request.getfixturevalue("group")
        return found

    @property
    def app(self) -> Flask:
        found: Flask = self._request.getfixturevalue("app")
        return found

    def stored_incident(self) -> str:
        made = self.client("police").post(API, json=feature(), headers=self.token())
        assert made.status_code == 201
        return str(made.get_json()["id"])

    def token(self, **headers: str) -> dict[str, str]:
        return {"X-CSRFToken": csrf(self.client("police"), NEW)} | headers


@pytest.fixture
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request)


@pytest.fixture
def boss(request: pytest.FixtureRequest) -> FlaskClient:
    found: FlaskClient = request.getfixturevalue("sign_in")("coordinator", "kommun")
    return found


@pytest.fixture
def fire(request: pytest.FixtureRequest) -> FlaskClient:
    found: FlaskClient = request.getfixturevalue("sign_in")("member", "brand")
    return found


@pytest.fixture
def chair(request: pytest.FixtureRequest) -> FlaskClient:
    found: FlaskClient = request.getfixturevalue("sign_in")("reader", "kommun")
    return found


# --- How each way is gone: the fields of a form with one of them changed ----------------------


def log(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    return police.post(NEW, data=incident_form(police, **changes))


def change(door: Door, changes: dict[str, str]) -> TestResponse:
    police, id_ = door.client("police"), door.stored_incident()
    reference = police.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    place = {"latitude": "59,22"} if "reason" in changes else {}  # it is why the place is moved
    data = incident_form(police, version="1", **place) | changes
    return police.post(f"/g/as/handelser/{reference}/andra", data=data)


def move(door: Door, changes: dict[str, str]) -> TestResponse:
    police, id_ = door.client("police"), door.stored_incident()
    reference = police.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    usual = {"version": "1", "longitude": "17.95", "latitude": "59.22", "reason": "Fel adress"}
    data = usual | {"csrf_token": csrf(police, NEW)} | changes
    return police.post(f"/g/as/handelser/{reference}/flytta", data=data)


def ask_area(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = changes | {"csrf_token": csrf(police, NEW)}
    return police.post("/g/as/handelser/omrade", data=data)


def look(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = changes | {"csrf_token": csrf(police, NEW)}
    return police.post("/g/as/handelser/granska", data=data)


def withdraw(door: Door, changes: dict[str, str]) -> TestResponse:
    police, id_ = door.client("police"), door.stored_incident()
    reference = police.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    data = {"reason": "fel", "version": "1", "csrf_token": csrf(police, NEW)} | changes
    return police.post(f"/g/as/handelser/{reference}/ta-tillbaka", data=data)


def share(path: str, usual: dict[str, str], door: Door, changes: dict[str, str]) -> TestResponse:
    """Send a form of the incident's page as another organisation than its owner."""
    id_, fire = door.stored_incident(), door.client("fire")
    reference = fire.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    data = usual | {"csrf_token": csrf(fire, NEW)} | changes
    return fire.post(f"/g/as/handelser/{reference}/{path}", data=data)


def two(door: Door) -> tuple[str, str]:
    """Return the references of an incident of the police and of one of the fire brigade's."""
    id_, fire = door.stored_incident(), door.client("fire")
    made = fire.post(API, json=feature(), headers={"X-CSRFToken": csrf(fire, NEW)})
    assert made.status_code == 201
    first = fire.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    return first, made.get_json()["properties"]["reference"]


def join_two(door: Door, changes: dict[str, str]) -> TestResponse:
    first, second = two(door)
    fire = door.client("fire")
    usual = {"other": second, "version": "1", "other_version": "1", "keep": "one"}
    data = usual | {"csrf_token": csrf(fire, NEW)} | changes
    return fire.post(f"/g/as/handelser/{first}/sla-ihop", data=data)


def send_as(name: str, path: str, door: Door, changes: dict[str, str]) -> TestResponse:
    client = door.client(name)
    data = {"csrf_token": csrf(client, NEW)} | changes
    return client.post(f"/g/as/handelser/{path}", data=data)


def ask(door: Door, changes: dict[str, str]) -> TestResponse:
    door.client("police")
    return send_as(
        "fire", "underlag", door, {"asked": "polis", "question": "Vad vet ni?"} | changes
    )


def answer(door: Door, changes: dict[str, str]) -> TestResponse:
    id_ = str(new_id())
    assert ask(door, {"id": id_}).status_code == 303
    usual = {"answer": "Inget nytt", "version": "1"}
    return send_as("police", f"underlag/{id_}/svar", door, usual | changes)


def properties(changes: dict[str, str]) -> dict[str, Any]:
    if "okand" in changes:
        return {changes["okand"]: "x"}
    in_json: dict[str, Any] = dict(changes)
    if "tags" in changes:
        in_json["tags"] = [changes["tags"]]
    if "confirmed" in changes:
        in_json["confirmed"] = True
    return in_json


def create_by_program(door: Door, changes: dict[str, str]) -> TestResponse:
    headers = door.token() | {"Idempotency-Key": f"nyckel {changes!a}"}
    return door.client("police").post(API, json=feature(**properties(changes)), headers=headers)


def change_by_program(door: Door, changes: dict[str, str]) -> TestResponse:
    address = f"{API}/{door.stored_incident()}"
    body = {"properties": properties(changes)}
    return door.client("police").patch(
        address, json=body, headers=door.token(**{"If-Match": '"1"'})
    )


def withdraw_by_program(door: Door, changes: dict[str, str]) -> TestResponse:
    address = f"{API}/{door.stored_incident()}/withdraw"
    headers = door.token(**{"If-Match": '"1"'})
    return door.client("police").post(address, json=properties(changes), headers=headers)


def stored_problem(door: Door) -> str:
    police = door.client("police")
    data = {"title": "Bränder", "since": "2026-11-12", "id": str(uuid4())}
    made = police.post("/g/as/problem/ny", data=data | {"csrf_token": csrf(police, NEW)})
    return str(made.location)


def stored_action(door: Door) -> str:
    police = door.client("police")
    sent = DEED | {"id": str(uuid4()), "csrf_token": csrf(police, NEW)}
    return str(police.post("/g/as/atgarder/ny", data=sent).location)


def write_problem(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = {"title": "Bränder", "since": "2026-11-12", "id": str(uuid4())} | changes
    return police.post("/g/as/problem/ny", data=data | {"csrf_token": csrf(police, NEW)})


def write_action(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = DEED | {"id": str(uuid4()), "csrf_token": csrf(police, NEW)} | changes
    return police.post("/g/as/atgarder/ny", data=data)


def work(
    stored: Callable[[Door], str],
    path: str,
    usual: dict[str, str],
    door: Door,
    changes: dict[str, str],
) -> TestResponse:
    """Send a form of the page of a problem or an action."""
    police, page = door.client("police"), stored(door)
    data = {"version": "1", "csrf_token": csrf(police, NEW)} | usual | changes
    return police.post(f"{page}/{path}", data=data)


def move_action(door: Door, changes: dict[str, str]) -> TestResponse:
    done = {"state": "klar", "result": "planerat", "effect": "minskat"}
    usual = {"state": "avbruten"} if "reason" in changes else done
    return work(stored_action, "lage", usual, door, changes)


def reopen_problem(door: Door, changes: dict[str, str]) -> TestResponse:
    police, page = door.client("police"), stored_problem(door)
    data = {"version": "1", "reason": "Det är lugnt", "csrf_token": csrf(police, NEW)}
    assert police.post(f"{page}/stang", data=data).status_code == 303
    return police.post(f"{page}/oppna", data=data | {"version": "2"} | changes)


def link_from_incident(door: Door, changes: dict[str, str]) -> TestResponse:
    police, id_ = door.client("police"), door.stored_incident()
    reference = police.get(f"{API}/{id_}").get_json()["properties"]["reference"]
    data = changes | {"csrf_token": csrf(police, NEW)}
    return police.post(f"/g/as/handelser/{reference}/problem", data=data)


def let_in(door: Door, changes: dict[str, str]) -> TestResponse:
    boss = door.client("boss")
    return boss.post(PEOPLE, data=NEWCOMER | {"csrf_token": csrf(boss, PEOPLE)} | changes)


def change_member(door: Door, changes: dict[str, str]) -> TestResponse:
    boss, _ = door.client("boss"), door.client("police")
    member = everybody(door._request.getfixturevalue("group"))["member.polis@as.example"]
    wanted = "losenord" if "password" in changes else "andra"
    data = {"gor": wanted, "organisation": "polis", "role": "member", "password": "x"} | changes
    return boss.post(f"{PEOPLE}/{member.id}", data=data | {"csrf_token": csrf(boss, PEOPLE)})


def choose_notices(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    return police.post("/g/as/aviseringar", data=changes | {"csrf_token": csrf(police, NEW)})


def change_password(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = {
        "old": PASSWORD,
        "password": "fyra ord i rad",
        "csrf_token": csrf(police, NEW),
    } | changes
    return police.post("/losenord", data={"again": data["password"]} | data)


def begin(door: Door, changes: dict[str, str]) -> TestResponse:
    client = door.app.test_client()
    client.get(f"/start?kod={start.setup_code(door.app.config['SECRET_KEY'])}")
    data = START | changes | {"csrf_token": csrf(client, "/start")}
    return client.post("/start", data={**data, "again": changes.get("again", data["password"])})


def give_code(door: Door, changes: dict[str, str]) -> TestResponse:
    client = door.app.test_client()
    return client.post("/start/kod", data=changes | {"csrf_token": csrf(client, "/start")})


def sign_in(door: Door, changes: dict[str, str]) -> TestResponse:
    door.client("police")  # whose address it is
    client = door.app.test_client()
    data = {"mail": "member.polis@as.example", "password": PASSWORD} | changes
    return client.post("/logga-in", data=data | {"csrf_token": csrf(client, "/logga-in")})


def choose_look(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    data = {"back": "/", "csrf_token": csrf(police, NEW)} | changes
    return police.post("/visning", data={**data, "back": f"/g/as/handelser?q={data['back']}"})


def plan_meeting(door: Door, changes: dict[str, str]) -> TestResponse:
    boss = door.client("boss")
    wanted = "stall-in" if "skipped_reason" in changes else "flytta"
    usual = {"version": "0", "day": "2026-11-20", "at": "09:00", "gor": wanted}
    data = usual | {"csrf_token": csrf(boss, PEOPLE)} | changes
    return boss.post("/g/as/mote/2026-W47/andra", data=data)


def settle_meetings(door: Door, changes: dict[str, str]) -> TestResponse:
    boss = door.client("boss")
    usual = {"version": "1", "weekday": "3", "meeting": "09:00"}
    data = usual | {"csrf_token": csrf(boss, PEOPLE)} | changes
    return boss.post("/g/as/mote/installningar", data=data)


def add_recipient(door: Door, changes: dict[str, str]) -> TestResponse:
    boss = door.client("boss")
    data = CHAIR | {"id": str(uuid4()), "csrf_token": csrf(boss, PEOPLE)} | changes
    return boss.post(LISTS, data=data)


def change_recipient(path: str, door: Door, changes: dict[str, str]) -> TestResponse:
    id_ = str(uuid4())
    assert add_recipient(door, {"id": id_, "mail": f"{id_}@as.example"}).status_code == 303
    boss = door.client("boss")
    data = {"ends_on": "2026-11-30", "version": "1", "csrf_token": csrf(boss, PEOPLE)} | changes
    return boss.post(f"{LISTS}/{id_}/{path}", data=data)


def settle_letter(path: str, door: Door, changes: dict[str, str]) -> TestResponse:
    boss = door.client("boss")
    usual = {"rule": "andra", "letter_time": "15:00", "version": "0", "group_version": "1"}
    data = usual | {"csrf_token": csrf(boss, PEOPLE)} | changes
    return boss.post(f"/g/as/utskick/{path}", data=data)


def ask_group(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    usual = {"id": str(uuid4()), "week": "2026-W46", "text": "Är lampan lagad?"}
    data = usual | {"csrf_token": csrf(police, NEW)} | changes
    return police.post("/g/as/utskick/fragor", data=data)


def ask_as_reader(door: Door, changes: dict[str, str]) -> TestResponse:
    chair = door.client("chair")
    usual = {"id": str(uuid4()), "week": "2026-W46", "text": "Är lampan lagad?"}
    data = usual | {"csrf_token": csrf(chair, "/losenord")} | changes
    return chair.post("/g/as/utskick/fragor", data=data)


def settle_question(path: str, door: Door, changes: dict[str, str]) -> TestResponse:
    id_ = str(uuid4())
    assert ask_group(door, {"id": id_}).status_code == 303
    police = door.client("police")
    data = {"answer": "Ja.", "version": "1", "csrf_token": csrf(police, NEW)} | changes
    return police.post(f"/g/as/utskick/fragor/{id_}/{path}", data=data)


def propose_event(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    usual = {"id": str(uuid4()), "text": "En brand.", "owner": "polis"}
    usual |= {"link": "https://polisen.example/aktuellt", "csrf_token": csrf(police, NEW)}
    return police.post("/g/as/utskick/2026-W47/kanda", data=usual | changes)


def letter(door: Door) -> str:
    """Return the letter of the week, which is drafted once and stays a draft."""
    with suppress(ConflictError):
        letters.fixed(system(door.group))
    return str(letters.run(system(door.group)).run.id)


def change_letter(door: Door, changes: dict[str, str]) -> TestResponse:
    id_, police = letter(door), door.client("police")
    shown = re.search(r'name="version" value="(\d+)"', police.get(f"{LETTER}/andra").text)
    assert shown is not None
    usual = {"brev": id_, "version": shown[1], "csrf_token": csrf(police, NEW)}
    return police.post(f"{LETTER}/andra", data=usual | changes)


def act_on_letter(path: str, door: Door, changes: dict[str, str]) -> TestResponse:
    id_, police = letter(door), door.client("police")
    data = {"brev": id_, "seen": "0" * 64, "csrf_token": csrf(police, NEW)} | changes
    return police.post(f"{LETTER}/{path}", data=data)


def answer_in_meeting(door: Door, changes: dict[str, str]) -> TestResponse:
    id_ = str(uuid4())
    assert ask_group(door, {"id": id_}).status_code == 303
    usual = {"answer": "Ja.", "version": "1", "fraga": id_, "steg": "8"}
    return in_meeting(f"fragor/{id_}/svar", usual, door, changes)


def bring_file(door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    return police.get(bring(police, content(RIGHT), f"{changes['filename']}.csv"))


def answer_list(step: str, door: Door, changes: dict[str, str]) -> TestResponse:
    police = door.client("police")
    address = bring(police, content(RIGHT.replace("22:45", "25:99")))
    meant = {
        "ord:": "SKA01",
        "kolumn:": "summary",
        "plats:": "0197f5aa-0000-7000-8000-000000000001",
    }
    [(field, value)] = changes.items()
    sent = {f"{field}{value}": meant[field]} if field in meant else {field: value}
    data = sent | {"csrf_token": csrf(police, NEW)}
    assert police.post(f"{address}/{step}", data=data).status_code == 303
    return police.get(address)


def in_meeting(
    path: str, usual: dict[str, str], door: Door, changes: dict[str, str]
) -> TestResponse:
    """Send a form of the meeting's page."""
    boss = door.client("boss")
    data = usual | {"csrf_token": csrf(boss, NEW)} | changes
    return boss.post(f"/g/as/mote/2026-W47/{path}", data=data)


def follow_up(
    path: str, usual: dict[str, str], door: Door, changes: dict[str, str]
) -> TestResponse:
    """Send the form of an action or a problem on the meeting's page."""
    stored = stored_action if path.startswith("atgarder") else stored_problem
    reference = stored(door).rpartition("/")[2]
    sent = usual | {"version": "1", "reference": reference}
    return in_meeting(path.format(reference), sent, door, changes)


def move_in_meeting(door: Door, changes: dict[str, str]) -> TestResponse:
    done = {"state": "klar", "result": "planerat", "effect": "minskat", "steg": "2"}
    usual = {"state": "avbruten", "steg": "2"} if "reason" in changes else done
    return follow_up("atgarder/{}/lage", usual, door, changes)


def erase_part(door: Door, changes: dict[str, str]) -> TestResponse:
    """Fix a picture, and ask for a part of it to be removed."""
    group = door.group
    with transaction(system(group).gate) as session, suppress(ConflictError):
        fixing.fix(session, system(group), Period.named("2026-W47"), now=NOW + timedelta(days=1))
    usual = {"nr": "1", "part": "coming", "reason": "GDPR art. 17"}
    return in_meeting("protokoll/ta-bort", usual, door, changes)


# --- The table --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """The fields of a route: `texts` are refused by name, `others` are not kept, not repeated."""

    send: Callable[[Door, dict[str, str]], TestResponse] | None = None
    texts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    forms: tuple[type[BaseModel], ...] = ()
    why: str = ""  # there is no text


LIST = ("ark", "rad-2-summary", "rad-2-date", "ord:", "kolumn:", "plats:")
WAYS = {
    "reporting.create": Way(log, TEXTS, (*CHOICES, *FORM_ONLY, *LOOSE), (IncidentForm,)),
    "reporting.change": Way(
        change, (*TEXTS, "reason"), (*CHOICES, *FORM_ONLY, *LOOSE), (IncidentForm,)
    ),
    "reporting.look": Way(look, others=("text",)),
    "placing.move": Way(
        move,
        ("reason", "place_text"),
        (*SPOT, "place_precision_m", "district", "version"),
        (SpotForm,),
    ),
    "placing.area": Way(ask_area, others=SPOT),
    "incidents.withdraw": Way(withdraw, ("reason",), ("version",)),
    "incidents_api.create": Way(create_by_program, TEXTS, (*CHOICES, "okand"), (Fields,)),
    "incidents_api.change": Way(change_by_program, TEXTS, (*CHOICES, "okand"), (Fields,)),
    "incidents_api.withdraw": Way(withdraw_by_program, ("reason",)),
    "sharing.say": Way(
        partial(share, "uppgift", {"summary": "Släckt", "part": "1", "version": "0"}),
        ("summary", "details", "secrecy_basis", "reporter_role"),
        ("visibility", "verification", "version", "part"),
        (PartForm,),
    ),
    "sharing.comment": Way(partial(share, "kommentar", {}), ("comment",), ("id",)),
    "sharing.exact": Way(partial(share, "exakt", {"purpose": "mote"}), others=("purpose",)),
    "sharing.take_back": Way(partial(share, "uppgift/ta-tillbaka", {}), others=("version",)),
    "sharing.take_back_comment": Way(why="the id stands in the address"),
    "problem_writing.create": Way(write_problem, PROBLEM, PROBLEM_CHOICES, (ProblemForm,)),
    "problem_writing.change": Way(
        partial(work, stored_problem, "andra", {"title": "Fler", "since": "2026-11-12", "id": ID}),
        PROBLEM,
        PROBLEM_CHOICES,
        (ProblemForm,),
    ),
    "problem_writing.turn": Way(
        partial(work, stored_problem, "riktning", {"direction": "okar"}),
        others=("direction", "version"),
    ),
    "problem_writing.close": Way(
        partial(work, stored_problem, "stang", {}), ("reason",), ("version",)
    ),
    "problem_writing.reopen": Way(reopen_problem, ("reason",), ("version",)),
    "problem_writing.link": Way(
        partial(work, stored_problem, "handelser", {}), others=("incident",)
    ),
    "problem_writing.link_from_incident": Way(link_from_incident, others=("problem",)),
    "problem_writing.unlink": Way(why="the numbers stand in the address"),
    "action_writing.create": Way(write_action, ACTION, (*ACTION_CHOICES, "state"), (ActionForm,)),
    "action_writing.change": Way(
        partial(work, stored_action, "andra", DEED | {"id": ID}),
        ACTION,
        ACTION_CHOICES,
        (ActionForm,),
    ),
    "action_writing.move": Way(
        move_action,
        ("reason", "note"),
        ("state", "result", "effect", "due", "decided_on", "version"),
        (MoveForm,),
    ),
    "action_writing.note": Way(
        partial(work, stored_action, "anteckning", {}), ("note",), ("version",)
    ),
    "action_writing.link": Way(partial(work, stored_action, "handelser", {}), others=("incident",)),
    "action_writing.unlink": Way(why="the numbers stand in the address"),
    "intake.review": Way(partial(send_as, "fire", "genomgangna"), others=("id", "one", "back")),
    "intake.undo": Way(partial(send_as, "fire", "genomgangna/angra"), others=("at",)),
    "intake.forget": Way(why="the name stands in the address"),
    "merging.merge": Way(join_two, others=("other", "version", "other_version", "keep", "intake")),
    "merging.split": Way(partial(share, "dela-upp", {}), others=("version",)),
    "asking.ask": Way(ask, ("question",), ("id", "asked", "about")),
    "asking.answer": Way(answer, ("answer",), ("version", "about")),
    "asking.take_back": Way(why="the id stands in the address"),
    "members.add": Way(let_in, ("mail", "name", "password"), ("organisation", "role"), (NewForm,)),
    "members.change": Way(
        change_member, ("password",), ("organisation", "role", "gor"), (PlaceForm,)
    ),
    "notices.choose": Way(choose_notices, others=("kind",)),
    "own.change_password": Way(change_password, ("password",), ("old", "again")),
    "first.begin": Way(
        begin,
        ("name", "slug", "mail", "person", "password"),
        ("code", "weekday", "meeting", "again"),
        (FirstForm,),
    ),
    "first.enter": Way(give_code, others=("kod",)),
    "access.sign_in": Way(sign_in, others=("mail", "password", "next")),
    "about.show_as": Way(choose_look, others=("back", "tema", "vy")),
    "imports.bring": Way(bring_file, others=("filename",)),
    "imports.check": Way(partial(answer_list, "kontrollera"), others=LIST),
    "imports.save": Way(partial(answer_list, "spara"), others=LIST),
    "imports.remove": Way(why="the id stands in the address"),
    "imports.undo": Way(why="the id stands in the address"),
    "meetings.plan": Way(
        plan_meeting,
        ("place", "reason", "skipped_reason"),
        ("version", "day", "at", "gor", "quick"),
        (MeetingForm, SeenForm),
    ),
    "meetings.settle": Way(
        settle_meetings,
        ("place", "letter_to"),
        (
            "version",
            "weekday",
            "meeting",
            "break_from",
            "break_to",
            "reminder",
            "near_metres",
            "near_hours",
        ),
        (SettingsForm,),
    ),
    "meetings.nothing": Way(why="the week stands in the address, in one form"),
    "meeting_writing.open_": Way(partial(in_meeting, "oppna", {}), ("purpose",), WHERE),
    "meeting_writing.attend": Way(
        partial(in_meeting, "narvaro", {}), others=("har", "borta", *WHERE)
    ),
    "meeting_writing.nothing": Way(
        partial(in_meeting, "inget", {}), others=("organisation", *WHERE)
    ),
    "meeting_writing.note": Way(
        partial(in_meeting, "anteckning", {"text": "Ingen halka."}),
        ("text",),
        ("version", *WHERE),
        (NoteForm,),
    ),
    "meeting_writing.expect": Way(
        partial(in_meeting, "kommande", COMING),
        ("text",),
        ("id", "first_day", "last_day", *WHERE),
        (ComingForm,),
    ),
    "meeting_writing.assess": Way(
        partial(in_meeting, "bedomning", {"word-norra-as": "foljs", "steg": "7"}),
        ("sentence-norra-as",),
        ("word-norra-as", "version-norra-as", "whose", "district", "word", *WHERE),
    ),
    "meeting_deciding.decide": Way(
        partial(in_meeting, "beslut", DECISION),
        ("what", "owner_role"),
        ("owner", "due", "kind", "problem", "id", *WHERE),
    ),
    "meeting_deciding.add_problem": Way(
        partial(in_meeting, "problem", {"id": ID, "title": "Oväsen", "since": DAY, "steg": "4"}),
        ("title",),
        ("since", "district", "id", *WHERE),
    ),
    "meeting_deciding.move": Way(
        move_in_meeting, ("note", "reason"), ("state", "result", "effect", "version", *WHERE)
    ),
    "meeting_deciding.extend": Way(
        partial(follow_up, "atgarder/{}/dag", {"due": DAY, "steg": "2"}),
        others=("due", "version", *WHERE),
    ),
    "meeting_deciding.turn": Way(
        partial(follow_up, "problem/{}/riktning", {"direction": "okar", "steg": "4"}),
        others=("direction", "version", *WHERE),
    ),
    "meeting_deciding.close": Way(
        partial(follow_up, "problem/{}/avsluta", {"reason": "Lugnt nu", "steg": "4"}),
        ("reason",),
        ("version", *WHERE),
    ),
    "meeting_writing.drop": Way(why="the id stands in the address"),
    "meeting_writing.fix": Way(why="the week stands in the address, in one form"),
    "meeting_writing.fix_extra": Way(why="the week stands in the address, in one form"),
    "minutes.erase": Way(erase_part, ("reason",), ("nr", "part")),
    "digest_editing.change": Way(
        change_letter,
        PARTS,
        ("changed", "brev", "version"),
    ),
    "digest_acting.approve": Way(partial(act_on_letter, "godkann"), others=("brev", "seen")),
    "digest_acting.take_back": Way(partial(act_on_letter, "ta-tillbaka"), others=("brev",)),
    "digest_acting.test": Way(partial(act_on_letter, "test"), others=("brev", "id")),
    "digest_acting.send": Way(partial(act_on_letter, "skicka"), others=("brev",)),
    "digest_acting.resend": Way(partial(act_on_letter, "skicka-igen"), others=("leverans",)),
    "digest_acting.correct": Way(why="the week stands in the address"),
    "digest_acting.drop": Way(partial(act_on_letter, "stryk"), others=("brev",)),
    "proposals.answer": Way(answer_in_meeting, ("answer",), ("version", "fraga", *WHERE)),
    "digest_recipients.add": Way(
        add_recipient, ("mail", "title"), ("id", "list", "starts_on", "ends_on"), (RecipientForm,)
    ),
    "digest_recipients.end": Way(
        partial(change_recipient, "sista-dag"), others=("ends_on", "version"), forms=(EndForm,)
    ),
    "digest_recipients.keep": Way(
        partial(change_recipient, "kvar"), others=("version",), forms=(KeepForm,)
    ),
    "digest_recipients.settle_forms": Way(
        partial(settle_letter, "mottagare/former"), others=("form-rad", "was-rad")
    ),
    "digest_settling.settle": Way(
        partial(settle_letter, "installningar"),
        ("sender", "role", "contact", "reply_to", "record"),
        ("rule", "letter_time", "attach_pdf", "version", "group_version"),
        (LetterForm,),
    ),
    "digest_settling.sign": Way(
        partial(settle_letter, "installningar/personer"), others=("person", "duty", "seen")
    ),
    "digest_questions.ask": Way(ask_group, ("text",), ("id", "week")),
    "digest_questions.answer": Way(partial(settle_question, "svar"), ("answer",), ("version",)),
    "digest_questions.close": Way(partial(settle_question, "stang"), others=("answer", "version")),
    "digest_known.propose": Way(propose_event, ("text", "link"), ("id", "owner")),
    "digest_known.approve": Way(why="the id stands in the address"),
    "digest_known.withdraw": Way(why="the id stands in the address"),
    "access.sign_out": Way(why="there is nothing to say"),
}
ASKING = (
    "reporting.c", "placing", "incidents", "sharing", "asking", "problem_", "action_", "meeting_",
    "digest_questions", "digest_known", "digest_editing", "proposals",
)  # fmt: skip
INSISTED = [
    (endpoint, field)
    for endpoint in WAYS
    if endpoint.startswith(ASKING)
    if endpoint != "meeting_writing.open_"  # a purpose is for the log: nobody is asked
    for field in WAYS[endpoint].texts
    if (endpoint.partition(".")[2], field) != ("change", "source_ref")  # it stays the first one
    if field != "link"  # its numbers are pages: nobody is asked
]


def test_every_route_that_takes_something_is_in_the_table(app: Flask) -> None:
    changing = {
        rule.endpoint.replace("_only.", ".")  # the same view without a group in its address
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert changing == set(WAYS)
    assert all(bool(way.send) is not bool(way.why) for way in WAYS.values())


@pytest.mark.parametrize("endpoint", [name for name, way in WAYS.items() if way.forms])
def test_every_field_of_a_form_is_in_the_table(endpoint: str) -> None:
    way = WAYS[endpoint]
    known = {name for form in way.forms for name in form.model_fields}
    assert known <= {*way.texts, *way.others, *INSISTING}


# --- What is looked for -----------------------------------------------------------------------


def everything_stored(connection: Connection) -> str:
    """Return every row of every table, the log among them, as the owner sees it."""
    connection.execute(text("SET LOCAL ROLE NONE"))
    rows = [
        row
        for table in Base.metadata.sorted_tables
        for row in connection.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars()  # noqa: S608 – our own names
    ]
    return "\n".join(rows)


def has(number: str, told: str) -> bool:
    plain = html.unescape(unquote(told))
    forms = (number, json.dumps(number)[1:-1], "".join(filter(str.isdigit, number)))
    return any(form in plain for form in forms)


def told(answer: TestResponse) -> str:
    return f"{answer.headers}\n{answer.text}"


@pytest.mark.parametrize("endpoint", [name for name, way in WAYS.items() if way.texts])
def test_a_personal_number_is_refused_by_the_name_of_its_field_and_leaves_no_trace(
    endpoint: str, door: Door, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    way = WAYS[endpoint]
    assert way.send is not None
    for field, number in product(way.texts, NUMBERS):
        answer = way.send(door, {field: WRITTEN.get(field, "hos {} nu").format(number)})
        assert answer.status_code == 422, field
        named = answer.is_json and answer.get_json()["field"] == field
        assert named or f'id="{field}-error"' in answer.text, field
        assert not has(number, told(answer)), field
    assert not any(has(number, everything_stored(connection)) for number in NUMBERS)
    assert not any(has(number, caplog.text) for number in NUMBERS)


@pytest.mark.parametrize("endpoint", [name for name, way in WAYS.items() if way.others])
def test_a_personal_number_where_no_text_belongs_is_neither_kept_nor_repeated(
    endpoint: str, door: Door, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    way = WAYS[endpoint]
    assert way.send is not None
    for field in way.others:
        answer = way.send(door, {field: NUMBER})
        assert answer.status_code < 500, field
        assert not has(NUMBER, told(answer)), field
        assert not has(NUMBER, everything_stored(connection)), field
    assert not has(NUMBER, caplog.text)


def test_a_reader_asks_nothing_with_a_personal_number_in_it(
    door: Door, connection: Connection
) -> None:
    for number in NUMBERS:
        answer = ask_as_reader(door, {"text": f"hos {number} nu"})
        assert answer.status_code == 422
        assert not has(number, told(answer))
    assert ask_as_reader(door, {"text": PHONE}).status_code == 422
    assert ask_as_reader(door, {"text": PHONE, "confirmed": "true"}).status_code == 303
    assert not any(has(number, everything_stored(connection)) for number in NUMBERS)


@pytest.mark.parametrize(("endpoint", "field"), INSISTED)
def test_what_is_only_asked_about_is_stored_when_a_person_insists(
    endpoint: str, field: str, door: Door, connection: Connection
) -> None:
    send = WAYS[endpoint].send
    assert send is not None
    asked = send(door, {field: PHONE})
    assert asked.status_code == 422
    assert asked.is_json or 'name="confirmed"' in asked.text
    assert PHONE not in everything_stored(connection)
    assert send(door, {field: PHONE, "confirmed": "true"}).status_code in (200, 201, 303)
    assert PHONE in everything_stored(connection)


@pytest.mark.parametrize(
    "address",
    [
        "/g/as/handelser?q={}", "/g/as/handelser?annat={}",
        "/g/as/handelser?status=ny&ihop={}&genomgangna={}", "/g/as/handelser/ny?fraga={}",
        "/g/as/handelser/L-2026-000001/sla-ihop?med={}", "/g/as/handelser?district={}",
        "/g/as/handelser?organisation={}", "/g/as/handelser?category={}", "/g/as/handelser/{}",
        "/g/as/handelser/ny?referens={}&typ={}&nar={}&tid={}", "/g/as/karta?category={}",
        "/g/as/mote?klart={}", "/g/as/mote/{}/andra", "/g/as/utskick/fragor?vecka={}&klart={}",
        "/g/as/utskick/mottagare?klart={}", "/g/as/utskick/{}/kanda", "/g/as/utskick/{}",
        "/g/as/utskick/2026-W47?version={}&klart={}", "/g/as/utskick/2026-W47?som={}&form={}",
        "/g/as/utskick/2026-W47/brev.html?besked={}&form={}", "/g/as/utskick/{}/andra?extra={}",
        "/g/as/omraden/{}", "/g/as/vecka/{}", "/g/as/uttag?q={}", "/g/as/uttag?annat={}",
        "/g/as/uttag.csv?q={}", "/g/as/inlasning?visa={}", "/logga-in?next=/g/as/handelser?q%3D{}",
        "/g/as/problem/{}", "/g/as/problem?status={}", "/g/as/atgarder/{}",
        "/g/as/atgarder?status={}&district={}&owner={}", "/g/as/atgarder/ny?problem={}",
        "/g/as/atgarder/ny?handelse={}&district={}&grupp={}", "/api/v1/actions?status={}",
        f"{API}?q={{}}", f"{API}?limit=1&annat={{}}", f"{API}/{{}}", "/api/v1/places?q={}",
    ],
)  # fmt: skip
def test_an_address_with_a_personal_number_is_not_repeated(
    address: str, door: Door, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        door.stored_incident()  # so that the list has a next page
    for number in NUMBERS:
        answer = door.client("police").get(address.format(*[quote(number)] * 4))
        assert answer.status_code < 500
        assert not has(number, told(answer))
        assert not has(number, caplog.text)
    assert not any(has(number, everything_stored(connection)) for number in NUMBERS)


@pytest.mark.parametrize("address", ["/g/as/handelser", "/g/as/uttag", "/g/as/uttag.csv", API])
def test_nobody_searches_for_a_personal_number(address: str, door: Door) -> None:
    assert door.client("police").get(f"{address}?q={NUMBER}").status_code == 422
    assert door.client("police").get(f"{address}?q=Torget").status_code == 200


def test_a_stranger_is_not_sent_on_with_a_personal_number(stranger: FlaskClient) -> None:
    assert not has(NUMBER, told(stranger.get(f"/g/as/handelser?q={NUMBER}")))


@pytest.mark.parametrize("place", ["name", "sheet", "heading", "cell"])
def test_a_list_with_a_personal_number_is_shown_and_saved_without_it(
    place: str, door: Door, connection: Connection
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = NUMBER if place == "sheet" else "Blad"
    sheet.append(["Datum", "Typ", "Plats", NUMBER if place == "heading" else "Beskrivning"])
    day = NUMBER if place == "cell" else "2026-11-10"
    sheet.append([day, "Klotter", "Torget", "Klotter"])
    book.create_sheet("Annat")
    file = io.BytesIO()
    book.save(file)
    police = door.client("police")
    address = bring(police, file.getvalue(), f"{NUMBER if place == 'name' else 'lista'}.xlsx")
    page = post(police, address, "kontrollera", ark="[borttaget]" if place == "sheet" else "Blad")
    saved = post(police, address, "spara")
    columns = police.get(f"{address}?kolumner=1").text
    wrong = police.get(f"{address}/fel.csv").text
    assert not any(has(NUMBER, each) for each in (page, saved, columns, wrong))
    assert "finns inte. Ark i filen" not in page
    assert not has(NUMBER, everything_stored(connection))


def test_a_page_knows_the_way_back_to_itself_unless_it_holds_a_personal_number(door: Door) -> None:
    police = door.client("police")
    page = police.get("/g/as/handelser?q=Torget").text
    assert 'name="back" value="/g/as/handelser?q=Torget"' in page
    assert 'name="back" value="/"' in police.get(f"/g/as/handelser?annat={NUMBER}").text
