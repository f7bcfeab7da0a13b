"""Lists as workbooks: sheets, native cells, hidden rows, and what is refused before unpacking."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import Column, Kind, Row
from tests.unit.exchange_files import (
    FILLED,
    HEAD,
    HEADINGS,
    PLAN,
    ROW,
    archive,
    raw,
    refusal,
    saved,
    sheet,
    workbook,
)  # fmt: skip

ALL = ["Tidpunkt", "Datum", "Tid", "Till", "Händelsetyp", "Plats", "Lat", "Long", "Referens"]


def rows(content: bytes) -> list[Row]:
    return list(lists.table(content).rows())


def cell(heading: str, value: object, form: str | None = None) -> str:
    """Return what a native cell under a heading becomes."""
    usual: dict[str, object] = dict.fromkeys(ALL, "x")
    worksheet = sheet(list((usual | {heading: value}).values()), headings=ALL)
    if form:
        worksheet.cell(2, ALL.index(heading) + 1).number_format = form
    [row] = rows(saved(worksheet))
    table = lists.table(saved(worksheet))
    [column] = [column for column, name in table.headings.items() if name == heading]
    return row.text(column)


def test_a_workbook_is_read_by_its_headings() -> None:
    layout = lists.layout(workbook(ROW))
    assert (layout.kind, layout.sheets, layout.missing) == (Kind.WORKBOOK, ("Sheet",), ())
    [row] = rows(workbook(ROW))
    assert (row.line, row.text(Column.PLACE)) == (2, "Torget")


# --- Native cells ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "value", "form", "text"),
    [
        ("Datum", date(2026, 1, 18), None, "2026-01-18"),
        ("Datum", datetime(2026, 1, 18), "yyyy-mm-dd", "2026-01-18"),  # noqa: DTZ001 – a cell has no zone
        ("Datum", 46040, "yyyy-mm-dd hh:mm:ss", "2026-01-18"),
        ("Datum", 46040.8055, "yyyy-mm-dd", "2026-01-18 19:20"),
        ("Datum", 46040, "[$-41D]d mmmm yyyy", "2026-01-18"),
        ("Datum", 46040, '"den "d/m', "2026-01-18"),
        ("Datum", 46040, None, "2026-01-18"),
        ("Datum", 20260118, None, "20260118"),
        ("Datum", 260118, None, "260118"),
        ("Datum", 36525, None, "36525"),
        ("Datum", 36526, None, "2000-01-01"),
        ("Datum", 61, "yyyy-mm-dd", "1900-03-01"),
        ("Datum", 59, "yyyy-mm-dd", "1900-02-28"),
        ("Datum", 60, "yyyy-mm-dd", "60"),
        ("Datum", -1, "yyyy-mm-dd", "-1"),
        ("Datum", 2958466, "yyyy-mm-dd", "2958466"),
        ("Tidpunkt", 46040.8055, "yyyy-mm-dd hh:mm", "2026-01-18 19:20"),
        ("Tidpunkt", 46040, "yyyy-mm-dd hh:mm", "2026-01-18 00:00"),
        ("Tidpunkt", 46040, "yyyy-mm-dd", "2026-01-18"),
        ("Tidpunkt", 46040.8055, "hh:mm", "2026-01-18 19:20"),
        ("Tidpunkt", 46040.8055, None, "2026-01-18 19:20"),
        ("Tid", time(19, 20), None, "19:20"),
        ("Tid", 0.8055, "hh:mm", "19:20"),
        ("Tid", 0.8055, None, "19:20"),
        ("Tid", 46040.8055, "hh:mm", "19:20"),
        ("Tid", 0.99999, "hh:mm", "23:59"),
        ("Tid", 1, "[h]:mm", "24:00"),
        ("Tid", 0, "hh:mm", "00:00"),
        ("Tid", 2130, None, "2130"),
        ("Till", 0.5, "hh:mm", "12:00"),
        ("Till", 46040.5, "yyyy-mm-dd hh:mm", "2026-01-18 12:00"),
        ("Lat", 6568370.66, None, "6568370.66"),
        ("Lat", 59.1 + 0.2, None, "59.3"),
        ("Lat", 17.0, None, "17"),
        ("Lat", 17.0, "0.00", "17"),
        ("Lat", -0.00001, None, "-0.00001"),
        ("Referens", 123456789012345, None, "123456789012345"),
        ("Referens", 1e20, None, "100000000000000000000"),
        ("Plats", True, None, "ja"),
        ("Plats", False, None, "nej"),
        ("Plats", "#REF!", None, "#REF!"),
        ("Plats", "  Vista\u00a0 vägen\n ", None, "Vista vägen"),
    ],
)
def test_a_native_cell_becomes_what_a_person_sees(
    heading: str, value: object, form: str | None, text: str
) -> None:
    assert cell(heading, value, form) == text


def test_days_may_be_counted_from_1904() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    worksheet = book.active
    assert worksheet is not None
    worksheet.append(["Tidpunkt", "Typ", "Plats"])
    worksheet.append([datetime(2026, 1, 18, 19, 20), "Klotter", "Torget"])  # noqa: DTZ001 – a cell has no zone
    file = io.BytesIO()
    book.save(file)
    [row] = rows(file.getvalue())
    assert row.text(Column.MOMENT) == "2026-01-18 19:20"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('<c t="s"><v>1</v></c>', "Söder torg"),
        ('<c t="inlineStr"><is><r><t>Sö</t></r><r><t>der</t></r></is></c>', "Söder"),
        ('<c t="str"><f>A1</f><v>Söder_x000D_</v></c>', "Söder"),
        ('<c t="str"><v>S_x00F6_der_x0000_</v></c>', "Söder"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="d"><v>2026-01-18T19:20:00</v></c>', "2026-01-18 19:20"),
        ('<x:c t="str"><x:v>Söder</x:v></x:c>', "Söder"),
    ],
)
def test_a_text_is_read_however_the_workbook_keeps_it(written: str, text: str) -> None:
    shared = (
        "<sst><si><t>noll</t></si>"
        "<si><r><t>Söder </t></r><rPh><t>uttal</t></rPh><r><t>torg</t></r></si></sst>"
    )
    first = "".join(f'<c t="str"><v>{each}</v></c>' for each in ROW[:3])
    content = raw(f"{HEAD}<row>{first}{written}</row>".replace("x:", ""), shared=shared)
    assert rows(content)[0].text(Column.PLACE) == text


def test_a_workbook_with_prefixes_on_every_element_is_read() -> None:
    part = f"<worksheet><sheetData>{HEAD}{FILLED}</sheetData></worksheet>"
    part = part.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    part = part.replace("<x:worksheet", '<x:worksheet xmlns:x="urn"')
    assert len(rows(raw(sheet=part))) == 1


def test_a_formula_without_a_saved_value_is_told() -> None:
    worksheet = sheet([*ROW[:3], "=A1"])
    table = lists.table(saved(worksheet))
    assert [row.text(Column.PLACE) for row in table.rows()] == [""]
    assert any(note.startswith("Formler utan sparat värde") for note in table.notes)


# --- Rows and columns -----------------------------------------------------------------------


def test_hidden_rows_are_read_and_told() -> None:
    worksheet = sheet(ROW, ROW, ROW)
    worksheet.row_dimensions[3].hidden = True
    table = lists.table(saved(worksheet))
    assert [row.hidden for row in table.rows()] == [False, True, False]
    assert "Dolda rader läses också: 3." in table.notes


def test_hidden_columns_that_are_known_are_read_and_told() -> None:
    worksheet = sheet([*ROW, "x"], headings=[*HEADINGS, "Åtgärd"])
    for letter in "BE":
        worksheet.column_dimensions[letter].hidden = True
    table = lists.table(saved(worksheet))
    assert "Dolda kolumner läses också: ”Tid”." in table.notes
    assert next(table.rows()).text(Column.TIME) == "22:45"


def test_blank_rows_are_left_and_numbers_are_excels() -> None:
    assert [row.line for row in rows(workbook(ROW, [], [None, " "], ROW))] == [2, 5]


def test_a_cell_beside_the_list_is_told_and_does_not_spoil_its_row() -> None:
    table = lists.table(workbook([*ROW, None, "x"]))
    assert [row.surplus for row in table.rows()] == [False]
    assert "Celler utan rubrik läses inte, i kolumn F." in table.notes


def test_columns_after_the_200th_are_not_read_and_told() -> None:
    table = lists.table(workbook([*ROW, *[1] * 200], headings=[*HEADINGS, *["z"] * 200]))
    assert len(table.headings) + len(table.ignored) == 200
    assert "Bara de första 200 kolumnerna läses." in table.notes


# --- Sheets ---------------------------------------------------------------------------------


def book(*, hidden: bool = False) -> bytes:
    worksheet = sheet(["Klotter"], headings=["Kategori"])
    worksheet.title = "Förklaring"
    for name in ("Januari", "Februari"):
        assert worksheet.parent is not None
        other = worksheet.parent.create_sheet(name)
        other.append(HEADINGS)
        other.append([*ROW[:3], name])
        other.sheet_state = "hidden" if hidden and name == "Januari" else "visible"
    return saved(worksheet)


def test_the_first_sheet_with_all_that_is_needed_is_read_and_told() -> None:
    table = lists.table(book())
    assert table.sheet == "Januari"
    assert "Arket ”Januari” läses, men inte: ”Förklaring”, ”Februari”." in table.notes


def test_a_visible_sheet_goes_before_a_hidden_one() -> None:
    assert lists.table(book(hidden=True)).sheet == "Februari"


def test_a_sheet_may_be_chosen() -> None:
    [row] = lists.table(book(), sheet="Februari").rows()
    assert row.text(Column.PLACE) == "Februari"


def test_a_sheet_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert "Ark i filen: ”Förklaring”, ”Januari”, ”Februari”." in refusal(book(), sheet="Mars")


def test_a_chosen_sheet_without_the_columns_is_refused() -> None:
    assert "Rubrikerna i filen är: Kategori." in refusal(book(), sheet="Förklaring")


# --- What is refused ------------------------------------------------------------------------


def claiming(part: bytes, size: int) -> bytes:
    """Return a workbook whose directory says another size of a part than it has."""
    content = bytearray(raw())
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(part))
    content[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(content)


LONG = f'<c t="str"><v>{"x" * 32_768}</v></c>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (raw(HEAD), "inga rader"),
        (raw(""), "Filen är tom."),
        (raw(f"{HEAD}<row>{LONG}</row>"), "En cell på rad 2 är längre än 32 767 tecken."),
        (raw(shared=f"<sst><si><t>{'x' * 32_768}</t></si></sst>"), "En cell i arbetsboken är"),
        (raw(f'{HEAD}<row r="1"><c><v>1</v></c></row>'), "skadad"),
        (raw(f'{HEAD}<row r="1048577"><c><v>1</v></c></row>'), "skadad"),
        (raw(f'{HEAD}<row><c r="XFE2"><v>1</v></c></row>'), "skadad"),
        (raw(f'{HEAD}<row><c r="22"><v>1</v></c></row>'), "skadad"),
        (raw(f'{HEAD}<row><c t="s"><v>7</v></c></row>'), "skadad"),
        (raw(f'{HEAD}<row><c t="s"><v>-1</v></c></row>'), "skadad"),
        (raw(f"{HEAD}<row>"), "skadad"),
        (raw(f"{HEAD}<row>{'<a>' * 30_000}"), "skadad"),
        (raw(sheet="<!DOCTYPE x><worksheet/>"), "skadad"),
        (raw(sheet='<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'), "skadad"),
        (raw(shared='<!DOCTYPE x [<!ENTITY a SYSTEM "f">]><sst>&a;</sst>'), "skadad"),
        (raw(styles=f"<a><cellXfs>{'<xf/>' * 65_537}</cellXfs></a>"), "skadad"),
        (raw(plan="<workbook/>"), "skadad"),
        (raw(plan=PLAN.replace("r1", "r9")), "skadad"),
        (claiming(b"xl/sharedStrings.xml", 40_000_001), "för stor när den packas upp"),
        (claiming(b"xl/worksheets/sheet1.xml", 200_000_001), "för stor när den packas upp"),
        (claiming(b"xl/worksheets/sheet1.xml", 10), "skadad"),
        (archive({"[Content_Types].xml": "<a/>"}), "skadad"),
        (archive({f"{number}": "" for number in range(2_001)}), "för stor"),
        (workbook(ROW)[:-400], "skadad"),
        (workbook(ROW)[:2_000], "skadad"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_in_a_sentence(
    content: bytes, words: str
) -> None:
    assert words in refusal(content)


def test_an_archive_with_two_parts_of_one_name_is_refused() -> None:
    file = io.BytesIO(raw())
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("XL/worksheets\\sheet1.xml", "<worksheet/>")
    assert "skadad" in refusal(file.getvalue())


def test_parts_of_the_largest_size_are_read() -> None:
    for part, size in ((b"xl/sharedStrings.xml", 4 * 10**7), (b"xl/worksheets/sheet1", 2 * 10**8)):
        assert len(rows(claiming(part, size))) == 1


def test_a_part_with_a_password_is_refused() -> None:
    content = bytearray(raw())
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    content[entry + 8] |= 1
    assert "lösenord" in refusal(bytes(content))
