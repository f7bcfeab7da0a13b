"""What those who read the letter ask the group, and what it answers in the next letter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.incidents.rules.checks import check_text

LONGEST = 500
MOST_OPEN = 5  # of one person about one week
OLDEST = timedelta(weeks=26)
ENOUGH = 20  # signs of an answer that are hardly another's: "Ja." is


@dataclass(frozen=True)
class Asking:
    """A question as it is sent. `confirmed` means that a person insists on the text."""

    id: UUID
    week: str
    text: str
    confirmed: bool = False


@dataclass(frozen=True)
class Answer:
    """An answer as it is sent, over the version of its question that somebody has seen."""

    text: str
    version: int
    confirmed: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its answer. Without a person it came by mail or by phone.

    `told_week` is that of the letter whose approval told the answer; empty until then.
    """

    id: UUID
    week: str
    asked_at: datetime
    person_id: UUID | None
    text: str
    answer: str = ""
    answered_at: datetime | None = None
    told_week: str = ""
    closed_at: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it is on the agenda: nobody has answered or closed it."""
        return self.answered_at is None and self.closed_at is None

    @property
    def number(self) -> int:
        """The number of the week that it is about."""
        return week_number(self.week)

    @property
    def line(self) -> str:
        """How question and answer stand in a letter."""
        text, answer = " ".join(self.text.split()), " ".join(self.answer.split())
        return f"Fråga (v. {self.number}): {text} Svar: {answer}"

    def is_told_by(self, said: str) -> bool:
        """Whether a letter's words hold question or answer: people may have changed the other."""
        words, text, answer = (" ".join(each.split()) for each in (said, self.text, self.answer))
        return text in words or (len(answer) >= ENOUGH and answer in words)

    @property
    def seen_answer(self) -> str:
        """The answer as who asked sees it: not before a letter with it is approved."""
        return self.answer if self.told_week else ""


def week_number(week: str) -> int:
    """Return the number of a week by its name."""
    return int(week[-2:])


def checked(asking: Asking, weekday: int, now: datetime) -> Asking:
    """Return what may be stored of a question, or raise `InvalidError`."""
    period = Period.named(asking.week, weekday=weekday)
    today = now.astimezone(STOCKHOLM).date()
    if period.first_day > today or period.meeting_day < today - OLDEST:
        raise InvalidError("week", "Välj en vecka under det senaste halvåret.")
    text = check_text("text", asking.text, LONGEST, confirmed=asking.confirmed)
    if not text:
        raise InvalidError("text", "Skriv vad du vill fråga.")
    return Asking(asking.id, period.name, text, asking.confirmed)


def check_number(known: Iterable[Question], asking: Asking) -> None:
    """Raise `InvalidError` where somebody's open questions about a week are many already."""
    waiting = [q for q in known if q.is_open and q.week == asking.week]
    if len(waiting) >= MOST_OPEN:
        raise InvalidError(
            "text",
            f"Du har redan {MOST_OPEN} frågor om v. {week_number(asking.week)} som väntar på svar."
            " Vänta in svaren, eller ring den som står som kontakt i brevet.",
        )


def check_answer(said: Answer) -> str:
    """Return the text of an answer, or raise `InvalidError`."""
    text = check_text("answer", said.text, LONGEST, confirmed=said.confirmed)
    if not text:
        raise InvalidError("answer", "Skriv ett svar, eller stäng frågan utan svar.")
    return text


def refuse_told(found: Question) -> None:
    """Raise `ConflictError` for a question whose answer a letter has told, or that is closed."""
    if found.told_week:
        raise ConflictError(
            f"Svaret står i brevet för v. {week_number(found.told_week)} och går inte att ändra.",
            current=found,
        )
    if found.closed_at is not None:
        raise ConflictError("Frågan är redan stängd.", current=found)
