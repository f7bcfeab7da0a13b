"""The letter on paper and for machines."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from lagesbild.digests.draw import letter, pdf
from lagesbild.digests.draw.archive import as_json
from lagesbild.digests.draw.words import NOT_INCLUDED, Covered
from lagesbild.digests.rules import Form, Kind, Letter
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.wording import Wording
from tests.build import NOBODY
from tests.unit.digest_letters import EXAMPLE, HEAD, W47, WORDING, numbers, of, told

KNOWN = KnownEvent(NOBODY, "Skottlossning i Skogås.", "https://polisen.example/1", "Polisen")


@pytest.fixture(scope="module")
def example() -> Letter:
    return letter.compose(of())


def read(made: Letter) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.pdf(made)))


@pytest.fixture(scope="module")
def printed(example: Letter) -> PdfReader:
    return read(example)


def tags(reader: PdfReader) -> list[tuple[str, str]]:
    """Return the tags of a document in their order, each with its alternative text."""
    found: list[tuple[str, str]] = []

    def walk(node: Any) -> None:  # noqa: ANN401 – whatever a PDF holds
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, DictionaryObject) and node.get("/S"):
            found.append((str(node["/S"]), str(node.get("/Alt", ""))))
            walk(node.get("/K", []))

    root: Any = reader.trailer["/Root"]
    walk(root["/StructTreeRoot"]["/K"])
    return found


def test_the_letter_is_one_page_of_a4(printed: PdfReader) -> None:
    [page] = printed.pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_it_says_whose_it_is_its_title_and_its_language(printed: PdfReader) -> None:
    root: Any = printed.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert printed.metadata is not None
    assert printed.metadata.title == (
        "Lägesbild v. 47 – tydligt fler än vanligt i Skogås, i övrigt som vanligt"
    )
    assert "Demokommunen, lägesbild v. 47, nr 2026:43" in printed.pages[0].extract_text()


@pytest.mark.parametrize(("made", "part"), [(pdf.pdf, b"pdfuaid"), (pdf.archive_pdf, b"pdfaid")])
def test_it_says_which_standard_it_follows(example: Letter, made: Any, part: bytes) -> None:  # noqa: ANN401 – a function
    reader = PdfReader(io.BytesIO(made(example)))
    root: Any = reader.trailer["/Root"]
    assert part in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"]


def test_the_archive_has_part_three_level_a(example: Letter) -> None:
    root: Any = PdfReader(io.BytesIO(pdf.archive_pdf(example))).trailer["/Root"]
    said = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in said
    assert 'pdfaid:conformance="A"' in said


def test_headings_lists_and_the_one_table_are_tagged(printed: PdfReader) -> None:
    names = [name for name, _ in tags(printed)]
    assert names.count("/H1") == 1
    assert names.count("/H2") == 10
    assert names.count("/Table") == 1  # those that only place things are none
    assert names.count("/TR") == 1 + len(EXAMPLE) + 1
    assert names.count("/TH") == 6 + len(EXAMPLE) + 1
    assert names.count("/LI") == 3 + 3 + 7


def test_the_map_says_on_paper_what_it_shows(printed: PdfReader) -> None:
    [alt] = [alt for name, alt in tags(printed) if name == "/Figure"]
    assert alt.startswith("Schematisk karta över sju kommundelar. Skogås: 34 händelser")


def test_it_tells_what_the_text_tells(printed: PdfReader) -> None:
    seen = " ".join(printed.pages[0].extract_text().split())
    for name, *row in EXAMPLE:
        assert f"{name} {' '.join(map(str, row))}" in seen
    for line in ("2026-108 Belysning vid busshållplats, Vårby. Minskat.", "alla händelser."):
        assert line in seen


def test_a_letter_without_a_map_is_printed_too() -> None:
    reader = read(letter.compose(of(outlines=[])))
    assert "Kartan gick inte att rita" in reader.pages[0].extract_text()


def test_nothing_is_fetched_for_paper(example: Letter, caplog: pytest.LogCaptureFixture) -> None:
    outside = '<img alt="x" src="https://x.example/1.png">'
    page = example.html.replace("<main", f"{outside}<main", 1)
    pdf.pdf(replace(example, html=page))
    assert "disallowed protocol: https://x.example/1.png" in caplog.text


@pytest.mark.parametrize("form", [Form.SHORT, Form.NOTICE])
def test_the_shorter_forms_can_be_printed(form: Form) -> None:
    assert len(read(letter.compose(of(), form)).pages) == 1


def test_a_full_letter_of_four_hundred_words_is_still_one_page() -> None:
    more = replace(
        WORDING,
        attention=f"{WORDING.attention}\nTvå frågor från rådet. Svar väntas v. 49.",
        short=f"{WORDING.short}\n{'Ord ' * 10}.",
        answers="Fråga (v. 46): När? Svar: Nu.",
    )
    basis = of(wording=more, late=True, covers=[Covered(W47.previous(), 120)], known=[KNOWN])
    assert len(read(letter.compose(basis)).pages) == 1


# --- For machines ---------------------------------------------------------------------------


def test_the_machine_part_has_the_figures_of_the_table(example: Letter) -> None:
    made = json.loads(json.dumps(as_json(of(), example)))
    rows = {row["name"]: row for row in made["figures"]}
    for name, *row in EXAMPLE:
        columns = ("this_week", "last_week", "mean_of_four", "same_week_last_year")
        assert [rows[name][column] for column in columns] == row
    assert (rows["Skogås"]["mark"], rows["Skogås"]["expected"]) == ("tydligt-fler", 19)
    assert rows["Hela kommunen"]["this_week"] == 138


def test_the_machine_part_has_the_words_and_the_window(example: Letter) -> None:
    made: Any = as_json(of(known=[KNOWN]), example)
    assert (made["window_from"], made["window_to"]) == ("2026-11-12", "2026-11-18")
    assert (made["number"], made["version"]) == ("2026:43", 1)
    assert made["concerns"][0] == "P-19 Små bränder, Skogås: ny."
    assert made["actions"]["counts"] == {"open": 11, "new": 3, "overdue": 2, "closed": 2}
    assert len(made["actions"]["overdue"]) == 2
    assert made["omitted"] == [NOT_INCLUDED]
    assert made["known_events"][0]["link"] == "https://polisen.example/1"
    assert len(made["sha256"]) == 64


def test_a_hidden_number_is_null_for_machines_too() -> None:
    rows = told()
    rows["districts"][1] |= {"this": None, "mark": "for-fa"}
    basis = of(rows)
    made: Any = as_json(basis, letter.compose(basis))
    assert made["figures"][1]["this_week"] is None


def test_the_small_form_tells_machines_only_the_whole() -> None:
    basis = of(told(total=numbers(7, 6, 5, 8, mark="for-fa")), recent=(7, 6, 5, 9))
    made: Any = as_json(basis, letter.compose(basis))
    assert [row["name"] for row in made["figures"]] == ["Hela kommunen"]


def test_an_extra_letter_has_no_figures_for_machines() -> None:
    basis = of(head=replace(HEAD, kind=Kind.EXTRA), wording=Wording(short="Skottlossning."))
    made = as_json(basis, letter.compose(basis))
    assert "figures" not in made
    assert made["in_short"] == ["Skottlossning."]


def test_the_digest_changes_with_the_letter(example: Letter) -> None:
    other = replace(example, text=f"{example.text}.")
    assert as_json(of(), example)["sha256"] != as_json(of(), other)["sha256"]
    same = replace(example, content={"x": 1}, pdf=b"%PDF")
    assert as_json(of(), example)["sha256"] == as_json(of(), same)["sha256"]
