"""A list of incidents: which lists are read, what a row says, what tells it from others."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists, rows
from lagesbild.exchange.rules.lists import Column, Numbered, Row, Table
from lagesbild.exchange.rules.rows import Told
from lagesbild.incidents.rules import Part, Source, TimePrecision
from tests.build import NOBODY

HEADINGS = "Löpnr;Datum;Klockslag;Händelsetyp;Plats;Latitud;Longitud;Beskrivning;Rapportör"
LINE = "1;2026-01-10;22:45;Klotter;Torget;59,237410;17,981500;Klotter på fasad;Kommunen"


def table(*lines: str, headings: str = HEADINGS) -> Table:
    return lists.table("\r\n".join([headings, *lines]).encode())


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidError) as caught:
        lists.table(content)
    return str(caught.value)


def row(**cells: str) -> Row:
    usual = {"date": "2026-01-10", "time": "22:45", "latitude": "59,2", "longitude": "17,9"}
    return Row(2, {Column(name): text for name, text in (usual | cells).items()})


def told(**cells: str) -> Told:
    return rows.told(row(**cells), "SKA01", id_=NOBODY, part=Part(NOBODY), source_ref="a")


def wrong(**cells: str) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        told(**cells)
    return caught.value


# --- The file -------------------------------------------------------------------------------


def test_a_list_is_read_by_its_headings() -> None:
    [read] = table(LINE).rows
    assert read.line == 2
    assert read.text(Column.PLACE) == "Torget"
    assert read.text(Column.LATITUDE) == "59,237410"


def test_a_byte_order_mark_is_not_part_of_the_first_heading() -> None:
    content = "\ufeffDatum;Typ;Lat;Long\n2026-01-10;Klotter;59,2;17,9".encode()
    assert lists.table(content).headings[Column.DATE] == "Datum"


@pytest.mark.parametrize(
    "headings", ["datum;typ;N;E", "DATUM ; Händelsetyp:;Lat.;Lon", "Datum;Kategori;lat;lng"]
)
def test_headings_may_be_spelled_in_other_ways(headings: str) -> None:
    [read] = table("2026-01-10;Klotter;59,2;17,9", headings=headings).rows
    assert read.cells == {
        Column.DATE: "2026-01-10",
        Column.CATEGORY: "Klotter",
        Column.LATITUDE: "59,2",
        Column.LONGITUDE: "17,9",
    }


def test_a_letter_in_two_parts_is_the_same_letter() -> None:
    headings = "Datum;Ha\u0308ndelsetyp;Lat;Long"
    [read] = table("2026-01-10;Bra\u030ak;59,2;17,9", headings=headings).rows
    assert read.text(Column.CATEGORY) == "Bråk"


def test_headings_that_are_not_known_are_told() -> None:
    assert table(LINE + ";1", headings=HEADINGS + ";Id").ignored == ("Id",)


def test_quotes_semicolons_and_line_breaks_may_stand_in_a_cell() -> None:
    cell = '"Bråk; ""akut""\nigen"'
    read = table(LINE.replace("Klotter på fasad", cell), LINE).rows
    assert read[0].text(Column.SUMMARY) == 'Bråk; "akut" igen'
    assert read[1].line == 3


def test_empty_rows_are_left_out_but_counted() -> None:
    assert [r.line for r in table(LINE, ";;;;;;;;", "", LINE).rows] == [2, 5]


@pytest.mark.parametrize(("line", "surplus"), [(LINE + ";", False), (LINE + ";x", True)])
def test_a_row_with_more_cells_than_headings_is_marked(line: str, *, surplus: bool) -> None:
    assert table(line).rows[0].surplus is surplus


def test_cells_that_are_missing_at_the_end_are_empty() -> None:
    [read] = table("1;2026-01-10;22:45;Klotter;Torget;59,2;17,9").rows
    assert read.text(Column.REPORTER) == ""


@pytest.mark.parametrize("column", ["Datum", "Händelsetyp", "Latitud", "Longitud"])
def test_a_required_column_that_is_missing_is_named(column: str) -> None:
    sentence = refusal(f"{HEADINGS.replace(column, 'Annat')}\n{LINE}".encode())
    assert f"Rubriken ska vara {column}" in sentence
    assert "Löpnr, " in sentence


def test_two_columns_for_one_thing_are_named() -> None:
    sentence = refusal(f"{HEADINGS};Fritext\n{LINE};x".encode())
    assert sentence.startswith("Två kolumner betyder samma sak: ”Beskrivning” och ”Fritext”.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Filen är tom"),
        (HEADINGS.encode(), "inga rader"),
        (f"{HEADINGS}\n{LINE}".encode("cp1252"), "inte sparad som UTF-8"),
        (f"{HEADINGS}\n{LINE}".encode("utf-16"), "inte sparad som UTF-8"),
        (b"PK\x03\x04 and so on", "Excelark"),
        (f"{HEADINGS}\n{LINE}".replace(";", "\t").encode(), "semikolon"),
        (f'{HEADINGS}\n{LINE}\n"1;2'.encode(), "Rad 3 går inte att läsa"),
    ],
)
def test_another_kind_of_file_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_list_of_10_000_rows_is_read() -> None:
    assert len(table(*[LINE] * 10_000).rows) == 10_000


def test_a_list_of_10_001_rows_is_refused() -> None:
    assert "fler än 10000 rader" in refusal("\n".join([HEADINGS, *[LINE] * 10_001]).encode())


# --- What tells rows apart ------------------------------------------------------------------


def references(*lines: str, headings: str = HEADINGS) -> list[str]:
    return [n.reference for n in lists.numbered(table(*lines, headings=headings).rows)]


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
    numbered = lists.numbered(table(LINE, LINE, LINE).rows)
    assert [n.twin and n.twin.line for n in numbered] == [None, 2, 2]


def test_the_senders_own_reference_is_kept() -> None:
    headings = HEADINGS.replace("Löpnr", "Ärendenr")
    assert references("K-17" + LINE[1:], headings=headings) == ["K-17"]


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
            return lists.numbered(lists.table(content).rows)
        except InvalidError as error:
            return str(error)

    assert numbered(pair[0]) == numbered(pair[1])


# --- A row ----------------------------------------------------------------------------------


def test_a_row_says_when_where_and_that_it_came_in_a_list() -> None:
    facts = told(place_text="Torget").draft.facts
    assert facts.occurred_from == datetime(2026, 1, 10, 21, 45, tzinfo=UTC)
    assert facts.place_text == "Torget"
    assert json.loads(str(facts.place)) == {"type": "Point", "coordinates": [17.9, 59.2]}
    assert told().draft.source is Source.LIST


@pytest.mark.parametrize("text", ["59,237410", "59.237410"])
def test_degrees_may_have_a_decimal_comma_or_point(text: str) -> None:
    assert json.loads(str(told(latitude=text).draft.facts.place))["coordinates"][1] == 59.237410


def test_summer_time_is_swedish_time() -> None:
    facts = told(date="2026-06-26", time="02:10").draft.facts
    assert facts.occurred_from == datetime(2026, 6, 26, 0, 10, tzinfo=UTC)


def test_a_row_without_a_time_is_the_whole_day() -> None:
    facts = told(time="").draft.facts
    assert facts.time_precision is TimePrecision.DAY
    assert facts.occurred_from == datetime(2026, 1, 9, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "hour", "minute"), [("00:00", 23, 0), ("7:05", 6, 5), ("23.59", 22, 59)]
)
def test_a_time_may_be_short_or_have_a_point(time: str, hour: int, minute: int) -> None:
    moment = told(time=time).draft.facts.occurred_from
    assert (moment.hour, moment.minute) == (hour, minute)


def test_24_is_the_midnight_that_ends_the_day() -> None:
    assert told(time="24:00").draft.facts.occurred_from == datetime(2026, 1, 10, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "time", ["24:01", "25:00", "12:60", "ca 22.30", "kvällen", "2230", "-1:00"]
)
def test_a_time_that_cannot_be_read_names_its_column(time: str) -> None:
    assert wrong(time=time).field == Column.TIME


@pytest.mark.parametrize(("time", "good"), [("01:59", True), ("02:00", False), ("02:59", False)])
def test_an_hour_that_does_not_exist_is_wrong(time: str, *, good: bool) -> None:
    if good:
        assert told(date="2026-03-29", time=time).note == ""
    else:
        assert "finns inte den dagen" in str(wrong(date="2026-03-29", time=time))


def test_the_hour_after_the_gap_exists() -> None:
    facts = told(date="2026-03-29", time="03:00").draft.facts
    assert facts.occurred_from == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "twice"), [("01:59", False), ("02:00", True), ("02:59", True), ("03:00", False)]
)
def test_an_hour_that_comes_twice_is_the_first_and_told(time: str, *, twice: bool) -> None:
    found = told(date="2025-10-26", time=time)
    assert ("två gånger" in found.note) is twice


def test_the_first_of_two_hours_is_summer_time() -> None:
    facts = told(date="2025-10-26", time="02:30").draft.facts
    assert facts.occurred_from == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    ["", "03/04/2026", "20260104", "2026-W03-4", "2026-02-29", "2026-13-01", "1899-12-31",
     "2200-01-01", "٢٠٢٦-01-01"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_names_its_column(date: str) -> None:
    assert wrong(date=date).field == Column.DATE


def test_a_row_without_a_place_has_an_unknown_place() -> None:
    assert told(latitude="", longitude="").draft.facts.place is None


def test_the_place_0_0_is_unknown_and_told() -> None:
    found = told(latitude="0", longitude="0")
    assert (found.draft.facts.place, found.note) == (None, "Läget 0; 0 räknas som okänd plats.")


def test_half_a_place_is_wrong() -> None:
    assert wrong(latitude="").field == Column.LATITUDE


def test_swapped_degrees_are_wrong() -> None:
    assert "bytt plats" in str(wrong(latitude="18,012126", longitude="59,237331"))


def test_metres_are_told_from_degrees() -> None:
    assert "i meter" in str(wrong(latitude="6570576,35", longitude="150336,35"))


@pytest.mark.parametrize("text", ["59°14,5792'N", "90,1", "1e1", "nan", "59,2,3", "٥٩,2"])
def test_degrees_that_cannot_be_read_name_their_column(text: str) -> None:
    assert wrong(latitude=text).field == Column.LATITUDE


def test_a_row_with_too_many_cells_is_wrong() -> None:
    with pytest.raises(InvalidError, match="fler celler"):
        rows.told(
            Row(2, row().cells, surplus=True), "SKA01", id_=UUID(int=1), part=Part(NOBODY),
            source_ref="a",
        )  # fmt: skip
