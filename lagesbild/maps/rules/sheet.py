"""What a map sheet says: its ground in true metres, what is drawn on it, and each line of text."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from lagesbild.base.clock import STOCKHOLM, day_text, moment_text, period_text
from lagesbild.base.lines import grouped
from lagesbild.districts.rules import Version
from lagesbild.incidents.rules import Found
from lagesbild.incidents.rules.audiences import SHOWN_TEXT, shown_in_group
from lagesbild.incidents.rules.crowds import Crowd
from lagesbild.maps.rules.view import View
from lagesbild.people.rules import ROLE_TEXT, Actor, Kind

MOST_SPOTS = 300  # symbols and discs of a sheet
LEAST_M = 400  # of ground on a sheet, so that one address is not the whole of it
AIR = 1.08  # about what is shown, so that nothing lies on the frame
RECORD_LENGTH = 60
NAME_LENGTH = 80  # of a name that somebody has chosen; a longer one would push the map away
NAMED = 6  # more organisations than this are a number

_STEPS = (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)
SCALES = tuple(round(step * 10**zeros) for zeros in range(3, 8) for step in _STEPS)
LENGTHS = tuple(
    n * int(10**zeros) for zeros in range(6) for n in (1, 2, 5)
)  # metres of a scale bar

SECRECY = "Kan innehålla uppgifter som omfattas av sekretess. Pröva den innan bladet lämnas ut."
PROJECTION = "Kartans projektion: SWEREF\u00a099\u00a0TM."


class Paper(StrEnum):
    """The papers that a sheet is made for."""

    A4 = "a4"
    A3 = "a3"

    @property
    def sides_mm(self) -> tuple[int, int]:
        """The short side and the long one."""
        return {Paper.A4: (210, 297), Paper.A3: (297, 420)}[self]


@dataclass(frozen=True)
class Ground:
    """A piece of ground, in metres (SWEREF 99 TM, EPSG:3006)."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """From west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From south to north."""
        return self.north - self.south

    def holds(self, east: float, north: float) -> bool:
        """Whether a position lies in it."""
        return self.west <= east <= self.east and self.south <= north <= self.north


@dataclass(frozen=True)
class Spot:
    """A symbol on a sheet, or a disc for several. `shape` is GeoJSON in WGS 84."""

    east: float
    north: float
    rows: int
    group: str  # the three letters of the type
    kind: Kind
    precision_m: int
    shape: str | None
    unsure_time: bool = False


@dataclass(frozen=True)
class Sign:
    """A problem or an action on a sheet, or several at one place: the sort of each.

    Where the place is not known it stands in the middle of the district, without a stem.
    """

    east: float
    north: float
    sorts: tuple[str, ...]  # `ongoing.PROBLEM` or `ongoing.ACTION`
    has_stem: bool


@dataclass(frozen=True)
class Told:
    """The texts of a sheet, without what is drawn."""

    group: str  # whose sheet it is
    title: str
    when: str
    lines: tuple[str, ...]  # under the title: how many, which, and what to beware of
    record: str
    notes: tuple[tuple[str, str], ...]  # heading and text, at the foot
    kinds: tuple[Kind, ...]  # of organisations, for the legend
    groups: tuple[tuple[str, str], ...]  # of types, likewise: their letters and names
    signs: tuple[str, ...] = ()  # the sorts of what goes on, likewise


def fitted(shown: Ground, width_mm: float, height_mm: float) -> tuple[Ground, int]:
    """Return the ground that fills a frame about what is shown, and its scale, 1 to so many.

    The scale is a round number, so that the ground is as large as the frame or larger.
    """
    least = LEAST_M
    metres_per_mm = max(
        max(shown.width * AIR, least) / width_mm, max(shown.height * AIR, least) / height_mm
    )
    scale = next((s for s in SCALES if s >= metres_per_mm * 1000), SCALES[-1])
    east, north = (shown.west + shown.east) / 2, (shown.south + shown.north) / 2
    half, tall = (side * scale / 2000 for side in (width_mm, height_mm))
    return Ground(east - half, north - tall, east + half, north + tall), scale


def bar_m(scale: int, longest_mm: float) -> int:
    """Return the length of a scale bar in metres: the longest round one that has room."""
    fits = [length for length in LENGTHS if length <= longest_mm * scale / 1000]
    return max(fits, default=LENGTHS[0])


def length_text(metres: int) -> str:
    """Return a length as people say it: `500 m`, `2 km`."""
    return f"{metres // 1000}\u00a0km" if metres >= 1000 else f"{metres}\u00a0m"  # noqa: PLR2004 – a km


def gathered(
    crowds: Sequence[Crowd], near_m: float, *, most: int = MOST_SPOTS
) -> list[tuple[Crowd, int]]:
    """Return the crowds that stand apart, each with the number of incidents it stands for.

    The larger takes in what lies nearer than `near_m`; where more than `most` would be left, that
    distance grows.
    """
    found = _apart([(crowd, crowd.rows) for crowd in crowds], near_m)
    while len(found) > most:
        near_m *= 1.25
        found = _apart(found, near_m)
    return found


def _apart(crowds: Sequence[tuple[Crowd, int]], near_m: float) -> list[tuple[Crowd, int]]:
    kept: list[tuple[Crowd, int]] = []
    for crowd, rows in sorted(crowds, key=lambda c: (-c[1], c[0].east, c[0].north)):
        for at, (other, others) in enumerate(kept):
            if math.dist((crowd.east, crowd.north), (other.east, other.north)) < near_m:
                kept[at] = (other, others + rows)
                break
        else:
            kept.append((crowd, rows))
    return kept


def signs_apart(found: Sequence[Sign], near_m: float) -> list[Sign]:
    """Return the signs that stand apart: the first takes in those that lie nearer than `near_m`."""
    kept: list[Sign] = []
    for sign in found:
        for at, other in enumerate(kept):
            if math.dist((sign.east, sign.north), (other.east, other.north)) < near_m:
                kept[at] = replace(other, sorts=other.sorts + sign.sorts)
                break
        else:
            kept.append(sign)
    return kept


def plain(text: str, longest: int = NAME_LENGTH) -> str:
    """Return a text in one line that any drawing can hold, without signs that cannot be seen."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def number_text(number: int, one: str, more: str) -> str:
    """Return a number with its word: `1 händelse`, `1 234 händelser`."""
    return f"{grouped(number)} {one if number == 1 else more}"


def when_text(view: View, *, now: datetime) -> str:
    """Return the weeks of a view: `v. 47, tors 12 nov – ons 18 nov 2026`."""
    period = view.period
    if view.weeks == 1:
        text = f"v.\u00a0{period.week}, {period_text(period)}"
    else:
        first = period.previous(view.weeks - 1)
        days = f"{day_text(first.first_day)} – {day_text(period.last_day)} {period.last_day.year}"
        if first.first_day.year != period.last_day.year:
            days = days.replace(" – ", f" {first.first_day.year} – ")
        text = f"{view.weeks} veckor till och med v.\u00a0{period.week}, {days}"
    return f"{text}, pågår" if period.end > now else text


def narrowed_text(view: View, category: str, status: str) -> str:
    """Return what a view is narrowed to, in words; empty when it is not.

    `category` and `status` are the words of the view's own.
    """
    parts = (
        category and f"typ {plain(category)}",
        view.organisation and f"organisation {plain(view.organisation.name)}",
        status and f"status {status}",
        "bara en del av kartan" if view.box else "",
    )
    return "; ".join(part for part in parts if part)


def reduction_text(actor: Actor, organisation: str) -> str:
    """Return how exactly the reader sees places: their own, and by sensitivity the others'."""
    who = ROLE_TEXT[actor.role] + (f" ({plain(organisation)})" if organisation else "")
    levels = groupby("ABCD", key=shown_in_group)
    others = ", ".join(f"{' och '.join(of)} {SHOWN_TEXT[shown]}" for shown, of in levels)
    return f"Som {who} ser dem. Egna platser exakt. Andras plats efter typens känslighet: {others}."


def source_text(names: Sequence[str], version: Version | None) -> str:
    """Return who has reported what is shown, and where the outlines come from."""
    named = [plain(name) for name in names]
    if len(named) > NAMED:
        who = f"av {len(named)} organisationer"
    elif named:
        who = "av " + " och ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)
    else:
        who = "i Lägesbild"
    text = f"Händelser rapporterade {who}."
    if version and version.source:
        text += f" Gränser: {plain(version.source)}, från {version.valid_from.isoformat()}."
    return text


def count_text(found: Found) -> str:
    """Return how many incidents there are, and what the map or the week's figure leaves out."""
    if not found.number:
        return "Inga händelser."
    text = f"{number_text(found.number, 'händelse', 'händelser')}."
    if found.unplaced:
        text += f" {grouped(found.unplaced)} utan plats, bara i listan."
    if left_out := found.number - found.counted:
        text += f" {grouped(left_out)} räknas inte i veckans siffra."
    return text


def made_text(actor: Actor, organisation: str, *, now: datetime) -> str:
    """Return when a sheet was made and in which role; never by whom."""
    day, _, clock = moment_text(now).partition(" kl. ")
    year = now.astimezone(STOCKHOLM).year
    whose = f" ({plain(organisation)})" if organisation else ""
    return f"Gjort {day} {year} kl.\u00a0{clock} av {ROLE_TEXT[actor.role]}{whose}"


def in_order(found: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Return those of the names' keys that were found, in the names' order."""
    wanted = set(found)
    return [key for key in names if key in wanted]
