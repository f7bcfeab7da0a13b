"""A picture that is fixed: numbered parts that can be checked one by one, and never change.

Each part is text with a salt of its own. The whole is a digest over the parts' digests, so that a
part that the law orders away can be removed, salt and all: nobody can then guess back what it
said, and the others still verify.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import orjson

SALT_BYTES = 32


class Fixing(StrEnum):
    """Why a picture was fixed."""

    ORDINARY = "ordinarie"
    EXTRA = "extra"  # between two meetings, when something grave has happened
    CORRECTION = "rattelse"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return {"ordinarie": "lägesbild", "extra": "extra lägesbild"}.get(self, "rättelse")


class Change(StrEnum):
    """How what the group follows stands against its last picture."""

    NEW = "nytt"
    CONTINUING = "fortsatter"
    CLOSED = "avslutat"
    REOPENED = "ater"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        said = {"nytt": "nytt", "fortsatter": "fortsätter", "avslutat": "avslutat"}
        return said.get(self, "åter")


@dataclass(frozen=True)
class Part:
    """A part of a fixed picture: JSON text. Without text and salt where it was removed."""

    name: str
    digest: bytes
    salt: bytes | None
    text: str | None
    removed_at: datetime | None = None
    removed_reason: str = ""

    @property
    def content(self) -> object:
        """What the text says, None where it was removed."""
        return orjson.loads(self.text) if self.text is not None else None


@dataclass(frozen=True)
class Head:
    """What a picture is about. It stands in the digest of the whole."""

    group_id: UUID
    week: str
    number: int  # one series per group
    kind: Fixing
    fixed_at: datetime
    known_at: datetime
    corrects: int | None = None  # the number of the picture that this one corrects


@dataclass(frozen=True)
class Fixed:
    """A fixed picture as it is stored."""

    id: UUID
    head: Head
    sha256: bytes
    parts: tuple[Part, ...] = ()

    def part(self, name: str) -> Part | None:
        """Return a part by name, or None."""
        return next((part for part in self.parts if part.name == name), None)

    def content(self, name: str) -> object:
        """Return what a part says; None where it is missing or was removed."""
        part = self.part(name)
        return part.content if part else None


def part(name: str, content: object, salt: bytes) -> Part:
    """Return a part in its lasting form: JSON with sorted keys."""
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    return Part(name, _digest(salt, text), salt, text)


def sha256(head: Head, parts: Iterable[Part]) -> bytes:
    """Return the digest of a picture: over its head and the digests of its parts, by name."""
    said = [
        str(head.group_id),
        head.week,
        str(head.number),
        head.kind,
        head.fixed_at.astimezone(UTC).isoformat(),
        head.known_at.astimezone(UTC).isoformat(),
        str(head.corrects or ""),
        *(f"{p.name} {p.digest.hex()}" for p in sorted(parts, key=lambda p: p.name)),
    ]
    return hashlib.sha256("\n".join(said).encode()).digest()


def broken(fixed: Fixed) -> list[str]:
    """Return the names of parts that are not what was fixed, and "" for the whole; none is well.

    A removed part is no fault: its digest still stands in the whole.
    """
    wrong = [
        p.name
        for p in fixed.parts
        if p.text is not None and p.salt is not None and _digest(p.salt, p.text) != p.digest
    ]
    return wrong if sha256(fixed.head, fixed.parts) == fixed.sha256 else [*wrong, ""]


def _digest(salt: bytes, text: str) -> bytes:
    return hashlib.sha256(salt + text.encode()).digest()


def changes(now: Iterable[str], before: Sequence[Iterable[str]]) -> Mapping[str, Change]:
    """Return how each thing stands against the last picture; `before` is the latest first.

    What is followed now and was in the last picture continues; what was followed earlier but not
    in the last is followed again.
    """
    followed, earlier = set(now), [set(each) for each in before]
    last = earlier[0] if earlier else set()
    ever = set().union(*earlier) if earlier else set()
    found = dict.fromkeys(last - followed, Change.CLOSED)
    for key in followed:
        if key in last:
            found[key] = Change.CONTINUING
        else:
            found[key] = Change.REOPENED if key in ever else Change.NEW
    return dict(sorted(found.items()))
