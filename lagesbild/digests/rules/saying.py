"""How far a mailing has come, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.clock import moment_text
from lagesbild.base.outbox import STATE_TEXT, State
from lagesbild.digests.rules import GONE, RUN_TEXT, Delivery, Event, Kind, Run, RunState, What

SOON = timedelta(hours=3)  # from here on the minutes are counted
UNDER_WAY = (State.PENDING, State.SENDING)
FAILED = (State.REFUSED, State.UNKNOWN)


class Tone(StrEnum):
    """How loudly a state is said."""

    QUIET = ""
    OWN = "accent"
    GOOD = "good"
    BAD = "bad"


class Said(NamedTuple):
    """A state in words, and how loudly it is said."""

    text: str
    tone: Tone = Tone.QUIET


def counted(deliveries: Iterable[Delivery]) -> Counter[State]:
    """Return how many deliveries stand where; one that was made again counts by the new one.

    Who was taken off a list before it went is no loss, and not counted.
    """
    known = list(deliveries)
    again = {each.resend_of for each in known}
    return Counter(each.state for each in known if each.id not in again and each.answer != GONE)


def said_of(run: Run, reached: Mapping[State, int], now: datetime) -> Said:
    """Return how far a mailing has come: `godkänt, går tors 19 nov kl. 15.00`."""
    if run.state is RunState.RELEASED:
        return _left(run, reached)
    if run.state is RunState.APPROVED:
        is_due = run.due_at.astimezone(UTC) <= now
        when = "går inom en minut" if is_due else f"går {moment_text(run.due_at, seen=now)}"
        return Said(f"godkänt, {when}", Tone.OWN)
    if run.state is RunState.DRAFT and is_late(run, now):
        return Said("utkast, försenat", Tone.BAD)
    return Said(
        "struket" if run.state is RunState.DROPPED and run.kind.is_letter else RUN_TEXT[run.state],
        Tone.BAD if run.state is RunState.HELD else Tone.QUIET,
    )


def is_late(run: Run, now: datetime) -> bool:
    """Whether a week's letter should have left and has not; what has no set time is never late."""
    is_timed = run.kind is Kind.LETTER and run.version == 1
    has_left = run.state in (RunState.RELEASED, RunState.DROPPED)
    return is_timed and not has_left and run.due_at.astimezone(UTC) <= now


def _left(run: Run, reached: Mapping[State, int]) -> Said:
    late = ", försenat" if run.late else ""
    arrived, lost = reached.get(State.ACCEPTED, 0), sum(reached.get(s, 0) for s in FAILED)
    if any(reached.get(state, 0) for state in UNDER_WAY):
        return Said(f"skickas{late}", Tone.BAD if lost else Tone.OWN)
    if lost and not arrived:
        return Said(f"misslyckat{late}", Tone.BAD)
    if lost:
        return Said(f"delvis skickat{late}, {arrived} av {arrived + lost} nådda", Tone.BAD)
    return Said(f"skickat{late}", Tone.GOOD)


def minutes_left(run: Run, now: datetime) -> int | None:
    """Return how many minutes are left before a letter is due, once they are few."""
    left = run.due_at.astimezone(UTC) - now
    return int(left.total_seconds() // 60) if timedelta() < left <= SOON else None


def event_text(event: Event, recipients: Mapping[UUID, str]) -> str:
    """Return what has happened, with where to and what the mail server said."""
    where = recipients.get(event.delivery_id, "") if event.delivery_id else ""
    detail = event.detail
    if event.what is What.SETTLED:
        state, _, answer = detail.partition(" ")
        known = STATE_TEXT[State(state)] if state in list(State) else state
        detail = f"{known}, {answer}" if answer else known
    said = ": ".join(filter(None, (event.what.text, detail)))
    return f"{said} ({where})" if where else said
