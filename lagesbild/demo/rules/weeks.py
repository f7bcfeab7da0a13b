"""The demo's incidents. A week that is made again is the same; only what is known of it grows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, THURSDAY, Period
from lagesbild.demo.rules import patterns
from lagesbild.demo.rules.patterns import Told
from lagesbild.demo.rules.places import PLACES, near
from lagesbild.demo.rules.seasons import is_holiday, loudness, share
from lagesbild.demo.rules.stories import DAY, STORIES, Rhythm, Story
from lagesbild.districts.rules import slug_of
from lagesbild.incidents.rules import Facts, KnownBy, TimePrecision, Verification

WEEKS = 104  # up to the present one

# How many incidents a usual week has, by district. In one there are too few to judge.
USUAL = {
    "Flemingsberg": 14,
    "Segeltorp": 0.6,
    "Sjödalen-Fullersta": 18,
    "Skogås": 9,
    "Stuvsta-Snättringe": 9,
    "Trångsund": 7,
    "Vårby": 11,
}
CALM = 0.2  # so much above or below it a week may be, so that what stands out is meant to

# How often something is so.
LATE, UNCONFIRMED, REJECTED = 0.02, 0.3, 0.005
FOUND_NEXT_MORNING, ONLY_HOUR, ONLY_DAY = 0.6, 0.25, 0.3
ONLY_DISTRICT, NOWHERE = 0.045, 0.015
DAYS_LATE = (8, 13)  # always after the meeting that closed its week
SATURDAY = 5

# When each organisation enters what has come in, and whether on weekends too. The closed week and
# the running one grow from day to day; those before came as lists, on the morning of the meeting.
ENTERED = {
    "kommun": (time(8, 40), False),
    "polis": (time(7, 40), True),
    "brand": (time(8, 20), True),
    "skola": (time(8, 10), False),
}
KNOWN_BY = {
    "kommun": (KnownBy.STAFF, KnownBy.REPORT),
    "polis": (KnownBy.REPORT, KnownBy.REPORT, KnownBy.PATROL),
    "brand": (KnownBy.ALARM,),
    "skola": (KnownBy.STAFF,),
}


@dataclass(frozen=True)
class Report:
    """An incident as an organisation enters it. `district` is a slug, told where no point is."""

    id: UUID
    organisation: str
    registered_at: datetime
    facts: Facts
    summary: str
    district: str | None = None


@dataclass(frozen=True)
class Nothing:
    """An organisation's word that it has nothing to report for a week."""

    organisation: str
    period: Period
    at: datetime


def periods(now: datetime) -> list[Period]:
    """Return the weeks of the demo, oldest first."""
    running = Period.of(now)
    return [running.previous(n) for n in reversed(range(WEEKS))]


def joined_on(now: datetime) -> date:
    """Return the day on which the schools began to take part."""
    return Period.of(now).previous(1 + patterns.JOINED_WEEKS_AGO).first_day


def reports(now: datetime) -> list[Report]:
    """Return what has been entered before a moment, in the order of entering."""
    closed = Period.of(now).previous()
    made = [r for period in periods(now) for r in _week(period, closed)]
    return sorted((r for r in made if r.registered_at < now), key=lambda r: (r.registered_at, r.id))


def nothings(now: datetime) -> list[Nothing]:
    """Return for which weeks an organisation has said that it had nothing to report."""
    closed = Period.of(now).previous()
    said = [
        Nothing("skola", p, datetime.combine(p.last_day, time(14), STOCKHOLM).astimezone(UTC))
        for p in periods(now)
        if _is_quiet(p) and not _is_silent(p) and p != closed and p.first_day >= joined_on(now)
    ]
    return [nothing for nothing in said if nothing.at < now]


def _is_quiet(period: Period) -> bool:
    """Whether the schools report no incident in this week."""
    return period.week % 6 in {1, 4}


def _is_silent(period: Period) -> bool:
    """Whether they do not even say so."""
    return period.week % 6 == 1


def _week(period: Period, closed: Period) -> Iterator[Report]:
    chance = Random(f"Demokommunen {period.name}")  # noqa: S311 – a demo has no secrets, but must be repeatable
    ago = patterns.weeks_ago(period, closed)
    for district, usual in USUAL.items():
        loud = patterns.LOUD if district == patterns.FIRES_IN and not ago else 1.0
        expected = usual * loud * loudness(period) * chance.uniform(1 - CALM, 1 + CALM)
        for _ in range(int(expected) + (chance.random() < expected % 1)):
            report = _report(chance, period, district, as_list=period < closed)
            if _is_told(report, period, ago):
                yield (
                    _found_late(chance, report, closed) if _lay_in_a_drawer(report, ago) else report
                )
    for district, story in patterns.told(period, closed):
        yield from _told(chance, period, district, story)


def _is_told(report: Report, period: Period, ago: int) -> bool:
    """Whether the organisation takes part, is at work, and has something to tell this week."""
    if report.organisation == patterns.SILENT and ago == patterns.SILENT_WEEK:
        return False
    day = report.facts.occurred_from.astimezone(STOCKHOLM).date()
    school = report.organisation == "skola"
    if is_holiday(day) and (school or report.facts.category.startswith("SKO")):
        return False
    return not school or (ago <= patterns.JOINED_WEEKS_AGO and not (ago and _is_quiet(period)))


def _lay_in_a_drawer(report: Report, ago: int) -> bool:
    theirs = report.organisation == "kommun"
    return theirs and ago in patterns.GRAVEYARD_WEEKS and _group(report) == patterns.GRAVEYARD


def _group(report: Report) -> str:
    return report.facts.category[:3]


def _found_late(chance: Random, report: Report, closed: Period) -> Report:
    """Return a report as it was entered: with the whole list, when the drawer was opened."""
    found = closed.previous(patterns.FOUND_WEEK).meeting_day
    at = _moment(found, ENTERED[report.organisation][0])
    return replace(report, id=_id(chance, at), registered_at=at)


def _report(chance: Random, period: Period, district: str, *, as_list: bool) -> Report:
    weights = [story.weight * share(story.code, period.first_day) for story in STORIES]
    [story] = chance.choices(STORIES, weights)
    organisation = chance.choice(story.reporters)
    start, end, precision = _time(chance, period, story)
    facts = Facts(
        story.code,
        severity=0,  # the code's own is put in when it is stored
        occurred_from=start,
        occurred_to=end,
        time_precision=precision,
        verification=_verification(chance, organisation),
        known_by=chance.choice(KNOWN_BY[organisation]),
    )
    late = timedelta(days=chance.randint(*DAYS_LATE)) if chance.random() < LATE else timedelta()
    at = _next_time(organisation, (end or start) + late, as_list=as_list)
    report = Report(_id(chance, at), organisation, at, facts, chance.choice(story.texts))
    return _placed(chance, report, story, district)


def _placed(chance: Random, report: Report, story: Story, district: str) -> Report:
    """Add a place; sometimes only the district is known, and very seldom not even that."""
    places = [place for place in PLACES[district] if place.kind in story.where]
    unknown = chance.random()
    if unknown < NOWHERE:
        return report
    if unknown < NOWHERE + ONLY_DISTRICT or not places:
        return replace(report, district=slug_of(district))
    return replace(report, facts=near(chance, report.facts, chance.choice(places)))


def _verification(chance: Random, organisation: str) -> Verification:
    if organisation == "kommun" and chance.random() < UNCONFIRMED:
        return Verification.UNCONFIRMED
    return Verification.REJECTED if chance.random() < REJECTED else Verification.CONFIRMED


def _time(
    chance: Random, period: Period, story: Story
) -> tuple[datetime, datetime | None, TimePrecision]:
    """Return when something began and ended, in UTC, and how well that is known."""
    day = _day(chance, period, story.rhythm)
    if story.overnight and chance.random() < FOUND_NEXT_MORNING:
        start = _moment(day, time(chance.randrange(16, 23)))
        end = _moment(day + timedelta(days=1), time(chance.choice((6, 7)), chance.choice((0, 30))))
        return start, end, TimePrecision.WINDOW
    hour = chance.choice(story.rhythm.hours)
    if chance.random() < ONLY_HOUR:
        return _moment(day, time(hour)), None, TimePrecision.HOUR
    if story.rhythm is DAY and chance.random() < ONLY_DAY:
        return _moment(day, time(hour)), None, TimePrecision.DAY
    return _moment(day, time(hour, chance.randrange(0, 60, 5))), None, TimePrecision.EXACT


def _day(chance: Random, period: Period, rhythm: Rhythm) -> date:
    days = [period.first_day + timedelta(days=n) for n in range(7)]
    [day] = chance.choices(days, [rhythm.weekdays[day.weekday()] for day in days])
    return day


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, STOCKHOLM).astimezone(UTC)


def _next_time(organisation: str, after: datetime, *, as_list: bool) -> datetime:
    """Return when an organisation next enters what it knows."""
    at, on_weekends = ENTERED[organisation]
    days = {THURSDAY} if as_list else set(range(7 if on_weekends else SATURDAY))
    local = after.astimezone(STOCKHOLM)
    day = local.date() + timedelta(days=int(local.time() >= at))
    while day.weekday() not in days:
        day += timedelta(days=1)
    return _moment(day, at)


def _id(chance: Random, at: datetime) -> UUID:
    """Return a UUIDv7 of a moment whose random bits are the week's own [RFC 9562 section 5.7]."""
    bits = chance.randbytes(10)
    milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
    return UUID(
        bytes=milliseconds
        + bytes((0x70 | bits[0] & 0x0F, bits[1], 0x80 | bits[2] & 0x3F))
        + bits[3:]
    )


def _told(
    chance: Random, period: Period, district: str, story: tuple[Told, ...]
) -> Iterator[Report]:
    """Let each organisation enter its part of a story."""
    places = {place.name: place for place in PLACES[district]}
    last: Facts | None = None
    for told in story:
        facts = Facts(
            told.code,
            severity=0,
            occurred_from=_moment(period.first_day + timedelta(days=told.day), told.at),
            verification=Verification.CONFIRMED,
            known_by=KNOWN_BY[told.organisation][0],
        )
        placed = near(chance, facts, places[told.place])
        if told.same_place and last:
            placed = replace(placed, place=last.place)
        last = placed
        at = _next_time(told.organisation, facts.occurred_from, as_list=False)
        yield Report(_id(chance, at), told.organisation, at, placed, told.summary)
