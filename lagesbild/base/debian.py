"""Which versions of PostgreSQL with PostGIS this machine has, as Debian installs them."""

import os
from pathlib import Path

from lagesbild.base.errors import SetupError

PROGRAMS = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")
OLDEST = 15  # the first that sorts a whole database by ICU


def programs(version: int, files: Path) -> Path:
    """Return the folder of one version's programs; `files` is the database that needs them."""
    found = PROGRAMS / str(version) / "bin"
    if (found / "pg_ctl").exists():
        return found
    command = install(f"postgresql-{version}-postgis-3")
    newest = max(_versions(), default=0)
    if version > newest > 0:
        raise SetupError(
            f"Databasen i {files} kommer från PostgreSQL {version}, men här finns bara {newest}."
            f" Installera den versionen: {command}"
        )
    raise SetupError(f"Databasen i {files} behöver PostgreSQL {version}. Kör: {command}")


def newest_programs() -> Path:
    """Return the folder of the newest version's programs; only one with PostGIS will do."""
    versions = [
        version
        for version in _versions()
        if (EXTENSIONS / str(version) / "extension" / "postgis.control").exists()
    ]
    if not versions:
        raise SetupError(
            f"PostgreSQL med PostGIS saknas. Kör: {install('postgresql postgresql-postgis')}"
        )
    return PROGRAMS / str(max(versions)) / "bin"


def client(name: str, *, at_least: int) -> Path:
    """Return a client program, of the lowest version that is not older than a server's."""
    found = [int(path.parts[-3]) for path in PROGRAMS.glob(f"*/bin/{name}")]
    fit = [version for version in found if version >= at_least]
    if fit:
        return PROGRAMS / str(min(fit)) / "bin" / name
    here = f"här finns bara {max(found)}" if found else "det saknas här"
    raise SetupError(
        f"Det behövs {name} från PostgreSQL {at_least}, men {here}."
        f" Kör: {install(f'postgresql-client-{at_least}')}"
    )


def install(packages: str) -> str:
    """Return the command that installs packages, as this user would write it."""
    sudo = "sudo " if os.geteuid() else ""
    return f"{sudo}apt-get install -y --no-install-recommends {packages}"


def _versions() -> list[int]:
    found = [path.parts[-3] for path in PROGRAMS.glob("*/bin/initdb")]
    return [int(text) for text in found if text.isdigit() and int(text) >= OLDEST]
