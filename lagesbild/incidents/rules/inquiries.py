"""What one organisation asks another for before a meeting."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Inquiry:
    """A question of one organisation to another, and its answer.

    `reference` is that of the incident it is about, for who may see that one.
    """

    id: UUID
    week: str
    incident_id: UUID | None
    asked_id: UUID
    asking_id: UUID
    at: datetime
    question: str
    answered_at: datetime | None
    answer: str
    withdrawn_at: datetime | None
    version: int
    reference: str | None
