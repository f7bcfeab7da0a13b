"""Incidents as GeoJSON Features (RFC 7946)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from uuid import UUID

import orjson

from lagesbild.access import service as access
from lagesbild.base.db import Session
from lagesbild.districts import service as districts
from lagesbild.incidents.rules import Facts, Incident, Listed
from lagesbild.people.rules import Actor


def listed_feature(row: Listed) -> dict[str, object]:
    """Return a row of a list as a Feature."""
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": orjson.Fragment(row.place) if row.place else None,
        "properties": {
            "reference": row.reference,
            "category": row.category,
            "number": row.number,
            "severity": row.severity,
            "occurred_from": row.occurred_from,
            "occurred_to": row.occurred_to,
            "time_precision": row.time_precision,
            "place_precision_m": row.place_precision_m,
            "place_text": row.place_text,
            "place_shown": row.shown,
            "district": row.district,
            "organisation": row.organisation,
            "verification": row.verification,
            "source": row.source,
            "registered_at": row.registered_at,
            "summary": row.summary,
            "version": row.version,
        },
    }


@dataclass(frozen=True)
class Names:
    """What ids are called in addresses and Features."""

    organisations: Mapping[UUID, str]
    districts: Mapping[UUID, str]


def names(session: Session, actor: Actor) -> Names:
    """Return the names that a Feature needs."""
    return Names(
        {o.id: o.slug for o in access.organisations(session, actor)},
        {d.id: d.slug for d in districts.districts(session, actor)},
    )


def whole_feature(incident: Incident, called: Names) -> dict[str, object]:
    """Return an incident with everything that the reader may see of it."""
    place = incident.facts.place
    told = _told(incident.facts, called.districts)
    return {
        "type": "Feature",
        "id": incident.id,
        "geometry": orjson.Fragment(place) if place else None,
        "properties": told | _kept(incident, called.organisations),
    }


def _told(facts: Facts, slugs: Mapping[UUID, str]) -> dict[str, object]:
    """Return the facts of an incident; the district by its slug."""
    told = {field.name: getattr(facts, field.name) for field in fields(facts)}
    for name in ("place", "district_id", "version_id", "duplicate_of"):
        del told[name]
    return told | {"district": slugs.get(facts.district_id) if facts.district_id else None}


def _kept(incident: Incident, names: Mapping[UUID, str]) -> dict[str, object]:
    """Return who said what, and what the system keeps about it."""
    own = incident.part_of(incident.organisation_id)
    kept: dict[str, object] = {
        "reference": incident.reference,
        "organisation": names.get(incident.organisation_id),
        "source": incident.source,
        "source_ref": incident.source_ref,
        "registered_at": incident.registered_at,
        "withdrawn_at": incident.withdrawn_at,
        "withdrawn_reason": incident.withdrawn_reason,
        "version": incident.version,
        "place_shown": incident.shown,
        "marked": incident.marked,
    }
    kept |= {name: getattr(own, name) if own else None for name in _SAID}
    kept["parts"] = [
        {"organisation": names.get(part.organisation_id)}
        | {name: getattr(part, name) for name in (*_SAID, "verification")}
        for part in incident.parts
    ]
    return kept


_SAID = ("summary", "details", "visibility", "secrecy_basis", "reporter_role")
_NOT_SENT = {
    "reference", "district_chosen", "organisation", "source", "registered_at", "withdrawn_at",
    "withdrawn_reason", "version", "parts", "place_shown", "marked",
}  # fmt: skip


def editable(feature: dict[str, object]) -> dict[str, object]:
    """Return what a program may send back of a Feature; a district only if chosen by hand.

    A severity that nobody gave a reason for is the type's own, and follows a change of type.
    """
    properties = feature["properties"]
    assert isinstance(properties, dict), "made above"
    kept = {k: v for k, v in properties.items() if k not in _NOT_SENT and v is not None}
    if not properties["district_chosen"]:
        kept.pop("district", None)
    if not properties["severity_reason"]:
        kept.pop("severity", None)
    return kept
