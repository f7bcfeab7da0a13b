"""What a map fetches: incidents and outlines as GeoJSON."""

import orjson
from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.districts import service as districts
from lagesbild.maps import rules
from lagesbild.maps.service import showing
from lagesbild.maps.web import view as views
from lagesbild.people.web import current_actor

GEOJSON = "application/geo+json"
MAX_POINTS = 1000

bp = Blueprint("map_data", __name__)


@bp.get("/omraden/<slug>/handelser.geojson")
def district(slug: str) -> ResponseReturnValue:
    """Return the incidents of a district's page as a FeatureCollection."""
    return _features(slug)


@bp.get("/karta/handelser.geojson")
def municipality() -> ResponseReturnValue:
    """Return the incidents of the municipality's page as a FeatureCollection."""
    return _features(None)


def _features(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        found = showing.rows(session, actor, view, limit=MAX_POINTS)
    return _geojson(
        [
            rules.feature(row, link=url_for("incidents.one", name=row.reference))
            for row in found.rows
        ]
    )


@bp.get("/omraden/granser.geojson")
def outlines() -> ResponseReturnValue:
    """Return the outlines of all districts, for picking a place."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = districts.outlines(session, actor, on=clock.now().date())
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(o.geojson),
            "properties": {"name": o.district.name, "slug": o.district.slug},
        }
        for o in found
    ]
    answer = _geojson(features)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _geojson(features: list[dict[str, object]]) -> Response:
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype=GEOJSON)
