"""A layer of districts: what is read of it, and what it is refused for."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import reports, slivers
from lagesbild.exchange.rules.outlines.checked import Beside, Checked, checked
from lagesbild.exchange.rules.outlines.layers import Feature, Layer, Wanted
from lagesbild.exchange.rules.outlines.slivers import Flaw, Flaws

WANTED = Wanted("kommundel", date(2026, 1, 1))
WEST, EAST = box(18.0, 59.2, 18.1, 59.3), box(18.1, 59.2, 18.2, 59.3)
HECTARE = box(0, 0, 100, 100)


def layer(
    *objects: tuple[str | None, BaseGeometry], crs: str | None = None, key: str | None = None
) -> Layer:
    features = tuple(
        Feature(row, {"name": name} | ({"kod": key} if key else {}), shapely.to_wkb(shape))
        for row, (name, shape) in enumerate(objects, start=1)
    )
    return Layer(("name", *(["kod"] if key else [])), crs, features)


def check(found: Layer, wanted: Wanted = WANTED) -> Checked:
    return checked(found, wanted, Beside("Ås kommun"))


def refusal(found: Layer, wanted: Wanted = WANTED) -> str:
    with pytest.raises(InvalidError) as caught:
        check(found, wanted)
    return str(caught.value)


def test_two_neighbours_are_two_districts_with_keys_from_their_names() -> None:
    found = check(layer(("Västra Ås", WEST), ("Östra Ås", EAST)))
    assert [(d.key, d.name) for d in found.districts] == [
        ("vastra-as", "Västra Ås"),
        ("ostra-as", "Östra Ås"),
    ]


def test_an_area_is_stored_as_it_stands_in_the_file() -> None:
    [district] = check(layer(("Ås", WEST))).districts
    stored = shapely.from_wkb(district.wkb)
    assert isinstance(stored, MultiPolygon)
    assert stored.equals(WEST)


def test_heights_are_left_out() -> None:
    high = shapely.force_3d(WEST, 12)
    assert not shapely.from_wkb(check(layer(("Ås", high))).districts[0].wkb).has_z


def test_a_layer_in_metres_becomes_degrees_with_longitude_first() -> None:
    metres = box(669_000, 6_569_000, 670_000, 6_570_000)
    [district] = check(layer(("Huddinge", metres), crs="EPSG:3006")).districts
    west, south, _, _ = shapely.from_wkb(district.wkb).bounds
    assert (round(west, 2), round(south, 2)) == (17.96, 59.23)


def test_the_area_is_measured_on_the_ground() -> None:
    metres = box(669_000, 6_569_000, 671_000, 6_570_000)
    found = check(layer(("Huddinge", metres), crs="EPSG:3006"))
    assert found.square_km["Huddinge"] == pytest.approx(2, rel=1e-6)


def test_an_empty_layer_is_refused() -> None:
    assert refusal(layer()) == "Filen har inga områden."


@pytest.mark.parametrize("shape", [Point(18, 59), LineString([(18, 59), (18.1, 59)]), Polygon()])
def test_what_is_not_an_area_is_refused_by_its_row(shape: BaseGeometry) -> None:
    sentence = refusal(layer(("Västra Ås", WEST), ("Östra Ås", shape)))
    assert sentence == "Område 2 i filen (”Östra Ås”) är inte en hel yta. Rita om den."


def test_an_object_without_a_shape_is_refused_by_its_row() -> None:
    found = layer(("Ås", WEST))
    bare = replace(found, features=(replace(found.features[0], wkb=None),))
    assert refusal(bare).startswith("Område 1 i filen (”Ås”) är inte en hel yta.")


def test_swapped_axes_are_told() -> None:
    swapped = box(59.2, 18.0, 59.3, 18.1)
    assert "latitud och longitud i fel ordning" in refusal(layer(("Ås", swapped)))


def test_metres_without_a_coordinate_system_are_told() -> None:
    metres = box(669_000, 6_569_000, 670_000, 6_570_000)
    assert "koordinater som inte är grader" in refusal(layer(("Ås", metres)))


def test_an_area_abroad_is_refused() -> None:
    assert "utanför Sverige" in refusal(layer(("Oslo", box(9.5, 59.9, 10.0, 60.0))))


@pytest.mark.parametrize(("west", "good"), [(10.03, True), (10.02, False)])
def test_sweden_ends_where_its_coordinate_system_does(west: float, *, good: bool) -> None:
    shape = box(west, 59, 10.1, 59.1)
    if good:
        assert len(check(layer(("Ås", shape))).districts) == 1
    else:
        assert "utanför Sverige" in refusal(layer(("Ås", shape)))


def test_an_unknown_coordinate_system_is_told() -> None:
    assert "Koordinatsystemet EPSG:999999 är okänt" in refusal(
        layer(("Ås", WEST), crs="EPSG:999999")
    )


# --- Names and keys -------------------------------------------------------------------------


def test_a_layer_without_a_name_field_is_told_which_fields_there_are() -> None:
    found = Layer(("id", "kommun"), None, (Feature(1, {"id": 1, "kommun": 2}, None),))
    assert "med --name. De som finns: id, kommun." in refusal(found)


def test_a_field_that_is_missing_is_named_with_those_there_are() -> None:
    sentence = refusal(layer(("Ås", WEST)), replace(WANTED, name="omrade"))
    assert sentence == "Fältet omrade finns inte i filen. De som finns: name."


def test_a_field_may_be_spelled_with_other_letters() -> None:
    [district] = check(layer(("Ås", WEST)), replace(WANTED, name="NAME")).districts
    assert district.name == "Ås"


@pytest.mark.parametrize("name", [None, "", "  ", "å" * 81, "Å\x1bs"])
def test_an_object_without_a_fit_name_is_refused_by_its_row(name: str | None) -> None:
    sentence = refusal(layer(("Västra Ås", WEST), (name, EAST)))
    assert sentence.startswith("Område 2 i filen har inget namn i fältet name")


def test_a_name_of_80_letters_is_kept() -> None:
    [district] = check(layer(("å" * 80, WEST))).districts
    assert len(district.name) == 80


def test_a_name_with_a_personal_number_is_refused_without_repeating_it() -> None:
    sentence = refusal(layer(("Ås 811228-9874", WEST)))
    assert "personnummer" in sentence
    assert "9874" not in sentence


@pytest.mark.parametrize("same", ["Ås", "ÅS", " Ås "])
def test_the_same_name_twice_is_refused_by_its_row(same: str) -> None:
    assert "heter som område 1 (”Ås”)" in refusal(layer(("Ås", WEST), (same, EAST)))


def test_the_same_key_twice_is_refused_by_its_row() -> None:
    sentence = refusal(layer(("Västra Ås", WEST), ("Östra Ås", EAST), key="1"))
    assert sentence.startswith("Område 2 i filen (”Östra Ås”) har samma nyckel som område 1")


@pytest.mark.parametrize(("value", "key"), [(5330110, "5330110"), (5330110.0, "5330110")])
def test_a_number_can_be_a_key(value: object, key: str) -> None:
    feature = Feature(1, {"namn": "Ås", "kod": value}, shapely.to_wkb(WEST))
    [district] = check(Layer(("namn", "kod"), None, (feature,))).districts
    assert district.key == key


def test_the_municipality_is_one_area_named_by_itself() -> None:
    feature = Feature(1, {}, shapely.to_wkb(WEST))
    [district] = check(Layer((), None, (feature,)), replace(WANTED, division="kommun")).districts
    assert (district.key, district.name) == ("kommun", "Ås kommun")


def test_a_municipality_of_two_areas_is_refused() -> None:
    two = layer(("Västra Ås", WEST), ("Östra Ås", EAST))
    assert "ska vara ett enda" in refusal(two, replace(WANTED, division="Kommun"))


# --- Mending --------------------------------------------------------------------------------


def test_an_outline_that_crosses_itself_is_refused() -> None:
    bow = Polygon([(18, 59), (18.1, 59.1), (18.1, 59), (18, 59.1)])
    assert "korsar sig själv" in refusal(layer(("Ås", bow)))


def test_a_spike_is_mended_and_told() -> None:
    spike = Polygon(
        [(18, 59.2), (18.1, 59.2), (18.1, 59.3), (18.05, 59.3), (18.05, 59.35), (18.05, 59.3),
         (18, 59.3)]
    )  # fmt: skip
    found = check(layer(("Ås", spike)))
    assert found.repaired == ("Ås",)
    assert shapely.from_wkb(found.districts[0].wkb).equals(box(18, 59.2, 18.1, 59.3))


def test_a_stray_line_beside_an_area_is_dropped_and_told() -> None:
    stray = GeometryCollection([WEST, LineString([(18.1, 59.3), (18.2, 59.4)])])
    found = check(layer(("Ås", stray)))
    assert found.repaired == ("Ås",)
    assert any("lagades" in line for line in reports.district_lines(found, WANTED, dry_run=False))


# --- Overlaps and gaps ----------------------------------------------------------------------


def test_neighbours_that_share_a_border_have_no_flaws() -> None:
    assert slivers.flaws([HECTARE, box(100, 0, 200, 100)], ["a", "b"]) == Flaws()


def test_an_overlap_is_measured_and_named() -> None:
    found = slivers.flaws([HECTARE, box(90, 0, 200, 100)], ["a", "b"])
    assert found == Flaws(overlaps=(Flaw(0.1, ("a", "b")),))


def test_a_hole_between_districts_is_a_gap() -> None:
    ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
    halves = [ring.intersection(box(0, 0, 300, 150)), ring.intersection(box(0, 150, 300, 300))]
    [gap] = slivers.flaws(halves, ["a", "b"]).gaps
    assert (round(gap.hectares, 9), gap.names) == (1, ("a", "b"))


def test_a_district_inside_the_hole_of_another_leaves_no_gap() -> None:
    ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
    assert slivers.flaws([ring, box(100, 100, 200, 200)], ["a", "b"]) == Flaws()


def test_an_island_in_a_lake_makes_the_gap_smaller() -> None:
    ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
    [gap] = slivers.flaws([ring, box(140, 140, 160, 160)], ["a", "b"]).gaps
    assert gap.hectares == pytest.approx(0.96)


def test_open_water_outside_everything_is_no_gap() -> None:
    assert slivers.flaws([HECTARE, box(300, 0, 400, 100)], ["a", "b"]) == Flaws()


@pytest.mark.parametrize(("width", "number"), [(0.009, 0), (0.011, 1)])
def test_less_than_a_square_metre_is_noise(width: float, number: int) -> None:
    found = slivers.flaws([HECTARE, box(100 - width, 0, 200, 100)], ["a", "b"])
    assert len(found.overlaps) == number


@pytest.mark.parametrize("field", ["overlaps", "gaps"])
def test_exactly_a_hectare_of_flaws_is_let_through(field: str) -> None:
    slivers.refuse(Flaws(**{field: (Flaw(0.5, ("a", "b")), Flaw(0.5, ("a", "c")))}))


@pytest.mark.parametrize(("field", "word"), [("overlaps", "2 överlapp"), ("gaps", "2 luckor")])
def test_more_than_a_hectare_of_flaws_is_refused(field: str, word: str) -> None:
    with pytest.raises(InvalidError, match=f"{word} på tillsammans 1,01 hektar"):
        slivers.refuse(Flaws(**{field: (Flaw(0.51, ("a", "b")), Flaw(0.5, ("a", "c")))}))


def test_flaws_that_are_accepted_are_still_told() -> None:
    apart = box(18.099, 59.2, 18.2, 59.3)
    found = check(layer(("a", WEST), ("b", apart)), replace(WANTED, accept_slivers=True))
    lines = reports.district_lines(found, WANTED, dry_run=False)
    assert any(line.startswith("Områdena går inte riktigt ihop: 1 överlapp") for line in lines)


def test_flaws_that_are_not_accepted_name_the_districts() -> None:
    sentence = refusal(layer(("a", WEST), ("b", box(18.099, 59.2, 18.2, 59.3))))
    assert "vid ”a” och ”b”" in sentence


def test_a_municipality_may_have_a_hole() -> None:
    ring = box(18, 59, 18.2, 59.2).difference(box(18.05, 59.05, 18.1, 59.1))
    assert check(layer(("Ås", ring)), replace(WANTED, division="kommun")).flaws.gaps


@pytest.mark.parametrize(("code", "good"), [("2", True), ("3", False), ("", False)])
def test_of_several_municipalities_the_one_with_the_code_is_taken(code: str, *, good: bool) -> None:
    two = layer(("1", WEST), ("2", EAST))
    whole = replace(WANTED, division="kommun")
    if good:
        [district] = checked(two, whole, Beside("Ås kommun", code)).districts
        assert shapely.from_wkb(district.wkb).equals(EAST)
    else:
        with pytest.raises(InvalidError, match="eller ha kommunens kod i ett fält"):
            checked(two, whole, Beside("Ås kommun", code))
