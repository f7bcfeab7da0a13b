"""The demo's public places. Their names are invented; none stands for a real place."""

import math
from dataclasses import dataclass, replace
from random import Random

from lagesbild.base.geo import Point
from lagesbild.incidents.rules import Facts, GeoJson, PlaceKind
from lagesbild.places.rules import NewPlace

SCATTER_M = 150
METRES_PER_DEGREE = 111_400  # of latitude, at 59° north
CERTAIN_M, CERTAIN = 25, 0.8
UNCERTAIN_M = (100, 150, 200, 250, 300)


@dataclass(frozen=True)
class Place:
    """A public place in one of the districts."""

    name: str
    kind: PlaceKind
    point: Point


_CENTRE, _STATION, _PARK = PlaceKind.CENTRE, PlaceKind.STATION, PlaceKind.PARK
_STREET, _SCHOOL, _WATER = PlaceKind.STREET, PlaceKind.SCHOOL, PlaceKind.WATER

# By the name of the district. Each has a centre, a street and a school, away from its border.
PLACES = {
    "Flemingsberg": (
        Place("Norra torget", _CENTRE, Point(17.9400, 59.2205)),
        Place("Norra stationen", _STATION, Point(17.9445, 59.2180)),
        Place("Lärkparken", _PARK, Point(17.9330, 59.2150)),
        Place("Kvarnslingan", _STREET, Point(17.9270, 59.2225)),
        Place("Norra tunneln", _STREET, Point(17.9415, 59.2135)),
        Place("Skola A", _SCHOOL, Point(17.9360, 59.2100)),
    ),
    "Segeltorp": (
        Place("Östra torget", _CENTRE, Point(17.9365, 59.2750)),
        Place("Handelsplatsen", PlaceKind.SHOP, Point(17.9230, 59.2720)),
        Place("Hasselparken", _PARK, Point(17.9440, 59.2700)),
        Place("Smedslingan", _STREET, Point(17.9300, 59.2790)),
        Place("Skola B", _SCHOOL, Point(17.9400, 59.2650)),
    ),
    "Sjödalen-Fullersta": (
        Place("Stora torget", _CENTRE, Point(17.9810, 59.2340)),
        Place("Stora stationen", _STATION, Point(17.9780, 59.2355)),
        Place("Rönnparken", _PARK, Point(17.9880, 59.2290)),
        Place("Repslagarslingan", _STREET, Point(17.9720, 59.2270)),
        Place("Badviken", _WATER, Point(18.0050, 59.2320)),
        Place("Skola C", _SCHOOL, Point(17.9950, 59.2240)),
    ),
    "Skogås": (
        Place("Södra torget", _CENTRE, Point(18.1505, 59.2180)),
        Place("Södra stationen", _STATION, Point(18.1540, 59.2195)),
        Place("Tranparken", _PARK, Point(18.1450, 59.2130)),
        Place("Vävarslingan", _STREET, Point(18.1590, 59.2140)),
        Place("Klippbadet", _WATER, Point(18.1690, 59.2170)),
        Place("Skola D", _SCHOOL, Point(18.1480, 59.2090)),
    ),
    "Stuvsta-Snättringe": (
        Place("Lilla torget", _CENTRE, Point(17.9860, 59.2535)),
        Place("Lilla stationen", _STATION, Point(17.9900, 59.2550)),
        Place("Lindparken", _PARK, Point(17.9760, 59.2500)),
        Place("Garvarslingan", _STREET, Point(17.9650, 59.2550)),
        Place("Skola E", _SCHOOL, Point(17.9950, 59.2470)),
    ),
    "Trångsund": (
        Place("Runda torget", _CENTRE, Point(18.1255, 59.2285)),
        Place("Runda stationen", _STATION, Point(18.1300, 59.2270)),
        Place("Almparken", _PARK, Point(18.1180, 59.2230)),
        Place("Färgarslingan", _STREET, Point(18.1150, 59.2320)),
        Place("Båtbryggan", _WATER, Point(18.1000, 59.2390)),
        Place("Skola F", _SCHOOL, Point(18.1090, 59.2270)),
    ),
    "Vårby": (
        Place("Västra torget", _CENTRE, Point(17.8885, 59.2630)),
        Place("Västra stationen", _STATION, Point(17.8865, 59.2635)),
        Place("Pilparken", _PARK, Point(17.8800, 59.2570)),
        Place("Tunnbindarslingan", _STREET, Point(17.8950, 59.2560)),
        Place("Västra tunneln", _STREET, Point(17.8910, 59.2680)),
        Place("Skola G", _SCHOOL, Point(17.8900, 59.2490)),
    ),
}


def listed() -> list[NewPlace]:
    """Return the places as a list of places has them."""
    return [
        NewPlace(place.name, place.name, place.kind, place.point)
        for known in PLACES.values()
        for place in known
    ]


def near(chance: Random, facts: Facts, place: Place) -> Facts:
    """Return the facts with a point at most `SCATTER_M` metres from a place, spread evenly."""
    away = SCATTER_M * math.sqrt(chance.random()) / METRES_PER_DEGREE
    angle = chance.uniform(0, 2 * math.pi)
    stretched = away / math.cos(math.radians(place.point.latitude))
    longitude = place.point.longitude + stretched * math.sin(angle)
    latitude = place.point.latitude + away * math.cos(angle)
    certain = chance.random() < CERTAIN
    return replace(
        facts,
        place=GeoJson(f'{{"type":"Point","coordinates":[{longitude:.6f},{latitude:.6f}]}}'),
        place_precision_m=CERTAIN_M if certain else chance.choice(UNCERTAIN_M),
        place_kind=place.kind,
        place_text=place.name,
    )
