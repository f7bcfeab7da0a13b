"""The name of the installation outside the database: a file in the data folder, or a setting."""

import hashlib
import json
import os
from pathlib import Path
from uuid import uuid4

from lagesbild.base.settings import Settings
from lagesbild.instance.rules import Local

MACHINE = Path("/etc/machine-id")


def local(settings: Settings) -> Local | None:
    """Return what this machine says, or None when it says nothing that can be read."""
    if settings.instance:
        return Local(settings.instance)
    try:
        known = json.loads(_file(settings).read_text())
        return Local(known["name"], moved=_place(settings) != {**known, "name": ""})
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None


def named(settings: Settings, *, anew: bool) -> str:
    """Return the name of this installation; one is made where it has none, or anew."""
    known = local(settings)
    if settings.instance:
        return settings.instance
    if known is not None and not known.moved and not anew:
        return known.name
    name = str(uuid4())
    _put(_file(settings), json.dumps({**_place(settings), "name": name}))
    return name


def _file(settings: Settings) -> Path:
    return settings.data_dir / "instance"


def _place(settings: Settings) -> dict[str, str]:
    """Return what makes a copied folder differ from its original: the machine and the path.

    The machine's number is confidential by its manual, machine-id(5): only a hash of it leaves.
    """
    machine = MACHINE.read_bytes().strip() if MACHINE.exists() else b""
    fingerprint = hashlib.sha256(b"lagesbild " + machine).hexdigest()
    return {"name": "", "machine": fingerprint, "folder": str(settings.data_dir.resolve())}


def _put(file: Path, content: str) -> None:
    """Write a file that only its owner may read, all at once."""
    complete = file.with_name(f"{file.name}.{os.getpid()}")
    complete.touch(mode=0o600)
    complete.write_text(content)
    if not os.geteuid():  # root at work in another's data folder
        owner = file.parent.stat()
        os.chown(complete, owner.st_uid, owner.st_gid)
    complete.replace(file)
