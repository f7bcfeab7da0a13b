"""What is asked about fixed pictures. Rows are added; only a part can be removed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from lagesbild.analysis.rules import Counted
from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.meetings.rules.snapshot import Fixed, Fixing, Head, Part
from lagesbild.meetings.store.tables import FixedIncidentRow, FixedPartRow, FixedRow
from lagesbild.people.rules import Group

HEAD = (
    FixedRow.group_id,
    FixedRow.week,
    FixedRow.number,
    FixedRow.kind,
    FixedRow.fixed_at,
    FixedRow.known_at,
    FixedRow.corrects,
    FixedRow.id,
    FixedRow.sha256,
)
_PART = (
    FixedPartRow.name,
    FixedPartRow.digest,
    FixedPartRow.salt,
    FixedPartRow.text,
    FixedPartRow.removed_at,
    FixedPartRow.removed_reason,
)


def next_number(session: Session, group: Group) -> int:
    """Return the number of the group's next picture; held until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"picture {group.id}"))))
    query = select(func.coalesce(func.max(FixedRow.number), 0) + 1).where(
        FixedRow.municipality_id == group.municipality_id, FixedRow.group_id == group.id
    )
    return session.execute(query).scalar_one()


def add(
    session: Session,
    group: Group,
    week: UUID,
    fixed: Fixed,
    *,
    by: tuple[UUID | None, UUID | None],
) -> None:
    """Store a fixed picture with its parts; `by` is an organisation and a person."""
    head, municipality_id = fixed.head, group.municipality_id
    session.execute(
        insert(FixedRow).values(
            municipality_id=municipality_id,
            id=fixed.id,
            group_id=head.group_id,
            week_id=week,
            week=head.week,
            number=head.number,
            kind=head.kind,
            fixed_at=head.fixed_at,
            known_at=head.known_at,
            corrects=head.corrects,
            sha256=fixed.sha256,
            organisation_id=by[0],
            person_id=by[1],
        )
    )
    _add_parts(session, municipality_id, fixed)


def _add_parts(session: Session, municipality_id: UUID, fixed: Fixed) -> None:
    session.execute(
        insert(FixedPartRow),
        [
            {
                "municipality_id": municipality_id,
                "picture_id": fixed.id,
                "name": part.name,
                "digest": part.digest,
                "salt": part.salt,
                "text": part.text,
            }
            for part in fixed.parts
        ],
    )


def count(session: Session, group: Group, picture: UUID, incidents: Iterable[Counted]) -> None:
    """Store which incidents a fixed picture counts, where, and each as how many."""
    rows = [
        {
            "municipality_id": group.municipality_id,
            "picture_id": picture,
            "incident_id": each.incident_id,
            "district_id": each.district_id,
            "number": each.number,
        }
        for each in incidents
    ]
    if rows:
        session.execute(insert(FixedIncidentRow), rows)


def listing(session: Session, group: Group, *, limit: int) -> list[Fixed]:
    """Return the group's fixed pictures without their parts, the newest first."""
    query = (
        select(*HEAD)
        .where(FixedRow.municipality_id == group.municipality_id, FixedRow.group_id == group.id)
        .order_by(FixedRow.number.desc())
        .limit(limit)
    )
    return [from_row(row) for row in session.execute(query)]


def of_week(session: Session, group: Group, week: str) -> list[Fixed]:
    """Return the fixed pictures of a week with their parts, the first fixed first."""
    return _whole(session, group, FixedRow.week == week)


def numbered(session: Session, group: Group, number: int) -> Fixed:
    """Return a fixed picture with its parts, or raise `NotFoundError`."""
    found = _whole(session, group, FixedRow.number == number)
    if not found:
        raise NotFoundError("Det finns ingen fastställd lägesbild med det numret.")
    return found[0]


def _whole(session: Session, group: Group, condition: ColumnElement[bool]) -> list[Fixed]:
    query = (
        select(*HEAD)
        .where(
            FixedRow.municipality_id == group.municipality_id,
            FixedRow.group_id == group.id,
            condition,
        )
        .order_by(FixedRow.number)
    )
    found = [from_row(row) for row in session.execute(query)]
    parts = _parts(session, group, [f.id for f in found], names=None)
    return [Fixed(f.id, f.head, f.sha256, tuple(parts.get(f.id, ()))) for f in found]


def before(session: Session, group: Group, week: str, name: str, *, limit: int) -> list[object]:
    """Return what a part said in the ordinary pictures before a week, the latest first."""
    query = (
        select(FixedRow.id)
        .where(
            FixedRow.municipality_id == group.municipality_id,
            FixedRow.group_id == group.id,
            FixedRow.week < week,
            FixedRow.kind == Fixing.ORDINARY,
        )
        .order_by(FixedRow.week.desc())
        .limit(limit)
    )
    ids = list(session.execute(query).scalars())
    parts = _parts(session, group, ids, names=[name])
    return [part.content for id_ in ids for part in parts.get(id_, ())]


def latest(
    session: Session, group: Group, name: str, *, until: str, limit: int
) -> list[tuple[str, int, str | None]]:
    """Return week, number and text of a part in the last picture of each week, the latest first.

    Not of extra pictures, which are of half a week. `until` is the last week; a part that was
    removed has no text.
    """
    query = (
        select(FixedRow.week, FixedRow.number, FixedPartRow.text)
        .ext(distinct_on(FixedRow.week))
        .join(
            FixedPartRow,
            (FixedPartRow.municipality_id == FixedRow.municipality_id)
            & (FixedPartRow.picture_id == FixedRow.id),
        )
        .where(
            FixedRow.municipality_id == group.municipality_id,
            FixedRow.group_id == group.id,
            FixedRow.week <= until,
            FixedRow.kind != Fixing.EXTRA,
            FixedPartRow.name == name,
        )
        .order_by(FixedRow.week.desc(), FixedRow.number.desc())
        .limit(limit)
    )
    return [(week, number, text) for week, number, text in session.execute(query)]


def _parts(
    session: Session, group: Group, pictures: Sequence[UUID], *, names: Sequence[str] | None
) -> dict[UUID, list[Part]]:
    query = (
        select(FixedPartRow.picture_id, *_PART)
        .where(
            FixedPartRow.municipality_id == group.municipality_id,
            FixedPartRow.picture_id.in_(pictures),
        )
        .order_by(FixedPartRow.picture_id, FixedPartRow.name)
    )
    if names is not None:
        query = query.where(FixedPartRow.name.in_(names))
    found: dict[UUID, list[Part]] = {}
    for row in session.execute(query):
        found.setdefault(row.picture_id, []).append(Part(*row[1:]))
    return found


def fixed_by(session: Session, group: Group, picture: UUID) -> tuple[UUID | None, UUID | None]:
    """Return which person has fixed a picture, and for which organisation; the clock is nobody."""
    query = select(FixedRow.person_id, FixedRow.organisation_id).where(
        FixedRow.municipality_id == group.municipality_id, FixedRow.id == picture
    )
    row = session.execute(query).one()
    return row[0], row[1]


def from_row(row: Any) -> Fixed:  # noqa: ANN401 – a row of `HEAD`
    """Return a fixed picture without its parts."""
    head = Head(
        row.group_id,
        row.week,
        row.number,
        Fixing(row.kind),
        row.fixed_at,
        row.known_at,
        row.corrects,
    )
    return Fixed(row.id, head, row.sha256)


def remove(
    session: Session, group: Group, picture: UUID, name: str, *, reason: str, at: datetime
) -> bool:
    """Take a part's text and salt away for good; return whether they were there."""
    done = session.execute(
        update(FixedPartRow)
        .where(
            FixedPartRow.municipality_id == group.municipality_id,
            FixedPartRow.picture_id == picture,
            FixedPartRow.name == name,
            FixedPartRow.removed_at.is_(None),
        )
        .values(salt=None, text=None, removed_at=at, removed_reason=reason)
        .returning(FixedPartRow.name)
    )
    return done.first() is not None
