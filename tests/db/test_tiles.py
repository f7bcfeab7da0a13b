"""Vector tiles: everything a filter finds, once, as the scope sees it, and never too much."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from lagesbild.base.db import reading, transaction
from lagesbild.base.geo import Box, Tile
from lagesbild.incidents import service
from lagesbild.incidents.rules import Filter, GeoJson, TimePrecision
from lagesbild.incidents.service import tiles
from lagesbild.people.rules import Actor, system
from tests.build import NOW, draft
from tests.tiles import features, tile_of

A, C, D = "BRA01", "STO01", "VAL05"  # open, sensitive, blocked
AT = (17.951234, 59.271234)
MAX_BYTES = 100 * 1024
NEAR = 9  # places within a few metres

Store = Callable[..., None]


def point(longitude: float, latitude: float) -> GeoJson:
    return GeoJson(f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}')


def line(*at: tuple[float, float]) -> GeoJson:
    corners = ",".join(f"[{x},{y}]" for x, y in at)
    return GeoJson(f'{{"type":"LineString","coordinates":[{corners}]}}')


@pytest.fixture
def store(member: Actor) -> Store:
    """Return a function that stores incidents of the police at places."""
    clock = system(member.group, member.organisation_id)

    def stored(places: Sequence[GeoJson], **changes: object) -> None:
        usual = {"organisation_id": member.organisation_id} | changes
        made = [draft(place=place, **usual) for place in places]
        with transaction(clock.gate) as session:
            service.report_all(session, clock, made, now=NOW)

    return stored


def seen(actor: Actor, of: Tile, **wanted: object) -> list[dict[str, object]]:
    with reading(actor.gate) as session:
        body = tiles.tile(session, actor, Filter(**wanted), of)  # type: ignore[arg-type]  # the filter's own fields
    assert len(body) <= MAX_BYTES
    return features(body, of)


def children(of: Tile) -> list[Tile]:
    return [
        Tile(of.zoom + 1, 2 * of.column + right, 2 * of.row + down)
        for right in (0, 1)
        for down in (0, 1)
    ]


def number(found: list[dict[str, object]]) -> int:
    return sum(int(str(each["n"])) for each in found)


def test_the_four_tiles_below_hold_what_the_one_above_holds(member: Actor, store: Store) -> None:
    draw = random.Random(3)  # noqa: S311 – the same points each time
    store([point(draw.uniform(17.91, 17.99), draw.uniform(59.21, 59.29)) for _ in range(60)])
    top = tile_of(*AT, 8)
    assert number(seen(member, top)) == 60
    level = [top]
    for _ in range(8, 15):
        level = [below for each in level for below in children(each) if seen(member, each)]
        assert sum(number(seen(member, each)) for each in level) == 60


@pytest.mark.parametrize("zoom", [8, 11, 12, 15])
def test_a_point_on_the_edge_of_tiles_is_in_one_of_them(
    zoom: int, member: Actor, store: Store
) -> None:
    corner = tile_of(*AT, zoom).box
    store([point(corner.west, corner.north)], outside=True)
    of = tile_of(*AT, zoom)
    around = [Tile(zoom, of.column - left, of.row - up) for left in (0, 1) for up in (0, 1)]
    assert sum(number(seen(member, each)) for each in around) == 1


def test_one_that_stands_alone_stands_exactly_and_says_which_it_is(
    member: Actor, store: Store
) -> None:
    store([point(*AT)], place_precision_m=150)
    [found] = seen(member, tile_of(*AT, 15))
    at = found.pop("at")
    assert (at.longitude, at.latitude) == pytest.approx(AT, abs=2e-6)  # type: ignore[attr-defined]
    reference = found.pop("reference")
    assert str(reference).startswith("L-2026-")
    assert found == {"n": 1, "group": "BRA", "kind": "polis", "precision_m": 150}


@pytest.mark.parametrize(
    ("changes", "is_unsure"),
    [
        ({"time_precision": TimePrecision.EXACT}, False),
        ({"time_precision": TimePrecision.DAY}, True),
        ({"time_precision": TimePrecision.UNKNOWN}, True),
        ({"time_precision": TimePrecision.WINDOW}, True),
        ({"occurred_to": NOW, "occurred_from": NOW - timedelta(hours=1)}, False),
        ({"occurred_to": NOW, "occurred_from": NOW - timedelta(minutes=61)}, True),
    ],
)
def test_a_time_that_nobody_knows_is_said_as_in_the_list(
    changes: dict[str, object], member: Actor, store: Store, *, is_unsure: bool
) -> None:
    store([point(*AT)], **changes)
    [found] = seen(member, tile_of(*AT, 15))
    assert bool(found.get("unsure_time")) is is_unsure


def test_a_place_that_is_sure_enough_has_no_circle(member: Actor, store: Store) -> None:
    store([point(*AT)], place_precision_m=10)
    [found] = seen(member, tile_of(*AT, 15))
    assert "precision_m" not in found


def test_those_that_stand_together_say_only_how_many(member: Actor, store: Store) -> None:
    store([point(*AT)] * 3)
    [found] = seen(member, tile_of(*AT, 15))
    assert found.keys() == {"n", "at"}
    assert found["n"] == 3


def test_a_line_is_counted_where_its_middle_is(member: Actor, store: Store) -> None:
    west, north = AT
    store([line((west - 0.015, north), (west + 0.015, north))])
    assert number(seen(member, tile_of(west, north, 15))) == 1
    assert seen(member, tile_of(west - 0.014, north, 15)) == []


def test_without_a_place_nothing_is_drawn(member: Actor, store: Store) -> None:
    store([None], district="norra-as")
    assert seen(member, tile_of(*AT, 8)) == []


@pytest.mark.parametrize(("code", "drawn"), [(A, 1), (C, 1), (D, 0)])
def test_another_organisation_sees_of_a_place_what_its_type_allows(
    code: str, drawn: int, firefighter: Actor, store: Store
) -> None:
    store([point(*AT)], category=code)
    assert number(seen(firefighter, tile_of(*AT, 15))) == drawn


def test_a_sensitive_place_stands_in_the_middle_of_its_square(
    firefighter: Actor, store: Store
) -> None:
    store([point(*AT)], category=C)
    with reading(firefighter.gate) as session:
        [row] = service.listing(session, firefighter, Filter(), limit=2)
    [found] = seen(firefighter, tile_of(*AT, 15))
    at = found["at"]
    assert f"{at.longitude:.4f},{at.latitude:.4f}" != f"{AT[0]:.4f},{AT[1]:.4f}"  # type: ignore[attr-defined]
    shown = [float(part) for part in str(row.place).split("[")[1].rstrip("]}").split(",")]
    assert (at.longitude, at.latitude) == pytest.approx(shown, abs=2e-6)  # type: ignore[attr-defined]


def squares(actor: Actor, store: Store, zoom: int) -> tuple[list[int], Counter[GeoJson | None]]:
    """Store nine sensitive places side by side; return what tiles draw and a list shows of them."""
    draw = random.Random(4)  # noqa: S311 – the same points each time
    near = [
        point(AT[0] + draw.uniform(0, 1e-4), AT[1] + draw.uniform(0, 1e-4)) for _ in range(NEAR)
    ]
    store(near, category=C)
    with reading(actor.gate) as session:
        rows = service.listing(session, actor, Filter(), limit=20)
    of = tile_of(*AT, zoom)
    around = [
        Tile(zoom, of.column + right, of.row + down) for right in (-1, 0, 1) for down in (-1, 0, 1)
    ]
    drawn = [int(str(f["n"])) for each in around for f in seen(actor, each)]
    return drawn, Counter(row.place for row in rows)


@pytest.mark.parametrize("zoom", range(8, 16))
def test_the_squares_of_sensitive_places_do_not_tell_the_places(
    zoom: int, firefighter: Actor, store: Store
) -> None:
    """Two places in one square of 100 m are drawn as one, whichever tiles they lie in."""
    drawn, shown = squares(firefighter, store, zoom)
    assert len(drawn) <= len(shown) < NEAR
    assert sum(drawn) == sum(shown.values()) == NEAR


@pytest.mark.parametrize("zoom", [14, 15])
def test_close_by_each_square_of_sensitive_places_is_drawn_as_one(
    zoom: int, firefighter: Actor, store: Store
) -> None:
    drawn, shown = squares(firefighter, store, zoom)
    assert sorted(drawn) == sorted(shown.values())


def test_what_its_owner_keeps_is_in_no_tile_of_others(firefighter: Actor, store: Store) -> None:
    store([point(*AT)], visibility="egen")
    assert seen(firefighter, tile_of(*AT, 12)) == []


def test_a_tile_obeys_the_filter(member: Actor, store: Store) -> None:
    store([point(*AT)], category=A)
    store([point(*AT)], category=C)
    store([point(*AT)], category=A, occurred_from=NOW - timedelta(days=30))
    found = seen(member, tile_of(*AT, 12), category="BRA", start=NOW - timedelta(days=7))
    assert number(found) == 1


def test_a_box_leaves_out_what_lies_outside_it(member: Actor, store: Store) -> None:
    west, north = AT
    store([point(*AT), point(west + 0.002, north)])
    of = tile_of(west, north, 12)
    assert number(seen(member, of, box=Box(west - 0.001, north - 1, west + 0.001, north))) == 1
    assert seen(member, of, box=Box(0, 0, 1, 1)) == []


@pytest.mark.parametrize("zoom", [6, 12, 14, 15])
def test_a_line_that_reaches_into_a_box_is_where_its_middle_is(
    zoom: int, member: Actor, store: Store
) -> None:
    west, north = AT
    store([line((west, north), (west + 0.03, north + 0.012))])
    box = Box(west + 0.029, north + 0.011, west + 0.03, north + 0.012)
    [found] = seen(member, tile_of(west + 0.015, north + 0.006, zoom), box=box)
    assert found["n"] == 1


def test_a_crowded_tile_is_no_larger_than_its_grid(member: Actor, store: Store) -> None:
    draw = random.Random(5)  # noqa: S311 – the same points each time
    box = tile_of(*AT, 14).box
    store(
        [
            point(draw.uniform(box.west, box.east), draw.uniform(box.south, box.north))
            for _ in range(1500)
        ],
        outside=True,
    )
    found = seen(member, tile_of(*AT, 14))
    assert len(found) <= 256
    assert number(found) == 1500
