"""The week on the command line."""

import json

import click

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.clock import Period, period_text
from lagesbild.base.db import reading
from lagesbild.base.web import mean_text
from lagesbild.meetings import service
from lagesbild.meetings.rules import Figures, Picture, as_json
from lagesbild.people.rules import system


@click.command()
@click.argument("name", required=False, metavar="[2026-W47]")
@click.option("--group", help="Gruppens kortnamn, om det finns flera.")
@click.option("--json", "machine", is_flag=True, help="Skriv JSON.")
def week(name: str | None, group: str | None, *, machine: bool) -> None:
    """Visa veckans siffror."""
    actor = system(access.group_named(group))
    now = clock.now()
    with reading(actor.gate) as session:
        period = (
            Period.named(name, weekday=actor.group.meeting_weekday)
            if name
            else service.shown_first(session, actor, now=now)
        )
        picture = service.picture(session, actor, period, now=now)
    if machine:
        click.echo(json.dumps(as_json(picture), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(picture)))


def _lines(picture: Picture) -> list[str]:
    """Return the week as text: a line per district, then who has reported."""
    width = max((len(d.name) for d, _ in picture.districts), default=0)
    width = max(width, len("Utan känt område"))
    head = f"{'':{width}}  denna  förra  snitt  i fjol  sena"
    rows = [(d.name, f) for d, f in picture.districts]
    rows += [("Utan känt område", picture.unplaced), ("Hela kommunen", picture.total)]
    period = picture.period
    return [
        f"Vecka {period.week}, {period_text(period)}",
        head,
        *(_line(name, figures, width) for name, figures in rows),
        "",
        *(
            f"{c.organisation.name}: {f'{c.number} händelser' if c.number else c.state.text}"
            for c in picture.coverage
        ),
    ]


def _line(name: str, figures: Figures, width: int) -> str:
    return (
        f"{name:{width}}  {figures.this:5}  {figures.last:5}  {mean_text(figures.mean):>5}"
        f"  {figures.year:6}  {figures.late:4}"
    )
