"""What of a week is not counted in the letter, and why. For the group; readers are never told."""

from collections.abc import Iterable, Mapping

from lagesbild.analysis.rules import Kept
from lagesbild.incidents.rules import Category

BLOCKED = "Typ D, som aldrig räknas utanför gruppen"
SENSITIVE = "Typ C, känslig"
MARKED = "Sekretessmarkerad"
HELD = "Ägaren håller den inom gruppen"
REASONS = (BLOCKED, SENSITIVE, MARKED, HELD)


def left_out(kept: Iterable[Kept], known: Mapping[str, Category]) -> list[tuple[str, int]]:
    """Return the reasons with how many each keeps, every incident under the first that holds."""
    found = dict.fromkeys(REASONS, 0)
    for each in kept:
        found[_reason(each, known[each.category].sensitivity)] += each.number
    return [(reason, number) for reason, number in found.items() if number]


def _reason(kept: Kept, sensitivity: str) -> str:
    if sensitivity in "CD":
        return BLOCKED if sensitivity == "D" else SENSITIVE
    return MARKED if kept.marked else HELD
