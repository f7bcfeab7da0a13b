"""What letters say: the words that people write, and the letters as they were approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lagesbild.base.db import Session
from lagesbild.digests.rules import Delivery, Form, Kind, Letter, Run, fingerprint
from lagesbild.digests.rules.schedule import Author
from lagesbild.digests.store.tables import LetterRow, WordingRow
from lagesbild.people.rules import Group
from lagesbild.people.store.tables import PersonRow


class Worded(NamedTuple):
    """A wording as somebody left it. Version 0 was made by the program."""

    version: int
    at: datetime
    author: Author
    wording: Mapping[str, Any]
    name: str | None = None  # of whoever wrote it


_LETTER = (
    LetterRow.subject,
    LetterRow.html,
    LetterRow.text,
    LetterRow.picture,
    LetterRow.pdf,
    LetterRow.content,
)


def put_wording(session: Session, group: Group, run: Run, made: Worded) -> bool:
    """Store a wording under its version; False where somebody was faster."""
    put = upsert(WordingRow).values(
        municipality_id=group.municipality_id,
        run_id=run.id,
        version=made.version,
        at=made.at,
        person_id=made.author.person_id,
        organisation_id=made.author.organisation_id,
        wording=dict(made.wording),
    )
    done = session.execute(put.on_conflict_do_nothing().returning(WordingRow.version))
    return done.first() is not None


def wordings(session: Session, group: Group, run: Run) -> list[Worded]:
    """Return how a letter was worded, from the program's own to the latest."""
    query = (
        select(
            WordingRow.version,
            WordingRow.at,
            WordingRow.person_id,
            WordingRow.organisation_id,
            WordingRow.wording,
            PersonRow.name,
        )
        .outerjoin(PersonRow, PersonRow.id == WordingRow.person_id)
        .where(WordingRow.municipality_id == group.municipality_id, WordingRow.run_id == run.id)
        .order_by(WordingRow.version)
    )
    return [
        Worded(row[0], row[1], Author(row[2], row[3]), *row[4:]) for row in session.execute(query)
    ]


def put_letters(
    session: Session,
    group: Group,
    run: Run,
    letters: Mapping[Form, Letter],
    *,
    released_at: datetime | None = None,
) -> None:
    """Store a letter in each of its forms."""
    session.execute(
        insert(LetterRow),
        [
            {
                "municipality_id": group.municipality_id,
                "run_id": run.id,
                "form": form,
                "group_id": group.id,
                "week": run.week,
                "kind": run.kind,
                "version": run.version,
                "subject": letter.subject,
                "html": letter.html,
                "text": letter.text,
                "picture": letter.picture,
                "pdf": letter.pdf,
                "content": dict(letter.content),
                "sha256": fingerprint(letter),
                "released_at": released_at,
            }
            for form, letter in letters.items()
        ],
    )


def drop_letters(session: Session, group: Group, run: Run) -> None:
    """Take back a letter that has not left."""
    session.execute(delete(LetterRow).where(*_of(group, run)))


def release(session: Session, group: Group, run: Run, *, at: datetime) -> None:
    """Let readers see a letter from now on."""
    left = LetterRow.released_at.is_(None)  # what has left already stays as it is
    session.execute(update(LetterRow).where(*_of(group, run), left).values(released_at=at))


def letters(session: Session, group: Group, run: Run) -> dict[Form, Letter]:
    """Return an approved letter in each of its forms; nothing before it is approved."""
    query = select(LetterRow.form, *_LETTER).where(*_of(group, run))
    return {Form(row[0]): _letter(row[1:]) for row in session.execute(query)}


def of_delivery(session: Session, group: Group, delivery: Delivery) -> Letter:
    """Return the letter that a delivery carries."""
    query = select(*_LETTER).where(
        LetterRow.municipality_id == group.municipality_id,
        LetterRow.run_id == delivery.run_id,
        LetterRow.form == delivery.form,
    )
    return _letter(session.execute(query).one())


class Sent(NamedTuple):
    """A letter that has left, as readers find it."""

    week: str
    kind: Kind
    version: int
    released_at: datetime
    subject: str


def sent(session: Session, group: Group) -> list[Sent]:
    """Return what has left of a group's letters, the latest first; by the reader login, too."""
    query = (
        select(
            LetterRow.week,
            LetterRow.kind,
            LetterRow.version,
            LetterRow.released_at,
            LetterRow.subject,
        )
        .where(
            LetterRow.municipality_id == group.municipality_id,
            LetterRow.group_id == group.id,
            LetterRow.released_at.is_not(None),
            LetterRow.form == Form.FULL,
            LetterRow.kind.in_([Kind.LETTER, Kind.EXTRA]),
        )
        .order_by(LetterRow.released_at.desc(), LetterRow.version.desc())
    )
    found: list[Sequence[Any]] = [*session.execute(query)]
    return [Sent(row[0], Kind(row[1]), *row[2:]) for row in found]


def sent_letter(
    session: Session, group: Group, week: str, kind: Kind, version: int
) -> Letter | None:
    """Return a letter that has left, or None; by the reader login, too."""
    query = select(*_LETTER).where(
        LetterRow.municipality_id == group.municipality_id,
        LetterRow.group_id == group.id,
        LetterRow.week == week,
        LetterRow.kind == kind,
        LetterRow.version == version,
        LetterRow.form == Form.FULL,
        LetterRow.released_at.is_not(None),
    )
    row = session.execute(query).one_or_none()
    return _letter(row) if row else None


def newest_version(session: Session, group: Group, week: str, kind: Kind) -> int | None:
    """Return the version that a week's letter has left in last, or None."""
    query = select(func.max(LetterRow.version)).where(
        LetterRow.municipality_id == group.municipality_id,
        LetterRow.group_id == group.id,
        LetterRow.week == week,
        LetterRow.kind == kind,
        LetterRow.released_at.is_not(None),
    )
    return session.execute(query).scalar_one()


def _of(group: Group, run: Run) -> list[Any]:
    return [LetterRow.municipality_id == group.municipality_id, LetterRow.run_id == run.id]


def _letter(row: Sequence[Any]) -> Letter:
    return Letter(*row)
