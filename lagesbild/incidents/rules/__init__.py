"""What an incident is."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, NewType
from uuid import UUID

from lagesbild.base.geo import Box
from lagesbild.incidents.rules.choices import (
    KnownBy,
    Order,
    PlaceKind,
    Shown,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)

__all__ = [
    "UNCERTAIN_M",
    "Category",
    "Comment",
    "Cursor",
    "Draft",
    "Facts",
    "Filter",
    "Found",
    "GeoJson",
    "Incident",
    "KnownBy",
    "Listed",
    "Order",
    "Part",
    "PlaceKind",
    "Request",
    "Shown",
    "Source",
    "TimePrecision",
    "Verification",
    "Visibility",
]

UNCERTAIN_M = 100  # from here on a place is uncertain: a dashed circle of this radius
GeoJson = NewType("GeoJson", str)  # a geometry (RFC 7946): WGS 84, longitude first


@dataclass(frozen=True)
class Category:
    """A code of the taxonomy in its newest version. Severity 0 is information, never counted."""

    code: str
    name: str
    severity: int
    sensitivity: str  # A open, B internal, C sensitive, D blocked

    @property
    def group(self) -> str:
        """The three letters that the code begins with."""
        return self.code[:3]


@dataclass(frozen=True)
class Facts:
    """What everybody who may see the incident shares: what, when, where, how sure."""

    category: str
    severity: int
    occurred_from: datetime
    occurred_to: datetime | None = None
    time_precision: TimePrecision = TimePrecision.EXACT
    reported_at: datetime | None = None
    place: GeoJson | None = None
    place_precision_m: int | None = None
    place_kind: PlaceKind | None = None
    place_text: str = ""
    district_id: UUID | None = None
    version_id: UUID | None = None
    district_chosen: bool = False
    verification: Verification = Verification.UNCONFIRMED
    known_by: KnownBy | None = None
    severity_reason: str = ""
    crime_code: str | None = None
    tags: tuple[str, ...] = ()
    duplicate_of: UUID | None = None
    number: int = 1  # more: told at once, without a place


@dataclass(frozen=True)
class Part:
    """What one organisation says about an incident, and how far that may go.

    `visibility` None in a draft: as is usual for the category. `verification` is what another
    organisation than the owner thinks; None: it has not said.
    """

    organisation_id: UUID
    summary: str = ""
    details: str = ""
    visibility: Visibility | None = None
    secrecy_basis: str | None = None
    reporter_role: str = ""
    verification: Verification | None = None
    version: int = 1


@dataclass(frozen=True)
class Comment:
    """A remark of one organisation on an incident that it can see."""

    id: UUID
    organisation_id: UUID
    at: datetime
    text: str


@dataclass(frozen=True)
class Draft:
    """What a form, a program or a list says, in the right types, before any rule is applied.

    `district` is a slug chosen by hand; `confirmed` insists on a text that only warned;
    `outside` insists on a place outside the municipality; `historical` is never a late report.
    `entered_by` is the organisation that writes for another one, which has said it aloud.
    """

    id: UUID
    facts: Facts
    part: Part
    severity: int | None = None
    district: str | None = None
    source: Source = Source.FORM
    source_ref: str | None = None
    confirmed: bool = False
    outside: bool = False
    historical: bool = False
    entered_by: UUID | None = None

    def becomes(self, facts: Facts, visibility: Visibility, *, now: datetime) -> "Incident":
        """Return the new incident with checked facts; its reference is given when it is stored."""
        return Incident(
            self.id,
            "",
            facts,
            self.part.organisation_id,
            self.source,
            self.source_ref,
            registered_at=now,
            version=1,
            historical=self.historical,
            entered_by=self.entered_by,
            marked=bool(self.part.secrecy_basis),
            parts=(replace(self.part, visibility=visibility),),
        )


@dataclass(frozen=True)
class Incident:
    """One thing that happened, as stored. `parts` are those that the reader may see.

    `facts` hold the place as the reader may see it, and `shown` says how much of it that is.
    `marked`: some part has a secrecy ground. `entered_by` may mend it until its owner has.
    """

    id: UUID
    reference: str
    facts: Facts
    organisation_id: UUID
    source: Source
    source_ref: str | None
    registered_at: datetime
    version: int
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    historical: bool = False
    entered_by: UUID | None = None
    marked: bool = False
    shown: Shown = Shown.EXACT
    parts: tuple[Part, ...] = field(default=(), kw_only=True)

    def part_of(self, organisation_id: UUID | None) -> Part | None:
        """Return what an organisation says, or None."""
        return next((p for p in self.parts if p.organisation_id == organisation_id), None)

    @property
    def visibility(self) -> Visibility:
        """How far the owner lets it go."""
        own = self.part_of(self.organisation_id)
        return own.visibility if own and own.visibility else Visibility.GROUP


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. `category` is a code or the three letters of a group."""

    box: Box | None = None
    district_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    category: str | None = None
    organisation_id: UUID | None = None
    verification: Verification | None = None
    words: str | None = None
    new_since: datetime | None = None  # logged since then, and gone through by nobody in the group
    ids: tuple[UUID, ...] | None = None
    order: Order = Order.HAPPENED


class Cursor(NamedTuple):
    """The last row of a page; the next page begins after it. `key` is what the order looks at."""

    key: datetime | int | None
    id: UUID


class Found(NamedTuple):
    """How much a filter finds: the rows of a list, and the incidents that they stand for."""

    rows: int
    number: int
    counted: int = 0  # of the number, how many the week's figures hold
    unplaced: int = 0  # of the number, how many show no place


class Listed(NamedTuple):
    """A row of a list. A tuple, not a dataclass: it is made a hundred times a request."""

    id: UUID
    reference: str
    category: str
    severity: int
    occurred_from: datetime
    occurred_to: datetime | None
    time_precision: str
    place: GeoJson | None
    place_precision_m: int | None
    place_text: str
    district_id: UUID | None
    organisation_id: UUID
    verification: str
    source: str
    registered_at: datetime
    version: int
    number: int
    summary: str | None
    district: str | None  # slug
    organisation: str | None  # short name in the group
    shown: str  # how much of the place stands here

    def cursor(self, order: Order = Order.HAPPENED) -> Cursor:
        """Return where the page after this row begins."""
        if order is Order.LOGGED:
            return Cursor(None, self.id)
        return Cursor(self.severity if order is Order.SEVERE else self.occurred_from, self.id)


@dataclass(frozen=True)
class Request:
    """A request that carries an idempotency key: the SHA-256 of its body, and what it makes."""

    key: str
    body: bytes
    incident_id: UUID
