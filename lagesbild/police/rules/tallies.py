"""What became of the events of a file or an answer, in numbers and words."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from lagesbild.base import privacy


class Outcome(StrEnum):
    """What became of one event. The value is how it is said."""

    NEW = "nya"
    CHANGED = "ändrade"
    SAME = "fanns redan"
    NOTE = "inga händelser (sammanfattning, information, obekräftat larm)"
    NEVER = "sparas aldrig (saknad, efterlyst eller avliden person)"
    PERSONAL = "sparas inte (typen eller namnet ser ut att peka ut en person)"
    OLD = "äldre än 30 dagar"
    ELSEWHERE = "annan kommun"
    COUNTY = "hela länet"
    UNREADABLE = "går inte att läsa"


# The others are the installation's own municipalities'.
NOT_OURS = frozenset({Outcome.ELSEWHERE, Outcome.COUNTY, Outcome.UNREADABLE})
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Tally:
    """How many events met each outcome. `erased` were stored and are no longer kept."""

    numbers: Counter[Outcome] = field(default_factory=Counter)
    erased: int = 0
    unknown_types: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # why some could not be read

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.numbers + other.numbers,
            self.erased + other.erased,
            self.unknown_types + other.unknown_types,
            self.reasons + other.reasons,
        )

    @property
    def read(self) -> int:
        """How many events there were."""
        return self.numbers.total()

    @property
    def ours(self) -> int:
        """How many of them were of the installation's own municipalities."""
        return sum(number for outcome, number in self.numbers.items() if outcome not in NOT_OURS)

    @property
    def is_news(self) -> bool:
        """Whether anything that is stored became different."""
        return bool(self.numbers[Outcome.NEW] or self.numbers[Outcome.CHANGED] or self.erased)

    def lines(self) -> list[str]:
        """Return the tally as text, without what did not occur."""
        found = [f"{self.read} händelser lästa, {self.ours} i egna kommuner."]
        found += [f"  {self.numbers[o]} {o}" for o in Outcome if self.numbers[o]]
        if self.erased:
            found.append(f"  {self.erased} fanns sparade och är borttagna")
        found += [f"  {number} × {reason}" for reason, number in sorted(self.reasons.items())]
        if self.unknown_types:
            types = sorted(self.unknown_types.items())
            names = ", ".join(f"{privacy.shown(t, LONGEST_SHOWN)} ({n})" for t, n in types)
            found.append(f"  Nya typer, utan förslag på kod: {names}")
        return found
