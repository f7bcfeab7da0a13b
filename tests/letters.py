"""A week's letter in a test: its picture fixed, approved, sent by the clock to a real server."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Delivery, Event, Kind, Run
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.wording import Wording
from lagesbild.digests.service import (
    approving,
    composing,
    delivering,
    drafting,
    looking,
    recipients,
)
from lagesbild.digests.service.drafting import Draft
from lagesbild.digests.service.looking import Whole
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor
from tests.build import NORTH, NOW
from tests.build import draft as incident
from tests.post import Server, running

WEEK = "2026-W47"
W47 = Period.named(WEEK)
FIXED = datetime(2026, 11, 19, 10, tzinfo=STOCKHOLM).astimezone(UTC)
APPROVED = datetime(2026, 11, 19, 13, 30, tzinfo=STOCKHOLM).astimezone(UTC)
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)
TODAY = NOW.date()
BASE_URL = "https://lagesbild.as.example"
DOMAIN = "as.example"
NOTICE = "Lägesbild Ås kommun:"
CHAIR, DEPUTY = "ordforande@as.example", "vice@as.example"


@dataclass(frozen=True)
class House:
    """An installation and its mail server; time goes on by its ticks."""

    settings: Settings
    server: Server

    def tick(self, *moments: datetime) -> None:
        """Let the clock strike at moments."""
        for moment in moments:
            jobs.tick(self.settings, moment)

    @property
    def got(self) -> list[EmailMessage]:
        """What has arrived at the server but for notices, which are no letters; the first first."""
        read = [
            message_from_bytes(each, _class=EmailMessage, policy=policy.default)
            for each in self.server.got
        ]
        return [each for each in read if not each["Subject"].startswith(NOTICE)]

    def to(self, address: str) -> list[EmailMessage]:
        """What has arrived for an address."""
        return [each for each in self.got if each["To"] == address]

    def subjects(self, address: str) -> list[str]:
        """The subjects of what has arrived for an address."""
        return [str(each["Subject"]) for each in self.to(address)]

    @property
    def arrived(self) -> Counter[str]:
        """How many mails each address has got."""
        return Counter(str(each["To"]) for each in self.got)


@contextmanager
def house(server: Server, base: Settings | None = None, **changes: object) -> Iterator[House]:
    """Open a mail server, and an installation that sends to it."""
    with running(server) as port:
        usual = {
            "smtp_url": f"smtp://127.0.0.1:{port}",
            "mail_from": f"Lägesbild <post@{DOMAIN}>",
            "base_url": BASE_URL,
        }
        settings = (base or Settings()).model_copy(update=usual | changes)
        yield House(settings, server)


def text(message: EmailMessage) -> str:
    """Return the text of a mail, its lines joined."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def log(
    actor: Actor, number: int, *, at: datetime = NOW - MINUTE, **changes: object
) -> list[Incident]:
    """Log incidents that happened at a moment, and were known at once."""
    said = {"place": NORTH, "occurred_from": at, "organisation_id": actor.organisation_id} | changes
    with transaction(actor.gate) as session:
        return [
            incidents.report(session, actor, incident(**said), now=at + SECOND)
            for _ in range(number)
        ]


def again(actor: Actor) -> Actor:
    """Return an actor in their group as it is stored now."""
    [group] = [each for each in access.groups() if each.id == actor.group.id]
    return replace(actor, group=group)


def withdrawn(actor: Actor, reported: Sequence[Incident], *, now: datetime) -> None:
    """Take incidents back: they are counted no longer."""
    with transaction(actor.gate) as session:
        for one in reported:
            why = Reason("Fel")
            incidents.withdraw(session, actor, one.id, version=1, reason=why, now=now)


def listed(
    coordinator: Actor,
    mail: str = CHAIR,
    *,
    list_: ListName = ListName.CHAIR,
    starts_on: date = TODAY,
    now: datetime = NOW,
) -> Recipient:
    """Put an address on a list."""
    new = Recipient(new_id(), list_, mail, "Ordförande", starts_on)
    with transaction(coordinator.gate) as session:
        return recipients.add(session, coordinator, new, now=now)


def ended(coordinator: Actor, one: Recipient, on: date, *, now: datetime) -> None:
    """Let a day be somebody's last one on a list."""
    with transaction(coordinator.gate) as session:
        recipients.end(session, coordinator, one.id, on, version=one.version, now=now)


def fixed(coordinator: Actor, period: Period = W47, *, now: datetime = FIXED) -> Run:
    """Fix the picture of a week, and return its letter's draft."""
    with transaction(coordinator.gate) as session:
        fixing.fix(session, coordinator, period, now=now)
        drafting.draft(session, coordinator, period, now=now)
    return run(coordinator, period.name).run


def drafted(actor: Actor, made: Run) -> Draft:
    """Return the words of a letter."""
    with reading(actor.gate) as session:
        return drafting.drafted(session, actor, made)


def edited(actor: Actor, made: Run, *, now: datetime = FIXED + HOUR, **words: str) -> Wording:
    """Change some words of a letter."""
    found = drafted(actor, made)
    wanted = replace(found.latest, **words)  # type: ignore[arg-type]  # none of them is `counts`
    with transaction(actor.gate) as session:
        drafting.edit(session, actor, made.id, Edit(wanted, found.version), now=now)
    return drafted(actor, made).latest


def seen(actor: Actor, id_: UUID, *, now: datetime = APPROVED) -> str:
    """Return what stands for a letter as somebody sees it."""
    return composing.composed(actor, id_, base_url=BASE_URL, now=now).seen


def approve(
    approver: Actor, id_: UUID, *, now: datetime = APPROVED, as_seen: str | None = None
) -> None:
    """Approve a letter as it stands, or as it was seen."""
    found = as_seen or seen(approver, id_, now=now)
    approving.approve(approver, id_, found, base_url=BASE_URL, now=now)


def taken_back(actor: Actor, id_: UUID, *, now: datetime = APPROVED + MINUTE) -> None:
    """Take an approval back."""
    with transaction(actor.gate) as session:
        approving.take_back(session, actor, id_, now=now)


def approved(
    coordinator: Actor,
    approver: Actor,
    period: Period = W47,
    *,
    fixed_at: datetime = FIXED,
    now: datetime = APPROVED,
) -> Run:
    """Fix a week's picture and let somebody of another organisation approve its letter."""
    made = fixed(coordinator, period, now=fixed_at)
    approve(approver, made.id, now=now)
    return run(coordinator, period.name).run


def sent(coordinator: Actor, approver: Actor, settings: Settings, *, now: datetime = DUE) -> Whole:
    """Let a week's letter be approved and sent by the clock."""
    approved(coordinator, approver)
    jobs.tick(settings, now)
    return run(coordinator)


def corrected(actor: Actor, week: str = WEEK, *, now: datetime) -> None:
    """Begin a correction of a letter."""
    with transaction(actor.gate) as session:
        drafting.correct(session, actor, week, now=now)


def struck(actor: Actor, made: Run, *, now: datetime) -> None:
    """Strike a correction or an extra letter."""
    with transaction(actor.gate) as session:
        drafting.drop(session, actor, made.id, now=now)


def send(actor: Actor, made: Run, *, now: datetime) -> None:
    """Decide that a held letter is sent."""
    with transaction(actor.gate) as session:
        delivering.send(session, actor, made.id, domain=DOMAIN, now=now)


def resend(actor: Actor, one: Delivery, *, now: datetime) -> None:
    """Decide that a delivery is made once more."""
    with transaction(actor.gate) as session:
        delivering.resend(session, actor, one.id, domain=DOMAIN, now=now)


def run(actor: Actor, week: str = WEEK, kind: Kind = Kind.LETTER) -> Whole:
    """Return the newest mailing of a kind about a week."""
    with reading(actor.gate) as session:
        return looking.run(session, actor, looking.newest(session, actor, week, kind).id)


def runs(actor: Actor, week: str = WEEK, kind: Kind | None = None) -> Sequence[Run]:
    """Return the mailings about a week, of one kind or of all, the first made first."""
    with reading(actor.gate) as session:
        return [r for r in looking.of_week(session, actor, week) if kind in (None, r.kind)]


def deliveries(actor: Actor, week: str = WEEK, kind: Kind = Kind.LETTER) -> list[Delivery]:
    """Return the deliveries of the newest mailing of a kind about a week."""
    return list(run(actor, week, kind).deliveries)


def states(actor: Actor, week: str = WEEK, kind: Kind = Kind.LETTER) -> dict[str, State]:
    """Return how far the newest mailing of a kind has come, by address."""
    return {each.recipient: each.state for each in deliveries(actor, week, kind)}


def events(actor: Actor, week: str = WEEK, kind: Kind = Kind.LETTER) -> list[Event]:
    """Return what has happened to the newest mailing of a kind about a week."""
    return list(run(actor, week, kind).events)


def kinds(actor: Actor, week: str = WEEK) -> list[Kind]:
    """Return the kinds of all mailings about a week, the first made first."""
    return [one.kind for one in runs(actor, week)]
