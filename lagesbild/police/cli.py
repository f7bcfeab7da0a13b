"""The commands that take in and ask for the police's events."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import sleep

import click

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.errors import InvalidError, NotFoundError, SetupError
from lagesbild.base.settings import Settings
from lagesbild.people.rules import Group
from lagesbild.police.rules import calls, reading
from lagesbild.police.service import events, fetching

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
CHUNK = 64 * 1024  # signs
GZIP = b"\x1f\x8b"


@click.group()
def police() -> None:
    """Läs in och hämta polisens öppna händelser."""


@police.command("import")
@click.argument("file", type=FILE)
def import_events(file: Path) -> None:
    """Läs in FILE: ett svar från polisens tjänst, eller en händelse på varje rad (också .gz).

    Samma fil en gång till ändrar ingenting. Händelserna glöms efter 30 dagar.
    """
    found = reading.objects(_chunks(file))
    tally = events.take_in(_groups(), found, now=clock.now(), recent_only=False)
    click.echo("\n".join(tally.lines()))


@police.command()
@click.option("--again", is_flag=True, help="Fråga igen fast adressen har sagt att den inte finns.")
@click.pass_obj
def fetch(settings: Settings, *, again: bool) -> None:
    """Hämta från adressen i LAGESBILD_POLICE_URL nu. Schemat gör det annars varje timme."""
    groups = _groups()
    way = fetching.way(settings)
    number = len(calls.addresses(way.url, [group.municipality for group in groups]))
    for turn in range(number):
        if turn:
            sleep(calls.BETWEEN_CALLS.total_seconds())
        fetched = fetching.fetch(groups, way, now=clock.now(), by_hand=True, again=again)
        assert fetched is not None, "by hand there is a call or an error"
        if fetched.is_trouble:
            raise SetupError(fetched.sentence)
        click.echo(fetched.sentence or "\n".join(fetched.tally.lines()))


def _groups() -> Sequence[Group]:
    groups = access.groups()
    if not groups:
        raise NotFoundError("Det finns ingen kommun. Lägg till en: lagesbild municipality add.")
    return groups


def _chunks(file: Path) -> Iterator[str]:
    """Yield a file's text piece by piece, so that memory does not grow with it."""
    with file.open("rb") as beginning:
        is_packed = beginning.read(len(GZIP)) == GZIP
    opened = gzip.GzipFile if is_packed else Path.open
    source: gzip.GzipFile | io.BufferedReader = opened(file, "rb")
    with source, io.TextIOWrapper(source, encoding="utf-8-sig") as text:
        try:
            while chunk := text.read(CHUNK):
                yield chunk
        except UnicodeDecodeError as error:
            raise InvalidError("file", "Filen är inte text i UTF-8.") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidError("file", "Filen är packad, men går inte att packa upp.") from error
