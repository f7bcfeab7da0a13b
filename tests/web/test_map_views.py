"""What the address of a map page narrows the map and the list to."""

import json
import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Actor
from tests.build import NOW, SOUTH
from tests.web.test_maps import report

PAGE = "/g/as/omraden/norra-as"
MAP = "/g/as/karta"


def drawn(client: FlaskClient, query: str, page: str = PAGE) -> list[str]:
    body = json.loads(client.get(f"{page}/handelser.geojson?{query}").data)
    return [f["properties"]["reference"] for f in body["features"]]


def listed(client: FlaskClient, query: str, page: str = PAGE) -> list[str]:
    return re.findall(r'data-ref="([^"]+)"', client.get(f"{page}?{query}").text)


@pytest.mark.parametrize(
    ("weeks", "day"), [(4, "2026-10-22T00:00+02:00"), (52, "2025-11-20T00:00+01:00")]
)
def test_a_period_holds_its_first_day_and_not_the_one_before(
    police: FlaskClient, member: Actor, weeks: int, day: str
) -> None:
    first = datetime.fromisoformat(day)
    inside = report(member, occurred_from=first)
    report(member, occurred_from=first - timedelta(minutes=1))
    assert drawn(police, f"weeks={weeks}") == [inside]
    assert listed(police, f"weeks={weeks}") == [inside]


def test_an_organisation_narrows_list_and_map(
    police: FlaskClient, member: Actor, firefighter: Actor
) -> None:
    report(member)
    fire = report(firefighter)
    assert drawn(police, "organisation=brand") == listed(police, "organisation=brand") == [fire]


def test_a_status_narrows_list_and_map(police: FlaskClient, member: Actor) -> None:
    report(member)
    sure = report(member, verification="bekraftad")
    assert drawn(police, "status=bekraftad") == listed(police, "status=bekraftad") == [sure]


def test_a_box_narrows_list_and_map(police: FlaskClient, member: Actor) -> None:
    report(member)
    south = report(member, place=SOUTH)
    longitude, latitude = json.loads(SOUTH)["coordinates"]
    box = f"bbox={longitude - 0.001},{latitude - 0.001},{longitude + 0.001},{latitude + 0.001}"
    assert drawn(police, box, MAP) == listed(police, box, MAP) == [south]


def test_the_gravest_can_stand_first(police: FlaskClient, member: Actor) -> None:
    grave = report(member, severity=5, severity_reason="Stor skada", place_text="a")
    mild = report(member, place_text="b")
    assert listed(police, "sort=allvar") == [grave, mild]


@pytest.mark.parametrize(
    "query", ["weeks=2", "weeks=x", "organisation=ingen", "status=kanske", "bbox=1,2", "sort=namn"]
)
def test_what_an_address_cannot_mean_is_refused(police: FlaskClient, query: str) -> None:
    assert police.get(f"{PAGE}?{query}").status_code in {404, 422}


def test_the_week_before_keeps_the_rest_of_the_view(police: FlaskClient) -> None:
    page = police.get(f"{PAGE}?week=2026-W47&category=ORD&organisation=polis").text
    assert f"{PAGE}?week=2026-W46&amp;category=ORD&amp;organisation=polis" in page


def test_a_long_list_goes_on_where_it_ended(
    police: FlaskClient, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lagesbild.maps.web.pages.LISTED", 2)
    made = [report(member, occurred_from=NOW - timedelta(minutes=n)) for n in range(3)]
    page = police.get(PAGE).text
    [more] = re.findall(r'rel="next" href="([^"]+cursor[^"]+)"', page)
    rest = police.get(more.replace("&amp;", "&")).text
    assert listed(police, "") == made[:2]
    assert re.findall(r'data-ref="([^"]+)"', rest) == made[2:]
    assert "3 händelser" in rest


@pytest.mark.parametrize(("most", "times"), [(1, 1), (2, 0)])
def test_a_map_of_more_than_can_be_sent_at_once_fetches_tiles(
    police: FlaskClient, member: Actor, monkeypatch: pytest.MonkeyPatch, most: int, times: int
) -> None:
    for module in ("pages", "data"):
        monkeypatch.setattr(f"lagesbild.maps.web.{module}.MAX_POINTS", most)
    made = [report(member, occurred_from=NOW - timedelta(minutes=n)) for n in range(2)]
    assert drawn(police, "") == made[:most]
    tiles = 'data-tiles="/g/as/omraden/norra-as/handelser/{z}/{x}/{y}.mvt?week=2026-W47"'
    assert police.get(PAGE).text.count(tiles) == times
