"""Where a row happened: each system, each order, each way of writing, and what is refused."""

import itertools
import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from lagesbild.base.errors import InvalidError
from lagesbild.base.geo import Box, Point
from lagesbild.exchange.rules.rows import grids, positions
from lagesbild.exchange.rules.rows.coordinates import number
from lagesbild.exchange.rules.rows.grids import LOCAL_ZONES, RT90_ZONES
from lagesbild.exchange.rules.rows.positions import (
    HALF,
    MIXED,
    OUTSIDE,
    RANGES,
    SEVERAL,
    SWAPPED,
    UNREADABLE,
    ZERO,
    Kind,
    Position,
    Systems,
    pair,
    position,
    systems,
)
from tests.conftest import SHARED

USUAL = Systems()
HUDDINGE = Box(17.85, 59.15, 18.2, 59.3)
STATION = Point(17.97804, 59.23575)  # Huddinge station; metres from the source itself
EARTH = Geod(ellps="WGS84")
# The corners of Sweden, as longitude and latitude.
CORNERS = (
    (10.96, 59.0), (11.13, 58.9), (12.45, 56.3), (12.82, 55.38), (13.36, 55.34), (16.4, 56.2),
    (18.1, 56.91), (19.35, 57.96), (18.8, 60.1), (12.3, 61.0), (11.93, 63.3), (14.2, 65.1),
    (16.1, 67.4), (18.2, 68.5), (20.55, 69.05), (23.2, 67.9), (24.16, 65.82), (17.98, 59.24),
)  # fmt: skip


def metres(one: Point | None, other: Point) -> float:
    assert one is not None
    _, _, apart = EARTH.inv(one.longitude, one.latitude, other.longitude, other.latitude)
    return float(apart)


@cache
def change(code: int) -> Transformer:
    return Transformer.from_crs(4326, code, always_xy=True)


def in_system(code: int, longitude: float, latitude: float) -> tuple[float, float]:
    """Return north and east."""
    east, north = change(code).transform(longitude, latitude)
    return north, east


def wrong(first: str, second: str, of: Systems = USUAL) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        position(first, second, of)
    return caught.value


def at(text: str) -> Position:
    return position(*pair(text), USUAL)


# --- One number -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("59,237410", 59.23741), ("59.237410", 59.23741), ("59", 59.0), ("59.2371°", 59.2371)),
        *(("6 568 370,66", 6568370.66), ("6\u00a0568\u00a0370", 6568370.0), ("680 714", 680714.0)),
        *(("6568370.66", 6568370.66), ("6568370 m", 6568370.0), ("6568370.659999999", 6568370.66)),
        *(("−59,2", -59.2), ("-59.2", -59.2), ("–59.2", -59.2), ("59.2 S", -59.2)),
        *(("N 59.2", 59.2), ("N59.2", 59.2), ("59.2N", 59.2), ("n 59,2", 59.2), ("59,2 N", 59.2)),
        *(("E 18.0", 18.0), ("O 18.0", 18.0), ("Ö 18,0", 18.0), ("18.0Ö", 18.0), ("18 O", 18.0)),
        *(("V 18.0", -18.0), ("18 W", -18.0), ("lat: 59.2", 59.2), ("Longitud 18,0", 18.0)),
        *(("X: 6568370", 6568370.0), ("y=150336,35", 150336.35), ("öst 18,1", 18.1)),
        *(("59°14,5792'N", 59.24298667), ("18°1,2059'E", 18.02009833)),
        *(("59° 14.5792′ N", 59.24298667), ("59°14.5792’", 59.24298667), ("59°N", 59.0)),
        *(("59°14'34.7\"N", 59.24297222), ("59° 14' 34,7\" N", 59.24297222)),
        *(
            ("59°14′34.7″", 59.24297222),
            ("59°14'34.7''N", 59.24297222),
            ("59º14'34.7", 59.24297222),
        ),
        *(("N 59 14.5792", 59.24298667), ("59 14 34.7 N", 59.24297222), ("0,0", 0.0)),
        *(("59°59'59.9\"", 59.99997222), ("59°0'0\"", 59.0)),
    ],
)
def test_a_number_may_be_written_in_many_ways(text: str, value: float) -> None:
    assert number(text) == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize(
    "text",
    ["", "-", "abc", "1e1", "nan", "inf", "59,2,3", "59.2.3", "٥٩,2", "5 9", "1 2345", "6568 370",
     "N 59 N", "59°60'N", "59°14'60\"", "59°14.5'30\"", "59°14''", "59 14.5792", "1°234'", "N",
     "59,2371 18,0121", "1" * 61],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


# --- Systems --------------------------------------------------------------------------------


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("north", "east"),
    [("59,23575", "17,97804"), ("6570098", "669888"), ("6 570 098", "669 888")],
)
def test_a_position_is_read_in_either_order(north: str, east: str, *, swapped: bool) -> None:
    cells = (east, north) if swapped else (north, east)
    assert metres(position(*cells, USUAL).point, STATION) < 1


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize(
    ("code", "kind"), [(4326, Kind.DEGREES), (3006, Kind.TM), (3021, Kind.RT90)]
)
def test_the_national_systems_reach_every_corner(
    code: int, kind: Kind, corner: tuple[float, float]
) -> None:
    north, east = in_system(code, *corner)
    found = positions._numbers(east, north)
    assert found is not None
    assert (found.kind, found.swapped) == (kind, True)


@pytest.mark.parametrize("code", [*LOCAL_ZONES, *RT90_ZONES])
def test_a_zone_is_read_where_it_is_used(code: int) -> None:
    area = CRS.from_epsg(code).area_of_use
    assert area is not None
    middle = Point((area.west + area.east) / 2, (area.south + area.north) / 2)
    north, east = in_system(code, middle.longitude, middle.latitude)
    home = Box(*(middle.longitude - 0.2, middle.latitude - 0.1),
               *(middle.longitude + 0.2, middle.latitude + 0.1))  # fmt: skip
    cells = (f"{north:.2f}", f"{east:.2f}")
    assert metres(position(*cells, systems([cells], home=home)).point, middle) < 1


def test_the_ranges_never_overlap_in_either_order() -> None:
    for (_, norths, easts), (_, other_norths, other_easts) in itertools.combinations(RANGES, 2):
        for one, two in ((other_norths, other_easts), (other_easts, other_norths)):
            apart_in_north = norths[1] <= one[0] or one[1] <= norths[0]
            apart_in_east = easts[1] <= two[0] or two[1] <= easts[0]
            assert apart_in_north or apart_in_east


def test_no_range_holds_a_position_in_both_orders() -> None:
    for _, norths, easts in RANGES:
        assert easts[1] <= norths[0]


@pytest.mark.parametrize(
    ("north", "east", "kind"),
    [
        *((54, 10, Kind.DEGREES), (53.999, 18, None), (69.999, 24.999, Kind.DEGREES)),
        *((70, 18, None), (59, 9.999, None), (59, 25, None)),
        *((6_570_000, 1_000, Kind.LOCAL), (6_570_000, 999, None), (6_570_000, 0, None)),
        *((6_570_000, -999, None), (6_570_000, -1_001, Kind.LOCAL), (6_570_000, -60_001, None)),
        *((6_570_000, 249_999, Kind.LOCAL), (6_570_000, 250_000, Kind.TM)),
        *((6_999_999, 300_000, Kind.TM), (7_000_000, 300_000, Kind.LOCAL)),
        *((7_000_000, 309_999, Kind.LOCAL), (7_000_000, 310_000, Kind.TM)),
        *((6_570_000, 949_999, Kind.TM), (6_570_000, 950_000, None)),
        *((6_570_000, 1_149_999, None), (6_570_000, 1_150_000, Kind.RT90)),
        *((7_699_999, 1_600_000, Kind.RT90), (7_700_000, 1_600_000, Kind.MERCATOR)),
        *((6_100_000, 680_000, Kind.TM), (6_099_999, 680_000, None)),
    ],
)
def test_each_side_of_a_range(north: float, east: float, kind: Kind | None) -> None:
    found = positions._numbers(north, east)
    assert (found.kind if found else None) == kind


def test_systems_are_told_apart_row_by_row() -> None:
    rows = [("59,23575", "17,97804")]
    rows += [(f"{n:.2f}", f"{e:.2f}") for n, e in (
        in_system(code, STATION.longitude, STATION.latitude) for code in (3006, 3011, 3021, 3857)
    )]  # fmt: skip
    of = systems(rows, home=HUDDINGE)
    assert all(metres(position(*cells, of).point, STATION) < 1 for cells in rows)


def test_whole_metres_are_read_too() -> None:
    assert metres(position("6569989", "1625847", USUAL).point, Point(18.00985, 59.23225)) < 1


# --- Which zone -----------------------------------------------------------------------------


def local(code: int, *points: Point) -> list[tuple[str, str]]:
    numbers = [in_system(code, point.longitude, point.latitude) for point in points]
    return [(f"{north:.2f}", f"{east:.2f}") for north, east in numbers]


def test_without_a_home_the_first_zone_is_meant() -> None:
    of = systems(local(3012, Point(14.6, 63.2)))
    assert (of.local, of.rt90) == (3011, 3021)


def test_the_zone_is_the_one_that_leads_home() -> None:
    malmo = Box(12.9, 55.5, 13.2, 55.65)
    of = systems(local(3008, Point(13.0, 55.6)), home=malmo)
    assert of.local == 3008


def test_the_zone_of_rt90_is_the_one_that_leads_home() -> None:
    assert systems(local(3022, STATION), home=HUDDINGE).rt90 == 3022


def test_most_of_the_samples_decide() -> None:
    stray = local(3015, STATION)
    assert systems([*stray, *local(3011, STATION, STATION)], home=HUDDINGE).local == 3011


def test_what_leads_nowhere_means_the_first_zone() -> None:
    assert systems(local(3011, Point(18.5, 60.2)), home=HUDDINGE).local == 3011


def test_samples_that_cannot_be_read_do_not_count() -> None:
    of = systems([("", ""), ("x", "y"), ("1", "2"), *local(3010, STATION)], home=HUDDINGE)
    assert of.local == 3010


def test_the_web_map_is_told_from_the_far_north_by_the_home() -> None:
    skane = Box(13.5, 55.5, 14.5, 56.2)
    cells = local(3857, Point(14.0, 55.9))
    assert metres(position(*cells[0], systems(cells, home=skane)).point, Point(14.0, 55.9)) < 1


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        *(("N (SWEREF 99 18 00)", 3011), ("SWEREF991800", 3011), ("sweref 99 20 15 E", 3016)),
        *(("EPSG:3011", 3011), ("epsg 3006", 3006), ("X (SWEREF 99 TM, öst)", 3006)),
        *(("Sweref99TM", 3006), ("RT90 2,5 gon V", 3021), ("RT 90 5 gon O", 3024)),
        *(("RT90 7.5 gon W", 3019), ("RT90 0 gon", 3022), ("rt90 2.5 gon ö", 3023)),
        *(("Lat (WGS84)", 4326), ("EPSG:4258", 4326), ("EPSG:25833", 3006)),
        *(("EPSG:900913", 3857), ("Web Mercator", 3857), ("RT90 5 gon", 3020)),
    ],
)
def test_a_heading_names_its_system(heading: str, code: int) -> None:
    assert grids.read(heading).codes == (code,)


@pytest.mark.parametrize(
    "heading", ["Latitud", "N", "RT90", "SWEREF 99", "Läge 1999 2000", "99 11 11"]
)
def test_a_heading_without_a_system_names_none(heading: str) -> None:
    assert grids.read(heading) == grids.Said()


def test_a_zone_in_the_heading_wins_over_the_home() -> None:
    of = systems(local(3011, STATION), headings="N (SWEREF 99 17 15)", home=HUDDINGE)
    assert of.local == 3014


def test_a_heading_that_names_another_system_than_the_numbers_is_told() -> None:
    of = systems([], headings="N (SWEREF 99 18 00)")
    found = position("6570098", "669888", of)
    assert metres(found.point, STATION) < 1
    assert found.notes == ("Rubriken säger SWEREF 99 18 00, men talen är SWEREF 99 TM.",)


def test_a_heading_that_agrees_is_not_told() -> None:
    of = systems([], headings="X (SWEREF 99 TM, öst) Y (SWEREF 99 TM, nord)")
    assert position("669888", "6570098", of).notes == ()


def test_the_web_map_named_in_the_heading_is_read_in_the_far_south() -> None:
    north, east = in_system(3857, 14.0, 55.9)
    found = position(f"{east}", f"{north}", systems([], headings="X Y EPSG:3857"))
    assert metres(found.point, Point(14.0, 55.9)) < 1


def test_two_systems_in_the_headings_are_told_apart_by_the_numbers() -> None:
    of = systems([], headings="SWEREF 99 15 00 RT90 5 gon V")
    assert (of.local, of.rt90, of.named) == (3009, 3020, None)


def test_a_system_that_is_not_read_is_refused() -> None:
    of = systems([], headings="E (EPSG:2154)")
    assert "EPSG:2154, som inte läses" in str(wrong("6570098", "669888", of))
    assert position("59,2", "17,9", of).point == Point(17.9, 59.2)


# --- Order ----------------------------------------------------------------------------------


def test_swapped_degrees_are_read_right_and_told() -> None:
    found = position("18,012126", "59,237331", USUAL)
    assert (found.point, found.notes) == (Point(18.012126, 59.237331), (SWAPPED,))


@pytest.mark.parametrize(
    "headings", ["X Y", "X-KOORD Y-KOORD", "x_koordinat y_koordinat", "X (öst) Y"]
)
def test_either_order_of_x_and_y_is_usual(headings: str) -> None:
    of = systems([], headings=headings)
    assert position("18,012126", "59,237331", of).notes == ()


@pytest.mark.parametrize("headings", ["Latitud Longitud", "Lat Long", "N E", "Läge"])
def test_headings_that_say_the_order_are_believed_to_mean_it(headings: str) -> None:
    of = systems([], headings=headings)
    assert position("18,012126", "59,237331", of).notes == (SWAPPED,)


def test_either_order_of_metres_is_usual() -> None:
    assert position("669888", "6570098", systems([], headings="Lat Long")).notes == ()


def test_degrees_in_the_right_order_are_not_told() -> None:
    assert position("59,237331", "18,012126", USUAL).notes == ()


# --- What is unknown, and what is refused -----------------------------------------------------


@pytest.mark.parametrize("cells", [("", ""), ("-", "–"), ("?", ""), (" ", " ")])
def test_empty_cells_are_an_unknown_place(cells: tuple[str, str]) -> None:
    assert position(*cells, USUAL) == Position(None)


@pytest.mark.parametrize("zero", ["0", "0,0", "0.000", "-0"])
def test_0_0_is_an_unknown_place_and_told(zero: str) -> None:
    assert position(zero, zero, USUAL) == Position(None, (ZERO,))


def test_half_a_place_names_the_cell_that_is_empty() -> None:
    first, second = wrong("", "17,9"), wrong("59,2", "")
    assert (first.field, str(first)) == ("latitude", HALF)
    assert (second.field, str(second)) == ("longitude", HALF)


def test_a_cell_that_cannot_be_read_is_named() -> None:
    first, second = wrong("norrut", "17,9"), wrong("59,2", "1e1")
    assert (first.field, str(first)) == ("latitude", UNREADABLE)
    assert (second.field, str(second)) == ("longitude", UNREADABLE)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        *((("48,85", "2,35"), OUTSIDE), (("59,2", "24,9"), OUTSIDE), (("54,0", "15,0"), OUTSIDE)),
        *((("0", "18"), OUTSIDE), (("91", "18"), OUTSIDE), (("-59,2", "18"), OUTSIDE)),
        *((("6570098", "0"), MIXED), (("59,2", "669888"), MIXED), (("6570098", "17,9"), MIXED)),
        *(
            (("7695000", "690000"), OUTSIDE),
            (("1", "2"), OUTSIDE),
            (("6570098", "6570098"), OUTSIDE),
        ),
        (("7695000", "100000"), OUTSIDE),
    ],
)
def test_a_position_outside_sweden_is_refused(cells: tuple[str, str], sentence: str) -> None:
    assert str(wrong(*cells)) == sentence


# --- Both in one cell -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("59.23575, 17.97804", "59.23575,17.97804", "59,23575 17,97804", "59,23575, 17,97804"),
        *("59,23575,17,97804", "59,23575; 17,97804", "59.23575/17.97804", "59.23575 | 17.97804"),
        *(
            "17.97804, 59.23575",
            "N 59.23575 E 17.97804",
            "N59.23575E17.97804",
            "N59,23575 Ö17,97804",
        ),
        *(
            "59.23575N 17.97804E",
            "59.23575N17.97804E",
            "59.23575 N 17.97804 E",
            "(59.23575, 17.97804)",
        ),
        *("POINT(17.97804 59.23575)", "geo:59.23575,17.97804", "lat: 59.23575, lon: 17.97804"),
        *("59°14,145'N 17°58,6824'E", "59°14'8.7\"N 17°58'40.94\"E", "59°14′8.7″N, 17°58′40.94″E"),
        *("59°14'8.7\"N17°58'40.94\"E", "N 59 14.145 E 17 58.6824", "59.23575° 17.97804°"),
        *("6570098 669888", "669888 6570098", "6570098,669888", "6 570 098 669 888"),
        *("6 570 098,00 669 888,00", "6570098.0, 669888.0", "X: 6570098 Y: 669888"),
        *("N 6570098 E 669888", "6\u00a0570\u00a0098; 669\u00a0888", "59.23575  17.97804"),
    ],
)
def test_one_cell_may_hold_both_numbers(text: str) -> None:
    assert metres(at(text).point, STATION) < 1


def test_the_two_numbers_keep_their_order() -> None:
    assert pair("18,0121 59,2371") == ("18,0121", "59,2371")


@pytest.mark.parametrize("text", ["", " ", "-", "()", "?"])
def test_a_cell_that_says_nothing_is_an_unknown_place(text: str) -> None:
    assert pair(text) == ("", "")


@pytest.mark.parametrize("text", ["59,2371", "59.2371", "6570098,25", "48,85"])
def test_one_number_is_half_a_place(text: str) -> None:
    assert pair(text) == (text, "")


@pytest.mark.parametrize("text", ["0, 0", "0,0", "0;0", "0.0 0.0"])
def test_0_0_in_one_cell_is_an_unknown_place(text: str) -> None:
    assert at(text) == Position(None, (ZERO,))


def test_two_numbers_outside_sweden_are_parted_all_the_same() -> None:
    assert pair("48.85, 2.35") == ("48.85", "2.35")


@pytest.mark.parametrize(
    "text", ["Stortorget", "Storgatan 5", "5 9 1 8", "59.2, 18.0, 25.5", "59,2371 " * 20]
)
def test_a_cell_that_cannot_be_parted_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="går inte att läsa") as caught:
        pair(text)
    assert caught.value.field == "position"


@pytest.mark.parametrize("text", ["59,18,10", "59,18", "N 59 14.5792"])
def test_a_cell_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        pair(text)
    assert (caught.value.field, str(caught.value)) == ("position", SEVERAL)


# --- Any point of Sweden --------------------------------------------------------------------

in_sweden = st.builds(Point, st.floats(12.5, 18.0), st.floats(58.7, 63.0))
ways = st.sampled_from(["{:.3f}", "{:.2f}", "{:,.2f}", "{:.2f} m", "N {:.2f}", "{:.0f}"])


@given(in_sweden, st.sampled_from([3006, 3857, *LOCAL_ZONES, *RT90_ZONES]), ways, st.booleans())
def test_a_point_in_any_system_is_read_back_within_a_metre(
    point: Point,
    code: int,
    way: str,
    swapped: bool,  # noqa: FBT001 – drawn
) -> None:
    numbers = in_system(code, point.longitude, point.latitude)
    if positions._numbers(*numbers) is None:
        return  # so far from a local zone's middle that nobody uses it
    north, east = (way.format(n).replace(",", " ").replace(".", ",") for n in numbers)
    east = east.replace("N", "E")
    cells = (east, north) if swapped else (north, east)
    home = Box(point.longitude - 0.1, point.latitude - 0.05,
               point.longitude + 0.1, point.latitude + 0.05)  # fmt: skip
    of = systems([cells], headings=grids.NAMES[code], home=home)
    if positions._code(positions._numbers(*numbers), of) != code:  # type: ignore[arg-type] # seen above
        return  # a local zone's easting that others use for SWEREF 99 TM
    assert metres(position(*cells, of).point, point) < 1
    assert metres(position(*pair(" ".join(cells)), of).point, point) < 1


def sexagesimal(value: float, letter: str) -> str:
    minutes, seconds = divmod(round(value * 360_000), 6_000)
    return f"{minutes // 60}°{minutes % 60}'{seconds / 100}\"{letter}"


@given(in_sweden, st.booleans())
def test_degrees_minutes_and_seconds_are_read_back(point: Point, swapped: bool) -> None:  # noqa: FBT001 – drawn
    north, east = sexagesimal(point.latitude, "N"), sexagesimal(point.longitude, "E")
    found = position(east, north, USUAL) if swapped else position(north, east, USUAL)
    assert metres(found.point, point) < 1


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=40))
def test_any_text_is_a_position_or_a_sentence(first: str, second: str, headings: str) -> None:
    of = systems([(first, second)], headings=headings, home=HUDDINGE)
    for cells in ((first, second), ("59,2", second), (first, "17,9")):
        try:
            found = position(*cells, of)
        except InvalidError:
            continue
        assert found.point is None or 10 < found.point.longitude < 25


@given(st.text("0123456789 .,;°'\"NEÖx-−()/", max_size=130))
def test_any_cell_is_two_numbers_or_a_sentence(text: str) -> None:
    try:
        first, second = pair(text)
    except InvalidError:
        return
    assert all(number(half) is not None for half in (first, second) if half)


# --- The whole country ----------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("code", "kinds"),
    [(4326, {Kind.DEGREES}), (3006, {Kind.TM}), (3021, {Kind.RT90}),
     (3857, {Kind.MERCATOR, Kind.RT90})],
)  # fmt: skip
def test_every_corner_of_every_municipality_is_in_range(code: int, kinds: set[Kind]) -> None:
    content = (SHARED / "boundaries" / "sverige_kommuner_290_generaliserad.geojson").read_text()
    rings = [
        ring
        for feature in json.loads(content)["features"]
        for polygon in (
            feature["geometry"]["coordinates"]
            if feature["geometry"]["type"] == "MultiPolygon"
            else [feature["geometry"]["coordinates"]]
        )
        for ring in polygon
    ]
    seen = {positions._numbers(*in_system(code, *place[:2])) for ring in rings for place in ring}
    assert {found.kind if found else None for found in seen} == kinds
