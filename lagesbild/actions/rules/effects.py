"""From which day on an action could have shown an effect, and how that is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lagesbild.actions.rules import Action, Result, State
from lagesbild.analysis.rules.effects import Compared, ratio_text, sentence
from lagesbild.base.clock import STOCKHOLM, day_text


@dataclass(frozen=True)
class Turn:
    """The day between before and after, and what happened on it."""

    day: date
    word: str  # blev klar, beslutades


@dataclass(frozen=True)
class BeforeAfter:
    """What was counted where an action took place, and beside it. `over_on`: not over until then.

    `beside` are the names of the neighbouring districts.
    """

    turn: Turn
    over_on: date
    is_over: bool
    own: Compared
    neighbours: Compared
    beside: Sequence[str]

    @property
    def since(self) -> str:
        """Which day the comparison turns on, in words."""
        return f"{day_text(self.turn.day)} {self.turn.day.year}, när åtgärden {self.turn.word}"

    @property
    def told(self) -> str:
        """What may be said of it now."""
        if self.is_over:
            return sentence(self.own)
        return (
            f"För tidigt: de fyra veckorna efter är slut {day_text(self.over_on)}."
            f" Hittills {self.own.after} rapporterade händelser, mot {self.own.before} på de fyra"
            " veckorna före."
        )

    @property
    def told_beside(self) -> str:
        """The same of the neighbours."""
        return sentence(self.neighbours) if self.is_over else ""

    @property
    def ratio(self) -> str:
        """The ratio with its interval; empty while it is too early."""
        return ratio_text(self.own) if self.is_over else ""


def turn_of(action: Action) -> Turn | None:
    """Return the day from which on an effect could show; None while nothing is done."""
    if action.result is Result.NOT_DONE:
        return None
    if action.state is State.DONE and action.closed_at is not None:
        return Turn(action.closed_at.astimezone(STOCKHOLM).date(), "blev klar")
    if action.state is State.RUNNING and action.decided_on is not None:
        return Turn(action.decided_on, "beslutades")
    return None
