"""The events of a week as the group sees them, beside its own picture."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lagesbild.police.rules.events import SOURCE, Event

# The police remove their events after a while; the archive is not ours to keep [SOURCES, privacy].
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Shown:
    """An event with the reference of the incident that a member has made from it."""

    event: Event
    changed_at: datetime | None = None
    incident: str | None = None
    is_withdrawn: bool = False  # the incident, by those who logged it


@dataclass(frozen=True)
class Week:
    """The events of a week, newest first.

    `is_used`: there are events of the municipality at all; `is_past`: those of the week are
    forgotten by now.
    """

    shown: tuple[Shown, ...]
    is_used: bool
    is_past: bool
    source: str = SOURCE


def as_json(week: str, shown: tuple[Shown, ...]) -> dict[str, object]:
    """Return the events of a week as plain JSON values."""
    return {
        "week": week,
        "source": SOURCE,
        "counted": False,
        "located": False,
        "events": [_event(each) for each in shown],
    }


def _event(shown: Shown) -> dict[str, object]:
    event = shown.event
    return {
        "id": event.id,
        "type": event.type,
        "suggested_category": event.code,
        "occurred_at": event.occurred_at.isoformat(),
        "time_precision": event.time_precision,
        "summary": event.summary,
        "summary_withheld": event.withheld,
        "url": event.address or None,
        "published_at": event.published_at.isoformat(),
        "changed_at": shown.changed_at.isoformat() if shown.changed_at else None,
        "incident": shown.incident,
    }
