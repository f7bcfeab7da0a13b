"""The layers of a map: where incidents are close, what goes on, and the address that keeps them."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind
from lagesbild.base import db
from lagesbild.base.db import new_id
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import TimePrecision
from lagesbild.maps.rules.layers import MIN_NUMBER, TOO_FEW
from lagesbild.people.rules import Actor, Role, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from lagesbild.problems.rules import Problem
from tests.build import NORTH, NOW, SOUTH, draft
from tests.web.conftest import SignIn

PAGE, WHOLE = "/g/as/omraden/norra-as", "/g/as/karta"
EVERY = ("rutnat.geojson", "pagaende.geojson")
POINT = [17.95, 59.27]  # of NORTH


def report(actor: Actor, number: int = 1, **changes: Any) -> list[str]:  # noqa: ANN401 – of a draft
    made = [draft(organisation_id=actor.organisation_id, **changes) for _ in range(number)]
    clock = system(actor.group, actor.organisation_id)
    with db.transaction(clock.gate) as session:
        incidents.report_all(session, clock, made, now=NOW)
        return [incidents.one(session, clock, each.id).reference for each in made]


def problem(actor: Actor, *references: str, **changes: Any) -> Problem:  # noqa: ANN401 – of a draft
    said: dict[str, Any] = {"since": date(2026, 11, 1), "district": "norra-as"} | changes
    with db.transaction(actor.gate) as session:
        made = problems.add(session, actor, ProblemDraft(new_id(), "Buskörning", **said), now=NOW)
        for reference in references:
            problems.link(session, actor, made.id, reference, now=NOW)
    return made


def action(actor: Actor, *references: str, **changes: Any) -> None:  # noqa: ANN401 – of a draft
    said: dict[str, Any] = {
        "due": date(2026, 12, 3), "district": "norra-as", "decided_on": date(2026, 11, 12),
    } | changes  # fmt: skip
    made = ActionDraft(
        new_id(), "Vandra", actor.organisation_id, Kind.SOCIAL, incidents=references, **said
    )
    with db.transaction(actor.gate) as session:
        actions.decide(session, actor, made, now=NOW)


def got(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def ongoing(client: FlaskClient, page: str = PAGE, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = got(client, f"{page}/pagaende.geojson{query}")["features"]
    return found


def test_thirty_incidents_make_hexagons_and_twenty_nine_do_not(
    police: FlaskClient, member: Actor
) -> None:
    report(member, MIN_NUMBER - 1)
    few = got(police, f"{PAGE}/rutnat.geojson")
    assert (few["features"], few["densest"], few["why"]) == ([], [], TOO_FEW)
    report(member, place_text="Torget")
    enough = got(police, f"{PAGE}/rutnat.geojson")
    [cell] = enough["features"]
    assert cell["properties"] == {"number": MIN_NUMBER, "colour": 5}
    assert cell["geometry"]["type"] == "Polygon"
    assert enough["steps"][-1] == [20, 30, 5]
    assert enough["densest"] == [[MIN_NUMBER, "Torget, Norra Ås"]]
    assert enough["why"] == ""


def test_hexagons_follow_the_page(police: FlaskClient, member: Actor) -> None:
    report(member, MIN_NUMBER)
    report(member, MIN_NUMBER, place=SOUTH, category="ORD01")
    assert len(got(police, f"{WHOLE}/rutnat.geojson")["features"]) == 2
    assert len(got(police, f"{PAGE}/rutnat.geojson")["features"]) == 1
    assert got(police, f"{PAGE}/rutnat.geojson?category=ORD")["why"] == TOO_FEW
    assert got(police, f"{WHOLE}/rutnat.geojson?week=2026-W46")["why"] == TOO_FEW


def test_hexagons_are_asked_for_again_and_sent_when_something_has_changed(
    police: FlaskClient, member: Actor
) -> None:
    first = police.get(f"{WHOLE}/rutnat.geojson")
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    assert police.get(f"{WHOLE}/rutnat.geojson", headers=known).status_code == 304
    report(member)
    assert police.get(f"{WHOLE}/rutnat.geojson", headers=known).status_code == 200


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("role", [Role.READER, Role.REPORTER, Role.ADMIN, Role.AUDITOR])
def test_the_layers_are_the_groups_alone(sign_in: SignIn, role: Role, name: str) -> None:
    client = sign_in(role, "kommun")
    assert [client.get(f"{page}/{name}").status_code for page in (PAGE, WHOLE)] == [403, 403]


@pytest.mark.parametrize(("number", "disabled"), [(MIN_NUMBER - 1, True), (MIN_NUMBER, False)])
def test_the_page_says_beforehand_why_there_are_no_hexagons(
    police: FlaskClient, member: Actor, number: int, *, disabled: bool
) -> None:
    report(member, number)
    report(member, place=None)  # no place, no hexagon
    assert (f'data-why="{TOO_FEW}"' in police.get(PAGE).text) is disabled


def test_a_problem_stands_where_its_incidents_are(police: FlaskClient, member: Actor) -> None:
    [first] = report(member)
    problem(member, first)
    [found] = ongoing(police)
    assert found["geometry"] == {"type": "Point", "coordinates": POINT}
    assert found["properties"] == {
        "kind": "problem",
        "reference": "P-1",
        "title": "Buskörning",
        "said": "Problem sedan sön 1 nov, oförändrat",
        "where": "Norra Ås",
        "stands": "Visas vid händelsen som hör till.",
        "link": "/g/as/problem/P-1",
    }


def test_a_problem_without_incidents_stands_in_its_district(
    police: FlaskClient, member: Actor
) -> None:
    problem(member)
    [found] = ongoing(police)
    longitude, latitude = found["geometry"]["coordinates"]
    assert 17.9 < longitude < 18.0
    assert 59.25 < latitude < 59.3
    assert found["properties"]["stands"] == "Visas mitt i området, platsen är inte känd."


def test_what_is_nowhere_has_no_place(police: FlaskClient, member: Actor) -> None:
    problem(member, district=None)
    assert [found["geometry"] for found in ongoing(police, WHOLE)] == [None]
    assert ongoing(police, PAGE) == []


def test_an_action_stands_at_its_own_incidents_else_at_those_of_its_problem(
    police: FlaskClient, member: Actor
) -> None:
    [there], [here] = report(member), report(member, place=SOUTH)
    known = problem(member, there)
    action(member, problem=known.reference)
    action(member, here, problem=known.reference)
    placed = {f["properties"]["reference"]: f["geometry"] for f in ongoing(police, WHOLE)}
    assert placed["2026-001"]["coordinates"] == POINT
    assert placed["2026-002"]["coordinates"] == [17.95, 59.22]


def test_the_place_of_a_sensitive_incident_is_a_square_to_others(
    sign_in: SignIn, member: Actor
) -> None:
    """The ring says no more than the map's pin does."""
    [stolen] = report(member, category="STO01")
    problem(member, stolen)
    others = sign_in(Role.MEMBER, "brand")
    [pin] = got(others, f"{PAGE}/handelser.geojson")["features"]
    [ring] = ongoing(others)
    assert ring["geometry"] == pin["geometry"] != json.loads(NORTH)


def test_a_blocked_place_is_nowhere_to_others(sign_in: SignIn, member: Actor) -> None:
    [blocked] = report(member, category="VAL05")
    problem(member, blocked, district=None)
    [found] = ongoing(sign_in(Role.MEMBER, "brand"), WHOLE)
    assert (found["geometry"], found["properties"]["stands"]) == (None, "")


def test_another_groups_page_knows_nothing_of_it(police: FlaskClient, member: Actor) -> None:
    problem(member)
    assert police.get("/g/berg/karta/pagaende.geojson").status_code in {403, 404}


def test_what_goes_on_follows_the_week(police: FlaskClient, member: Actor) -> None:
    problem(member, since=date(2026, 11, 12))
    assert ongoing(police, query="?week=2026-W46") == []
    assert len(ongoing(police, query="?week=2026-W47")) == 1


def test_links_and_data_of_a_page_keep_what_they_need_of_the_layers(
    police: FlaskClient, member: Actor
) -> None:
    report(member)
    page = police.get(f"{PAGE}?lager=rutor,pagaende").text
    links = [link.replace("%2C", ",") for link in re.findall(r'href="([^"]+)"', page)]
    [before] = [link for link in links if "2026-W46" in link and "omraden/norra-as" in link][:1]
    assert "lager=rutor,pagaende" in before
    data = re.findall(r'data-(?:grid|ongoing|source)="([^"]+)"', page)
    assert len(data) == 3
    assert not [each for each in data if "lager" in each]
    assert not [link for link in links if "lager" in link and "/handelser" in link]


def test_an_address_with_other_layers_than_words_is_refused(police: FlaskClient) -> None:
    assert police.get(f"{PAGE}?lager=<b>").status_code == 422


@pytest.mark.parametrize(
    ("changes", "is_unsure"),
    [
        ({}, False),
        ({"time_precision": TimePrecision.DAY}, True),
        (
            {
                "time_precision": TimePrecision.WINDOW,
                "occurred_to": NOW,
                "occurred_from": NOW - timedelta(hours=9),
            },
            True,
        ),
    ],
)
def test_the_map_knows_which_times_are_unsure(
    police: FlaskClient, member: Actor, changes: dict[str, Any], *, is_unsure: bool
) -> None:
    report(member, **changes)
    [found] = got(police, f"{PAGE}/handelser.geojson")["features"]
    assert found["properties"]["unsure_time"] is is_unsure
