"""The newest of a box, read cell by cell, are those that a plain look at every row gives."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from lagesbild.base.db import reading, transaction
from lagesbild.base.geo import Box
from lagesbild.incidents import service
from lagesbild.incidents.rules import Draft, Filter, GeoJson
from lagesbild.people.rules import Actor, system
from tests.build import NOW, draft

SPOTS = 80
BACK = [timedelta(weeks=weeks) for weeks in (0, 0, 1, 2, 8, 9, 32, 128, 200, 1000)]


def at(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}')


@pytest.fixture
def stored(coordinator: Actor) -> list[tuple[float, float, Draft]]:
    """Points all over two districts, some at the same moment, the oldest of them twenty years ago.

    Some happened at the border of what is looked through at once.
    """
    draw = random.Random(1)  # noqa: S311 – the same points each time
    found = []
    for _ in range(SPOTS):
        x, y = round(draw.uniform(17.91, 17.99), 6), round(draw.uniform(59.21, 59.29), 6)
        when = NOW - draw.choice(BACK) - timedelta(microseconds=draw.randrange(3))
        one = draft(organisation_id=coordinator.organisation_id, place=at(x, y), occurred_from=when)
        found.append((x, y, one))
    clock = system(coordinator.group, coordinator.organisation_id)
    with transaction(clock.gate) as session:
        service.report_all(session, clock, [one for _, _, one in found], now=NOW)
    return found


def newest(rows: list[tuple[float, float, Draft]], box: Box) -> list[str]:
    inside = [
        one for x, y, one in rows if box.west <= x <= box.east and box.south <= y <= box.north
    ]
    inside.sort(key=lambda one: (one.facts.occurred_from, one.id), reverse=True)
    return [str(one.id) for one in inside]


@pytest.mark.parametrize("width", [0.004, 0.011, 0.03, 0.08])
def test_a_box_gives_its_newest_whatever_cells_it_cuts(
    width: float, coordinator: Actor, stored: list[tuple[float, float, Draft]]
) -> None:
    draw = random.Random(2)  # noqa: S311 – the same boxes each time
    with reading(coordinator.gate) as session:
        for _ in range(15):
            west, south = draw.uniform(17.90, 17.99), draw.uniform(59.20, 59.29)
            box = Box(west, south, west + width, south + width / 2)
            for limit in (1, 3, 200):
                rows = service.listing(session, coordinator, Filter(box=box), limit=limit)
                assert [str(row.id) for row in rows] == newest(stored, box)[:limit]


@pytest.mark.parametrize("start", [None, *BACK])
@pytest.mark.parametrize("limit", [1, 5, 200])
def test_a_box_gives_the_newest_of_a_time(
    limit: int,
    start: timedelta | None,
    coordinator: Actor,
    stored: list[tuple[float, float, Draft]],
) -> None:
    box = Box(17.91, 59.21, 17.99, 59.29)
    since = None if start is None else NOW - start
    inside = [each for each in stored if since is None or each[2].facts.occurred_from >= since]
    for end in (NOW, NOW - timedelta(microseconds=1), NOW - timedelta(weeks=8)):
        wanted = Filter(box=box, start=since, end=end)
        before = [each for each in inside if each[2].facts.occurred_from < end]
        with reading(coordinator.gate) as session:
            rows = service.listing(session, coordinator, wanted, limit=limit)
        assert [str(row.id) for row in rows] == newest(before, box)[:limit]


@pytest.mark.parametrize("back", [timedelta(0), timedelta(weeks=3)])
def test_a_box_ends_where_it_says(back: timedelta, coordinator: Actor) -> None:
    west, south, step = 17.9472, 59.2371, 1e-7  # a centimetre at most
    one = draft(
        organisation_id=coordinator.organisation_id,
        place=at(west, south),
        occurred_from=NOW - back,
    )
    clock = system(coordinator.group, coordinator.organisation_id)
    with transaction(clock.gate) as session:
        service.report_all(session, clock, [one], now=NOW)
    with_it = [
        Box(west, south, west, south),
        Box(west - 1, south - 1, west, south),
        Box(west, south, west + 1, south + 1),
    ]
    beside = [
        Box(west - 1, south - 1, west - step, south + 1),
        Box(west + step, south - 1, west + 1, south + 1),
        Box(west - 1, south - 1, west + 1, south - step),
        Box(west - 1, south + step, west + 1, south + 1),
    ]
    with reading(coordinator.gate) as session:
        for boxes, number in ((with_it, 1), (beside, 0)):
            for box in boxes:
                rows = service.listing(session, coordinator, Filter(box=box), limit=5)
                assert (box, len(rows)) == (box, number)


def test_a_box_of_the_first_days_of_the_calendar_is_empty(coordinator: Actor) -> None:
    end = datetime(1, 1, 5, tzinfo=UTC)
    wanted = Filter(box=Box(17.91, 59.21, 17.99, 59.29), end=end)
    with reading(coordinator.gate) as session:
        assert service.listing(session, coordinator, wanted, limit=5) == []


def test_pages_of_a_box_meet_without_a_gap(
    coordinator: Actor, stored: list[tuple[float, float, Draft]]
) -> None:
    box, after, seen = Box(17.92, 59.22, 17.98, 59.28), None, []
    with reading(coordinator.gate) as session:
        while True:
            wanted = Filter(box=box)
            rows = service.listing(session, coordinator, wanted, limit=7, after=after)
            seen += [str(row.id) for row in rows]
            if not rows:
                break
            after = rows[-1].cursor()
    assert seen == newest(stored, box)


def test_a_list_gets_its_numbers_in_its_own_order(
    coordinator: Actor, stored: list[tuple[float, float, Draft]]
) -> None:
    with reading(coordinator.gate) as session:
        rows = service.listing(session, coordinator, Filter(), limit=200)
    numbers = {row.id: row.reference for row in rows}
    given = [numbers[replace(one).id] for _, _, one in stored]
    assert all(first < second for first, second in pairwise(given))
