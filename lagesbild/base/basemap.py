"""The ground of the maps from a file beside the program (PMTiles, version 3)."""

import gzip
import html
import json
import os
import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from lagesbild.base.errors import SetupError
from lagesbild.base.finding import Finding
from lagesbild.base.geo import Box

HEADER_BYTES = 127
DEEPEST = 4  # directories above a tile, by the specification
DIRECTORIES = 64  # kept unpacked per process
MAX_DIRECTORY, MAX_METADATA, MAX_TILE = 2**24, 2**20, 2**22  # bytes; a fault, beyond that
MAX_ZOOM = 24
DEGREE = 10_000_000  # the header counts ten-millionths
PICTURES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}
VECTOR = "application/vnd.mapbox-vector-tile"
NO_ARCHIVE = (
    *(MagicNumberNotFound, SpecVersionUnsupported, OSError, EOFError, ValueError, IndexError),
    *(KeyError, zlib.error, RecursionError),
)
_MARKUP = re.compile(r"<[^>]*>")
_BRACES = {ord("{"): "&#123;", ord("}"): "&#125;"}  # what they hold would run on the server


@dataclass(frozen=True)
class Basemap:
    """An archive that was opened. It is read again only when the program starts again."""

    path: Path
    file: int  # its descriptor, which two threads may read from at once
    mimetype: str
    packed: bool  # gzip, as browsers take it
    zooms: tuple[int, int]
    box: Box
    attribution: str  # text, with the signs of HTML escaped
    version: str  # changes with the file
    header: HeaderDict = field(repr=False, compare=False)

    @property
    def is_vector(self) -> bool:
        """Whether a tile is shapes to draw, and no picture."""
        return self.mimetype == VECTOR

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile as the archive has it, None where it has none or is broken."""
        low, high = self.zooms
        if not low <= z <= high or not (0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        try:
            entry = self._entry(zxy_to_tileid(z, x, y))
            if entry is None or entry.length > MAX_TILE:
                return None
            start = self.header["tile_data_offset"] + entry.offset
            found = os.pread(self.file, entry.length, start)
        except NO_ARCHIVE:
            return None
        return found if len(found) == entry.length else None

    def _entry(self, number: int) -> Entry | None:
        """Return where a tile lies, following the directories down."""
        offset, length = self.header["root_offset"], self.header["root_length"]
        for _ in range(DEEPEST):
            found = find_tile(_directory(self.file, self.version, offset, length), number)
            if found is None or found.run_length:
                return found
            offset, length = self.header["leaf_directory_offset"] + found.offset, found.length
        return None


def opened(path: str) -> Basemap | None:
    """Return the archive at a path, None for no path, or raise `SetupError` with a sentence."""
    if not path:
        return None
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        what = "går inte att öppna. Finns den, och får den läsas?"
        raise SetupError(_sentence(path, what)) from error
    try:
        return _read(Path(path), file)
    except NO_ARCHIVE as error:
        os.close(file)
        raise SetupError(_sentence(path, "är inget PMTiles-arkiv (version 3).")) from error
    except SetupError:
        os.close(file)
        raise


def available(path: str) -> Basemap | None:
    """Return the archive at a path, None where there is none to read."""
    try:
        return opened(path)
    except SetupError:
        return None


def findings(path: str) -> list[Finding]:
    """Return what `check` says of the archive; nothing where none is set."""
    try:
        found = opened(path)
    except SetupError as error:
        return [Finding(good=False, text=str(error))]
    if found is None:
        return []
    os.close(found.file)
    sort = "vektorer" if found.is_vector else found.mimetype.removeprefix("image/")
    low, high = found.zooms
    return [Finding(good=True, text=f"Kartans grund läses ur {path} ({sort}, zoom {low}–{high}).")]


def _sentence(path: str, what: str) -> str:
    return f"Filen {path} i LAGESBILD_PMTILES {what} Kartorna har så länge en schematisk grund."


def _read(path: Path, file: int) -> Basemap:
    header = deserialize_header(os.pread(file, HEADER_BYTES, 0))
    kind, packing = header["tile_type"], header["tile_compression"]
    if kind not in PICTURES and kind is not TileType.MVT:
        raise SetupError(_sentence(str(path), "har varken bilder eller vektorer (MVT)."))
    if packing not in {Compression.NONE, Compression.GZIP}:
        raise SetupError(_sentence(str(path), "är packad på ett sätt som inte läses. Välj gzip."))
    zooms = header["min_zoom"], header["max_zoom"]
    if not zooms[0] <= zooms[1] <= MAX_ZOOM:
        raise ValueError("zoom levels")
    known = os.fstat(file)
    version = f"{known.st_ino:x}-{known.st_size:x}-{known.st_mtime_ns:x}"
    _directory(file, version, header["root_offset"], header["root_length"])
    return Basemap(
        path,
        file,
        PICTURES.get(kind, VECTOR),
        packing is Compression.GZIP,
        zooms,
        _box(header),
        _attribution(file, header),
        version,
        header,
    )


@lru_cache(maxsize=DIRECTORIES)
def _directory(file: int, version: str, offset: int, length: int) -> list[Entry]:
    assert version, "a descriptor may be used again, for another file"
    if length > MAX_DIRECTORY:
        raise ValueError("a directory")
    return deserialize_directory(os.pread(file, length, offset))


def _box(header: HeaderDict) -> Box:
    """Return what the archive covers; the world where it does not say."""
    west, south = header["min_lon_e7"] / DEGREE, header["min_lat_e7"] / DEGREE
    east, north = header["max_lon_e7"] / DEGREE, header["max_lat_e7"] / DEGREE
    if west < east and south < north:
        return Box(west, south, east, north)
    return Box(-180, -85, 180, 85)


def _attribution(file: int, header: HeaderDict) -> str:
    length = header["metadata_length"]
    if not 0 < length <= MAX_METADATA:
        return ""
    read = os.pread(file, length, header["metadata_offset"])
    if header["internal_compression"] is Compression.GZIP:
        read = gzip.decompress(read)
    told = json.loads(read).get("attribution", "")
    return as_text(told) if isinstance(told, str) else ""


def as_text(attribution: str) -> str:
    """Return the words of an attribution with signs escaped: Leaflet takes HTML, folium Jinja."""
    plain = html.unescape(_MARKUP.sub("", attribution))
    return html.escape(" ".join(plain.split())[:200]).translate(_BRACES)
