"""Tiles as a browser fetches them: the same scope as the list, and seldom sent twice."""

import pytest
from flask.testing import FlaskClient

from lagesbild.base.db import transaction
from lagesbild.incidents.service import single
from lagesbild.maps.web.tiles import MVT
from lagesbild.people.rules import Actor, Role
from tests.build import NOW, draft
from tests.tiles import features, tile_of
from tests.web.conftest import SignIn
from tests.web.test_maps import report

TILE = tile_of(17.95, 59.27, 12)
PATH = f"handelser/{TILE.zoom}/{TILE.column}/{TILE.row}.mvt"
PAGE = f"/g/as/omraden/norra-as/{PATH}?week=2026-W47"
MAP = f"/g/as/karta/{PATH}?week=2026-W47"


def names(client: FlaskClient, address: str) -> set[str]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, MVT)
    return {str(each["reference"]) for each in features(answer.data, TILE)}


def tag(client: FlaskClient, address: str = PAGE) -> str:
    return client.get(address).headers["ETag"]


@pytest.mark.parametrize("address", [PAGE, MAP])
def test_a_tile_holds_what_the_list_holds(address: str, police: FlaskClient, member: Actor) -> None:
    reference = report(member)
    assert names(police, address) == {reference}


def test_a_tile_obeys_the_address(police: FlaskClient, member: Actor) -> None:
    report(member)
    assert names(police, f"{PAGE}&category=ORD") == set()
    assert names(police, f"{PAGE}&organisation=brand") == set()


def test_a_tile_that_has_not_changed_is_not_sent_again(police: FlaskClient, member: Actor) -> None:
    report(member)
    answer = police.get(PAGE, headers={"If-None-Match": tag(police)})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_tile_may_be_kept_by_the_browser_alone_and_only_if_it_asks(police: FlaskClient) -> None:
    assert police.get(PAGE).headers["Cache-Control"] == "private, no-cache"


def test_a_new_incident_makes_another_tile(police: FlaskClient, member: Actor) -> None:
    before = tag(police)
    report(member)
    answer = police.get(PAGE, headers={"If-None-Match": before})
    assert (answer.status_code, len(features(answer.data, TILE))) == (200, 1)


def test_a_level_that_tightens_takes_effect_in_tiles_at_once(
    sign_in: SignIn, member: Actor
) -> None:
    brigade = sign_in(Role.MEMBER, "brand")
    reference = report(member)
    assert names(brigade, PAGE) == {reference}
    kept = tag(brigade)
    with transaction(member.gate) as session:
        id_ = single.one(session, member, reference).id
        mine = draft(id=id_, organisation_id=member.organisation_id, visibility="egen")
        single.edit(session, member, mine, version=1, now=NOW)
    answer = brigade.get(PAGE, headers={"If-None-Match": kept})
    assert (answer.status_code, answer.data) == (200, b"")


def test_who_sees_less_is_not_told_that_nothing_has_changed(
    police: FlaskClient, sign_in: SignIn
) -> None:
    assert tag(police) != tag(sign_in(Role.MEMBER, "brand"))


def test_each_view_has_tiles_of_its_own(police: FlaskClient) -> None:
    assert len({tag(police, a) for a in (PAGE, f"{PAGE}&category=ORD", f"{PAGE}&weeks=4")}) == 3


@pytest.mark.parametrize("place", ["0/1/0", "0/0/1", "21/0/0", "3/8/0"])
def test_there_is_no_tile_outside_the_world(place: str, police: FlaskClient) -> None:
    assert police.get(f"/g/as/karta/handelser/{place}.mvt").status_code == 404


def test_the_deepest_tile_can_be_asked_for(police: FlaskClient) -> None:
    assert police.get("/g/as/karta/handelser/20/0/0.mvt").status_code == 200
