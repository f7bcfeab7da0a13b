"""Ranges of time, and the hours of a week."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

HOUR, DAY = 60, 1440  # minutes
SLOTS = 168  # hours of a week, from Monday 00:00
LEFT_OUT, SPREAD = -1, -2  # slots that are no hours


class Range(NamedTuple):
    """A stretch of time; the end is outside it."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Hours:
    """How many incidents happened at each hour of the week, from Monday 00:00 Swedish time.

    Not whole: one that may have happened in three hours is a third in each. `spread` tells how many
    such there are, and `left_out` of how many the time is too uncertain.
    """

    numbers: tuple[float, ...]
    left_out: int = 0
    spread: int = 0

    @property
    def number(self) -> int:
        """How many incidents stand behind it."""
        return round(sum(self.numbers))
