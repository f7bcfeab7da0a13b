"""How somebody changes the words of a letter, and what they have changed."""

import difflib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lagesbild.digests.rules.wording import Wording

PART = {
    "changed": "Vad som är rättat",
    "short": "I korthet, efter den första raden",
    "attention": "Behöver uppmärksamhet",
    "deviations": "Avvikelser",
    "problems": "Pågående problem",
    "new": "Nya åtgärder",
    "late": "Sena åtgärder",
    "done": "Klara åtgärder",
    "answers": "Svar på frågor",
    "coming": "Kommande vecka",
}


class Edit(NamedTuple):
    """How somebody wants a letter worded, over which version; `confirmed` insists on a warning."""

    wording: Wording
    version: int
    confirmed: bool = False


class Changed(NamedTuple):
    """A line that somebody has taken away or added, and in which part."""

    part: str
    line: str
    added: bool


def difference(first: Wording, latest: Wording) -> list[Changed]:
    """Return the lines by which the latest words differ from the first, in the letter's order."""
    return [
        Changed(PART[name], line, added)
        for name in PART
        for line, added in _lines(getattr(first, name), getattr(latest, name))
    ]


def _lines(first: str, latest: str) -> Iterator[tuple[str, bool]]:
    for line in difflib.ndiff(first.splitlines(), latest.splitlines()):
        if line[0] in "+-":
            yield line[2:], line[0] == "+"


def parts(wording: Wording) -> Mapping[str, str]:
    """Return the parts of a letter that people may change, by name, in its order."""
    return {name: getattr(wording, name) for name in PART}
