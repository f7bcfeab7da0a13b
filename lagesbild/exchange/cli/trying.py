"""What every command that takes in a file shares."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from lagesbild.access import service as access
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import NotFoundError
from lagesbild.base.gate import Gate
from lagesbild.people.rules import Group

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class _UndoneError(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def trying(gate: Gate, *, dry_run: bool) -> Iterator[Session]:
    """Open a transaction; a dry run does everything, and is then rolled back."""
    with suppress(_UndoneError), transaction(gate) as session:
        yield session
        if dry_run:
            raise _UndoneError


def group_of(municipality: str | None) -> Group:
    """Return a group of a municipality, or of the only one; raise `NotFoundError`."""
    groups = access.groups()
    # The first group of a municipality has the municipality's own short name.
    found = [g for g in groups if municipality in (None, g.slug)]
    if len({g.municipality_id for g in found}) != 1:
        names = ", ".join(g.slug for g in groups) or "ingen"
        raise NotFoundError(f"Välj en kommun med --municipality. De som finns: {names}.")
    return found[0]
