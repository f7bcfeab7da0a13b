"""Reading vector tiles as others do: with GDAL."""

import tempfile
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyproj import Transformer

from lagesbild.base.geo import CELL_ZOOM, Point, Tile, cell

_DEGREES = Transformer.from_crs(3857, 4326, always_xy=True)


def tile_of(longitude: float, latitude: float, zoom: int) -> Tile:
    """Return the tile, no deeper than the cells, that holds a position."""
    number = cell(longitude, latitude)
    up = CELL_ZOOM - zoom
    return Tile(zoom, (number >> CELL_ZOOM) >> up, (number & ((1 << CELL_ZOOM) - 1)) >> up)


def features(body: bytes, of: Tile) -> list[dict[str, Any]]:
    """Return the properties of a tile's features, those without a value left out, and `at`."""
    if not body:
        return []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tile.mvt"
        file.write_bytes(body)
        meta, _, places, values = pyogrio.raw.read(
            file, layer="handelser", X=of.column, Y=of.row, Z=of.zoom
        )
    found = []
    for number, place in enumerate(shapely.from_wkb(places)):
        rows = zip(meta["fields"], values, strict=True)
        said = {name: column[number] for name, column in rows}
        one = shapely.Point(place.geoms[0] if place.geom_type == "MultiPoint" else place)
        kept = {k: v for k, v in said.items() if k != "mvt_id" and str(v) not in {"None", "nan"}}
        found.append(kept | {"at": Point(*_DEGREES.transform(one.x, one.y))})
    return found
