"""What a place of the list is, and when a name that somebody wrote is one of them.

A name is the same as another only after rules that leave no doubt: case, spaces, a leading "vid",
abbreviations such as "stn". All else that a name might mean is a reading to suggest, never to take.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from lagesbild.base.geo import Point

SAME_M = 300  # of one name within this are one place: the posts of a stop, a school and its gate
NEAR_LIMIT = 5
MAX_READINGS = 8
LONGEST_NAME = 120  # as long as the text of a place in an incident
METRES_PER_DEGREE = 111_320.0
# The kinds that a map draws as a stop, in the words of the lists that have them.
STOPS = (
    *("hållplats", "busshållplats", "stop", "station", "järnvägsstation", "resecentrum"),
    *("tunnelbana", "pendeltåg", "pendeltag", "spårvagn", "lokalbana", "färjeläge"),
)


@dataclass(frozen=True)
class Place:
    """A name with a position. `key` is its source's own."""

    id: UUID
    key: str
    name: str
    kind: str
    point: Point


@dataclass(frozen=True)
class NewPlace:
    """A place to put in the list."""

    key: str
    name: str
    kind: str
    point: Point


@dataclass(frozen=True)
class Found:
    """What is known of a name. `near` is for a person to choose from, best first."""

    asked: str
    place: Place | None = None
    near: tuple[Place, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Change:
    """What putting a source's places changed. `kept` are known ones that it has no longer."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


def plain(text: str) -> str:
    """Return a name as names are compared: words of small letters with one space between."""
    return _joined(_words(text))


def folded(text: str) -> str:
    """Return a plain name as it is written without Swedish letters: `skogås` → `skogas`."""
    split = unicodedata.normalize("NFKD", text.translate(_UNSPLIT))
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def readings(text: str) -> tuple[str, ...]:
    """Return the plain name, and after it what the text may also mean, at most `MAX_READINGS`.

    Without its house number, with "v." as "vägen", and each part of "Storgatan, mot skolan".
    """
    text = text[:LONGEST_NAME]
    parts = [text, *(part for part in _PARTS.split(text) if part.strip())]
    found: dict[str, None] = {}
    for part in parts:
        words = _words(part)
        for each in (words, _without_number(words)):
            found[_joined(each)] = None
            found |= dict.fromkeys(_joined(longer) for longer in _longer(each))
    return tuple(name for name in found if name)[:MAX_READINGS]


def prefixes(text: str) -> tuple[str, ...]:
    """Return what a name may begin with when this much of it is typed."""
    typed = _joined(word.rstrip(".") for word in _raw(text[:LONGEST_NAME]))
    return tuple(dict.fromkeys(filter(None, (typed, plain(text[:LONGEST_NAME])))))


def metres(one: Point, other: Point) -> float:
    """Return the distance of two places that are not far apart."""
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return METRES_PER_DEGREE * math.hypot(east, one.latitude - other.latitude)


def geojson(point: Point) -> str:
    """Return a position as GeoJSON (RFC 7946)."""
    return f'{{"type":"Point","coordinates":[{point.longitude},{point.latitude}]}}'


def apart(found: Iterable[Place]) -> list[Place]:
    """Return places without those that have the name of one within `SAME_M`, as posts have."""
    kept: dict[str, list[Place]] = {}
    for place in found:
        same = kept.setdefault(plain(place.name), [])
        if all(metres(place.point, other.point) > SAME_M for other in same):
            same.append(place)
    return [place for same in kept.values() for place in same]


def judged(asked: str, same: Sequence[Place], near: Sequence[Place]) -> Found:
    """Return what a name is, from the places of the same plain name and the similar ones."""
    ordered = sorted(same, key=lambda place: (place.key, place.id))
    pairs = combinations((place.point for place in ordered), 2)
    if ordered and all(metres(*pair) <= SAME_M for pair in pairs):
        return Found(asked, ordered[0])
    note = "Ingen plats i listan liknar den. Peka på kartan."
    if ordered:
        note = f"{len(ordered)} platser heter så, långt från varandra. Välj en av dem."
    elif near:
        note = "Ingen plats i listan heter precis så. Välj en som liknar, eller peka på kartan."
    elif not plain(asked):
        note = "Platsen saknas."
    return Found(asked, near=tuple(ordered or near)[:NEAR_LIMIT], note=note)


# --- Words ----------------------------------------------------------------------------------

_PARTS = re.compile(r"[,;/()]| och ")
_WORD = re.compile(r"[^\W_]+(?::[^\W_]+)*\.?")
_HOUSE = re.compile(r"[0-9]+[a-zåäö]?")
_UNSPLIT = str.maketrans({"æ": "a", "ø": "o", "ð": "d", "þ": "t", "ł": "l", "đ": "d"})

_LEADING: tuple[tuple[str, ...], ...] = (
    *(("hörnet", "av"), ("närheten", "av"), ("höjd", "med")),
    *(("vid",), ("i",), ("på",), ("utanför",), ("nära",), ("intill",), ("invid",)),
    *(("bakom",), ("framför",), ("kring",), ("runt",)),
)
# What a short form always means; others are only readings.
_SURE = {
    "stn": "station",
    "centr": "centrum",
    "k:a": "kyrka",
    "n:a": "norra",
    "s:a": "södra",
    "ö:a": "östra",
    "v:a": "västra",
    "g:a": "gamla",
    "l:a": "lilla",
    "st:a": "stora",
    "s:t": "sankt",
    "s:ta": "sankta",
}
_METRO = frozenset(
    {"tbana", "tbanan", "tunnelbana", "tunnelbanan", "tunnelbanestation", "tunnelbanestationen"}
)
_METRO_PARTS = frozenset({"bana", "banan", "banestation", "banestationen"})
# What a short form may mean: at the end of a word with a dot ("storg."), or as a word of its own.
_GLUED = {
    "sk": ("skolan", "skola"),
    "pl": ("plan", "plats"),
    "v": ("vägen", "väg"),
    "g": ("gatan", "gata"),
    "t": ("torget", "torg"),
}
_APART = {
    "sk": ("skola", "skolan"),
    "pl": ("plan", "plats"),
    "t": ("torg", "torget"),
    "c": ("centrum", "station"),  # in a timetable C is the central station
}
_METRO_NAME = ("t", "bana")


def _raw(text: str) -> list[str]:
    """Return the words of a text in small letters; a dot or colon of a short form is kept."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).casefold())
    return _WORD.findall(small)


def _words(text: str) -> list[str]:
    """Return the words of a name after all sure rules; what may be a short form keeps its dot."""
    return _houses(_metro(list(_spelled_out(_without_leading(_raw(text))))))


def _joined(words: Iterable[str]) -> str:
    return " ".join(word.rstrip(".") for word in words)


def _without_leading(words: list[str]) -> list[str]:
    """Return the words after "vid", "i hörnet av" and the like; never nothing."""
    for lead in _LEADING:
        if len(words) > len(lead) and tuple(words[: len(lead)]) == lead:
            return _without_leading(words[len(lead) :])
    return words


def _spelled_out(words: list[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        short = word.rstrip(".")
        after = words[place + 1] if place + 1 < len(words) else ""
        if short in _SURE:
            yield _SURE[short]
        elif short == "st" and place:  # first it is Sankt, Stora or Södra
            yield "station"
        elif not (short in {"nr", "nummer"} and place and after[:1].isdecimal()):
            yield from word.split(":")


def _metro(words: list[str]) -> list[str]:
    """Return the words with every name of a metro station's kind as `t bana`."""
    found: list[str] = []
    for place, word in enumerate(words):
        if word in _METRO:
            found += _METRO_NAME
        elif found and found[-1] == "t" and word in _METRO_PARTS:
            found.append("bana")
        elif word == "t" and place and place == len(words) - 1:
            found += _METRO_NAME
        else:
            found.append(word)
    return found


def _houses(words: list[str]) -> list[str]:
    """Return the words with the letter of a house beside its number: `12 b` → `12b`."""
    if len(words) > 1 and words[-2].isdecimal() and re.fullmatch(r"[^\W\d_]", words[-1]):
        return [*words[:-2], words[-2] + words[-1]]
    return words


def _without_number(words: list[str]) -> list[str]:
    """Return the words before a house number and what follows it; all where there is none."""
    number = (place for place, word in enumerate(words) if place and _HOUSE.fullmatch(word))
    return words[: next(number, len(words))]


def _longer(words: list[str]) -> Iterator[list[str]]:
    """Return the words with each short form written out in each way that it may mean."""
    for place, word in enumerate(words):
        before, after = words[: max(place - 1, 0)], words[place + 1 :]
        short = word.rstrip(".")
        if place and short in _GLUED:
            for ending in _GLUED[short]:
                yield [*before, words[place - 1] + ending, *after]
        if place and short in _APART:
            for ending in _APART[short]:
                yield [*words[:place], ending, *after]
        ending = next((e for e in _GLUED if short.endswith(e) and len(short) > len(e) + 1), "")
        if ending and word.endswith("."):
            for longer in _GLUED[ending]:
                yield [*words[:place], short.removesuffix(ending) + longer, *after]
