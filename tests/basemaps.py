"""Archives of map tiles (PMTiles), made as the tests need them."""

import gzip
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Place = tuple[int, int, int]  # zoom, column, row
DEGREE = 10_000_000


def png(red: int, green: int, blue: int, side: int = 256) -> bytes:
    """Return a picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes((red, green, blue)) * side) * side
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(name, data)
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def archive(
    path: Path,
    tiles: Mapping[Place, bytes],
    *,
    kind: TileType = TileType.PNG,
    packed: Compression = Compression.NONE,
    attribution: object = "© Kommunen",
    zooms: tuple[int, int] | None = None,
) -> Path:
    """Write an archive of Södermanland's tiles, gzipped where it says so."""
    low, high = zooms or (min(z for z, *_ in tiles), max(z for z, *_ in tiles))
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]  # pmtiles has no types
        for place in sorted(tiles, key=lambda each: zxy_to_tileid(*each)):
            data = tiles[place]
            writer.write_tile(
                zxy_to_tileid(*place), gzip.compress(data) if packed is Compression.GZIP else data
            )
        writer.finalize(
            {
                "tile_type": kind,
                "tile_compression": packed,
                "min_zoom": low,
                "max_zoom": high,
                "min_lon_e7": 17 * DEGREE,
                "min_lat_e7": 58 * DEGREE,
                "max_lon_e7": 19 * DEGREE,
                "max_lat_e7": 60 * DEGREE,
                "center_zoom": low,
                "center_lon_e7": 18 * DEGREE,
                "center_lat_e7": 59 * DEGREE,
            },
            {"attribution": attribution},
        )
    return path
