"""The file: a tar of PostgreSQL's dump and of what it says about itself, which comes last.

The manifest is written when everything else is, so that a file without one is cut off.
"""

import errno
import fcntl
import hashlib
import os
import tarfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from tarfile import BLOCKSIZE, TarError, TarInfo
from typing import IO

from lagesbild.backup import rules
from lagesbild.backup.rules import BROKEN, Manifest
from lagesbild.base.errors import SetupError

Pieces = Generator[bytes, None, None]
DUMP, MANIFEST = "lagesbild.dump", "manifest.json"
LONGEST_MANIFEST = 1 << 20
CHUNK = 1 << 20
BUSY = "En annan säkerhetskopiering skriver till {}."
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def writing(file: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write into, that gets its name when the block has ended well.

    Until then it is called FILE.part, and it is gone when anything goes wrong. Raises
    `SetupError` when there is a file of that name.
    """
    part = part_of(file)
    with _sentences(file):
        _refuse_existing(file)
        stream = _opened(part)
        try:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            _refuse_existing(file)
            part.rename(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            stream.close()
        _keep_name(file.parent)


def part_of(file: Path) -> Path:
    """Return what a backup is called until it is whole."""
    return file.with_name(f"{file.name}.part")


def put(stream: IO[bytes], chunks: Iterable[bytes], *, moment: float) -> tuple[int, str]:
    """Write a dump whose size is not known before; return its size and SHA-256."""
    stream.write(bytes(BLOCKSIZE))  # the head, when the size is known
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        stream.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    stream.write(bytes(-size % BLOCKSIZE))
    end = stream.tell()
    stream.seek(0)
    stream.write(_head(DUMP, size, moment))
    stream.seek(end)
    return size, digest.hexdigest()


def finish(stream: IO[bytes], manifest: Manifest, *, moment: float) -> None:
    """Write what the file says about itself, and see that all is on the disk."""
    content = rules.written(manifest).encode()
    stream.write(_head(MANIFEST, len(content), moment) + content)
    stream.write(bytes(-len(content) % BLOCKSIZE + 2 * BLOCKSIZE))
    stream.flush()
    os.fsync(stream.fileno())
    # What is read back to be checked comes from the disk then, not from memory.
    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def manifest(file: Path) -> Manifest:
    """Return what a backup says about itself. Raises `SetupError` for another file."""
    with _opened_tar(file) as archive:
        _member(archive, DUMP, file)
        described = _member(archive, MANIFEST, file)
        content = archive.extractfile(described)
        if content is None or described.size > LONGEST_MANIFEST:
            raise SetupError(f"{file} {BROKEN}")
        try:
            return rules.read(content.read())
        except ValueError as error:
            raise SetupError(f"{file} {BROKEN}") from error


def dump(file: Path) -> Pieces:
    """Yield the dump in a backup, piece by piece."""
    with _opened_tar(file) as archive:
        content = archive.extractfile(_member(archive, DUMP, file))
        assert content is not None, "a member with a size is a file"
        while chunk := content.read(CHUNK):
            yield chunk


def checked(file: Path, described: Manifest) -> Pieces:
    """Yield the dump; after the last piece, raise `SetupError` unless it is what was written."""
    digest, size = hashlib.sha256(), 0
    for chunk in dump(file):
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    if (size, digest.hexdigest()) != (described.size, described.sha256):
        raise SetupError(f"{file} {BROKEN}")


def _head(name: str, size: int, moment: float) -> bytes:
    head = TarInfo(name)
    head.size, head.mtime, head.mode = size, int(moment), 0o600
    return head.tobuf(tarfile.GNU_FORMAT)


@contextmanager
def _opened_tar(file: Path) -> Iterator[tarfile.TarFile]:
    with _sentences(file):
        try:
            with tarfile.open(file, "r:") as archive:
                yield archive
        except FileNotFoundError as error:
            raise SetupError(f"Det finns ingen fil {file}.") from error
        except TarError as error:
            raise SetupError(f"{file} är ingen säkerhetskopia av lagesbild.") from error


def _member(archive: tarfile.TarFile, name: str, file: Path) -> TarInfo:
    """Return the next file in a tar, which must be the one that it is in a backup."""
    try:
        found = archive.next()
    except TarError:
        found = None
    if found is None and name == MANIFEST:
        raise SetupError(f"{file} {BROKEN}")
    if found is None or found.name != name or not found.isreg():
        raise SetupError(f"{file} är ingen säkerhetskopia av lagesbild.")
    return found


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise SetupError(f"{file} finns redan. Välj ett annat namn.")


def _opened(part: Path) -> IO[bytes]:
    """Make the unfinished file; what a killed backup has left is taken away first.

    Whoever may write in the folder could have put another's file or a link there.
    """
    if os.path.lexists(part):
        _refuse_foreign(part)
        left = _locked(part, os.O_RDWR | os.O_NOFOLLOW)
        part.unlink()
        os.close(left)
    return os.fdopen(_locked(part, os.O_RDWR | os.O_CREAT | os.O_EXCL), "w+b")


def _refuse_foreign(part: Path) -> None:
    found = part.lstat()
    if not (S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink == 1):
        raise SetupError(
            f"{part} är inget som en egen säkerhetskopiering har lämnat. Ta bort den eller välj"
            " ett annat namn."
        )


def _locked(part: Path, how: int) -> int:
    """Open the unfinished file for one backup at a time, also while another begins anew."""
    try:
        number = os.open(part, how, 0o600)
    except FileExistsError as error:
        raise SetupError(BUSY.format(part)) from error
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(number), part.lstat()):
            return number
    except (BlockingIOError, FileNotFoundError):
        pass  # another is faster, or has taken it away
    os.close(number)
    raise SetupError(BUSY.format(part))


def _keep_name(folder: Path) -> None:
    """See that the new name is on the disk, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    """Say in words why a file cannot be read or written."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise SetupError(
                f"Säkerhetskopian får inte plats i {file.parent}. Frigör utrymme eller välj en"
                " annan mapp. Ingen fil är sparad."
            ) from error
        raise SetupError(f"{file}: {error.strerror or error}") from error
