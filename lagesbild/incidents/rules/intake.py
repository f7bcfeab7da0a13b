"""What the group goes through before a meeting, and what in it may be the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.clock import Period
from lagesbild.incidents.rules import Listed

NO_BREAK = "\N{NO-BREAK SPACE}"


class Review(NamedTuple):
    """Who went through an incident, and when."""

    at: datetime
    organisation_id: UUID | None


@dataclass(frozen=True)
class Pair:
    """Two incidents that may be the same, and how far apart they are."""

    one: Listed
    other: Listed
    metres: int | None  # None: at least one has no exact place
    apart: timedelta

    @property
    def text(self) -> str:
        """Say how far apart they are."""
        said = [_time_text(self.apart)]
        if self.metres is not None:
            said.insert(0, _metres_text(self.metres))
        return ", ".join(said)


def begins(now: datetime, *, weekday: int) -> datetime:
    """Return from when on what is logged is new: the first day of the week before the running."""
    return Period.of(now, weekday=weekday).previous().start


def _metres_text(metres: int) -> str:
    return f"{metres}{NO_BREAK}m isär" if metres else "samma plats"


def _time_text(apart: timedelta) -> str:
    minutes = round(apart.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    said = [f"{n}{NO_BREAK}{unit}" for n, unit in ((hours, "h"), (rest, "min")) if n]
    return f"{' '.join(said)} emellan" if said else "samma tid"
