"""What is written down in a meeting, until its picture is fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import STOCKHOLM, Period, moment_text
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.districts.store import read as districts
from lagesbild.incidents.rules.checks import check_text
from lagesbild.meetings.rules import assessing
from lagesbild.meetings.rules.agenda import Step
from lagesbild.meetings.rules.assessing import Assessment
from lagesbild.meetings.rules.sitting import (
    MAX_NOTE,
    MAX_PURPOSE,
    PURPOSE,
    Coming,
    Note,
    Sitting,
    check_met,
    checked_coming,
)
from lagesbild.meetings.store import assessments, coming, sitting, weeks
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require

AHEAD = timedelta(days=13)  # what is coming is shown to the end of the next week
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Written:
    """All that is written down in a meeting so far."""

    sitting: Sitting | None = None
    attendance: Mapping[UUID, bool] = field(default_factory=dict)
    said: Sequence[Assessment] = ()
    notes: Mapping[Step, Note] = field(default_factory=dict)
    fixed_at: datetime | None = None


def written(session: Session, actor: Actor, period: Period) -> Written:
    """Return what is written down in the meeting of a week."""
    require(actor, Permission.READ_WEEK)
    group = actor.group
    week = weeks.found_id(session, group, period)
    if week is None:
        return Written()
    return Written(
        sitting.opened(session, group, week),
        sitting.attendance(session, group, week),
        assessments.all_of(session, group, week),
        sitting.notes(session, group, week),
        weeks.fixed_at(session, group, week),
    )


def open_(session: Session, actor: Actor, period: Period, purpose: str, *, now: datetime) -> None:
    """Open the meeting of a week, and note once why its members read what they read. Twice is once.

    A purpose that is left out is the usual one.
    """
    require(actor, Permission.HOLD_MEETING)
    why = check_text("purpose", purpose, MAX_PURPOSE, confirmed=True) or PURPOSE
    week = _open_week(session, actor, period, now=now)
    said = Sitting(now, why)
    if sitting.open_(session, actor.group, week, said, actor.person_id):
        _log(session, actor, "meeting.opened", period, {}, at=now)


def attend(
    session: Session, actor: Actor, period: Period, present: Mapping[str, bool], *, now: datetime
) -> None:
    """Note which organisations, by slug, are there and which are not."""
    require(actor, Permission.HOLD_MEETING)
    known = {o.slug: o for o in people.organisations(session, actor.group)}
    if unknown := present.keys() - known.keys():
        raise InvalidError(min(unknown), "Organisationen hör inte till gruppen.")
    if not present:
        raise InvalidError("organisation", "Välj vilken organisation det gäller.")
    week = _open_week(session, actor, period, now=now)
    sitting.attend(
        session, actor.group, week, {known[s].id: here for s, here in present.items()}, at=now
    )
    what = {slug: "närvarande" if here else "frånvarande" for slug, here in present.items()}
    _log(session, actor, "meeting.attendance", period, what, at=now)


def say_nothing_for(
    session: Session, actor: Actor, period: Period, slug: str, *, now: datetime
) -> None:
    """Note that an organisation has said aloud that it has nothing to report. Twice is once."""
    require(actor, Permission.REPORT_FOR_OTHERS)
    known = {o.slug: o for o in people.organisations(session, actor.group)}
    if slug not in known:
        raise InvalidError("organisation", "Organisationen hör inte till gruppen.")
    week = _open_week(session, actor, period, now=now)
    if weeks.put_nothing(
        session, actor.group, week, known[slug].id, person_id=actor.person_id, at=now
    ):
        _log(session, actor, "week.nothing", period, {"muntligt från": slug}, at=now)


def note(
    session: Session,
    actor: Actor,
    period: Period,
    said: Note,
    *,
    now: datetime,
    confirmed: bool = False,
) -> None:
    """Store what is noted at a step. A stale version raises `ConflictError` with the stored one."""
    require(actor, Permission.HOLD_MEETING)
    words = check_text("text", said.text, MAX_NOTE, confirmed=confirmed)
    week = _open_week(session, actor, period, now=now)
    if not sitting.put_note(session, actor.group, week, replace(said, text=words), at=now):
        stored = sitting.notes(session, actor.group, week).get(said.step)
        raise ConflictError("Någon annan har ändrat anteckningen under tiden.", current=stored)
    _log(session, actor, "meeting.noted", period, {"steg": said.step.text}, at=now)


def assess(
    session: Session,
    actor: Actor,
    period: Period,
    said: Sequence[Assessment],
    *,
    now: datetime,
    confirmed: bool = False,
) -> None:
    """Store what is said of districts, all or nothing.

    What is said already is left as it is. A stale version raises `ConflictError` with all that
    is stored of the week.
    """
    require(actor, Permission.HOLD_MEETING)
    group = actor.group
    named = {d.id: d for d in districts.main(session, group.municipality_id)}
    if any(a.district_id not in named for a in said):
        raise NotFoundError("Området finns inte i kommunens indelning.")
    _check_speakers(session, actor, said)
    ready = [assessing.checked(a, named[a.district_id], confirmed=confirmed) for a in said]
    week = _open_week(session, actor, period, now=now)
    stored = {
        (a.district_id, a.organisation_id): a for a in assessments.all_of(session, group, week)
    }
    for one in ready:
        before = stored.get((one.district_id, one.organisation_id))
        if before and (before.word, before.sentence) == (one.word, one.sentence):
            continue
        # What an organisation says itself is its last word; the group's is everybody's to change.
        latest = replace(one, version=before.version) if one.organisation_id and before else one
        if not assessments.put(session, group, week, latest, person_id=actor.person_id, at=now):
            raise ConflictError(
                f"Någon annan har bedömt {named[one.district_id].name} under tiden.",
                current=assessments.all_of(session, group, week),
            )
        what = {"bedömning": one.word.text}
        _log(session, actor, "district.assessed", period, what, at=now)


def _check_speakers(session: Session, actor: Actor, said: Sequence[Assessment]) -> None:
    """Raise unless it is the group's or the own organisation's word, or written for who said it."""
    known = {o.id for o in people.organisations(session, actor.group)}
    for organisation in {a.organisation_id for a in said} - {None, actor.organisation_id}:
        require(actor, Permission.REPORT_FOR_OTHERS)
        if organisation not in known:
            raise InvalidError("whose", "Organisationen hör inte till gruppen.")


def expected(session: Session, actor: Actor, period: Period) -> list[Coming]:
    """Return what happens in the week that begins with a meeting, and in the one after."""
    require(actor, Permission.READ_WEEK)
    first = period.meeting_day
    return coming.between(session, actor.group, first, first + AHEAD)


def expect(
    session: Session, actor: Actor, said: Coming, *, now: datetime, confirmed: bool = False
) -> None:
    """Note something that is going to happen. The same id twice is once."""
    require(actor, Permission.HOLD_MEETING)
    today = now.astimezone(STOCKHOLM).date()
    ready = checked_coming(said, today, confirmed=confirmed)
    organisation = actor.organisation_id
    if coming.put(session, actor.group, ready, organisation_id=organisation, at=now):
        _log(session, actor, "coming.added", None, {}, at=now)


def drop(session: Session, actor: Actor, id_: UUID, *, now: datetime) -> None:
    """Take back something that is not going to happen. Twice is once."""
    require(actor, Permission.HOLD_MEETING)
    if coming.drop(session, actor.group, id_, at=now):
        _log(session, actor, "coming.dropped", None, {}, at=now)


def pulse(session: Session, actor: Actor, *, now: datetime) -> str:
    """Return a word that changes as soon as anything changes for the group."""
    require(actor, Permission.READ_WEEK)
    return audit.pulse(session, actor.group.municipality_id, since=now - JUST_NOW)


def check_open(session: Session, actor: Actor, period: Period, *, now: datetime) -> None:
    """Raise unless a week is in the group's series and its picture is not fixed."""
    require(actor, Permission.HOLD_MEETING)
    _open_week(session, actor, period, now=now)


def _open_week(session: Session, actor: Actor, period: Period, *, now: datetime) -> UUID:
    """Return the id of a week whose picture is not fixed, and stays so until this is written."""
    check_met(period, now)
    week = weeks.week_id(session, actor.group, period)
    fixed_at = weeks.held_open(session, actor.group, week)
    if fixed_at is not None:
        raise ConflictError(
            f"Bilden för v. {period.week} fastställdes {moment_text(fixed_at)} och kan inte ändras."
            " Det du skrev är inte sparat. Ta upp det på nästa möte."
        )
    return week


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    period: Period | None,
    what: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    entry = Entry(
        at,
        verb,
        f"week:{period.name}" if period else f"group:{actor.group.slug}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
