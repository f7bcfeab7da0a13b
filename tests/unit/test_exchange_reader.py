"""Which columns a list has: the words of headings, where they stand, what a person chose."""

import pytest

from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import NAMES, Column
from tests.unit.exchange_files import HEADINGS, ROW, refusal, text


def found(*headings: str) -> dict[Column, str]:
    content = text(["-"] * len(headings), headings=headings).encode()
    return dict(lists.layout(content).found)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Vad hände?", Column.CATEGORY),
        ("HÄNDELSE", Column.CATEGORY),
        ("Ha\u0308ndelse", Column.CATEGORY),
        ("Typ av händelse", Column.CATEGORY),
        ("  händelse-typ: ", Column.CATEGORY),
        ("Var?", Column.PLACE),
        ("Plats/adress", Column.PLACE),
        ("När?", Column.MOMENT),
        ("TIDPUNKT", Column.MOMENT),
        ("Datum & tid", Column.MOMENT),
        ("Datum och tid", Column.MOMENT),
        ("Datum (ÅÅÅÅ-MM-DD)", Column.DATE),
        ("Kl.", Column.TIME),
        ("T.o.m.", Column.UNTIL),
        ("Till", Column.UNTIL),
        ("Sluttid", Column.UNTIL),
        ("Latitud [°]", Column.LATITUDE),
        ("WGS84 lat", Column.LATITUDE),
        ("X-KOORD", Column.LATITUDE),
        ("N-koordinat", Column.LATITUDE),
        ("Northing", Column.LATITUDE),
        ("SWEREF 99 18 00 N", Column.LATITUDE),
        ("Y-koordinat", Column.LONGITUDE),
        ("Öst", Column.LONGITUDE),
        ("X (SWEREF 99 TM, öst)", Column.LONGITUDE),
        ("Y (SWEREF 99 TM, nord)", Column.LATITUDE),
        ("Lat/Long", Column.POSITION),
        ("Koordinater (WGS 84)", Column.POSITION),
        ("Kommundel", Column.DISTRICT),
        ("Område", Column.DISTRICT),
        ("Kommunkod", Column.MUNICIPALITY),
        ("Dnr", Column.REFERENCE),
        ("Löpnr.", Column.NUMBER),
        ("Fritext", Column.SUMMARY),
        ("Uppgiftslämnare", Column.REPORTER),
    ],
)
def test_a_heading_is_known_however_it_is_written(heading: str, column: Column) -> None:
    assert found(heading, "Annat").keys() == {column}


@pytest.mark.parametrize("heading", ["Id", "Åtgärd", "Namn", "Utryckningsdatum och mer", "x" * 300])
def test_an_unknown_heading_is_left(heading: str) -> None:
    assert found(heading, "Annat") == {}


def test_each_column_has_a_swedish_name() -> None:
    assert NAMES.keys() == set(Column)
    assert len(set(NAMES.values())) == len(Column)


@pytest.mark.parametrize(
    ("headings", "column"),
    [(("Tid", "Typ"), Column.MOMENT), (("Datum", "Tid", "Typ"), Column.TIME)],
)
def test_a_lone_tid_is_day_and_clock(headings: tuple[str, ...], column: Column) -> None:
    assert found(*headings)[column] == "Tid"


def test_the_surer_of_two_headings_wins_and_the_other_is_told() -> None:
    content = text([*ROW, "x"], headings=[*HEADINGS, "Händelse"]).encode()
    table = lists.table(content)
    assert table.headings[Column.CATEGORY] == "Händelsetyp"
    assert table.ignored == ("Händelse",)
    assert "Kolumnen ”Händelse” läses inte: ”Händelsetyp” är typ." in table.notes


def test_two_columns_with_one_heading_are_refused() -> None:
    content = text([*ROW, "x"], headings=[*HEADINGS, "Plats (2)"]).encode()
    assert refusal(content).startswith("Två kolumner betyder samma sak: ”Plats” och ”Plats (2)”.")


def test_a_coordinate_without_the_other_is_left_where_the_place_is_said() -> None:
    content = text([*ROW, "3"], headings=[*HEADINGS, "N"]).encode()
    table = lists.table(content)
    assert Column.LATITUDE not in table.headings
    assert any("Kolumnen ”N” läses inte" in note for note in table.notes)


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (["Datum", "Tid", "Plats"], "en kolumn för typ (till exempel Händelsetyp). Rubrikerna i"),
        (["Tid på dygnet", "Typ", "Plats"], "datum eller tidpunkt (till exempel Datum)"),
        (["Datum", "Typ"], "plats, läge eller kommundel"),
        (["Datum", "Typ", "Lat"], "en kolumn för öst (till exempel Longitud eller E)"),
        (["Datum", "Typ", "Long"], "en kolumn för nord"),
        (["Namn", "Ort"], "saknar en rubrikrad"),
    ],
)
def test_what_is_missing_is_named_with_the_headings_of_the_file(
    headings: list[str], words: str
) -> None:
    sentence = refusal(text(ROW, headings=headings).encode())
    assert words in sentence
    assert ", ".join(headings) in sentence


@pytest.mark.parametrize(
    "places", [["Plats"], ["Kommundel"], ["Koordinater"], ["Lat", "Long"], ["X", "Y"]]
)
def test_any_way_to_say_where_is_enough(places: list[str]) -> None:
    headings = ["Tidpunkt", "Typ", *places]
    lists.table(text(["x"] * len(headings), headings=headings).encode())


def test_a_layout_never_raises_for_missing_columns() -> None:
    layout = lists.layout(text(["a", "b"], headings=["Namn", "Datum"]).encode())
    assert layout.missing == ("typ", "plats, läge eller kommundel")
    assert layout.headings == ("Namn", "Datum")
    assert layout.found == {Column.DATE: "Datum"}


# --- What a person chose --------------------------------------------------------------------


def test_a_chosen_column_wins_over_the_usual_word() -> None:
    content = text(ROW, headings=["Datum", "Tid", "Händelsetyp", "Vem"]).encode()
    table = lists.table(content, columns={"vem ": Column.CATEGORY, "HÄNDELSETYP": Column.PLACE})
    assert table.headings[Column.CATEGORY] == "Vem"
    assert table.headings[Column.PLACE] == "Händelsetyp"


def test_a_column_that_is_chosen_away_is_ignored() -> None:
    content = text([*ROW, "x"], headings=[*HEADINGS, "Kommentar"]).encode()
    table = lists.table(content, columns={"Kommentar": None})
    assert table.ignored == ("Kommentar",)


def test_a_choice_for_another_file_does_no_harm() -> None:
    content = text(ROW).encode()
    assert (
        lists.table(content, columns={"Finns inte": Column.DATE}).headings[Column.DATE] == "Datum"
    )


def test_a_chosen_column_frees_a_file_of_two_equal_ones() -> None:
    content = text([*ROW, "x"], headings=[*HEADINGS, "Plats (gata)"]).encode()
    table = lists.table(content, columns={"Plats (gata)": Column.PLACE})
    assert table.headings[Column.PLACE] == "Plats (gata)"


# --- Where the headings stand ---------------------------------------------------------------


@pytest.mark.parametrize(("above", "good"), [(0, True), (49, True), (50, False)])
def test_headings_are_looked_for_in_the_first_fifty_rows(above: int, *, good: bool) -> None:
    content = "\n".join([*["Lägesbild;OSG"] * above, text(ROW)]).encode()
    if good:
        table = lists.table(content)
        assert [row.line for row in table.rows()] == [above + 2]
    else:
        assert "rubrikrad" in refusal(content)


def test_titles_above_the_headings_are_told() -> None:
    table = lists.table(("Lägesbild\n\n" + text(ROW)).encode())
    assert "Rubrikerna står på rad 3. Det som står ovanför läses inte." in table.notes


def test_rows_may_be_read_several_times() -> None:
    table = lists.table(text(ROW, ROW).encode())
    assert list(table.rows()) == list(table.rows())


# --- Which rows are read --------------------------------------------------------------------


@pytest.mark.parametrize(
    "last",
    [
        ["Summa", "", "", "35"],
        ["", "Totalt:", "", "35"],
        ["Antal händelser: 35", "", "", ""],
        ["", "", "", "1 234"],
    ],
)
def test_a_sum_at_the_end_is_left_and_told(last: list[str]) -> None:
    table = lists.table(text(ROW, ["", "", "", ""], last).encode())
    assert [row.line for row in table.rows()] == [2]
    assert "Rad 4 är en summarad och läses inte." in table.notes


def test_a_sum_in_the_middle_is_a_row_for_somebodys_eyes() -> None:
    table = lists.table(text(ROW, ["Summa", "", "", "35"], ROW).encode())
    assert [row.line for row in table.rows()] == [2, 3, 4]


def test_a_row_that_only_begins_like_a_sum_is_a_row() -> None:
    table = lists.table(text(["Summa", "22:45", "Klotter", "Torget"]).encode())
    assert len(list(table.rows())) == 1


def test_rows_with_a_running_number_alone_are_left_and_told() -> None:
    headings = ["Nr", *HEADINGS]
    blank = ["", "", "", ""]
    content = text([1, *ROW], [2, *blank], [3, *ROW], [4, *blank], headings=headings).encode()
    table = lists.table(content)
    assert [row.line for row in table.rows()] == [2, 4]
    assert "Rader med bara löpnummer läses inte: 2 stycken." in table.notes


@pytest.mark.parametrize(("rows", "good"), [(50_000, True), (50_001, False)])
def test_a_list_has_at_most_50_000_rows(rows: int, *, good: bool) -> None:
    content = text(*[ROW] * rows).encode()
    if good:
        assert sum(1 for _ in lists.table(content).rows()) == rows
    else:
        assert refusal(content) == "Listan har fler än 50\N{NO-BREAK SPACE}000 rader. Dela den."
