"""Beginning with a municipality of one's own, and knowing what it still needs."""

from datetime import date, datetime

from lagesbild.access import rules as door_rules
from lagesbild.access import service as access
from lagesbild.access import store as access_store
from lagesbild.base.db import Session, door, looking_out, new_id, transaction, turn_to_door
from lagesbild.base.errors import ConflictError, SignInError
from lagesbild.base.gate import Gate
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.districts.store import versions
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.instance.store import database as instance
from lagesbild.meetings import service as meetings
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Permission, Role, require, system
from lagesbild.start import rules, store
from lagesbild.start.rules import Facts, First, Letter, Mail, Step, Taking

OUTLINE = "kommun"  # the division that is the municipality's own outline
FIRST_ORGANISATION = "kommun"


def is_waiting() -> bool:
    """Whether there is no municipality yet, so that the first start is open."""
    with looking_out() as session:
        return store.is_made(session) and not people.groups(session)


def setup_code(key: str) -> str:
    """Return the code that opens the first start of this database."""
    with looking_out() as session:
        return rules.setup_code(key, instance.claim(session).here)


def invitation(settings: Settings) -> str:
    """Return what the program says where it was started: the address, and the code in it."""
    code = setup_code(settings.secret_key.get_secret_value())
    return (
        "Lägg upp din kommun i webbläsaren:\n"
        f"  {settings.base_url}/start?kod={code}\n"
        f"Startkoden är {code} och gäller tills kommunen är upplagd."
    )


def check_code(given: str, *, key: str, address: str, now: datetime) -> None:
    """Raise `SignInError` for a wrong code, and `TooManyError` after too many of an address."""
    by_address = door_rules.fingerprint(address)
    since = now - door_rules.GUESS_WINDOW
    with door() as session:
        _, count = access_store.guesses(session, mail=b"", address=by_address, since=since)
    door_rules.check_guesses(by_mail=0, by_address=count)
    if rules.is_same(given, setup_code(key)):
        return
    with door() as session:
        access_store.note_guess(session, mail=b"", address=by_address, at=now, forget_before=since)
    raise SignInError("Det är inte startkoden. Den står där programmet startades.")


def begin(first: First, *, now: datetime) -> Group:
    """Make the municipality, its group and its first person, all or nothing.

    The caller has checked the code. Raises `ConflictError` when somebody was faster.
    """
    rules.check(first)
    with transaction(Gate(new_id())) as session:
        turn_to_door(session)
        access_store.wait_to_found(session)
        if known := people.groups(session):
            raise ConflictError(
                f"Någon annan hann före: {known[0].municipality} är redan upplagd."
                " Logga in, eller be samordnaren att släppa in dig."
            )
        group = access.found(session, slug=first.slug, name=first.name, code=first.code, now=now)
        meetings.settle(session, system(group), first.when, version=group.version, now=now)
        store.put_letter(session, group, rules.letter_time(first.meeting))
        access.let_in(
            session,
            system(group),
            first.person,
            organisation=FIRST_ORGANISATION,
            role=Role.COORDINATOR,
            now=now,
        )
    return group


def steps(session: Session, actor: Actor, mail: Mail, letter: Letter, *, today: date) -> list[Step]:
    """Return what the actor's group needs before its first meeting, done or not."""
    require(actor, Permission.SET_UP)
    return rules.steps(_facts(session, actor.group, mail, letter), today=today)


def _facts(session: Session, group: Group, mail: Mail, letter: Letter) -> Facts:
    """Look as the system: an administrator sees no incidents, but whether there are any."""
    whole = system(group)
    roles = store.roles(session, group)
    taking = [
        Taking(
            organisation,
            sum(n for o, role, n in roles if o == organisation.id and rules.logs(role)),
            bool(
                incidents.listing(session, whole, Filter(organisation_id=organisation.id), limit=1)
            ),
        )
        for organisation in access.organisations(session, whole)
    ]
    return Facts(
        group,
        store.municipality_slug(session, group),
        len(districts.districts(session, whole)),
        districts.versions(session, whole),
        has_outline=bool(versions.versions(session, group.municipality_id, OUTLINE)),
        taking=taking,
        readers=sum(n for _, role, n in roles if role is Role.READER),
        mail=mail,
        letter=letter,
    )
