"""Whatever a publication holds: no small number leaves, and all forms say the same."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.digests.draw import letter, notices
from lagesbild.digests.draw.archive import as_json
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.checks import words_of
from lagesbild.digests.rules.plain import small_counts
from lagesbild.digests.rules.told import content_of
from lagesbild.digests.rules.wording import Sources, prefill
from tests.unit.digest_letters import EXAMPLE, GROUP, W47, district, numbers, of, told, visible

LOUD = ("farre", "fler", "tydligt-fler")
TOLD = st.one_of(st.none(), st.just(0), st.integers(5, 400))
MARK = st.sampled_from((*LOUD, "som-vanligt", "for-fa"))


@st.composite
def lines(draw: Any) -> tuple[list[int | None], dict[str, Any]]:  # noqa: ANN401 – hypothesis's own
    row = [draw(TOLD) for _ in range(4)]
    mark = draw(MARK) if row[0] is not None else "for-fa"
    expected = draw(st.integers(1, 300)) if mark in LOUD else None
    return row, {"mark": mark, "expected": expected}


CELL = st.fixed_dictionaries(
    {
        "slug": st.sampled_from(["skogas", "vastra"]),
        "district": st.just("Skogås"),
        "code": st.just("BRA01"),
        "category": st.sampled_from(["Anlagd brand ute", "Klotter", "BMX-stölder"]),
        "number": st.one_of(st.none(), st.integers(1, 40)),
        "expected": st.integers(0, 9),
        "proposed": st.booleans(),
    }
)


@st.composite
def contents(draw: Any) -> dict[str, Any]:  # noqa: ANN401 – hypothesis's own
    rows = []
    for name, *_ in EXAMPLE:
        row, mark = draw(lines())
        rows.append(district(name, *row, **mark))
    row, mark = draw(lines())
    few = st.one_of(st.none(), st.just(0), st.integers(5, 40))
    return told(
        districts=rows,
        unplaced=numbers(*[draw(TOLD) for _ in range(4)]),
        total=numbers(*row, **mark),
        late=draw(few),
        uncertain=draw(few),
        cells=draw(st.lists(CELL, max_size=5)),
        newcomers=draw(
            st.sampled_from([[], [{"name": "Bostadsbolaget", "first_week": "2026-W46"}]])
        ),
    )


def row_of(text: str, name: str) -> list[str]:
    """Return the four numbers of a row of the text's table."""
    [found] = re.findall(rf"^  {name} +(\S+) +(\S+) +(\S+) +(\S+)(?:  .*)?$", text, re.MULTILINE)
    return list(found)


@settings(max_examples=60, deadline=None)
@given(contents())
def test_no_small_number_of_events_leaves_in_any_form(content: dict[str, Any]) -> None:
    wording = prefill(Sources(W47, content_of(content)))
    basis = of(content, wording=wording)
    for form in Form:
        made = letter.compose(basis, form)
        for text in (made.subject, made.text, visible(made.html)):
            without_total = re.sub(r"(?:v\.|vecka)\s\d+", "", text)
            assert small_counts(without_total) == []
            assert not re.search(r": [1-4] \(väntat", text)


@settings(max_examples=40, deadline=None)
@given(contents())
def test_html_text_and_the_machine_part_tell_the_same_figures(content: dict[str, Any]) -> None:
    basis = of(content, recent=(100, 100, 100, 100))
    made = letter.compose(basis)
    machine: Any = as_json(basis, made)
    seen = visible(made.html).replace("\u00a0", " ")
    for row in machine["figures"]:
        if row["name"] == "Utan känd kommundel":
            continue
        four = ("this_week", "last_week", "mean_of_four", "same_week_last_year")
        shown = ["‹5" if row[key] is None else str(row[key]) for key in four]
        if len(row["name"]) < 19:  # a longer one takes lines of its own
            assert row_of(made.text, row["name"]) == shown
        assert f"{row['name']} {' '.join(shown)} " in seen


@settings(max_examples=40, deadline=None)
@given(contents())
def test_the_first_words_always_fit(content: dict[str, Any]) -> None:
    made = letter.compose(of(content, wording=prefill(Sources(W47, content_of(content)))))
    assert words_of(made.text) <= 400
    assert max(len(line) for line in made.text.splitlines() if "://" not in line) <= 72


@settings(max_examples=40, deadline=None)
@given(contents(), st.booleans())
def test_a_notice_holds_nothing_of_the_week(content: dict[str, Any], late: bool) -> None:  # noqa: FBT001 – a parameter of the test
    one = letter.compose(of(content, late=late), Form.NOTICE)
    other = letter.compose(of(), Form.NOTICE)
    assert (one.subject, one.text, one.html) == (other.subject, other.text, other.html)
    delayed = notices.delayed(GROUP, W47, base_url="https://x.example")
    assert "Skogås" not in delayed.text
