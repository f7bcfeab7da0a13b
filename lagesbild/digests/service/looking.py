"""Letters looked at: those that wait, those that have left, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lagesbild.base.db import Session
from lagesbild.base.errors import NotFoundError
from lagesbild.digests.draw import pdf
from lagesbild.digests.rules import TO_READERS, Delivery, Event, Form, Kind, Letter, Run
from lagesbild.digests.service.drafting import NO_LETTER
from lagesbild.digests.store import letters, outbox
from lagesbild.digests.store import runs as store
from lagesbild.digests.store.letters import Sent
from lagesbild.people.rules import Actor, Permission, require

__all__ = ["Sent", "Whole", "archived", "newest", "of_week", "run", "runs", "sent", "sent_letter"]


@dataclass(frozen=True)
class Whole:
    """A mailing with all that is known of it; letters only once they are approved."""

    run: Run
    letters: Mapping[Form, Letter]
    deliveries: Sequence[Delivery]
    events: Sequence[Event]


def runs(session: Session, actor: Actor, *, limit: int | None = None) -> list[Run]:
    """Return what the group sends to readers, what is due last first."""
    require(actor, Permission.READ_DIGEST)
    return store.runs(session, actor.group, TO_READERS, limit=limit)


def of_week(session: Session, actor: Actor, week: str) -> list[Run]:
    """Return every mailing about a week, the first made first."""
    require(actor, Permission.READ_DIGEST)
    return store.of_week(session, actor.group, week)


def newest(session: Session, actor: Actor, week: str, kind: Kind = Kind.LETTER) -> Run:
    """Return the newest version of a week's letter, or raise `NotFoundError`."""
    require(actor, Permission.READ_DIGEST)
    found = store.newest(session, actor.group, week, kind)
    if found is None:
        raise NotFoundError(NO_LETTER)
    return found


def run(session: Session, actor: Actor, id_: UUID) -> Whole:
    """Return a mailing with all that is known of it, or raise `NotFoundError`."""
    require(actor, Permission.READ_DIGEST)
    found = store.one(session, actor.group, id_)
    if found is None:
        raise NotFoundError(NO_LETTER)
    return Whole(
        found,
        letters.letters(session, actor.group, found),
        outbox.deliveries(session, actor.group, found),
        store.events(session, actor.group, found),
    )


def sent(session: Session, actor: Actor) -> list[Sent]:
    """Return the letters that have left, the latest first; by the reader login, too."""
    require(actor, Permission.READ_PUBLICATION)
    return letters.sent(session, actor.group)


def sent_letter(session: Session, actor: Actor, of: Sent) -> Letter:
    """Return a letter that has left; by the reader login, too."""
    require(actor, Permission.READ_PUBLICATION)
    found = letters.sent_letter(session, actor.group, of.week, of.kind, of.version)
    if found is None:
        raise NotFoundError(NO_LETTER)
    return found


def archived(actor: Actor, letter: Letter) -> bytes:
    """Return an approved letter as PDF/A, for the archive. Whoever has the letter may have it."""
    require(actor, Permission.READ_PUBLICATION)
    return pdf.archive_pdf(letter)
