"""Silence is a fault: what has left, what comes next, what has stayed away, and what is wrong."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lagesbild.base.clock import STOCKHOLM, Period, moment_text
from lagesbild.digests.rules import SILENCE, Kind, due_of
from lagesbild.digests.rules.recipients import COORDINATORS, Addressed
from lagesbild.meetings.rules.series import SUMMER, Meeting
from lagesbild.people.rules import Group

STOPPED = timedelta(minutes=10)  # a clock that has not ticked for so long has stopped
RECENT = timedelta(days=7)  # for so long a letter that has not reached everybody is told of
NEXT = 5
COPY = "Det här är en återställd kopia. Inga brev skickas härifrån."


@dataclass(frozen=True)
class Machine:
    """What is known of the installation: if it is a copy, and when its clock ticked last."""

    is_copy: bool = False
    ticked_at: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """The letter that has left last."""

    week: str
    kind: Kind
    at: datetime

    def text(self, now: datetime) -> str:
        """Say which it is, and when it left."""
        what = "extra brev om " if self.kind is Kind.EXTRA else ""
        return f"{what}{week_text(self.week)}, {moment_text(self.at, seen=now)}"


@dataclass(frozen=True)
class Unsent:
    """Something that should have left, and has not. Of version 0 there is not even a draft."""

    week: str
    kind: Kind
    version: int
    due_at: datetime

    def text(self, now: datetime) -> str:
        """Say which it is, and when it should have left."""
        name = named(self.kind, self.week, self.version)
        return f"{name} skulle ha gått {moment_text(self.due_at, seen=now)} men har inte gått."


@dataclass(frozen=True)
class Met:
    """The last meeting that was to be held, and if anything is there of its letter."""

    week: str
    starts_at: datetime
    is_told: bool


@dataclass(frozen=True)
class Heard:
    """What one question to the database tells of a group's letters."""

    sent: Sent | None = None
    unsent: Unsent | None = None
    met: Met | None = None


@dataclass(frozen=True)
class OfGroup:
    """The same of one group among all, for who watches the installation."""

    slug: str
    sent_at: datetime | None
    oldest_unsent: datetime | None
    overdue: int


@dataclass(frozen=True)
class Reach:
    """How many of a mailing's deliveries have not arrived."""

    week: str
    kind: Kind
    version: int
    refused: int
    unknown: int
    waiting: int

    @property
    def text(self) -> str:
        """Say that somebody has not got it, and why."""
        numbers = (
            (self.refused, "avvisat", "avvisade"),
            (self.unknown, "ovisst", "ovissa"),
            (self.waiting, "väntar", "väntar"),
        )
        parts = [f"{n} {one if n == 1 else many}" for n, one, many in numbers if n]
        return (
            f"{named(self.kind, self.week, self.version)} har inte nått alla: {', '.join(parts)}."
        )


@dataclass(frozen=True)
class Ahead:
    """A letter that is going to leave; or weeks without one, which have no `due_at`."""

    first: Period
    last: Period
    due_at: datetime | None = None
    why: str = ""

    def text(self, now: datetime) -> str:
        """Say of which week it is, when it leaves by the wall clock, and in which zone."""
        if self.due_at is None:
            span = f"–{self.last.week}" if self.last != self.first else ""
            return f"v. {self.first.week}{span}: {self.why}"
        when = f"{moment_text(self.due_at, seen=now)}, {zone_text(self.due_at)}"
        return f"v. {self.first.week}: {when}" + (f", {self.why}" if self.why else "")


@dataclass(frozen=True)
class Standing:
    """How a group's letters stand at a moment; `faults` are sentences for a person."""

    now: datetime
    heard: Heard
    ahead: Sequence[Ahead]
    faults: Sequence[str]

    @property
    def last_text(self) -> str:
        """Which letter has left last, and when."""
        return self.heard.sent.text(self.now) if self.heard.sent else "inget brev än"

    @property
    def next_text(self) -> str:
        """Which letter leaves next, and when."""
        found = next((each for each in self.ahead if each.due_at is not None), None)
        return found.text(self.now) if found else "inget brev i sikte"

    @property
    def unsent_text(self) -> str:
        """Which letter has stayed away for longest, or that none has."""
        return self.heard.unsent.text(self.now) if self.heard.unsent else "inget"

    @property
    def ahead_texts(self) -> list[str]:
        """The next letters, and the weeks without one between them."""
        return [each.text(self.now) for each in self.ahead]


def named(kind: Kind, week: str, version: int) -> str:
    """Return what a mailing is, as it begins a sentence."""
    if kind is Kind.LETTER and version > 1:
        return f"Rättelsen av brevet för {week_text(week)}"
    return f"{_NAMED[kind]} {week_text(week)}"


_NAMED = {
    Kind.LETTER: "Brevet för",
    Kind.EXTRA: "Det extra brevet om",
    Kind.DELAYED: "Beskedet om att brevet dröjer för",
    Kind.NONE: "Beskedet om uppehåll från",
}


def week_text(week: str) -> str:
    """Return `2026-W47` as people say it."""
    return f"v. {int(week[6:])}"


def zone_text(moment: datetime) -> str:
    """Return the zone of a moment in words: Sweden's, in summer or winter."""
    is_summer = bool(moment.astimezone(STOCKHOLM).dst())
    return f"svensk tid ({'sommartid' if is_summer else 'vintertid'})"


def is_silent(due_at: datetime, now: datetime) -> bool:
    """Whether what was due should have been heard of by now, and so has become a fault."""
    return now >= due_at.astimezone(UTC) + SILENCE


def has_stopped(ticked_at: datetime | None, now: datetime) -> bool:
    """Whether the clock stands still. Of one that was never seen nothing is known."""
    return ticked_at is not None and now - ticked_at > STOPPED


def with_unwritten(heard: Heard, group: Group, now: datetime) -> Heard:
    """Return what was heard, with a letter of which there is no row: a stopped clock makes none.

    It is the one of the last meeting; what should have left before it still comes first.
    """
    met = heard.met
    if heard.unsent is not None or met is None or met.is_told:
        return heard
    period = Period.named(met.week, weekday=group.meeting_weekday)
    due_at = due_of(group, period, met.starts_at).astimezone(UTC)
    if not group.schedule_since <= due_at <= now:
        return heard
    return replace(heard, unsent=Unsent(met.week, Kind.LETTER, 0, due_at))


def ahead(dues: Iterable[tuple[Meeting, datetime]], now: datetime) -> list[Ahead]:
    """Return the next five letters, and the weeks without one before and between them."""
    found: list[Ahead] = []
    for meeting, due_at in dues:
        if due_at.astimezone(UTC) <= now:
            continue
        _add(found, meeting, due_at)
        if sum(each.due_at is not None for each in found) == NEXT:
            break
    return found


def _add(found: list[Ahead], meeting: Meeting, due_at: datetime) -> None:
    period = meeting.period
    if not meeting.is_skipped:
        moved = "mötet är flyttat" if meeting.moved_reason is not None else ""
        found.append(Ahead(period, period, due_at, moved))
    elif meeting.skipped_reason != SUMMER:
        found.append(Ahead(period, period, why="inget möte"))
    elif found and found[-1].why == SUMMER.lower():
        found[-1] = Ahead(found[-1].first, period, why=SUMMER.lower())
    else:
        found.append(Ahead(period, period, why=SUMMER.lower()))


def faults(
    heard: Heard, reached: Sequence[Reach], machine: Machine, lacks: Sequence[str], now: datetime
) -> list[str]:
    """Return what is wrong with a group's letters, the worst first; nothing when all is well."""
    found = [COPY] if machine.is_copy else []
    if sentence := banner(heard, machine, now):
        found.append(sentence)
    return [*found, *(each.text for each in reached), *filter(None, lacks)]


def no_reader(addressed: Collection[Addressed]) -> str:
    """Return what is said when the next letter has nobody outside the group to go to."""
    if any(each.list != COORDINATORS for each in addressed):
        return ""
    rest = "Brevet går bara till samordnarna." if addressed else "Brevet har ingen att gå till."
    return f"Ingen mottagare står på listorna. {rest}"


def banner(heard: Heard, machine: Machine, now: datetime) -> str:
    """Return what every page of the group says while its letter stays away; else nothing."""
    if heard.unsent is not None and is_silent(heard.unsent.due_at, now):
        last = f" Senast gick {heard.sent.text(now)}." if heard.sent else ""
        return heard.unsent.text(now) + last
    if has_stopped(machine.ticked_at, now):
        assert machine.ticked_at is not None, "it has stopped"
        since = moment_text(machine.ticked_at, seen=now)
        return f"Klockan som skickar breven har stått sedan {since}. Inget går medan den står."
    return ""
