"""What a file of a map is, by its first bytes, and what a zipped Shapefile may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from lagesbild.base.errors import InvalidError

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_MEMBERS = 200
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = {
    ".shx": "registret (.shx)",
    ".dbf": "tabellen med namnen (.dbf)",
    ".prj": "koordinatsystemet (.prj)",
}
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")  # OGC 12-128r18, the application id
_LANGUAGE_BYTE = 29  # of a .dbf; 0 says nothing


class Kind(StrEnum):
    """A kind of file that a layer can be read from."""

    GEOJSON = "GeoJSON"
    GEOPACKAGE = "GeoPackage"
    ZIP = "zip"


@dataclass(frozen=True)
class Member:
    """A file in an archive, with its size as the directory of the archive has it."""

    name: str
    size: int
    encrypted: bool = False


def kind_of(head: bytes, size: int) -> Kind:
    """Return what a file is by its first hundred bytes; raise `InvalidError` for another kind.

    Names are not trusted: some formats that GDAL knows may point at other files and hosts.
    """
    if size > MAX_BYTES:
        raise InvalidError(
            "file",
            f"Filen är större än {MAX_BYTES // 1_000_000} MB. Ta med bara kommunens områden.",
        )
    if head.startswith(b"PK\x03\x04"):
        return Kind.ZIP
    if head.startswith(b"SQLite format 3\0") and head[68:72] in GEOPACKAGE_IDS:
        return Kind.GEOPACKAGE
    return Kind.GEOJSON


def shapefiles(members: Sequence[Member]) -> dict[str, dict[str, str]]:
    """Return layer → ending → the member's name, or raise `InvalidError` before any unpacking."""
    _check(members)
    layers: dict[str, dict[str, str]] = {}
    for member in members:
        path = PurePosixPath(member.name)
        hidden = path.name.startswith(".") or "__MACOSX" in path.parts
        if path.suffix.lower() in PARTS and not hidden:
            # Folders are told apart: two of them may hold layers of the same name.
            layers.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = member.name
    found = {name: parts for name, parts in layers.items() if ".shp" in parts}
    if not found:
        raise InvalidError(
            "file", "Zip-filen har inget lager: den saknar en fil som slutar på .shp."
        )
    return found


def complete(layer: Mapping[str, str]) -> None:
    """Raise `InvalidError` for a Shapefile that lacks one of its files."""
    missing = [words for ending, words in NEEDED.items() if ending not in layer]
    if missing:
        raise InvalidError(
            "file",
            f"Lagret saknar {', '.join(missing)}. Packa alla filer som hör till lagret i zip-filen,"
            " eller spara det som GeoPackage.",
        )


def encoding(table: bytes, *, declared: bool) -> str | None:
    """Return the encoding of a .dbf that does not say it; None leaves it to the file itself."""
    if declared or (len(table) > _LANGUAGE_BYTE and table[_LANGUAGE_BYTE]):
        return None
    body = table[32:]  # after the header, whose numbers are no text
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "CP1252"
    return "UTF-8"


def _check(members: Sequence[Member]) -> None:
    if len(members) > MAX_MEMBERS:
        raise InvalidError("file", f"Zip-filen har mer än {MAX_MEMBERS} filer. Packa bara lagret.")
    if sum(member.size for member in members) > MAX_UNPACKED_BYTES:
        raise InvalidError(
            "file",
            f"Zip-filen blir större än {MAX_UNPACKED_BYTES // 1_000_000} MB när den packas upp."
            " Ta med bara kommunens områden.",
        )
    for member in members:
        path = PurePosixPath(member.name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in member.name:
            raise InvalidError(
                "file", "Zip-filen har en fil med en sökväg utanför sig själv. Packa om lagret."
            )
        if member.encrypted:
            raise InvalidError("file", "Zip-filen är låst med lösenord. Packa om den utan.")
