"""What lies near a border: within 50 metres of another district, measured in SWEREF 99 TM."""

from datetime import date
from uuid import UUID

import pytest
from pyproj import Transformer
from shapely import box, to_wkb
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.ops import nearest_points
from sqlalchemy import Connection, event

from lagesbild.base.db import reading, transaction
from lagesbild.districts import service
from lagesbild.districts.rules import District, NewDistrict, Source, neighbour
from lagesbild.people.rules import Group, system
from tests.build import NOW

METRES = Transformer.from_crs(4326, 3006, always_xy=True)
DEGREES = Transformer.from_crs(3006, 4326, always_xy=True)
DAY = date(2026, 11, 18)
EDGE = [(17.948, 59.25), (17.952, 59.25)]  # a short piece of the border between the two squares


def beside(metres: float) -> str:
    """Return a point so many metres north of the border; less than nothing is south of it."""
    border = LineString([METRES.transform(*corner) for corner in EDGE])
    on = Point(METRES.transform(17.95, 59.25 + (0.001 if metres > 0 else -0.001)))
    foot, there = nearest_points(border, on)
    share = abs(metres) / foot.distance(there)
    x, y = foot.x + (there.x - foot.x) * share, foot.y + (there.y - foot.y) * share
    longitude, latitude = DEGREES.transform(x, y)
    return f'{{"type":"Point","coordinates":[{longitude:.9f},{latitude:.9f}]}}'


def located(group: Group, place: str, on: date = DAY) -> tuple[str, str]:
    with reading(system(group).gate) as session:
        found = service.locate(session, system(group), place, on=on)
    return found.district.name if found.district else "", found.near.name if found.near else ""


@pytest.mark.parametrize(
    ("metres", "found"),
    [
        (49.9, ("Norra Ås", "Södra Ås")),
        (50.1, ("Norra Ås", "")),
        (-49.9, ("Södra Ås", "Norra Ås")),
        (-50.1, ("Södra Ås", "")),
        (1.0, ("Norra Ås", "Södra Ås")),
    ],
)
def test_fifty_metres_are_near_on_both_sides(
    metres: float, found: tuple[str, str], group: Group
) -> None:
    assert located(group, beside(metres)) == found


def test_the_outer_border_has_nobody_on_its_other_side(group: Group) -> None:
    assert located(group, '{"type":"Point","coordinates":[17.95,59.2999]}') == ("Norra Ås", "")


def test_a_line_over_a_border_has_most_of_itself_somewhere_and_is_not_near(group: Group) -> None:
    line = '{"type":"LineString","coordinates":[[17.95,59.2499],[17.95,59.27]]}'
    assert located(group, line) == ("Norra Ås", "")


def test_the_borders_of_the_day_hold(group: Group) -> None:
    whole = [NewDistrict("0001-A", "Hela Ås", to_wkb(MultiPolygon([box(17.9, 59.2, 18.0, 59.3)])))]
    later = Source("kommundel", date(2026, 11, 1), "påhittad")
    with transaction(system(group).gate) as session:
        service.put_version(session, system(group), later, whole, now=NOW)
    assert located(group, beside(10)) == ("Hela Ås", "")
    assert located(group, beside(10), on=date(2026, 10, 31)) == ("Norra Ås", "Södra Ås")


def test_many_points_are_asked_in_one_statement(group: Group, connection: Connection) -> None:
    asked = [(beside(metres), DAY, None) for metres in (10, 60)] * 50
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with reading(system(group).gate) as session:
        statements.clear()
        found = service.neighbours(session, system(group), asked)
    assert len([each for each in statements if each.startswith(("SELECT", "WITH"))]) == 1
    assert [bool(each) for each in found] == [True, False] * 50


def test_no_points_ask_nothing(group: Group) -> None:
    with reading(system(group).gate) as session:
        assert service.neighbours(session, system(group), []) == []


def test_one_that_was_put_elsewhere_by_hand_is_near_no_border_it_does_not_have() -> None:
    north, south = (District(UUID(int=n), str(n), str(n), str(n)) for n in (1, 2))
    elsewhere = UUID(int=3)
    assert neighbour([north], elsewhere) is None
    assert neighbour([north, south], north.id) == south
    assert neighbour([north, south], south.id) == north
    assert neighbour([north, south], elsewhere) == north
    assert neighbour([], None) is None
