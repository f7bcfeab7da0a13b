"""The setup code, what the first form must hold, and the steps to the first meeting."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from urllib.parse import urlsplit

from lagesbild.access import rules as access
from lagesbild.access.rules import Newcomer
from lagesbild.base.clock import day_text
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import Version, slug_of
from lagesbild.meetings.rules import series
from lagesbild.meetings.rules.series import Settings
from lagesbild.people.rules import ALLOWED, Group, Organisation, Permission, Role

CODE_BYTES = 10  # 80 bits, sixteen signs
KINDS = ("kommun", "kommuns", "stad", "stads")  # no part of the short name
LETTER = time(15)  # the letter's usual time, for meetings that begin before EARLY
EARLY = time(13, 1)
LETTER_AFTER_HOURS = 2


@dataclass(frozen=True)
class First:
    """What the first start asks for: a municipality, when its group meets, and its first person."""

    name: str
    code: str
    slug: str
    weekday: int  # 0 = Monday
    meeting: time
    person: Newcomer

    @property
    def when(self) -> Settings:
        """When its group meets."""
        return Settings(self.weekday, self.meeting)


@dataclass(frozen=True)
class Mail:
    """Where letters go: to a server, or (then none leaves) into a folder."""

    place: str
    leaves: bool
    sender: str
    has_sender: bool


@dataclass(frozen=True)
class Letter:
    """What the group's letter lacks, in words: somebody to go to, and somebody to approve it."""

    recipients: str = ""
    approvers: str = ""


@dataclass(frozen=True)
class Taking:
    """What an organisation has: how many people who log, and whether anything is logged."""

    organisation: Organisation
    people: int
    has_logged: bool


@dataclass(frozen=True)
class Facts:
    """What is there of a municipality, as the steps need it."""

    group: Group
    slug: str  # the municipality's
    districts: int
    versions: Sequence[Version]
    has_outline: bool
    taking: Sequence[Taking]
    readers: int
    mail: Mail
    letter: Letter


@dataclass(frozen=True)
class Step:
    """One thing to have before the first meeting, and the page or command that makes it."""

    done: bool
    title: str
    text: str
    page: str = ""
    link: str = ""
    command: str = ""
    needs: Permission = Permission.SET_UP  # what whoever is to take it may do


def setup_code(key: str, place: str) -> str:
    """Return the code that opens the first start of one database, as `abcd-efgh-…`.

    It follows from the key that signs sessions and the place of the database: all processes and
    machines of an installation know it, nothing stores it, and another database has another one.
    """
    whole = hmac.new(key.encode(), f"first start {place}".encode(), hashlib.sha256).digest()
    text = base64.b32encode(whole[:CODE_BYTES]).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def is_same(given: str, code: str) -> bool:
    """Whether somebody has written the code, with or without its dashes. In constant time."""
    plain = "".join(given.split()).replace("-", "").lower()
    return hmac.compare_digest(plain.encode(), code.replace("-", "").encode())


def short_name(name: str) -> str:
    """Return the name as addresses have it: `Ängelholms kommun` → `angelholms`."""
    words = [word for word in name.split() if word.lower() not in KINDS]
    return slug_of(" ".join(words) or name)


def letter_time(meeting: time) -> time:
    """Return when the letter is written: at 15, or two hours after a meeting in the afternoon."""
    if meeting < EARLY:
        return LETTER
    return meeting.replace(hour=meeting.hour + LETTER_AFTER_HOURS)


def check(first: First) -> None:
    """Raise `InvalidError` for the first field that cannot stand."""
    access.check_municipality(slug=first.slug, name=first.name, code=first.code)
    if first.code == access.EXAMPLE_CODE:
        raise InvalidError("code", "Det är exempelkommunens kod. Skriv kommunens egen, från SCB.")
    series.check(first.when)
    access.check_mail(first.person.mail)
    access.check_name("person", first.person.name)
    access.check_password(first.person.password or "")


def mail(url: str, sender: str) -> Mail:
    """Return where letters go, without what the address says of names and passwords."""
    has_sender = bool(sender) and not sender.endswith("@localhost")
    if url.startswith("file:"):
        return Mail(url.removeprefix("file:"), leaves=False, sender=sender, has_sender=has_sender)
    return Mail(urlsplit(url).hostname or "", leaves=True, sender=sender, has_sender=has_sender)


def logs(role: Role) -> bool:
    """Whether somebody of a role can log what happens."""
    return role in ALLOWED[Permission.REPORT_INCIDENT]


def steps(facts: Facts, *, today: date) -> list[Step]:
    """Return what a group needs before its first meeting, in the order to do it."""
    names = _listed(t.organisation.name for t in facts.taking)
    return [
        Step(
            done=True,
            title="Kommunen är upplagd",
            text=f"{facts.group.municipality}, med {names}.",
        ),
        _meeting(facts.group),
        _outline(facts, today),
        _districts(facts, today),
        _people(facts),
        _reader(facts),
        _recipients(facts),
        _approvers(facts),
        _mail(facts.mail),
        _logged(facts),
    ]


def _meeting(group: Group) -> Step:
    at = f"{group.meeting_time:%H.%M}".lstrip("0")
    letter = f"{group.letter_time:%H.%M}".lstrip("0")
    day = series.WEEKDAYS[group.meeting_weekday].capitalize()
    return Step(
        done=True,
        title="Mötet har dag och tid",
        text=f"{day}ar kl. {at}. Brevet går samma dag kl. {letter}, om det är godkänt.",
    )


def _outline(facts: Facts, today: date) -> Step:
    return Step(
        done=facts.has_outline,
        title="Kommunens gräns är inläst",
        text="Finns."
        if facts.has_outline
        else "Ett lager ur kommunens GIS. Områdena jämförs med den, så den kommer först.",
        command=_import(facts.slug, "kommun", today),
    )


def _districts(facts: Facts, today: date) -> Step:
    if not facts.districts:
        text = (
            "Ett lager med kommundelar. Finns inget hämtas DeSO från SCB med lagesbild districts"
            " fetch. Utan områden går det att logga, men inte att räkna per område."
        )
    else:
        newest = facts.versions[-1].valid_from if facts.versions else today
        text = f"{facts.districts} områden, gäller från {day_text(newest)} {newest.year}."
    return Step(
        done=bool(facts.districts),
        title="Områdena är inlästa",
        text=text,
        command=_import(facts.slug, "kommundel", today),
    )


def _import(slug: str, division: str, today: date) -> str:
    first = today.replace(month=1, day=1).isoformat()
    return (
        f"lagesbild districts import FIL --municipality {slug}"
        f" --division {division} --valid-from {first}"
    )


def _people(facts: Facts) -> Step:
    missing = [t.organisation.name for t in facts.taking if not t.people]
    number = sum(t.people for t in facts.taking)
    text = f"Ännu ingen från: {_listed(missing)}."
    if not missing:
        text = f"{number} personer som loggar, minst en i varje organisation."
    return Step(
        done=not missing,
        title="Varje organisation har någon som loggar",
        text=text,
        page="members.page",
        link="Släpp in",
    )


def _reader(facts: Facts) -> Step:
    return Step(
        done=facts.readers > 0,
        title="Läsaren kan logga in",
        text="Läsaren ser breven som har gått, och kan fråga gruppen.",
        page="members.page",
        link="Lägg till",
    )


def _recipients(facts: Facts) -> Step:
    lacks = facts.letter.recipients
    return Step(
        done=not lacks,
        title="Brevet har mottagare",
        text=lacks or "Listorna har mottagare. Samordnarna får alltid en kopia.",
        page="digest_recipients.page",
        link="Mottagare",
        needs=Permission.SETTLE_DIGEST,
    )


def _approvers(facts: Facts) -> Step:
    lacks = facts.letter.approvers
    return Step(
        done=not lacks,
        title="Brevet har minst två som kan godkänna det",
        text=lacks or "Brevet går först när någon har godkänt det.",
        page="members.page",
        link="Se vilka",
    )


def _mail(mail: Mail) -> Step:
    done = mail.leaves and mail.has_sender
    if not mail.leaves:
        text = (
            f"Brev skickas inte än: de sparas i {mail.place}. Inställningen är LAGESBILD_SMTP_URL."
        )
    elif not mail.has_sender:
        text = f"Avsändaren är {mail.sender}. Inställningen är LAGESBILD_MAIL_FROM."
    else:
        text = f"Genom {mail.place}, från {mail.sender}."
    return Step(done=done, title="E-post är inställd", text=text, command="lagesbild check")


def _logged(facts: Facts) -> Step:
    missing = [t.organisation.name for t in facts.taking if not t.has_logged]
    text = f"Väntar på: {_listed(missing)}." if missing else "Alla har provat."
    return Step(
        done=not missing,
        title="Varje organisation har loggat sin första händelse",
        text=text,
        page="reporting.new",
        link="Logga",
        needs=Permission.REPORT_INCIDENT,
    )


def _listed(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} och {last}" if most else last
