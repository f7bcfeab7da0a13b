"""The demo's incidents. A week that is made again is the same; only what is known of it grows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, THURSDAY, Period
from lagesbild.demo.rules.places import PLACES, near
from lagesbild.demo.rules.stories import DAY, STORIES, Rhythm, Story
from lagesbild.districts.rules import slug_of
from lagesbild.incidents.rules import Facts, KnownBy, TimePrecision, Verification

WEEKS = 16  # up to the present one, and as many 364 days earlier

# How many incidents a usual week has, by district.
USUAL = {
    "Flemingsberg": 12,
    "Segeltorp": 8,
    "Sjödalen-Fullersta": 16,
    "Skogås": 9,
    "Stuvsta-Snättringe": 9,
    "Trångsund": 7,
    "Vårby": 9,
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
NO_SCHOOL = (((6, 15), (8, 17)), ((12, 21), (12, 31)), ((1, 1), (1, 7)))  # month and day

# Six small outdoor fires in one district, of which no organisation has seen more than three.
FIRES_IN = "Skogås"
FIRES = (
    (1, time(19, 40), "brand", "Tranparken", "Brand i papperskorg, släckt vid ankomst."),
    (2, time(21, 15), "brand", "Skola D", "Gräsbrand vid gångvägen, några kvadratmeter."),
    (4, time(9, 30), "kommun", "Tranparken", "Spår av eldning mot en bänk."),
    (4, time(12, 5), "skola", "Skola D", "Eld i papperskorg på skolgården, släckt av personal."),
    (4, time(20, 50), "brand", "Tranparken", "Brinnande sopkärl, ingen spridning."),
    (5, time(13, 40), "skola", "Skola D", "Försök att tända eld på buskage vid skolgården."),
)


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
    near = [running.previous(n) for n in reversed(range(WEEKS))]
    return [*(period.a_year_earlier() for period in near), *near]


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
        if _is_quiet(p) and not _is_silent(p) and p != closed
    ]
    return [nothing for nothing in said if nothing.at < now]


def _is_quiet(period: Period) -> bool:
    """Whether the schools report no incident in this week."""
    return period.week % 6 in {1, 4}


def _is_silent(period: Period) -> bool:
    """Whether they do not even say so."""
    return period.week % 6 == 1


def _week(period: Period, closed: Period) -> Iterator[Report]:
    loud = period == closed
    chance = Random(f"Demokommunen {period.name}")  # noqa: S311 – a demo has no secrets, but must be repeatable
    for district, usual in USUAL.items():
        for _ in range(round(usual * chance.uniform(1 - CALM, 1 + CALM))):
            report = _report(chance, period, district, as_list=period < closed)
            quiet = report.organisation == "skola" and _is_quiet(period) and not loud
            if not quiet and not _is_on_holiday(report):
                yield report
    if loud:
        yield from _fires(chance, period)


def _is_on_holiday(report: Report) -> bool:
    day = report.facts.occurred_from.astimezone(STOCKHOLM).date()
    there = report.organisation == "skola" or report.facts.category.startswith("SKO")
    return there and any(a <= (day.month, day.day) <= b for a, b in NO_SCHOOL)


def _report(chance: Random, period: Period, district: str, *, as_list: bool) -> Report:
    [story] = chance.choices(STORIES, [story.weight for story in STORIES])
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


def _fires(chance: Random, period: Period) -> Iterator[Report]:
    places = {place.name: place for place in PLACES[FIRES_IN]}
    for day, at, organisation, name, summary in FIRES:
        facts = Facts(
            "BRA01",
            severity=0,
            occurred_from=_moment(period.first_day + timedelta(days=day), at),
            verification=Verification.CONFIRMED,
            known_by=KNOWN_BY[organisation][0],
        )
        moment = _next_time(organisation, facts.occurred_from, as_list=False)
        facts = near(chance, facts, places[name])
        yield Report(_id(chance, moment), organisation, moment, facts, summary)
