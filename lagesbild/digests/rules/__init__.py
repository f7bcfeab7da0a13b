"""What a group sends, the states that it goes through, and when it is due."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import orjson

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import State
from lagesbild.people.rules import Group

PUNCTUAL = timedelta(minutes=15)  # later than this the letter says that it is late
SITTING = timedelta(hours=2)  # from a meeting's beginning to its letter
LATEST = timedelta(hours=12)  # later than this the letter waits for a person
REMINDED = timedelta(hours=1)  # before a letter is due, those who have to approve it hear of it
SILENCE = timedelta(hours=2)  # after a letter was due, silence is a fault
GONE = "Skickades inte: mottagaren står inte längre på listan."


class Kind(StrEnum):
    """What a mailing is."""

    LETTER = "brev"
    EXTRA = "extra"  # after an extra picture
    DELAYED = "forsenad"  # the letter is not approved: a notice goes in its place
    NONE = "inget"  # the group does not meet: a notice goes instead of a letter
    TEST = "test"
    REMINDER = "paminnelse"  # an hour before: to those who write and approve
    ESCALATION = "eskalering"  # when it is due: to those who stand in for them as well
    ALARM = "larm"  # two hours after: to the coordinators, by another way
    MISSED = "retur"  # it has not reached an address: to the coordinators, the same day

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _KIND[self]

    @property
    def is_letter(self) -> bool:
        """Whether it tells of a week, and so has to be approved."""
        return self in (Kind.LETTER, Kind.EXTRA)


_KIND = {
    Kind.LETTER: "brev",
    Kind.EXTRA: "extra brev",
    Kind.DELAYED: "besked om försening",
    Kind.NONE: "besked om uppehåll",
    Kind.TEST: "testbrev",
    Kind.REMINDER: "påminnelse om att godkänna",
    Kind.ESCALATION: "påminnelse till ersättare",
    Kind.ALARM: "larm om uteblivet brev",
    Kind.MISSED: "besked om adress som inte nås",
}
TO_READERS = (Kind.LETTER, Kind.EXTRA, Kind.DELAYED, Kind.NONE)


class RunState(StrEnum):
    """How far a mailing has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    RELEASED = "released"
    HELD = "held"
    DROPPED = "dropped"


RUN_TEXT = {
    RunState.DRAFT: "utkast",
    RunState.APPROVED: "godkänt",
    RunState.RELEASED: "lämnat till mejlservern",
    RunState.HELD: "hålls inne",
    RunState.DROPPED: "uteblev",
}


class Form(StrEnum):
    """How much of a letter those on a list get."""

    FULL = "hela"
    SHORT = "kort"
    NOTICE = "avisering"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _FORM[self]


_FORM = {
    Form.FULL: "hela brevet",
    Form.SHORT: "det viktigaste, med länk",
    Form.NOTICE: "bara att det finns ett brev, med länk",
}


@dataclass(frozen=True)
class Letter:
    """A letter as it was composed; what was approved is what is sent."""

    subject: str
    html: str
    text: str
    picture: bytes | None  # PNG
    pdf: bytes | None = None
    content: Mapping[str, object] = field(default_factory=dict)  # the same for machines


@dataclass(frozen=True)
class Run:
    """One mailing of a group. `number` is that of a letter in its year's series."""

    id: UUID
    week: str
    kind: Kind
    version: int
    due_at: datetime
    state: RunState
    late: bool
    made_at: datetime
    number: int | None = None
    written_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: UUID | None = None
    approved_for: UUID | None = None
    released_at: datetime | None = None
    returns_on: date | None = None

    @property
    def series(self) -> str:
        """The number as people say it: `2026:43`; empty until the letter is approved."""
        return f"{self.week[:4]}:{self.number}" if self.number is not None else ""

    @property
    def is_timed(self) -> bool:
        """Whether it goes at a set time: corrections and extra letters go when approved."""
        return self.kind is Kind.LETTER and self.version == 1

    @property
    def says_late(self) -> bool:
        """Whether the letter says itself that it is late: it was late when it was approved."""
        return self.approved_at is not None and is_late(self.due_at, self.approved_at)

    @property
    def is_open(self) -> bool:
        """Whether its words may still be changed."""
        return self.state in (RunState.DRAFT, RunState.HELD) and self.approved_at is None


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
    form: Form = Form.FULL
    list: str = "samordnare"
    resend_of: UUID | None = None


class What(StrEnum):
    """What can happen to a mailing or one of its deliveries."""

    DRAFTED = "drafted"
    EDITED = "edited"
    APPROVED = "approved"
    RETURNED = "returned"
    RELEASED = "released"
    HELD = "held"
    DROPPED = "dropped"
    SENDING = "sending"
    SETTLED = "settled"
    ABANDONED = "abandoned"
    RESENT = "resent"
    TOLD = "told"
    COMPARED = "compared"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _WHAT[self]


_WHAT = {
    What.DRAFTED: "utkastet skrevs",
    What.EDITED: "texten ändrades",
    What.APPROVED: "godkändes",
    What.RETURNED: "godkännandet togs tillbaka",
    What.RELEASED: "lämnades för att skickas",
    What.HELD: "hölls inne",
    What.DROPPED: "ströks",
    What.SENDING: "försök påbörjades",
    What.SETTLED: "mejlservern svarade",
    What.ABANDONED: "försöket bröts av",
    What.RESENT: "skickas en gång till",
    What.TOLD: "besked gick till gruppen",
    What.COMPARED: "siffror rättades, men brevet säger detsamma",
}


@dataclass(frozen=True)
class Event:
    """Something that has happened to a mailing, or to one of its deliveries, and by whom."""

    at: datetime
    what: What
    detail: str = ""
    delivery_id: UUID | None = None
    person_id: UUID | None = None
    person: str | None = None


def page_of(group: Group, base_url: str) -> str:
    """Return the address of a group's pages, behind sign-in."""
    return f"{base_url.rstrip('/')}/g/{group.slug}"


def newest(group: Group, now: datetime) -> tuple[Period, Period]:
    """Return the period that closed last and the one before it: one has the newest due letter.

    No meeting is moved past the day on which the next period closes, and no letter either.
    """
    running = Period.of(now, weekday=group.meeting_weekday)
    return running.previous(), running.previous(2)


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
    """Return the SHA-256 of everything that the recipients get, and of the same for machines.

    The PDF is made from the HTML, and not the same bytes twice.
    """
    parts = [letter.subject.encode(), letter.html.encode(), letter.text.encode()]
    parts.append(letter.picture or b"")
    parts.append(orjson.dumps(letter.content, option=orjson.OPT_SORT_KEYS))
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
