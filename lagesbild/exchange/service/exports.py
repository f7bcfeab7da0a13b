"""Taking incidents out as a file: what the list shows, nothing more, and always in the log."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.districts import service as districts
from lagesbild.exchange.draw import layers, tables
from lagesbild.exchange.rules.exports import records
from lagesbild.exchange.rules.exports.cells import local
from lagesbild.exchange.rules.exports.records import Form, Names, Record, Spoken
from lagesbild.exchange.rules.exports.systems import DEGREES, System, check_form, choices
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter, Found, Listed
from lagesbild.people.rules import ROLE_TEXT, Actor, Permission, require, scope_of

PAGE = 1000  # rows read at a time


@dataclass(frozen=True)
class Wanted:
    """Which incidents, in which form. `feature` is how the API says a row."""

    filter: Filter
    form: Form
    spoken: Spoken
    feature: Callable[[Listed], dict[str, object]]
    system: System = DEGREES


@dataclass(frozen=True)
class Made:
    """A file, open at its beginning and already without a name on the disk."""

    file: IO[bytes]
    name: str
    form: Form
    rows: int
    described: str  # the filter in words
    system: System = DEGREES


def described(session: Session, actor: Actor, wanted: Filter, spoken: Spoken) -> tuple[Found, str]:
    """Return how much a filter finds, and the filter in words."""
    require(actor, Permission.READ_INCIDENTS)
    names = _names(session, actor, spoken)
    found = incidents.count(session, actor, wanted)
    return found, records.filter_text(wanted, names, weekday=actor.group.meeting_weekday)


def systems(session: Session, actor: Actor, *, now: datetime) -> list[System]:
    """Return the coordinate systems to choose from, the municipality's own zone last."""
    require(actor, Permission.READ_INCIDENTS)
    outlines = districts.outlines(session, actor, on=now.astimezone(STOCKHOLM).date())
    return choices((o.label_longitude, o.label_latitude) for o in outlines)


def export(session: Session, actor: Actor, wanted: Wanted, *, now: datetime) -> Made:
    """Write what a filter finds to a file, newest first. Raises `InvalidError` when it is too much.

    The file is whole before its first byte leaves: an error halfway is an error, and not a file
    that looks whole. `record` it before it is sent.
    """
    require(actor, Permission.READ_INCIDENTS)
    check_form(wanted.form, wanted.system)
    names = _names(session, actor, wanted.spoken)
    weekday = actor.group.meeting_weekday
    records.check_size(incidents.count(session, actor, wanted.filter).rows, wanted.form)
    text = records.filter_text(wanted.filter, names, weekday=weekday)
    name = records.file_name(actor.group.slug, wanted.filter, wanted.form, weekday=weekday, now=now)

    about = [
        ("Uttag", f"Händelser ur Lägesbild, {actor.group.name}"),
        ("Gjort av", _by_whom(actor, names)),
        ("När", f"{local(now):%Y-%m-%d %H:%M}"),
        ("Urval", text),
        ("Koordinater", f"{wanted.system.name} (EPSG:{wanted.system.code})"),
    ]
    file, rows = _written(wanted, _pages(session, actor, wanted.filter, names), about)
    return Made(file, name, wanted.form, rows, text, wanted.system)


def record(session: Session, actor: Actor, made: Made, *, now: datetime) -> None:
    """Write down that a file leaves, before it does: a broken download has left too."""
    require(actor, Permission.READ_INCIDENTS)
    told = {"form": made.form.value, "urval": made.described, "rader": str(made.rows)}
    if made.system.is_metres:
        told["koordinater"] = made.system.name
    entry = Entry(
        now,
        "incidents.exported",
        f"export:{made.form}",
        told,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])


def _names(session: Session, actor: Actor, spoken: Spoken) -> Names:
    return Names(
        spoken,
        incidents.categories(session, actor),
        {d.id: d.name for d in districts.districts(session, actor)},
        {o.id: o.name for o in access.organisations(session, actor)},
    )


def _by_whom(actor: Actor, names: Names) -> str:
    """Return the role and the organisation, never the name."""
    organisation = names.organisations.get(actor.organisation_id) if actor.organisation_id else None
    return ", ".join(word for word in (ROLE_TEXT[actor.role], organisation) if word)


def _pages(session: Session, actor: Actor, wanted: Filter, names: Names) -> Iterator[list[Record]]:
    """Read page by page, so that memory does not grow with the number of rows."""
    after, scope = None, scope_of(actor)
    while page := incidents.listing(session, actor, wanted, limit=PAGE, after=after):
        yield [records.record(row, names, scope=scope) for row in page]
        if len(page) < PAGE:
            return
        after = page[-1].cursor(wanted.order)


def _written(
    wanted: Wanted, pages: Iterator[list[Record]], about: Sequence[tuple[str, str]]
) -> tuple[IO[bytes], int]:
    if wanted.form is Form.GPKG:
        return _geopackage(pages, about, wanted.system)
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        rows = chain.from_iterable(pages)
        if wanted.form is Form.XLSX:
            count = tables.write_xlsx(file, rows, about, wanted.system)
        elif wanted.form is Form.CSV:
            count = tables.write_csv(file, rows, wanted.system)
        else:
            count = layers.write_geojson(file, rows, wanted.feature)
        file.seek(0)
        opened.pop_all()  # whoever sends it closes it
    return file, count


def _geopackage(
    pages: Iterator[list[Record]], about: Sequence[tuple[str, str]], system: System
) -> tuple[IO[bytes], int]:
    """Write where GDAL needs a name; the folder is gone when this returns, the open file not."""
    told = " ".join(f"{heading}: {line}." for heading, line in about)
    with tempfile.TemporaryDirectory(prefix="lagesbild-") as folder:
        path = Path(folder, "handelser.gpkg")
        count = layers.write_gpkg(path, pages, told, system)
        return path.open("rb"), count
