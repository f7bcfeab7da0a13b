"""Whatever bytes come, the reader answers with a list or a sentence, in little memory."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import Column
from tests.unit.exchange_files import FILLED, HEAD, PLAN, ROW, TYPES, archive, raw, text, workbook

quick = settings(max_examples=100, derandomize=True, deadline=None, database=None)

TEXT = text(ROW, ["2026-01-11", "ca 22.30", '"Bråk; hot"', "Älta 59,2"], ["Summa", "", "", "2"])
WORKBOOK = workbook(ROW, ROW, ["Summa", None, None, 2])
PARTS = [
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
]


def answered(content: bytes) -> None:
    """Read a file in every way; anything but an `InvalidError` with a sentence is a fault."""
    for read in (lists.layout, lists.table):
        try:
            found = read(content)
        except InvalidError as error:
            sentence = str(error)
            assert sentence.endswith(".") and len(sentence) < 30_000  # noqa: PT018 – either is good
            continue
        if isinstance(found, lists.Table):
            numbered = list(lists.numbered(found.rows()))
            assert numbered
            for each in numbered:
                assert each.row.cells.keys() == found.headings.keys()
                assert all("\x00" not in cell for cell in each.row.cells.values())


@st.composite
def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a file with some bytes overwritten, put in, taken away or cut off at the end."""
    whole = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(whole)))
        end = min(len(whole), start + draw(st.integers(0, 12)))
        whole[start:end] = draw(st.binary(max_size=12))
    return bytes(whole[: draw(st.integers(0, len(whole)))] if draw(st.booleans()) else whole)


@quick
@given(st.binary(max_size=300))
@example(b"\x00" * 300)
@example(b"sep=")
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\xd8")
@example(b'"')
def test_any_bytes(content: bytes) -> None:
    answered(content)
    for start in (b"PK\x03\x04", b"PK\x05\x06", b"\xef\xbb\xbf", b"Datum;Typ;Plats\n", b"sep=;\n"):
        answered(start + content)


@quick
@given(st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=5), st.sampled_from(";,\t|"))
def test_any_texts_under_good_headings(rows: list[list[str]], separator: str) -> None:
    answered("\n".join(["Datum;Typ;Plats", *[separator.join(row) for row in rows]]).encode())


@quick
@given(
    st.one_of(
        changed(TEXT.encode()),
        changed(TEXT.encode("cp1252")),
        changed(TEXT.encode("utf-16")),
    )
)
def test_any_damage_to_a_text(content: bytes) -> None:
    answered(content)


@quick
@given(changed(WORKBOOK))
def test_any_damage_to_a_workbook(content: bytes) -> None:
    answered(content)


@quick
@given(st.sampled_from(PARTS), st.data())
def test_any_damage_inside_a_workbook(part: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = data.draw(changed(parts.get(part, b"<sst/>")))
    answered(archive(parts))


cell_texts = st.one_of(
    st.text("0123456789.eE+-", max_size=12), st.text(max_size=12), st.just("46040.8055")
)


@quick
@given(st.sampled_from(["n", "s", "str", "d", "b", "e", "inlineStr", "?"]), cell_texts)
def test_any_text_in_any_kind_of_cell(kind: str, said: str) -> None:
    plain = said.encode("utf-8", "replace").decode().translate({ord(c): "." for c in "<>&"})
    cells = "".join(f'<c t="{kind}" s="{n}"><v>{plain}</v></c>' for n in range(4))
    styles = "<a><cellXfs>" + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 20, 22))
    answered(raw(f"{HEAD}{FILLED}<row>{cells}</row>", styles=f"{styles}</cellXfs></a>"))


@quick
@given(st.text(max_size=40))
@example("[" * 255)
@example('"' * 255)
def test_any_number_format(code: str) -> None:
    safe = code.encode("utf-8", "replace").decode().translate({ord(c): "." for c in "<>&\"'"})
    forms = f'<numFmt numFmtId="200" formatCode="{safe}"/>'
    styles = f'<a>{forms}<cellXfs><xf numFmtId="200"/></cellXfs></a>'
    answered(raw(f'{HEAD}<row><c s="0"><v>46040.5</v></c></row>', styles=styles))


@quick
@given(st.dictionaries(st.text(max_size=12), st.one_of(st.none(), st.sampled_from(Column))))
def test_any_choice_of_columns(columns: dict[str, Column | None]) -> None:
    layout = lists.layout(TEXT.encode(), columns=columns)
    chosen = dict(zip(layout.headings, columns.values(), strict=False))
    try:
        table = lists.table(TEXT.encode(), columns=chosen)
    except InvalidError as error:
        assert str(error)  # noqa: PT017 – either is good
    else:
        assert len(list(table.rows())) in (2, 3)


# --- Files that are made to be too much -----------------------------------------------------

LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
LAUGH = f'<!DOCTYPE a [<!ENTITY a0 "ha">{LAUGHS}]>'
BLANK = "<row/>" * 100_000
CELLS = "<c><v>1</v></c>" * 1_000_000
WIDE = f'<dimension ref="A1:ZZZZZ1"/><sheetData><row>{CELLS}</row></sheetData>'

# Each file grows at least a hundredfold when it is unpacked, or is itself near the limit.
TOO_MUCH: Mapping[str, Callable[[], bytes]] = {
    "a sheet of spaces": lambda: bomb(b" ", 100_000_000),
    "a text without end": lambda: bomb(b"a", 100_000_000, f"{HEAD}<row><c t='str'><v>"),
    "a tag without end": lambda: bomb(b"x", 100_000_000, '<a b="'),
    "elements without end": lambda: bomb(b"<a>", 30_000_000),
    "a million columns": lambda: raw(sheet=f"<worksheet>{WIDE}</worksheet>"),
    "rows without end": lambda: raw(HEAD + FILLED + BLANK),
    "half a million shared texts": lambda: shared("<si><t>ab</t></si>", 500_000),
    "shared texts of wide signs": lambda: shared(f"<si><t>{'a' * 32_000}😀</t></si>", 1_200),
    "names without end": lambda: raw("".join(f"<a{n} b{n}='1'/>" for n in range(50_000))),
    "a billion laughs": lambda: raw(sheet=f"{LAUGH}<worksheet>&a9;</worksheet>"),
    "a billion laughs in a plan": lambda: raw(plan=f"{LAUGH}{PLAN}&a9;"),
    "a billion laughs in the types": lambda: archive({"[Content_Types].xml": LAUGH + TYPES}),
    "an archive of many parts": lambda: archive(dict.fromkeys(map(str, range(20_000)), "")),
    "a line of separators": lambda: b";" * 19_999_999,
    "cells without end": lambda: b"Datum;Typ;Plats\n" + b"ab;" * 6_600_000,
    "a quote without end": lambda: b'Datum;Typ;Plats\n"' + b"a\n" * 9_000_000,
    "quotes without end": lambda: b"Datum;Typ;Plats\n" + b'"a\nb";' * 3_000_000,
    "one wide sign": lambda: "Datum;Typ;Plats\n1;2;😀".encode() + b"a" * 19_000_000,
}


def bomb(piece: bytes, times: int, begin: str = "") -> bytes:
    """Return a workbook whose sheet goes on and on."""
    file = io.BytesIO(raw())
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, part in parts.items():
            if name != PARTS[2]:
                package.writestr(name, part)
        with package.open(PARTS[2], "w") as sheet:
            sheet.write(b"<worksheet><sheetData>" + begin.encode())
            for _ in range(times // 1_000_000):
                sheet.write(piece * 1_000_000)
    return file.getvalue()


def shared(element: str, times: int) -> bytes:
    return raw(shared=f"<sst>{element * times}</sst>")


READ = """
import sys
from pathlib import Path
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules import lists
for name in sys.argv[1:]:
    try:
        list(lists.numbered(lists.table(Path(name).read_bytes()).rows()))
    except InvalidError as error:
        assert str(error).endswith(".")
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) * 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
def test_no_file_takes_300_mb_of_memory(tmp_path: Path) -> None:
    files = []
    for name, made in TOO_MUCH.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(made())
        assert files[-1].stat().st_size <= 20_000_000
    done = subprocess.run(  # noqa: S603 – this Python, with files of this test
        [sys.executable, "-c", READ, *files], capture_output=True, check=True, text=True
    )
    assert int(done.stdout) < 300_000_000
