"""Names in a drawing of districts: what has no room where the drawing is narrow."""

import json

import pytest

from lagesbild.districts.draw import drawing
from lagesbild.districts.rules import District, Outline, slug_of
from tests.build import NOBODY


def square(name: str, west: float) -> Outline:
    """Return a square of a tenth of a degree of latitude; they stand in a row."""
    east = west + 0.2
    ring = [[west, 59.2], [east, 59.2], [east, 59.3], [west, 59.3], [west, 59.2]]
    shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
    return Outline(District(NOBODY, name, slug_of(name), name), shape, west + 0.1, 59.25)


@pytest.mark.parametrize(
    ("names", "crowded"),
    [
        (("Norr", "Öst", "Syd"), [False, False, False]),
        (("Flemingsberg", "Trångsund", "Skogås", "Vårby"), [False, True, False, False]),
        (("Flemingsberg",), [False]),
    ],
)
def test_a_name_is_crowded_when_it_would_lie_on_one_before_it(
    names: tuple[str, ...], crowded: list[bool]
) -> None:
    outlines = [square(name, 17.8 + 0.2 * i) for i, name in enumerate(names)]
    assert [shape.is_crowded for shape in drawing(outlines, below=30).shapes] == crowded
