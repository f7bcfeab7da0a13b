"""The list of places through the API: for those who log incidents, and nobody else."""

import pytest
from flask.testing import FlaskClient

from lagesbild.base.db import transaction
from lagesbild.base.geo import Point
from lagesbild.people.rules import Group, Role, system
from lagesbild.places import service
from lagesbild.places.rules import NewPlace
from tests.build import NOW
from tests.web.conftest import SignIn

PLACES = "/api/v1/groups/as/places"


@pytest.fixture(autouse=True)
def listed(group: Group) -> None:
    names = ("Skogås station", *(f"Storvägen {n}" for n in range(9)))
    places = [NewPlace(name, name, "hållplats", Point(17.95, 59.27)) for name in names]
    with transaction(system(group).gate) as session:
        service.put(session, system(group), "prov", places, now=NOW)


def test_a_place_is_given_with_its_kind_and_position(police: FlaskClient) -> None:
    answer = police.get(PLACES, query_string={"q": "skogas st"})
    assert answer.get_json() == {
        "places": [
            {
                "name": "Skogås station",
                "kind": "hållplats",
                "district": "Norra Ås",
                "longitude": 17.95,
                "latitude": 59.27,
            }
        ]
    }


def test_at_most_eight_are_given(police: FlaskClient) -> None:
    assert len(police.get(PLACES, query_string={"q": "stor"}).get_json()["places"]) == 8


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "zzz", "x" * 5000])
def test_what_is_like_nothing_gives_nothing(police: FlaskClient, typed: str) -> None:
    assert police.get(PLACES, query_string={"q": typed}).get_json() == {"places": []}
    assert police.get(PLACES).get_json() == {"places": []}


def test_a_program_may_ask(program: dict[str, str], stranger: FlaskClient) -> None:
    answer = stranger.get("/api/v1/places?q=skog", headers=program)
    assert [place["name"] for place in answer.get_json()["places"]] == ["Skogås station"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.REPORTER, 200),
        (Role.MEMBER, 200),
        (Role.COORDINATOR, 200),
        (Role.ANALYST, 200),
        (Role.READER, 403),
        (Role.ADMIN, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_may_ask_for_places(sign_in: SignIn, role: Role, status: int) -> None:
    assert sign_in(role, "kommun").get(f"{PLACES}?q=skog").status_code == status


def test_a_stranger_and_another_group_get_nothing(
    stranger: FlaskClient, police: FlaskClient
) -> None:
    assert stranger.get(f"{PLACES}?q=skog").status_code == 401
    assert police.get("/api/v1/groups/annan/places?q=skog").status_code == 404
