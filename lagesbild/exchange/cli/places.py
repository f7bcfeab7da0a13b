"""The command that takes in lists of places."""

from pathlib import Path

import click

from lagesbild.base import clock
from lagesbild.exchange.cli.trying import FILE, group_of, trying
from lagesbild.exchange.rules.gazetteer import reading
from lagesbild.exchange.rules.gazetteer.reading import Fields
from lagesbild.exchange.service import places as service
from lagesbild.people.rules import system


@click.group()
def places() -> None:
    """Läs in platser och deras namn."""


@places.command("import")
@click.argument("file", type=FILE)
@click.option("--municipality", help="Kommunens kortnamn; behövs när det finns flera kommuner.")
@click.option("--source", help="Varifrån platserna kommer; samma nästa gång.  [annars filens namn]")
@click.option("--name", help="Fält med platsens namn.  [annars det vanliga, som namn]")
@click.option("--latitude", help="Fält med latitud i grader.  [annars det vanliga, som lat]")
@click.option("--longitude", help="Fält med longitud i grader.  [annars det vanliga, som lon]")
@click.option("--key", help="Fält med källans egen nyckel.  [annars id, eller namn och position]")
@click.option("--kind", help="Fält med slag, som hållplats eller skola.  [annars typ]")
@click.option("--confirm-warnings", is_flag=True, help="Namnen är lästa och pekar inte ut någon.")
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_places(  # noqa: PLR0913 – one parameter for each option
    file: Path,
    *,
    municipality: str | None,
    source: str | None,
    name: str | None,
    latitude: str | None,
    longitude: str | None,
    key: str | None,
    kind: str | None,
    confirm_warnings: bool,
    dry_run: bool,
) -> None:
    """Läs in platser från FILE: CSV eller GeoJSON, med positioner i WGS 84.

    I CSV går det också med meter i SWEREF 99. Adresser får ha gata, nummer och bokstav i egna fält.
    Platser i gator, hållplatser och skolor: aldrig var enskilda personer bor.
    """
    actor = system(group_of(municipality))
    called = " ".join((source or file.name).split())
    wanted = Fields(name, latitude, longitude, key, kind)
    with trying(actor.gate, dry_run=dry_run) as session:
        outcome = service.import_places(
            session,
            actor,
            file.read_bytes(),
            called,
            wanted,
            confirmed=confirm_warnings,
            now=clock.now(),
        )
    for line in reading.lines(outcome, called, dry_run=dry_run):
        click.echo(line)
