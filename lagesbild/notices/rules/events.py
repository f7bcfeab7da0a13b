"""What is told, in words that hold nothing of an incident, no place and no person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from lagesbild.actions.rules import Action, State
from lagesbild.actions.rules.telling import Decided, Linked
from lagesbild.base.clock import STOCKHOLM, Period, day_text, moment_text
from lagesbild.incidents.rules.inquiries import Inquiry
from lagesbild.meetings.rules.series import Meeting
from lagesbild.meetings.rules.snapshot import Fixing, Head
from lagesbild.notices.rules import DECIDED, LATE, TOMORROW, Event, Kind
from lagesbild.people.rules import Group, Organisation

DAY = timedelta(days=1)
MORNING = time(8)  # when something that concerns a whole day is told
BEGUN = (State.DECIDED, State.RUNNING)


def reminder_at(group: Group, meeting: Meeting, now: datetime) -> datetime | None:
    """Return since when a meeting is reminded of, None where it is not, or no longer."""
    is_over = meeting.is_skipped or meeting.fixed_at is not None or now >= meeting.starts_at
    if group.reminder_time is None or is_over:
        return None
    at = datetime.combine(meeting.day - DAY, group.reminder_time, STOCKHOLM)
    return at if at <= now else None


def reminders(meeting: Meeting, at: datetime, silent: Sequence[Organisation]) -> list[Event]:
    """Return the reminders to those who have said nothing about the week of a meeting."""
    week = meeting.period.name
    return [
        Event(
            Kind.REPORT,
            week,
            at,
            f"påminnelse att rapportera v. {meeting.period.week}",
            f"{organisation.name} har inte rapporterat för vecka {meeting.period.week} än."
            f" Mötet är {moment_text(meeting.starts_at)}. Logga det som har hänt. Har ni inget"
            " att rapportera, säg det på veckans sida eller till samordnaren.",
            f"vecka/{week}",
            own_path="handelser/ny",
            organisation_id=organisation.id,
        )
        for organisation in silent
    ]


def inquiries(found: Sequence[Inquiry], known: Sequence[Organisation]) -> list[Event]:
    """Return what the asked organisations hear of open questions: that there is one."""
    names = {organisation.id: organisation.name for organisation in known}
    return [
        Event(
            Kind.INQUIRY,
            str(inquiry.id),
            inquiry.at,
            "en fråga till er",
            f"{names.get(inquiry.asking_id, 'En annan organisation')} ber er om underlag inför"
            " mötet.",
            "handelser?status=ny#underlag",
            own_path="handelser#underlag",
            organisation_id=inquiry.asked_id,
        )
        for inquiry in found
        if inquiry.is_open
    ]


def actions(known: Sequence[Action], decided: Sequence[Decided], *, today: date) -> list[Event]:
    """Return what the owners of actions hear: decided, due tomorrow, late."""
    decided_at = {one.action.id: one.at for one in decided}
    found = [_decided(one) for one in decided if one.action.state in BEGUN]
    for action in known:
        if action.state in BEGUN and action.due is not None:
            found += _due(action, action.due, decided_at, today=today)
    return found


def _decided(one: Decided) -> Event:
    action = one.action
    by = f" Klart senast {day_text(action.due)}." if action.due else ""
    return _action(
        action,
        f"{DECIDED}:{action.reference}",
        one.at,
        f"åtgärd {action.reference} till er",
        f"Beslutat: åtgärd {action.reference}, {_what(action)}.{by}",
        but_not=one.person_id,
    )


def _due(
    action: Action, due: date, decided_at: Mapping[UUID, datetime], *, today: date
) -> list[Event]:
    """Return the reminder of today. Who hears at the same time that it is decided needs none."""
    reference = action.reference
    if today == due - DAY:
        said = (TOMORROW, "ska vara klar i morgon", f"Ska vara klart i morgon, {day_text(due)}")
    elif today > due:
        said = (LATE, "är försenad", f"Försenat, skulle ha varit klart {day_text(due)}")
    else:
        return []
    key, head, text = said
    day = due - DAY if key == TOMORROW else due + DAY
    at = datetime.combine(day, MORNING, STOCKHOLM)
    if action.id in decided_at and decided_at[action.id] >= at:
        return []
    return [
        _action(
            action,
            f"{key}:{reference}:{due.isoformat()}",
            at,
            f"åtgärd {reference} {head}",
            f"{text}: åtgärd {reference}, {_what(action)}.",
        )
    ]


def _action(
    action: Action, key: str, at: datetime, head: str, text: str, *, but_not: UUID | None = None
) -> Event:
    return Event(
        Kind.ACTION,
        key,
        at,
        head,
        text,
        f"atgarder/{action.reference}",
        organisation_id=action.owner.id,
        but_not=but_not,
    )


def _what(action: Action) -> str:
    return action.what.rstrip(". ")


def led(found: Sequence[Linked]) -> list[Event]:
    """Return what organisations hear of actions that theirs has led to: of each action once."""
    first: dict[tuple[UUID, UUID], Event] = {}
    for one in found:
        action = one.action
        state = " föreslagen" if action.state is State.PROPOSED else ""
        event = Event(
            Kind.LED,
            action.reference,
            one.at,
            "er rapport ledde till en åtgärd",
            f"Det ni rapporterade har lett till en{state} åtgärd, {action.reference}:"
            f" {_what(action)}. Ansvarig: {action.owner.name}.",
            f"handelser/{one.reference}",
            organisation_id=one.organisation_id,
        )
        first.setdefault((action.id, one.organisation_id), event)
    return list(first.values())


def pictures(found: Sequence[Head], *, weekday: int) -> list[Event]:
    """Return what the group hears of pictures that are fixed."""
    said = {
        Fixing.ORDINARY: (
            "bilden för v. {} är fastställd",
            "Lägesbilden för vecka {} är fastställd.",
        ),
        Fixing.EXTRA: (
            "extra lägesbild för v. {}",
            "En extra lägesbild för vecka {} är fastställd.",
        ),
        Fixing.CORRECTION: ("bilden för v. {} är rättad", "Lägesbilden för vecka {} är rättad."),
    }
    return [
        Event(
            Kind.PICTURE,
            str(head.number),
            head.fixed_at,
            said[head.kind][0].format(week),
            said[head.kind][1].format(week) + " Läs protokollet:",
            f"mote/{head.week}/protokoll?nr={head.number}",
        )
        for head in found
        for week in (Period.named(head.week, weekday=weekday).week,)
    ]
