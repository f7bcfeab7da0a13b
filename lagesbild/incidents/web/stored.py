"""A stored incident as the form shows it, and what in it differs from what somebody wrote."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lagesbild.base.web import input_time
from lagesbild.incidents.rules import Category, Incident
from lagesbild.incidents.rules.moments import When
from lagesbild.incidents.web import words
from lagesbild.incidents.web.forms import position
from lagesbild.incidents.web.shapes import place_words, readable

LABELS = {
    "category": "Typ",
    "number": "Antal",
    "summary": "Kort beskrivning",
    "details": "Mer för gruppen",
    "place_text": "Plats",
    "latitude": "Latitud",
    "longitude": "Longitud",
    "shape": "Linje eller yta",
    "occurred_from": "Från",
    "occurred_to": "Till",
    "verification": "Status",
    "visibility": "Hur långt den får gå",
    "secrecy_basis": "Sekretess",
    "severity": "Allvar",
}


def differences(
    stored: Mapping[str, Any], written: Mapping[str, Any], known: Mapping[str, Category]
) -> list[tuple[str, str]]:
    """Return label and stored value, in words, of the fields that somebody wrote otherwise."""
    spoken: dict[str, Mapping[str, str]] = {
        "category": {code: category.name for code, category in known.items()},
        "verification": {key.value: text for key, text in words.VERIFICATION.items()},
        "visibility": {key.value: text for key, text in words.VISIBILITY.items()},
        "shape": {stored["shape"]: place_words(stored["shape"])} if stored["shape"] else {},
    }
    return [
        (label, spoken.get(name, {}).get(stored[name], stored[name]) or "inget")
        for name, label in LABELS.items()
        if name in written and _plain(name, stored[name]) != _plain(name, written[name])
        if (name, written[name]) != ("visibility", "")  # as usual
    ]


def _plain(name: str, value: str | None) -> str | float:
    """Return a value as it is compared: 59.27 is 59.270000."""
    if name == "shape":
        return readable(value)
    try:
        return float(value or "")
    except ValueError:
        return value or ""


def values(incident: Incident, slugs: dict[UUID, str]) -> dict[str, Any]:
    """Return an incident as the form shows it."""
    facts = incident.facts
    own = incident.part_of(incident.organisation_id)
    at = position(facts.place)
    chosen = slugs.get(facts.district_id, "") if facts.district_id else ""
    found: dict[str, Any] = {
        "id": str(incident.id),
        "version": str(incident.version),
        "when": When.BETWEEN,
        "reference": incident.reference,
        "occurred_from": input_time(facts.occurred_from),
        "occurred_to": input_time(facts.occurred_to),
        "reported_at": input_time(facts.reported_at),
        "shape": facts.place if facts.place and not at else "",
        "longitude": f"{at[0]:.6f}" if at else "",
        "latitude": f"{at[1]:.6f}" if at else "",
        "number": str(facts.number) if facts.number > 1 else "",
        "district": chosen if facts.district_chosen else "",
        "tags": list(facts.tags),
        "source_ref": incident.source_ref or "",
    }
    same = (
        "category", "time_precision", "place_precision_m", "place_kind", "place_text",
        "verification", "known_by", "severity_reason", "crime_code",
    )  # fmt: skip
    found |= {name: getattr(facts, name) for name in same}
    # One that nobody gave a reason for is the type's own, and follows a change of type.
    found["severity"] = facts.severity if facts.severity_reason else ""
    if own:
        said = ("summary", "details", "visibility", "secrecy_basis", "reporter_role")
        found |= {name: getattr(own, name) for name in said}
    return {k: "" if v is None else v if isinstance(v, list) else str(v) for k, v in found.items()}
