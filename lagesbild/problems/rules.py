"""What an ongoing problem is, and what may be said of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.districts.rules import District
from lagesbild.incidents.rules.checks import MAX_PLACE_TEXT, Reason, check_text

MAX_TITLE, MAX_DESCRIPTION, MAX_REASON = 80, 500, 280
NUMBER = re.compile(r"P-([1-9][0-9]{0,8})")


class Direction(StrEnum):
    """Which way a problem goes, as the group judges it."""

    RISING = "okar"
    UNCHANGED = "oforandrat"
    FALLING = "minskar"


DIRECTION_TEXT = {
    Direction.RISING: "ökar",
    Direction.UNCHANGED: "oförändrat",
    Direction.FALLING: "minskar",
}


@dataclass(frozen=True)
class Draft:
    """What somebody writes of a problem. `district` is a slug; `confirmed` insists on a text."""

    id: UUID
    title: str
    description: str = ""
    since: date | None = None
    district: str | None = None
    place_text: str = ""
    direction: Direction = Direction.UNCHANGED
    confirmed: bool = False


@dataclass(frozen=True)
class Problem:
    """Something that happens again at a place, as stored. `incidents` are those one may see."""

    id: UUID
    number: int
    title: str
    description: str
    since: date
    place_text: str
    direction: Direction
    closed_at: datetime | None = None
    closed_reason: str = ""  # of the last time
    reopened_reason: str = ""
    version: int = 1
    incidents: int = 0
    district: District | None = None

    @property
    def reference(self) -> str:
        """The number as people say it: `P-19`."""
        return f"P-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.closed_at is None

    @property
    def where(self) -> str:
        """The place and the district in words; empty when neither is known."""
        district = self.district.name if self.district else ""
        return ", ".join(filter(None, (self.place_text, district)))


def number_of(reference: str) -> int:
    """Return the number in `P-19`, or raise `NotFoundError`."""
    match = NUMBER.fullmatch(reference)
    if match is None:
        raise NotFoundError("Det finns inget sådant problem.")
    return int(match[1])


def becomes(draft: Draft, district: District | None, *, now: datetime) -> Problem:
    """Return the new problem of a draft; its number is given when it is stored."""
    right = checked(draft, now=now)
    assert right.since is not None, "it is checked"
    return Problem(
        right.id,
        0,
        right.title,
        right.description,
        right.since,
        right.place_text,
        right.direction,
        district=district,
    )


def checked(draft: Draft, *, now: datetime) -> Draft:
    """Return a draft without the air around its texts, or raise `InvalidError`."""
    limits = {"title": MAX_TITLE, "description": MAX_DESCRIPTION, "place_text": MAX_PLACE_TEXT}
    texts: dict[str, Any] = {
        name: check_text(name, getattr(draft, name), longest, confirmed=draft.confirmed)
        for name, longest in limits.items()
    }
    # A number may be split over two fields.
    privacy.guard("title", " ".join(texts.values()), confirmed=True)
    if not texts["title"]:
        raise InvalidError("title", "Skriv vad som pågår, med några få ord.")
    if draft.since is None:
        raise InvalidError("since", "Välj sedan när problemet pågår.")
    if draft.since > now.astimezone(STOCKHOLM).date():
        raise InvalidError("since", "Dagen ligger i framtiden. Välj när problemet började.")
    return replace(draft, **texts)


def check_reason(reason: Reason, *, missing: str) -> str:
    """Return why a problem is closed or opened again, or raise `InvalidError`."""
    text = check_text("reason", reason.text, MAX_REASON, confirmed=reason.confirmed)
    if not text:
        raise InvalidError("reason", missing)
    return text


def check_open(problem: Problem) -> None:
    """Raise `ConflictError` for a problem that is closed."""
    if not problem.is_open:
        raise ConflictError(
            "Problemet är avslutat. Öppna det igen för att ändra det.", current=problem
        )


def check_version(problem: Problem, version: int) -> None:
    """Raise `ConflictError` for a problem that is no longer what somebody has read."""
    if problem.version != version:
        raise stale(problem)


def check_change(problem: Problem, version: int) -> None:
    """Raise `ConflictError` unless a problem goes on and is what somebody has read."""
    check_version(problem, version)
    check_open(problem)


def stale(current: Problem) -> ConflictError:
    """Return the error of a change to something older than what is stored."""
    return ConflictError(
        "Någon annan har ändrat problemet under tiden. Läs den nya versionen och ändra igen.",
        current=current,
    )


def loggable(problem: Problem) -> Mapping[str, object]:
    """Return what of a problem the log may tell of, by the names that it uses."""
    return {
        "rubrik": problem.title,
        "beskrivning": problem.description,
        "sedan": problem.since.isoformat(),
        "område": problem.district.name if problem.district else None,
        "plats": problem.place_text,
        "riktning": DIRECTION_TEXT[problem.direction],
    }
