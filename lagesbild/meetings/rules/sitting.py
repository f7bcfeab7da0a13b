"""What is written down while the group sits together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules.checks import check_text
from lagesbild.meetings.rules.agenda import Step

PURPOSE = "Lägesbild och beslut om åtgärder i samverkansgruppen"
MAX_NOTE, MAX_COMING, MAX_PURPOSE = 4000, 160, 160
EARLIEST, LATEST = timedelta(weeks=26), timedelta(weeks=9)  # from today, of a meeting
LONGEST, FARTHEST = timedelta(days=120), timedelta(days=366)


@dataclass(frozen=True)
class Sitting:
    """That a meeting was opened, and why its members read what they read in it."""

    opened_at: datetime
    purpose: str = PURPOSE


@dataclass(frozen=True)
class Note:
    """What was noted at one step. Version 0: nothing yet."""

    step: Step
    text: str = ""
    version: int = 0


@dataclass(frozen=True)
class Coming:
    """Something that is going to happen on one day or more, both ends with it."""

    id: UUID
    first_day: date
    last_day: date
    text: str


def checked_coming(said: Coming, today: date, *, confirmed: bool = False) -> Coming:
    """Return what may be stored of something that is going to happen, or raise `InvalidError`."""
    words = check_text("text", said.text, MAX_COMING, confirmed=confirmed)
    if not words:
        raise InvalidError("text", "Skriv vad som är på gång.")
    if abs(said.first_day - today) > FARTHEST:
        raise InvalidError("first_day", "Dagen ligger mer än ett år bort. Kontrollera årtalet.")
    if said.last_day < said.first_day:
        raise InvalidError("last_day", "Sista dagen ligger före den första. Byt plats på dem.")
    if said.last_day - said.first_day > LONGEST:
        raise InvalidError("last_day", "Det är mer än fyra månader. Välj ett kortare spann.")
    return Coming(said.id, said.first_day, said.last_day, words)


def check_met(period: Period, now: datetime) -> None:
    """Raise `InvalidError` for a week that the group does not meet over in these days.

    An address with a slip in its year must not become a picture that nobody can take back.
    """
    days = (period.meeting_day - now.astimezone(STOCKHOLM).date()).days
    if not -EARLIEST.days <= days <= LATEST.days:
        raise InvalidError("week", f"Det finns inget möte om {period.name}. Kontrollera veckan.")
