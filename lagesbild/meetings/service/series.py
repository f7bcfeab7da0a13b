"""The series of a group's meetings: made ahead, moved, skipped, and what the group has settled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.clock import STOCKHOLM, Period, moment_text
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.meetings.rules import series as rules
from lagesbild.meetings.rules.series import Meeting, Plan, Settings
from lagesbild.meetings.store import meetings as store
from lagesbild.people.rules import Actor, Permission, require

CHANGED = "Någon annan ändrade samtidigt. Läs vad som gäller nu, och gör om det om det behövs."
CUT = (
    "Veckor räknas från mötesdag till mötesdag, och gruppens veckor är redan publicerade eller"
    " fastställda: med en ny dag skulle de få andra siffror än dem ni mötte om. Behåll dagen, och"
    " flytta mötena ett i taget under Möten: veckan ligger då kvar."
)


def make_ahead(session: Session, actor: Actor, *, now: datetime) -> list[Period]:
    """Make the meetings of the coming weeks, and of those that a standstill has left out.

    Return the periods that got one. Twice is once, and so are two at once.
    """
    require(actor, Permission.PLAN_MEETING)
    group = actor.group
    known = store.known(session, group)
    first = min(known, default=rules.next_closed(now, group))
    missing = [period for period in rules.ahead(first, now) if not known.get(period)]
    made = [p for p in missing if store.add(session, group, rules.planned(p, group))]
    if made:
        _log(session, actor, "meetings.made", f"week:{made[-1].name}", at=now)
    return made


def listing(session: Session, actor: Actor, *, now: datetime) -> list[Meeting]:
    """Return the group's meetings to eight weeks from now, the oldest first, stored or not."""
    require(actor, Permission.READ_MEETING)
    group = actor.group
    stored = {meeting.period: meeting for meeting in store.all_(session, group)}
    added = {p: rules.planned(p, group) for p in _coming(actor, now) if p not in stored}
    return [meeting for _, meeting in sorted((stored | added).items())]


def coming(session: Session, actor: Actor, *, now: datetime) -> Meeting | None:
    """Return the next meeting that is held, from today on, or None where all are skipped."""
    require(actor, Permission.READ_MEETING)
    today = now.astimezone(STOCKHOLM).date()
    held = (m for m in listing(session, actor, now=now) if m.day >= today and not m.is_skipped)
    return next(held, None)


def meeting(session: Session, actor: Actor, period: Period) -> Meeting:
    """Return the meeting that closes a period, as the calendar would make it if there is none."""
    require(actor, Permission.READ_MEETING)
    return store.named(session, actor.group, period)


def planning(session: Session, actor: Actor, period: Period, *, now: datetime) -> Meeting:
    """Return a meeting that may be changed, or raise `NotFoundError`."""
    require(actor, Permission.PLAN_MEETING)
    found = store.named(session, actor.group, period)
    if not found.version and period not in _coming(actor, now):
        raise NotFoundError("Det finns inget möte för veckan. De läggs in åtta veckor fram.")
    return found


def is_bound(session: Session, actor: Actor) -> bool:
    """Whether the group's weekday stays as it is, because a week has been told."""
    require(actor, Permission.PLAN_MEETING)
    return store.has_told(session, actor.group)


def starts(session: Session, actor: Actor, periods: Sequence[Period]) -> Mapping[Period, datetime]:
    """Return when the meetings of periods begin; a skipped one stands at its ordinary moment."""
    require(actor, Permission.READ_MEETING)
    return {m.period: m.starts_at for m in store.during(session, actor.group, periods)}


def move(
    session: Session, actor: Actor, period: Period, plan: Plan, *, version: int, now: datetime
) -> None:
    """Hold a meeting on another day, at another time or in another place."""
    require(actor, Permission.PLAN_MEETING)
    found = _found(session, actor, period, version=version, now=now)
    _store(session, actor, found, rules.changed(found, plan, actor.group), now=now)


def skip(
    session: Session, actor: Actor, period: Period, reason: str, *, version: int, now: datetime
) -> None:
    """Skip a meeting, with a reason. The picture of its week is there all the same."""
    require(actor, Permission.PLAN_MEETING)
    found = _found(session, actor, period, version=version, now=now)
    _store(session, actor, found, rules.skipped(found, reason, actor.group), now=now)


def hold(session: Session, actor: Actor, period: Period, *, version: int, now: datetime) -> None:
    """Hold a meeting that was skipped, or that the calendar has put on a day off."""
    require(actor, Permission.PLAN_MEETING)
    found = _found(session, actor, period, version=version, now=now)
    _store(session, actor, found, rules.held(found), now=now)


def settle(
    session: Session, actor: Actor, wanted: Settings, *, version: int, now: datetime
) -> None:
    """Change when and where the group meets; its coming meetings follow.

    Raises `InvalidError` for another weekday once a week is told: history is never cut anew.
    """
    require(actor, Permission.PLAN_MEETING)
    group, wanted = actor.group, rules.check(wanted)
    days = wanted.weekday - group.meeting_weekday
    if days and store.has_told(session, group):
        raise InvalidError("weekday", CUT)
    if version != group.version or not store.settle(session, group, wanted, version=version):
        raise ConflictError(CHANGED)
    after = replace(
        group,
        meeting_weekday=wanted.weekday,
        meeting_time=wanted.at,
        meeting_place=wanted.place,
        break_from=wanted.break_from,
        break_to=wanted.break_to,
        reminder_time=wanted.reminder,
    )
    for found in store.all_(session, group):
        if days or found.starts_at > now:
            store.change(session, group, rules.followed(found, group, after))
    if days:
        store.cut_anew(session, group, days=days, now=now)
    _log(session, actor, "meetings.settled", f"group:{group.slug}", at=now)


def _coming(actor: Actor, now: datetime) -> list[Period]:
    return rules.ahead(rules.next_closed(now, actor.group), now)


def _found(
    session: Session, actor: Actor, period: Period, *, version: int, now: datetime
) -> Meeting:
    """Return a meeting that may be changed, stored; raise unless it is as somebody has seen it."""
    found = planning(session, actor, period, now=now)
    if not found.version:
        store.add(session, actor.group, found)
        found = store.named(session, actor.group, period)
    if found.version != max(version, 1):  # what was seen may not have been stored yet
        raise ConflictError(CHANGED)
    return found


def _store(
    session: Session, actor: Actor, before: Meeting, after: Meeting, *, now: datetime
) -> None:
    if not store.change(session, actor.group, after):
        raise ConflictError(CHANGED)
    said = changes(_told(before), _told(after))
    verb = f"meeting.{after.state.name.lower()}"
    _log(session, actor, verb, f"week:{after.period.name}", at=now, said=said)


def _told(meeting: Meeting) -> dict[str, object]:
    """Return what the log may know: never why, nor where."""
    return {"starts_at": moment_text(meeting.starts_at), "state": meeting.state.value}


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    subject: str,
    *,
    at: datetime,
    said: Mapping[str, str] | None = None,
) -> None:
    entry = Entry(
        at,
        verb,
        subject,
        said or {},
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
