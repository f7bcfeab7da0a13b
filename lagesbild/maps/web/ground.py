"""The ground of the maps: whose tiles, which layers over it, and what is drawn without any."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock
from lagesbild.base.basemap import Basemap, as_text
from lagesbild.base.db import Session, reading
from lagesbild.base.errors import InvalidError
from lagesbild.base.map_layers import MapLayer
from lagesbild.maps.draw.frame import Tiles
from lagesbild.maps.rules import ground as rules
from lagesbild.maps.service import ground
from lagesbild.maps.web.kept import DAY, HOUR, geojson, lasting
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

ZOOMS = {str(zoom) for zoom in range(25)}

bp = Blueprint("map_ground", __name__)


@bp.before_app_request
def allow_tiles() -> None:
    """Let pages fetch pictures from the tile server and the layers' hosts, where they are set."""
    hosts = [layer.host for layer in _layers()]
    parts = urlsplit("" if _archive() else current_app.config["TILES_URL"])
    if parts.netloc:
        hosts.insert(0, f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}")
    if hosts:
        g.tile_host = " ".join(dict.fromkeys(hosts))


@bp.app_context_processor
def tiles_for_pages() -> dict[str, object]:
    """Give every page the tiles, for maps that it draws itself."""
    return {"map_tiles": tiles}


@bp.get("/karta/grund/<int:z>/<int:x>/<int:y>")
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a tile of the archive; nothing where it has none."""
    actor, archive = current_actor(), _archive()
    found = ground.tile(actor, archive, z, x, y)
    keep = {"Cache-Control": lasting(DAY)}
    if archive is None or found is None:
        return Response(status=204, headers=keep)
    g.packed = True  # vectors that the archive has not packed itself
    answer = Response(found, mimetype=archive.mimetype, headers=keep)
    if archive.packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@bp.get("/karta/grund.geojson")
def schematic() -> ResponseReturnValue:
    """Return neighbours, built-up areas and stops for a zoom."""
    actor = current_actor()
    zoom = request.args.get("zoom", "")
    if zoom not in ZOOMS:
        raise InvalidError("zoom", "Zoom är ett heltal från 0 till 24.")
    today = clock.now().astimezone(clock.STOCKHOLM).date()
    with reading(actor.gate) as session:
        return geojson(ground.schematic(session, actor, zoom=int(zoom), on=today), lasting(HOUR))


def tiles() -> Tiles:
    """Return the tiles of the ground, for a page of the group whose address is asked."""
    config, archive = current_app.config, _archive()
    attribution = as_text(config["TILES_ATTRIBUTION"])
    if archive is None:
        return Tiles(config["TILES_URL"], attribution)
    # The version is in the address: a new file is fetched at once.
    some = url_for("map_ground.tile", z=0, x=0, y=0, v=archive.version)
    box = archive.box
    return Tiles(
        some.replace("/0/0/0?", "/{z}/{x}/{y}?"),
        attribution or archive.attribution,
        archive.zooms,
        (box.south, box.west, box.north, box.east),
        is_vector=archive.is_vector,
    )


def under() -> dict[str, Any]:
    """Return what a page tells its script of the ground: the schematic one, or vectors."""
    drawn = tiles()
    return {
        "ground": "" if drawn.url else url_for("map_ground.schematic"),
        "levels": [level.zoom for level in rules.LEVELS],
        "vector": _vector(drawn) if drawn.is_vector else None,
    }


def choices(session: Session, actor: Actor) -> dict[str, Any]:
    """Return the same with the borders and layers that can be laid over it."""
    return under() | {
        "borders": [
            [each.name, each.slug, url_for("map_data.outlines", division=each.slug)]
            for each in ground.divisions(session, actor)
        ],
        "layers": [
            {
                "name": layer.name,
                "type": layer.type,
                "url": layer.address,
                "attribution": layer.attribution,
                "options": layer.options(),
            }
            for layer in _layers()
        ],
    }


def _vector(drawn: Tiles) -> dict[str, object]:
    low, high = drawn.zooms
    return {
        "url": drawn.url,
        "attribution": drawn.attribution,
        "low": low,
        "high": high,
        "box": drawn.box,
    }


def _archive() -> Basemap | None:
    archive: Basemap | None = current_app.config["BASEMAP"]
    return archive


def _layers() -> tuple[MapLayer, ...]:
    layers: tuple[MapLayer, ...] = current_app.config["MAP_LAYERS"]
    return layers
