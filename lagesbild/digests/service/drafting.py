"""Drafting letters when a picture is fixed or corrected, and changing their words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from lagesbild.base.clock import Period
from lagesbild.base.db import Session, new_id
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.digests.rules import Kind, Run, RunState, What
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.rules.schedule import Author
from lagesbild.digests.rules.told import content_of
from lagesbild.digests.rules.wording import Sources, Wording, changes, checked, prefill
from lagesbild.digests.service import calendar, questions
from lagesbild.digests.service.noting import note
from lagesbild.digests.store import letters
from lagesbild.digests.store import runs as store
from lagesbild.digests.store.letters import Worded
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.publication import Publication
from lagesbild.meetings.rules.snapshot import Fixed, Fixing
from lagesbild.meetings.service import fixing
from lagesbild.meetings.store import fixed as pictures
from lagesbild.meetings.store import publications
from lagesbild.people.rules import Actor, Permission, require

NO_LETTER = "Det finns inget brev för den veckan."
_WORDING = TypeAdapter(Wording)


@dataclass(frozen=True)
class Draft:
    """A letter's words: as the program first put them, and as somebody left them last."""

    run: Run
    first: Wording
    latest: Wording
    version: int
    author: Author
    name: str | None  # of whoever wrote it last; the program has none
    at: datetime


def draft(session: Session, actor: Actor, period: Period, *, now: datetime) -> None:
    """Draft the letter of a week whose picture is fixed. Twice is once.

    What was due before there was a schedule gets none by itself: only the week that closed last,
    when a person fixes its picture.
    """
    require(actor, Permission.EDIT_DIGEST)
    [due] = calendar.dues(session, actor, [period])
    is_before = due.at.astimezone(UTC) < actor.group.schedule_since
    closed = Period.of(now, weekday=actor.group.meeting_weekday).previous()
    is_asked = actor.person_id is not None and period == closed
    if due.meeting.fixed_at is None or (is_before and not is_asked):
        return
    picture = _ordinary(session, actor, period)
    if picture is None or store.newest(session, actor.group, period.name, Kind.LETTER):
        return
    run = Run(
        new_id(), period.name, Kind.LETTER, 1, due.at, RunState.DRAFT, late=False, made_at=now
    )
    parts = {part.name: part.content for part in picture.parts}
    wording = first_words(session, actor, period, parts)
    _open(session, actor, run, wording, _author(session, actor, picture))


def draft_extra(
    session: Session,
    actor: Actor,
    period: Period,
    number: int,
    *,
    fixed_at: datetime,
    now: datetime,
) -> None:
    """Draft the letter that follows an extra picture, with nothing in it yet. Twice is once.

    Its version is the picture's number, and it goes as soon as it is approved.
    """
    require(actor, Permission.EDIT_DIGEST)
    run = Run(
        new_id(), period.name, Kind.EXTRA, number, fixed_at, RunState.DRAFT, late=False, made_at=now
    )
    author = Author(actor.person_id, actor.organisation_id)
    _open(session, actor, run, Wording(), author)


def correct(session: Session, actor: Actor, week: str, *, now: datetime) -> None:
    """Begin a correction of a letter that has left. A draft of one that waits is left alone."""
    require(actor, Permission.EDIT_DIGEST)
    newest = store.newest(session, actor.group, week, Kind.LETTER)
    left = store.last_released(session, actor.group, week)
    if newest is None:
        raise NotFoundError(NO_LETTER)
    if left is None or (newest.released_at is None and newest.state is not RunState.DROPPED):
        raise ConflictError("Brevet har inte gått. Ändra det i stället för att rätta det.")
    open_correction(session, actor, left, compared(session, actor, left), now=now)


class Compared(NamedTuple):
    """Figures of a week, and what they change in what readers were told; one thing a line."""

    publication_id: UUID
    changed: str


def compared(session: Session, actor: Actor, left: Run, *, with_: UUID | None = None) -> Compared:
    """Return how the figures of a letter that has left stand against others; the newest if none."""
    require(actor, Permission.READ_DIGEST)
    period = Period.named(left.week, weekday=actor.group.meeting_weekday)
    now_told = (
        meetings.published(session, actor, with_) if with_ else published(session, actor, period)
    )
    told_id = store.publication_of(session, actor.group, left)
    if told_id is None:  # from before letters knew what they were made from
        return Compared(now_told.id, "")
    was_told = meetings.published(session, actor, told_id)
    changed = changes(content_of(was_told.content), content_of(now_told.content), period)
    return Compared(now_told.id, changed)


def open_correction(
    session: Session, actor: Actor, left: Run, found: Compared, *, now: datetime
) -> None:
    """Draft the next version of a letter, in the words that it left with.

    By the clock it is still answered for by who wrote those.
    """
    require(actor, Permission.EDIT_DIGEST)
    newest = store.newest(session, actor.group, left.week, Kind.LETTER) or left
    run = Run(
        new_id(),
        left.week,
        Kind.LETTER,
        newest.version + 1,
        now,
        RunState.DRAFT,
        late=False,
        made_at=now,
    )
    before = drafted(session, actor, left)
    author = Author(actor.person_id, actor.organisation_id) if actor.person_id else before.author
    wording = replace(before.latest, changed=found.changed)
    _open(session, actor, run, wording, author, publication_id=found.publication_id)


def _open(
    session: Session,
    actor: Actor,
    run: Run,
    wording: Wording,
    author: Author,
    *,
    publication_id: UUID | None = None,
) -> None:
    if not store.open_run(session, actor.group, run, publication_id=publication_id):
        return
    made = Worded(0, run.made_at, author, asdict(wording))
    letters.put_wording(session, actor.group, run, made)
    note(session, actor, run, What.DRAFTED, at=run.made_at)


def drafted(session: Session, actor: Actor, run: Run) -> Draft:
    """Return the words of a letter."""
    require(actor, Permission.READ_DIGEST)
    worded = letters.wordings(session, actor.group, run)
    if not worded:  # from before letters were drafted
        return Draft(run, Wording(), Wording(), 0, Author(None, None), None, run.made_at)
    first, last = (_WORDING.validate_python(each.wording) for each in (worded[0], worded[-1]))
    return Draft(
        run, first, last, worded[-1].version, worded[-1].author, worded[-1].name, worded[-1].at
    )


def edit(session: Session, actor: Actor, run_id: UUID, wanted: Edit, *, now: datetime) -> None:
    """Change the words of a letter. A stale version raises `ConflictError` with the stored draft.

    Raises `InvalidError` for the first text that may not be stored.
    """
    require(actor, Permission.EDIT_DIGEST)
    run = open_letter(session, actor, run_id)
    before = drafted(session, actor, run)
    checked_ = checked(wanted.wording, confirmed=wanted.confirmed)
    ready = replace(checked_, counts=before.latest.counts)
    if ready == before.latest:
        return
    author = Author(actor.person_id, actor.organisation_id)
    made = Worded(wanted.version + 1, now, author, asdict(ready))
    is_stale = wanted.version != before.version
    if is_stale or not letters.put_wording(session, actor.group, run, made):
        raise ConflictError("Någon annan har ändrat brevet under tiden.", current=before)
    note(session, actor, run, What.EDITED, at=now)


def open_letter(session: Session, actor: Actor, run_id: UUID) -> Run:
    """Return, locked, a letter whose words may be changed, or raise."""
    require(actor, Permission.READ_DIGEST)
    run = store.one(session, actor.group, run_id, lock=True)
    if run is None or not run.kind.is_letter:
        raise NotFoundError(NO_LETTER)
    if run.released_at is not None:
        raise ConflictError("Brevet har redan gått. Gör en rättelse i stället.")
    if run.approved_at is not None:
        raise ConflictError("Brevet är godkänt. Ta tillbaka godkännandet om det ska ändras.")
    if run.state is RunState.DROPPED:
        raise ConflictError("Brevet är struket.")
    return run


def drop(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Strike a correction or an extra letter that is not going to be sent. Twice is once."""
    require(actor, Permission.EDIT_DIGEST)
    run = store.one(session, actor.group, run_id, lock=True)
    if run is None or not run.kind.is_letter:
        raise NotFoundError(NO_LETTER)
    if run.state is RunState.DROPPED:
        return
    run = open_letter(session, actor, run_id)
    if run.is_timed:
        raise InvalidError(
            "run",
            "Veckans brev kan inte strykas. Blir det inte godkänt täcks veckan av nästa brev.",
        )
    store.change(session, actor.group, run, state=RunState.DROPPED)
    note(session, actor, run, What.DROPPED, at=now)


def _ordinary(session: Session, actor: Actor, period: Period) -> Fixed | None:
    found = fixing.fixed(session, actor, period)
    return next((each for each in found if each.head.kind is Fixing.ORDINARY), None)


def _author(session: Session, actor: Actor, picture: Fixed) -> Author:
    """Return who has fixed a picture: the first words of its letter are theirs to answer for."""
    person, organisation = pictures.fixed_by(session, actor.group, picture.id)
    return Author(person, organisation)


def published(session: Session, actor: Actor, period: Period) -> Publication:
    """Return the newest publication of a week; by the reader login, too."""
    require(actor, Permission.READ_PUBLICATION)
    found = publications.newest_id(session, actor.group, period)
    assert found is not None, "a fixed picture is published"
    return meetings.published(session, actor, found)


def first_words(
    session: Session, actor: Actor, period: Period, parts: Mapping[str, object]
) -> Wording:
    """Return the first words of a week's letter, from what is published and a picture's parts."""
    require(actor, Permission.EDIT_DIGEST)
    return prefill(
        Sources(
            period,
            content_of(published(session, actor, period).content),
            parts,
            meetings.inward(session, actor),
            questions.answers_for(session, actor, period.name),
        )
    )
