"""Files of lists as other organisations send them, small enough to read in a test."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists

HEADINGS = ["Datum", "Tid", "Händelsetyp", "Plats"]
ROW: list[object] = ["2026-01-10", "22:45", "Klotter", "Torget"]
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
LINKS = (
    "<Relationships>"
    '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    '<Relationship Id="r3" Type="x/styles" Target="styles.xml"/>'
    "</Relationships>"
)
PLAN = '<workbook><sheets><sheet name="Blad1" r:id="r1"/></sheets></workbook>'
HEAD = "<row>" + "".join(f'<c t="str"><v>{heading}</v></c>' for heading in HEADINGS) + "</row>"
FILLED = "<row>" + "".join(f'<c t="str"><v>{cell}</v></c>' for cell in ROW) + "</row>"


def sheet(*rows: Sequence[object], headings: Sequence[object] = HEADINGS) -> Worksheet:
    """Return a sheet that a test may go on with before `saved`."""
    worksheet = Workbook().active
    assert isinstance(worksheet, Worksheet)
    for row in (headings, *rows):
        worksheet.append(list(row))
    return worksheet


def saved(worksheet: Worksheet) -> bytes:
    file = io.BytesIO()
    assert isinstance(worksheet.parent, Workbook)
    worksheet.parent.save(file)
    return file.getvalue()


def workbook(*rows: Sequence[object], headings: Sequence[object] = HEADINGS) -> bytes:
    return saved(sheet(*rows, headings=headings))


def text(*rows: Sequence[object], headings: Sequence[object] = HEADINGS) -> str:
    return "\r\n".join(";".join(map(str, row)) for row in (headings, *rows))


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def raw(rows: str = HEAD + FILLED, **parts: str | bytes) -> bytes:
    """Return a workbook written by hand. `parts` replace `sheet`, `shared`, `styles` or `plan`."""
    written = {
        "sheet": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        "shared": "<sst/>",
        "styles": "<styleSheet/>",
        "plan": PLAN,
    } | parts
    return archive(
        {
            "[Content_Types].xml": TYPES,
            "xl/workbook.xml": written["plan"],
            "xl/_rels/workbook.xml.rels": LINKS,
            "xl/worksheets/sheet1.xml": written["sheet"],
            "xl/sharedStrings.xml": written["shared"],
            "xl/styles.xml": written["styles"],
        }
    )


def raw_sheets(*sheets: str) -> bytes:
    """Return a workbook of sheets that are written by hand, without shared texts or styles."""
    numbers = range(len(sheets))
    links = "".join(
        f'<Relationship Id="r{n}" Type="x/worksheet" Target="s{n}.xml"/>' for n in numbers
    )
    entries = "".join(f'<sheet name="Blad{n}" r:id="r{n}"/>' for n in numbers)
    return archive(
        {
            "[Content_Types].xml": TYPES,
            "xl/workbook.xml": f"<workbook><sheets>{entries}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
            **{f"xl/s{n}.xml": f"<worksheet>{sheet}</worksheet>" for n, sheet in enumerate(sheets)},
        }
    )


def refusal(content: bytes, **how: str) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(InvalidError) as caught:
        lists.table(content, sheet=how.get("sheet"))
    return str(caught.value)
