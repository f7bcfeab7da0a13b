"""What the letter says and shows, from a publication alone."""

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.digests.draw import letter, picture, words
from lagesbild.digests.draw.picture import PictureError
from lagesbild.digests.draw.words import NOT_INCLUDED, Basis
from lagesbild.districts import draw
from lagesbild.districts.rules import District, Outline, slug_of
from lagesbild.meetings.rules.publication import Publication
from lagesbild.people.rules import Group
from tests.build import NOBODY

DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
NAMES = ("Norra Ås", "Stuvsta-Snättringe", "Södra Ås")


class Tags(HTMLParser):
    """The tags of a page with their attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def outline(name: str, south: float) -> Outline:
    ring = [[17.9, south], [18.0, south], [18.0, south + 0.05], [17.9, south + 0.05], [17.9, south]]
    shape = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
    return Outline(District(NOBODY, name, slug_of(name), name), shape, 17.95, south + 0.025)


OUTLINES = tuple(outline(name, 59.2 + 0.05 * i) for i, name in enumerate(NAMES))


def line(this: int | None, mean: int | None = 10) -> dict[str, Any]:
    return {"this": this, "last": 12, "mean": mean, "year": 9}


def content(
    total: dict[str, Any], names: tuple[str, ...] = NAMES, **answers: bool
) -> Mapping[str, object]:
    return {
        "districts": [line(20) | {"slug": slug_of(n), "name": n} for n in names],
        "unplaced": line(0, 0),
        "total": total,
        "coverage": [
            {"name": name, "answered": answers.get(name, True)}
            for name in ("Kommunen", "Polisen", "Brandförsvaret")
        ],
    }


def basis(group: Group, rows: Mapping[str, object] | None = None, **changes: Any) -> Basis:  # noqa: ANN401 – any field
    rows = content(line(62, 53)) if rows is None else rows
    publication = Publication(NOBODY, "2026-W47", DUE, rows, 1, DUE)
    usual = Basis(
        group=group,
        period=Period.named("2026-W47"),
        publication=publication,
        outlines=OUTLINES,
        schematic=True,
        due_at=DUE,
        late=False,
        base_url="https://lagesbild.as.example",
        next_day=date(2026, 11, 26),
    )
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (line(62, 53), "62 rapporterade händelser, snittet är 53"),
        (line(62, None), "62 rapporterade händelser"),
        (line(None, None), "minst 60 rapporterade händelser"),
        (line(0, 53), "inget nytt att rapportera"),
    ],
)
def test_the_subject_says_the_state_in_words(
    any_group: Group, total: dict[str, Any], expected: str
) -> None:
    subject = words.subject(basis(any_group, content(total)))
    assert subject == f"Lägesbild Ås v. 47 – {expected}"


@pytest.mark.parametrize(
    ("this", "expected"),
    [(54, "fler än snittet"), (53, "lika många som snittet"), (52, "färre än snittet")],
)
def test_the_week_is_compared_in_words(any_group: Group, this: int, expected: str) -> None:
    text = letter.compose(basis(any_group, content(line(this, 53)))).text
    assert f"{expected} för fyra veckor (53)" in " ".join(text.split())


def test_a_week_without_incidents_says_so_in_words(any_group: Group) -> None:
    text = " ".join(letter.compose(basis(any_group, content(line(0, 0)))).text.split())
    assert "* Inga rapporterade händelser i hela kommunen. *" in text


@pytest.mark.parametrize(("shown", "many"), [(20, "minst 60"), (None, "få")])
def test_where_the_total_is_hidden_what_is_shown_is_the_least(
    any_group: Group, shown: int | None, many: str
) -> None:
    rows = content(line(None, None))
    rows = {**rows, "districts": [line(shown) | {"slug": n, "name": n} for n in NAMES]}
    found = letter.compose(basis(any_group, rows))
    assert found.subject == f"Lägesbild Ås v. 47 – {many} rapporterade händelser"
    assert f"* {many.capitalize()} rapporterade händelser i hela kommunen." in found.text


@pytest.mark.parametrize("total", [line(None, 53), line(62, None)])
def test_nothing_is_compared_with_a_hidden_number(any_group: Group, total: dict[str, Any]) -> None:
    assert "snittet" not in letter.compose(basis(any_group, content(total))).text


def test_one_of_several_groups_of_a_municipality_is_named(any_group: Group) -> None:
    subject = words.subject(basis(replace(any_group, name="Östra Ås")))
    assert subject.startswith("Lägesbild Ås, Östra Ås v. 47")


def test_html_and_text_say_the_same(any_group: Group) -> None:
    made = letter.compose(basis(any_group))
    visible = re.sub(r"<[^>]+>|&nbsp;", " ", made.html.partition("<body")[2])
    for sentence in (
        "62 rapporterade händelser i hela kommunen, fler än snittet för fyra veckor (53).",
        "Underlaget hämtades tors 19 nov kl. 15.00.",
        "Samma vecka 2025 är tors 13 nov – ons 19 nov 2025",
        "Alla har svarat: Kommunen, Polisen och Brandförsvaret.",
        "Utkast till samordnaren: brevet går än så länge inte till ordföranden.",
        "Nästa brev: tors 26 nov.",
        NOT_INCLUDED,
    ):
        assert sentence in " ".join(made.text.split())
        assert sentence in " ".join(visible.split())


def test_who_has_answered_is_told_apart(any_group: Group) -> None:
    rows = content(line(62, 53), Brandförsvaret=False)
    text = letter.compose(basis(any_group, rows)).text
    assert "Har svarat: Kommunen och Polisen.\n" in text
    assert "Har inte svarat: Brandförsvaret.\n" in text


def test_a_hidden_number_is_explained_only_where_there_is_one(any_group: Group) -> None:
    hidden = content(line(None, 53))
    text = letter.compose(basis(any_group, hidden)).text
    assert "‹5 är ett litet tal" in text
    assert "‹5" not in letter.compose(basis(any_group)).text


def test_there_are_no_percentages(any_group: Group) -> None:
    made = letter.compose(basis(any_group))
    assert "%" not in made.subject + made.text
    assert "procent" not in made.text


def test_the_text_is_at_most_72_columns_and_400_words_before_the_table(any_group: Group) -> None:
    long = ("Ett mycket långt namn på en kommundel som inte får plats på raden",)
    text = letter.compose(basis(any_group, content(line(62), long))).text
    assert max(len(row) for row in text.splitlines()) <= 72
    table = [row for row in text.splitlines() if re.search(r"\d +\S+$", row)]
    assert len(text.split()) - len(" ".join(table).split()) <= 400


def test_the_links_lead_to_the_week(any_group: Group) -> None:
    made = letter.compose(basis(any_group, base_url="https://lagesbild.as.example/"))
    link = "https://lagesbild.as.example/g/as/vecka/2026-W47"
    assert f"\n{link}\n" in made.text
    assert f'href="{link}"' in made.html


def test_the_html_holds_without_a_style_sheet(any_group: Group) -> None:
    html = letter.compose(basis(any_group)).html
    assert html.startswith('<!DOCTYPE html><html lang="sv">')
    assert html.count("<style") == 1  # dark, phone and print
    assert re.search(r'<h1 style="[^"]*font-size: ?28px', html)
    assert html.count('scope="col"') == 5
    assert html.count('scope="row"') == len(NAMES) + 2
    assert not re.search(r'<(script|link|img[^>]*src="(?!cid:karta))', html)


def test_a_name_is_never_markup(any_group: Group) -> None:
    name = '<b onclick="x">&'
    given = [outline(name, 59.2)]
    made = letter.compose(basis(any_group, content(line(62), (name,)), outlines=given))
    page = Tags()
    page.feed(made.html)
    assert "onclick" not in {key for _, attributes in page.seen for key in attributes}
    assert [a["alt"] for tag, a in page.seen if tag == "img"] == [
        f"Schematisk karta över kommundelarna med veckans antal händelser: {name} 20."
    ]
    assert name in made.text
    svg = picture.svg(given, {slug_of(name): "20"}, note="")
    assert name.partition(" ")[0] in "".join(ET.fromstring(svg).itertext())  # noqa: S314 – our own


def test_the_alt_text_says_what_the_table_says(any_group: Group) -> None:
    made = letter.compose(basis(any_group))
    alt = (
        "Schematisk karta över kommundelarna med veckans antal händelser:"
        " Norra Ås 20, Stuvsta-Snättringe 20, Södra Ås 20."
    )
    assert f'alt="{alt}"' in made.html
    assert alt in " ".join(made.text.split())


def test_a_letter_whose_map_cannot_be_drawn_goes_without_and_says_so(any_group: Group) -> None:
    made = letter.compose(basis(any_group, outlines=[]))
    assert made.picture is None
    assert "<img" not in made.html
    assert made.html.count("Kartan gick inte att rita") == 1
    assert made.text.count("Kartan gick inte att rita") == 1


def test_the_map_is_a_picture_a_thousand_wide_that_is_not_blank(any_group: Group) -> None:
    made = letter.compose(basis(any_group))
    assert made.picture is not None
    with Image.open(io.BytesIO(made.picture)) as image:
        assert image.width == 1000
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 10


def test_the_map_shows_each_name_and_number_and_that_it_is_a_sketch() -> None:
    numbers = {slug_of("Norra Ås"): "31", slug_of("Stuvsta-Snättringe"): "‹5"}
    svg = picture.svg(OUTLINES[:2], numbers, note="Schematisk karta")
    texts = [t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 – our own
    shown = ["Norra Ås", "31", "Stuvsta-", "Snättringe", "‹5", "Schematisk karta"]
    assert texts == [text for text in shown for _ in ("halo", "ink")]


def test_north_is_up_and_a_degree_of_longitude_is_half_as_long_at_sixty() -> None:
    to = draw.Projection.of([(17.0, 59.9), (18.0, 60.1)])
    x, y = to.place(17.0, 60.1)
    right, down = to.place(18.0, 59.9)
    assert (x, y) == (draw.MARGIN, draw.MARGIN)
    assert right > x
    assert (right - x) / ((down - y) * 5) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("given", [(), OUTLINES[:1], (*OUTLINES, outline("Västra Ås", 59.4))])
def test_a_map_of_other_districts_than_the_tables_is_no_map(given: tuple[Outline, ...]) -> None:
    with pytest.raises(PictureError):
        picture.png(given, {slug_of(name): "7" for name in NAMES}, note="")


@pytest.mark.parametrize("shape", ["{", '{"type":"MultiPolygon","coordinates":[]}', "[]"])
def test_an_outline_that_cannot_be_drawn_is_no_map(shape: str) -> None:
    broken = replace(OUTLINES[0], geojson=shape)
    with pytest.raises(PictureError):
        picture.png([broken], {broken.district.slug: "7"}, note="")


def test_labels_do_not_lie_on_each_other() -> None:
    same = [replace(o, label_latitude=59.25) for o in OUTLINES]
    svg = picture.svg(same, dict.fromkeys((o.district.slug for o in same), "7"), note="")
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 – our own
    places = {(t.get("x"), t.get("y")) for t in texts}
    assert len(places) == 7  # three names, one of them in two lines, and three numbers
