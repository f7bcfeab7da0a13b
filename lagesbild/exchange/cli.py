"""Commands that take in other people's files."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.db import Session, reading, transaction
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.base.gate import Gate
from lagesbild.exchange import service
from lagesbild.exchange.rules import reports
from lagesbild.exchange.rules.layers import Wanted
from lagesbild.exchange.service import Ways
from lagesbild.incidents import service as known
from lagesbild.people.rules import Group, system

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def districts() -> None:
    """Läs in områden."""


@districts.command("import")
@click.argument("file", type=FILE)
@click.option("--municipality", help="Kommunens kortnamn; behövs när det finns flera kommuner.")
@click.option("--division", required=True, help="Indelningen, som kommundel. kommun = hela.")
@click.option(
    "--valid-from",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATUM",
    help="Första dagen som gränserna gäller, som 2026-01-01.",
)
@click.option("--key", help="Fält med områdets nyckel.  [annars key, id, kod eller namnet]")
@click.option("--name", help="Fält med områdets namn.  [annars name, namn eller kommundel]")
@click.option("--schematic", is_flag=True, help="Gränserna är bara en skiss.")
@click.option("--accept-slivers", is_flag=True, help="Godta överlapp och luckor.")
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_districts(  # noqa: PLR0913 – one parameter for each option
    file: Path,
    *,
    municipality: str | None,
    division: str,
    valid_from: datetime,
    key: str | None,
    name: str | None,
    schematic: bool,
    accept_slivers: bool,
    dry_run: bool,
) -> None:
    """Läs in områden från FILE, en GeoJSON-fil."""
    actor = system(_group_of(municipality))
    wanted = Wanted(
        division.strip(),
        valid_from.date(),
        key=key,
        name=name,
        schematic=schematic,
        accept_slivers=accept_slivers,
    )
    with _trying(actor.gate, dry_run=dry_run) as session:
        found = service.import_districts(session, actor, file, wanted, now=clock.now())
    for line in reports.district_lines(found, wanted, dry_run=dry_run):
        click.echo(line)


@click.group()
def incidents() -> None:
    """Läs in händelser."""


@incidents.command("import")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, help="Kortnamnet på den som listan kommer från.")
@click.option("--group", help="Gruppens kortnamn; behövs när det finns flera grupper.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ORD=KOD",
    help='Vad ett av listans ord betyder, som "Våld/hot=VAL01". Kan anges flera gånger.',
)
@click.option("--good-rows", is_flag=True, help="Spara de rader som är rätt, fast andra har fel.")
@click.option("--confirm-warnings", is_flag=True, help="Texterna är lästa och pekar inte ut någon.")
@click.option("--all-rows", is_flag=True, help="Visa alla rader, också i en lång lista.")
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_incidents(  # noqa: PLR0913 – one parameter for each option
    file: Path,
    *,
    organisation: str,
    group: str | None,
    maps: tuple[str, ...],
    good_rows: bool,
    confirm_warnings: bool,
    all_rows: bool,
    dry_run: bool,
) -> None:
    """Läs in händelser från FILE, en CSV-fil med semikolon (UTF-8, WGS 84)."""
    chosen = access.group_named(group)
    with reading(system(chosen).gate) as session:
        sender = access.organisation_named(session, system(chosen), organisation)
    actor = system(chosen, sender.id)
    ways = Ways(maps, good_rows=good_rows, confirmed=confirm_warnings)
    with _trying(actor.gate, dry_run=dry_run) as session:
        outcome = service.import_list(session, actor, file.read_bytes(), ways, now=clock.now())
        codes = known.categories(session, actor)
    for line in reports.list_lines(outcome, codes, all_rows=all_rows):
        click.echo(line)
    if outcome.refused:
        raise InvalidError("file", reports.refusal(outcome))
    click.echo(reports.totals(outcome, dry_run=dry_run))


class _UndoneError(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def _trying(gate: Gate, *, dry_run: bool) -> Iterator[Session]:
    """Open a transaction; a dry run does everything, and is then rolled back."""
    with suppress(_UndoneError), transaction(gate) as session:
        yield session
        if dry_run:
            raise _UndoneError


def _group_of(municipality: str | None) -> Group:
    """Return a group of a municipality, or of the only one; raise `NotFoundError`."""
    groups = access.groups()
    # The first group of a municipality has the municipality's own short name.
    found = [g for g in groups if municipality in (None, g.slug)]
    if len({g.municipality_id for g in found}) != 1:
        names = ", ".join(g.slug for g in groups) or "ingen"
        raise NotFoundError(f"Välj en kommun med --municipality. De som finns: {names}.")
    return found[0]
