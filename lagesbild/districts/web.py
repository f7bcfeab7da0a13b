"""Districts for programs."""

import orjson
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import reading
from lagesbild.districts import service
from lagesbild.people.web import current_actor

api = Blueprint("districts_api", __name__)


@api.get("/districts")
def listing() -> ResponseReturnValue:
    """Return the districts of the main division with the outlines that hold today."""
    actor = current_actor()
    today = clock.now().astimezone(STOCKHOLM).date()
    with reading(actor.gate) as session:
        outlines = service.outlines(session, actor, on=today)
        schematic = service.is_schematic(session, actor, on=today)
    features = [
        {
            "type": "Feature",
            "id": outline.district.id,
            "geometry": orjson.Fragment(outline.geojson),
            "properties": {
                "slug": outline.district.slug,
                "key": outline.district.key,
                "name": outline.district.name,
                "schematic": schematic,
            },
        }
        for outline in outlines
    ]
    body = {"type": "FeatureCollection", "features": features, "numberReturned": len(features)}
    return Response(orjson.dumps(body), mimetype="application/geo+json")
