"""Questions from those who read the letter: asked, answered, and told by the next letter."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, NotAllowedError, NotFoundError
from lagesbild.digests.rules import questions as rules
from lagesbild.digests.rules.questions import Answer, Asking, Question
from lagesbild.digests.store import questions as store
from lagesbild.digests.store import schedule
from lagesbild.meetings.service import series
from lagesbild.people.rules import Actor, Permission, require, system

MOST = 200  # on a page
CHANGED = "Någon annan hann före. Läs vad som står nu, och svara igen om det behövs."


def ask(session: Session, actor: Actor, asking: Asking, *, now: datetime) -> Question:
    """Ask the group about a week's letter. The same id again is the same question."""
    require(actor, Permission.ASK_GROUP)
    if actor.person_id is None:
        raise NotAllowedError("Bara en person kan ställa en fråga.")
    schedule.letter_time(session, actor.group)  # one at a time, so that they can be counted
    mine = store.of(session, actor.group, actor.person_id, limit=MOST)
    if there := next((q for q in mine if q.id == asking.id), None):
        return there
    said = rules.checked(asking, actor.group.meeting_weekday, now)
    rules.check_number(mine, said)
    return _put(session, actor, said, actor.person_id, verb="question.asked", now=now)


def add(session: Session, actor: Actor, asking: Asking, *, now: datetime) -> Question:
    """Note a question that came by mail or by phone. The same id again is the same question."""
    require(actor, Permission.EDIT_DIGEST)
    if there := store.one(session, actor.group, asking.id):
        return there
    said = rules.checked(asking, actor.group.meeting_weekday, now)
    return _put(session, actor, said, None, verb="question.added", now=now)


def own(session: Session, actor: Actor) -> list[Question]:
    """Return what the actor has asked, the newest first; answers as far as a letter tells them."""
    require(actor, Permission.ASK_GROUP)
    if actor.person_id is None:
        return []
    found = store.of(session, actor.group, actor.person_id, limit=MOST)
    return [replace(question, answer=question.seen_answer) for question in found]


def listing(session: Session, actor: Actor) -> list[Question]:
    """Return the questions to the group: the open ones first, then the newest."""
    require(actor, Permission.READ_DIGEST)
    return store.every(session, actor.group, limit=MOST)


def open_questions(session: Session, actor: Actor) -> list[Question]:
    """Return the questions on the agenda of the next meeting, the oldest first."""
    require(actor, Permission.READ_MEETING)
    return store.waiting(session, actor.group)


def agenda_at(session: Session, actor: Actor, *, now: datetime) -> datetime | None:
    """Return when the meeting begins that takes up what is asked now, if one is in sight."""
    require(actor, Permission.READ_PUBLICATION)
    found = series.listing(session, system(actor.group), now=now)
    return next((m.starts_at for m in found if m.starts_at > now and not m.is_skipped), None)


def answer(session: Session, actor: Actor, id_: UUID, said: Answer, *, now: datetime) -> None:
    """Answer a question, or change an answer that no letter has told. The same twice is once."""
    require(actor, Permission.EDIT_DIGEST)
    text = rules.check_answer(said)
    found = _one(session, actor, id_)
    if found.answer == text and found.closed_at is None:
        return
    rules.refuse_told(found)
    answered = replace(found, answer=text, answered_at=now)
    _change(session, actor, found, answered, version=said.version)
    _log(session, actor, "question.answered", id_, at=now)


def close(session: Session, actor: Actor, id_: UUID, *, version: int, now: datetime) -> None:
    """Close a question without an answer in the letter. Twice is once."""
    require(actor, Permission.EDIT_DIGEST)
    found = _one(session, actor, id_)
    if found.closed_at is not None:
        return
    rules.refuse_told(found)
    closed = replace(found, answer="", answered_at=None, closed_at=now)
    _change(session, actor, found, closed, version=version)
    _log(session, actor, "question.closed", id_, at=now)


def answers_for(session: Session, actor: Actor, week: str) -> list[str]:
    """Return what a week's letter has to tell: a line for each question that is answered.

    Those that an earlier letter has told are left out, those of this week's own are not.
    """
    require(actor, Permission.READ_DIGEST)
    return [question.line for question in store.answered(session, actor.group, ["", week])]


def mark_told(session: Session, actor: Actor, week: str, said: str) -> None:
    """Let a week's letter have told the answers that stand in what it says of them.

    One that was given after the letter was drafted, or was taken out of it, waits for the next.
    """
    require(actor, Permission.EDIT_DIGEST)
    untold = store.answered(session, actor.group, [""])
    ids = [question.id for question in untold if question.is_told_by(said)]
    store.put_told(session, actor.group, week, ids)


def forget_told(session: Session, actor: Actor, week: str, *, still: str = "") -> None:
    """Take back that a week's letter tells its answers, as when its approval is taken back.

    `still` is what an earlier version says of them that has left.
    """
    require(actor, Permission.EDIT_DIGEST)
    told = store.answered(session, actor.group, [week])
    ids = [question.id for question in told if not question.is_told_by(still)]
    store.put_told(session, actor.group, "", ids)


def _put(
    session: Session,
    actor: Actor,
    said: Asking,
    person_id: UUID | None,
    *,
    verb: str,
    now: datetime,
) -> Question:
    if store.put(session, actor.group, said, person_id=person_id, at=now):
        _log(session, actor, verb, said.id, at=now)
    there = store.one(session, actor.group, said.id)  # perhaps of a double click just now
    if there is None or there.person_id != person_id:
        raise ConflictError("Frågan gick inte att spara. Ladda om sidan och försök igen.")
    return there


def _one(session: Session, actor: Actor, id_: UUID) -> Question:
    found = store.one(session, actor.group, id_)
    if found is None:
        raise NotFoundError("Det finns ingen sådan fråga.")
    return found


def _change(
    session: Session, actor: Actor, before: Question, after: Question, *, version: int
) -> None:
    """Store what becomes of a question, over the version that somebody has seen."""
    wanted = replace(after, version=version)
    if not store.change(session, actor.group, wanted, by=actor.person_id):
        raise ConflictError(CHANGED, current=before)


def _log(session: Session, actor: Actor, verb: str, id_: UUID, *, at: datetime) -> None:
    entry = Entry(at, verb, f"question:{id_}", {}, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])
