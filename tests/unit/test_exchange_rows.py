"""What a row of a list says, and that the made-up lists are read as their answers have it."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

import openpyxl
import pytest

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Box
from lagesbild.exchange.rules.lists import Column, Row
from lagesbild.exchange.rules.rows import meaning
from lagesbild.exchange.rules.rows.meaning import Told
from lagesbild.exchange.rules.rows.positions import SWAPPED, ZERO, Systems, systems
from lagesbild.incidents.rules import Part, Source, TimePrecision
from tests.build import NOBODY
from tests.conftest import SHARED

USUAL = {"date": "2026-01-10", "time": "22:45", "latitude": "59,2", "longitude": "17,9"}
HUDDINGE = Box(17.85, 59.15, 18.2, 59.3)
LISTS = SHARED / "formats" / "syntetiska"
NEAR = 0.000005  # degrees: half a metre
METRE = 0.000009


def row(**cells: str) -> Row:
    return Row(2, {Column(name): text for name, text in (USUAL | cells).items()})


def read(row: Row, of: Systems | None = None) -> Told:
    return meaning.told(
        row, "SKA01", id_=NOBODY, part=Part(NOBODY), source_ref="a", systems=of or Systems()
    )


def told(**cells: str) -> Told:
    return read(row(**cells))


def wrong(**cells: str) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        told(**cells)
    return caught.value


def place(found: Told) -> list[float] | None:
    point = found.draft.facts.place
    return None if point is None else json.loads(point)["coordinates"]


def test_a_row_says_when_where_and_that_it_came_in_a_list() -> None:
    facts = told(place_text="Torget").draft.facts
    assert facts.occurred_from == datetime(2026, 1, 10, 21, 45, tzinfo=UTC)
    assert facts.place_text == "Torget"
    assert json.loads(str(facts.place)) == {"type": "Point", "coordinates": [17.9, 59.2]}
    assert told().draft.source is Source.LIST


def test_a_row_that_is_clear_has_no_notes() -> None:
    assert told().notes == ()


def test_summer_time_is_swedish_time() -> None:
    facts = told(date="2026-06-26", time="02:10").draft.facts
    assert facts.occurred_from == datetime(2026, 6, 26, 0, 10, tzinfo=UTC)


def test_a_row_without_a_time_is_the_whole_day() -> None:
    facts = told(time="").draft.facts
    assert facts.time_precision is TimePrecision.DAY
    assert facts.occurred_from == datetime(2026, 1, 9, 23, tzinfo=UTC)


def test_a_row_may_go_on_until_a_time() -> None:
    facts = told(until="23:15").draft.facts
    assert facts.occurred_to == datetime(2026, 1, 10, 22, 15, tzinfo=UTC)
    assert facts.time_precision is TimePrecision.WINDOW


def test_one_cell_may_hold_the_moment_and_one_the_position() -> None:
    found = told(date="", time="", latitude="", longitude="",
                 moment="260110 2245", position="6 570 098 669 888")  # fmt: skip
    assert found.draft.facts.occurred_from == datetime(2026, 1, 10, 21, 45, tzinfo=UTC)
    assert place(found) == pytest.approx([17.97804, 59.23575], abs=0.0001)


def test_the_order_in_one_cell_is_not_told() -> None:
    assert told(latitude="", longitude="", position="17.9 59.2").notes == ()


def test_two_columns_for_the_position_go_before_one_cell() -> None:
    assert place(told(position="58.0 15.0")) == [17.9, 59.2]


@pytest.mark.parametrize(
    ("cells", "hour"),
    [
        ({"time": "", "moment": "20.15"}, "20:15"),
        ({"time": "21:05", "moment": "20.15"}, "21:05"),
        ({"time": "", "moment": "2026-01-10 20:15"}, "20:15"),
        ({"date": "2026-02-01", "time": "", "moment": "2026-01-10 20:15"}, "20:15"),
        ({"time": "20:15", "moment": "2026-01-10"}, "20:15"),
    ],
)
def test_a_column_for_the_moment_may_hold_only_the_clock(
    cells: Mapping[str, str], hour: str
) -> None:
    local = told(**cells).draft.facts.occurred_from.astimezone(STOCKHOLM)
    assert f"{local:%Y-%m-%d %H:%M}" == f"2026-01-10 {hour}"


def test_a_row_without_a_place_has_an_unknown_place() -> None:
    assert place(told(latitude="", longitude="")) is None


def test_notes_of_time_come_before_those_of_place() -> None:
    notes = told(date="03/04/2026", latitude="17,9", longitude="59,2").notes
    assert notes == ("Läst som 3 april 2026.", SWAPPED)


def test_the_place_0_0_is_unknown_and_told() -> None:
    found = told(latitude="0", longitude="0")
    assert (place(found), found.notes) == (None, (ZERO,))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"date": ""}, Column.DATE),
        ({"date": "igår"}, Column.DATE),
        ({"date": "2026-01-10 25:00"}, Column.DATE),
        ({"time": "25:00"}, Column.TIME),
        ({"date": "", "moment": "igår"}, Column.MOMENT),
        ({"moment": "igår 7"}, Column.MOMENT),
        ({"until": "25:00"}, Column.UNTIL),
        ({"until": "2026-01-09"}, Column.UNTIL),
        ({"latitude": ""}, Column.LATITUDE),
        ({"latitude": "x"}, Column.LATITUDE),
        ({"longitude": ""}, Column.LONGITUDE),
        ({"longitude": "x"}, Column.LONGITUDE),
        ({"latitude": "48,85", "longitude": "2,35"}, Column.LATITUDE),
        ({"latitude": "", "longitude": "", "position": "Torget"}, Column.POSITION),
        ({"latitude": "", "longitude": "", "position": "59,23"}, Column.POSITION),
        ({"latitude": "", "longitude": "", "position": "48.85, 2.35"}, Column.POSITION),
    ],
)
def test_what_cannot_be_read_names_its_column(cells: Mapping[str, str], column: Column) -> None:
    assert wrong(**cells).field == column


def test_a_row_with_too_many_cells_is_wrong() -> None:
    with pytest.raises(InvalidError, match="fler celler"):
        read(Row(2, row().cells, surplus=True))


def test_a_sample_is_the_two_numbers_of_a_row() -> None:
    assert meaning.sample(row()) == ("59,2", "17,9")


def test_a_sample_may_come_from_one_cell() -> None:
    cells = row(latitude="", longitude="", position="59,2 17,9")
    assert meaning.sample(cells) == ("59,2", "17,9")


def test_a_sample_that_cannot_be_read_is_empty() -> None:
    assert meaning.sample(row(latitude="", longitude="", position="Torget")) == ("", "")


# --- The made-up lists, read plainly ----------------------------------------------------------

Expected = Mapping[str, Any]
KEYS = {
    **dict.fromkeys(("Löpnr", "Nr", "NR"), "running number"),
    **dict.fromkeys(("Datum",), "date"),
    **dict.fromkeys(("Klockslag", "Kl", "Tid"), "time"),
    **dict.fromkeys(("TIDPUNKT", "Datum & tid"), "moment"),
    **dict.fromkeys(("Latitud", "Lat", "N", "X-KOORD", "X (SWEREF 99 TM, öst)"), "latitude"),
    **dict.fromkeys(("Longitud", "Long", "E", "Y-KOORD", "Y (SWEREF 99 TM, nord)"), "longitude"),
    **dict.fromkeys(("Plats", "PLATS", "Var?"), "place_text"),
}
POSITION = (Column.LATITUDE, Column.LONGITUDE)


def plain(value: object) -> str:
    """Return a cell of a workbook as the reader gives it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return f"{value:%H:%M}" if isinstance(value, time) else str("" if value is None else value)


def grid(name: str, encoding: str = "", delimiter: str = ";") -> list[list[str]]:
    if not encoding:
        sheet = openpyxl.load_workbook(LISTS / name).worksheets[0]
        return [[plain(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    with (LISTS / name).open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def listed(lines: list[list[str]], headings_at: int = 0) -> tuple[list[Row], str]:
    """Return the rows, and the headings of the position."""
    headings = lines[headings_at]
    found = []
    for line, cells in enumerate(lines[headings_at + 1 :], start=1):
        named = zip(headings, cells, strict=True)
        texts = {Column(KEYS[head]): " ".join(text.split()) for head, text in named if head in KEYS}
        found.append(Row(line, texts))
    where = [head for head in headings if head in KEYS and Column(KEYS[head]) in POSITION]
    return found, " ".join(where)


def expected(name: str) -> Mapping[str, Expected]:
    content: Mapping[str, Mapping[str, Expected]] = json.loads(
        (LISTS / "osg_expected.json").read_text()
    )
    return content[name]


def read_all(found: list[Row], headings: str) -> Iterator[tuple[Row, Told]]:
    of = systems(map(meaning.sample, found), headings=headings, home=HUDDINGE)
    for each in found:
        yield each, read(each, of)


def assert_as(answer: Expected, found: Told, *, near: float = NEAR) -> None:
    assert found.draft.facts.occurred_from == datetime.fromisoformat(answer["datetime"])
    assert found.draft.facts.time_precision is TimePrecision.EXACT
    assert place(found) == pytest.approx([answer["lon"], answer["lat"]], abs=near)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "headings_at", "count"),
    [
        ("osg_01_wgs84_utf8bom_semikolon_decimalkomma.csv", "utf-8-sig", ";", 0, 40),
        ("osg_02_sweref991800_cp1252_semikolon.csv", "cp1252", ";", 0, 35),
        ("osg_03_sweref99tm_rubrikrader.xlsx", "", "", 4, 35),
        ("osg_04_rt90_2_5gonV_tab_latin1.txt", "latin-1", "\t", 0, 25),
    ],
)
def test_a_list_gives_the_moments_and_positions_of_its_answers(
    name: str, encoding: str, delimiter: str, headings_at: int, count: int
) -> None:
    found, headings = listed(grid(name, encoding, delimiter), headings_at)
    answers = expected(name)
    numbered = [each for each in found if each.text(Column.NUMBER) in answers]
    assert len(numbered) == count
    for each, said in read_all(numbered, headings):
        assert_as(answers[each.text(Column.NUMBER)], said)
        assert said.notes == ()


@pytest.mark.shared
def test_a_list_without_positions_gives_the_moments_of_its_answers() -> None:
    name = "osg_05_endast_plats_utan_koordinat.xlsx"
    found, headings = listed(grid(name))
    for each, said in read_all(found, headings):
        answer = expected(name)[str(each.line + 1)]
        assert said.draft.facts.occurred_from == datetime.fromisoformat(answer["datetime"])
        assert place(said) is None


TRAPS = "osg_06_fel_och_fallor.csv"


@pytest.fixture(scope="module")
def traps() -> Mapping[int, Row]:
    lines = [line for line in grid(TRAPS, "cp1252") if any(line)]
    return {each.line: each for each in listed(lines)[0]}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("line", "note"),
    [
        (1, ""), (2, SWAPPED), (5, ""), (8, "Läst som 3 april 2026."), (11, ""), (14, ""), (15, ""),
        (16, ""), (17, ""), (18, ""), (19, ""), (20, ""), (21, ""), (23, ""),
    ],
)  # fmt: skip
def test_a_trap_is_read_as_its_answer_has_it(
    traps: Mapping[int, Row], line: int, note: str
) -> None:
    said = read(traps[line])
    assert_as(expected(TRAPS)[str(line)], said, near=METRE)
    assert " ".join(said.notes) == note


@pytest.mark.shared
@pytest.mark.parametrize(
    ("line", "local", "precision", "note"),
    [
        (3, "2026-02-04 22:00", TimePrecision.EXACT, "okänd plats"),
        (9, "2026-03-29 00:00", TimePrecision.DAY, "02:30 finns inte den dagen"),
        (10, "2025-10-26 02:30", TimePrecision.EXACT, "två gånger"),
        (12, "2026-02-07 22:30", TimePrecision.HOUR, "ungefärligt"),
        (13, "2026-02-08 00:00", TimePrecision.DAY, "står i ord"),
        (22, "2026-02-13 19:00", TimePrecision.EXACT, ""),
    ],
)
def test_a_trap_is_accepted_with_a_note(
    traps: Mapping[int, Row], line: int, local: str, precision: TimePrecision, note: str
) -> None:
    said = read(traps[line])
    facts, answer = said.draft.facts, expected(TRAPS)[str(line)]
    assert f"{facts.occurred_from.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" == local
    assert facts.time_precision is precision
    assert note in " ".join(said.notes)
    where = None if answer["lat"] is None else [answer["lon"], answer["lat"]]
    assert place(said) == pytest.approx(where, abs=NEAR)


@pytest.mark.shared
def test_the_first_of_two_hours_is_one_of_the_answers(traps: Mapping[int, Row]) -> None:
    either = expected(TRAPS)["10"]["datetime"].split("|")
    assert read(traps[10]).draft.facts.occurred_from == datetime.fromisoformat(either[0])


@pytest.mark.shared
def test_a_trap_outside_the_municipality_is_left_to_others(traps: Mapping[int, Row]) -> None:
    assert place(read(traps[4])) == [18.0686, 59.3293]


@pytest.mark.shared
def test_a_trap_without_a_day_is_refused(traps: Mapping[int, Row]) -> None:
    with pytest.raises(InvalidError) as caught:
        read(traps[6])
    assert (caught.value.field, str(caught.value)) == (Column.DATE, "Datumet saknas.")


@pytest.mark.shared
def test_a_trap_in_the_future_is_left_to_the_rules_of_incidents(traps: Mapping[int, Row]) -> None:
    assert read(traps[7]).draft.facts.occurred_from.year == 2062
