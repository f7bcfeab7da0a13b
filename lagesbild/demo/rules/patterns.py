"""What can be found in the demo, besides what is usual: each a small story with a week.

Weeks are counted back from the one that closed last, number 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from lagesbild.base.clock import Period


@dataclass(frozen=True)
class Told:
    """An incident of a story: the day of the week's seven, when, who, where, what, in which words.

    `same_place` means exactly where the one before it was.
    """

    day: int
    at: time
    organisation: str
    code: str
    place: str
    summary: str
    same_place: bool = False


# Six small outdoor fires in one district, of which no organisation has seen more than three.
FIRES_IN = "Skogås"
FIRES = (
    Told(1, time(19, 40), "brand", "BRA01", "Tranparken", "Brand i papperskorg, släckt."),
    Told(2, time(21, 15), "brand", "BRA01", "Skola D", "Gräsbrand vid gångvägen, några meter."),
    Told(4, time(9, 30), "kommun", "BRA01", "Tranparken", "Spår av eldning mot en bänk."),
    Told(4, time(12, 5), "skola", "BRA01", "Skola D", "Eld i papperskorg på skolgården, släckt."),
    Told(4, time(20, 50), "brand", "BRA01", "Tranparken", "Brinnande sopkärl, ingen spridning."),
    Told(5, time(13, 40), "skola", "BRA01", "Skola D", "Försök att tända eld på buskage."),
)
# Four in another district some weeks ago: the group acted, and there have been none since.
OLD_FIRES_IN, OLD_FIRES_WEEK = "Trångsund", 9
OLD_FIRES = (
    Told(0, time(20, 30), "brand", "BRA01", "Almparken", "Brand i papperskorg, släckt."),
    Told(2, time(18, 10), "kommun", "BRA01", "Almparken", "Brandmärken på en bänk."),
    Told(3, time(21, 40), "polis", "BRA01", "Runda stationen", "Rök ur en container, släckt."),
    Told(5, time(22, 15), "brand", "BRA01", "Runda stationen", "Brand i container."),
)
LOUD = 1.4  # what else happens in that district in that week, as a share of the usual

# One car on fire that two organisations tell of: the first to be taken for a double.
DOUBLE_IN = "Sjödalen-Fullersta"
DOUBLE = (
    Told(3, time(23, 10), "polis", "BRA02", "Badviken", "Bil som brann på parkeringen."),
    Told(3, time(22, 55), "brand", "BRA02", "Badviken", "Personbil i lågor.", same_place=True),
)

# Mopeds on the paths of one district, each spring.
MOPEDS_IN, MOPED_WEEKS = "Vårby", range(14, 23)  # ISO weeks
MOPEDS = (
    Told(1, time(18, 20), "kommun", "TRA01", "Pilparken", "Mopeder på gångvägen i hög fart."),
    Told(2, time(20, 5), "polis", "TRA01", "Pilparken", "Mopedkörning bland gående."),
    Told(5, time(16, 45), "kommun", "TRA01", "Pilparken", "Mopeder vid lekplatsen."),
)

JOINED_WEEKS_AGO = 10  # since when the schools take part
SILENT, SILENT_WEEK = "brand", 3  # an organisation that was not heard from
GRAVEYARD, GRAVEYARD_WEEKS, FOUND_WEEK = "SKA", range(6, 10), 4  # a list that lay in a drawer


def weeks_ago(period: Period, closed: Period) -> int:
    """Return how many weeks before the closed one a week is."""
    return (closed.first_day - period.first_day).days // 7


def told(period: Period, closed: Period) -> Iterator[tuple[str, tuple[Told, ...]]]:
    """Return the stories of a week, each with its district."""
    if period == closed:
        yield FIRES_IN, FIRES
        yield DOUBLE_IN, DOUBLE
    if weeks_ago(period, closed) == OLD_FIRES_WEEK:
        yield OLD_FIRES_IN, OLD_FIRES
    if period.week in MOPED_WEEKS:
        yield MOPEDS_IN, MOPEDS
