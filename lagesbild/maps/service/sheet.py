"""A map sheet of a view: what the page shows, on paper. Each that leaves stands in the log."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base import privacy
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District, Version, version_on
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Category, Found, Verification
from lagesbild.incidents.rules.crowds import Tally
from lagesbild.incidents.service import crowds as counting
from lagesbild.maps import rules
from lagesbild.maps.draw import sheet_areas as areas
from lagesbild.maps.draw.sheet import Sheet
from lagesbild.maps.draw.sheet_areas import Area, Look
from lagesbild.maps.draw.sheet_files import InWords
from lagesbild.maps.draw.sheet_layout import layout
from lagesbild.maps.rules import Row
from lagesbild.maps.rules import sheet as texts
from lagesbild.maps.rules.layers import ONGOING
from lagesbild.maps.rules.ongoing import SORTS, Ongoing
from lagesbild.maps.rules.sheet import Ground, Paper, Told
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import layers, showing
from lagesbild.maps.service import sheet_marks as marks
from lagesbild.people.rules import Actor, Kind, Organisation, Permission, require

LISTED = 100  # incidents of a sheet in words


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for. `groups` and `statuses` are the words of the screens."""

    view: View
    paper: Paper
    record: str  # the record number as they have written it; it is printed, and kept nowhere
    groups: Mapping[str, str]
    statuses: Mapping[Verification, str]


@dataclass(frozen=True)
class Made:
    """A sheet ready to be drawn, without a database."""

    sheet: Sheet
    words: InWords
    number: int  # of incidents
    described: str  # the view in words, for the log


@dataclass(frozen=True)
class _Known:
    """What the words of a sheet are made of."""

    found: Found
    tallies: Sequence[Tally]
    categories: Mapping[str, Category]
    organisations: Mapping[UUID, Organisation]
    areas: Sequence[District]

    @property
    def names(self) -> list[str]:
        """The names of the organisations that have reported them."""
        found = {tally.organisation_id for tally in self.tallies}
        return [o.name for o in self.organisations.values() if o.id in found]

    def kind(self, organisation_id: UUID) -> Kind:
        """Return what an organisation is; one that has left the group is none of the three."""
        organisation = self.organisations.get(organisation_id)
        return organisation.kind if organisation else Kind.OTHER

    def category_name(self, code: str) -> str:
        """Return what a code is called."""
        return self.categories[code].name if code in self.categories else code


def sheet(session: Session, actor: Actor, wanted: Wanted, *, now: datetime) -> Made:
    """Return the sheet of a view as the actor may see it, or raise `InvalidError`."""
    require(actor, Permission.READ_WEEK)
    view = wanted.view
    _check_record(wanted.record)
    listed = showing.rows(session, actor, view, limit=LISTED)
    known = _known(session, actor, view)
    ground = _ground(session, actor, view)
    chosen = next((a for a in ground if view.district and a.district_id == view.district.id), None)
    ongoing = layers.ongoing(session, actor, view, now=now) if view.shows(ONGOING) else []
    told = _told(session, actor, wanted, known, ongoing, now=now)
    page = layout(told, _shown(view, ground, chosen, listed.rows), wanted.paper)
    spots = marks.spots(session, actor, view, page, known.kind)
    placed = known.found.number - known.found.unplaced
    outside = placed - sum(spot.rows for spot in spots)
    return Made(
        Sheet(page, ground, chosen, spots, outside, marks.signs(actor, ongoing, page)),
        _in_words(told, known, listed.rows, ongoing, wanted),
        known.found.number,
        f"{told.title}; {told.when}",
    )


def record(session: Session, actor: Actor, made: Made, form: str, *, now: datetime) -> None:
    """Write down that a sheet leaves, before it does. Its record number is not written."""
    require(actor, Permission.READ_WEEK)
    told = {"form": form, "urval": made.described, "rader": str(made.number)}
    entry = Entry(
        now,
        "incidents.exported",
        f"export:{form}",
        told,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])


def notes(
    actor: Actor,
    version: Version | None,
    names: Sequence[str],
    organisations: Mapping[UUID, Organisation],
) -> tuple[tuple[str, str], ...]:
    """Return what stands under a map on paper: its sources, how places are shown, secrecy.

    `names` are the organisations that have reported what it shows.
    """
    require(actor, Permission.READ_WEEK)
    return (
        ("Källa", texts.source_text(names, version)),
        ("Så visas platserna", texts.reduction_text(actor, _own_name(actor, organisations))),
        ("Sekretess", texts.SECRECY),
    )


def narrowed(
    actor: Actor,
    view: View,
    known: Mapping[str, Category],
    groups: Mapping[str, str],
    statuses: Mapping[Verification, str],
) -> str:
    """Return what a view is narrowed to, in the words of the screens; empty when it is not."""
    require(actor, Permission.READ_WEEK)
    code = view.category or ""
    category = groups.get(code) or (known[code].name if code in known else code)
    status = statuses[view.verification] if view.verification else ""
    return texts.narrowed_text(view, category, status)


def _check_record(text: str) -> None:
    if len(text) > texts.RECORD_LENGTH:
        raise InvalidError(
            "diarienr", f"Diarienumret är för långt. Högst {texts.RECORD_LENGTH} tecken får plats."
        )
    privacy.guard("diarienr", text, confirmed=True)


def _known(session: Session, actor: Actor, view: View) -> _Known:
    return _Known(
        showing.numbers(session, actor, view),
        counting.tallies(session, actor, view.filter()),
        incidents.categories(session, actor),
        {o.id: o for o in access.organisations(session, actor)},
        districts.districts(session, actor),
    )


def _own_name(actor: Actor, organisations: Mapping[UUID, Organisation]) -> str:
    return next((o.name for o in organisations.values() if o.id == actor.organisation_id), "")


def _shown(view: View, ground: Sequence[Area], chosen: Area | None, rows: Sequence[Row]) -> Ground:
    """Return the ground of a sheet: the box of the view, its district, all of them, or the rows."""
    if view.box:
        return areas.ground_of_box(view.box)
    all_of_them = [area for area in ground if area.look is Look.DISTRICT]
    found = areas.ground_of(area.shape for area in ([chosen] if chosen else all_of_them))
    if found:
        return found
    geometries = [row.geometry for row in rows if row.geometry]
    if not geometries:
        raise InvalidError(
            "map", "Kartan har inget att visa än: inga områden är inlästa. Fråga administratören."
        )
    return areas.ground_of_box(rules.box_of(geometries))


def _ground(session: Session, actor: Actor, view: View) -> list[Area]:
    """Return the districts of a view, and what lies around them."""
    day = view.period.last_day
    around = districts.ground(session, actor, on=day, tolerance=districts.DRAWING_TOLERANCE)
    return areas.areas_of(showing.outlines(session, actor, view.period), around)


def _told(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    known: _Known,
    ongoing: Sequence[Ongoing],
    *,
    now: datetime,
) -> Told:
    view = wanted.view
    version = version_on(districts.versions(session, actor), view.period.last_day)
    lines = [texts.count_text(known.found)]
    chosen = narrowed(actor, view, known.categories, wanted.groups, wanted.statuses)
    lines += [f"Urval: {chosen}."] if chosen else []
    if version and version.schematic:
        lines.append("Schematisk karta: gränserna är ungefärliga.")
    sources, reduction, secrecy = notes(actor, version, known.names, known.organisations)
    made = texts.made_text(actor, _own_name(actor, known.organisations), now=now)
    codes = texts.in_order((t.category[:3] for t in known.tallies), wanted.groups)
    kinds = {known.kind(tally.organisation_id) for tally in known.tallies}
    return Told(
        group=f"Lägesbild, {texts.plain(actor.group.name)}",
        title=texts.plain(view.district.name) if view.district else "Hela kommunen",
        when=texts.when_text(view, now=now),
        lines=tuple(lines),
        record=texts.plain(wanted.record),
        notes=(
            (sources[0], f"{sources[1]} {texts.PROJECTION}"),
            reduction,
            (secrecy[0], f"{secrecy[1]} {made}."),
        ),
        kinds=tuple(kind for kind in Kind if kind in kinds),
        groups=tuple((code, wanted.groups[code]) for code in codes),
        signs=tuple(sort for sort in SORTS if any(each.kind == sort for each in ongoing)),
    )


def _in_words(
    told: Told, known: _Known, rows: Sequence[Row], ongoing: Sequence[Ongoing], wanted: Wanted
) -> InWords:
    types, areas_ = Counter[str](), Counter[UUID | None]()
    for tally in known.tallies:
        types[tally.category] += tally.number
        areas_[tally.district_id] += tally.number
    named = [(d.name, areas_[d.id]) for d in known.areas if d.id in areas_]
    elsewhere = areas_.total() - sum(number for _, number in named)
    if elsewhere:
        named.append(("Utan känt område", elsewhere))
    is_part = known.found.number > sum(row.number for row in rows)
    left_out = f"Här står de {len(rows)} första i listan. Tabellerna ovan räknar alla."
    return InWords(
        told,
        tuple((known.category_name(code), n) for code, n in types.most_common()),
        tuple(named) if wanted.view.district is None else (),
        tuple(rows),
        left_out if is_part else "",
        wanted.paper,
        tuple(ongoing),
    )
