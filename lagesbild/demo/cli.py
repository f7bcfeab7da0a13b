"""The command that fills the demo municipality."""

import click

from lagesbild.base import clock, postgres
from lagesbild.base.settings import Settings
from lagesbild.demo import service


@click.command()
@click.pass_obj
def demo(settings: Settings) -> None:
    """Fyll en exempelkommun i en tom databas, och visa vem man kan logga in som."""
    with postgres.alone(settings):
        people = service.fill(settings, clock.now())
    click.echo("Exempelkommunen är fylld. Logga in som någon av dem här:")
    for person in people:
        click.echo(f"  {person.mail:28}{person.role_text}")
    click.echo(f"Lösenord: {service.password(settings)}")
