"""The demo's districts: the areas nearest to seven centres, inside a border drawn by hand."""

import math
from datetime import date

import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Polygon

from lagesbild.districts.rules import Inhabitants, NewDistrict, Source

SOURCE = Source("kommundel", date(2020, 1, 1), "Schematisk, ritad för demon", schematic=True)

# key, name, longitude, latitude of the centre, within about 500 m
CENTRES = (
    ("DEMO-FLE", "Flemingsberg", 17.9400, 59.2190),
    ("DEMO-SEG", "Segeltorp", 17.9350, 59.2745),
    ("DEMO-SJF", "Sjödalen-Fullersta", 17.9800, 59.2330),
    ("DEMO-SKO", "Skogås", 18.1500, 59.2170),
    ("DEMO-STU", "Stuvsta-Snättringe", 17.9850, 59.2530),
    ("DEMO-TRA", "Trångsund", 18.1270, 59.2275),
    ("DEMO-VAR", "Vårby", 17.8880, 59.2620),
)

# By the name of the district; invented.
_COUNTED_ON, _INVENTED = date(2025, 12, 31), "Påhittade för demon"
INHABITANTS = {
    name: Inhabitants(number, _COUNTED_ON, _INVENTED)
    for name, number in (
        ("Flemingsberg", 16_900),
        ("Segeltorp", 13_200),
        ("Sjödalen-Fullersta", 24_700),
        ("Skogås", 15_400),
        ("Stuvsta-Snättringe", 17_600),
        ("Trångsund", 11_100),
        ("Vårby", 11_300),
    )
}

# Drawn by hand from the west, clockwise; not the border of any real municipality.
# fmt: off
BORDER = (
    (17.862, 59.250), (17.868, 59.262), (17.876, 59.272), (17.893, 59.277), (17.908, 59.284),
    (17.930, 59.2855), (17.951, 59.283), (17.964, 59.275), (17.978, 59.270), (17.998, 59.271),
    (18.016, 59.265), (18.028, 59.254), (18.043, 59.247), (18.058, 59.243), (18.079, 59.243),
    (18.098, 59.247), (18.118, 59.246), (18.139, 59.242), (18.158, 59.236), (18.174, 59.229),
    (18.181, 59.218), (18.177, 59.206), (18.165, 59.196), (18.146, 59.188), (18.122, 59.183),
    (18.098, 59.176), (18.070, 59.168), (18.041, 59.158), (18.012, 59.147), (17.985, 59.145),
    (17.965, 59.153), (17.948, 59.165), (17.931, 59.178), (17.915, 59.190), (17.901, 59.203),
    (17.892, 59.218), (17.884, 59.231), (17.871, 59.241),
)
# fmt: on

DECIMALS = 6  # about 0.1 m; neighbours round a common corner alike, so no gap opens
SQUEEZE = math.cos(math.radians(59.22))  # a degree of longitude in degrees of latitude, here


def districts() -> list[NewDistrict]:
    """Return the seven districts, which meet without gaps or overlaps. WGS 84."""
    # Squeezed to equal scales, so that "nearest" is meant in metres and not in degrees.
    border = Polygon([(longitude * SQUEEZE, latitude) for longitude, latitude in BORDER])
    centres = MultiPoint([(longitude * SQUEEZE, latitude) for _, _, longitude, latitude in CENTRES])
    cells = shapely.voronoi_polygons(centres, extend_to=border, ordered=True).geoms
    return [
        NewDistrict(key, name, shapely.to_wkb(MultiPolygon([_rounded(cell.intersection(border))])))
        for (key, name, _, _), cell in zip(CENTRES, cells, strict=True)
    ]


def _rounded(area: Polygon) -> Polygon:
    return Polygon(
        [(round(x / SQUEEZE, DECIMALS), round(y, DECIMALS)) for x, y in area.exterior.coords]
    )
