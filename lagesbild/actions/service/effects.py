"""What was counted before an action and after it."""

from datetime import datetime

from lagesbild.actions.rules import Action
from lagesbild.actions.rules.effects import BeforeAfter, turn_of
from lagesbild.analysis import store as analysis
from lagesbild.analysis.rules import effects
from lagesbild.analysis.rules.effects import Compared
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.districts.store import read as districts
from lagesbild.people.rules import Actor, Permission, require


def effect(session: Session, actor: Actor, action: Action, *, now: datetime) -> BeforeAfter | None:
    """Return the counts of an action's district and its neighbours; None where there is no such.

    Counted is what the group counts, of the action's group of types where it has one.
    """
    require(actor, Permission.READ_WEEK)
    turn = turn_of(action)
    if turn is None or action.district is None:
        return None
    municipality_id = actor.group.municipality_id
    near = districts.neighbours(session, municipality_id, action.district.id, on=turn.day)
    found = analysis.by_district(
        session,
        municipality_id,
        effects.windows(turn.day),
        category_group=action.category_group or "",
    )
    before, after = (
        {district: n for (window, district), n in found.items() if window == number}
        for number in (0, 1)
    )
    over_on = effects.over_on(turn.day)
    return BeforeAfter(
        turn,
        over_on,
        now.astimezone(STOCKHOLM).date() >= over_on,
        Compared(before.get(action.district.id, 0), after.get(action.district.id, 0)),
        Compared(sum(before.get(d.id, 0) for d in near), sum(after.get(d.id, 0) for d in near)),
        [d.name for d in near],
    )
