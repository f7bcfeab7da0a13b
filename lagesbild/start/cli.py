"""The command that shows the setup code."""

import click

from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings
from lagesbild.start import service


@click.command("start-code")
@click.pass_obj
def start_code(settings: Settings) -> None:
    """Visa startkoden, med vilken den första kommunen läggs upp i webbläsaren."""
    if not service.is_waiting():
        raise SetupError("Det finns redan en kommun. Startkoden gäller inte längre.")
    click.echo(service.invitation(settings))
