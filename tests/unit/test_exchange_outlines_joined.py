"""Small areas joined to districts, by a field or a table, and what is mended between them."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from shapely import Polygon, box

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import reports
from lagesbild.exchange.rules.outlines.checked import Beside, Checked, checked
from lagesbild.exchange.rules.outlines.layers import Feature, Layer, Wanted
from lagesbild.exchange.rules.outlines.tables import Table, table

EAST, NORTH = 669_000, 6_569_000
WANTED = Wanted("kommundel", date(2026, 1, 1), group_by="del")


def square(column: float, row: float, *, width: float = 1000) -> Polygon:
    """Return a square of a kilometre, counted from a corner in Huddinge, in metres."""
    west, south = EAST + column * 1000, NORTH + row * 1000
    return box(west, south, west + width, south + 1000)


def layer(*objects: tuple[str, str | None, Polygon]) -> Layer:
    return Layer(
        ("deso", "del", "kommun"),
        "EPSG:3006",
        tuple(
            Feature(row, {"deso": code, "del": group, "kommun": "Ås"}, shapely.to_wkb(shape))
            for row, (code, group, shape) in enumerate(objects, start=1)
        ),
    )


FOUR = layer(
    ("A1", "Västra", square(0, 0)),
    ("A2", "Västra", square(0, 1)),
    ("B1", "Östra", square(1, 0)),
    ("B2", "Östra", square(1, 1)),
)


def check(found: Layer, wanted: Wanted = WANTED) -> Checked:
    return checked(found, wanted, Beside("Ås kommun"))


def refusal(found: Layer, wanted: Wanted = WANTED) -> str:
    with pytest.raises(InvalidError) as caught:
        check(found, wanted)
    return str(caught.value)


def test_areas_with_the_same_value_become_one_district() -> None:
    found = check(FOUR)
    assert [(d.key, d.name) for d in found.districts] == [
        ("vastra", "Västra"),
        ("ostra", "Östra"),
    ]
    assert found.square_km == pytest.approx({"Västra": 2, "Östra": 2}, rel=1e-6)


def test_a_joined_district_has_no_border_inside() -> None:
    [outline] = shapely.from_wkb(check(FOUR).districts[0].wkb).geoms
    assert len(outline.exterior.coords) == 7  # two squares, the shared corners kept
    assert not outline.interiors


def test_the_report_says_how_many_were_joined() -> None:
    assert "4 områden slogs ihop till 2." in reports.district_lines(
        check(FOUR), WANTED, dry_run=False
    )


def test_districts_that_do_not_hang_together_are_kept_as_two_parts() -> None:
    apart = layer(("A1", "Västra", square(0, 0)), ("A2", "Västra", square(5, 0)))
    assert len(shapely.from_wkb(check(apart).districts[0].wkb).geoms) == 2


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_area_without_a_value_is_told_by_name(value: str | None) -> None:
    sentence = refusal(layer(("A1", "Västra", square(0, 0)), ("A2", value, square(0, 1))))
    assert sentence == (
        "1 av 2 områden saknar värde att slås ihop efter: Område 2 i filen (”A2”)."
        " Fyll i dem, eller välj ett annat fält."
    )


@pytest.mark.parametrize(("number", "tail"), [(10, ""), (11, " och 1 till")])
def test_ten_areas_without_a_value_are_named(number: int, tail: str) -> None:
    found = layer(*((f"A{n}", None, square(n, 0)) for n in range(number)))
    sentence = refusal(found)
    assert sentence.count("i filen") == 10
    assert f"(”A9”){tail}. Fyll" in sentence


def test_a_field_that_is_missing_is_named() -> None:
    sentence = refusal(FOUR, replace(WANTED, group_by="regso"))
    assert sentence == "Fältet regso finns inte i filen. De som finns: deso, del, kommun."


def test_a_key_must_be_the_same_in_the_whole_district() -> None:
    sentence = refusal(FOUR, replace(WANTED, key="deso"))
    assert "Områdena som ska bli ”Västra” har olika värden i fältet deso." in sentence


def test_a_field_that_is_the_same_in_each_district_can_be_the_key() -> None:
    coded = layer(("A1", "Västra", square(0, 0)), ("A1", "Västra", square(0, 1)))
    assert check(coded, replace(WANTED, key="deso")).districts[0].key == "A1"


def test_an_area_that_is_no_area_is_refused_by_its_code() -> None:
    bare = replace(FOUR, features=(*FOUR.features[:3], replace(FOUR.features[3], wkb=None)))
    assert "Område 4 i filen (”B2”) är inte en hel yta" in refusal(bare)


# --- Gaps and overlaps ----------------------------------------------------------------------


def test_a_sliver_between_joined_areas_is_mended_and_told() -> None:
    ring = [
        ("A1", "Västra", square(0, 0)),
        ("A2", "Västra", square(1, 0)),
        ("A3", "Västra", box(EAST, NORTH + 1020, EAST + 2000, NORTH + 2000)),
        ("A4", "Västra", box(EAST - 500, NORTH, EAST, NORTH + 2000)),
        ("A5", "Västra", box(EAST + 2000, NORTH, EAST + 2500, NORTH + 2000)),
    ]
    found = check(layer(*ring))
    [outline] = shapely.from_wkb(found.districts[0].wkb).geoms
    assert not outline.interiors
    assert found.square_km["Västra"] == pytest.approx(6, rel=1e-6)
    lines = reports.district_lines(found, WANTED, dry_run=False)
    assert any("Mellan områdena lagades 1 lucka på tillsammans 4,00 hektar" in x for x in lines)


def test_an_overlap_of_neighbours_is_mended_and_told() -> None:
    found = check(layer(("A1", "Västra", square(0, 0, width=1020)), ("B1", "Östra", square(1, 0))))
    assert sum(found.square_km.values()) == pytest.approx(2, rel=1e-6)
    assert found.joined is not None
    assert found.joined.mended.overlaps[0].hectares == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize(("width", "good"), [(1099, True), (1101, False)])
def test_areas_that_overlap_by_more_than_a_hundred_metres_are_refused(
    width: float, *, good: bool
) -> None:
    found = layer(("A1", "Västra", square(0, 0, width=width)), ("B1", "Östra", square(1, 0)))
    if good:
        assert len(check(found).districts) == 2
    else:
        assert "ligger över varandra med mer än 100 meter" in refusal(found)


def test_a_lake_between_joined_areas_is_no_sliver() -> None:
    lake = box(EAST + 800, NORTH + 300, EAST + 1200, NORTH + 700)
    halves = [square(0, 0).difference(lake), square(1, 0).difference(lake)]
    found = layer(("A1", "Västra", halves[0]), ("A2", "Västra", halves[1]))
    assert "1 lucka" in refusal(found)
    kept = check(found, replace(WANTED, accept_slivers=True))
    assert kept.square_km["Västra"] == pytest.approx(1.84, rel=1e-6)


# --- With a table ---------------------------------------------------------------------------

SCB = "Kommun;DeSO;RegSO;Kommundel\n0126;A1;Ås;Norra\n0126;A2;Ås;Norra\n0126;B1;By;Södra\n"


def given(text: str = SCB + "0126;B2;By;Södra\n") -> Wanted:
    return replace(WANTED, group_by="Kommundel", table=table(text.encode()))


def test_a_table_says_which_district_an_area_belongs_to() -> None:
    assert [d.name for d in check(FOUR, given()).districts] == ["Norra", "Södra"]


def test_an_area_that_the_table_lacks_is_told_by_name() -> None:
    assert "Område 4 i filen (”B2”)" in refusal(FOUR, given(SCB))


def test_a_column_that_the_table_lacks_is_told() -> None:
    sentence = refusal(FOUR, replace(given(), group_by="Stadsdel"))
    assert sentence == (
        "Kolumnen Stadsdel finns inte i tabellen. De som finns: Kommun, DeSO, RegSO, Kommundel."
    )


def test_a_code_in_two_districts_is_refused() -> None:
    sentence = refusal(FOUR, given(SCB + "0126;A1;Ås;Södra\n"))
    assert sentence == "Koden A1 står två gånger i tabellen, med olika Kommundel."


def test_a_table_of_other_codes_is_refused() -> None:
    assert "har en kod som står i tabellen" in refusal(FOUR, given("DeSO;Kommundel\nX1;Norra\n"))


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_is_read_however_it_was_saved(separator: str, encoding: str) -> None:
    found = table(separator.join(["Område", "Del"]).encode(encoding) + b"\r\nA1" +
                  separator.encode() + "Ås".encode(encoding.removesuffix("-sig")))  # fmt: skip
    assert found == Table(("Område", "Del"), ({"Område": "A1", "Del": "Ås"},))


def test_title_rows_before_the_columns_are_passed_over() -> None:
    found = table(b"Kopplingstabell;;\n\nDeSO;Del\nA1;V\n")
    assert found.columns == ("DeSO", "Del")


def test_a_text_without_columns_is_no_table() -> None:
    with pytest.raises(InvalidError, match="ingen rubrikrad med minst två kolumner"):
        table(b"hej\nhopp\n")


@pytest.mark.parametrize("field", ["group_by_file", "file"])
def test_what_a_table_was_given_as_is_blamed_for_it(field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        table(b"hej\n", field=field)
    assert refused.value.field == field


def test_a_cell_of_a_megabyte_is_no_table() -> None:
    with pytest.raises(InvalidError, match="går inte att läsa som CSV"):
        table(b"a;b\n" + b"x" * 1_000_000)


@pytest.mark.parametrize(("size", "good"), [(5_000_000, True), (5_000_001, False)])
def test_a_table_of_more_than_5_mb_is_refused(size: int, *, good: bool) -> None:
    content = b"a;b\n".ljust(size, b"\n")
    if good:
        assert table(content).columns == ("a", "b")
    else:
        with pytest.raises(InvalidError, match="större än 5 MB"):
            table(content)
