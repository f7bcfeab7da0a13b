"""Filling an empty database with the demo municipality, so that the product can be tried."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer, check_password
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings
from lagesbild.demo.rules import outlines, places, weeks
from lagesbild.demo.rules.weeks import Report
from lagesbild.demo.service.living import live
from lagesbild.demo.service.sending import Cast
from lagesbild.districts import service as districts
from lagesbild.districts.store import inhabitants
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Draft, Part, Source
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import ROLE_TEXT, Group, Kind, Organisation, Role, system
from lagesbild.places import service as known_places

SLUG, NAME, CODE = "demo", "Demokommunen", "0000"
SCHOOLS = "skola"
ORGANISATIONS = {
    "kommun": "kommunen",
    "polis": "polisen",
    "brand": "brandförsvaret",
    "skola": "skolorna",
}
PEOPLE = (
    ("polis", Role.MEMBER, "polis"),
    ("brand", Role.MEMBER, "brand"),
    ("kommun", Role.COORDINATOR, "kommun"),
    ("skola", Role.REPORTER, "skola"),
    ("ordforande", Role.READER, "kommun"),
    ("analys", Role.ANALYST, "kommun"),
    ("admin", Role.ADMIN, "kommun"),
    ("granskare", Role.AUDITOR, "kommun"),
)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


@dataclass(frozen=True)
class SignIn:
    """One of the demo's people. All have the same password."""

    mail: str
    role_text: str


def is_empty() -> bool:
    """Whether there is nothing yet, or only a demo whose filling was interrupted."""
    known = access.groups()
    return not known or (len(known) == 1 and _is_unfinished(known[0]))


def _is_unfinished(group: Group) -> bool:
    """Whether this is the demo without its districts: they come last, with all that happened."""
    if group.slug != SLUG:
        return False
    with reading(system(group).gate) as session:
        return not districts.districts(session, system(group))


def password(settings: Settings) -> str:
    """Return the password of the demo's people: as given, else made once and kept in a file."""
    given = settings.demo_password.get_secret_value()
    if given:
        return given
    file = settings.data_dir / "demo-password"
    if not file.exists():
        complete = file.with_name("demo-password.new")
        complete.touch(mode=0o600)
        parts = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        complete.write_text("-".join(parts))
        complete.rename(file)
    return file.read_text()


def sign_ins() -> list[SignIn]:
    """Return the demo's people, as somebody who wants to try the product needs to know them."""
    return [
        SignIn(f"{name}@demo.example", f"{ROLE_TEXT[role]}, {ORGANISATIONS[organisation]}")
        for name, role, organisation in PEOPLE
    ]


def fill(settings: Settings, now: datetime) -> list[SignIn]:
    """Make the demo municipality in an empty database, and return its people.

    One that was interrupted is completed. Raises `SetupError` in production and when there is
    anything else. The caller keeps other processes out.
    """
    if settings.in_production:
        raise SetupError("Exempelkommunen får inte finnas i drift.")
    if not is_empty():
        raise SetupError("Databasen är inte tom. Exempelkommunen fylls bara i en tom databas.")
    check_password(password(settings))
    known = access.groups()
    group = known[0] if known else access.add_municipality(slug=SLUG, name=NAME, code=CODE, now=now)
    _let_schools_in(group, now)
    _let_people_in(group, password(settings), now)
    cast = _cast(group, settings.base_url)
    always = replace(group, schedule_since=datetime.min.replace(tzinfo=UTC))
    # All in one: whoever finds districts finds a whole demo.
    with transaction(system(group).gate) as session:
        districts.put_version(
            session, system(group), outlines.SOURCE, outlines.districts(), now=now
        )
        living = {
            district.id: outlines.INHABITANTS[district.name]
            for district in districts.districts(session, system(group))
        }
        inhabitants.put(session, group.municipality_id, living)
        known_places.put(session, system(group), "exempel", places.listed(), now=now)
        _report(session, group, now)
        live(session, system(always), cast, now=now)
    return sign_ins()


def _let_schools_in(group: Group, now: datetime) -> None:
    with transaction(system(group).gate) as session:
        if SCHOOLS not in {o.slug for o in access.organisations(session, system(group))}:
            schools = Organisation(new_id(), SCHOOLS, "Skolorna", Kind.OTHER)
            access.add_organisation(session, system(group), schools, joined_on=weeks.joined_on(now))


def _let_people_in(group: Group, secret: str, now: datetime) -> None:
    with reading(system(group).gate) as session:
        known = {mail for mail, *_ in access.members(session, system(group))}
    for person, (_, role, organisation) in zip(sign_ins(), PEOPLE, strict=True):
        if person.mail not in known:
            newcomer = Newcomer(person.mail, person.role_text.capitalize(), secret)
            access.add_member(
                system(group), newcomer, organisation=organisation, role=role, now=now
            )


def _cast(group: Group, base_url: str) -> Cast:
    people = {
        organisation: access.actor_named(group, f"{name}@demo.example")
        for name, role, organisation in PEOPLE
        if role in (Role.MEMBER, Role.COORDINATOR)
    }
    chair = access.actor_named(group, "ordforande@demo.example")
    return Cast(people, chair, base_url)


def _report(session: Session, group: Group, now: datetime) -> None:
    """Let each organisation enter what happened, at the times when it would have."""
    ids = {o.slug: o.id for o in access.organisations(session, system(group))}
    entered = groupby(weeks.reports(now), key=lambda r: (r.registered_at, r.organisation))
    for (at, organisation), batch in entered:
        drafts = [_draft(report, ids[organisation]) for report in batch]
        incidents.report_all(session, system(group, ids[organisation]), drafts, now=at)
    for nothing in weeks.nothings(now):
        actor = system(group, ids[nothing.organisation])
        meetings.report_nothing(session, actor, nothing.period, now=nothing.at)


def _draft(report: Report, organisation_id: UUID) -> Draft:
    part = Part(organisation_id, summary=report.summary)
    return Draft(report.id, report.facts, part, district=report.district, source=Source.DEMO)
