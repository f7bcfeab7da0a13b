"""The minutes: what a fixed picture says, in the order in which the group took it.

A basis for the next meeting is the same, of what is known before; it is not fixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lagesbild.base.clock import Period
from lagesbild.meetings.rules.contents import DISTRICT, NOTE
from lagesbild.meetings.rules.snapshot import Fixed

Said = Mapping[str, object]


@dataclass(frozen=True)
class Minutes:
    """Everything that is printed. `fixed` is None for a basis; `removed` is by name of a part."""

    group: str
    period: Period
    parts: Said
    made_at: datetime
    fixed: Fixed | None = None
    broken: Sequence[str] = ()
    removed: Mapping[str, str] = field(default_factory=dict)
    happened: Sequence[Said] = ()  # the week's incidents, in a basis alone
    left_out: int = 0  # of types C and D, which are not printed

    @property
    def districts(self) -> list[object]:
        """What is said of each district, by slug."""
        return [self.parts[name] for name in sorted(self.parts) if name.startswith(DISTRICT)]

    @property
    def notes(self) -> list[object]:
        """What was noted, in the order of the steps."""
        return [self.parts[name] for name in sorted(self.parts) if name.startswith(NOTE)]


def of_fixed(fixed: Fixed, group: str, period: Period, broken: Sequence[str]) -> Minutes:
    """Return the minutes of a fixed picture."""
    return Minutes(
        group,
        period,
        {part.name: part.content for part in fixed.parts if part.text is not None},
        fixed.head.fixed_at,
        fixed,
        broken,
        {part.name: part.removed_reason for part in fixed.parts if part.text is None},
    )
