"""The command that takes in how many live in districts."""

from datetime import datetime
from pathlib import Path

import click

from lagesbild.base import clock
from lagesbild.exchange.cli.trying import FILE, group_of, trying
from lagesbild.exchange.rules.outlines.inhabitants import Wanted, lines
from lagesbild.exchange.service import inhabitants as service
from lagesbild.people.rules import system


@click.command("inhabitants")
@click.argument("file", type=FILE)
@click.option("--municipality", help="Kommunens kortnamn; behövs när det finns flera kommuner.")
@click.option(
    "--on",
    "counted_on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATUM",
    help="Dagen då invånarna räknades, som 2025-12-31.",
)
@click.option("--source", help="Varifrån antalen kommer, som SCB.  [annars filens namn]")
@click.option("--district", help="Kolumn med områdets namn eller nyckel.  [annars den vanliga]")
@click.option("--number", help="Kolumn med antalet.  [annars invånare, folkmängd eller antal]")
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_inhabitants(
    file: Path,
    *,
    municipality: str | None,
    counted_on: datetime,
    source: str | None,
    dry_run: bool,
    **columns: str | None,
) -> None:
    """Läs in hur många som bor i områdena från FILE: en CSV med en rad för varje område.

    Har ett område flera rader läggs de ihop. Antalen ger händelser per 1 000 invånare på kartan.
    """
    actor = system(group_of(municipality))
    called = " ".join((source or file.name).split())
    wanted = Wanted(counted_on.date(), called, **columns)
    with trying(actor.gate, dry_run=dry_run) as session:
        found = service.import_inhabitants(
            session, actor, file.read_bytes(), wanted, now=clock.now()
        )
    for line in lines(found, wanted, dry_run=dry_run):
        click.echo(line)
