"""The ground of the maps: whose tiles, which layers over it, and what is drawn without any."""

from datetime import date
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
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

GEOJSON = "application/geo+json"
HOUR, DAY = 3600, 24 * 3600  # seconds that a browser keeps what it got

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
    if archive is None or found is None:
        return Response(status=204, headers=_kept(DAY))
    answer = Response(found, mimetype=archive.mimetype, headers=_kept(DAY))
    if archive.packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@bp.get("/karta/grund.geojson")
def schematic() -> ResponseReturnValue:
    """Return neighbours, built-up areas and stops for a zoom."""
    actor = current_actor()
    zoom = request.args.get("zoom", "")
    if not (zoom.isascii() and zoom.isdecimal() and len(zoom) <= len("24")):
        raise InvalidError("zoom", "Zoom är ett heltal från 0 till 24.")
    with reading(actor.gate) as session:
        body = ground.schematic(session, actor, zoom=int(zoom), on=_today())
    return geojson(body)


def geojson(body: bytes) -> ResponseReturnValue:
    """Return GeoJSON that a browser may keep for an hour, and then ask whether it has changed."""
    g.packed = True  # no token in it, and a third of the size
    answer = Response(body, mimetype=GEOJSON, headers=_kept(HOUR))
    answer.add_etag()
    return answer.make_conditional(request)


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


def choices(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what a page tells its script: the schematic ground, borders and layers to choose."""
    drawn = tiles()
    return {
        "ground": "" if drawn.url else url_for("map_ground.schematic"),
        "levels": [level.zoom for level in rules.LEVELS],
        "vector": _vector(drawn) if drawn.is_vector else None,
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


def _today() -> date:
    return clock.now().astimezone(clock.STOCKHOLM).date()


def _kept(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"private, max-age={seconds}"}
