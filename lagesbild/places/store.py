"""The table of places, and its queries."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    REAL,
    ColumnElement,
    Executable,
    ForeignKey,
    Index,
    Integer,
    String,
    TableValuedAlias,
    UniqueConstraint,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from lagesbild.base.db import Base, Session, new_id
from lagesbild.base.geo import WGS84, Box, Point
from lagesbild.places import rules
from lagesbild.places.rules import NewPlace, Place


class PlaceRow(Base):
    """A place. `plain` and `folded` are what names are compared by."""

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("municipality_id", "source", "key"),
        Index(None, "municipality_id", "plain"),
        # Only the function places_like can use it: under a policy no similarity may be asked
        # before the policy (measured at 50,000 places: 195 ms a name instead of 2–5 ms).
        Index(
            "ix_places_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},  # what waits is read through by every name
        ),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    plain: Mapped[str]
    folded: Mapped[str]
    kind: Mapped[str]
    position: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=WGS84, spatial_index=False)  # only stops are asked for by a box
    )
    imported_at: Mapped[datetime]


_PLACE = (
    PlaceRow.id,
    PlaceRow.key,
    PlaceRow.name,
    PlaceRow.kind,
    func.ST_X(PlaceRow.position).label("x"),
    func.ST_Y(PlaceRow.position).label("y"),
)


def same_and_near(
    session: Session, municipality_id: UUID, names: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[list[Place], list[Place]]]:
    """Return for each name (plain, all its readings) the places of that name, else similar ones.

    Both lists are empty for a name without letters. One trip to the database.
    """
    flat = [(n, reading) for n, (_, readings) in enumerate(names) for reading in readings]
    rows = session.execute(
        _same_and_near(),
        {
            "municipality": municipality_id,
            "names": [name for name, _ in names],
            "numbers": [n for n, _ in flat],
            "readings": [rules.folded(reading) for _, reading in flat],
        },
    )
    found: list[tuple[list[Place], list[Place]]] = [([], []) for _ in names]
    for n, likeness, *fields in rows:
        found[n][0 if likeness is None else 1].append(_place(fields))
    return [(same, list(dict.fromkeys(near))) for same, near in found]


@cache
def _same_and_near() -> Executable:
    """Return the query for number, likeness (none for the same name) and place, best first."""
    asked = (
        func.unnest(bindparam("names", type_=ARRAY(String)))
        .table_valued(column("plain", String), with_ordinality="n")
        .render_derived("asked")
    )
    reading = (
        func.unnest(
            bindparam("numbers", type_=ARRAY(Integer)), bindparam("readings", type_=ARRAY(String))
        )
        .table_valued(column("n", Integer), column("folded", String))
        .render_derived("reading")
    )
    mine = PlaceRow.municipality_id == bindparam("municipality")
    same = (
        select((asked.c.n - 1).label("n"), cast(None, REAL).label("likeness"), *_PLACE)
        .join_from(asked, PlaceRow, mine & (PlaceRow.plain == asked.c.plain))
        .cte("same")
    )
    alike = _alike(reading.c.folded).lateral("alike")
    near = (
        select(reading.c.n, alike.c.likeness, *_PLACE)
        .select_from(reading)
        .join(alike, true())
        .join(PlaceRow, mine & (PlaceRow.id == alike.c.id))
        .where(reading.c.n.not_in(select(same.c.n)))
    )
    both = union_all(select(same), near).subquery("both")
    return select(both).order_by(both.c.n, both.c.likeness.desc(), both.c.name, both.c.key)


def search(session: Session, municipality_id: UUID, text: str, *, limit: int) -> list[Place]:
    """Return the places that a text may be the beginning of, then those whose name is like it."""
    typed = rules.prefixes(text)
    folded = [rules.folded(each) for each in typed]
    alike = _alike(literal(rules.folded(rules.plain(text)))).alias("alike")
    begins = PlaceRow.plain.like(any_(literal([f"{t}%" for t in typed], ARRAY(String))))
    begins_folded = PlaceRow.folded.like(any_(literal([f"{t}%" for t in folded], ARRAY(String))))
    has_word = PlaceRow.folded.like(any_(literal([f"% {t}%" for t in folded], ARRAY(String))))
    query = (
        select(*_PLACE)
        .outerjoin(alike, alike.c.id == PlaceRow.id)
        .where(
            PlaceRow.municipality_id == municipality_id,
            or_(begins_folded, has_word, alike.c.id.is_not(None)),
        )
        .order_by(
            case((begins, 0), (begins_folded, 1), (has_word, 2), else_=3),
            case((or_(begins_folded, has_word), None), else_=alike.c.likeness).desc(),
            func.length(PlaceRow.plain),
            PlaceRow.name,
            PlaceRow.key,
        )
        .limit(limit)
    )
    return [_place(row) for row in session.execute(query)] if typed else []


def _alike(text: ColumnElement[str]) -> TableValuedAlias:
    """Return the ids of the places whose folded name is like a text, with how like it is."""
    return func.places_like(text).table_valued(column("id", Uuid), column("likeness", REAL))


def _place(row: Sequence[Any]) -> Place:
    id_, key, name, kind, longitude, latitude = row
    return Place(id_, key, name, kind, Point(longitude, latitude))


def by_ids(session: Session, municipality_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Place]:
    """Return those of some places that are still in the list, by id."""
    query = select(*_PLACE).where(
        PlaceRow.municipality_id == municipality_id,
        PlaceRow.id == any_(literal(list(ids), ARRAY(Uuid))),
    )
    return {row[0]: _place(row) for row in session.execute(query)}


def of_kinds(
    session: Session,
    municipality_id: UUID,
    kinds: Sequence[str],
    *,
    inside: Box | None,
    limit: int,
) -> list[Place]:
    """Return the places of some kinds (plain), in a box or anywhere, by name."""
    query = (
        select(*_PLACE)
        .where(
            PlaceRow.municipality_id == municipality_id,
            func.lower(PlaceRow.kind).in_(list(kinds)),
        )
        .order_by(PlaceRow.name, PlaceRow.key)
        .limit(limit)
    )
    if inside is not None:
        envelope = func.ST_MakeEnvelope(*astuple(inside), WGS84)
        query = query.where(PlaceRow.position.op("&&")(envelope))
    return [_place(row) for row in session.execute(query)]


def known(session: Session, municipality_id: UUID, source: str) -> dict[str, tuple[NewPlace, str]]:
    """Return the places of a source by key, each with its plain name as it is stored."""
    query = select(*_PLACE, PlaceRow.plain).where(
        PlaceRow.municipality_id == municipality_id, PlaceRow.source == source
    )
    return {
        key: (NewPlace(key, name, kind, Point(longitude, latitude)), plain)
        for _, key, name, kind, longitude, latitude, plain in session.execute(query)
    }


def put(
    session: Session,
    municipality_id: UUID,
    source: str,
    places: Sequence[NewPlace],
    *,
    now: datetime,
) -> None:
    """Store places that are new or changed; a known key keeps its id."""
    rows = [
        {
            "municipality_id": municipality_id,
            "id": new_id(),
            "source": source,
            "key": place.key,
            "name": place.name,
            "plain": rules.plain(place.name),
            "folded": rules.folded(rules.plain(place.name)),
            "kind": place.kind,
            "position": f"SRID={WGS84};POINT({place.point.longitude} {place.point.latitude})",
            "imported_at": now,
        }
        for place in places
    ]
    put = upsert(PlaceRow)
    changing = ("name", "plain", "folded", "kind", "position", "imported_at")
    if rows:
        session.execute(
            put.on_conflict_do_update(
                index_elements=["municipality_id", "source", "key"],
                set_={name: put.excluded[name] for name in changing},
            ),
            rows,
        )
