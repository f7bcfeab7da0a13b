"""Districts for programs."""

import orjson
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import reading
from lagesbild.base.openapi import (
    DAY,
    MOMENT,
    TEXT,
    UUID,
    WHOLE,
    YES_OR_NO,
    Answer,
    Chapter,
    Operation,
    listed,
    maybe,
    record,
)
from lagesbild.districts import rules, service
from lagesbild.districts.rules import Outline, Version
from lagesbild.people.web import current_actor

GEOJSON = "application/geo+json"

api = Blueprint("districts_api", __name__)


@api.get("/districts")
def listing() -> ResponseReturnValue:
    """Return the districts of the main division with the outlines that hold today.

    `versions` are all sets of outlines in order: figures on two sides of a `valid_from` are of
    other areas, and `corrected_at` is when wrong outlines were put right and figures recounted.
    """
    actor = current_actor()
    today = clock.now().astimezone(STOCKHOLM).date()
    with reading(actor.gate) as session:
        outlines = service.outlines(session, actor, on=today)
        versions = service.versions(session, actor)
    current = rules.version_on(versions, today)
    body = {
        "type": "FeatureCollection",
        "features": [_feature(outline, current) for outline in outlines],
        "numberReturned": len(outlines),
        "versions": [_told(version) | {"current": version is current} for version in versions],
    }
    return Response(orjson.dumps(body), mimetype=GEOJSON)


def _feature(outline: Outline, current: Version | None) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": outline.district.id,
        "geometry": orjson.Fragment(outline.geojson),
        "properties": {
            "slug": outline.district.slug,
            "key": outline.district.key,
            "name": outline.district.name,
            **(_told(current) if current else {}),
        },
    }


def _told(version: Version) -> dict[str, object]:
    return {
        "valid_from": version.valid_from,
        "corrected_at": version.corrected_at,
        "schematic": version.schematic,
    }


_VERSION = {"valid_from": DAY, "corrected_at": maybe(MOMENT), "schematic": YES_OR_NO}
_OUTLINE = record({"type": TEXT, "coordinates": listed({})})
_DISTRICT = {"slug": TEXT, "key": TEXT, "name": TEXT} | _VERSION
_FEATURE = {
    "type": {"const": "Feature"},
    "id": UUID,
    "geometry": _OUTLINE,
    "properties": record(_DISTRICT),
}
_DISTRICTS = {
    "type": {"const": "FeatureCollection"},
    "features": listed(record(_FEATURE)),
    "numberReturned": WHOLE,
    "versions": listed(record(_VERSION | {"current": YES_OR_NO})),
}
CHAPTER = Chapter(
    "Names",
    {
        "listing": Operation(
            "listDistricts",
            "List the districts of the main division, with outlines",
            Answer("The outlines that hold today.", {GEOJSON: record(_DISTRICTS)}),
            "`versions` are all sets of outlines in order: figures on two sides of a `valid_from`"
            " are of other areas. `corrected_at` is when wrong outlines were put right and figures"
            " recounted.",
        )
    },
)
