"""A letter to oneself, to see how it arrives."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.base.db import Session, reading, transaction
from lagesbild.base.errors import ConflictError, NotAllowedError
from lagesbild.digests.rules import Form, Kind, Letter, Run, RunState, What
from lagesbild.digests.rules.recipients import Addressed
from lagesbild.digests.service.approving import printed
from lagesbild.digests.service.composing import composed
from lagesbild.digests.service.delivering import MEMBERS
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import letters, outbox
from lagesbild.digests.store import runs as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require

TEST = "Test: "


def test_letter(
    actor: Actor, run_id: UUID, id_: UUID, *, base_url: str, domain: str, now: datetime
) -> str:
    """Send a letter as it stands to whoever asks, and to nobody else; return the address.

    The same `id_` twice is once.
    """
    require(actor, Permission.EDIT_DIGEST)
    full = _whole(actor, run_id, base_url=base_url, now=now)
    letter = replace(full, subject=f"{TEST}{full.subject}")
    group = actor.group
    with transaction(actor.gate) as session:
        mail = _own_address(session, actor)
        about = store.one(session, group, run_id, lock=True)  # one test letter at a time
        if about is None or store.one(session, group, id_) is not None:
            return mail
        before = store.newest(session, group, about.week, Kind.TEST)
        run = Run(
            id_,
            about.week,
            Kind.TEST,
            before.version + 1 if before else 1,
            now,
            RunState.RELEASED,
            late=False,
            made_at=now,
            released_at=now,
        )
        if not store.open_run(session, group, run):
            raise ConflictError("Någon annan skickade ett testbrev samtidigt. Försök igen.")
        letters.put_letters(session, group, run, {Form.FULL: letter}, released_at=now)
        to = [Addressed(mail, Form.FULL, MEMBERS)]
        outbox.put_deliveries(session, group, run, to, domain=domain, at=now)
        note(session, actor, run, What.RELEASED, at=now)
    return mail


def _own_address(session: Session, actor: Actor) -> str:
    known = {p.person_id: p.mail for p in people.members(session, actor.group)}
    if actor.person_id not in known:
        raise NotAllowedError("Testbrevet går till den som ber om det, och du är inte med här.")
    return known[actor.person_id]


def _whole(actor: Actor, run_id: UUID, *, base_url: str, now: datetime) -> Letter:
    """Return a letter as it would arrive: as it was approved, or else as it stands."""
    with reading(actor.gate) as session:
        run = store.one(session, actor.group, run_id)
        frozen = letters.letters(session, actor.group, run) if run else {}
    if Form.FULL in frozen:
        return frozen[Form.FULL]
    found = composed(actor, run_id, base_url=base_url, now=now)
    return printed(actor, found).letters[Form.FULL]
