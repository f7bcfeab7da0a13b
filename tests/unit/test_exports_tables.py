"""A workbook and CSV that Swedish Excel opens right, and that carry no formula."""

import csv
import io
from datetime import UTC, datetime, time, timedelta

import openpyxl
import pytest

from lagesbild.exchange.draw import tables
from lagesbild.exchange.rules.exports.records import Record
from lagesbild.incidents.rules import GeoJson
from tests.build import NOW
from tests.unit.test_exports_rules import made

FORMULAS = (
    "=1+1",
    "+46 8",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\rx",
    "\nx",
    "  =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b\u200b+1",
    "＝1+1",
    "−1+1",
)
TEXTS = ("Åvägen 5", "a=b", "kl. 21-22", "– obekräftat", "'=1", "#N/A", "1-2", "TRUE", "x")


def in_book(*records: Record) -> openpyxl.Workbook:
    file = io.BytesIO()
    assert tables.write_xlsx(file, records, [("Urval", "=alla")]) == len(records)
    return openpyxl.load_workbook(file)


def in_csv(*records: Record) -> list[list[str]]:
    file = io.BytesIO()
    assert tables.write_csv(file, records) == len(records)
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stays_a_text_in_both_tables(text: str) -> None:
    record = made(summary=text, place_text=text)
    assert in_csv(record)[1][9].startswith("'")
    cell = in_book(record)["Händelser"].cell(2, 10)
    assert cell.data_type == "s"
    assert cell.quotePrefix


@pytest.mark.parametrize("text", TEXTS)
def test_an_ordinary_text_is_left_as_it_is(text: str) -> None:
    record = made(place_text=text)
    assert in_csv(record)[1][9] == text
    cell = in_book(record)["Händelser"].cell(2, 10)
    assert (cell.data_type, cell.value, bool(cell.quotePrefix)) == ("s", text, False)


def test_a_formula_behind_a_comma_is_stopped_where_commas_separate() -> None:
    [_, row] = in_csv(made(summary="Bråk,=HYPERLINK(1);  @x, och så"))
    assert row[18] == "Bråk,'=HYPERLINK(1);  '@x, och så"


def test_a_row_of_csv_is_one_line() -> None:
    file = io.BytesIO()
    tables.write_csv(file, [made(summary="ett\ntvå\r\n\x0b=tre\ttio")])
    lines = file.getvalue().decode("utf-8-sig").split("\r\n")
    assert len(lines) == 3
    assert "ett två =tre tio" in lines[1]


def test_a_negative_number_stays_a_number() -> None:
    west = GeoJson('{"type":"Point","coordinates":[-17.5,59.27]}')
    assert in_csv(made(place=west))[1][11] == "-17,500000"
    cell = in_book(made(place=west))["Händelser"].cell(2, 12)
    assert (cell.data_type, cell.value) == ("n", -17.5)


def test_csv_is_as_swedish_excel_opens_it() -> None:
    file = io.BytesIO()
    moment = datetime(2026, 1, 31, 20, 5, tzinfo=UTC)
    tables.write_csv(file, [made(occurred_from=moment, occurred_to=moment + timedelta(hours=1))])
    assert file.getvalue().startswith("\ufeffNummer;Datum;Klockslag;Till;".encode())
    assert b"L-2026-000001;2026-01-31;21:05;2026-01-31 22:05;" in file.getvalue()
    assert b";59,270000;17,950000;" in file.getvalue()


def test_a_workbook_has_types_a_fixed_head_and_a_filter() -> None:
    book = in_book(made(occurred_to=NOW + timedelta(hours=1)), made())
    sheet = book["Händelser"]
    kinds = [cell.data_type for cell in sheet[2]]
    assert kinds == list("sddd" + "sss" + "n" + "ss" + "nnnnn" + "ssss" + "dn")
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    assert sheet["C2"].value == time(13, 0)
    assert sheet["D2"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["D3"].value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U3"
    assert sheet.column_dimensions["S"].width == 60
    assert sheet["A1"].font.bold


def test_a_workbook_says_what_it_is() -> None:
    sheet = in_book(made())["Om uttaget"]
    told = {str(heading): value for heading, value in sheet.iter_rows(values_only=True)}
    assert told["Urval"] == "=alla"
    assert sheet["B1"].data_type == "s"
    assert told["Antal händelser"] == 1
    assert "sekretess" in str(told["Sekretess"])


def test_signs_that_a_workbook_cannot_hold_are_left_out() -> None:
    cell = in_book(made(place_text="a\x0bb\uffffc\x7fd"))["Händelser"].cell(2, 10)
    assert cell.value == "abcd"
