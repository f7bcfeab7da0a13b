"""The series of meetings: when they are, how far they may be moved, and what follows them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM, Period, day_text
from lagesbild.base.errors import ConflictError, InvalidError, storable
from lagesbild.meetings.rules import calendar
from lagesbild.people.rules import LETTER_TO, Group

AHEAD = timedelta(weeks=8)  # how far meetings are made before they are held
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
EARLIEST, LATEST = time(6), time(20)
REMINDER = time(15)
LONGEST = 120
LAST_WEEK = 53
FARTHEST_M, LONGEST_HOURS = 1000, 48
SUMMER = "Sommaruppehåll"
REASONS = ("För få kan komma", "Inget att ta upp", SUMMER)


class State(StrEnum):
    """What has become of a meeting."""

    PLANNED = "planerat"
    MOVED = "flyttat"
    SKIPPED = "installt"
    FIXED = "faststallt"


@dataclass(frozen=True)
class Meeting:
    """The meeting that closes a week. A skipped one stands at its ordinary moment."""

    period: Period
    starts_at: datetime
    place: str
    skipped_reason: str | None = None
    moved_reason: str | None = None  # empty when it was moved without one
    kept: bool = False  # somebody has seen what day it is, and the group meets all the same
    fixed_at: datetime | None = None
    version: int = 0  # until it is stored

    @property
    def day(self) -> date:
        """The Swedish day on which it is, or would have been."""
        return self.starts_at.astimezone(STOCKHOLM).date()

    @property
    def ends_day(self) -> datetime:
        """The midnight after its day."""
        return datetime.combine(self.day + timedelta(days=1), time.min, STOCKHOLM)

    @property
    def is_skipped(self) -> bool:
        """Whether the group does not meet over this week."""
        return self.skipped_reason is not None

    @property
    def state(self) -> State:
        """What has become of it."""
        if self.fixed_at is not None:
            return State.FIXED
        if self.is_skipped:
            return State.SKIPPED
        return State.PLANNED if self.moved_reason is None else State.MOVED

    @property
    def reason(self) -> str:
        """Why it is skipped or moved, if anybody said."""
        return self.skipped_reason or self.moved_reason or ""

    @property
    def note(self) -> str:
        """What the calendar calls its day, or nothing."""
        found = calendar.day_of(self.day)
        return found.name if found else ""

    @property
    def needs_review(self) -> bool:
        """Whether the calendar put it on a day off, and nobody has said anything about it."""
        found = calendar.day_of(self.day)
        return self.state is State.PLANNED and not self.kept and found is not None and found.is_off

    @property
    def suggested(self) -> date | None:
        """Where to move it to, when its day is off; None says to skip it."""
        return calendar.suggested(self.period.meeting_day, earliest=earliest_day(self.period))


@dataclass(frozen=True)
class Plan:
    """What somebody wants of a meeting."""

    day: date
    at: time
    place: str
    reason: str = ""


@dataclass(frozen=True)
class Settings:
    """When and where a group meets, the weeks of a summer without, and for whom it writes.

    `reminder` is when on the day before those who have said nothing are reminded, if they are.
    What is nearer than `near_metres` and `near_hours` may be the same incident.
    """

    weekday: int
    at: time
    place: str = ""
    break_from: int | None = None
    break_to: int | None = None
    reminder: time | None = REMINDER
    near_metres: int = 150
    near_hours: int = 3
    letter_to: str = LETTER_TO


def meeting_start(period: Period, group: Group) -> datetime:
    """Return when the meeting that closes a period ordinarily begins."""
    return datetime.combine(period.meeting_day, group.meeting_time, STOCKHOLM)


def earliest_day(period: Period) -> date:
    """Return the first day on which a period may be met over: its last one."""
    return period.last_day


def latest_day(period: Period) -> date:
    """Return the last day on which a period may be met over: that before the next one closes."""
    return period.meeting_day + timedelta(days=6)


def next_closed(now: datetime, group: Group) -> Period:
    """Return the period that the next ordinary meeting day closes; today is one until midnight."""
    running = Period.of(now, weekday=group.meeting_weekday)
    is_today = running.first_day == now.astimezone(STOCKHOLM).date()
    return running.previous() if is_today else running


def ahead(first: Period, now: datetime) -> list[Period]:
    """Return the periods whose meetings there have to be: from one on, to eight weeks from now."""
    until = now.astimezone(STOCKHOLM).date() + AHEAD
    count = (until - first.meeting_day).days // 7 + 1
    return [first.previous(-n) for n in range(count)]


def planned(period: Period, group: Group) -> Meeting:
    """Return the meeting as the calendar makes it; in the summer's break it is skipped at once."""
    reason = SUMMER if is_in_break(period, group) else None
    return Meeting(period, meeting_start(period, group), group.meeting_place, reason)


def is_in_break(period: Period, group: Group) -> bool:
    """Whether a period is closed in a week without meetings."""
    if group.break_from is None or group.break_to is None:
        return False
    return group.break_from <= period.week <= group.break_to


def changed(meeting: Meeting, plan: Plan, group: Group) -> Meeting:
    """Return a meeting on another day or in another place; raise `InvalidError` where it cannot be.

    The window of its week stays where it is. On its ordinary moment it is not moved at all.
    """
    _refuse_fixed(meeting)
    first, last = earliest_day(meeting.period), latest_day(meeting.period)
    if not first <= plan.day <= last:
        raise InvalidError(
            "day",
            f"Mötet om v. {meeting.period.week} kan vara tidigast {day_text(first)}, veckans sista"
            f" dag, och senast {day_text(last)}. Välj en dag däremellan.",
        )
    check_time("at", plan.at)
    starts_at = datetime.combine(plan.day, plan.at, STOCKHOLM)
    place, reason = check_text("place", plan.place), check_text("reason", plan.reason)
    privacy.guard("reason", f"{place} {reason}", confirmed=True)  # a number may be in two pieces
    return replace(
        meeting,
        starts_at=starts_at,
        place=place,
        skipped_reason=None,
        moved_reason=None if starts_at == meeting_start(meeting.period, group) else reason,
    )


def skipped(meeting: Meeting, reason: str, group: Group) -> Meeting:
    """Return a meeting that is not held, or raise `InvalidError` without a reason."""
    _refuse_fixed(meeting)
    said = check_text("skipped_reason", reason)
    if not said:
        raise InvalidError("skipped_reason", "Välj eller skriv varför mötet ställs in.")
    ordinary = meeting_start(meeting.period, group)
    return replace(meeting, starts_at=ordinary, skipped_reason=said, moved_reason=None)


def held(meeting: Meeting) -> Meeting:
    """Return a meeting that is held after all: one that was skipped, or is on a day off."""
    _refuse_fixed(meeting)
    return replace(meeting, skipped_reason=None, kept=True)


def followed(meeting: Meeting, before: Group, after: Group) -> Meeting:
    """Return a coming meeting as it is when its group's settings change.

    What somebody has said of it stands as far as it can: a moved one stays where it is, unless
    another weekday has taken its week from it.
    """
    period = _followed(meeting.period, before, after)
    stays = meeting.moved_reason is not None and period == meeting.period
    place = after.meeting_place if meeting.place == before.meeting_place else meeting.place
    kept = meeting.kept and period == meeting.period
    found = replace(meeting, period=period, place=place, kept=kept)
    if not stays:
        found = replace(found, starts_at=meeting_start(period, after), moved_reason=None)
    was_in, is_in = is_in_break(meeting.period, before), is_in_break(period, after)
    if is_in and not was_in and not stays and not meeting.is_skipped:
        return replace(found, skipped_reason=SUMMER)
    if was_in and not is_in and meeting.skipped_reason == SUMMER:
        return replace(found, skipped_reason=None)
    return found


def _followed(period: Period, before: Group, after: Group) -> Period:
    days = after.meeting_weekday - before.meeting_weekday
    return Period(period.first_day + timedelta(days=days))


def check(wanted: Settings) -> Settings:
    """Return settings without the air around them; raise `InvalidError` for the first wrong one."""
    if not 0 <= wanted.weekday < len(WEEKDAYS):
        raise InvalidError("weekday", "Välj en av veckans dagar.")
    check_time("meeting", wanted.at)
    if wanted.reminder is not None:
        check_time("reminder", wanted.reminder)
    if not 1 <= wanted.near_metres <= FARTHEST_M:
        raise InvalidError("near_metres", "Skriv ett avstånd mellan 1 och 1 000 meter.")
    if not 1 <= wanted.near_hours <= LONGEST_HOURS:
        raise InvalidError("near_hours", "Skriv en tid mellan 1 och 48 timmar.")
    _check_break(wanted.break_from, wanted.break_to)
    letter_to = check_text("letter_to", wanted.letter_to) or LETTER_TO
    return replace(wanted, place=check_text("place", wanted.place), letter_to=letter_to)


def _check_break(first: int | None, last: int | None) -> None:
    for field, week in (("break_from", first), ("break_to", last)):
        if week is not None and not 1 <= week <= LAST_WEEK:
            raise InvalidError(field, "Skriv veckans nummer, mellan 1 och 53.")
    if (first is None) is not (last is None):
        raise InvalidError(
            "break_from" if first is None else "break_to",
            "Skriv både första och sista veckan, eller ingen av dem.",
        )
    if first is not None and last is not None and first > last:
        raise InvalidError("break_to", "Sista veckan ligger före den första. Byt plats på dem.")


def check_time(field: str, at: time) -> None:
    """Raise `InvalidError` for a time at which no group meets."""
    if not EARLIEST <= at <= LATEST:
        raise InvalidError(field, "Välj en tid mellan 06.00 och 20.00.")


def check_text(field: str, text: str) -> str:
    """Return a short text without the air around it, or raise `InvalidError`."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise InvalidError(field, f"Texten är för lång. Högst {LONGEST} tecken får plats.")
    storable(field, text)
    privacy.guard(field, text, confirmed=True)  # a room's number may look like much
    return text


def _refuse_fixed(meeting: Meeting) -> None:
    if meeting.fixed_at is not None:
        raise ConflictError("Veckan är fastställd, så mötet om den går inte att ändra.")


def late_from(meeting: Meeting, known_at: datetime) -> datetime:
    """Return from when reports about a meeting's week are late, as it is seen at a moment.

    What is logged during a meeting is not late while the group may still fix its picture of the
    week: that day. Once it is fixed, that moment parts them.
    """
    if meeting.fixed_at is not None:
        return meeting.fixed_at
    is_on = meeting.starts_at <= known_at < meeting.ends_day
    return meeting.ends_day if is_on and not meeting.is_skipped else meeting.starts_at


def shown_first(now: datetime, closed: Meeting) -> Period:
    """Return the period a group looks at: that of the next meeting, given the one closed last.

    The closed one is shown until it is fixed or the day of its meeting is over.
    """
    is_over = closed.fixed_at is not None or now >= closed.ends_day
    return closed.period.previous(-1) if is_over else closed.period
