"""The API's description tells of every route, and the API answers nothing else."""

import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lagesbild.access import service as access
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft, Kind
from lagesbild.app import routes
from lagesbild.base import db
from lagesbild.people.rules import Group, Role, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.build import NOW
from tests.web.conftest import SignIn
from tests.web.test_letters_api import put

DESCRIPTION = "/api/v1/openapi.json"
WEEK = "2026-W47"
INCIDENTS = "/api/v1/incidents"
PAGE = "/api/v1/docs"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
ONCE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
INCIDENT: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [17.95, 59.27]},
    "properties": {"category": "BRA01", "occurred_from": "2026-11-18T12:30:00+01:00"},
}


@pytest.fixture(autouse=True)
def decided(group: Group) -> None:
    """Something to read of what a program cannot write."""
    actor = system(group)
    with db.transaction(actor.gate) as session:
        owner = access.organisation_named(session, actor, "brand")
        said = ProblemDraft(db.new_id(), "Bränder", since=NOW.date())
        problem = problems.add(session, actor, said, now=NOW)
        deed = Draft(
            db.new_id(), "Besök", owner.id, Kind.SOCIAL, due=NOW.date(), problem=problem.reference
        )
        actions.decide(session, actor, deed, now=NOW)
    put(group, "det som brevet säger")


@pytest.fixture
def described(stranger: FlaskClient, program: dict[str, str]) -> dict[str, Any]:
    answer = stranger.get(DESCRIPTION, headers=program)
    return dict(answer.get_json())


def sealed(schema: Any) -> Any:  # noqa: ANN401 – JSON
    """Return a description whose objects hold no more than it says: a client must take more."""
    if isinstance(schema, list):
        return [sealed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: sealed(value) for name, value in schema.items()}
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner


def test_every_route_is_described(app: Flask, described: dict[str, Any]) -> None:
    told = {(path, method) for path, methods in described["paths"].items() for method in methods}
    missing = [
        f"{route.method} {route.rule}"
        for route in routes(app)
        if (re.sub(r"<(?:[^:>]+:)?(\w+?)_?>", r"{\1}", route.rule), route.method.lower())
        not in told
    ]
    assert missing == []


def test_nothing_is_described_that_is_not_there(app: Flask) -> None:
    found = list(routes(app))
    for chapter in {route.chapter.name: route.chapter for route in found}.values():
        views = {route.view for route in found if route.chapter is chapter}
        assert chapter.operations.keys() <= views


def test_the_description_is_openapi(described: dict[str, Any]) -> None:
    validate(described)


def make(client: FlaskClient, headers: dict[str, str]) -> str:
    made = client.post(INCIDENTS, json=INCIDENT, headers=headers)
    return str(made.get_json().get("id", ""))


def likely(case: Case[Any], incident: str) -> None:
    """Let a request get past the first questions: it is about something that is there."""
    names = {"group": "as", "id": incident, "name": WEEK, "problem": "P-1", "action": "2026-001"}
    names["week"] = WEEK
    case.path_parameters |= {key: names[key] for key in case.path_parameters.keys() & names.keys()}
    for name in case.query.keys() & {"district", "organisation", "owner", "kind", "version"}:
        del case.query[name]
    if "If-Match" in case.headers:
        case.headers["If-Match"] = '"1"'
    if isinstance(case.body, dict) and isinstance(case.body.get("properties"), dict):
        case.body["properties"] |= INCIDENT["properties"]
        case.body["geometry"] = INCIDENT["geometry"]


def ask(app: Flask, operation: Any, headers: dict[str, str], times: int) -> set[int]:  # noqa: ANN401 – not exported
    """Ask what the description allows and what it does not; return the statuses of the answers."""
    seen = set()
    good, bad = (operation.as_strategy(mode) for mode in GenerationMode)
    client = app.test_client()

    @settings(ONCE, max_examples=times)
    @given(case=good | good | bad, is_likely=st.booleans())
    def ask_once(case: Case[Any], *, is_likely: bool) -> None:
        if is_likely:
            likely(case, make(client, headers))
        answer = case.call(app=app, headers=headers)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask_once()
    return seen


def ask_all(
    app: Flask, described: dict[str, Any], headers: dict[str, str], *, times: int
) -> dict[str, set[int]]:
    schema = schemathesis.openapi.from_dict(sealed(described))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == sum(map(len, described["paths"].values()))
    return {each.label: ask(app, each, headers, times) for each in operations}


@pytest.fixture
def read_only(app: Flask, group: Group, sign_in: SignIn) -> dict[str, str]:
    """The headers of a program that acts for somebody outside the group."""
    assert sign_in(Role.READER, "kommun").application is app
    secret = access.add_token(group, mail="reader.kommun@as.example", name="prov", now=NOW)
    return {"Authorization": f"Bearer {secret}"}


def test_a_member_gets_no_answer_that_is_not_described(
    app: Flask, described: dict[str, Any], program: dict[str, str]
) -> None:
    seen = ask_all(app, described, program, times=15)
    done = {
        label.replace("/groups/{group}", "")
        for label, statuses in seen.items()
        if statuses & {200, 201}
    }
    assert {label for label in seen if "{group}" not in label} <= done


def test_a_reader_gets_no_answer_that_is_not_described(
    app: Flask, described: dict[str, Any], read_only: dict[str, str]
) -> None:
    seen = ask_all(app, described, read_only, times=5)
    assert {label for label, statuses in seen.items() if 200 in statuses} == {
        f"GET /api/v1{group}/{names}"
        for group in ("", "/groups/{group}")
        for names in ("categories", "digests", "digests/{week}", "districts", "organisations")
    } | {f"GET {DESCRIPTION}", f"GET {PAGE}"}


def test_a_stranger_gets_one_described_answer(app: Flask, described: dict[str, Any]) -> None:
    seen = ask_all(app, described, {}, times=3)
    assert seen == {label: {401} for label in seen} | {f"GET {PAGE}": {303}}


def test_the_page_shows_every_operation_and_leads_a_stranger_to_sign_in(
    stranger: FlaskClient, police: FlaskClient, described: dict[str, Any]
) -> None:
    page = police.get(PAGE).text
    told = [
        (path, method.upper())
        for path, methods in described["paths"].items()
        for method in methods
        if "{group}" not in path
    ]
    assert [each for each in told if f"<code>{each[1]} {each[0]}</code>" not in page] == []
    assert stranger.get(PAGE).location == f"/logga-in?next={PAGE}"
