"""What browsers send about problems, read into the words of the domain."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lagesbild.incidents.web.shapes import nothing
from lagesbild.problems.rules import DIRECTION_TEXT, Direction, Draft, Problem

EARLIEST_YEAR, LAST_YEAR = 1900, 2200
LABELS = {
    "title": "Vad som pågår",
    "description": "Beskrivning",
    "since": "Pågår sedan",
    "district": "Område",
    "place_text": "Plats",
    "direction": "Riktning",
}


def day(value: object) -> date | None:
    """Read a day as the browser's field gives it; None where none was chosen."""
    if value is None or value == "":
        return None
    try:  # a number would be read as seconds since 1970
        found = date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError("Det är inte ett datum. Skriv till exempel 2026-11-19.") from error
    if not EARLIEST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError("Året är inte rimligt.")
    return found


Day = Annotated[date | None, BeforeValidator(day)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ProblemForm(BaseModel):
    """What somebody writes of a problem."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    title: str = ""
    description: str = ""
    since: Day = None
    district: Annotated[str | None, BeforeValidator(nothing)] = None
    place_text: str = ""
    direction: Direction = Direction.UNCHANGED
    version: Version = 0
    confirmed: bool = False

    def draft(self, id_: UUID | None = None) -> Draft:
        """Return the same in the words of the domain."""
        said = {name: getattr(self, name) for name in LABELS}
        return Draft(id_ or self.id, confirmed=self.confirmed, **said)


def values_of(problem: Problem) -> dict[str, str]:
    """Return a stored problem as the form shows it."""
    return {
        "id": str(problem.id),
        "version": str(problem.version),
        "title": problem.title,
        "description": problem.description,
        "since": problem.since.isoformat(),
        "district": problem.district.slug if problem.district else "",
        "place_text": problem.place_text,
        "direction": problem.direction,
    }


def differences(stored: Problem, written: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return label and stored value, in words, of the fields that somebody wrote otherwise."""
    now = values_of(stored)
    spoken = now | {
        "direction": DIRECTION_TEXT[stored.direction],
        "district": stored.district.name if stored.district else "",
    }
    return [
        (label, spoken[name] or "inget")
        for name, label in LABELS.items()
        if written.get(name, "").strip() != now[name]
    ]
