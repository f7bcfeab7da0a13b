"""What a map fetches for its layer of ongoing problems and actions."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.maps import rules
from lagesbild.maps.rules.ongoing import PROBLEM, Ongoing
from lagesbild.maps.service import layers
from lagesbild.maps.web import view as views
from lagesbild.maps.web.kept import geojson
from lagesbild.people.web import current_actor

bp = Blueprint("map_ongoing", __name__)


@bp.get("/omraden/<slug>/pagaende.geojson")
def district(slug: str) -> ResponseReturnValue:
    """Return what goes on in the weeks of a district's page as a FeatureCollection."""
    return _ongoing(slug)


@bp.get("/karta/pagaende.geojson")
def municipality() -> ResponseReturnValue:
    """Return what goes on in the weeks of the municipality's page as a FeatureCollection."""
    return _ongoing(None)


def _ongoing(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        found = layers.ongoing(session, actor, view, now=clock.now())
    return geojson(rules.collection([_feature(each) for each in found]))


def _feature(each: Ongoing) -> dict[str, object]:
    at = each.spot.at
    page = "problems.one" if each.kind == PROBLEM else "actions.one"
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [at.longitude, at.latitude]} if at else None,
        "properties": {
            "kind": each.kind,
            "reference": each.reference,
            "title": each.title,
            "said": each.said,
            "where": each.where,
            "stands": each.spot.said,
            "link": url_for(page, name=each.reference),
        },
    }
