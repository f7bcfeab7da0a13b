"""How districts fit the municipality's own outline: what is missing, and a wrong datum."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from pyproj import Transformer
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import fit, reports
from lagesbild.exchange.rules.outlines.areas import in_degrees
from lagesbild.exchange.rules.outlines.checked import Beside, checked
from lagesbild.exchange.rules.outlines.fit import Fit, Offset, Piece
from lagesbild.exchange.rules.outlines.layers import Feature, Layer, Wanted

WEST, SOUTH = 669_000, 6_569_000
WANTED = Wanted("kommundel", date(2026, 1, 1))
INTO_RT90 = Transformer.from_crs(4326, 4124, always_xy=True)


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    """Return a rectangle in metres from a corner in Huddinge."""
    return box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


OWN = shapely.to_wkb(in_degrees(rectangle(0, 0, 4000, 4000)))
HALVES = [rectangle(0, 0, 2000, 4000), rectangle(2000, 0, 4000, 4000)]


def fitted(*metres: BaseGeometry) -> Fit:
    return fit.fit(metres, [str(number) for number in range(len(metres))], OWN)


def wrong(metres: BaseGeometry) -> BaseGeometry:
    """Return an area of SWEREF 99 TM in degrees of RT90 that say they are WGS 84."""
    return shapely.transform(in_degrees(metres), INTO_RT90.transform, interleaved=False)


def test_districts_that_fill_the_municipality_fit() -> None:
    found = fitted(*HALVES)
    assert (found.missing, found.outside) == pytest.approx((0, 0), abs=0.01)
    assert found.missing_pieces == found.outside_pieces == ()


def test_what_a_district_leaves_at_the_outer_border_is_found() -> None:
    found = fitted(HALVES[0], rectangle(2000, 0, 3500, 4000))
    assert found.missing == pytest.approx(200, rel=1e-3)
    assert [piece.near for piece in found.missing_pieces] == ["1"]


def test_what_lies_outside_is_found() -> None:
    found = fitted(HALVES[0], rectangle(2000, 0, 4500, 4000))
    assert found.outside == pytest.approx(200, rel=1e-3)
    assert [piece.near for piece in found.outside_pieces] == ["1"]


@pytest.mark.parametrize(("width", "pieces"), [(245, 0), (255, 1)])
def test_a_strip_along_the_border_is_another_way_to_draw_it(width: float, pieces: int) -> None:
    found = fitted(HALVES[0], rectangle(2000, 0, 4000 - width, 4000))
    assert len(found.missing_pieces) == pieces
    assert found.missing > 90


def test_nothing_is_said_of_less_than_a_hectare() -> None:
    assert reports.fit_lines(Fit(0.99, 0.99, (), (), None)) == []


def test_strips_are_told_as_such() -> None:
    assert reports.fit_lines(Fit(53, 166, (), (), None)) == [
        "Jämfört med kommunens egen gräns saknas 53 hektar, och 166 hektar ligger utanför.",
        "Det är smala remsor: gränserna är olika noga ritade.",
    ]


def test_a_missing_district_is_told_with_the_one_beside_it() -> None:
    lines = reports.fit_lines(Fit(1209, 0, (Piece(1160, "Trångsund"),), (), None))
    assert lines[1:] == ["Se efter: 1160 hektar saknas vid ”Trångsund”."]


# --- The datum ------------------------------------------------------------------------------


def layer(*shapes: BaseGeometry) -> Layer:
    return Layer(
        ("namn",),
        None,
        tuple(
            Feature(row, {"namn": f"Del {row}"}, shapely.to_wkb(shape))
            for row, shape in enumerate(shapes, start=1)
        ),
    )


def check(found: Layer, wanted: Wanted = WANTED, own: bytes | None = OWN) -> Fit | None:
    return checked(found, wanted, Beside("Ås kommun", own=own)).fit


def test_a_layer_in_rt90_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidError) as caught:
        check(layer(*map(wrong, HALVES)))
    assert str(caught.value).startswith(
        "Lagret ligger omkring 200 m fel åt nordost: koordinaterna verkar vara i RT90."
    )
    assert "--accept-offset" in str(caught.value)


def test_a_layer_in_rt90_can_be_accepted() -> None:
    found = check(layer(*map(wrong, HALVES)), replace(WANTED, accept_offset=True))
    assert found is not None
    assert found.offset is not None
    assert found.offset.corrected_metres < 2
    assert found.offset.metres > 50


def test_a_layer_that_lies_right_has_no_offset() -> None:
    found = check(layer(*map(in_degrees, HALVES)))
    assert found is not None
    assert found.offset is None


def test_without_the_outline_of_the_municipality_nothing_is_noticed() -> None:
    assert check(layer(*map(wrong, HALVES)), own=None) is None


def test_districts_far_inside_say_nothing_about_the_datum() -> None:
    inner = wrong(rectangle(1000, 1000, 3000, 3000))
    found = check(layer(inner))
    assert found is not None
    assert found.offset is None


@pytest.mark.parametrize(("metres", "corrected", "noticed"), [(59, 10, False), (61, 10, True)])
def test_only_a_clear_difference_is_an_offset(
    metres: float, corrected: float, *, noticed: bool
) -> None:
    pairs = [(metres, corrected)] * 40
    assert (fit.offset_of(pairs) is not None) is noticed


@pytest.mark.parametrize(("corrected", "noticed"), [(49, True), (51, False)])
def test_an_offset_is_three_times_as_far(corrected: float, *, noticed: bool) -> None:
    assert (fit.offset_of([(150, corrected)] * 40) is not None) is noticed


@pytest.mark.parametrize(("number", "noticed"), [(40, True), (39, False)])
def test_a_kilometre_of_border_is_needed(number: int, *, noticed: bool) -> None:
    assert (fit.offset_of([(150, 10)] * number) is not None) is noticed


@pytest.mark.parametrize(("far", "noticed"), [(399, True), (400, False)])
def test_borders_far_from_the_outline_are_left_out(far: float, *, noticed: bool) -> None:
    assert (fit.offset_of([(far, 10)] * 40) is not None) is noticed


def test_an_offset_is_told_in_whole_metres() -> None:
    with pytest.raises(InvalidError, match=r"ligger 141 m från .* men bara 27 m om"):
        fit.refuse_offset(Fit(0, 0, (), (), Offset(140.6, 27.4)))
