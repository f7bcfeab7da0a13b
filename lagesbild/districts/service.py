"""What may be known and changed about districts."""

from collections.abc import Sequence
from datetime import date, datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError
from lagesbild.districts.rules import District, NewDistrict, Outline, Source
from lagesbild.districts.store import read, write
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


def is_schematic(session: Session, actor: Actor, *, on: date) -> bool:
    """Whether the outlines of a day are only a sketch, which every map of them must say."""
    require(actor, Permission.READ_NAMES)
    return read.is_schematic(session, actor.group.municipality_id, on=on)


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
    municipality_id = actor.group.municipality_id
    if write.version_exists(session, municipality_id, source):
        raise ConflictError(
            f"Indelningen ”{source.division}” har redan gränser från {source.valid_from}."
            " Välj ett annat datum med --valid-from."
        )
    write.put_version(session, municipality_id, source, found, now=now)
    entry = Entry(
        now,
        "districts.imported",
        f"division:{source.division}",
        {"områden": str(len(found)), "gäller från": source.valid_from.isoformat()},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, municipality_id, [entry])
