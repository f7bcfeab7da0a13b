"""What a map fetches: incidents and outlines as GeoJSON."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.maps import rules
from lagesbild.maps.service import ground, showing
from lagesbild.maps.web import view as views
from lagesbild.maps.web.kept import HOUR, NEVER, geojson, lasting
from lagesbild.people.web import current_actor

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
    features = [
        rules.feature(
            row,
            link=url_for("incidents.one", name=row.reference),
            move=url_for("placing.page", name=row.reference) if rules.may_move(actor, row) else "",
        )
        for row in found.rows
    ]
    return geojson(rules.collection(features), NEVER)


@bp.get("/omraden/granser.geojson")
def outlines() -> ResponseReturnValue:
    """Return the outlines of all districts, for picking a place; of another division if asked."""
    actor, division = current_actor(), request.args.get("division")
    today = clock.now().astimezone(clock.STOCKHOLM).date()
    with reading(actor.gate) as session:
        return geojson(ground.borders(session, actor, division, on=today), lasting(HOUR))
