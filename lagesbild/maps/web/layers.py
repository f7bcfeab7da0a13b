"""What a map fetches for its layer of hexagons, and for the heat that is drawn of them."""

from functools import partial

import orjson
from flask import Blueprint
from flask.typing import ResponseReturnValue

from lagesbild.base.db import Session, reading
from lagesbild.maps import rules
from lagesbild.maps.rules.layers import colour_of
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import layers
from lagesbild.maps.web import view as views
from lagesbild.maps.web.kept import GEOJSON, kept
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

bp = Blueprint("map_layers", __name__)


@bp.get("/omraden/<slug>/rutnat.geojson")
def district(slug: str) -> ResponseReturnValue:
    """Return the hexagons of a district's page as a FeatureCollection."""
    return _hexagons(slug)


@bp.get("/karta/rutnat.geojson")
def municipality() -> ResponseReturnValue:
    """Return the hexagons of the municipality's page as a FeatureCollection."""
    return _hexagons(None)


def _hexagons(slug: str | None) -> ResponseReturnValue:
    actor = current_actor()
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        return kept(session, actor, view, GEOJSON, partial(_made, session, actor, view))


def _made(session: Session, actor: Actor, view: View) -> bytes:
    """Return the hexagons with what the legend, the list and the notes beside them say."""
    found = layers.density(session, actor, view)
    names = layers.densest(session, actor, found)
    return rules.collection(
        [
            {
                "type": "Feature",
                "geometry": orjson.Fragment(cell.geojson),
                "properties": {
                    "number": cell.number,
                    "colour": colour_of(cell.number, found.steps),
                },
            }
            for cell in found.cells
        ],
        steps=[[step.first, step.last, step.colour] for step in found.steps],
        densest=[[cell.number, name] for cell, name in zip(found.cells, names, strict=False)],
        notes=found.notes,
        why=found.why,
    )
