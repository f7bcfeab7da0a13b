"""What a sheet shows beside incidents: signs of what goes on, and clocks of unsure times."""

from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest

from lagesbild.districts.draw import Box
from lagesbild.maps.draw import sheet as drawing
from lagesbild.maps.draw.sheet_layout import POINTS_PER_MM
from lagesbild.maps.draw.sheet_marks import ACCENT
from lagesbild.maps.rules import sheet as rules
from lagesbild.maps.rules.ongoing import ACTION, PROBLEM
from lagesbild.maps.rules.sheet import Sign
from tests.unit.test_map_sheet import sheet, svg, told, written

NEAR = 100.0


def sign(east: float, north: float, *sorts: str, has_stem: bool = True) -> Sign:
    return Sign(east, north, sorts or (PROBLEM,), has_stem)


def faces(root: Element) -> list[Box]:
    """Return where the signs on the map stand; those of the legend have nothing below the map."""
    found = []
    for each in root.iter("{http://www.w3.org/2000/svg}rect"):
        if each.get("fill") == ACCENT:
            x, y, side = (float(each.get(name, "0")) for name in ("x", "y", "width"))
            found.append(Box(x, y, x + side, y + side))
    return found


def stems(root: Element) -> int:
    lines = root.iter("{http://www.w3.org/2000/svg}line")
    return sum(line.get("stroke") == ACCENT for line in lines)


@pytest.mark.parametrize(("apart", "number"), [(NEAR - 0.1, 1), (NEAR, 2)])
def test_signs_that_would_lie_on_each_other_are_one(apart: float, number: int) -> None:
    found = rules.signs_apart([sign(0, 0, PROBLEM), sign(apart, 0, ACTION)], NEAR)
    assert len(found) == number
    assert sorted(sort for each in found for sort in each.sorts) == [ACTION, PROBLEM]


def test_signs_that_are_one_have_their_number() -> None:
    usual = sheet()
    here = usual.spots[0].east, usual.spots[0].north
    assert "7" not in written(replace(usual, signs=[sign(*here)])).split()
    assert "7" in written(replace(usual, signs=[sign(*here, *[ACTION] * 7)])).split()


def test_a_sign_goes_up_where_an_incident_stands() -> None:
    usual = sheet()
    east, north = usual.spots[0].east, usual.spots[0].north
    below = north - drawing.STEM / 1000 * usual.layout.scale / POINTS_PER_MM
    root = svg(replace(usual, signs=[sign(east, below)]))  # would stand on the incident
    free = svg(replace(usual, spots=[], signs=[sign(east, below)]))
    [there], [free_of] = faces(root), faces(free)
    assert there.bottom < free_of.top + 5
    assert stems(root) == stems(free) == 1


def test_what_is_only_known_by_its_district_has_no_stem() -> None:
    usual = sheet()
    at = usual.spots[0].east, usual.spots[0].north
    root = svg(replace(usual, signs=[sign(*at, has_stem=False)]))
    assert (len(faces(root)), stems(root)) == (1, 0)


@pytest.mark.parametrize(
    ("sorts", "said"),
    [((), ()), ((PROBLEM,), ("problem",)), ((PROBLEM, ACTION), ("problem", "åtgärd"))],
)
def test_the_legend_says_what_goes_on_where_anything_does(
    sorts: tuple[str, ...], said: tuple[str, ...]
) -> None:
    words = written(sheet(told(signs=sorts))).split()
    assert tuple(word for word in ("problem", "åtgärd") if word in words) == said


@pytest.mark.parametrize(("unsure", "clocks"), [(True, 1), (False, 0)])
def test_an_incident_of_which_nobody_knows_the_hour_has_a_clock(
    *, unsure: bool, clocks: int
) -> None:
    usual = sheet()
    marked = svg(replace(usual, spots=[replace(usual.spots[0], unsure_time=unsure)]))
    bare = svg(replace(usual, spots=[replace(usual.spots[0], unsure_time=False)]))
    circle = "{http://www.w3.org/2000/svg}circle"
    dials = len(list(marked.iter(circle))) - len(list(bare.iter(circle)))
    assert dials == 2 * clocks  # its face and its rim
