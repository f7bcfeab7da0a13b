"""The list of places for the form that logs, and for programs."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import reading
from lagesbild.base.openapi import (
    JSON,
    NUMBER,
    TEXT,
    Answer,
    Chapter,
    Operation,
    Parameter,
    listed,
    record,
)
from lagesbild.people.web import current_actor
from lagesbild.places import service

api = Blueprint("places_api", __name__)


@api.get("/places")
def listing() -> ResponseReturnValue:
    """Return at most eight places whose name begins with, or is like, the text `q`."""
    actor = current_actor()
    today = clock.now().astimezone(STOCKHOLM).date()
    with reading(actor.gate) as session:
        found = service.search_in_districts(session, actor, request.args.get("q", ""), on=today)
    return {
        "places": [
            {
                "name": place.name,
                "kind": place.kind,
                "district": district,
                "longitude": place.point.longitude,
                "latitude": place.point.latitude,
            }
            for place, district in found
        ]
    }


_PLACE = record(
    {"name": TEXT, "kind": TEXT, "district": TEXT, "longitude": NUMBER, "latitude": NUMBER}
)
CHAPTER = Chapter(
    "Names",
    {
        "listing": Operation(
            "listPlaces",
            "Look a place up by its name",
            Answer(
                "At most eight, the likeliest first.", {JSON: record({"places": listed(_PLACE)})}
            ),
            parameters=(Parameter("q", "What the name begins with, or is like."),),
            refusals=(403,),
        )
    },
)
