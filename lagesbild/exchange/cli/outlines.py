"""The commands that take in the outlines of districts, and fetch layers from SCB."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from lagesbild.base import clock
from lagesbild.base.db import reading
from lagesbild.exchange.cli.inhabitants import import_inhabitants
from lagesbild.exchange.cli.trying import FILE, group_of, trying
from lagesbild.exchange.rules.outlines import reports, wfs
from lagesbild.exchange.rules.outlines.layers import Wanted
from lagesbild.exchange.rules.outlines.tables import table
from lagesbild.exchange.service import fetching
from lagesbild.exchange.service import outlines as service
from lagesbild.people.rules import system

NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
MUNICIPALITY = click.option(
    "--municipality", help="Kommunens kortnamn; behövs när det finns flera kommuner."
)


@click.group()
def districts() -> None:
    """Läs in områden."""


districts.add_command(import_inhabitants)


@districts.command("import")
@click.argument("file", type=FILE)
@MUNICIPALITY
@click.option("--division", required=True, help="Indelningen, som kommundel. kommun = hela.")
@click.option(
    "--valid-from",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATUM",
    help="Första dagen som gränserna gäller, som 2026-01-01.",
)
@click.option("--layer", help="Lagret som ska läsas, när filen har flera.")
@click.option("--key", help="Fält med områdets nyckel.  [annars key, id, kod eller namnet]")
@click.option("--name", help="Fält med områdets namn.  [annars name, namn eller kommundel]")
@click.option("--group-by", help="Slå ihop områden som har samma värde i fältet, som kommundel.")
@click.option(
    "--group-by-file",
    "table_file",
    type=FILE,
    help="CSV som säger vilket område varje kod hör till; --group-by är då en kolumn i den.",
)
@click.option("--schematic", is_flag=True, help="Gränserna är bara en skiss.")
@click.option("--accept-slivers", is_flag=True, help="Godta överlapp och luckor.")
@click.option("--accept-offset", is_flag=True, help="Godta ett lager som verkar ligga 200 m fel.")
@click.option(
    "--correct",
    is_flag=True,
    help="Rätta gränser som var fel från början: händelserna flyttas. Prova med --dry-run först."
    " Utan --correct är det nya gränser, och gamla händelser ligger kvar.",
)
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_districts(
    file: Path,
    *,
    municipality: str | None,
    valid_from: datetime,
    table_file: Path | None,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 – the other options have the names of the fields of `Wanted`
) -> None:
    """Läs in områden från FILE: GeoPackage, GeoJSON eller en Shapefile i en zip-fil."""
    actor = system(group_of(municipality))
    wanted = Wanted(valid_from=valid_from.date(), **options)
    wanted = replace(wanted, division=wanted.division.strip())
    if table_file is not None:
        if wanted.group_by is None:
            raise click.UsageError("--group-by-file behöver --group-by: kolumnen med områdena.")
        wanted = replace(wanted, table=table(table_file.read_bytes()))
    with trying(actor.gate, dry_run=dry_run) as session:
        found = service.import_districts(session, actor, file, wanted, now=clock.now())
    for line in reports.district_lines(found, wanted, dry_run=dry_run):
        click.echo(line)


@districts.command("fetch")
@click.argument("file", type=NEW_FILE)
@MUNICIPALITY
@click.option("--layer", default="stat:DeSO_2025", show_default=True, help="Lagrets namn.")
@click.option(
    "--url",
    default=wfs.SCB,
    show_default=True,
    envvar="LAGESBILD_WFS_URL",
    show_envvar=True,
    help="Karttjänstens adress (WFS).",
)
@click.option(
    "--code-field",
    default="kommunkod",
    show_default=True,
    help="Fältet med kommunens kod.",
)
def fetch_layer(file: Path, *, municipality: str | None, **options: str) -> None:
    """Hämta kommunens områden från SCB till FILE, som sedan kan läsas in med import.

    Bara det här kommandot frågar SCB, och bara när du kör det. Lagren heter stat:DeSO_2025,
    stat:DeSO_2018, stat:RegSO_2025 och stat:RegSO_2020. Ange källan: SCB.
    """
    actor = system(group_of(municipality))
    with reading(actor.gate) as session:
        code = fetching.municipality_code(session, actor)
    number = fetching.fetch(actor, wfs.Question(code=code, **options), file)
    click.echo(f"{number} områden sparade i {file}. Läs in dem: lagesbild districts import {file}")
