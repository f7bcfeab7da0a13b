"""When a density may be drawn and in which steps, which layers an address names, unsure times."""

from datetime import timedelta
from uuid import UUID

import pytest

from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import TimePrecision, moments
from lagesbild.incidents.rules.hexagons import Hexagon, Hexagons
from lagesbild.maps.rules import layers
from lagesbild.maps.rules.layers import TOO_FEW, TOO_THIN, Step
from tests.build import NOW

NORTH = District(UUID(int=1), "N", "norra-as", "Norra Ås")


def cell(number: int = 1, place_text: str = "", district: UUID | None = None) -> Hexagon:
    return Hexagon(number, "{}", place_text, district)


@pytest.mark.parametrize(
    ("number", "hexagons", "why"),
    [
        (0, 0, TOO_FEW),
        (29, 1, TOO_FEW),
        (30, 1, ""),
        (30, 30, ""),
        (30, 31, TOO_THIN),
        (100, 100, ""),
        (100, 101, TOO_THIN),
    ],
)
def test_a_density_needs_thirty_incidents_and_one_in_each_hexagon_in_the_mean(
    number: int, hexagons: int, why: str
) -> None:
    assert layers.why_not(number, hexagons) == why


def test_too_few_incidents_leave_nothing_to_draw() -> None:
    found = layers.density(Hexagons((cell(29),), uncertain=5))
    assert (found.cells, found.steps, found.notes, found.why) == ((), (), (), TOO_FEW)


def test_what_is_uncertain_does_not_help_to_thirty() -> None:
    assert layers.density(Hexagons((cell(29),), uncertain=1)).why == TOO_FEW


@pytest.mark.parametrize(
    ("uncertain", "notes"),
    [
        (0, ()),
        (1, ("1 händelse är inte med: platsen är osäkrare än en ruta.",)),
        (2, ("2 händelser är inte med: platsen är osäkrare än en ruta.",)),
    ],
)
def test_what_is_left_out_is_told(uncertain: int, notes: tuple[str, ...]) -> None:
    assert layers.density(Hexagons((cell(30),), uncertain)).notes == notes


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (1, [(1, 1, 3)]),
        (2, [(1, 1, 1), (2, 2, 5)]),
        (4, [(1, 1, 1), (2, 4, 5)]),
        (5, [(1, 1, 1), (2, 4, 3), (5, 5, 5)]),
        (19, [(1, 1, 1), (2, 4, 2), (5, 9, 4), (10, 19, 5)]),
        (20, [(1, 1, 1), (2, 4, 2), (5, 9, 3), (10, 19, 4), (20, 20, 5)]),
        (130, [(1, 9, 1), (10, 19, 2), (20, 49, 3), (50, 99, 4), (100, 130, 5)]),
    ],
)
def test_the_steps_are_round_numbers_and_never_more_than_five(
    most: int, steps: list[tuple[int, int, int]]
) -> None:
    assert list(layers.steps(most)) == [Step(*step) for step in steps]


@pytest.mark.parametrize("most", [1, 2, 3, 9, 10, 99, 100, 12_345])
def test_every_number_has_a_colour(most: int) -> None:
    steps = layers.steps(most)
    assert {layers.colour_of(number, steps) for number in range(1, most + 1)} == {
        step.colour for step in steps
    }


def test_the_fullest_hexagons_are_named_and_no_more_than_ten() -> None:
    known = {NORTH.id: NORTH}
    cells = (cell(3, "Torget", NORTH.id), cell(2, "", NORTH.id), *[cell()] * 20)
    names = layers.densest(cells, known)
    assert names[:3] == ["Torget, Norra Ås", "Norra Ås", "utan känt område"]
    assert len(names) == layers.DENSEST


@pytest.mark.parametrize("text", ["", "inga", "rutor", "rutor,pagaende", "deso-2", "a" * 30])
def test_an_address_names_layers(text: str) -> None:
    assert layers.layers(text) == text


@pytest.mark.parametrize(
    "text", [",", "rutor,", "Rutor", "å", "a" * 31, "a," * 100 + "a", "rutor\n", "<b>", "a b"]
)
def test_an_address_names_nothing_else(text: str) -> None:
    with pytest.raises(InvalidError, match="Lagren"):
        layers.layers(text)


@pytest.mark.parametrize(
    ("minutes", "precision", "is_unsure"),
    [
        (None, TimePrecision.EXACT, False),
        (None, TimePrecision.HOUR, False),
        (None, TimePrecision.DAY, True),
        (None, TimePrecision.UNKNOWN, True),
        (None, TimePrecision.WINDOW, True),
        (60, TimePrecision.WINDOW, False),
        (61, TimePrecision.WINDOW, True),
        (600, TimePrecision.DAY, True),
    ],
)
def test_a_time_is_unsure_when_nobody_knows_the_hour(
    minutes: int | None, precision: TimePrecision, *, is_unsure: bool
) -> None:
    end = NOW + timedelta(minutes=minutes) if minutes is not None else None
    assert moments.is_unsure(NOW, end, precision) is is_unsure
