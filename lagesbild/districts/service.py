"""What may be known and changed about districts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import privacy
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, NotFoundError
from lagesbild.districts.rules import (
    Corrected,
    District,
    Division,
    Ground,
    Located,
    NewDistrict,
    Outline,
    Source,
    Version,
    is_point,
    neighbour,
    slug_of,
)
from lagesbild.districts.store import borders, read, write
from lagesbild.districts.store import ground as grounds
from lagesbild.districts.store import versions as store
from lagesbild.people.rules import Actor, Permission, require

DRAWING_TOLERANCE = 0.0001  # degrees, about 10 m: finer than a map of a district can show


def districts(session: Session, actor: Actor) -> list[District]:
    """Return the districts of the main division, in alphabetical order."""
    require(actor, Permission.READ_NAMES)
    return read.main(session, actor.group.municipality_id)


def district(session: Session, actor: Actor, slug: str) -> District:
    """Return one district, or raise `NotFoundError`."""
    require(actor, Permission.READ_NAMES)
    return read.named(session, actor.group.municipality_id, slug)


def outlines(session: Session, actor: Actor, *, on: date) -> list[Outline]:
    """Return the outlines that hold on a day, thinned for drawing."""
    require(actor, Permission.READ_NAMES)
    return read.outlines(session, actor.group.municipality_id, on=on, tolerance=DRAWING_TOLERANCE)


def divisions(session: Session, actor: Actor) -> list[Division]:
    """Return the divisions that have outlines, the main one first."""
    require(actor, Permission.READ_NAMES)
    return grounds.divisions(session, actor.group.municipality_id)


def outlines_of(
    session: Session, actor: Actor, division: str, *, on: date, tolerance: float
) -> list[Outline]:
    """Return a division's (slug) outlines on a day, thinned by degrees; none if it is unknown."""
    require(actor, Permission.READ_NAMES)
    municipality_id = actor.group.municipality_id
    return read.outlines(session, municipality_id, on=on, tolerance=tolerance, division=division)


def ground(session: Session, actor: Actor, *, on: date, tolerance: float) -> list[Ground]:
    """Return neighbours and built-up areas on a day, thinned by degrees, in order of drawing."""
    require(actor, Permission.READ_NAMES)
    return grounds.around(session, actor.group.municipality_id, on=on, tolerance=tolerance)


def is_schematic(session: Session, actor: Actor, *, on: date) -> bool:
    """Whether the outlines of a day are only a sketch, which every map of them must say."""
    require(actor, Permission.READ_NAMES)
    return read.is_schematic(session, actor.group.municipality_id, on=on)


def versions(session: Session, actor: Actor) -> list[Version]:
    """Return the versions of the main division, the oldest first."""
    require(actor, Permission.READ_NAMES)
    return store.versions(session, actor.group.municipality_id)


def locate(session: Session, actor: Actor, place: str, *, on: date) -> Located:
    """Return the district that a place (GeoJSON text) would be put in on a day."""
    require(actor, Permission.READ_NAMES)
    municipality_id = actor.group.municipality_id
    [placed] = read.holding(session, municipality_id, [(place, on)])
    [near] = neighbours(session, actor, [(place, on, placed.district_id)])
    known = read.main(session, municipality_id)
    own = next((each for each in known if each.id == placed.district_id), None)
    return Located(own, near, placed.has_outlines, placed.is_broken)


def neighbours(
    session: Session, actor: Actor, places: Sequence[tuple[str, date, UUID | None]]
) -> list[District | None]:
    """Return the district whose border each place lies near, in the same order; None for none.

    Each place is GeoJSON text, its day, and the district it is in. Lines and areas lie where most
    of them lies, and have no such border.
    """
    require(actor, Permission.READ_NAMES)
    points = [n for n, (place, *_) in enumerate(places) if is_point(place)]
    asked = [places[n][:2] for n in points]
    around = borders.around(session, actor.group.municipality_id, asked)
    found = {n: neighbour(near, places[n][2]) for n, near in zip(points, around, strict=True)}
    return [found.get(n) for n in range(len(places))]


def put_version(
    session: Session,
    actor: Actor,
    source: Source,
    found: Sequence[NewDistrict],
    *,
    now: datetime,
) -> None:
    """Store a new version of a division's outlines; incidents keep the version they have."""
    require(actor, Permission.ADMINISTER)
    _check(source, found)
    if source.valid_from in _days(session, actor, source):
        raise ConflictError(
            f"Indelningen ”{source.division}” har redan gränser från {source.valid_from}."
            " Välj ett annat datum med --valid-from, eller rätta dem med --correct om de är fel."
        )
    write.put_version(session, actor.group.municipality_id, source, found, now=now)
    _log(session, actor, "districts.imported", source, found, at=now)


def correct_version(
    session: Session,
    actor: Actor,
    source: Source,
    found: Sequence[NewDistrict],
    *,
    now: datetime,
) -> Corrected:
    """Put right outlines that were wrong from their first day; the wrong ones are kept aside.

    No incident is placed until the transaction ends: its own are to be moved in the same one.
    """
    require(actor, Permission.ADMINISTER)
    _check(source, found)
    store.keep_placing_out(session, actor.group.municipality_id)
    days = _days(session, actor, source)
    corrected = write.correct_version(session, actor.group.municipality_id, source, found, now=now)
    if corrected is None:
        told = ", ".join(day.isoformat() for day in days) or "ingen dag"
        raise NotFoundError(
            f"Indelningen ”{source.division}” har inga gränser från {source.valid_from} att"
            f" rätta. Den har gränser från {told}."
        )
    _log(session, actor, "districts.corrected", source, found, at=now)
    return corrected


def _check(source: Source, found: Sequence[NewDistrict]) -> None:
    """Raise `InvalidError` for a personal number in a name, whoever brings the outlines."""
    privacy.guard("division", source.division, confirmed=True)
    privacy.guard("source", source.source, confirmed=True)
    for district in found:
        privacy.guard("name", district.name, confirmed=True)
        privacy.guard("key", district.key, confirmed=True)


def _days(session: Session, actor: Actor, source: Source) -> list[date]:
    division = slug_of(source.division)
    return [v.valid_from for v in store.versions(session, actor.group.municipality_id, division)]


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    source: Source,
    found: Sequence[NewDistrict],
    *,
    at: datetime,
) -> None:
    entry = Entry(
        at,
        verb,
        f"division:{source.division}",
        {"områden": str(len(found)), "gäller från": source.valid_from.isoformat()},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
