"""What pages with a map show beside it, and the weeks that their slider goes over."""

from datetime import datetime

from lagesbild.actions.rules import STATE_TEXT
from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM, Period, period_text
from lagesbild.base.db import Session
from lagesbild.maps.rules.view import View
from lagesbild.maps.service import beside as service
from lagesbild.meetings.rules import Picture
from lagesbild.people.rules import Actor
from lagesbild.police.service import events as police
from lagesbild.problems.rules import DIRECTION_TEXT

SHOWN = 5  # problems, and actions; the rest is behind a link
MOST_TYPES = 8  # the rest is folded


def shown(
    session: Session, actor: Actor, view: View, whole: Picture, first: datetime | None
) -> dict[str, object]:
    """Return what `maps/beside.html` shows of a view; there are figures since `first`."""
    now = clock.now()
    return {
        "side": service.beside(session, actor, view, whole, first=first, now=now),
        "today": now.astimezone(STOCKHOLM).date(),
        "district_of": {district.id: district for district, _ in whole.districts},
        "action_states": STATE_TEXT,
        "directions": DIRECTION_TEXT,
        "side_most": SHOWN,
        # They have the municipality as their only place, and so no place in a district.
        "police": None if view.district else police.week(session, actor, view.period, now=now),
        "most_types": MOST_TYPES,
    }


def slider(actor: Actor, period: Period, first: datetime | None) -> list[tuple[str, str]]:
    """Return the name and the words of each week that the slider goes over, the oldest first."""
    weeks = service.weeks(actor, period, first=first, now=clock.now())
    return [(week.name, f"v. {week.week}, {period_text(week)}") for week in weeks]
