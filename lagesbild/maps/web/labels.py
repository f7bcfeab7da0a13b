"""The names of districts as they are written on a map."""

from typing import NamedTuple

from lagesbild.analysis.rules.marks import Mark
from lagesbild.meetings.rules.sentences import TEXT


class Label(NamedTuple):
    """A district's name on a map, and where it stands."""

    name: str
    longitude: float
    latitude: float
    number: int | str  # a text where it may be hidden
    link: str
    mark: str  # empty where the page tells none
    word: str  # of the mark; empty where nobody can tell


def word_of(mark: Mark | None) -> str:
    """Return what a mark says on a map; nothing where it cannot tell."""
    return TEXT[mark] if mark and mark not in {Mark.FEW, Mark.OPEN} else ""
