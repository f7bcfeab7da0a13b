"""Finding what there is to tell of at a moment. Nothing of it is stored: it is asked anew."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from lagesbild.actions import service as actions
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session, turn
from lagesbild.incidents.service import inquiries
from lagesbild.meetings import service as meetings
from lagesbild.meetings.service import fixing
from lagesbild.notices.rules import RECENT, Event, Kind, Notice, events, wanted
from lagesbild.notices.store import choices
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Permission, require, system

MOST_PICTURES = 50  # more are not fixed in a day


def notices(
    session: Session, actor: Actor, kinds: Collection[Kind], *, now: datetime
) -> list[Notice]:
    """Return who is to be told of what, of some kinds, as it is at this moment."""
    require(actor, Permission.SEND_NOTICES)
    found = [event for kind in kinds for event in _SOURCES[kind](session, actor, now)]
    if not found:
        return []
    places = people.members(session, actor.group)
    return wanted(actor.group, found, places, choices.off(session, actor.group), now=now)


def _reminders(session: Session, actor: Actor, now: datetime) -> list[Event]:
    """Look at the meeting over the running week, and at one that was moved into it."""
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    found = []
    for period in (running, running.previous()):
        meeting = meetings.meeting(session, actor, period)
        at = events.reminder_at(actor.group, meeting, now)
        if at is not None and now - at <= RECENT:
            silent = meetings.silent(session, actor, period, now=now)
            found += events.reminders(meeting, at, silent)
    return found


def _inquiries(session: Session, actor: Actor, now: datetime) -> list[Event]:
    """Ask in the name of each organisation: a question is for the two that it is between."""
    known = people.organisations(session, actor.group)
    found = []
    for organisation in known:
        asked = system(actor.group, organisation.id)
        turn(session, asked.gate)
        lately = inquiries.lately(session, asked, now=now)
        found += [inquiry for inquiry in lately if inquiry.asked_id == organisation.id]
    turn(session, actor.gate)
    return events.inquiries(found, known)


def _actions(session: Session, actor: Actor, now: datetime) -> list[Event]:
    today = now.astimezone(STOCKHOLM).date()
    known = actions.open_at(session, actor, today=today)
    decided = actions.decided_since(session, actor, known, now - RECENT)
    return events.actions(known, decided, today=today)


def _led(session: Session, actor: Actor, now: datetime) -> list[Event]:
    known = actions.open_at(session, actor, today=now.astimezone(STOCKHOLM).date())
    return events.led(actions.linked_since(session, actor, known, now - RECENT))


def _pictures(session: Session, actor: Actor, now: datetime) -> list[Event]:
    heads = fixing.latest(session, actor, limit=MOST_PICTURES)
    fresh = [head for head in heads if now - head.fixed_at <= RECENT]
    return events.pictures(fresh, weekday=actor.group.meeting_weekday)


_SOURCES: Mapping[Kind, Callable[[Session, Actor, datetime], list[Event]]] = {
    Kind.REPORT: _reminders,
    Kind.INQUIRY: _inquiries,
    Kind.ACTION: _actions,
    Kind.LED: _led,
    Kind.PICTURE: _pictures,
}
