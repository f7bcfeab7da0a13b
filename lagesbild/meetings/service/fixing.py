"""Fixing the picture of a week: numbered, checkable, never changed; and correcting it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import Counted, Window
from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import Period, moment_text
from lagesbild.base.db import Session, new_id
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.incidents.rules.checks import check_text
from lagesbild.meetings.rules import contents as said
from lagesbild.meetings.rules import snapshot
from lagesbild.meetings.rules.sitting import check_met
from lagesbild.meetings.rules.snapshot import SALT_BYTES, Fixed, Fixing, Head
from lagesbild.meetings.service import series
from lagesbild.meetings.service.composing import contents, figures
from lagesbild.meetings.service.publishing import publish
from lagesbild.meetings.store import assessments, outdated, sitting, weeks
from lagesbild.meetings.store import fixed as store
from lagesbild.people.rules import Actor, Permission, require

LOOKED_BACK = 26  # weeks in which what was fixed is still corrected
MAX_REASON = 200


def fix(session: Session, actor: Actor, period: Period, *, now: datetime) -> Fixed:
    """Fix the picture of a week and write what readers get of it. Once, whoever presses.

    Raises `InvalidError` before the meeting can begin, `ConflictError` with the fixed picture
    where somebody was faster.
    """
    require(actor, Permission.FIX_PICTURE)
    _check_begun(session, actor, period, now=now)
    week = weeks.week_id(session, actor.group, period)
    if not weeks.fix(session, actor.group, week, at=now):
        [first, *_] = store.of_week(session, actor.group, period.name)
        raise ConflictError(
            f"Bilden för v. {period.week} fastställdes redan {moment_text(first.head.fixed_at)}.",
            current=first,
        )
    found = _put(session, actor, period, Fixing.ORDINARY, now=now)
    publish(session, actor, period, now=now)
    return found


def fix_extra(session: Session, actor: Actor, period: Period, *, now: datetime) -> Fixed:
    """Fix an extra picture of a week that goes on, when something grave has happened."""
    require(actor, Permission.FIX_PICTURE)
    check_met(period, now)
    if period.start > now:
        raise InvalidError("week", "Veckan har inte börjat än.")
    week = weeks.week_id(session, actor.group, period)
    if weeks.held_open(session, actor.group, week) is not None:
        raise ConflictError(f"Bilden för v. {period.week} är redan fastställd.")
    return _put(session, actor, period, Fixing.EXTRA, now=now)


def correct_fixed(session: Session, actor: Actor, *, now: datetime) -> list[Fixed]:
    """Fix again, as corrections, the pictures that count what is no longer so. Twice is once.

    What came in after a picture was fixed is not counted in its correction either.
    """
    require(actor, Permission.FIX_PICTURE)
    weekday = actor.group.meeting_weekday
    since = Period.of(now, weekday=weekday).previous(LOOKED_BACK).name
    made = []
    for wrong in outdated.pictures(session, actor.group, since=since):
        period = Period.named(wrong.head.week, weekday=weekday)
        made.append(_correct(session, actor, period, wrong, now=now))
    return made


def fixed(session: Session, actor: Actor, period: Period) -> list[Fixed]:
    """Return all that is fixed of a week: the picture, extra ones and corrections, in order."""
    require(actor, Permission.READ_WEEK)
    return store.of_week(session, actor.group, period.name)


def latest(session: Session, actor: Actor, *, limit: int) -> list[Head]:
    """Return what the group has fixed, the latest first."""
    require(actor, Permission.READ_WEEK)
    return [found.head for found in store.listing(session, actor.group, limit=limit)]


def erase(
    session: Session, actor: Actor, number: int, name: str, reason: str, *, now: datetime
) -> None:
    """Remove a part of a fixed picture for good, because the law says so; the rest verifies."""
    require(actor, Permission.ERASE_PART)
    why = check_text("reason", reason, MAX_REASON, confirmed=True)
    if not why:
        raise InvalidError("reason", "Skriv varför delen tas bort, och med vilket stöd.")
    picture = store.numbered(session, actor.group, number)
    if not store.remove(session, actor.group, picture.id, name, reason=why, at=now):
        raise NotFoundError("Delen finns inte, eller är redan borttagen.")
    _forget(session, actor, picture, name, at=now)
    _log(session, actor, "picture.erased", picture, {"del": name}, at=now)


def _forget(session: Session, actor: Actor, picture: Fixed, name: str, *, at: datetime) -> None:
    """Empty what the meeting's own page still says in the words of a part that was removed.

    By the words alone: the district may have another name by now, and what was written since the
    picture was fixed is none of it.
    """
    weekday = actor.group.meeting_weekday
    week = weeks.week_id(session, actor.group, Period.named(picture.head.week, weekday=weekday))
    words = said.words(picture.content(name))
    sitting.clear_notes(session, actor.group, week, words, at=at)
    assessments.clear(session, actor.group, week, words, at=at)


def _check_begun(session: Session, actor: Actor, period: Period, *, now: datetime) -> None:
    check_met(period, now)
    begins = min(period.end, series.meeting(session, actor, period).starts_at)
    if now < begins:
        raise InvalidError(
            "week",
            f"Veckan pågår. Bilden kan fastställas från {moment_text(begins)}."
            " Har något allvarligt hänt, fastställ en extra lägesbild.",
        )


def _put(session: Session, actor: Actor, period: Period, kind: Fixing, *, now: datetime) -> Fixed:
    parts = contents(session, actor, period, now=now)
    return _store(session, actor, period, (kind, None, now), parts, now=now)


def _correct(
    session: Session, actor: Actor, period: Period, wrong: Fixed, *, now: datetime
) -> Fixed:
    known_at = wrong.head.known_at
    whole = figures(session, actor, period, known_at=known_at)
    found = store.numbered(session, actor.group, wrong.head.number)
    parts = {
        said.PICTURE: said.picture(whole),
        said.CORRECTION: said.correction(found.content(said.PICTURE), whole),
    }
    head = (Fixing.CORRECTION, wrong.head.number, known_at)
    return _store(session, actor, period, head, parts, now=now)


def _store(
    session: Session,
    actor: Actor,
    period: Period,
    of: tuple[Fixing, int | None, datetime],
    parts: Mapping[str, object],
    *,
    now: datetime,
) -> Fixed:
    group = actor.group
    kind, corrects, known_at = of
    number = store.next_number(session, group)
    head = Head(group.id, period.name, number, kind, now, known_at, corrects)
    made = [snapshot.part(n, c, secrets.token_bytes(SALT_BYTES)) for n, c in parts.items()]
    found = Fixed(new_id(), head, snapshot.sha256(head, made), tuple(made))
    week = weeks.week_id(session, group, period)
    store.add(session, group, week, found, by=(actor.organisation_id, actor.person_id))
    counted = _counted(session, actor, period, known_at=known_at)
    store.count(session, group, found.id, counted)
    verb = "picture.corrected" if kind is Fixing.CORRECTION else "picture.fixed"
    _log(session, actor, verb, found, {"sha256": found.sha256.hex()}, at=now)
    return found


def _counted(
    session: Session, actor: Actor, period: Period, *, known_at: datetime
) -> Sequence[Counted]:
    window = Window(period.start, period.end, known_at)
    return analysis.counted(session, actor.group.municipality_id, window, known_at=known_at)


def _log(
    session: Session,
    actor: Actor,
    verb: str,
    about: Fixed,
    what: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    entry = Entry(
        at,
        verb,
        f"picture:{about.head.number}",
        what,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, actor.group.municipality_id, [entry])
