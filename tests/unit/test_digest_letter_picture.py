"""The map of a letter, and what happens where it cannot be drawn."""

import io
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from pathlib import Path

import cairosvg
import pytest
from PIL import Image

from lagesbild.analysis.rules.marks import Mark
from lagesbild.digests.draw import letter, picture
from lagesbild.digests.draw.picture import PictureError, Shown
from lagesbild.districts import draw
from lagesbild.districts.rules import Outline
from tests.unit.digest_letters import OUTLINES, of, outline, outlines, told, visible

TOKENS = Path(__file__).resolve().parents[2] / "static" / "tokens.css"
SVG = "{http://www.w3.org/2000/svg}"
SHOWN = {o.district.slug: Shown("7", Mark.NORMAL) for o in OUTLINES}


def texts(svg: str) -> list[str | None]:
    """Return what is written, each once: before every text stands its halo."""
    return [t.text for t in ET.fromstring(svg).iter(f"{SVG}text")][1::2]  # noqa: S314 – our own


def fills(svg: str) -> list[str | None]:
    return [p.get("fill") for p in ET.fromstring(svg).iter(f"{SVG}path")]  # noqa: S314 – our own


def test_the_alt_text_says_what_the_table_says() -> None:
    made = letter.compose(of())
    alt = (
        "Schematisk karta över sju kommundelar. Skogås: 34 händelser, tydligt fler."
        " Flemingsberg 31, Segeltorp 7, Sjödalen-Fullersta 28, Stuvsta-Snättringe 9,"
        " Trångsund 12 och Vårby 17: som vanligt."
    )
    assert f'alt="{alt}"' in made.html


def test_a_letter_whose_map_cannot_be_drawn_goes_without_and_says_so() -> None:
    made = letter.compose(of(outlines=[]))
    assert made.picture is None
    assert "<img" not in made.html
    for text in (made.text, visible(made.html)):
        assert text.count("Kartan gick inte att rita den här gången.") == 1


def test_the_map_is_a_picture_a_thousand_wide_that_is_not_blank() -> None:
    made = letter.compose(of())
    assert made.picture is not None
    with Image.open(io.BytesIO(made.picture)) as image:
        assert image.width == draw.WIDTH
        colours = image.convert("RGB").getcolors(1 << 24) or []
    assert {(0xA9, 0x33, 0x15), (0xE3, 0xE7, 0xE0)} <= {c for _, c in colours}


def test_each_district_stands_with_its_number_and_the_word_of_its_mark() -> None:
    given = OUTLINES[2:4]
    shown = {
        given[0].district.slug: Shown("‹5", Mark.FEW),
        given[1].district.slug: Shown("34", Mark.HIGH),
    }
    svg = picture.svg(given, shown, note="Schematisk karta")
    assert texts(svg) == [
        "Sjödalen-", "Fullersta", "‹5", "för få", "Skogås", "34", "tydligt fler",
        "Schematisk karta",
    ]  # fmt: skip


@pytest.mark.parametrize("mark", picture.FILL)
def test_each_mark_has_a_fill_a_sign_and_a_word_of_its_own(mark: Mark) -> None:
    one = OUTLINES[:1]
    svg = picture.svg(one, {one[0].district.slug: Shown("7", mark)}, note="")
    assert picture.FILL[mark] in fills(svg)
    assert picture.WORD[mark] in texts(svg)
    paths = [p.get("d") for p in ET.fromstring(svg).iter(f"{SVG}path")]  # noqa: S314 – our own
    assert picture.PATH[mark] in paths
    for table in (picture.FILL, picture.WORD, picture.PATH):
        assert len(set(table.values())) == len(picture.FILL)


def test_the_colours_are_those_of_the_pages() -> None:
    light = TOKENS.read_text().partition("@media")[0]
    names = {
        Mark.LOW: "low",
        Mark.NORMAL: "normal",
        Mark.RAISED: "raised",
        Mark.HIGH: "high",
        Mark.FEW: "few",
    }
    for mark, name in names.items():
        assert f"--{name}-map: {picture.FILL[mark]};" in light


def test_without_marks_there_are_only_names_and_numbers() -> None:
    given = OUTLINES[:1]
    svg = picture.svg(given, {given[0].district.slug: Shown("31")}, note="")
    assert texts(svg) == ["Flemingsberg", "31"]
    assert picture.FILL[Mark.NORMAL] in fills(svg)


def test_north_is_up_and_a_degree_of_longitude_is_half_as_long_at_sixty() -> None:
    to = draw.Projection.of([(17.0, 59.9), (18.0, 60.1)])
    x, y = to.place(17.0, 60.1)
    right, down = to.place(18.0, 59.9)
    assert (x, y) == (draw.MARGIN, draw.MARGIN)
    assert right > x
    assert (right - x) / ((down - y) * 5) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("given", [(), OUTLINES[:6], (*OUTLINES, outline("Västra Ås", 5, 5))])
def test_a_map_of_other_districts_than_the_tables_is_no_map(given: tuple[Outline, ...]) -> None:
    with pytest.raises(PictureError):
        picture.png(given, SHOWN, note="")


@pytest.mark.parametrize(
    "shape",
    [
        "{",
        '{"type":"MultiPolygon","coordinates":[]}',
        "[]",
        '{"type":"Polygon","coordinates":[[[17.9,59.2],[17.9,59.2],[17.9,59.2]]]}',
    ],
)
def test_an_outline_that_cannot_be_drawn_is_no_map(shape: str) -> None:
    given = [replace(OUTLINES[0], geojson=shape), *OUTLINES[1:]]
    with pytest.raises(PictureError):
        picture.png(given, SHOWN, note="")


def blank(width: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 500), "#f3f4f0").save(made, "png")
    return made.getvalue()


@pytest.mark.parametrize("drawn", [b"", b"GIF89a", blank(draw.WIDTH), blank(10)])
def test_what_is_blank_or_no_picture_is_no_map(
    drawn: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cairosvg, "svg2png", lambda _svg: drawn)
    with pytest.raises(PictureError):
        picture.png(OUTLINES, SHOWN, note="")


def test_a_picture_that_is_too_large_is_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    large = picture.png(OUTLINES, SHOWN, note="") + b"\0" * picture.LARGEST
    monkeypatch.setattr(cairosvg, "svg2png", lambda _svg: large)
    with pytest.raises(PictureError, match="too large"):
        picture.png(OUTLINES, SHOWN, note="")


def test_a_picture_that_is_cut_off_is_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = picture.png(OUTLINES, SHOWN, note="")
    monkeypatch.setattr(cairosvg, "svg2png", lambda _svg: whole[: len(whole) // 2])
    with pytest.raises(PictureError) as error:
        picture.png(OUTLINES, SHOWN, note="")
    assert isinstance(error.value.__cause__, zlib.error | ValueError | LookupError)


def test_labels_do_not_lie_on_each_other() -> None:
    same = [replace(o, label_latitude=59.25, label_longitude=17.95) for o in OUTLINES[:3]]
    shown = {o.district.slug: Shown("7", Mark.NORMAL) for o in same}
    found = ET.fromstring(picture.svg(same, shown, note="")).iter(f"{SVG}text")  # noqa: S314 – our own
    places = {(t.get("x"), t.get("y")) for t in found}
    assert len(places) == 3 * 3 + 1  # name, number and word, and one name in two lines


def test_what_is_written_beside_all_outlines_is_still_on_the_map() -> None:
    names = [f"Kommundelen med namnet {n}" for n in "ABCDEFG"]
    rows = told()
    given = outlines(names)
    shown = {o.district.slug: Shown("7", Mark.NORMAL) for o in given}
    root = ET.fromstring(picture.svg(given, shown, note=""))  # noqa: S314 – our own
    _, top, _, height = (float(part) for part in root.attrib["viewBox"].split())
    for text in root.iter(f"{SVG}text"):
        assert top < float(text.attrib["y"]) < top + height
    assert rows
