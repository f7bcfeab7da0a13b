"""The states of a letter and its deliveries, and when it is due."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import State
from lagesbild.people.rules import Group

PUNCTUAL = timedelta(minutes=15)  # later than this the letter says that it is late
SITTING = timedelta(hours=2)  # from a meeting's beginning to its letter
LATEST = timedelta(hours=12)  # later than this the letter waits for a person
GONE = "Skickades inte: mottagaren är inte längre samordnare i gruppen."
PICTURE = "karta"  # what the HTML calls the picture: `cid:karta`


class RunState(StrEnum):
    """How far the letter of a week has come."""

    DUE = "due"
    WRITTEN = "written"
    HELD = "held"


RUN_TEXT = {
    RunState.DUE: "skrivs",
    RunState.WRITTEN: "skrivet",
    RunState.HELD: "hålls inne",
}


@dataclass(frozen=True)
class Letter:
    """A letter as it was written; what was written is what is sent."""

    subject: str
    html: str
    text: str
    picture: bytes | None  # PNG


@dataclass(frozen=True)
class Run:
    """The letter of one group and week."""

    id: UUID
    week: str
    due_at: datetime
    state: RunState
    late: bool
    written_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """One letter to one address."""

    id: UUID
    run_id: UUID
    recipient: str
    state: State
    attempt: int
    answer: str
    at: datetime | None
    message_id: str = ""
    first_attempt_at: datetime | None = None


def newest(group: Group, now: datetime) -> tuple[Period, Period]:
    """Return the period that closed last and the one before it: one has the newest due letter.

    No meeting is moved past the day on which the next period closes, and no letter either.
    """
    running = Period.of(now, weekday=group.meeting_weekday)
    return running.previous(), running.previous(2)


def due(
    group: Group, now: datetime, starts: Mapping[Period, datetime]
) -> tuple[Period, datetime] | None:
    """Return the newest letter that is due, and since when; None before the schedule.

    `starts` are the meetings of the `newest` periods.
    """
    for period in newest(group, now):
        due_at = due_of(group, period, starts[period])
        if due_at <= now:
            return (period, due_at) if due_at.astimezone(UTC) >= group.schedule_since else None
    return None


def due_of(group: Group, period: Period, starts_at: datetime) -> datetime:
    """Return when the letter about a period is due: on the day of its meeting, by the wall clock.

    Never before the period is over, nor while the group may still be sitting.
    """
    day = max(period.meeting_day, starts_at.astimezone(STOCKHOLM).date())
    letter = datetime.combine(day, group.letter_time, STOCKHOLM)
    return max(letter, starts_at.astimezone(STOCKHOLM) + SITTING)


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether a letter that is written now must say that it is late."""
    return now - due_at.astimezone(UTC) > PUNCTUAL


def is_too_late(due_at: datetime, now: datetime) -> bool:
    """Whether a person has to decide if something that was due is sent at all."""
    return now - due_at.astimezone(UTC) > LATEST


def fingerprint(letter: Letter) -> bytes:
    """Return the SHA-256 of everything that the recipients get."""
    parts = [letter.subject.encode(), letter.html.encode(), letter.text.encode()]
    parts.append(letter.picture or b"")
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def message(letter: Letter, delivery: Delivery, *, sender: str, now: datetime) -> EmailMessage:
    """Return a letter as it goes to one recipient: text, and HTML with its picture inside."""
    made = EmailMessage()
    made["Subject"] = letter.subject
    made["From"] = sender
    made["To"] = delivery.recipient
    made["Date"] = now.astimezone(STOCKHOLM)
    made["Message-ID"] = delivery.message_id
    made["Auto-Submitted"] = "auto-generated"  # no answers from machines [RFC 3834]
    made["Content-Language"] = "sv"
    made.set_content(letter.text, cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.picture is not None:
        page = made.get_payload(1)
        assert isinstance(page, EmailMessage), "the HTML, added just above"
        page.add_related(
            letter.picture,
            "image",
            "png",
            cid=f"<{PICTURE}>",
            disposition="inline",
            filename="karta.png",
        )
    return made
