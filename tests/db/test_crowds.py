"""Incidents that are taken together: by squares of the ground, and by what they are."""

from typing import Any

import orjson
import pytest
from pyproj import Transformer

from lagesbild.base.db import reading, transaction
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, GeoJson, TimePrecision, Visibility
from lagesbild.incidents.rules.crowds import Crowd, Pane, Tally
from lagesbild.incidents.service import crowds as service
from lagesbild.people.rules import Actor
from tests.build import NORTH, NOW, draft

EAST, UP = Transformer.from_crs(4326, 3006, always_xy=True).transform(17.95, 59.27)
PANE = Pane(EAST - 5000, UP - 5000, EAST + 5000, UP + 5000, 500)
LINE = GeoJson('{"type":"LineString","coordinates":[[17.94,59.27],[17.95,59.27],[17.96,59.27]]}')


def report(actor: Actor, **changes: Any) -> None:  # noqa: ANN401 – any field of a draft
    with transaction(actor.gate) as session:
        made = draft(organisation_id=actor.organisation_id, **changes)
        incidents.report(session, actor, made, now=NOW)


def crowds(actor: Actor, pane: Pane = PANE) -> list[Crowd]:
    with reading(actor.gate) as session:
        return service.crowds(session, actor, Filter(), pane)


def tallies(actor: Actor) -> list[Tally]:
    with reading(actor.gate) as session:
        return service.tallies(session, actor, Filter())


def at(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(orjson.dumps({"type": "Point", "coordinates": [longitude, latitude]}).decode())


def test_what_lies_in_one_square_is_one_crowd(member: Actor) -> None:
    for number in range(3):
        report(member, place=NORTH, place_text=str(number))
    report(member, place=at(17.99, 59.29))
    assert [crowd.rows for crowd in crowds(member)] == [3, 1]


def test_a_crowd_of_one_says_what_and_where_it_is(member: Actor) -> None:
    report(member, place=NORTH, place_precision_m=150)
    [crowd] = crowds(member)
    assert (crowd.category, crowd.organisation_id) == ("BRA01", member.organisation_id)
    assert (crowd.precision_m, crowd.shape) == (150, None)
    assert (crowd.east, crowd.north) == pytest.approx((EAST, UP), abs=0.01)


@pytest.mark.parametrize("precision", [TimePrecision.EXACT, TimePrecision.DAY])
def test_a_crowd_of_one_says_whether_its_time_is_known(
    member: Actor, precision: TimePrecision
) -> None:
    report(member, place=NORTH, time_precision=precision)
    [crowd] = crowds(member)
    assert crowd.unsure_time is (precision is TimePrecision.DAY)


def test_a_line_alone_brings_its_shape(member: Actor) -> None:
    report(member, place=LINE)
    [crowd] = crowds(member)
    assert orjson.loads(crowd.shape or "null") == orjson.loads(LINE)


def test_what_lies_beside_the_pane_is_in_no_crowd(member: Actor) -> None:
    report(member, place=NORTH)
    beside = Pane(EAST + 1, UP - 5000, EAST + 5000, UP + 5000, 500)
    assert crowds(member, beside) == []
    assert len(crowds(member, Pane(EAST - 1, UP - 1, EAST + 1, UP + 1, 500))) == 1


def test_a_sensitive_place_is_the_middle_of_its_square_for_others(
    member: Actor, firefighter: Actor
) -> None:
    report(member, category="STO01", place=NORTH)
    [own], [seen] = crowds(member), crowds(firefighter)
    assert (own.east, own.north) == pytest.approx((EAST, UP), abs=0.01)
    assert (seen.east % 100, seen.north % 100) == pytest.approx((50, 50), abs=0.01)
    assert seen.precision_m == 100


def test_a_blocked_place_is_in_no_crowd_of_others(member: Actor, firefighter: Actor) -> None:
    report(member, category="VAL05", place=NORTH)
    assert len(crowds(member)) == 1
    assert crowds(firefighter) == []


def test_what_an_organisation_keeps_is_counted_by_nobody_else(
    member: Actor, firefighter: Actor
) -> None:
    report(member, visibility=Visibility.OWN)
    assert (len(crowds(member)), len(tallies(member))) == (1, 1)
    assert (crowds(firefighter), tallies(firefighter)) == ([], [])


def test_a_tally_counts_by_type_district_and_organisation(
    member: Actor, firefighter: Actor
) -> None:
    report(member, place=NORTH, place_text="a")
    report(member, place=NORTH, place_text="b")
    report(firefighter, place=NORTH, place_text="c")
    report(firefighter, place=None, district="norra-as")
    with reading(member.gate) as session:
        north = districts.district(session, member, "norra-as").id
    assert member.organisation_id
    assert firefighter.organisation_id
    report(firefighter, place=None, district="norra-as", place_text="d")
    assert sorted(tallies(member), key=lambda each: each.number) == [
        Tally("BRA01", north, member.organisation_id, 2),
        Tally("BRA01", north, firefighter.organisation_id, 3),
    ]
