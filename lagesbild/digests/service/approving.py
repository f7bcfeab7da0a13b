"""Approving a letter at the table, and taking the approval back while it has not left."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.digests import rules
from lagesbild.digests.draw import pdf
from lagesbild.digests.rules import Form, Kind, Run, RunState, What
from lagesbild.digests.rules.checks import within_size
from lagesbild.digests.rules.schedule import Author, approvers, check_approver
from lagesbild.digests.service import questions, settling
from lagesbild.digests.service.composing import Composed, composed
from lagesbild.digests.service.drafting import NO_LETTER, drafted, open_letter
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import letters, schedule
from lagesbild.digests.store import runs as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require

CHANGED = "Brevet har ändrats sedan du läste det. Läs det igen och godkänn sedan."
WITHOUT_PDF = "utan PDF, som skulle göra brevet för stort"


def approve(actor: Actor, run_id: UUID, seen: str, *, base_url: str, now: datetime) -> None:
    """Approve a letter as somebody has seen it; from then on it is what is sent. Twice is once.

    One that is held is held still: a person sends it.
    Raises `ConflictError` where it is no longer what was seen, `NotAllowedError` for who may not
    approve it, `InvalidError` where a check stops it.
    """
    require(actor, Permission.APPROVE_DIGEST)
    found = printed(actor, composed(actor, run_id, base_url=base_url, now=now))
    with transaction(actor.gate) as session:
        approve_composed(session, actor, found, seen, now=now)


def approve_composed(
    session: Session, actor: Actor, found: Composed, seen: str, *, now: datetime
) -> None:
    """Approve a letter that was put together just before, or in this very transaction."""
    require(actor, Permission.APPROVE_DIGEST)
    run_id = found.draft.run.id
    run = store.one(session, actor.group, run_id, lock=True)
    if run is not None and run.approved_by is not None and run.approved_by == actor.person_id:
        return
    run = open_letter(session, actor, run_id)
    if found.seen != seen or drafted(session, actor, run) != found.draft:
        raise ConflictError(CHANGED, current=found.draft)
    _check(session, actor, found)
    _freeze(session, actor, run, found, now=now)


def printed(actor: Actor, found: Composed) -> Composed:
    """Return a letter with its PDF, where it goes with the mail and the mail stays small enough."""
    require(actor, Permission.READ_DIGEST)
    full = found.letters[Form.FULL]
    if not found.settled.attach_pdf:
        return found
    whole = replace(full, pdf=pdf.pdf(full))
    return replace(found, letters={**found.letters, Form.FULL: within_size(whole)})


def _check(session: Session, actor: Actor, found: Composed) -> None:
    named = approvers(settling.signers(session, actor))
    check_approver(actor, found.settled.rule, found.draft.author, named, clean=found.is_clean)
    if found.is_stopped:
        first = next(check for check in found.checks if check.stops)
        raise InvalidError("seen", f"Brevet kan inte godkännas: {first.text}")


def _freeze(session: Session, actor: Actor, run: Run, found: Composed, *, now: datetime) -> None:
    group = actor.group
    is_first = run.kind is Kind.EXTRA or run.version == 1
    store.one_at_a_time(session, group)
    number = store.next_number(session, group, run.week[:4]) if is_first else found.number
    if number != found.number:
        raise ConflictError(CHANGED, current=found.draft)
    full = found.letters[Form.FULL]
    content = {
        **full.content,
        "approved_by": _names(session, actor, found),
        "approved_at": now.isoformat(),
    }
    letters.drop_letters(session, group, run)  # one that was written before there were approvals
    letters.put_letters(
        session, group, run, {**found.letters, Form.FULL: replace(full, content=content)}
    )
    store.change(
        session,
        group,
        run,
        state=RunState.HELD if run.state is RunState.HELD else RunState.APPROVED,
        number=number,
        publication_id=found.publication_id,
        written_at=now,
        approved_at=now,
        approved_by=actor.person_id,
        approved_for=actor.organisation_id,
        late=run.is_timed and rules.is_late(run.due_at, now),
    )
    if run.kind is Kind.LETTER:
        questions.mark_told(session, actor, run.week, found.draft.latest.answers)
    is_cut = found.settled.attach_pdf and full.pdf is None
    note(session, actor, run, What.APPROVED, at=now, detail=WITHOUT_PDF if is_cut else "")


def _names(session: Session, actor: Actor, found: Composed) -> list[str]:
    """Return the two organisations that answer for a letter: who wrote it, and who approved it."""
    known = {o.id: o.name for o in people.organisations(session, actor.group)}
    both = (found.draft.author.organisation_id, actor.organisation_id)
    return [known[id_] for id_ in both if id_ in known]


def take_back(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Take an approval back, as long as the letter has not left. Twice is once."""
    require(actor, Permission.EDIT_DIGEST)
    run = store.one(session, actor.group, run_id, lock=True)
    if run is None or not run.kind.is_letter:
        raise NotFoundError(NO_LETTER)
    if run.released_at is not None:
        raise ConflictError("Brevet har redan gått. Gör en rättelse i stället.")
    if run.approved_at is None:
        return
    letters.drop_letters(session, actor.group, run)
    store.change(
        session,
        actor.group,
        run,
        state=RunState.HELD if run.state is RunState.HELD else RunState.DRAFT,
        number=None,
        written_at=None,
        approved_at=None,
        approved_by=None,
        approved_for=None,
        late=False,
    )
    if run.kind is Kind.LETTER:
        left = drafted(session, actor, run).first.answers if run.version > 1 else ""
        questions.forget_told(session, actor, run.week, still=left)
    note(session, actor, run, What.RETURNED, at=now)


def refusal(session: Session, actor: Actor, author: Author, *, clean: bool) -> str:
    """Return why an actor may not approve what an author has written, or nothing."""
    require(actor, Permission.READ_DIGEST)
    if not actor.may(Permission.APPROVE_DIGEST):
        return "Du kan läsa brevet, men inte godkänna det."
    settled = schedule.schedule(session, actor.group)
    named = approvers(settling.signers(session, actor))
    try:
        check_approver(actor, settled.rule, author, named, clean=clean)
    except NotAllowedError as error:
        return str(error)
    return ""
