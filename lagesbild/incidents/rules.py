"""What an incident is, and what the group may write about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NewType
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError, storable
from lagesbild.base.geo import Box

GeoJson = NewType("GeoJson", str)  # a geometry (RFC 7946): WGS 84, longitude first

CLOCK_SKEW = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=366)
MAX_SUMMARY, MAX_DETAILS, MAX_PLACE_TEXT, MAX_WORD, MAX_REFERENCE = 280, 8000, 120, 40, 200
MAX_TAGS = 10
CRIME_CODE = re.compile("[0-9]{4}")
MAX_PRECISION_M = 50_000


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
    `outside` insists on a place outside the municipality.
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


def check(draft: Draft, category: Category, *, now: datetime) -> Facts:
    """Return the facts that a draft becomes, or raise `InvalidError` for the first wrong field."""
    facts = draft.facts
    _check_time(facts, category, now=now)
    _check_place(facts)
    _check_lengths(facts, draft.part, draft.source_ref or "")
    severity = category.severity if draft.severity is None else draft.severity
    if severity != category.severity and not facts.severity_reason.strip():
        raise InvalidError("severity_reason", "Skriv varför allvaret skiljer sig från typens.")
    for name, text in texts(draft).items():
        privacy.guard(name, text, confirmed=draft.confirmed)
    return facts


def texts(draft: Draft) -> Mapping[str, str]:
    """Return every free text of a draft by its field, for the identity guard."""
    return {
        "place_text": draft.facts.place_text,
        "summary": draft.part.summary,
        "details": draft.part.details,
        "reporter_role": draft.part.reporter_role,
        "secrecy_basis": draft.part.secrecy_basis or "",
        "severity_reason": draft.facts.severity_reason,
        "source_ref": draft.source_ref or "",
        "crime_code": draft.facts.crime_code or "",
        "tags": " ".join(draft.facts.tags),
    }


def _check_time(facts: Facts, category: Category, *, now: datetime) -> None:
    planned = category.severity == 0  # an event next week is known today
    if facts.occurred_from > now + CLOCK_SKEW and not planned:
        raise InvalidError("occurred_from", "Tiden ligger i framtiden. Välj när det hände.")
    if facts.reported_at is not None and facts.reported_at > now + CLOCK_SKEW:
        raise InvalidError("reported_at", "Tiden ligger i framtiden. Välj när den rapporterades.")
    if facts.occurred_to is None:
        return
    if facts.occurred_to > now + CLOCK_SKEW and not planned:
        raise InvalidError("occurred_to", "Sluttiden ligger i framtiden. Välj när det var över.")
    if facts.occurred_to < facts.occurred_from:
        raise InvalidError("occurred_to", "Sluttiden ligger före starttiden. Byt plats på dem.")
    if facts.occurred_to - facts.occurred_from > LONGEST_WINDOW:
        raise InvalidError("occurred_to", "Tidsspannet är längre än ett år. Välj ett kortare.")


def _check_place(facts: Facts) -> None:
    precision = facts.place_precision_m
    if precision is not None and not 0 <= precision <= MAX_PRECISION_M:
        raise InvalidError("place_precision_m", "Osäkerheten ska vara mellan 0 och 50 000 meter.")
    if not CRIME_CODE.fullmatch(facts.crime_code or "0000"):
        raise InvalidError("crime_code", "Brottskoden ska ha fyra siffror.")


def _check_lengths(facts: Facts, part: Part, source_ref: str) -> None:
    limits = (
        ("summary", part.summary, MAX_SUMMARY),
        ("details", part.details, MAX_DETAILS),
        ("place_text", facts.place_text, MAX_PLACE_TEXT),
        ("reporter_role", part.reporter_role, MAX_WORD),
        ("severity_reason", facts.severity_reason, MAX_SUMMARY),
        ("secrecy_basis", part.secrecy_basis or "", MAX_WORD),
        ("source_ref", source_ref, MAX_REFERENCE),
        *(("tags", tag, MAX_WORD) for tag in facts.tags),
    )
    for name, text, longest in limits:
        if len(text) > longest:
            raise InvalidError(name, f"Texten är för lång. Högst {longest} tecken får plats.")
        storable(name, text)
    if len(facts.tags) > MAX_TAGS:
        raise InvalidError("tags", f"Högst {MAX_TAGS} etiketter får plats.")
