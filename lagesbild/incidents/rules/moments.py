"""How the time of an incident is told."""

from datetime import datetime

from lagesbild.base.clock import STOCKHOLM, day_text
from lagesbild.incidents.rules import TimePrecision

NO_BREAK = "\N{NO-BREAK SPACE}"


def when_text(
    start: datetime,
    end: datetime | None,
    precision: TimePrecision,
    *,
    seen: datetime | None = None,
) -> str:
    """Return when something happened, no finer than it is known: `ons 18 nov kl. 20–21`.

    With the year, when it is seen in another.
    """
    first = start.astimezone(STOCKHOLM)
    last = end.astimezone(STOCKHOLM) if end else None
    day = day_text(first.date(), seen=seen)
    days = f"{day} – {day_text(last.date(), seen=seen)}" if last and _later(first, last) else day
    if precision is TimePrecision.UNKNOWN:
        text = f"{days}, osäker tid"
    elif precision is TimePrecision.DAY:
        text = days
    elif last and _later(first, last):
        text = f"{day} kl. {_hour(first)} – {day_text(last.date(), seen=seen)} kl. {_hour(last)}"
    elif last:
        text = f"{day} kl. {_hour(first)}–{_hour(last)}"
    elif precision is TimePrecision.HOUR:
        text = f"{day} kl. {first.hour}–{first.hour + 1}"
    else:
        text = f"{day} kl. {_hour(first)}"
    return text.replace(" ", NO_BREAK).replace(f"{NO_BREAK}–{NO_BREAK}", f"{NO_BREAK}– ")


def _later(first: datetime, last: datetime) -> bool:
    return last.date() > first.date()


def _hour(local: datetime) -> str:
    return f"{local.hour}.{local.minute:02d}"
