"""One installation for several municipalities with a fire brigade in common (scenario 12)."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection

from lagesbild.access import service as access
from lagesbild.access.cli import municipality, organisation
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import NotFoundError
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Group, Organisation, Permission, Role, system
from tests.build import NOW, SOURCE, SQUARES, draft
from tests.conftest import PASSWORD

TOWNS = ("karlstad", "hammaro", "kil", "forshaga", "grums", "munkfors")
MAIL = "befal@brand.example"


def brigade_of(group: Group) -> Organisation:
    actor = system(group)
    with reading(actor.gate) as session:
        return access.organisation_named(session, actor, "brand")


@pytest.fixture
def groups(connection: Connection) -> list[Group]:
    """Six municipalities; the fire brigade of the first serves them all."""
    assert connection.in_transaction()
    first = access.add_municipality(slug=TOWNS[0], name=TOWNS[0], code="1780", now=NOW)
    brigade = brigade_of(first)
    others = [
        access.add_municipality(slug=slug, name=slug, code=f"17{n}0", shared=[brigade], now=NOW)
        for n, slug in enumerate(TOWNS[1:])
    ]
    for group in (first, *others):
        actor = system(group)
        with transaction(actor.gate) as session:
            districts.put_version(session, actor, SOURCE, SQUARES, now=NOW)
        access.add_member(
            actor,
            Newcomer(MAIL, "Befäl", PASSWORD),
            organisation="brand",
            role=Role.MEMBER,
            now=NOW,
        )
    return [first, *others]


def actors(groups: list[Group]) -> list[Actor]:
    """Return what one person of the brigade is in each group."""
    secret = access.sign_in(MAIL, PASSWORD, address="127.0.0.1", now=NOW)
    visitor = access.visitor_by_session(secret, now=NOW)
    assert visitor is not None
    found = [visitor.actor_in(group.slug) for group in groups]
    return [actor for actor in found if actor is not None]


def report(actor: Actor, text: str) -> None:
    with transaction(actor.gate) as session:
        made = draft(organisation_id=actor.organisation_id, summary=text)
        incidents.report(session, actor, made, now=NOW)


def test_scenario_12_one_brigade_in_six_municipalities_mixes_nothing(groups: list[Group]) -> None:
    people = actors(groups)
    assert len({actor.organisation_id for actor in people}) == 1
    for actor in people:
        report(actor, f"Brand i {actor.group.slug}")
    for actor in people:
        with reading(actor.gate) as session:
            rows = incidents.listing(session, actor, Filter(), limit=100)
        assert [row.summary for row in rows] == [f"Brand i {actor.group.slug}"]


def test_scenario_12_each_week_counts_its_own(groups: list[Group]) -> None:
    people = actors(groups)
    for actor in people[:2]:
        report(actor, "Brand")
    report(people[0], "En till")
    period = clock.Period.of(NOW, weekday=3)
    totals = []
    for actor in people:
        with reading(actor.gate) as session:
            totals.append(
                meetings.picture(session, actor, period, now=datetime.now(UTC)).total.this
            )
    assert totals == [2, 1, 0, 0, 0, 0]


def test_scenario_12_an_incident_of_one_is_not_there_in_another(groups: list[Group]) -> None:
    first, second, *_ = actors(groups)
    report(first, "Brand")
    with reading(first.gate) as session:
        [row] = incidents.listing(session, first, Filter(), limit=1)
    with reading(second.gate) as session, pytest.raises(NotFoundError):
        incidents.one(session, second, row.id)


def test_a_role_holds_in_its_own_group_only(groups: list[Group]) -> None:
    access.add_member(
        system(groups[0]),
        Newcomer("samordnare@karlstad.example", "Samordnare", PASSWORD),
        organisation="kommun",
        role=Role.COORDINATOR,
        now=NOW,
    )
    access.add_member(
        system(groups[1]),
        Newcomer("samordnare@karlstad.example", "Samordnare", None),
        organisation="kommun",
        role=Role.READER,
        now=NOW,
    )
    secret = access.sign_in("samordnare@karlstad.example", PASSWORD, address="::1", now=NOW)
    visitor = access.visitor_by_session(secret, now=NOW)
    assert visitor is not None
    roles = {actor.group.slug: actor.may(Permission.READ_WEEK) for actor in visitor.actors}
    assert roles == {"karlstad": True, "hammaro": False}


def test_the_command_line_shares_an_organisation(groups: list[Group]) -> None:
    told = ["add", "--slug", "arvika", "--name", "Arvika", "--code", "1784"]
    made = CliRunner().invoke(municipality, [*told, "--same", "brand=karlstad"])
    assert made.exit_code == 0, made.output
    shared = brigade_of(access.group_named("arvika"))
    assert shared == brigade_of(groups[0])


def test_the_command_line_lets_another_organisation_in(groups: list[Group]) -> None:
    told = ["add", "--slug", "skola", "--name", "Skolorna", "--group", groups[0].slug]
    assert CliRunner().invoke(organisation, told).exit_code == 0
    listed = CliRunner().invoke(organisation, ["list", "--group", groups[0].slug])
    assert "skola\tSkolorna" in listed.output
    again = CliRunner().invoke(organisation, told)
    assert str(again.exception) == "Kortnamnet skola används redan i gruppen."
