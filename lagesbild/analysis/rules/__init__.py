"""What is counted, and what of it is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Window:
    """A stretch of time to count; what was registered from `late_from` on came late."""

    start: datetime
    end: datetime
    late_from: datetime


@dataclass(frozen=True)
class Count:
    """How many incidents of one window, district and organisation; `open` means A or B."""

    window: int
    district_id: UUID | None
    organisation_id: UUID
    open: bool
    number: int
    late: int


@dataclass(frozen=True)
class Kept:
    """How many incidents of a kind are counted in the group, but not outside it."""

    category: str
    marked: bool
    visibility: str
    number: int


@dataclass(frozen=True)
class Counted:
    """An incident that is counted: where, and as how many."""

    incident_id: UUID
    district_id: UUID | None
    number: int
