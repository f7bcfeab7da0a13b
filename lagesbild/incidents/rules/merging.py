"""Which two incidents may become one: one is kept, the other is a part of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Incident, Part, Verification, Visibility

UNKNOWN = (
    "Händelserna hör till olika kommuner, eller så finns den ena inte bland dem som du ser."
    " Kontrollera numret."
)
CHANGED = "Någon har ändrat en av händelserna under tiden. Läs dem igen och slå ihop sedan."


@dataclass(frozen=True)
class Merging:
    """Which incident is kept, which becomes a part of it, and the versions that were read."""

    kept: UUID | str
    other: UUID | str
    kept_version: int
    other_version: int


class Merged(NamedTuple):
    """An incident that is a part of another one: what its page says of it there."""

    id: UUID
    reference: str
    version: int
    organisation_id: UUID
    category: str
    occurred_from: datetime
    occurred_to: datetime | None
    time_precision: str
    parts: tuple[Part, ...] = ()


def is_counted(incident: Incident) -> bool:
    """Whether an incident is one of those that figures count."""
    facts = incident.facts
    return (
        facts.severity > 0
        and facts.verification is not Verification.REJECTED
        and facts.duplicate_of is None
        and incident.withdrawn_at is None
        and incident.visibility is not Visibility.OWN
    )


def check_both(one: Incident, other: Incident) -> None:
    """Raise `InvalidError` with why two incidents cannot become one, whichever is kept."""
    if one.id == other.id:
        raise InvalidError("other", "En händelse går inte att slå ihop med sig själv.")
    for each in (one, other):
        _check_one(each)


def check(kept: Incident, other: Incident) -> None:
    """Raise `InvalidError` with why an incident cannot become a part of another one."""
    check_both(kept, other)
    if not is_counted(kept):
        raise InvalidError(
            "other",
            f"{kept.reference} räknas inte i veckans bild. Behåll {other.reference} i stället.",
        )
    if other.facts.number > kept.facts.number:
        raise InvalidError(
            "other",
            f"{other.reference} står för fler händelser än {kept.reference}. Behåll den i stället.",
        )


def check_alone(other: Incident, *, is_kept: bool) -> None:
    """Raise `InvalidError` for one that others are merged into: it may only be kept."""
    if is_kept:
        raise InvalidError(
            "other",
            f"I {other.reference} ingår redan en annan händelse. Behåll {other.reference}, eller"
            " dela upp den först.",
        )


def _check_one(incident: Incident) -> None:
    reference = incident.reference
    if incident.withdrawn_at is not None:
        raise InvalidError("other", f"{reference} är tillbakatagen och går inte att slå ihop.")
    if incident.visibility is Visibility.OWN:
        raise InvalidError("other", f"{reference} är inte delad med gruppen. Dela den först.")
    if incident.facts.duplicate_of is not None:
        raise InvalidError(
            "other", f"{reference} är redan ihopslagen med en annan. Dela upp den först."
        )
