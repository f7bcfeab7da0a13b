"""Whose eyes a transaction has."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Gate:
    """The four values that the policies of the database read. See `base.db`.

    Of incidents the `group` sees what is shared, `own` those of the organisation, others nothing.
    """

    municipality_id: UUID
    group_id: UUID | None = None
    organisation_id: UUID | None = None
    audience: str = "group"
