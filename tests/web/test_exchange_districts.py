"""The districts for programs: since when their outlines hold, and when they were put right."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lagesbild.base.db import transaction
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Source
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW, SOURCE, SQUARES
from tests.web.conftest import SignIn

API = "/api/v1/districts"
LATER = datetime(2026, 11, 18, 13, tzinfo=UTC)


def put(group: Group, valid_from: date) -> None:
    actor = system(group)
    with transaction(actor.gate) as session:
        source = Source("kommundel", valid_from, "ny")
        districts.put_version(session, actor, source, SQUARES, now=NOW)


def test_the_versions_are_told_in_order_with_the_one_that_holds(
    group: Group, police: FlaskClient
) -> None:
    put(group, date(2027, 1, 1))
    put(group, date(2026, 1, 1))
    answer = police.get(API).get_json()
    plain = {"corrected_at": None, "schematic": False}
    assert answer["versions"] == [
        plain | {"valid_from": "2020-01-01", "schematic": True, "current": False},
        plain | {"valid_from": "2026-01-01", "current": True},
        plain | {"valid_from": "2027-01-01", "current": False},
    ]
    assert {f["properties"]["valid_from"] for f in answer["features"]} == {"2026-01-01"}


def test_a_correction_is_told(group: Group, police: FlaskClient) -> None:
    with transaction(system(group).gate) as session:
        districts.correct_version(session, system(group), SOURCE, SQUARES, now=LATER)
    answer = police.get(API).get_json()
    assert [v["corrected_at"] for v in answer["versions"]] == [LATER.isoformat()]
    assert {f["properties"]["corrected_at"] for f in answer["features"]} == {LATER.isoformat()}


def test_what_holds_next_year_is_told_before_it_holds(group: Group, police: FlaskClient) -> None:
    put(group, date(2026, 11, 19))
    assert [v["current"] for v in police.get(API).get_json()["versions"]] == [True, False]


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.ADMIN, Role.REPORTER])
def test_everybody_in_the_municipality_may_know_the_districts(sign_in: SignIn, role: Role) -> None:
    answer = sign_in(role, "kommun").get(API)
    assert answer.status_code == 200
    assert answer.mimetype == "application/geo+json"


def test_a_stranger_may_not(stranger: FlaskClient, app: Flask) -> None:
    assert app.testing
    assert stranger.get(API).status_code == 401
