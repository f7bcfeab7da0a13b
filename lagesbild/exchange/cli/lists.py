"""Commands about lists of incidents: take one in, see what was taken in, undo it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.clock import moment_text
from lagesbild.base.db import Session, reading, transaction, turn
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.exchange.cli.trying import FILE, trying
from lagesbild.exchange.rules.imports import reports
from lagesbild.exchange.rules.imports.reports import State
from lagesbild.exchange.rules.imports.stages import STAGE_TEXT
from lagesbild.exchange.rules.imports.ways import Lines, Ways, columns_of, pairs_of
from lagesbild.exchange.rules.imports.wrong_rows import csv_of
from lagesbild.exchange.service import imports as service
from lagesbild.exchange.service import meanings, working
from lagesbild.exchange.service.working import Imported
from lagesbild.incidents import service as known
from lagesbild.people.rules import Actor, system

ALL = "alla"


@click.group()
def incidents() -> None:
    """Läs in händelser."""


@incidents.command("import")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, help="Kortnamnet på den som listan kommer från.")
@click.option("--group", help="Gruppens kortnamn; behövs när det finns flera grupper.")
@click.option("--split", is_flag=True, help="Dela listan på alla kommuner som den gäller.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ORD=KOD",
    help='Vad ett av listans ord betyder, som "Våld/hot=VAL01". Kan anges flera gånger.',
)
@click.option(
    "--place",
    "places",
    multiple=True,
    metavar="ORD=PLATS",
    help='Vilken plats i platslistan ett ord betyder, som "Torget=Huddinge torg".',
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="RUBRIK=KOLUMN",
    help='Vad en rubrik betyder, som "Vad=typ"; "Åtgärd=" utelämnar kolumnen.',
)
@click.option("--sheet", help="Arket som ska läsas.  [annars det första som är en lista]")
@click.option("--good-rows", is_flag=True, help="Spara de rader som är rätt, fast andra har fel.")
@click.option("--history", is_flag=True, help="Äldre händelser: räknas aldrig som sena rapporter.")
@click.option("--outside", default="", metavar="RADER", help="Rader utanför kommunen att ta med.")
@click.option("--confirm-warnings", is_flag=True, help="Texterna är lästa och pekar inte ut någon.")
@click.option(
    "--wrong-rows",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Skriv raderna med fel till en CSV-fil, att rätta och läsa in igen.",
)
@click.option("--all-rows", is_flag=True, help="Visa alla rader, också i en lång lista.")
@click.option("--dry-run", is_flag=True, help="Kontrollera bara, spara inget.")
def import_incidents(
    file: Path,
    *,
    organisation: str,
    group: str | None,
    split: bool,
    dry_run: bool,
    **chosen: Any,  # noqa: ANN401 – the options, as click gives them
) -> None:
    """Läs in händelser från FILE: Excel (.xlsx) eller CSV."""
    actors = _senders(organisation, group, split=split)
    content, now = file.read_bytes(), clock.now()
    done: list[tuple[Actor, Imported]] = []
    with trying(actors[0].gate, dry_run=dry_run) as session:
        for actor in actors:
            turn(session, actor.gate)
            ways = _ways(session, actor, chosen, only_here=split)
            found = working.import_file(session, actor, file.name, content, ways, now=now)
            done.append((actor, found))
        _tell(session, done, all_rows=chosen["all_rows"], wrong_rows=chosen["wrong_rows"])
        for actor, found in done:  # last: numbers lock other writers out
            turn(session, actor.gate)
            known.number(session, actor, found.ids, now=now)
    for actor, found in done:
        name = f"{actor.group.municipality}: " if split else ""
        click.echo(name + reports.totals(found.outcome, dry_run=dry_run))


def _ways(session: Session, actor: Actor, chosen: Mapping[str, Any], *, only_here: bool) -> Ways:
    """Return the options as what was chosen for the list, with its sender's words."""
    ways = Ways(
        columns=columns_of(chosen["columns"]),
        sheet=chosen["sheet"],
        confirmed=Lines(all=chosen["confirm_warnings"]),
        outside=_lines(chosen["outside"]),
        good_rows=chosen["good_rows"],
        historical=chosen["history"],
        only_here=only_here,
    )
    maps, places = pairs_of("map", chosen["maps"]), pairs_of("place", chosen["places"])
    return meanings.told(session, actor, ways, maps=maps, places=places)


def _tell(
    session: Session,
    done: Sequence[tuple[Actor, Imported]],
    *,
    all_rows: bool,
    wrong_rows: Path | None,
) -> None:
    """Print the report of each municipality; raise `InvalidError` when one refuses its rows."""
    several = len(done) > 1
    for actor, found in done:
        fates = [row.fate for row in found.rows]
        if several:
            fates = [fate for fate in fates if fate.state is not State.ELSEWHERE]
            click.echo(f"{actor.group.municipality}:")
        codes = known.categories(session, actor)
        for line in reports.list_lines(found.outcome, fates, codes, all_rows=all_rows):
            click.echo(line)
    if several and (nobody := _nobodys([found for _, found in done])):
        click.echo(f"Gäller ingen av kommunerna: rad {', '.join(map(str, nobody))}.")
    if wrong_rows is not None:
        _give_back(wrong_rows, [found for _, found in done])
    for _, found in done:
        if found.outcome.refused:
            raise InvalidError("file", reports.refusal(found.outcome))


def _nobodys(done: Sequence[Imported]) -> list[int]:
    """Return the lines that are another municipality's for every one of them."""
    elsewhere = [{r.fate.line for r in d.rows if r.fate.state is State.ELSEWHERE} for d in done]
    return sorted(set.intersection(*elsewhere))


def _give_back(file: Path, done: Sequence[Imported]) -> None:
    """Write the wrong rows to a file; a row that is wrong in several municipalities once."""
    wrong = {r.fate.line: r for d in done for r in d.rows if r.fate.state is State.WRONG}
    in_order = [wrong[line] for line in sorted(wrong)]
    file.write_text(csv_of(in_order, done[0].headings), encoding="utf-8", newline="")
    click.echo(f"{len(in_order)} rader med fel står i {file.name}.")


def _senders(organisation: str, group: str | None, *, split: bool) -> list[Actor]:
    """Return the sender in one group, or in every group that has it."""
    groups = access.groups() if split else [access.group_named(group)]
    found = []
    for each in groups:
        with reading(system(each).gate) as session:
            if split and organisation not in {
                o.slug for o in access.organisations(session, system(each))
            }:
                continue
            sender = access.organisation_named(session, system(each), organisation)
        found.append(system(each, sender.id))
    if not found:
        raise NotFoundError(f"Organisationen {organisation} finns inte i någon grupp.")
    return found


def _lines(text: str) -> Lines:
    if text.strip().casefold() == ALL:
        return Lines(all=True)
    try:
        return Lines(frozenset(int(part) for part in text.split(",") if part.strip()))
    except ValueError as error:
        raise InvalidError("outside", "Skriv --outside som 4,7 eller alla.") from error


@incidents.command("imports")
@click.option("--organisation", required=True, help="Kortnamnet på den som listorna kommer från.")
@click.option("--group", help="Gruppens kortnamn; behövs när det finns flera grupper.")
def show_imports(organisation: str, group: str | None) -> None:
    """Visa de senaste inläsningarna."""
    [actor] = _senders(organisation, group, split=False)
    with reading(actor.gate) as session:
        for found in service.latest(session, actor):
            when = moment_text(found.created_at, seen=clock.now())
            click.echo(
                f"{found.id}  {when}  {found.name}  {STAGE_TEXT[found.stage]}  {found.saved} rader"
            )


@incidents.command("undo")
@click.argument("import_id", type=click.UUID, metavar="ID")
@click.option("--organisation", required=True, help="Kortnamnet på den som listan kom från.")
@click.option("--group", help="Gruppens kortnamn; behövs när det finns flera grupper.")
def undo(import_id: UUID, *, organisation: str, group: str | None) -> None:
    """Ta tillbaka alla händelser ur en inläsning (ID visas av incidents imports)."""
    [actor] = _senders(organisation, group, split=False)
    with transaction(actor.gate) as session:
        gone, kept = service.undo(session, actor, import_id, now=clock.now())
    click.echo(reports.undone(gone, kept))
