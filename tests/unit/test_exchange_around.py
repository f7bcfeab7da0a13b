"""Built-up areas and neighbours: what of a file is near, and what they are called."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from shapely import Polygon, box

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import around
from lagesbild.exchange.rules.outlines.areas import in_degrees
from lagesbild.exchange.rules.outlines.checked import Beside, Checked, checked
from lagesbild.exchange.rules.outlines.layers import Feature, Layer, Wanted

EAST, NORTH = 669_000, 6_569_000
NEIGHBOURS = Wanted("grannar", date(2026, 1, 1))
BUILT_UP = Wanted("Tätort", date(2026, 1, 1))


def square(column: float, *, width: float = 1) -> Polygon:
    """Return a square, in kilometres east of the municipality's western border."""
    west = EAST + column * 1000
    return box(west, NORTH, west + width * 1000, NORTH + width * 1000)


OWN = shapely.to_wkb(in_degrees(square(0, width=10)))


def layer(*objects: tuple[str | None, str, Polygon], field: str = "namn") -> Layer:
    return Layer(
        (field, "kommunkod"),
        "EPSG:3006",
        tuple(
            Feature(row, {field: name, "kommunkod": code}, shapely.to_wkb(shape))
            for row, (name, code, shape) in enumerate(objects, start=1)
        ),
    )


def check(found: Layer, wanted: Wanted = NEIGHBOURS, own: bytes | None = OWN) -> Checked:
    return checked(found, wanted, Beside("Ås kommun", "0001", own))


def names(found: Checked) -> list[str]:
    return [district.name for district in found.districts]


def refusal(found: Layer, wanted: Wanted = NEIGHBOURS, own: bytes | None = OWN) -> str:
    with pytest.raises(InvalidError) as caught:
        check(found, wanted, own)
    return str(caught.value)


def test_the_municipality_is_no_neighbour_of_its_own() -> None:
    found = check(layer(("Ås", "0001", square(0, width=10)), ("Berg", "0002", square(10))))
    assert names(found) == ["Berg"]


def test_a_built_up_area_of_the_municipality_is_kept() -> None:
    assert names(check(layer(("Ås", "0001", square(3))), BUILT_UP)) == ["Ås"]


@pytest.mark.parametrize(("column", "kept"), [(19.99, True), (20.01, False)])
def test_what_is_more_than_ten_kilometres_away_is_left_out(column: float, *, kept: bool) -> None:
    found = layer(("Nära", "0002", square(11)), ("Berg", "0003", square(column)))
    assert ("Berg" in names(check(found))) is kept


def test_a_file_of_other_parts_of_the_country_is_refused() -> None:
    assert refusal(layer(("Berg", "0002", square(60)))) == (
        "Inget område i filen ligger inom 10 km från kommunen."
    )


def test_areas_with_the_same_name_are_one() -> None:
    found = check(
        layer(("Ås", "", square(1)), ("Ås", "", square(3)), ("By", "", square(5))), BUILT_UP
    )
    assert names(found) == ["Ås", "By"]
    assert found.square_km["Ås"] == pytest.approx(2, rel=0.01)


def test_an_area_without_a_name_is_left_out() -> None:
    found = layer((None, "", square(1)), ("", "", square(3)), ("By", "", square(5)))
    assert names(check(found, BUILT_UP)) == ["By"]


def test_gaps_and_overlaps_are_as_they_are() -> None:
    found = layer(("Ås", "", square(1, width=3)), ("By", "", square(3)))
    assert check(found, BUILT_UP).flaws.overlaps == ()


def test_the_borders_are_not_compared_with_the_municipality() -> None:
    assert check(layer(("By", "", square(1))), BUILT_UP).fit is None


@pytest.mark.parametrize("field", ["name", "kommunnamn", "kommun", "NAMN1", "tatort", "Ortnamn"])
def test_the_usual_fields_of_names_are_found(field: str) -> None:
    assert names(check(layer(("By", "", square(1)), field=field), BUILT_UP)) == ["By"]


def test_a_field_can_be_chosen() -> None:
    found = layer(("By", "17", square(1)))
    assert names(check(found, replace(BUILT_UP, name="kommunkod"))) == ["17"]


def test_a_file_without_names_is_refused_with_its_fields() -> None:
    assert refusal(layer(("By", "", square(1)), field="beteckning")) == (
        "Välj fältet med områdenas namn med --name. De som finns: beteckning, kommunkod."
    )


def test_without_an_own_outline_a_small_file_is_taken_whole() -> None:
    found = layer(("Berg", "0002", square(60)), ("Ås", "0001", square(0)))
    assert names(check(found, own=None)) == ["Berg"]


def test_without_an_own_outline_a_file_of_the_country_is_refused() -> None:
    objects = [(f"By {n}", "", square(n)) for n in range(around.MOST_UNPICKED + 1)]
    assert len(names(check(layer(*objects[1:]), own=None))) == around.MOST_UNPICKED
    assert refusal(layer(*objects), own=None) == (
        "Filen har 101 områden, och bara de i närheten behövs. Läs in kommunens egen gräns"
        " först: --division kommun."
    )


def test_an_area_that_crosses_itself_is_told_by_its_name() -> None:
    bow = Polygon(
        [(EAST, NORTH), (EAST + 900, NORTH + 900), (EAST + 900, NORTH), (EAST, NORTH + 500)]
    )
    assert refusal(layer(("By", "", bow))).startswith("Område 1 i filen (”By”) har en gräns")
