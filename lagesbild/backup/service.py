"""A backup of everything, putting it back, and beginning to send letters again.

The machine's owner does this, at the command line: there is no actor to ask for a permission.
"""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lagesbild import schema
from lagesbild.access import service as access
from lagesbild.backup import rules
from lagesbild.backup.rules import Contents, Manifest
from lagesbild.backup.store import archive, database, tools
from lagesbild.base import roles
from lagesbild.base.errors import SetupError
from lagesbild.base.lines import grouped
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Run
from lagesbild.digests.service import delivering, telling
from lagesbild.instance import service as instance
from lagesbild.notices import service as notices
from lagesbild.people.rules import Group, system

Say = Callable[[str], None]


@dataclass(frozen=True)
class Held:
    """A letter that waits for a person after a restore."""

    group: Group
    run: Run


def back_up(settings: Settings, file: Path, *, now: datetime, say: Say) -> Manifest:
    """Write everything to a file, as it was at one moment; return what the file says.

    Others may go on writing. The file gets its name when it has been read back and is whole.
    """
    with archive.writing(file) as stream, database.snapshot(settings.owner_url) as (found, moment):
        tool = tools.pg_dump(found.postgresql)
        say(f"Läser databasen: {grouped(rules.total_rows(found))} rader …")
        with closing(tools.dump(tool, settings.owner_url, moment, found.extensions)) as chunks:
            size, digest = archive.put(stream, chunks, moment=now.timestamp())
        made = now.astimezone(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made, _version(), tool.version, size, digest, found)
        archive.finish(stream, manifest, moment=now.timestamp())
        say("Kontrollerar filen …")
        part = archive.part_of(file)
        with closing(archive.checked(part, archive.manifest(part))) as chunks:
            tools.read_through(tools.pg_restore(tool.version), chunks)
    return manifest


def restore(settings: Settings, file: Path, *, say: Say) -> Manifest:
    """Put a backup into an empty database; return what the file says.

    When anything goes wrong, the database is empty again. Raises `SetupError`.
    """
    say("Kontrollerar filen …")
    manifest = archive.manifest(file)
    with closing(archive.checked(file, manifest)) as chunks:
        for _ in chunks:
            pass
    stored, head = schema.revisions(settings.owner_url)
    with database.alone(settings.owner_url) as connection:
        server = database.server(connection)
        rules.refuse_unfit(manifest, head=head, postgresql=server)
        tool = tools.pg_restore(max(server, manifest.dumped_by))
        rules.refuse_filled(database.rows(connection))
        if stored is not None and stored > head:
            raise SetupError("Databasen är gjord av en nyare version av lagesbild.")
        schema.clear(settings.owner_url)
        _prepare(settings, connection, manifest.contents)
        say(f"Återställer {grouped(rules.total_rows(manifest.contents))} rader …")
        _put_back(settings, tool, file)
        with _empty_again_on_failure(settings):
            say("Jämför med säkerhetskopian …")
            _refuse_differences(manifest.contents, database.contents(connection))
            if manifest.contents.schema != head:
                say(f"Uppdaterar från steg {manifest.contents.schema} till {head} …")
            schema.upgrade(settings, restored=True)
            database.analyze(connection)
    return manifest


def resume(settings: Settings, *, now: datetime) -> list[Held] | None:
    """Let letters leave from here from now on; return those that wait for a person.

    None means that nothing had to be done. Held first: a stop in between sends nothing.
    """
    if not instance.refusal(settings):
        return None
    held = []
    for group in access.groups():
        held += [Held(group, run) for run in delivering.hold_all(system(group), now=now)]
        telling.drop_all(system(group), now=now)
        notices.drop_all(system(group), now=now)
    instance.take(settings)
    return held


def _prepare(settings: Settings, connection: database.Connection, wanted: Contents) -> None:
    """Make what stands outside a dump: roles and extensions."""
    roles.ensure(
        settings.owner_url, program_url=settings.database_url, reader_url=settings.reader_url
    )
    database.add_extensions(connection, list(wanted.extensions))
    if missing := database.missing_roles(connection, wanted.roles):
        raise SetupError(
            f"Rollen {missing[0]}, som säkerhetskopian ger rättigheter, finns inte här."
            f' Be den som sköter databasservern köra: CREATE ROLE "{missing[0]}"'
        )


def _put_back(settings: Settings, tool: tools.Tool, file: Path) -> None:
    with closing(archive.dump(file)) as chunks:
        entries = rules.kept(tools.listing(tool, chunks))
    with closing(archive.dump(file)) as chunks:
        tools.restore(tool, settings.owner_url, entries, chunks)


def _refuse_differences(wanted: Contents, found: Contents) -> None:
    if said := rules.differences(wanted, found):
        raise SetupError(f"Återställningen blev inte som säkerhetskopian. {' '.join(said[:3])}")


@contextmanager
def _empty_again_on_failure(settings: Settings) -> Iterator[None]:
    try:
        yield
    except BaseException:
        schema.clear(settings.owner_url)
        raise


def _version() -> str:
    """Return the product's version, from the one place where it stands."""
    project = tomllib.loads((schema.ROOT / "pyproject.toml").read_text())
    return str(project["project"]["version"])
