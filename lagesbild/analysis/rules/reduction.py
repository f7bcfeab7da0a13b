"""Which numbers may be shown outside the group, and what stands instead of the others."""

from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 5  # a count of 1–4 may point at somebody [SSB withholds four or fewer]


@dataclass(frozen=True)
class Shown:
    """A column of counts as readers get it: None where a number is hidden."""

    cells: tuple[int | None, ...]
    total: int | None


def suppress(counts: Sequence[int]) -> Shown:
    """Hide the small counts of a column, and so many more that none can be computed.

    Zero may be shown. A single hidden cell could be had from the total, and so could cells
    that must all be one: then the smallest other one is hidden too, at last the total itself.
    """
    total = sum(counts)
    if 0 < total < SMALLEST_SHOWN:
        return Shown(tuple(None if n else 0 for n in counts), None)
    hidden = {i for i, n in enumerate(counts) if 0 < n < SMALLEST_SHOWN}
    while hidden and _can_be_computed([counts[i] for i in hidden]):
        rest = [(n, i) for i, n in enumerate(counts) if n and i not in hidden]
        if not rest:
            return Shown(tuple(None if n else 0 for n in counts), None)
        hidden.add(min(rest)[1])
    return Shown(tuple(None if i in hidden else n for i, n in enumerate(counts)), total)


def _can_be_computed(hidden: Sequence[int]) -> bool:
    """Whether the sum of the hidden cells, which follows from the total, gives a cell away."""
    return len(hidden) == 1 or sum(hidden) == len(hidden)


def number_text(number: int | None) -> str:
    """Return a number as readers see it: `‹5` where it is hidden."""
    return f"‹{SMALLEST_SHOWN}" if number is None else str(number)
