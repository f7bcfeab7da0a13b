"""How far a mail has come, and when it is tried again: the same for all that leaves by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic

ABANDONED = timedelta(minutes=10)  # a delivery under way for this long was left by a crash
RETRIES = tuple(timedelta(minutes=m) for m in (5, 15, 30, 60))  # then hourly
GIVE_UP = timedelta(hours=24)
BROKEN_OFF = "Skickandet bröts av. Det kan ha kommit fram."
WRONG_ADDRESS = "Adressen går inte att skicka till."


class State(StrEnum):
    """How far one delivery has come. `SENDING` after a crash means: a person must look."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


STATE_TEXT = {
    State.PENDING: "väntar",
    State.SENDING: "skickas",
    State.ACCEPTED: "mottaget",
    State.REFUSED: "avvisat",
    State.UNKNOWN: "ovisst",
}


@dataclass(frozen=True)
class Outcome:
    """How an attempt went; `again_at` where there will be another."""

    state: State
    answer: str
    again_at: datetime | None = None


def passing(since: datetime) -> Callable[[], datetime]:
    """Return a clock that stands at a moment, and goes on by the minutes that pass.

    Mail servers may take long: what is begun an hour later was not begun now.
    """
    began = monotonic()
    return lambda: since + (monotonic() - began) // 60 * timedelta(minutes=1)


def next_attempt(attempt: int, first: datetime, now: datetime) -> datetime | None:
    """Return when to try again after a temporary refusal, or None to give up."""
    wait = RETRIES[attempt - 1] if attempt <= len(RETRIES) else timedelta(hours=1)
    return now + wait if now + wait - first <= GIVE_UP else None
