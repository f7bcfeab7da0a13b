"""A map sheet: its scale, its marks, its words; and that a text of a person is only text."""

import io
import struct
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pyproj import Transformer

from lagesbild.base import printing
from lagesbild.base.clock import Period
from lagesbild.base.geo import Box
from lagesbild.districts.rules import District, Outline, Version
from lagesbild.districts.rules import Ground as Around
from lagesbild.incidents.rules import Found
from lagesbild.incidents.rules.crowds import Crowd
from lagesbild.maps.draw import sheet as drawing
from lagesbild.maps.draw import sheet_areas as areas
from lagesbild.maps.draw import sheet_files as files
from lagesbild.maps.draw import sheet_text as lettering
from lagesbild.maps.draw.sheet import Sheet
from lagesbild.maps.draw.sheet_files import InWords
from lagesbild.maps.draw.sheet_layout import POINTS_PER_MM, layout
from lagesbild.maps.rules import Row
from lagesbild.maps.rules import sheet as rules
from lagesbild.maps.rules.sheet import Ground, Paper, Spot, Told
from lagesbild.maps.rules.view import View
from lagesbild.people.rules import Actor, Group, Kind, Organisation, Role
from tests.build import NOW
from tests.hostile import INJECTIONS
from tests.pdfs import active

EAST, NORTH = 668_000.0, 6_573_000.0
SQUARE = Ground(EAST, NORTH, EAST + 5000, NORTH + 5000)
POLICE = Organisation(UUID(int=1), "polis", "Polisen", Kind.POLICE)
WEEK = View(Period.named("2026-W47"))


def crowd(east: float, north: float, rows: int = 1) -> Crowd:
    return Crowd(rows, north, east, "BRA01", POLICE.id, None, unsure_time=False, shape=None)


def spot(east: float, north: float, rows: int = 1, **changes: object) -> Spot:
    made = Spot(east, north, rows, "BRA", Kind.POLICE, 0, None)
    return replace(made, **changes)  # type: ignore[arg-type] # any field of a spot


def told(**changes: object) -> Told:
    made = Told(
        group="Lägesbild, Ås",
        title="Norra Ås",
        when="v. 47, tors 12 nov – ons 18 nov 2026",
        lines=("12 rapporterade händelser.",),
        record="KS 2026/1",
        notes=(("Källa", "Polisen."), ("Så visas platserna", "Exakt."), ("Sekretess", "Pröva.")),
        kinds=tuple(Kind),
        groups=(("BRA", "Brand"), ("ORD", "Ordning")),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # any field


def outline(name: str, west: float, south: float, east: float, north: float) -> Outline:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = f'{{"type":"Polygon","coordinates":[{ring}]}}'
    district = District(UUID(int=hash(name) & 0xFFFF), name, "slug", name)
    return Outline(district, shape, (west + east) / 2, (south + north) / 2)


def sheet(texts: Told | None = None, *, name: str = "Norra Ås", spots: int = 1) -> Sheet:
    found = areas.areas_of(
        [outline(name, 17.9, 59.25, 18.0, 59.3), outline("Södra Ås", 17.9, 59.2, 18.0, 59.25)],
        [
            Around(
                "grannar",
                f"{name} intill",
                outline("x", 18, 59.2, 18.1, 59.3).geojson,
                18.05,
                59.25,
            )
        ],
    )
    chosen = next(area for area in found if area.name == name)
    shown = areas.ground_of([chosen.shape])
    assert shown is not None
    page = layout(texts or told(), shown, Paper.A4)
    middle = (page.ground.west + page.ground.east) / 2, (page.ground.south + page.ground.north) / 2
    marks = [spot(middle[0] + n, middle[1] - n) for n in range(spots)]
    return Sheet(page, found, chosen, marks, outside=3)


def words(texts: Told | None = None, *rows: Row) -> InWords:
    return InWords(texts or told(), (("Brand", 12),), (("Norra Ås", 12),), rows, "", Paper.A4)


def row(text: str) -> Row:
    owner = replace(POLICE, name=text)
    return Row("L-2026-000001", "BRA01", text, text, text, text, owner, 0, None, "exakt")


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@given(st.floats(1, 400_000), st.floats(1, 400_000), st.floats(60, 400), st.floats(60, 400))
def test_what_is_shown_lies_whole_in_the_frame_at_a_round_scale(
    wide: float, high: float, width_mm: float, height_mm: float
) -> None:
    shown = Ground(EAST, NORTH, EAST + wide, NORTH + high)
    ground, scale = rules.fitted(shown, width_mm, height_mm)
    assert scale in rules.SCALES
    assert ground.width == pytest.approx(width_mm * scale / 1000)
    assert ground.height == pytest.approx(height_mm * scale / 1000)
    assert ground.west <= shown.west
    assert ground.east >= shown.east
    assert ground.south <= shown.south
    assert ground.north >= shown.north


@pytest.mark.parametrize(
    ("scale", "room_mm", "metres"),
    [
        (10_000, 50, 500),
        (10_000, 49.9, 200),
        (25_000, 40, 1000),
        (25_000, 39.9, 500),
        (1000, 0.5, 1),
    ],
)
def test_a_scale_bar_is_the_longest_round_length_with_room(
    scale: int, room_mm: float, metres: int
) -> None:
    assert rules.bar_m(scale, room_mm) == metres


@pytest.mark.parametrize(("metres", "text"), [(500, "500 m"), (1000, "1 km"), (20_000, "20 km")])
def test_a_length_is_said_in_metres_until_it_is_a_kilometre(metres: int, text: str) -> None:
    assert rules.length_text(metres).replace("\xa0", " ") == text


def test_the_bar_is_as_long_on_the_paper_as_it_says() -> None:
    drawn = sheet()
    metres = rules.bar_m(drawn.layout.scale, drawing.BAR_ROOM_MM)
    bar = next(
        each.get("d", "")
        for each in svg(drawn).iter("{http://www.w3.org/2000/svg}path")
        if "H" in each.get("d", "")
    )
    left, right = float(bar[1:].split(",")[0]), float(bar.split("H")[1].split("V")[0])
    assert (right - left) / POINTS_PER_MM * drawn.layout.scale / 1000 == pytest.approx(
        metres, rel=0.01
    )


@pytest.mark.parametrize(("apart", "left"), [(99.9, [3]), (100, [2, 1])])
def test_crowds_that_would_lie_on_each_other_become_one(apart: float, left: list[int]) -> None:
    found = rules.gathered([crowd(EAST, NORTH), crowd(EAST + apart, NORTH, 2)], 100)
    assert [rows for _, rows in found] == left


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.integers(1, 50)), max_size=80))
def test_no_incident_is_lost_when_crowds_are_gathered(
    places: list[tuple[float, float, int]],
) -> None:
    found = rules.gathered([crowd(*place) for place in places], 50, most=10)
    assert sum(rows for _, rows in found) == sum(rows for *_, rows in places)
    assert len(found) <= 10


def test_a_sheet_has_no_more_marks_than_one_can_read() -> None:
    many = [crowd(EAST + 10 * (n % 100), NORTH + 10 * (n // 100)) for n in range(800)]
    assert 50 < len(rules.gathered(many, 1)) <= rules.MOST_SPOTS


def test_the_paper_lies_as_its_district_does() -> None:
    tall = layout(told(), Ground(EAST, NORTH, EAST + 1000, NORTH + 3000), Paper.A4)
    wide = layout(told(), Ground(EAST, NORTH, EAST + 3000, NORTH + 1000), Paper.A4)
    assert tall.height > tall.width
    assert wide.width > wide.height


def test_an_a3_shows_more_of_the_ground_at_a_larger_scale() -> None:
    small, large = (layout(told(), SQUARE, paper) for paper in (Paper.A4, Paper.A3))
    assert large.scale < small.scale
    assert large.width == pytest.approx(297 * POINTS_PER_MM)


def test_nothing_stands_outside_the_paper_however_long_the_texts_are() -> None:
    long = "Ett mycket långt namn på ett område " * 8
    texts = told(
        title=rules.plain(long),
        lines=(rules.plain(long, 300),) * 3,
        record="K" * rules.RECORD_LENGTH,
        notes=(("Källa", rules.plain(long, 400)),) * 3,
        groups=tuple((code, "Arrangemang och insatser") for code in ("BRA",) * 11),
    )
    page = layout(texts, SQUARE, Paper.A4)
    for line in page.lines:
        assert line.x + lettering.width(line.text, line.size, bold=line.bold) <= page.width
        assert 0 < line.y < page.height
    assert page.frame.bottom - page.frame.top > 100
    assert all(page.frame.bottom < item.y < page.height for item in page.items)


def test_a_word_that_is_too_wide_breaks_at_its_hyphen() -> None:
    room = lettering.width("Sjödalen-Full", 10)
    assert lettering.wrapped("Sjödalen-Fullersta", 10, room) == ["Sjödalen-", "Fullersta"]


@given(st.text(max_size=80), st.floats(20, 300))
def test_no_line_is_wider_than_its_room(text: str, room: float) -> None:
    lines = lettering.wrapped(rules.plain(text), 8, room)
    assert all(lettering.width(line, 8) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == rules.plain(text).replace(" ", "")


def svg(drawn: Sheet) -> Element:
    return fromstring(drawing.svg(drawn, ratio="1:1"))  # noqa: S314 – our own drawing


def written(drawn: Sheet) -> str:
    return " ".join(each.text or "" for each in svg(drawn).iter("{http://www.w3.org/2000/svg}text"))


def test_a_lone_incident_has_its_symbol_and_several_their_number() -> None:
    assert "1 234" not in written(sheet())
    many = replace(sheet(), spots=[spot(EAST, NORTH, 1234)])
    assert "1\xa0234" in written(many)


def test_an_uncertain_place_is_a_circle_of_its_true_radius() -> None:
    drawn = sheet()
    page = drawn.layout
    at = (page.ground.west + page.ground.east) / 2, (page.ground.south + page.ground.north) / 2
    unsure = replace(drawn, spots=[spot(*at, precision_m=500)])
    circles = [
        float(each.get("r", "0"))
        for each in svg(unsure).iter("{http://www.w3.org/2000/svg}circle")
        if each.get("stroke-dasharray")
    ]
    assert circles[0] == pytest.approx(500 * 1000 / page.scale * POINTS_PER_MM, rel=0.01)


def test_the_sheet_says_how_many_lie_beside_it() -> None:
    assert "3 utanför bilden" in written(sheet())
    assert "utanför bilden" not in written(replace(sheet(), outside=0))


def test_the_chosen_district_is_named_in_the_title_and_not_again_on_the_map() -> None:
    assert written(sheet()).split().count("Norra") - written(sheet()).count("intill") <= 1
    assert "Södra Ås" in written(sheet())


def test_a_record_number_is_printed_or_has_a_line_to_be_written_on() -> None:
    assert "KS 2026/1" in written(sheet())
    lines = [
        len(list(svg(each).iter("{http://www.w3.org/2000/svg}line")))
        for each in (sheet(), sheet(told(record="")))
    ]
    assert lines == [0, 1]


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_is_only_ever_text_in_the_drawing(text: str) -> None:
    safe = rules.plain(text)
    texts = told(
        group=safe, title=safe, when=safe, lines=(safe,), record=safe,
        notes=((safe, safe),), groups=(("BRA", safe),),
    )  # fmt: skip
    allowed = {"svg", "rect", "defs", "clipPath", "g", "path", "text", "circle", "line"}
    for each in svg(sheet(texts, name=text)).iter():
        assert each.tag.removeprefix("{http://www.w3.org/2000/svg}") in allowed
        assert not [name for name in each.attrib if name.startswith("on") or "href" in name]
    assert files.png(sheet(texts, name=text)).startswith(b"\x89PNG")


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_is_only_ever_text_in_the_pdf(text: str) -> None:
    safe = rules.plain(text, 60)
    texts = told(title=safe, record=safe, notes=((safe, safe),))
    made = files.pdf(sheet(texts, name=text), words(texts, row(safe)))
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 2
    assert active(made) == set()
    assert "root:x" not in read(made)
    shown = "".join(read(made).split())
    assert shown.count("".join(safe.split())[:20]) >= 4


def test_a_link_would_be_found_though_a_pdf_is_packed() -> None:
    made = printing.pdf('<html lang=sv><title>Prov</title><a href="https://k.example">Karta</a>')
    assert b"/URI" not in made
    assert active(made) == {"/URI"}


def test_the_pdf_is_tagged_and_says_everything_in_words_too() -> None:
    made = files.pdf(sheet(), words(told(), row("Rök")))
    reader = PdfReader(io.BytesIO(made))
    assert "'/Marked': True" in str(reader.root_object["/MarkInfo"])
    assert str(reader.root_object["/Lang"]) == "sv"
    assert reader.metadata is not None
    assert reader.metadata.title == "Karta: Norra Ås, v. 47, tors 12 nov – ons 18 nov 2026"
    second = reader.pages[1].extract_text()
    for said in ("Norra Ås", "KS 2026/1", "Så visas platserna", "Brand", "L-2026-000001", "Rök"):
        assert said in second


@pytest.mark.parametrize(("paper", "sides"), [(Paper.A4, (210, 297)), (Paper.A3, (297, 420))])
def test_the_drawing_fills_one_page_of_its_paper(paper: Paper, sides: tuple[int, int]) -> None:
    drawn = replace(sheet(), layout=layout(told(), SQUARE, paper))
    made = files.pdf(drawn, replace(words(), paper=paper))
    pages = PdfReader(io.BytesIO(made)).pages
    shown = sorted(float(side) / POINTS_PER_MM for side in pages[0].mediabox[2:])
    assert shown == pytest.approx(sides, abs=0.2)
    assert len(pages) == 2


def test_the_picture_is_as_wide_as_a_screen_needs() -> None:
    made = files.png(sheet())
    assert min(struct.unpack(">II", made[16:24])) == pytest.approx(files.PIXELS, abs=1)


def test_a_box_in_degrees_lies_whole_on_its_ground() -> None:
    ground = areas.ground_of_box(Box(17.0, 59.0, 19.0, 60.0))
    to = Transformer.from_crs(4326, 3006, always_xy=True)
    for n in range(21):
        for side in ((17.0 + n / 10, 59.0), (17.0 + n / 10, 60.0)):
            east, north = to.transform(*side)
            assert ground.west - 20 <= east <= ground.east + 20
            assert ground.south - 20 <= north <= ground.north + 20


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"category": "BRA"}, "typ Brand"),
        ({"organisation": POLICE}, "organisation Polisen"),
        ({"box": Box(17, 59, 18, 60)}, "bara en del av kartan"),
        ({"category": "BRA", "organisation": POLICE}, "typ Brand; organisation Polisen"),
    ],
)
def test_what_a_view_is_narrowed_to_is_said_in_words(changes: dict[str, object], text: str) -> None:
    view = replace(WEEK, **changes)  # type: ignore[arg-type] # any field
    assert rules.narrowed_text(view, "Brand" if view.category else "", "") == text


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (WEEK, "v. 47, tors 12 nov – ons 18 nov 2026"),
        (replace(WEEK, weeks=4), "4 veckor till och med v. 47, tors 22 okt – ons 18 nov 2026"),
        (
            replace(WEEK, weeks=52),
            "52 veckor till och med v. 47, tors 20 nov 2025 – ons 18 nov 2026",
        ),
    ],
)
def test_the_weeks_are_said_with_their_days(view: View, text: str) -> None:
    after = NOW + timedelta(days=30)
    assert rules.when_text(view, now=after).replace("\xa0", " ") == text
    assert rules.when_text(view, now=NOW).endswith(", pågår")


def test_how_places_are_shown_is_said_as_the_reader_sees_them(any_group: Group) -> None:
    actor = Actor(Role.MEMBER, any_group, POLICE.id, None)
    assert rules.reduction_text(actor, "Polisen").replace("\xa0", " ") == (
        "Som medlem (Polisen) ser dem. Egna platser exakt. Andras plats efter typens känslighet:"
        " A och B som den är känd, C en ruta på 100 m, D bara området."
    )


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "Händelser rapporterade i Lägesbild."),
        (["Polisen"], "Händelser rapporterade av Polisen."),
        (["A", "B", "C"], "Händelser rapporterade av A, B och C."),
        (list("ABCDEF"), "Händelser rapporterade av A, B, C, D, E och F."),
        (list("ABCDEFG"), "Händelser rapporterade av 7 organisationer."),
    ],
)
def test_the_sources_are_named_until_they_are_too_many(names: list[str], text: str) -> None:
    assert rules.source_text(names, None) == text


def test_the_outlines_source_is_named_with_its_day() -> None:
    version = Version(UUID(int=1), date(2020, 1, 1), "SCB", schematic=False, corrected_at=None)
    assert rules.source_text([], version).endswith(" Gränser: SCB, från 2020-01-01.")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Found(0, 0, 0, 0), "Inga händelser."),
        (Found(1, 1, 1, 0), "1 händelse."),
        (
            Found(1200, 1234, 1230, 2),
            "1\xa0234 händelser. 2 utan plats, bara i listan. 4 räknas inte i veckans siffra.",
        ),
    ],
)
def test_a_sheet_says_how_many_it_is_about(found: Found, text: str) -> None:
    assert rules.count_text(found) == text
