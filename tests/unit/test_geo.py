from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.geo import Box, cell, cells

longitudes = st.floats(10.9, 24.2)
latitudes = st.floats(55.2, 69.1)


@given(longitudes, latitudes, st.floats(0, 0.01), st.floats(0, 0.01))
def test_a_point_in_a_box_is_in_one_of_its_cells(
    longitude: float, latitude: float, width: float, height: float
) -> None:
    box = Box(longitude - width, latitude - height, longitude + width, latitude + height)
    found = cells(box)
    assert found is not None
    assert cell(longitude, latitude) in found


def test_a_box_of_a_whole_country_has_too_many_cells() -> None:
    assert cells(Box(10, 55, 25, 70)) is None


def test_a_cell_is_a_tile_of_zoom_fifteen() -> None:
    assert cell(17.98, 59.23) == (18020 << 15) | 9654  # as ST_TileEnvelope(15, 18020, 9654) has it
