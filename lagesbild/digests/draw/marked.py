"""What people wrote, in pieces that a template escapes: links to what is named, and plain text."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from lagesbild.digests.draw.columns import together
from lagesbild.digests.rules import plain

# `P-19` and `2026-118` lead to their pages; not inside an address or a record's number.
NAMED = re.compile(
    r"(?<![\w/:.-])(?:(?P<problem>P-[1-9][0-9]{0,8})|(?P<action>[12][0-9]{3}-[0-9]{3,9}))(?![\w-])"
    r"|(?<=, se )(?P<actions>åtgärdslistan)|(?<=, se )(?P<problems>listan över problem)"
    r"|(?P<late>[0-9]+\u00a0dag(?:ar)?\u00a0sen)\b"
)
LATE = re.compile(r"^(?P<what>.*), (?P<late>[0-9]+ dag(?:ar)? sen)\.?$")
STOPPED = ": avbruten."
PROPOSAL = re.compile(r" (?=Förslag: )")


class Piece(NamedTuple):
    """A part of a text: with a link, said loudly because it is late, or neither."""

    text: str
    link: str = ""
    is_late: bool = False


class Item(NamedTuple):
    """An action in a list, and the word before it."""

    label: str
    text: str
    is_late: bool = False


def pieces(text: str, page: str) -> list[Piece]:
    """Return a text in pieces; its references lead to the pages behind sign-in."""
    whole, found, done = together(text), [], 0
    for hit in NAMED.finditer(whole):
        found.append(Piece(whole[done : hit.start()]))
        found.append(_piece(hit, page))
        done = hit.end()
    return [piece for piece in (*found, Piece(whole[done:])) if piece.text]


def _piece(hit: re.Match[str], page: str) -> Piece:
    said = hit[0]
    if hit["late"]:
        return Piece(said, is_late=True)
    paths = {
        "problem": f"problem/{said}",
        "action": f"atgarder/{said}",
        "actions": "atgarder",
        "problems": "problem",
    }
    return Piece(said, f"{page}/{paths[hit.lastgroup or '']}")


def led(text: str) -> tuple[str, str]:
    """Return a text's first sentence, if more follow, and the rest."""
    first, *more = plain.sentences(text) or [""]
    return (first, " ".join(more)) if more else ("", text)


def asked(text: str) -> tuple[str, Sequence[str]]:
    """Return a question to the reader: what it is about, and what is proposed."""
    first, *more = PROPOSAL.split(text)
    return first, [each.removeprefix("Förslag: ") for each in more]


def item(label: str, text: str) -> Item:
    """Return an action with its word; how late it is says more than that it is."""
    if text.startswith("…"):
        return Item("", text)
    if late := LATE.match(text):
        return Item(late["late"], f"{late['what']}.", is_late=True)
    if text.endswith(STOPPED):
        return Item("Avbruten", f"{text.removesuffix(STOPPED)}.")
    return Item(label, text, is_late=label == "Sen")


def is_address(link: str) -> bool:
    """Whether a link may be followed: an ordinary address, and no script."""
    return re.fullmatch(r"https?://[^\s]+", link, re.IGNORECASE) is not None
