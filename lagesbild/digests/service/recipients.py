"""Who gets a group's letters: added, ended, and told from which letter on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry, changes
from lagesbild.base.clock import STOCKHOLM, Period, day_text
from lagesbild.base.db import Session
from lagesbild.base.errors import ConflictError, NotFoundError
from lagesbild.digests.rules import Form
from lagesbild.digests.rules import recipients as rules
from lagesbild.digests.rules.recipients import Addressed, ListName, Recipient, Standing
from lagesbild.digests.service.calendar import Due, dues
from lagesbild.digests.store import schedule as store
from lagesbild.people import store as people
from lagesbild.people.rules import Actor, Group, Permission, Role, require, system

CHANGED = "Någon annan ändrade samtidigt. Läs vad som gäller nu, och gör om det om det behövs."


class Overview(NamedTuple):
    """The lists of a group as they stand, and where its next letter goes."""

    forms: Mapping[ListName, Form]
    standing: Sequence[Standing]
    next: Due | None
    addressed: Sequence[Addressed]


class Own(NamedTuple):
    """On which lists somebody stands, what these get, and who changes them."""

    standing: Sequence[Standing]
    forms: Mapping[ListName, Form]
    contact: str


def overview(session: Session, actor: Actor, *, now: datetime) -> Overview:
    """Return the recipients of the actor's group, and who gets the next letter that is to go."""
    require(actor, Permission.READ_DIGEST)
    group = actor.group
    known, forms = store.recipients(session, group), store.forms(session, group)
    following = _next(session, actor, now=now)
    copies = [place.mail for place in people.members(session, group, role=Role.COORDINATOR)]
    on = (following.at if following else now).astimezone(STOCKHOLM).date()
    found = rules.addressed(known, forms, copies, on=on)
    forms = {name: forms.get(name, Form.FULL) for name in ListName}
    return Overview(forms, _standing(session, group, known), following, found)


def own(session: Session, actor: Actor, *, now: datetime) -> Own:
    """Return where the actor's own address stands, on this day or later, and whom to turn to."""
    require(actor, Permission.READ_PUBLICATION)
    group, today = actor.group, now.astimezone(STOCKHOLM).date()
    mails = {p.mail for p in people.members(session, group) if p.person_id == actor.person_id}
    known = [r for r in store.recipients(session, group) if r.mail.lower() in mails]
    found = _standing(session, group, [r for r in known if not r.is_over(today)])
    return Own(found, store.forms(session, group), store.schedule(session, group).contact)


def add(session: Session, actor: Actor, new: Recipient, *, now: datetime) -> Recipient:
    """Put somebody on a list. The same id again is the same recipient."""
    require(actor, Permission.SETTLE_DIGEST)
    known = _locked(session, actor)
    if there := next((r for r in known if r.id == new.id), None):
        return there
    found = rules.checked(new, known, now.astimezone(STOCKHOLM).date())
    if not store.put_recipient(session, actor.group, found):
        raise ConflictError(CHANGED)  # the id is another group's
    said = changes({}, {"lista": found.list.text, "från": day_text(found.starts_on)})
    _log(session, actor, "recipient.added", f"recipient:{found.id}", said, at=now)
    return found


def end(
    session: Session, actor: Actor, id_: UUID, ends_on: date, *, version: int, now: datetime
) -> None:
    """Let a day be somebody's last one on a list. The same day twice is once."""
    require(actor, Permission.SETTLE_DIGEST)
    found = _one(_locked(session, actor), id_)
    if found.ends_on == ends_on:
        return
    _refuse_stale(found, version)
    after = rules.ended(found, ends_on, now.astimezone(STOCKHOLM).date())
    _change(session, actor, found, after, verb="recipient.ended", at=now)


def keep(session: Session, actor: Actor, id_: UUID, *, version: int, now: datetime) -> None:
    """Take back that somebody leaves a list. Twice is once."""
    require(actor, Permission.SETTLE_DIGEST)
    known = _locked(session, actor)
    found = _one(known, id_)
    if found.ends_on is None:
        return
    _refuse_stale(found, version)
    after = rules.kept(found, known, now.astimezone(STOCKHOLM).date())
    _change(session, actor, found, after, verb="recipient.kept", at=now)


def set_forms(
    session: Session,
    actor: Actor,
    wanted: Mapping[ListName, Form],
    *,
    seen: Mapping[ListName, Form],
    now: datetime,
) -> None:
    """Settle how much of the letter lists get; `seen` is what somebody changes."""
    require(actor, Permission.SETTLE_DIGEST)
    store.letter_time(session, actor.group)  # the lock
    stored = store.forms(session, actor.group)
    for name, form in wanted.items():
        before = stored.get(name, Form.FULL)
        if form is before:
            continue
        if seen.get(name, before) is form:  # left as it was shown, and changed by somebody else
            continue
        if seen.get(name, before) is not before:
            raise ConflictError(f"{CHANGED} {name.text} får nu {before.text}.", current=before)
        store.put_form(session, actor.group, name, form)
        said = {name.text: f"{before.text} → {form.text}"}
        _log(session, actor, "recipients.form", f"group:{actor.group.slug}", said, at=now)


def _next(session: Session, actor: Actor, *, now: datetime) -> Due | None:
    """Return the next letter that is due, past the weeks without a meeting."""
    running = Period.of(now, weekday=actor.group.meeting_weekday)
    periods = [running.previous(), *(running.previous(-n) for n in range(rules.WEEKS_AHEAD))]
    found = dues(session, actor, periods)
    return next((due for due in found if due.at > now and not due.meeting.is_skipped), None)


def _standing(session: Session, group: Group, known: Sequence[Recipient]) -> list[Standing]:
    days = {day for r in known for day in (r.starts_on, r.ends_on) if day is not None}
    periods = sorted({period for day in days for period in rules.around(day, group)})
    found = dues(session, system(group), periods) if periods else []
    when = {due.meeting.period: due.at.astimezone(STOCKHOLM).date() for due in found}
    return [rules.standing(r, group, when) for r in known]


def _locked(session: Session, actor: Actor) -> Sequence[Recipient]:
    """Keep others from changing the lists, and return who stands on them."""
    store.letter_time(session, actor.group)
    return store.recipients(session, actor.group)


def _one(known: Sequence[Recipient], id_: UUID) -> Recipient:
    found = next((r for r in known if r.id == id_), None)
    if found is None:
        raise NotFoundError("Mottagaren finns inte på gruppens listor.")
    return found


def _refuse_stale(found: Recipient, version: int) -> None:
    if found.version != version:
        last = f"till och med {day_text(found.ends_on)}" if found.ends_on else "tills vidare"
        raise ConflictError(f"{CHANGED} Nu får mottagaren brevet {last}.", current=found)


def _change(
    session: Session, actor: Actor, before: Recipient, after: Recipient, *, verb: str, at: datetime
) -> None:
    if not store.end_recipient(
        session, actor.group, after.id, after.ends_on, version=before.version
    ):
        raise ConflictError(CHANGED, current=before)
    said = changes({"till och med": _day(before)}, {"till och med": _day(after)})
    _log(session, actor, verb, f"recipient:{after.id}", said, at=at)


def _day(recipient: Recipient) -> str:
    return day_text(recipient.ends_on) if recipient.ends_on else ""


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    subject: str,
    said: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    entry = Entry(at, verb, subject, said, actor.person_id, actor.organisation_id)
    audit.record(session, actor.group.municipality_id, [entry])
