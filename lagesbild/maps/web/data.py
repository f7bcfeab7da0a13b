"""What a map fetches: incidents and outlines as GeoJSON."""

import orjson
from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.districts import service as districts
from lagesbild.maps import rules
from lagesbild.maps.service import showing
from lagesbild.maps.service.ground import borders
from lagesbild.maps.web import ground
from lagesbild.maps.web import view as views
from lagesbild.people.rules import Actor, Permission
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
            rules.feature(
                row, link=url_for("incidents.one", name=row.reference), move=_move(actor, row)
            )
            for row in found.rows
        ]
    )


def _move(actor: Actor, row: rules.Row) -> str:
    """Return where the actor moves an incident of its own organisation; nothing for others'."""
    is_own = row.organisation is not None and row.organisation.id == actor.organisation_id
    may_move = is_own and row.number == 1 and actor.may(Permission.REPORT_INCIDENT)
    return url_for("placing.page", name=row.reference) if may_move else ""


@bp.get("/omraden/granser.geojson")
def outlines() -> ResponseReturnValue:
    """Return the outlines of all districts, for picking a place; of another division if asked."""
    actor = current_actor()
    if division := request.args.get("division"):
        with reading(actor.gate) as session:
            today = clock.now().astimezone(clock.STOCKHOLM).date()
            return ground.geojson(borders(session, actor, division, on=today))
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
    g.packed = True
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype=GEOJSON)
