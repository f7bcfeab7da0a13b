"""Incidents as vector tiles, for the maps that hold more than can be sent at once."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lagesbild.base.db import reading
from lagesbild.base.errors import NotFoundError
from lagesbild.base.geo import Tile
from lagesbild.maps.service import showing
from lagesbild.maps.web import view as views
from lagesbild.maps.web.kept import kept
from lagesbild.people.web import current_actor

MVT = "application/vnd.mapbox-vector-tile"
DEEPEST = 20

bp = Blueprint("map_tiles", __name__)


@bp.get("/omraden/<slug>/handelser/<int:z>/<int:x>/<int:y>.mvt")
def district(slug: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a tile of the incidents of a district's page."""
    return _tile(slug, z, x, y)


@bp.get("/karta/handelser/<int:z>/<int:x>/<int:y>.mvt")
def municipality(z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a tile of the incidents of the municipality's page."""
    return _tile(None, z, x, y)


def _tile(slug: str | None, z: int, x: int, y: int) -> ResponseReturnValue:
    actor, tile = current_actor(), Tile(z, x, y)
    with reading(actor.gate) as session:
        view = views.read(session, actor, slug)
        if z > DEEPEST or not tile.exists:
            raise NotFoundError("Kartrutan finns inte.")
        return kept(session, actor, view, MVT, lambda: showing.tile(session, actor, view, tile))
