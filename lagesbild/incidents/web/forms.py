"""What browsers and programs send, read into the words of the domain."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import new_id
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import (
    Draft,
    Facts,
    GeoJson,
    KnownBy,
    Part,
    PlaceKind,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)
from lagesbild.incidents.rules.checks import MAX_NUMBER, NO_NUMBER
from lagesbild.incidents.rules.moments import When, span
from lagesbild.incidents.web.shapes import Geometry, Placing, nothing
from lagesbild.people.rules import Actor

EARLIEST_YEAR, LAST_YEAR = 1900, 2200
VERSION = re.compile("[0-9]{1,9}")  # an integer of the database
NUMBER = re.compile("[0-9]{1,9}")
NO_TIME = "Det är inte en tid. Skriv till exempel 2026-11-19T14:30."


def swedish_time(value: object) -> datetime | None:
    """Read a time without zone as Swedish wall-clock time, as the browser's field gives it.

    Raises `ValueError` with the sentence that says what is wrong.
    """
    if value is None or value == "":
        return None
    try:  # a number would be read as seconds since 1970, in any year
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError(NO_TIME) from error
    if not EARLIEST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("Året är inte rimligt.")
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    wall = moment
    moment = moment.replace(tzinfo=STOCKHOLM)
    if moment.astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None) != wall:
        raise ValueError("Klockslaget finns inte: klockan ställdes fram den natten.")
    return moment.astimezone(UTC)


def _whole_number(value: object) -> object:
    """Return how many were told at once, or raise `ValueError` with a sentence."""
    is_text = isinstance(value, str) and NUMBER.fullmatch(value.strip())
    if not is_text and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(NO_NUMBER)
    if not 1 <= (number := int(str(value))) <= MAX_NUMBER:
        raise ValueError(NO_NUMBER)
    return number


def _needed_time(value: object) -> object:
    if value in (None, ""):
        raise ValueError("Tiden saknas. Välj när det hände.")
    return swedish_time(value)


LocalTime = Annotated[AwareDatetime, BeforeValidator(_needed_time)]
Number = Annotated[int, Field(ge=1, le=MAX_NUMBER), BeforeValidator(_whole_number)]
Severity = Annotated[int, Field(ge=0, le=5)]


class Fields(BaseModel):
    """What form and API share. Lengths are checked by the rules, which name them in Swedish."""

    model_config = ConfigDict(extra="forbid")

    category: str
    occurred_from: LocalTime
    occurred_to: Annotated[AwareDatetime | None, BeforeValidator(swedish_time)] = None
    time_precision: TimePrecision = TimePrecision.EXACT
    reported_at: Annotated[AwareDatetime | None, BeforeValidator(swedish_time)] = None
    place_precision_m: Annotated[int | None, BeforeValidator(nothing)] = None
    place_kind: Annotated[PlaceKind | None, BeforeValidator(nothing)] = None
    place_text: str = ""
    district: Annotated[str | None, BeforeValidator(nothing)] = None
    number: Number = 1
    summary: str = ""
    details: str = ""
    visibility: Annotated[Visibility | None, BeforeValidator(nothing)] = None
    secrecy_basis: Annotated[str | None, BeforeValidator(nothing)] = None
    reporter_role: str = ""
    severity: Annotated[Severity | None, BeforeValidator(nothing)] = None
    severity_reason: str = ""
    verification: Verification = Verification.UNCONFIRMED
    known_by: Annotated[KnownBy | None, BeforeValidator(nothing)] = None
    crime_code: Annotated[str | None, BeforeValidator(nothing)] = None
    tags: list[str] = []
    source_ref: Annotated[str | None, BeforeValidator(nothing)] = None
    confirmed: bool = False
    outside: bool = False

    def draft(self, actor: Actor, id_: UUID, place: GeoJson | None, source: Source) -> Draft:
        """Return the same facts in the words of the domain, for the actor's organisation."""
        if actor.organisation_id is None:
            raise InvalidError("organisation", "Inloggningen hör inte till en organisation.")
        facts = Facts(
            place=place,
            district_id=None,
            severity=0,
            tags=tuple(t.strip() for t in self.tags if t.strip()),
            place_text=self.place_text.strip(),
            severity_reason=self.severity_reason.strip(),
            **self.model_dump(include=_SAME),
        )
        part = Part(
            actor.organisation_id,
            summary=self.summary.strip(),
            details=self.details.strip(),
            visibility=self.visibility,
            secrecy_basis=self.secrecy_basis,
            reporter_role=self.reporter_role.strip(),
        )
        return Draft(
            id_,
            facts,
            part,
            severity=self.severity,
            district=self.district,
            source=source,
            source_ref=self.source_ref,
            confirmed=self.confirmed,
            outside=self.outside,
        )


_SAME = {
    "category", "occurred_from", "occurred_to", "time_precision", "reported_at",
    "place_precision_m", "place_kind", "verification", "known_by", "crime_code", "number",
}  # fmt: skip


class IncidentForm(Fields, Placing):
    """The page's form. The id was made when the form was shown, so that twice is once."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    version: int = 0
    distinct: bool = False  # insists that it is none of those that are like it
    spoken_by: str = ""  # the organisation that has said it aloud, by its slug
    inquiry: Annotated[UUID | None, BeforeValidator(nothing)] = None  # the question it answers


def form_values(form: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's values as `IncidentForm` takes them: commas in numbers, tags by comma.

    `area` is the district of several that are told at once.
    """
    values: dict[str, Any] = {k: v for k, v in form.items() if (k, v) != ("number", "")}
    values["district"] = form.get("area") or form.get("district", "")
    for name in ("longitude", "latitude"):
        values[name] = values.get(name, "").strip().replace(",", ".").replace("−", "-")
    values["tags"] = [t for t in values.get("tags", "").split(",") if t.strip()]
    return values


def timed(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a form's values with the times that a quick choice stands for.

    They count from when the form was opened, as the page said: a form may be sent much later.
    """
    try:
        when = When(values.get("when", When.BETWEEN))
        opened = datetime.fromisoformat(values.get("opened_at", "")).astimezone(UTC)
    except ValueError:
        return dict(values)
    if when is When.BETWEEN:
        return dict(values)
    start, end, precision = span(when, min(opened, now))
    return dict(values) | {
        "occurred_from": start.isoformat(),
        "occurred_to": end.isoformat() if end else "",
        "time_precision": precision,
    }


class FeatureIn(BaseModel):
    """A GeoJSON Feature that becomes an incident."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["Feature"]
    id: UUID | None = None
    geometry: Geometry | None = None
    properties: Fields

    def draft(self, actor: Actor, *, id_: UUID | None = None) -> Draft:
        """Return the draft; the id is the program's own, else a new one."""
        place = (
            GeoJson(orjson.dumps(self.geometry.model_dump()).decode()) if self.geometry else None
        )
        return self.properties.draft(actor, id_ or self.id or new_id(), place, Source.API)


def position(place: GeoJson | None) -> tuple[float, float] | None:
    """Return longitude and latitude of a point; None for no place, a line or an area."""
    if place is None:
        return None
    geometry = orjson.loads(place)
    if geometry["type"] != "Point":
        return None
    longitude, latitude = geometry["coordinates"][:2]
    return longitude, latitude


def version_of(text: str) -> int | None:
    """Return the version that a sender has read; None for what is no version."""
    return int(text) if VERSION.fullmatch(text) else None
