"""What one organisation asks another for before a meeting."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules.checks import MAX_SUMMARY, check_text


@dataclass(frozen=True)
class Asking:
    """A question as it is sent: to whom by its short name, about which incident or none."""

    id: UUID
    asked: str
    question: str
    about: str | None = None
    confirmed: bool = False


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
    answered_at: datetime | None = None
    answer: str = ""
    withdrawn_at: datetime | None = None
    version: int = 1
    reference: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and self.withdrawn_at is None


def check_question(asking: Asking) -> str:
    """Return the text of a question, or raise `InvalidError`."""
    text = check_text("question", asking.question, MAX_SUMMARY, confirmed=asking.confirmed)
    if not text:
        raise InvalidError("question", "Skriv vad ni vill veta, i en mening.")
    return text


def check_answer(text: str, *, confirmed: bool) -> str:
    """Return the text of an answer, or raise `InvalidError`."""
    text = check_text("answer", text, MAX_SUMMARY, confirmed=confirmed)
    if not text:
        raise InvalidError("answer", "Skriv ett svar, eller logga en händelse i stället.")
    return text
