"""Incidents are counted in the hexagon that holds the place which the actor sees."""

import json
import random
from typing import Any

import pytest
from pyproj import Transformer
from shapely import Point, STRtree
from shapely.geometry import shape

from lagesbild.base.db import reading, transaction
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter, GeoJson
from lagesbild.incidents.rules.hexagons import WIDTH_M, Hexagons
from lagesbild.incidents.service import density
from lagesbild.people.rules import Actor, system
from tests.build import NORTH, NOW, draft

SPOTS = 300
TO_METRES = Transformer.from_crs(4326, 3006, always_xy=True)
TO_DEGREES = Transformer.from_crs(3006, 4326, always_xy=True)
Changes = Any  # any field of a draft


def at(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}')


def report(actor: Actor, *changes: dict[str, Changes]) -> None:
    clock = system(actor.group, actor.organisation_id)
    made = [draft(organisation_id=actor.organisation_id, **each) for each in changes]
    with transaction(clock.gate) as session:
        service.report_all(session, clock, made, now=NOW)


def counted(actor: Actor, wanted: Filter | None = None) -> Hexagons:
    with reading(actor.gate) as session:
        return density.hexagons(session, actor, wanted or Filter())


def test_each_incident_is_counted_in_the_hexagon_that_holds_it(coordinator: Actor) -> None:
    draw = random.Random(1)  # noqa: S311 – the same points each time
    spots = [(draw.uniform(17.95, 17.97), draw.uniform(59.26, 59.27)) for _ in range(SPOTS)]
    report(coordinator, *({"place": at(*spot)} for spot in spots))
    cells = counted(coordinator).cells
    drawn = [shape(json.loads(cell.geojson)) for cell in cells]
    points = [Point(spot) for spot in spots]
    holding = STRtree(drawn).query_nearest(points, all_matches=False)[1].tolist()
    assert [holding.count(n) for n in range(len(cells))] == [cell.number for cell in cells]
    assert sum(cell.number for cell in cells) == SPOTS


def test_hexagons_touch_without_gap_or_overlap(coordinator: Actor) -> None:
    east, north = TO_METRES.transform(17.95, 59.27)
    steps = [(east + 60 * x, north + 60 * y) for x in range(15) for y in range(15)]
    report(coordinator, *({"place": at(*TO_DEGREES.transform(*step))} for step in steps))
    metres = [
        shape(
            {
                "type": "Polygon",
                "coordinates": [
                    [TO_METRES.transform(*p) for p in json.loads(cell.geojson)["coordinates"][0]]
                ],
            }
        )
        for cell in counted(coordinator).cells
    ]
    areas = [area.area for area in metres]
    assert areas == pytest.approx([WIDTH_M**2 * 3**0.5 / 2] * len(areas), rel=0.02)
    whole = metres[0]
    for area in metres[1:]:
        whole = whole.union(area.buffer(2))
    assert whole.geom_type == "Polygon"
    assert sum(areas) == pytest.approx(whole.area, rel=0.02)


def test_the_grid_lies_still_whatever_is_in_it(coordinator: Actor) -> None:
    report(coordinator, {})
    [alone] = counted(coordinator).cells
    report(coordinator, {"place": at(17.91, 59.22)}, {})
    fullest = counted(coordinator).cells[0]
    assert (fullest.geojson, fullest.number) == (alone.geojson, 2)


@pytest.mark.parametrize(("metres", "inside"), [(None, 1), (125, 1), (126, 0)])
def test_a_place_wider_than_a_hexagon_is_in_none(
    coordinator: Actor, metres: int | None, inside: int
) -> None:
    report(coordinator, {"place_precision_m": metres})
    found = counted(coordinator)
    assert (len(found.cells), found.uncertain) == (inside, 1 - inside)


@pytest.mark.parametrize(("degrees", "inside"), [(0.0020, 1), (0.0024, 0)])
def test_a_line_longer_than_a_hexagon_is_in_none(
    coordinator: Actor, degrees: float, inside: int
) -> None:
    ends = f"[17.95,59.27],[17.95,{59.27 + degrees}]"  # 223 m and 267 m
    report(coordinator, {"place": GeoJson(f'{{"type":"LineString","coordinates":[{ends}]}}')})
    found = counted(coordinator)
    assert (len(found.cells), found.uncertain) == (inside, 1 - inside)


def test_a_sensitive_incident_of_others_is_counted_where_its_square_is(
    member: Actor, firefighter: Actor
) -> None:
    report(member, {"category": "STO01", "place": at(17.9509, 59.2709)})
    [theirs], [own] = counted(firefighter).cells, counted(member).cells
    with reading(firefighter.gate) as session:
        [row] = service.listing(session, firefighter, Filter(), limit=2)
    assert row.place is not None
    square = Point(json.loads(row.place)["coordinates"])
    assert shape(json.loads(theirs.geojson)).covers(square)
    assert shape(json.loads(own.geojson)).covers(Point(17.9509, 59.2709))


def test_two_places_of_one_square_are_one_hexagon_to_others(
    member: Actor, firefighter: Actor
) -> None:
    """However a hexagon's edge cuts the square, nothing tells on which side of it they were."""
    east, north = TO_METRES.transform(17.95, 59.27)
    corner = (east // 100 * 100, north // 100 * 100)
    spots = [
        TO_DEGREES.transform(corner[0] + x, corner[1] + y) for x in (1, 99) for y in (1, 50, 99)
    ]
    report(member, *({"category": "STO01", "place": at(*spot)} for spot in spots))
    assert [cell.number for cell in counted(firefighter).cells] == [len(spots)]


def test_a_blocked_incident_of_others_is_in_no_hexagon(member: Actor, firefighter: Actor) -> None:
    report(member, {"category": "VAL05"})
    assert counted(firefighter) == Hexagons((), 0)
    assert len(counted(member).cells) == 1


def test_what_an_organisation_keeps_to_itself_is_in_no_hexagon(
    member: Actor, firefighter: Actor
) -> None:
    report(member, {"visibility": "egen"})
    assert counted(firefighter) == Hexagons((), 0)


@pytest.mark.parametrize("changes", [{"verification": "avfardad"}, {"place": None}])
def test_what_is_not_counted_or_not_located_is_in_no_hexagon(
    coordinator: Actor, changes: dict[str, Changes]
) -> None:
    report(coordinator, changes)
    assert counted(coordinator) == Hexagons((), 0)


def test_the_filter_of_the_list_holds(coordinator: Actor) -> None:
    report(coordinator, {}, {"category": "ORD01"})
    assert [cell.number for cell in counted(coordinator, Filter(category="ORD")).cells] == [1]


def test_a_hexagon_is_named_by_what_most_say_of_the_place(coordinator: Actor) -> None:
    report(coordinator, {"place_text": "Torget"}, {}, {"place_text": "Torget"}, {"place_text": "A"})
    [cell] = counted(coordinator).cells
    with reading(coordinator.gate) as session:
        [row, *_] = service.listing(session, coordinator, Filter(), limit=9)
    assert (cell.place_text, cell.district_id) == ("Torget", row.district_id)


def test_the_place_of_a_sensitive_incident_names_no_hexagon_for_others(
    member: Actor, firefighter: Actor
) -> None:
    report(member, {"category": "STO01", "place": NORTH, "place_text": "Port 7"})
    [cell] = counted(firefighter).cells
    assert cell.place_text == ""


def test_the_fullest_hexagon_is_first(coordinator: Actor) -> None:
    report(coordinator, {"place": at(17.91, 59.22)}, {}, {})
    assert [cell.number for cell in counted(coordinator).cells] == [2, 1]
