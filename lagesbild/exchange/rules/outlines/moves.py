"""Which incidents a correction of outlines moves, and how that is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

MOST_LISTED = 200
NOWHERE = "utan känt område"


@dataclass(frozen=True)
class Moved:
    """An incident that the right outlines put in another district, or in none."""

    id: UUID
    reference: str
    before: str
    after: str


@dataclass(frozen=True)
class Moves:
    """What a correction moves: some of the incidents, and the number of each pair of districts.

    `own_only` of them are their own organisation's, and are counted but never listed.
    """

    listed: tuple[Moved, ...]
    pairs: Mapping[tuple[str, str], int]
    own_only: int
    chosen: int  # stay where somebody put them by hand

    @property
    def total(self) -> int:
        """How many incidents move."""
        return sum(self.pairs.values())


def move_lines(moves: Moves, *, dry_run: bool) -> list[str]:
    """Return what happens to the incidents, line by line."""
    lines = (
        _moved_lines(moves, dry_run=dry_run) if moves.total else ["Ingen händelse byter område."]
    )
    if moves.chosen:
        lines.append(
            f"{_incidents(moves.chosen)} har ett område som är valt för hand, och ligger kvar."
        )
    return [*lines, "Det som redan är publicerat ändras inte."]


def _moved_lines(moves: Moves, *, dry_run: bool) -> list[str]:
    shown = moves.listed[:MOST_LISTED]
    lines = [f"{moved.reference}: {moved.before} → {moved.after}" for moved in shown]
    rest = moves.total - moves.own_only - len(shown)
    if rest > 0:
        lines.append(f"… och {rest} till.")
    if moves.own_only:
        lines.append(
            f"{moves.own_only} av dem ser bara den egna organisationen; de står inte i listan."
        )
    lines += [f"{b} → {a}: {number} st" for (b, a), number in sorted(moves.pairs.items())]
    verb = "skulle byta" if dry_run else "har bytt"
    return [*lines, f"{_incidents(moves.total)} {verb} område."]


def _incidents(number: int) -> str:
    return f"{number} {'händelse' if number == 1 else 'händelser'}"
