"""The permission matrix: every route and output, every role, every sensitivity and level.

It runs with the database's policies and without them, and each lock alone has to hold.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft, Kind
from lagesbild.base import db, mail
from lagesbild.base.db import Base, transaction
from lagesbild.base.geo import Tile
from lagesbild.base.mail import FileMailer, Post
from lagesbild.digests.service import drafting
from lagesbild.incidents.service import beforehand, intake, merging, parts, single
from lagesbild.maps.web.tiles import MVT
from lagesbild.notices import service as notices
from lagesbild.notices.rules import Kind as Told
from lagesbild.people.rules import Group, Role, Scope, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests import letters, tiles
from tests.build import NOW
from tests.conftest import PASSWORD
from tests.web.conftest import csrf
from tests.web.matrix import (
    OWNER,
    PEOPLE,
    STRANGER,
    Canary,
    Person,
    canaries,
    has_point,
    leaks,
    readable,
    sees_place,
    sees_row,
)
from tests.web.test_imports import bring
from tests.web.test_incidents import form
from tests.web.thursday import leave

CANARIES = canaries()
API = "/api/v1/groups/as"
GROUP = "/g/as"
MEETING = f"{GROUP}/mote/2026-W47"
FORMS = ("xlsx", "csv", "geojson", "gpkg")
ACTION = "2026-001"
WIDE = "bbox=17.9,59.2,18.0,59.3"

# All canaries, each in a square of its own, and all of them in one tile.
AROUND = {tiles.tile_of(*canary.point, zoom) for canary in CANARIES for zoom in (10, 14)}
TILES = [f"{t.zoom}/{t.column}/{t.row}.mvt?week=2026-W47" for t in AROUND]

# Every route that is read, with the addresses to ask. A new route needs a row, and so an answer
# to what it shows to whom. `{name}` is each incident in turn, `{list}` a list of the police.
READ = {
    "about.accessibility": ("/tillganglighet",),
    "about.data": ("/om-uppgifterna",),
    "about_api.description": ("/api/v1/openapi.json",),
    "about_api.reference": ("/api/v1/docs",),
    "access.live": ("/health/live",),
    "access.sign_in_page": ("/logga-in",),
    "access.to_group": ("/", "/handelser"),
    "access_api.organisations": (f"{API}/organisations", "/api/v1/organisations"),
    "action_writing.edit": (f"{GROUP}/atgarder/{ACTION}/andra",),
    "action_writing.new": (f"{GROUP}/atgarder/ny", f"{GROUP}/atgarder/ny?handelse={{name}}"),
    "actions.listing": (f"{GROUP}/atgarder", f"{GROUP}/atgarder?status=klara"),
    "actions.one": (f"{GROUP}/atgarder/{ACTION}",),
    "actions_api.listing": (f"{API}/actions", f"{API}/actions?status=klara&owner=brand"),
    "actions_api.one": (f"{API}/actions/{ACTION}",),
    "audit.page": (f"{GROUP}/logg",),
    "digest_known.page": (f"{GROUP}/utskick/2026-W47/kanda",),
    "digest_questions.page": (f"{GROUP}/utskick/fragor", f"{GROUP}/utskick/fragor?vecka=2026-W46"),
    "digest_recipients.page": (f"{GROUP}/utskick/mottagare",),
    "digest_settling.page": (f"{GROUP}/utskick/installningar",),
    "digest_editing.page": (f"{GROUP}/utskick/2026-W47/andra?version=2",),
    "digests.archive": (f"{GROUP}/utskick/2026-W47/arkiv.pdf?version=1",),
    "digests.html": tuple(
        f"{GROUP}/utskick/2026-W47/brev.html?version={version}&form={form}"
        for version in (1, 2)
        for form in ("hela", "kort", "avisering")
    ),
    "digests.listing": (f"{GROUP}/utskick",),
    "digests.one": (
        f"{GROUP}/utskick/2026-W47",
        f"{GROUP}/utskick/2026-W47?version=1",
        f"{GROUP}/utskick/2026-W48",
    ),
    "digests.pdf": (f"{GROUP}/utskick/2026-W47/brev.pdf?version=2",),
    "digests.readers": (f"{GROUP}/utskick/2026-W47/lasare",),
    "digests.text": (f"{GROUP}/utskick/2026-W47/brev.txt",),
    "digests.values": (f"{GROUP}/utskick/2026-W47/brev.json",),
    "digests_api.deliveries": (f"{API}/deliveries?week=2026-W47",),
    "digests_api.listing": (f"{API}/digests",),
    "digests_api.one": (f"{API}/digests/2026-W47",),
    "districts_api.listing": (f"{API}/districts",),
    "exports.download": tuple(f"{GROUP}/uttag.{form}" for form in FORMS),
    "exports.page": (f"{GROUP}/uttag", f"{GROUP}/uttag?q=kanarie"),
    "exports_api.download": tuple(f"{API}/incidents.{form}?q=kanarie" for form in FORMS),
    "first.page": ("/start",),
    "health.metrics": ("/metrics",),
    "health.ready": ("/health/ready",),
    "imports.one": ("{list}",),
    "imports.page": (f"{GROUP}/inlasning",),
    "imports.points": ("{list}/rader.geojson",),
    "imports.wrong_rows": ("{list}/fel.csv",),
    "incidents.listing": (
        f"{GROUP}/handelser",
        f"{GROUP}/handelser?q=kanarie&sort=allvar",
        f"{GROUP}/handelser?status=ny",
    ),
    "incidents.one": (f"{GROUP}/handelser/{{name}}",),
    "incidents_api.categories": (f"{API}/categories",),
    "incidents_api.history": (f"{API}/incidents/{{id}}/history",),
    "incidents_api.listing": (
        f"{API}/incidents",
        f"{API}/incidents?{WIDE}",
        f"{API}/incidents?q=kanarieplats",
        "/api/v1/incidents?sort=inkommet",
    ),
    "incidents_api.one": (f"{API}/incidents/{{id}}",),
    "maps.district": (f"{GROUP}/omraden/norra-as?week=2026-W47",),
    "map_data.district": (f"{GROUP}/omraden/norra-as/handelser.geojson?week=2026-W47",),
    "maps.listing": (f"{GROUP}/omraden",),
    "maps.municipality": (f"{GROUP}/karta?week=2026-W47",),
    "map_data.municipality": (f"{GROUP}/karta/handelser.geojson?week=2026-W47",),
    "map_tiles.district": tuple(f"{GROUP}/omraden/norra-as/handelser/{tile}" for tile in TILES),
    "map_tiles.municipality": tuple(f"{GROUP}/karta/handelser/{tile}" for tile in TILES),
    "map_layers.district": (f"{GROUP}/omraden/norra-as/rutnat.geojson?week=2026-W47",),
    "map_layers.municipality": (f"{GROUP}/karta/rutnat.geojson?week=2026-W47",),
    "map_ongoing.district": (f"{GROUP}/omraden/norra-as/pagaende.geojson?week=2026-W47",),
    "map_ongoing.municipality": (f"{GROUP}/karta/pagaende.geojson?week=2026-W47",),
    "map_sheet.district": (f"{GROUP}/omraden/norra-as/blad.png?week=2026-W47",),
    "map_sheet.municipality": (f"{GROUP}/karta/blad.pdf?week=2026-W47",),
    "map_data.outlines": (
        f"{GROUP}/omraden/granser.geojson",
        f"{GROUP}/omraden/granser.geojson?division=kommundel",
    ),
    "map_ground.schematic": (f"{GROUP}/karta/grund.geojson?zoom=15",),
    "map_ground.tile": (f"{GROUP}/karta/grund/9/281/150",),
    "meetings.planning": (f"{GROUP}/mote/2026-W47/andra",),
    "meetings.series": (f"{GROUP}/mote", f"{GROUP}/mote?alla=ja&klart=2026-W47"),
    "meetings.settings": (f"{GROUP}/mote/installningar",),
    "meeting.page": tuple(
        f"{MEETING}?steg={step}&omrade={area}&skarm={screen}"
        for step in (1, 2, 3, 4, 5, 6, 7, 9)
        for area in (("norra-as", "sodra-as") if step == 3 else ("",))
        for screen in (("delad", "egen") if step == 3 else ("egen",))
    ),
    "meeting.pulse": (f"{MEETING}/puls",),
    "merging.compare": (
        f"{GROUP}/handelser/{{name}}/sla-ihop?med=L-2026-000001",
        f"{GROUP}/handelser/{{name}}/sla-ihop?med=L-2026-000009",
    ),
    "meetings.start": (f"{GROUP}/",),
    "meetings.week": (f"{GROUP}/vecka/2026-W47",),
    "meetings_api.meetings": (f"{API}/meetings",),
    "meetings_api.pictures": (f"{API}/meetings/2026-W47/pictures",),
    "meetings_api.picture": (f"{API}/weeks/2026-W47",),
    "members.one": (f"{GROUP}/personer/00000000-0000-7000-8000-000000000000",),
    "members.page": (f"{GROUP}/personer",),
    "minutes.basis": (f"{MEETING}/underlag",),
    "minutes.basis_pdf": (f"{MEETING}/underlag.pdf",),
    "minutes.page": (f"{MEETING}/protokoll",),
    "minutes.pdf": (f"{MEETING}/protokoll.pdf",),
    "minutes.text": (f"{MEETING}/protokoll.txt",),
    "notices.page": (f"{GROUP}/aviseringar", f"{GROUP}/aviseringar?klart=ja"),
    "notices.sent": (f"{GROUP}/aviseringar/skickade",),
    "own.password_page": ("/losenord",),
    "placing.page": (f"{GROUP}/handelser/{{name}}/flytta",),
    "places_api.listing": (f"{API}/places?q=kanarie",),
    "police_api.listing": (f"{API}/police-events",),
    "problem_writing.edit": (f"{GROUP}/problem/P-1/andra",),
    "problem_writing.new": (f"{GROUP}/problem/ny",),
    "problems.listing": (f"{GROUP}/problem", f"{GROUP}/problem?status=avslutade"),
    "problems.one": (f"{GROUP}/problem/P-1",),
    "problems_api.listing": (f"{API}/problems",),
    "problems_api.one": (f"{API}/problems/P-1",),
    "proposals.html": (f"{GROUP}/mote/2026-W48/brev.html",),
    "proposals.page": (f"{MEETING}/brev", f"{GROUP}/mote/2026-W48/brev"),
    "reporting.edit": (f"{GROUP}/handelser/{{name}}/andra",),
    "reporting.new": (f"{GROUP}/handelser/ny",),
    "start.steps": (f"{GROUP}/kom-igang",),
    "static": ("/static/log.js",),
}
# Every route that changes something: what it answers is shown by one of those above, but for
# these, which are asked below. The others send on, or tell an error.
ANSWERS = {"reporting.create", "sharing.exact", "sharing.say", "sharing.comment", "placing.move"}
ANSWERS |= {"incidents_api.change", "incidents_api.withdraw", "merging.merge"}
ANSWERS |= {"problem_writing.link", "problem_writing.link_from_incident", "action_writing.link"}
SENDS_ON = {
    "action_writing.change", "action_writing.create", "action_writing.move", "action_writing.note",
    "action_writing.unlink", "problem_writing.change", "problem_writing.close",
    "problem_writing.create", "problem_writing.reopen", "problem_writing.turn",
    "problem_writing.unlink",
    "asking.answer", "asking.ask", "asking.take_back", "intake.forget", "intake.review",
    "intake.undo", "merging.split",
    "about.show_as", "access.sign_in", "access.sign_out", "first.begin", "first.enter",
    "digest_acting.approve", "digest_acting.correct", "digest_acting.drop", "digest_acting.resend",
    "digest_acting.send", "digest_acting.take_back", "digest_acting.test", "digest_editing.change",
    "digest_known.approve", "digest_known.propose", "digest_known.withdraw",
    "digest_questions.answer", "digest_questions.ask", "digest_questions.close",
    "digest_recipients.add", "digest_recipients.end", "digest_recipients.keep",
    "digest_recipients.settle_forms", "digest_settling.settle", "digest_settling.sign",
    "imports.bring", "imports.check", "imports.remove", "imports.save", "imports.undo",
    "meeting_deciding.add_problem", "meeting_deciding.close", "meeting_deciding.decide",
    "meeting_deciding.extend", "meeting_deciding.move", "meeting_deciding.turn",
    "meeting_writing.assess", "meeting_writing.attend", "meeting_writing.drop",
    "meeting_writing.expect", "meeting_writing.fix", "meeting_writing.fix_extra",
    "meeting_writing.note", "meeting_writing.nothing", "meeting_writing.open_", "minutes.erase",
    "incidents.withdraw", "incidents_api.create", "meetings.nothing", "meetings.plan",
    "meetings.settle", "members.add", "members.change", "notices.choose",
    "own.change_password", "placing.area", "proposals.answer", "reporting.change", "reporting.look",
    "sharing.take_back", "sharing.take_back_comment",
}  # fmt: skip


@dataclass
class World:
    """The canaries, and a client for everybody who may ask for them."""

    clients: Mapping[Person, FlaskClient]
    references: Mapping[Canary, str]
    list_address: str

    def addresses(self, templates: tuple[str, ...]) -> Iterator[str]:
        for template in templates:
            if "{name}" in template or "{id}" in template:
                for canary, reference in self.references.items():
                    yield template.replace("{name}", reference).replace("{id}", str(canary.id))
            else:
                yield template.replace("{list}", self.list_address)

    def found(self, person: Person) -> list[str]:
        """Return what one person finds anywhere and must not, with where it stands."""
        client = self.clients[person]
        return [
            f"{person.label}: {leak} in {address}"
            for templates in READ.values()
            for address in self.addresses(templates)
            for leak in leaks(person, shown(client.get(address)), CANARIES)
        ]


def shown(answer: TestResponse) -> str:
    with answer:
        assert answer.status_code < 500, answer.request.path
        if answer.mimetype == MVT:
            return "\n".join(str(feature) for feature in tiles.features(answer.data, _tile(answer)))
        return readable(answer.data, answer.mimetype or "") + str(answer.headers)


def _tile(answer: TestResponse) -> Tile:
    zoom, column, row = answer.request.path.removesuffix(".mvt").split("/")[-3:]
    return Tile(int(zoom), int(column), int(row))


@pytest.fixture
def world(app: Flask, group: Group, tmp_path: Path) -> World:
    berg = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    clients = {person: signed_in(app, person, group, berg) for person in PEOPLE}
    police = clients[PEOPLE[0]]
    headers = {"X-CSRFToken": csrf(police, f"{GROUP}/handelser/ny")}
    references = {}
    for canary in CANARIES:
        feature = {
            "type": "Feature",
            "id": str(canary.id),
            "geometry": {"type": "Point", "coordinates": canary.point},
            "properties": canary.properties,
        }
        made = police.post(f"{API}/incidents", json=feature, headers=headers)
        assert made.status_code == 201, made.text
        references[canary] = made.get_json()["properties"]["reference"]
    act_on(group, references)
    lines = f"Datum;Typ;Plats;Beskrivning\n2026-11-10;Klotter;;{CANARIES[0].word('text')}\n"
    address = bring(police, lines.encode())
    coordinator = access.actor_named(group, "coordinator.kommun@as.example")
    letters.approved(system(group), coordinator)
    leave(group, FileMailer(tmp_path))
    with transaction(coordinator.gate) as session:
        drafting.correct(session, coordinator, letters.WEEK, now=letters.DUE)
    return World(clients, references, address)


def act_on(group: Group, references: Mapping[Canary, str]) -> None:
    """Make a problem of all that the group shares, and an action of the fire brigade of it."""
    actor = system(group)
    shared = [name for canary, name in references.items() if canary.visibility != "egen"]
    with db.transaction(actor.gate) as session:
        brigade = access.organisation_named(session, actor, "brand")
        problem = problems.add(
            session, actor, ProblemDraft(db.new_id(), "Bränder", since=NOW.date()), now=NOW
        )
        for name in shared:
            problems.link(session, actor, problem.id, name, now=NOW)
        deed = Draft(
            db.new_id(),
            "Besök",
            brigade.id,
            Kind.SOCIAL,
            due=NOW.date(),
            district="norra-as",
            problem=problem.reference,
            incidents=tuple(shared),
        )
        actions.decide(session, actor, deed, now=NOW)


def signed_in(app: Flask, person: Person, *groups: Group) -> FlaskClient:
    client = app.test_client()
    if person.role == STRANGER:
        return client
    [home] = [group for group in groups if group.slug == person.group]
    address = f"{person.role}.{person.organisation}@{home.slug}.example"
    access.add_member(
        system(home),
        Newcomer(address, "Prov", PASSWORD),
        organisation=person.organisation,
        role=Role(person.role),
        now=NOW,
    )
    data = {"mail": address, "password": PASSWORD, "csrf_token": csrf(client, "/logga-in")}
    assert client.post("/logga-in", data=data).status_code == 303
    return client


@pytest.fixture(params=["with policies", "without policies"])
def policies(request: pytest.FixtureRequest, world: World, connection: Connection) -> str:
    """The same matrix with the second lock and without it: the first has to hold alone."""
    assert world.references
    if request.param == "without policies":
        without_policies(connection)
    return str(request.param)


def without_policies(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE NONE"))
    for table in Base.metadata.sorted_tables:
        connection.execute(text(f'ALTER TABLE "{table.name}" DISABLE ROW LEVEL SECURITY'))


def test_every_route_is_in_the_matrix(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())
    read = {
        rule.endpoint.replace("_only.", ".") for rule in rules if "GET" in (rule.methods or set())
    }
    assert read == set(READ)
    changing = {
        rule.endpoint.replace("_only.", ".")
        for rule in rules
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert changing == ANSWERS | SENDS_ON


def test_nobody_finds_what_is_not_theirs(world: World, policies: str) -> None:
    assert policies
    assert [leak for person in PEOPLE for leak in world.found(person)] == []


@pytest.mark.parametrize("person", PEOPLE[:6], ids=lambda person: person.label)
def test_everybody_finds_what_is_theirs(world: World, person: Person) -> None:
    """The matrix looks where the canaries are: else it would find nothing anywhere."""
    listed = shown(world.clients[person].get(f"{API}/incidents"))
    for canary in CANARIES:
        assert (canary.word("text") in listed) is sees_row(person, canary)
        assert (canary.word("plats") in listed) is sees_place(person, canary)


def test_an_answer_to_a_change_shows_no_more(world: World) -> None:
    found = []
    for person in PEOPLE[1:-1]:
        client = world.clients[person]
        for canary in CANARIES[::3]:  # of every sensitivity and level
            page = f"{GROUP}/handelser/{world.references[canary]}"
            token = (
                {"csrf_token": csrf(client, f"{GROUP}/handelser/ny")}
                if (person.group == "as" and person.role in (Role.MEMBER, Role.REPORTER))
                else {"csrf_token": csrf(client, "/losenord")}
            )
            answers = [
                client.post(f"{page}/problem", data=token | {"problem": "P-9"}),
                client.post(
                    f"{GROUP}/problem/P-1/handelser",
                    data=token | {"incident": world.references[canary]},
                    follow_redirects=True,
                ),
                client.post(
                    f"{GROUP}/atgarder/{ACTION}/handelser",
                    data=token | {"incident": world.references[canary]},
                    follow_redirects=True,
                ),
                client.post(f"{page}/uppgift", data=token | {"part": "1"}),
                client.post(f"{page}/kommentar", data=token),
                client.post(f"{page}/exakt", data=token),
                client.post(f"{page}/flytta", data=token),
                client.post(f"{page}/sla-ihop", data=token | {"other": "L-2026-000001"}),
                client.patch(
                    f"{API}/incidents/{canary.id}",
                    json={"properties": {"summary": "x"}},
                    headers={"If-Match": '"9"', "X-CSRFToken": token["csrf_token"]},
                ),
                client.post(
                    f"{API}/incidents/{canary.id}/withdraw",
                    json={"reason": "x"},
                    headers={"If-Match": '"9"', "X-CSRFToken": token["csrf_token"]},
                ),
            ]
            found += [
                f"{person.label}: {leak} in {answer.request.path}"
                for answer in answers
                for leak in leaks(person, shown(answer), CANARIES)
            ]
    assert found == []


def test_what_is_alike_is_told_as_it_is_shown(world: World) -> None:
    fire = PEOPLE[2]
    client = world.clients[fire]
    for canary in CANARIES:
        longitude, latitude = canary.point
        data = form(
            client,
            category=str(canary.properties["category"]),
            longitude=f"{longitude}",
            latitude=f"{latitude}",
        )
        written = (f'value="{longitude}"', f'value="{latitude}"')  # by whom it is shown to
        page = shown(client.post(f"{GROUP}/handelser/ny", data=data))
        for value in written:
            page = page.replace(value, "")
        assert leaks(fire, page, CANARIES) == []


def test_an_exact_place_is_shown_to_who_says_why_and_only_of_that_type(world: World) -> None:
    for person in PEOPLE[1:-1]:
        client = world.clients[person]
        data = {"csrf_token": csrf(client, "/losenord"), "purpose": "insats"}
        for canary in CANARIES:
            page = client.post(f"{GROUP}/handelser/{world.references[canary]}/exakt", data=data)
            may = sees_row(person, canary) and (canary.sensitivity == "C")
            may |= sees_place(person, canary)
            assert (canary.word("plats") in shown(page)) is may, (person.label, canary)


@pytest.mark.usefixtures("world")
def test_the_letter_holds_no_canary(connection: Connection) -> None:
    connection.execute(text("SET LOCAL ROLE NONE"))
    tables = ("digest_letters", "digest_wordings", "digest_events", "digest_deliveries")
    said = [
        row
        for table in tables
        for row in connection.execute(text(f"SELECT t::text FROM {table} t")).scalars()  # noqa: S608 – names from above
    ]
    published = connection.execute(text("SELECT t::text FROM publications t")).scalars().all()
    assert {"hela", "kort", "avisering"} <= {word for row in said for word in row.split(",")}
    assert published
    assert "kanarie" not in "\n".join([*said, *published])


def test_no_notice_holds_a_canary(world: World, group: Group, tmp_path: Path) -> None:
    fire = PEOPLE[2]
    client = world.clients[fire]
    data = {"csrf_token": csrf(client, f"{GROUP}/handelser/ny"), "asked": "polis"}
    asking = data | {"question": CANARIES[0].word("mer"), "about": world.references[CANARIES[6]]}
    assert client.post(f"{GROUP}/handelser/underlag", data=asking).status_code == 303
    folder = tmp_path / "notices"
    post = Post(mail.mailer(f"file:{folder}"), "lagesbild@as.example", "http://localhost:8000")
    clock = system(group)
    for later in (timedelta(hours=3), timedelta(days=1)):
        notices.write(clock, [*Told], now=NOW + later)
        while notices.send_next(clock, post, [*Told], now=NOW + later):
            pass
    got = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()
    ]
    sent = "\n".join(f"{each.items()} {each.get_payload(decode=True)!r}" for each in got)
    for page in ("#underlag", "/atgarder/", "/handelser/L-", "/protokoll?nr="):
        assert page in sent  # of each kind there is one; the week is fixed, so nobody is reminded
    assert "kanarie" not in sent
    assert not any(has_point(sent, canary) for canary in CANARIES)


Wrong = Callable[[], None]


@pytest.fixture
def wrong_scope(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> Wrong:
    """Return what breaks the first lock: everybody has the scope of the police."""

    def broken() -> None:
        connection.execute(text("SET LOCAL ROLE NONE"))
        police = connection.execute(
            text("SELECT organisation_id FROM group_organisations WHERE slug = :slug LIMIT 1"),
            {"slug": OWNER},
        ).scalar_one()
        for module in (single, beforehand, parts, intake, merging):
            monkeypatch.setattr(module, "scope_of", lambda _actor: Scope(police, own_only=False))

    return broken


def test_the_policies_hold_alone_where_the_scope_is_wrong(world: World, wrong_scope: Wrong) -> None:
    wrong_scope()
    fire = PEOPLE[2]
    page = shown(world.clients[fire].get(f"{API}/incidents"))
    assert all(canary.word("text") not in page for canary in CANARIES if not sees_row(fire, canary))
    assert "kanarietext" in page


def test_without_both_locks_the_matrix_finds_the_leak(
    world: World, wrong_scope: Wrong, connection: Connection
) -> None:
    wrong_scope()
    without_policies(connection)
    assert any("kanarietext00x" in leak for leak in world.found(PEOPLE[2]))
