"""Incidents as tables: a workbook and CSV, written one row at a time."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lagesbild.exchange.rules.exports.cells import (
    Column,
    Value,
    about_columns,
    cells,
    columns,
    in_csv,
    is_formula,
    writable,
)
from lagesbild.exchange.rules.exports.records import SECRECY, Record
from lagesbild.exchange.rules.exports.systems import DEGREES, System


def write_csv(file: IO[bytes], records: Iterable[Record], system: System = DEGREES) -> int:
    """Write CSV as Swedish Excel opens it, and return the number of rows.

    UTF-8 with a byte order mark, semicolons, decimal commas, CRLF.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    shown = [column.shown for column in columns(system)]
    out.writerow(column.heading for column in columns(system))
    rows = 0
    for record in records:
        out.writerow(map(in_csv, cells(record, system), shown))
        rows += 1
    text.detach()
    return rows


def write_xlsx(
    file: IO[bytes],
    records: Iterable[Record],
    about: Sequence[tuple[str, str]],
    system: System = DEGREES,
) -> int:
    """Write a workbook with a sheet of incidents and one about them; return the number of rows."""
    book = Workbook(write_only=True)
    book.properties.creator = "Lägesbild"
    heads = columns(system)
    sheet = _sheet(book, "Händelser", [column.width for column in heads])
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, column.heading) for column in heads])
    line = _Line(sheet, heads)
    rows = number = 0
    for record in records:
        sheet.append(line.of(cells(record, system)))
        rows += 1
        number += record.seen.number
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{rows + 1}"
    told = ("Kolumnerna", about_columns(system))
    lines = ("Antal händelser", number), ("Sekretess", SECRECY), told
    _write_about(book, [*about, *lines])
    book.save(file)
    return rows


class _Line:
    """The cells of a row, used again for every row: a new cell costs more than what is in it.

    A text is always a text, whatever it begins with. What looks like a formula also carries the
    mark that keeps it one when somebody edits the cell (quotePrefix).
    """

    def __init__(self, sheet: Worksheet, heads: Sequence[Column]) -> None:
        self._plain = [WriteOnlyCell(sheet) for _ in heads]
        self._quoted = [WriteOnlyCell(sheet) for _ in heads]
        for column, plain, quoted in zip(heads, self._plain, self._quoted, strict=True):
            plain.number_format = column.shown
            quoted.quotePrefix = True

    def of(self, values: tuple[Value, ...]) -> list[object]:
        """Return cells with these values; they hold until the next row."""
        return [self._filled(place, value) for place, value in enumerate(values)]

    def _filled(self, place: int, value: Value) -> object:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            cell = self._plain[place]
            cell.value = value
            return cell
        cell = (self._quoted if is_formula(value) else self._plain)[place]
        cell.value = writable(value)
        cell.data_type = "s"  # openpyxl would take "=1" for a formula and "#N/A" for an error
        return cell


def _sheet(book: Workbook, title: str, widths: Sequence[int]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return sheet


def _heading(sheet: Worksheet, text: str) -> object:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _write_about(book: Workbook, lines: Sequence[tuple[str, Value]]) -> None:
    sheet = _sheet(book, "Om uttaget", (20, 80))
    for heading, value in lines:
        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        if isinstance(value, str):
            cell.data_type = "s"
        sheet.append([_heading(sheet, heading), cell])
