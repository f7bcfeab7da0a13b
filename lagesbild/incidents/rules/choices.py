"""What one chooses from where an incident is logged, shared and listed."""

from enum import StrEnum


class TimePrecision(StrEnum):
    """How well the time is known."""

    EXACT = "exakt"
    HOUR = "timme"
    DAY = "dygn"
    WINDOW = "mellan"
    UNKNOWN = "okand"


class PlaceKind(StrEnum):
    """What sort of place it was. Stairwells and homes are the sensitive ones."""

    STREET = "gata"
    PARK = "park"
    SCHOOL = "skola"
    CENTRE = "centrum"
    STATION = "station"
    HOME = "bostadshus"
    STAIRWELL = "trapphus"
    SHOP = "butik"
    WATER = "vatten"
    OTHER = "annat"


class Visibility(StrEnum):
    """How far an organisation lets its part go."""

    OWN = "egen"
    GROUP = "osg"
    READERS = "intern"
    OPEN = "oppen"


class Shown(StrEnum):
    """How much of a place is shown."""

    EXACT = "exakt"
    GRID = "ruta"  # the middle of a square of 100 m
    DISTRICT = "omrade"


class Verification(StrEnum):
    """Whether somebody stands behind it."""

    UNCONFIRMED = "obekraftad"
    CONFIRMED = "bekraftad"
    REJECTED = "avfardad"


class KnownBy(StrEnum):
    """How it became known; against reading patrols as crime."""

    REPORT = "anmalan"
    PATROL = "patrull"
    ALARM = "larm"
    STAFF = "personal"
    LIST = "lista"
    OTHER = "annat"


class Source(StrEnum):
    """Which way it came in."""

    FORM = "form"
    API = "api"
    LIST = "lista"
    SPOKEN = "muntligt"
    DEMO = "demo"


class Order(StrEnum):
    """What stands first in a list."""

    HAPPENED = "handelse"  # what happened last
    LOGGED = "inkommet"  # what came in last
    SEVERE = "allvar"  # the gravest
