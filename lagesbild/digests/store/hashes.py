"""The fingerprints of the letters, by which a copy is known as the letter that left."""

from collections.abc import Mapping

from sqlalchemy import select

from lagesbild.base.db import Session
from lagesbild.digests.rules import Form, Kind
from lagesbild.digests.store.tables import LetterRow
from lagesbild.people.rules import Group


def hashes(session: Session, group: Group) -> Mapping[tuple[str, Kind, int], bytes]:
    """Return the SHA-256 of each approved letter by week, kind and version.

    The reader login sees those that have left.
    """
    query = select(LetterRow.week, LetterRow.kind, LetterRow.version, LetterRow.sha256).where(
        LetterRow.municipality_id == group.municipality_id,
        LetterRow.group_id == group.id,
        LetterRow.form == Form.FULL,
    )
    return {
        (week, Kind(kind), version): sha256
        for week, kind, version, sha256 in session.execute(query)
    }
