"""Going through what is new, on the page."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.base import clock
from lagesbild.people.rules import Role
from tests.build import NOW
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature

LIST = "/g/as/handelser"
INTAKE = f"{LIST}?status=ny"
NOTHING = "Allt är genomgånget."


@pytest.fixture
def coordinator(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.COORDINATOR, "kommun")


@pytest.fixture
def fire(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.MEMBER, "brand")


def log(client: FlaskClient, **properties: object) -> str:
    headers = {"X-CSRFToken": csrf(client, NEW)}
    made = client.post(API, json=feature(**properties), headers=headers)
    assert made.status_code == 201
    return str(made.get_json()["id"])


def send(client: FlaskClient, path: str, **said: object) -> str:
    """Send a form, and return the page that it leads to."""
    data = {"csrf_token": csrf(client, NEW)} | said
    answer = client.post(f"{LIST}/{path}", data=data)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def test_the_list_says_how_many_wait(police: FlaskClient, coordinator: FlaskClient) -> None:
    assert 'Att gå igenom <span class="tag">0</span>' in coordinator.get(LIST).text
    log(police)
    assert 'Att gå igenom <span class="tag tag-accent">1</span>' in coordinator.get(LIST).text


def test_one_tap_goes_through_one_and_can_be_taken_back(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    first, second = log(police), log(police)
    page = coordinator.get(INTAKE).text
    assert "2 händelser som ingen i gruppen har gått igenom." in page
    assert "sedan tors 5 nov, då förra mötets vecka började" in page
    page = send(coordinator, "genomgangna", id=[first, second], one=first)
    assert "1 händelse genomgången." in page
    assert "1 händelse som ingen" in page
    [at] = re.findall('name="at" value="([^"]+)"', page)
    for _ in range(2):
        page = send(coordinator, "genomgangna/angra", at=at)
        assert "2 händelser som ingen" in page


def test_one_tap_goes_through_all_of_the_page(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    ids = [log(police) for _ in range(3)]
    for _ in range(2):
        page = send(coordinator, "genomgangna", id=ids)
        assert NOTHING in page
        assert "Inget att gå igenom." in page


def test_a_page_holds_no_more_than_it_shows(police: FlaskClient) -> None:
    for _ in range(3):
        log(police)
    page = police.get(f"{INTAKE}&limit=2").text
    assert page.count('name="one"') == 2
    older = re.search('rel="next" href="([^"]+)"', page)
    assert older is not None
    rest = police.get(older[1].replace("&amp;", "&")).text
    assert rest.count('name="one"') == 1


def test_a_filter_narrows_what_is_new_too(police: FlaskClient) -> None:
    log(police)
    log(police, category="SKA01")
    assert "1 händelse som ingen" in police.get(f"{INTAKE}&category=SKA").text
    assert police.get(f"{API}?status=ny&category=SKA").get_json()["numberReturned"] == 1
    assert "inte genomgångna" in police.get("/g/as/uttag?status=ny").text


def test_an_incident_says_who_went_through_it(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    id_ = log(police)
    page = send(coordinator, "genomgangna", one=id_, back="L-2026-000001")
    assert "ons 18 nov kl. 13.00 av kommunen" in page.replace("Kommunen", "kommunen")
    assert "gick igenom händelsen" in page
    page = send(coordinator, "L-2026-000001/inte-genomgangen")
    assert "inte ännu" in page


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ANALYST, Role.READER])
def test_others_have_no_such_list(role: Role, police: FlaskClient, sign_in: SignIn) -> None:
    id_ = log(police)
    other = sign_in(role, "polis" if role is Role.REPORTER else "kommun")
    token = {"csrf_token": csrf(other, "/losenord")}
    assert other.get(INTAKE).status_code == 403
    assert other.get(f"{API}?status=ny").status_code == 403
    assert other.post(f"{LIST}/genomgangna", data=token | {"id": id_}).status_code == 403
    assert other.post(f"{LIST}/L-2026-000001/inte-genomgangen", data=token).status_code == 403
    at = token | {"at": NOW.isoformat()}
    assert other.post(f"{LIST}/genomgangna/angra", data=at).status_code == 403
    assert "Att gå igenom" not in other.get(LIST).text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("genomgangna", {"id": "x"}),
        ("genomgangna", {"id": ["0197f5aa-0000-7000-8000-000000000001"] * 1001}),
        ("genomgangna/angra", {"at": "i går"}),
        ("genomgangna/angra", {"at": "2026-11-18T12:00:00"}),
        ("genomgangna/angra", {}),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    path: str, said: dict[str, object], police: FlaskClient
) -> None:
    answer = police.post(f"{LIST}/{path}", data={"csrf_token": csrf(police, NEW)} | said)
    assert answer.status_code == 422


def test_an_id_of_nothing_is_passed_over(police: FlaskClient) -> None:
    assert NOTHING in send(police, "genomgangna", id="0197f5aa-0000-7000-8000-000000000001")


def test_two_that_may_be_the_same_stand_side_by_side(
    police: FlaskClient,
    fire: FlaskClient,
    coordinator: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [log(police, summary="Rök"), log(fire, summary="Släckt")]
    page = coordinator.get(INTAKE).text
    assert "Kan vara samma händelse" in page
    assert "samma plats, samma tid" in page
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    page = send(coordinator, "genomgangna", id=ids)
    assert "Kan vara samma händelse" not in page
