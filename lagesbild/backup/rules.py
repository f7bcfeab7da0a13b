"""What a backup says about itself, and whether it may be put back here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from lagesbild.base.errors import SetupError

FORMAT = 1
# Their rows stay behind: who was signed in, who guessed wrong, and whose database it is.
# A session that was ended after the backup must not come alive again.
LEFT_OUT = ("installation", "sessions", "sign_in_attempts")
# A database with rows in nothing but these has not been used.
UNUSED = {*LEFT_OUT, "alembic_version", "categories"}
# What a restore makes itself, or what is the database's own and no table's.
NOT_OURS = (
    "ACL - SCHEMA",
    "COMMENT ",
    "DEFAULT ACL",
    "EVENT TRIGGER",
    "EXTENSION",
    "PUBLICATION",
    "SCHEMA",
    "SUBSCRIPTION",
)
BROKEN = "är trasig eller avkortad. Ta en annan säkerhetskopia."


@dataclass(frozen=True)
class Table:
    """How many rows a table had, and a fingerprint of who may do what with it."""

    rows: int
    locks: str


@dataclass(frozen=True)
class Contents:
    """What a database holds at one moment."""

    schema: str
    postgresql: int  # the server's first number, such as 15
    extensions: Mapping[str, str]
    roles: Sequence[str]  # whom rights are granted to
    tables: Mapping[str, Table]
    unlocked: Sequence[str] = ()  # tables without row-level security that should have it


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    made_at: str
    version: str
    dumped_by: int  # the first number of pg_dump, such as 15
    size: int
    sha256: str
    contents: Contents


def written(manifest: Manifest) -> str:
    """Return a manifest as it stands in the file."""
    stored = {"product": "lagesbild", "format": FORMAT, "left_out": LEFT_OUT, **asdict(manifest)}
    return json.dumps(stored, indent=1, ensure_ascii=False)


def read(content: bytes) -> Manifest:
    """Return the manifest in a file. Raises `ValueError` for what is none."""
    stored = json.loads(content)
    try:
        if stored["format"] > FORMAT:
            raise SetupError("Säkerhetskopian är gjord av en nyare version av lagesbild.")
        inner = stored["contents"]
        tables = {name: Table(**table) for name, table in inner["tables"].items()}
        names = ("made_at", "version", "dumped_by", "size", "sha256")
        contents = Contents(**{**inner, "tables": tables})
        return Manifest(**{name: stored[name] for name in names}, contents=contents)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError from error


def refuse_unfit(manifest: Manifest, *, head: str, postgresql: int) -> None:
    """Raise `SetupError` for a backup from a newer program or a newer server than here."""
    found = manifest.contents
    if found.schema > head:
        raise SetupError(
            f"Säkerhetskopian är gjord av en nyare version av lagesbild (steg {found.schema};"
            f" det här programmet kan till {head}). Uppgradera programmet först."
        )
    if found.postgresql > postgresql:
        raise SetupError(
            f"Säkerhetskopian kommer från PostgreSQL {found.postgresql}, men servern här är"
            f" {postgresql}. Uppgradera databasservern först."
        )


def refuse_filled(rows: Mapping[str, int]) -> None:
    """Raise `SetupError` for a database that somebody has used."""
    used = sorted(name for name, count in rows.items() if count and name not in UNUSED)
    if used:
        raise SetupError(
            f"Databasen är inte tom: tabellen {used[0]} har rader. En säkerhetskopia läggs bara"
            " i en tom databas. Ange en ny mapp med LAGESBILD_DATA_DIR, eller en ny databas."
        )


def differences(wanted: Contents, found: Contents) -> list[str]:
    """Return what is not as it was when the backup was made, a sentence for each table."""
    said = []
    for name in sorted({*wanted.tables, *found.tables}):
        before, after = wanted.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            said.append(f"Tabellen {name} {'är för mycket' if after else 'saknas'}.")
        elif before.locks != after.locks:
            said.append(f"Rättigheterna till {name} är inte som de var.")
        elif name not in LEFT_OUT and before.rows != after.rows:
            said.append(f"{name} har {after.rows} rader och skulle ha {before.rows}.")
    return said


def kept(listing: str) -> str:
    """Return the lines of pg_restore's list that are to be restored.

    A line is `4620; 0 0 ACL public TABLE audit owner`: numbers first, then what it is.
    """
    entries = [line for line in listing.splitlines() if line and not line.startswith(";")]
    ours = [line for line in entries if not line.split(maxsplit=3)[3].startswith(NOT_OURS)]
    return "\n".join(ours) + "\n"


def total_rows(contents: Contents) -> int:
    """Return how many rows a backup holds."""
    return sum(table.rows for name, table in contents.tables.items() if name not in LEFT_OUT)


def size_text(size: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}".replace(".", ",")
    return f"{max(1, round(size / 1000))} kB"
