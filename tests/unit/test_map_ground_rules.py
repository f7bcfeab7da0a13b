"""What the schematic ground says at a zoom, and which stops are one."""

from uuid import UUID

import orjson
import pytest

from lagesbild.base.geo import Point
from lagesbild.districts.rules import Ground
from lagesbild.maps.rules import ground
from lagesbild.places.rules import Place, apart


def stop(name: str, longitude: float = 18.0) -> Place:
    return Place(UUID(int=0), name, name, "hållplats", Point(longitude, 59.2))


@pytest.mark.parametrize(
    ("zoom", "level"), [(0, 0), (11, 0), (12, 1), (13, 1), (14, 2), (24, 2), (99, 2)]
)
def test_each_zoom_has_its_level(zoom: int, level: int) -> None:
    assert ground.level(zoom) is ground.LEVELS[level]


def test_only_the_closest_level_has_stops() -> None:
    assert [level.has_stops for level in ground.LEVELS] == [False, False, True]


def test_stops_are_one_feature_with_a_name_for_each_position() -> None:
    [found] = ground.stops([stop("Ås"), stop("By", 18.1234567)])
    said = orjson.loads(orjson.dumps(found))
    assert said["geometry"] == {
        "type": "MultiPoint",
        "coordinates": [[18.0, 59.2], [18.12346, 59.2]],
    }
    assert said["properties"] == {"kind": "stops", "names": ["Ås", "By"]}


def test_without_stops_there_is_no_feature_of_them() -> None:
    assert ground.stops([]) == []


@pytest.mark.parametrize(("division", "kind"), [("tatort", "built"), ("grannar", "neighbour")])
def test_an_area_says_what_it_is(division: str, kind: str) -> None:
    found = ground.area(Ground(division, "By", '{"type":"Polygon","coordinates":[]}', 18, 59))
    assert found["properties"] == {"kind": kind, "name": "By", "at": [18, 59]}


def test_the_posts_of_a_stop_are_one_stop() -> None:
    posts = [stop("Ås"), stop("ås", 18.005), stop("By", 18.001)]
    assert [(p.name, p.point.longitude) for p in apart(posts)] == [("Ås", 18.0), ("By", 18.001)]


def test_stops_of_one_name_far_apart_are_two() -> None:
    assert len(apart([stop("Ås"), stop("Ås", 18.006)])) == 2
