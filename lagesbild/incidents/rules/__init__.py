"""What an incident is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType
from uuid import UUID

from lagesbild.base.geo import Box

GeoJson = NewType("GeoJson", str)  # a geometry (RFC 7946): WGS 84, longitude first


class TimePrecision(StrEnum):
    """How well the time is known."""

    EXACT = "exakt"
    HOUR = "timme"
    DAY = "dygn"
    WINDOW = "mellan"
    UNKNOWN = "okand"


class PlaceKind(StrEnum):
    """What sort of place it was. Stairwells and homes are the sensitive ones."""

    STREET = "gata"
    PARK = "park"
    SCHOOL = "skola"
    CENTRE = "centrum"
    STATION = "station"
    HOME = "bostadshus"
    STAIRWELL = "trapphus"
    SHOP = "butik"
    WATER = "vatten"
    OTHER = "annat"


class Visibility(StrEnum):
    """How far an organisation lets its part go."""

    OWN = "egen"
    GROUP = "osg"
    READERS = "intern"
    OPEN = "oppen"


class Verification(StrEnum):
    """Whether somebody stands behind it."""

    UNCONFIRMED = "obekraftad"
    CONFIRMED = "bekraftad"
    REJECTED = "avfardad"


class KnownBy(StrEnum):
    """How it became known; against reading patrols as crime."""

    REPORT = "anmalan"
    PATROL = "patrull"
    ALARM = "larm"
    STAFF = "personal"
    OTHER = "annat"


class Source(StrEnum):
    """Which way it came in."""

    FORM = "form"
    API = "api"
    LIST = "lista"
    DEMO = "demo"


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


@dataclass(frozen=True)
class Part:
    """What one organisation says about an incident, and how far that may go."""

    organisation_id: UUID
    summary: str = ""
    details: str = ""
    visibility: Visibility = Visibility.GROUP
    secrecy_basis: str | None = None
    reporter_role: str = ""
    version: int = 1


@dataclass(frozen=True)
class Draft:
    """What a form, a program or a list says, in the right types, before any rule is applied.

    `district` is a slug chosen by hand; `confirmed` insists on a text that only warned;
    `outside` insists on a place outside the municipality; `historical` is never a late report.
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

    def becomes(self, facts: Facts, *, now: datetime) -> "Incident":
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
            parts=(self.part,),
        )


@dataclass(frozen=True)
class Incident:
    """One thing that happened, as stored. `parts` are those that the reader may see."""

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
    parts: tuple[Part, ...] = field(default=(), kw_only=True)


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
    counted_only: bool = False


class Cursor(NamedTuple):
    """The last row of a page; the next page begins after it."""

    occurred_from: datetime
    id: UUID


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
    summary: str | None
    district: str | None  # slug
    organisation: str | None  # short name in the group


@dataclass(frozen=True)
class Request:
    """A request that carries an idempotency key: the SHA-256 of its body, and what it makes."""

    key: str
    body: bytes
    incident_id: UUID
