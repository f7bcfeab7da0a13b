"""What the API's description says of incidents."""

from lagesbild.base.openapi import (
    JSON,
    MOMENT,
    NUMBER,
    TEXT,
    UUID,
    WEEK,
    WHOLE,
    Answer,
    Chapter,
    Json,
    Operation,
    Parameter,
    listed,
    maybe,
    named,
    record,
    schemas_of,
)
from lagesbild.incidents.rules import (
    Category,
    Facts,
    Order,
    Shown,
    Source,
    Verification,
    Visibility,
    checks,
)
from lagesbild.incidents.web.filters import MAX_LIMIT, STATUSES
from lagesbild.incidents.web.forms import FeatureIn

GEOJSON = "application/geo+json"

_DEGREES: Json = {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4}
_MOMENT = "A time without a zone is Swedish local time."
FILTERS = (
    Parameter("bbox", "West, south, east, north in WGS 84 degrees.", _DEGREES),
    Parameter("district", "The slug of a district of the main division."),
    Parameter("week", "A week by its meeting, such as 2026-W47; instead of from and to.", WEEK),
    Parameter("from", f"What began at this moment or later. {_MOMENT}", MOMENT),
    Parameter("to", f"What began before this moment. {_MOMENT}", MOMENT),
    Parameter("category", "A code such as BRA01, or its first three letters."),
    Parameter("organisation", "The short name of an organisation of the group."),
    Parameter(
        "status",
        "How sure it is; `ny` is what nobody in the group has gone through.",
        {"type": "string", "enum": list(STATUSES)},
    ),
    Parameter("sort", "What comes first.", {"type": "string", "enum": list(Order)}),
    Parameter("q", "Words of the place or the summary, or a whole reference."),
)
_PAGING = (
    Parameter(
        "limit",
        "How many at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 100},
    ),
    Parameter("cursor", "Where a page begins; it comes with the link `next`, never by hand."),
)
_VERSION = Parameter(
    "If-Match",
    "The ETag of the version that was read. Without it the answer is 422.",
    {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "header",
)
_WHY = "Why the place is moved, for the history; may be left out, but not be empty if it is moved."
_KEY = Parameter(
    "Idempotency-Key",
    "Made by the sender: the same request again, under the same key, is answered as the first.",
    {"type": "string", "minLength": 1, "maxLength": 200},
    "header",
)
_TAG = {"ETag": "The version, for If-Match."}
_LENGTHS = {
    "summary": checks.MAX_SUMMARY,
    "details": checks.MAX_DETAILS,
    "place_text": checks.MAX_PLACE_TEXT,
    "reporter_role": checks.MAX_WORD,
    "severity_reason": checks.MAX_SUMMARY,
    "secrecy_basis": checks.MAX_WORD,
    "source_ref": checks.MAX_REFERENCE,
}


def _schemas() -> dict[str, Json]:
    """Return the named schemas: what is sent as pydantic reads it, what is answered as it is."""
    sent, kept = schemas_of(FeatureIn), schemas_of(Facts, Category, Shown, Source, Visibility)
    fields = sent["Fields"]["properties"]
    for name, longest in _LENGTHS.items():
        fields[name]["maxLength"] = longest
    fields["place_precision_m"] |= {"minimum": 0, "maximum": checks.MAX_PRECISION_M}
    fields["crime_code"]["pattern"] = f"^{checks.CRIME_CODE.pattern}$"
    fields["tags"] |= {"maxItems": checks.MAX_TAGS, "items": TEXT | {"maxLength": checks.MAX_WORD}}
    sent["Fields"]["description"] = f"What is said of an incident. {_MOMENT}"
    some = sent["Fields"] | {"required": [], "description": "Those that shall be changed."}
    changed = record(
        {
            "geometry": maybe(named("Geometry")),
            "properties": named("ChangedFields"),
            "reason": TEXT | {"description": _WHY, "maxLength": checks.MAX_SUMMARY},
        }
    )
    facts = kept.pop("Facts")["properties"]
    return (
        kept
        | sent
        | {
            "ChangedFeature": changed | {"required": []},
            "ChangedFields": some,
            "Incident": _feature(_whole(facts)),
            "ListedIncident": _feature(_listed(facts)),
            "IncidentList": record(
                {
                    "type": {"const": "FeatureCollection"},
                    "features": listed(named("ListedIncident")),
                    "numberReturned": WHOLE,
                    "links": listed(named("Link")),
                }
            ),
            "Link": record({"rel": {"const": "next"}, "type": TEXT, "href": TEXT}),
        }
    )


def _feature(properties: dict[str, Json]) -> Json:
    return record(
        {
            "type": {"const": "Feature"},
            "id": UUID,
            "geometry": maybe(named("Geometry")),
            "properties": record(properties),
        }
    )


def _listed(facts: dict[str, Json]) -> dict[str, Json]:
    names = (
        "category", "number", "severity", "occurred_from", "occurred_to", "time_precision",
        "place_precision_m", "place_text", "verification",
    )  # fmt: skip
    return {name: facts[name] for name in names} | {
        "reference": TEXT,
        "district": maybe(TEXT),
        "organisation": maybe(TEXT),
        "source": named("Source"),
        "registered_at": MOMENT,
        "summary": maybe(TEXT),
        "place_shown": named("Shown"),
        "version": WHOLE,
    }


def _whole(facts: dict[str, Json]) -> dict[str, Json]:
    unsaid = {"place", "district_id", "version_id", "duplicate_of"}
    said = {
        "summary": TEXT,
        "details": TEXT,
        "visibility": named("Visibility"),
        "secrecy_basis": maybe(TEXT),
        "reporter_role": TEXT,
    }
    judged = maybe({"type": "string", "enum": list(Verification)})
    return {
        **{name: schema for name, schema in facts.items() if name not in unsaid},
        "reference": TEXT,
        "district": maybe(TEXT),
        "organisation": maybe(TEXT),
        "source": named("Source"),
        "source_ref": maybe(TEXT),
        "registered_at": MOMENT,
        "withdrawn_at": maybe(MOMENT),
        "withdrawn_reason": TEXT,
        "version": WHOLE,
        "place_shown": named("Shown"),
        "marked": {"type": "boolean"},
        **{name: maybe(schema) for name, schema in said.items()},
        "parts": listed(record({"organisation": maybe(TEXT), "verification": judged} | said)),
    }


def _both(schema: Json) -> dict[str, Json]:
    return {GEOJSON: schema, JSON: schema}


_ONE = Answer("The incident, as you may see it.", {GEOJSON: named("Incident")}, _TAG)
_ENTRY = record(
    {
        "at": MOMENT,
        "verb": TEXT,
        "organisation": maybe(TEXT),
        "changes": {"type": "object", "additionalProperties": TEXT},
    }
)

CHAPTER = Chapter(
    "Incidents",
    {
        "listing": Operation(
            "listIncidents",
            "List incidents, newest first",
            Answer(
                "A page of incidents; the link `next` leads on.", {GEOJSON: named("IncidentList")}
            ),
            parameters=(*FILTERS, *_PAGING),
            refusals=(403, 404),
        ),
        "create": Operation(
            "createIncident",
            "Log an incident",
            Answer(
                "The incident as it was stored.",
                {GEOJSON: named("Incident")},
                _TAG | {"Location": "Its address."},
                201,
            ),
            "The place is looked up in the outlines of its day. `confirmed` insists on a text that"
            " was only warned of, `outside` on a place outside the municipality.",
            (_KEY,),
            _both(named("FeatureIn")),
            (403, 409, 413),
        ),
        "one": Operation(
            "readIncident",
            "Read an incident",
            _ONE,
            parameters=(Parameter("id", "Its id, or its reference.", place="path"),),
            refusals=(403, 404),
        ),
        "change": Operation(
            "changeIncident",
            "Change the fields that are sent",
            _ONE,
            "Only who owns an incident may change it, or who wrote it for the owner.",
            (_VERSION,),
            _both(named("ChangedFeature")),
            (403, 404, 409, 413),
        ),
        "withdraw": Operation(
            "withdrawIncident",
            "Take an incident back",
            _ONE,
            "Nothing is erased, but lists and figures leave it out.",
            (_VERSION,),
            {JSON: record({"reason": TEXT | {"minLength": 1, "maxLength": checks.MAX_SUMMARY}})},
            (403, 404, 409, 413),
        ),
        "history": Operation(
            "readHistory",
            "Read what was done with an incident, newest first",
            Answer("The log.", {JSON: record({"entries": listed(_ENTRY)})}),
            refusals=(403, 404),
        ),
        "categories": Operation(
            "listCategories",
            "List the codes that an incident may have",
            Answer(
                "Every code in its newest version.",
                {JSON: record({"categories": listed(named("Category"))})},
            ),
        ),
    },
    _schemas(),
)
