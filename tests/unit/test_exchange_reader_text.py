"""Lists as text: letters, separators, quotes, and files that are something else."""

import pytest

from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import Column, Kind, Row, Table
from tests.unit.exchange_files import HEADINGS, ROW, archive, refusal, text

GOOD = text(ROW)


def read(content: str | bytes) -> tuple[Table, list[Row]]:
    table = lists.table(content.encode() if isinstance(content, str) else content)
    return table, list(table.rows())


# --- Letters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]
)
def test_swedish_letters_are_read_in_each_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    content = mark + text(["2026-01-10", "22:45", "Bråk", "Långsjön, Älta"])
    table, [row] = read(content.encode(encoding))
    assert row.text(Column.PLACE) == "Långsjön, Älta"
    assert table.headings[Column.CATEGORY] == "Händelsetyp"
    assert table.notes == ()


def test_a_dash_in_windows_1252_is_a_dash() -> None:
    _, [row] = read(text(["2026-01-10", "22:45", "Bråk", "Torget – östra"]).encode("cp1252"))
    assert row.text(Column.PLACE) == "Torget – östra"


def test_a_byte_that_windows_1252_lacks_is_latin_1() -> None:
    content = text(["2026-01-10", "22:45", "Br\xe5k", "Torget \x9d"]).encode("latin-1")
    table, [row] = read(content)
    assert row.text(Column.CATEGORY) == "Bråk"
    assert table.notes[0].startswith("En del bokstäver kan ha blivit fel.")


@pytest.mark.parametrize(
    "content",
    [
        text(["2026-01-10", "22:45", "Bråk", "Älta"]).encode().decode("cp1252").encode(),
        text(["2026-01-10", "22:45", "Br\ufffdk", "Torget"]).encode(),
        text(["2026-01-10", "22:45", "Bråk", "Torget"]).encode("mac-roman"),
    ],
)
def test_letters_that_were_read_wrongly_somewhere_are_told(content: bytes) -> None:
    chosen = {lists.layout(content).headings[2]: Column.CATEGORY}
    notes = lists.table(content, columns=chosen).notes
    assert notes[0].startswith("En del bokstäver kan ha blivit fel.")


def test_a_letter_in_two_parts_is_the_same_letter() -> None:
    _, [row] = read(text(["2026-01-10", "22:45", "Bra\u030ak", "Torget"]))
    assert row.text(Column.CATEGORY) == "Bråk"


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x1b", "\x7f"])
def test_signs_that_are_no_text_are_refused(sign: str) -> None:
    assert "tecken som inte hör hemma i en text" in refusal((GOOD + sign).encode())


# --- Separators -----------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_the_separator_is_found(separator: str) -> None:
    _, [row] = read(GOOD.replace(";", separator))
    assert row.text(Column.PLACE) == "Torget"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_decimal_comma_is_no_separator(separator: str) -> None:
    content = "Datum;Typ;Lat;Long\n" + "2026-01-10;Bråk, slag, hot;59,2;17,9\n" * 9
    _, rows = read(content.replace(";", separator))
    assert rows[0].text(Column.LATITUDE) == "59,2"


def test_commas_separate_where_numbers_have_points() -> None:
    _, [row] = read("Datum,Typ,Lat,Long\n2026-01-10,Klotter,59.2,17.9")
    assert row.text(Column.LONGITUDE) == "17.9"


def test_excels_first_line_tells_the_separator_and_is_no_row() -> None:
    _, [row] = read("sep=,\r\n" + GOOD.replace(";", ","))
    assert (row.line, row.text(Column.PLACE)) == (2, "Torget")


# --- Cells ----------------------------------------------------------------------------------


def test_quotes_separators_and_line_breaks_may_stand_in_a_cell() -> None:
    _, rows = read(text(["2026-01-10", "", '"Bråk; ""akut""\nigen"', "Torget"], ROW))
    assert rows[0].text(Column.CATEGORY) == 'Bråk; "akut" igen'
    assert rows[1].line == 3


def test_empty_rows_are_left_out_but_counted() -> None:
    _, rows = read(text(ROW, ["", "", "", ""], [""], ROW))
    assert [row.line for row in rows] == [2, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    _, rows = read(text(ROW, ROW).replace("\r\n", end))
    assert [row.line for row in rows] == [2, 3]


@pytest.mark.parametrize(("more", "surplus"), [([""], False), (["", "x"], True), (["x"], True)])
def test_a_row_with_more_cells_than_headings_is_marked(more: list[str], *, surplus: bool) -> None:
    _, [row] = read(text([*ROW, *more]))
    assert row.surplus is surplus


def test_empty_columns_at_the_end_are_no_columns() -> None:
    _, [row] = read(text([*ROW, "", ""], headings=[*HEADINGS, "", ""]))
    assert not row.surplus


def test_cells_in_a_column_without_a_heading_are_told() -> None:
    table, [row] = read(
        text(["2026-01-10", "x", "Klotter", "Torget"], headings=["Datum", "", *HEADINGS[2:]])
    )
    assert "Celler utan rubrik läses inte, i kolumn B." in table.notes
    assert not row.surplus


def test_cells_that_are_missing_at_the_end_are_empty() -> None:
    _, [row] = read(text(ROW[:3]))
    assert row.text(Column.PLACE) == ""


@pytest.mark.parametrize(("length", "good"), [(32_767, True), (32_768, False)])
def test_a_cell_has_at_most_32_767_signs(length: int, *, good: bool) -> None:
    content = text([*ROW[:3], "x" * length]).encode()
    if good:
        assert len(list(lists.table(content).rows())) == 1
    else:
        assert refusal(content).startswith("En cell på rad 2 är längre än 32 767 tecken.")


def test_a_row_beyond_200_columns_is_told() -> None:
    table, _ = read(text([*ROW, *["x"] * 200], headings=[*HEADINGS, *["z"] * 200]))
    assert "Bara de första 200 kolumnerna läses." in table.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD + '\n"1;2', "Rad 3 går inte att läsa: ett citattecken saknas"),
        (GOOD + '\n"' + "x\n" * 70_000, "Rad 3 går inte att läsa"),
        ("\n".join([GOOD, *['"a\nb";' * 170_000]]), "Rad 3 är för lång"),
        (text(), "Listan har inga rader under rubrikraden."),
        (text(["", "", "", "7"]), "Listan har inga rader under rubrikraden."),
        ("", "Filen är tom."),
        ("\r\n;;;\r\n", "Filen är tom."),
        (GOOD + "\n" * 1_048_576, "fler än en miljon rader"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_in_a_sentence(content: str, words: str) -> None:
    assert words in refusal(content.encode())


def test_a_text_has_no_sheets() -> None:
    layout = lists.layout(GOOD.encode())
    assert (layout.kind, layout.sheets, layout.sheet) == (Kind.TEXT, (), "")
    assert "Ark i filen: inga." in refusal(GOOD.encode(), sheet="Blad1")


# --- Files that are something else ----------------------------------------------------------

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 500
ODS = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}
ODT = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (OLE + "Workbook".encode("utf-16-le"), "gammalt format (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "skyddad med lösenord"),
        (OLE + "WordDocument".encode("utf-16-le"), "Worddokument"),
        (OLE, "gammalt Officedokument"),
        (b"%PDF-1.7 \x00", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "en bild"),
        (b"\x1f\x8b\x08", "packad"),
        (archive(ODS), "LibreOffice (.ods)"),
        (archive(ODT), "textdokument"),
        (archive({"Index/Document.iwa": ""}), "Numbers"),
        (archive({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
        (archive({"word/document.xml": ""}), "textdokument"),
        (archive({"ppt/slides/slide1.xml": ""}), "presentation"),
        (archive({"lista.csv": GOOD}), "zip-arkiv, inte ett Excelark"),
        (archive({}), "tomt zip-arkiv"),
        (b"<!DOCTYPE html><html><table><tr><td>Datum", "webbsida"),
        ("<html xmlns:x='urn'><table>".encode("utf-16"), "webbsida"),
        (b"<table><tr><td>Datum</td>", "webbsida"),
        (b"<?xml version='1.0'?><Workbook xmlns='x'>", "XML 2003"),
        (b"<?xml version='1.0'?><gml>", "Filen är XML"),
        (b'{"type": "FeatureCollection"}', "JSON"),
        (b'[{"id": 1}]', "JSON"),
        (b"x" * 20_000_001, "större än 20 MB"),
        (b"PK\x03\x04 and so on", "Arbetsboken är skadad"),
    ],
)
def test_another_kind_of_file_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    assert words in refusal(content)
