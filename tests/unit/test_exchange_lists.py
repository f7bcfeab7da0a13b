"""What tells the rows of a list apart, and all rows of the lists that we have."""

import hashlib
import json
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import Column, Numbered, Row, Table
from tests.conftest import SHARED
from tests.unit.exchange_files import workbook

FORMATS = SHARED / "formats"
HEADINGS = "Löpnr;Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Beskrivning;Rapportör"
LINE = "1;2026-01-10;22:45;Klotter;Torget;59,237410;17,981500;Klotter på fasad;Kommunen"


def table(*lines: str, headings: str = HEADINGS) -> Table:
    return lists.table("\r\n".join([headings, *lines]).encode())


# --- What tells rows apart ------------------------------------------------------------------


def references(*lines: str, headings: str = HEADINGS) -> list[str]:
    return [n.reference for n in lists.numbered(table(*lines, headings=headings).rows())]


def test_the_running_number_is_no_part_of_a_row() -> None:
    assert references(LINE) == references(LINE.replace("1;", "7;", 1))


def test_decimal_comma_and_point_are_the_same_place() -> None:
    assert references(LINE) == references(LINE.replace("59,237410", "59.237410"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-01-10", "2026-01-11"),
        ("22:45", "22:46"),
        ("Klotter;", "Bråk;"),
        ("Torget", "Parken"),
        ("59,23", "59,24"),
        ("17,98", "17,99"),
        ("fasad", "bod"),
        ("Kommunen", "Polisen"),
    ],
)
def test_another_content_is_another_row(old: str, new: str) -> None:
    assert references(LINE) != references(LINE.replace(old, new))


def test_rows_with_the_same_content_are_counted() -> None:
    first, second = references(LINE, LINE)
    assert first != second
    assert references(LINE, LINE) == [first, second]


def test_a_later_row_with_the_same_content_points_at_the_first() -> None:
    numbered = list(lists.numbered(table(LINE, LINE, LINE).rows()))
    assert [n.twin for n in numbered] == [None, 2, 2]
    assert [n.same for n in numbered] == [False, True, True]


def test_the_senders_own_reference_is_kept() -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    assert references("K-17" + LINE[1:], headings=headings) == ["K-17"]


@pytest.mark.parametrize(
    ("second", "same"), [("K-1" + LINE[1:], True), ("K-1" + LINE[1:-2], False)]
)
def test_a_reference_that_comes_again_tells_whether_the_content_does(
    second: str, *, same: bool
) -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    rows = table("K-1" + LINE[1:], second, headings=headings).rows()
    _, numbered = lists.numbered(rows)
    assert (numbered.twin, numbered.same, numbered.own) == (2, same, True)


def test_a_fingerprint_is_the_same_in_every_version() -> None:
    said = "\x1e".join(
        f"{name}\x1f{text}"
        for name, text in [
            ("category", "klotter"),
            ("date", "2026-01-10"),
            ("latitude", "59.23741"),
            ("longitude", "17.9815"),
            ("place_text", "torget"),
            ("reporter_role", "kommunen"),
            ("summary", "klotter på fasad"),
            ("time", "22:45"),
        ]
    )
    letters = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
    digest = hashlib.sha256(said.encode()).hexdigest().translate(letters)
    assert references(LINE) == [f"{digest}-1"]


def test_a_workbook_and_a_text_with_the_same_content_have_the_same_rows() -> None:
    cells: list[object] = [datetime(2026, 1, 10), time(22, 45), "Klotter", 59.2, 17.9]  # noqa: DTZ001 – a cell has no zone
    headings = ["Datum", "Klockslag", "Typ", "Lat", "Long"]
    one = lists.table(workbook(cells, headings=headings))
    other = table("2026-01-10;22:45;Klotter;59,2;17,9", headings=";".join(headings))
    assert [n.reference for n in lists.numbered(one.rows())] == [
        n.reference for n in lists.numbered(other.rows())
    ]


def test_a_row_without_the_senders_reference_gets_a_fingerprint() -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    assert references(LINE[1:], headings=headings) == references(LINE)


def test_a_fingerprint_holds_no_digits_that_could_be_a_number_of_a_person() -> None:
    [reference] = references(LINE)
    assert reference.rpartition("-")[0].isalpha()


cells = st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n;"'), max_size=12)


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Draw a list, and the same list with its columns in another order."""
    headings = HEADINGS.split(";")
    lines = draw(st.lists(st.lists(cells, min_size=9, max_size=9), min_size=1, max_size=4))
    order = draw(st.permutations(range(9)))

    def written(places: list[int]) -> bytes:
        grid = [headings, *lines]
        return "\n".join(";".join(line[p] for p in places) for line in grid).encode()

    return written(list(range(9))), written(order)


@given(shuffled())
def test_any_order_of_columns_gives_the_same_rows(pair: tuple[bytes, bytes]) -> None:
    def numbered(content: bytes) -> list[Numbered] | str:
        try:
            return list(lists.numbered(lists.table(content).rows()))
        except InvalidError as error:
            return str(error)

    assert numbered(pair[0]) == numbered(pair[1])


# --- The lists that we have -----------------------------------------------------------------


def real(name: str) -> tuple[Table, list[Row]]:
    [file] = FORMATS.glob(f"*/{name}*")
    found = lists.table(file.read_bytes())
    return found, list(found.rows())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "number"), [("osg_01", 40), ("osg_02", 35), ("osg_03", 35), ("osg_04", 25)]
)
def test_each_row_of_a_real_list_comes_out_under_its_number(name: str, number: int) -> None:
    expected = json.loads((FORMATS / "syntetiska/osg_expected.json").read_text())
    [keys] = [list(rows) for file, rows in expected.items() if file.startswith(name)]
    _, rows = real(name)
    assert len(rows) == number
    assert [row.text(Column.NUMBER) for row in rows] == keys


@pytest.mark.shared
@pytest.mark.parametrize(("name", "number"), [("osg_05", 25), ("osg_06", 23)])
def test_each_row_of_a_real_list_without_numbers_comes_out(name: str, number: int) -> None:
    _, rows = real(name)
    assert [row.line for row in rows] == list(range(2, number + 2))


@pytest.mark.shared
def test_a_real_list_in_windows_1252() -> None:
    found, rows = real("osg_02")
    assert found.notes == ()
    assert rows[0].cells == {
        Column.NUMBER: "41",
        Column.DATE: "7/2 2026",
        Column.TIME: "01.10",
        Column.CATEGORY: "Trafik/buskörning",
        Column.LATITUDE: "6570576,35",
        Column.LONGITUDE: "150336,35",
        Column.SUMMARY: "Mopedåkning på gångväg – Kommunen",
    }


@pytest.mark.shared
def test_a_real_workbook_with_titles_hidden_rows_and_a_sum() -> None:
    found, rows = real("osg_03")
    assert (found.sheet, found.ignored) == ("Händelser", ("Åtgärd",))
    assert rows[0].cells == {
        Column.NUMBER: "76",
        Column.DATE: "2026-01-18",
        Column.TIME: "19:20",
        Column.CATEGORY: "Stöld/inbrott",
        Column.LONGITUDE: "680714.14",
        Column.LATITUDE: "6568370.66",
        Column.PLACE: "Sopranvägen",
    }
    assert [row.line for row in rows if row.hidden] == [8]
    assert found.notes == (
        "Arket ”Händelser” läses, men inte: ”Förklaring”.",
        "Rubrikerna står på rad 5. Det som står ovanför läses inte.",
        "Dolda rader läses också: 8.",
        "Rad 45 är en summarad och läses inte.",
    )


@pytest.mark.shared
def test_a_real_list_with_tabs_in_latin_1() -> None:
    _, rows = real("osg_04")
    assert rows[0].cells == {
        Column.NUMBER: "111",
        Column.MOMENT: "260608 0805",
        Column.CATEGORY: "Skadegörelse/klotter",
        Column.LATITUDE: "6569989",
        Column.LONGITUDE: "1625847",
        Column.PLACE: "Stenbrottsvägen",
    }


@pytest.mark.shared
def test_a_real_workbook_without_coordinates() -> None:
    _, rows = real("osg_05")
    assert rows[2].cells == {
        Column.MOMENT: "2026-03-21 kl. 23.30",
        Column.CATEGORY: "Ordningsstörning",
        Column.PLACE: "Vistavägen",
        Column.DISTRICT: "Sjödalen-Fullersta",
    }


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kopplingstabell", "Rubrikerna i filen är: bro, Kommunnamn, DeSO, RegSO."),
        ("scb_statistikdatabasen_000005FC", "På rad 4 står: 2023, 0114A0010, 898."),
        ("scb_statistikdatabasen_000006TA", "På rad 3 står: Låg ekonomisk standard, procent,"),
    ],
)
def test_statistics_are_refused_with_what_stands_in_them(name: str, words: str) -> None:
    with pytest.raises(InvalidError) as caught:
        real(name)
    assert words in str(caught.value)
