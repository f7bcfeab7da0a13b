"""A time of day as people write it: `22.30`, `ca 22`, `mellan 22 och 23`, `kvällen`."""

import re
from dataclasses import dataclass

HOUR, WHOLE_DAY = 60, 24 * 60  # minutes
LONGEST = 60  # signs; what is longer is no time
IN_WORDS = "Tiden står i ord och räknas inte som klockslag; bara dagen används."

_ABOUT = re.compile(
    r"[~≈]\s*|\b(?:ca|cirka|c:a|omkring|runt|ungefär|ung)(?:\b|(?=\d))\.?\s*|\s*-?\s*tiden\b",
    re.ASCII,
)
_FILLING = re.compile(r"\bkl(?:ockan|\b|(?=\d))\.?\s*|\b(?:mellan|vid|från)\b\s*", re.ASCII)
_BETWEEN = re.compile(r"\s*(?:[-–—−]|\btill\b|\boch\b)\s*")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2})(?:[:.]\d{2}(?:[.,]\d{1,9})?)?)?|(\d{1,2})(\d{2})", re.ASCII
)
_DIGIT_OR_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Times:
    """Minutes after the midnight that begins the day; 24:00 is 1440. `end` may be past it."""

    start: int | None = None
    end: int | None = None
    about: bool = False
    notes: tuple[str, ...] = ()


def read(text: str) -> Times | None:
    """Return what a text says about the time of day; None when it cannot be read.

    A text without digits is no time, and that is told.
    """
    if not _DIGIT_OR_LETTER.search(text):
        return Times()
    if not any(sign.isdigit() for sign in text):
        return Times(notes=(IN_WORDS,))
    plain, removed = _ABOUT.subn("", text.lower()) if len(text) <= LONGEST else ("", 0)
    halves = [_minutes(half) for half in _BETWEEN.split(_FILLING.sub("", plain).strip())]
    if None in halves or len(halves) > len(("start", "end")):
        return None
    start, end = halves[0], halves[-1] if len(halves) > 1 else None
    if start is not None and end is not None and end < start:
        end += WHOLE_DAY
    return Times(start, None if end == start else end, about=bool(removed))


def _minutes(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    total = hour * HOUR + minute
    return total if minute < HOUR and total <= WHOLE_DAY else None
