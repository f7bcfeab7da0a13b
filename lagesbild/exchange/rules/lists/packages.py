"""The zip archive that a workbook is, opened with care: sizes first, then bytes."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.lists import kinds

MAX_ENTRIES = 2_000
CHUNK = 64_000
_ENTRY = b"PK\x01\x02"  # stands before each entry of the directory
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, RuntimeError, OverflowError),  # what zipfile lets through of a damaged one
)
DAMAGED = (
    "Arbetsboken är skadad eller inte hel. Öppna den i Excel, spara den igen och försök på nytt."
)
TOO_BIG = (
    "Arbetsboken är för stor när den packas upp. Ta bort annat än listan ur den, eller dela den."
)


@dataclass(frozen=True)
class Package:
    """An archive that could be opened. Names of parts are compared without case."""

    archive: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]

    def chunks(self, name: str, *, limit: int) -> Iterator[bytes]:
        """Return a part piece by piece, or raise `InvalidError`, before unpacking if it can."""
        entry = self.parts.get(name.casefold())
        if entry is None:
            raise InvalidError("file", DAMAGED)
        if entry.file_size > limit:
            raise InvalidError("file", TOO_BIG)
        if entry.flag_bits & _ENCRYPTED:
            raise InvalidError("file", "Filen är skyddad med lösenord. Ta bort lösenordet.")
        if entry.compress_type not in _METHODS:
            raise InvalidError("file", DAMAGED)
        return self._unpacked(entry, limit)

    def _unpacked(self, entry: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
        size = 0
        try:
            with self.archive.open(entry) as part:
                while chunk := part.read(CHUNK):
                    size += len(chunk)
                    if size > limit:  # the directory lied
                        raise InvalidError("file", TOO_BIG)
                    yield chunk
        except _BROKEN as error:
            raise InvalidError("file", DAMAGED) from error


def opened(content: bytes) -> Package:
    """Return the archive of a workbook, or raise `InvalidError` that says what else it is."""
    if content.count(_ENTRY) > MAX_ENTRIES:
        raise InvalidError("file", TOO_BIG)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except _BROKEN as error:
        raise InvalidError("file", DAMAGED) from error
    parts = {entry.filename.replace("\\", "/").casefold(): entry for entry in entries}
    if len(parts) != len(entries):
        raise InvalidError("file", DAMAGED)
    package = Package(archive, parts)
    if "[content_types].xml" not in parts or "xl/workbook.bin" in parts:
        raise InvalidError("file", kinds.archive_sentence(frozenset(parts), _mimetype(package)))
    return package


def _mimetype(package: Package) -> str:
    if "mimetype" not in package.parts:
        return ""
    return b"".join(package.chunks("mimetype", limit=CHUNK)).decode("ascii", "replace")
