"""What the source of a file may be called."""

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError, storable

LONGEST_SOURCE = 120


def check_source(source: str) -> None:
    """Raise `InvalidError` for a name that cannot be stored or told."""
    if not source or len(source) > LONGEST_SOURCE:
        raise InvalidError("source", f"Källan ska ha 1–{LONGEST_SOURCE} tecken.")
    storable("source", source)
    privacy.guard("source", source, confirmed=True)
