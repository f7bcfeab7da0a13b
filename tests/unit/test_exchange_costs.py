"""What it costs to read a list: little for a usual one, and no more than so much for any other.

Work is counted as calls of functions, which are the same on every machine.
"""

import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.base.errors import InvalidError
from lagesbild.base.privacy import REMOVED
from lagesbild.exchange.rules import lists
from lagesbild.exchange.rules.lists import Column, worksheets
from lagesbild.exchange.rules.lists.budgets import READING, Allowance, Budget
from lagesbild.exchange.rules.lists.columns import clean, plain, plain_among
from lagesbild.exchange.rules.lists.packages import TOO_BIG
from tests.unit.exchange_files import (
    FILLED,
    HEAD,
    HEADINGS,
    PLAN,
    ROW,
    raw,
    raw_sheets,
    refusal,
    text,
    workbook,
)  # fmt: skip

ROWS = "<sheetData>{}</sheetData>"


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called for some work, in Python or C."""
    count = 0

    def seen(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def shared_list(rows: int, *, headings_last: bool = False) -> bytes:
    """Return a workbook where every cell is a text of its own, kept among the shared ones."""
    lines = [HEADINGS, *[[f"{cell} {n}" for cell in ROW] for n in range(rows)]]
    kept = [*lines[1:], lines[0]] if headings_last else lines
    texts = [cell for line in kept for cell in line]
    numbers = {cell: number for number, cell in enumerate(texts)}
    written = "".join(
        "<row>" + "".join(f'<c t="s"><v>{numbers[cell]}</v></c>' for cell in line) + "</row>"
        for line in lines
    )
    return raw(written, shared="<sst>" + "".join(f"<si><t>{t}</t></si>" for t in texts) + "</sst>")


# --- A usual list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        shared_list,
        lambda rows: workbook(*[ROW] * rows),
        lambda rows: text(*[ROW] * rows).encode(),
    ],
)
def test_a_layout_costs_the_same_however_long_the_list_is(made: Callable[[int], bytes]) -> None:
    # A piece of a workbook is 64 kB, so the first one may hold more rows than are asked for.
    short, long = made(1_000), made(8_000)
    lists.layout(short)  # what is remembered from then on costs nothing the second time
    assert calls(lambda: lists.layout(long)) < 1.2 * calls(lambda: lists.layout(short))
    assert calls(lambda: lists.table(long)) > 5 * calls(lambda: lists.table(short))


def test_headings_that_were_written_last_are_found() -> None:
    content = shared_list(20_000, headings_last=True)
    assert lists.layout(content).missing == ()


def test_a_list_of_50_000_rows_and_20_columns_may_be_read() -> None:
    assert READING.elements > 50_000 * (1 + 20 * 3)


def test_all_the_columns_of_excel_may_stand_before_the_rows() -> None:
    columns = "".join(f'<col min="{n}" max="{n}"/>' for n in range(1, 16_385))
    content = raw_sheets(f"<cols>{columns}</cols>" + ROWS.format(HEAD + FILLED))
    assert lists.layout(content).missing == ()


def test_a_sheet_of_formatted_blank_rows_is_passed_over() -> None:
    blank = ROWS.format("<row><c/><c/><c/></row>" * 30_000)
    layout = lists.layout(raw_sheets(blank, ROWS.format(HEAD + FILLED)))
    assert (layout.sheet, layout.missing) == ("Blad1", ())


# --- A hostile one --------------------------------------------------------------------------

STRANGE = "<a/>" * 1_000_000
COLUMNS = "<col/>" * 500_000
BLANK = ROWS.format("<row/>" * 200_000)
WIDE = ROWS.format(f"<row>{'<c/>' * 200}</row>" * 2_000)
LAST = "<row><c t='s'><v>900000</v></c></row>"
NAMES = "<definedName name='area'>Blad1!$A$1</definedName>" * 50_000
FORMATS = "".join(f'<numFmt numFmtId="{n}" formatCode="{"[" * 255}"/>' for n in range(20_000))
SPACE = ROWS.format(" " * 20_000_000)

# The work is that of as many elements as were to be found, at most: twelve calls for each.
BOMBS: Mapping[str, tuple[Callable[[], bytes], int]] = {
    "unknown elements before the rows": (lambda: raw_sheets(*[STRANGE + BLANK] * 2), 20_000),
    "unknown elements among the rows": (lambda: raw(HEAD + STRANGE), 20_000),
    "columns before the rows": (lambda: raw_sheets(*[COLUMNS + BLANK] * 2), 40_000),
    "blank rows in many sheets": (lambda: raw_sheets(*[BLANK] * 10), 900_000),
    "blank cells in many sheets": (lambda: raw_sheets(*[WIDE] * 10), 900_000),
    "space in many sheets": (lambda: raw_sheets(*[SPACE] * 10), 20_000),
    "unknown elements in the plan": (
        lambda: raw(plan=PLAN.replace("<sheets>", f"{STRANGE}<sheets>")),
        20_000,
    ),
    "unknown elements in the styles": (lambda: raw(styles=f"<a>{STRANGE}</a>"), 20_000),
    "unknown elements in the shared texts": (
        lambda: raw(HEAD + LAST, shared=f"<sst>{STRANGE}</sst>"),
        20_000,
    ),
    "shared texts": (
        lambda: raw(HEAD + LAST, shared=f"<sst>{'<si><t>a</t></si>' * 900_001}</sst>"),
        900_000,
    ),
    "number formats": (lambda: raw(styles=f"<a>{FORMATS}</a>"), 20_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_after_no_more_work_than_to_find_headings(name: str) -> None:
    made, elements = BOMBS[name]
    content = made()

    def work() -> None:
        with pytest.raises(InvalidError, match=r"för stor när den packas upp|skadad"):
            lists.layout(content)

    assert calls(work) < 12 * elements


def test_a_sheet_that_is_blank_as_far_as_it_is_looked_at_is_not_called_empty() -> None:
    assert refusal(raw_sheets(BLANK)) == TOO_BIG


def test_names_for_areas_after_the_sheets_are_not_read() -> None:
    content = raw(plan=PLAN.replace("</workbook>", f"{NAMES}</workbook>"))
    assert len(list(lists.table(content).rows())) == 1


def test_rows_begin_once_in_a_sheet() -> None:
    assert "skadad" in refusal(raw_sheets(ROWS.format(HEAD) + ROWS.format(FILLED)))


@pytest.mark.parametrize(
    ("left", "good"),
    [
        (Allowance(2, 1, 3), True),
        (Allowance(1, 1, 3), False),
        (Allowance(2, 0, 3), False),
        (Allowance(2, 1, 2), False),
    ],
)
def test_a_budget_may_be_spent_to_its_end(left: Allowance, *, good: bool) -> None:
    budget = Budget(left)
    if good:
        budget.spend(2, 1, 3)
        assert budget.left == Allowance(0, 0, 0)
    else:
        with pytest.raises(InvalidError, match="för stor"):
            budget.spend(2, 1, 3)


def test_all_rows_of_a_sheet_cost_of_the_budget() -> None:
    chunks = [b"<worksheet><sheetData>", *[b"<row/>"] * 10]
    texts = worksheets.Texts.__new__(worksheets.Texts)
    with pytest.raises(InvalidError, match="för stor"):
        list(worksheets.rows(chunks, texts, Budget(Allowance(11, 0, 1_000))))


# --- Headings and cells ---------------------------------------------------------------------


def wide_sheets(sheets: int) -> bytes:
    row = "<row>" + "".join(f'<c t="str"><v>a {n}</v></c>' for n in range(200)) + "</row>"
    return raw_sheets(*[ROWS.format(row * 50)] * sheets)


def test_only_so_many_cells_are_looked_up_as_headings() -> None:
    chosen = {"Hej": Column.CATEGORY}
    few, all_of_them = wide_sheets(1), wide_sheets(10)
    one = calls(lambda: lists.layout(few, columns=chosen))
    many = calls(lambda: lists.layout(all_of_them, columns=chosen))
    assert many < 10 * one
    assert one < 100 * 1_200


@settings(derandomize=True, deadline=None, database=None)
@given(st.text(max_size=250))
def test_a_heading_is_looked_up_as_it_is_remembered(heading: str) -> None:
    assert plain_among(heading, [f"a {REMOVED}"]) == plain(heading)
    if REMOVED not in plain(heading):
        assert plain_among(heading, ["a"]) == plain(heading)


def test_a_heading_with_a_personal_number_may_be_chosen() -> None:
    headings = ["Datum", "Anmält av 811228-9874", "Plats"]
    content = text(ROW[:3], headings=headings).encode()
    [_, shown, _] = lists.layout(content).headings
    assert REMOVED in shown
    found = lists.layout(content, columns={shown: Column.CATEGORY}).found
    assert found[Column.CATEGORY] == shown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a" + "\u0323" * 30, "\u1ea1" + "\u0323" * 29),
        ("a" + "\u0323" * 31, "\u1ea1" + "\u0323" * 29),
        ("a" + "\u0323\u0301" * 16_000, "\u1ea1" + "\u0323" * 14 + "\u0301" * 15),
        ("–" * 40 + " o\u0308", "–" * 40 + " ö"),
    ],
)
def test_only_so_many_marks_on_a_letter_are_sorted(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize(("columns", "good"), [(16_384, True), (16_385, False)])
def test_a_row_of_text_has_no_more_columns_than_excel(columns: int, *, good: bool) -> None:
    content = text([*ROW, *[""] * (columns - 5), "x"]).encode()
    if good:
        assert len(list(lists.table(content).rows())) == 1
    else:
        assert refusal(content).startswith("Rad 2 är för lång.")


def test_blank_rows_of_text_cost_a_call_or_two() -> None:
    spaces, nothing = ((text(ROW) + "\n" + line * 50_000).encode() for line in (" \n", "\n"))
    least = calls(lambda: lists.layout(nothing))
    assert calls(lambda: lists.layout(spaces)) < least + 3 * 50_000
