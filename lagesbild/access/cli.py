"""Commands for municipalities, people and tokens."""

import click

from lagesbild.access import service
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.people.rules import ROLE_TEXT, Kind, Organisation, Role, system

ROLES = [role.value for role in Role if role is not Role.SYSTEM]


@click.group()
def municipality() -> None:
    """Lägg till kommuner."""


@municipality.command("add")
@click.option("--slug", required=True, help="Kortnamn i adresser, till exempel huddinge.")
@click.option("--name", required=True, help="Kommunens namn.")
@click.option("--code", required=True, help="Kommunkod, fyra siffror.")
@click.option(
    "--same",
    multiple=True,
    metavar="brand=GRUPP",
    help="En organisation som redan är med i en annan grupp, i stället för en ny.",
)
def add_municipality(slug: str, name: str, code: str, same: tuple[str, ...]) -> None:
    """Lägg till en kommun med kommun, polis och brand, och en grupp med samma namn."""
    shared = [_shared(each) for each in same]
    group = service.add_municipality(
        slug=slug, name=name, code=code, shared=shared, now=clock.now()
    )
    click.echo(
        f"{group.name} är tillagd. Nästa steg: user add för den första personen, "
        "och districts import för områdena."
    )


def _shared(text: str) -> Organisation:
    """Return the organisation that `brand=karlstad` means: that of the group karlstad."""
    slug, equals, group = text.partition("=")
    if not equals:
        raise InvalidError("same", "Skriv --same som brand=GRUPP, till exempel brand=karlstad.")
    return _of_group(group, slug)


def _of_group(group: str, slug: str) -> Organisation:
    actor = system(service.group_named(group))
    with reading(actor.gate) as session:
        return service.organisation_named(session, actor, slug)


@click.group()
def organisation() -> None:
    """Lägg till och visa gruppens organisationer."""


@organisation.command("add")
@click.option("--slug", required=True, help="Kortnamn i gruppen: skola, bostad …")
@click.option("--name", help="Namnet; anges inte med --same.")
@click.option(
    "--same", metavar="GRUPP", help="Samma organisation som har kortnamnet i den gruppen."
)
@click.option("--group", help="Gruppens kortnamn, om det finns flera.")
def add_organisation(slug: str, name: str | None, same: str | None, group: str | None) -> None:
    """Låt en organisation vara med i gruppen."""
    if (name is None) == (same is None):
        raise InvalidError("name", "Ange antingen --name eller --same.")
    known = _of_group(same, slug) if same else None
    new = known or Organisation(new_id(), slug, name or "", Kind.OTHER)
    actor, now = system(service.group_named(group)), clock.now()
    with transaction(actor.gate) as session:
        day = now.astimezone(clock.STOCKHOLM).date()
        service.add_organisation(session, actor, new, joined_on=day)
    click.echo(f"{new.name} är nu med i {actor.group.name}.")


@organisation.command("list")
@click.option("--group")
def list_organisations(group: str | None) -> None:
    """Visa gruppens organisationer."""
    actor = system(service.group_named(group))
    with reading(actor.gate) as session:
        for each in service.organisations(session, actor):
            click.echo(f"{each.slug}\t{each.name}")


@click.group()
def user() -> None:
    """Lägg till, visa och stäng av personer."""


@user.command("add")
@click.option("--mail", required=True)
@click.option("--name", required=True, help="Namnet som visas för den egna gruppen.")
@click.option("--organisation", required=True, help="Organisationens kortnamn: kommun, polis …")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--group", help="Gruppens kortnamn, om det finns flera.")
@click.password_option(help="Frågas efter när det inte anges.")
def add_user(**given: str) -> None:
    """Lägg till en person i en grupp."""
    actor = system(service.group_named(given["group"]))
    newcomer = Newcomer(given["mail"], given["name"], given["password"])
    service.add_member(
        actor,
        newcomer,
        organisation=given["organisation"],
        role=Role(given["role"]),
        now=clock.now(),
    )
    click.echo(f"{given['mail']} är nu {ROLE_TEXT[Role(given['role'])]} i {actor.group.name}.")


@user.command("list")
@click.option("--group")
def list_users(group: str | None) -> None:
    """Visa gruppens personer."""
    actor = system(service.group_named(group))
    with reading(actor.gate) as session:
        for mail, name, role, organisation in service.members(session, actor):
            click.echo(f"{mail}\t{name}\t{ROLE_TEXT[role]}\t{organisation}")


@user.command("password")
@click.option("--mail", required=True)
@click.option("--group")
@click.password_option(help="Frågas efter när det inte anges.")
def change_password(mail: str, group: str | None, password: str) -> None:
    """Byt någons lösenord: inloggningar och nycklar slutar gälla genast."""
    service.change_password(system(service.group_named(group)), mail, password, now=clock.now())
    click.echo(f"{mail} har ett nytt lösenord.")


@user.command("enable")
@click.option("--mail", required=True)
@click.option("--group")
def enable_user(mail: str, group: str | None) -> None:
    """Släpp in en avstängd person igen."""
    service.enable(system(service.group_named(group)), mail, now=clock.now())
    click.echo(f"{mail} kan logga in igen.")


@user.command("disable")
@click.option("--mail", required=True)
@click.option("--group")
def disable_user(mail: str, group: str | None) -> None:
    """Stäng av en person: inloggningar och nycklar slutar gälla genast."""
    service.disable(system(service.group_named(group)), mail, now=clock.now())
    click.echo(f"{mail} är avstängd.")


@click.group()
def token() -> None:
    """Nycklar för program."""


@token.command("add")
@click.option("--user", "mail", required=True, help="Personens e-postadress.")
@click.option("--name", required=True, help="Vad nyckeln är till för.")
@click.option("--group")
def add_token(mail: str, name: str, group: str | None) -> None:
    """Skapa en nyckel och visa den en gång."""
    found = service.group_named(group)
    click.echo(service.add_token(found, mail=mail, name=name, now=clock.now()))
