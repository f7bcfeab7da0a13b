"""The identity guard in services that only the command line reaches. Published test numbers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.base.db import new_id, transaction
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.cli import LazyGroup
from lagesbild.districts import service as districts
from lagesbild.exchange.cli.places import places
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.rules.lists import Column
from lagesbild.exchange.service import meanings
from lagesbild.people.rules import Actor, Group, Kind, Organisation, system
from tests.build import NOW, SOURCE, SQUARES

NUMBER = "811228-9874"


def municipality(_: Actor) -> None:
    access.add_municipality(slug=NUMBER, name="By kommun", code="0002", now=NOW)


def municipality_name(_: Actor) -> None:
    access.add_municipality(slug="by", name=f"By {NUMBER}", code="0002", now=NOW)


def organisation(actor: Actor, *, slug: str = "by", name: str = "By") -> None:
    wanted = Organisation(new_id(), slug, name, Kind.OTHER)
    with transaction(actor.gate) as session:
        access.add_organisation(session, actor, wanted, joined_on=SOURCE.valid_from)


def token(actor: Actor) -> None:
    access.add_token(actor.group, mail="a@as.example", name=f"nyckel {NUMBER}", now=NOW)


def division(actor: Actor) -> None:
    with transaction(actor.gate) as session:
        source = replace(SOURCE, division=f"del {NUMBER}")
        districts.put_version(session, actor, source, SQUARES, now=NOW)


def file_of_outlines(actor: Actor) -> None:
    with transaction(actor.gate) as session:
        source = replace(SOURCE, division="ny", source=f"{NUMBER}.gpkg")
        districts.put_version(session, actor, source, SQUARES, now=NOW)


def district(actor: Actor) -> None:
    with transaction(actor.gate) as session:
        named = [replace(each, name=f"{each.name} {NUMBER}") for each in SQUARES]
        source = replace(SOURCE, division="ny")
        districts.put_version(session, actor, source, named, now=NOW)


def heading(actor: Actor) -> None:
    with transaction(actor.gate) as session:
        ways = Ways(columns={f"Anmält av {NUMBER}": Column.SUMMARY})
        meanings.told(session, actor, ways, maps={}, places={})


def sheet(actor: Actor) -> None:
    with transaction(actor.gate) as session:
        meanings.told(session, actor, Ways(sheet=NUMBER), maps={}, places={})


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (municipality, "slug"),
        (municipality_name, "name"),
        (lambda actor: organisation(actor, name=f"By {NUMBER}"), "organisation"),
        (lambda actor: organisation(actor, slug=NUMBER), "organisation"),
        (token, "name"),
        (division, "division"),
        (file_of_outlines, "source"),
        (district, "name"),
        (heading, "column"),
        (sheet, "sheet"),
    ],
)
def test_a_personal_number_is_refused_by_the_service(
    act: Callable[[Actor], None], field: str, group: Group
) -> None:
    with pytest.raises(InvalidError, match="personnummer") as caught:
        act(system(group))
    assert caught.value.field == field
    assert NUMBER not in str(caught.value)


def test_a_password_with_a_personal_number_is_refused() -> None:
    with pytest.raises(InvalidError, match="personnummer"):
        access.password_hash(f"hos {NUMBER}")


def test_a_key_with_a_personal_number_gives_way_to_name_and_position(
    group: Group, connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "platser.csv"
    file.write_text(f"id;namn;lat;lon\n{NUMBER};Torget;59.27;17.95\n7;Parken;59.28;17.95\n")
    told = CliRunner().invoke(places, ["import", str(file)], catch_exceptions=False)
    assert (told.exit_code, group.slug) == (0, "as")
    connection.execute(text("SET LOCAL ROLE NONE"))
    keys = set(connection.execute(text("SELECT key FROM places")).scalars())
    assert keys == {"7", "Torget 17.950000 59.270000"}


def test_the_command_line_does_not_repeat_a_personal_number() -> None:
    @click.command()
    def ask() -> None:
        raise NotFoundError(f"Det finns ingen {NUMBER}.")

    told = CliRunner().invoke(LazyGroup(commands={"ask": ask}), ["ask"])
    assert (told.exit_code, told.output) == (1, "Det finns ingen [borttaget].\n")
